"""When things are late: overdue days, the light, the working window (DESIGN §2 and §3, rules 3 to 5)."""

from datetime import date, datetime

from bot.domain.calendar import ONE_DAY, WorkCalendar, at, local, local_day
from bot.domain.policy import Policy
from bot.domain.states import ENDED, OPEN, Light, State


def overdue_days(calendar: WorkCalendar, state: State, due: date | None, submitted_on: date | None, today: date) -> int:
    """Working days an item is late, counted from the first working day after its deadline; 0 when it is not.

    A submission stops the unit's clock (rule 5): a submitted item is as late as it was on the day it was handed in.
    """
    if due is None or state in ENDED:
        return 0
    until = submitted_on if state is State.SUBMITTED and submitted_on else today
    return calendar.between(due, until)


def light(
    calendar: WorkCalendar, policy: Policy, state: State, due: date | None, submitted_on: date | None, today: date
) -> Light:
    """绿 on course, 黄 few working days left, 红 overdue, 蓝 closed, 灰 nobody owes it (or nobody is known to)."""
    if state is State.CLOSED:
        return Light.BLUE
    if state in ENDED or state is State.UNRESOLVED:
        return Light.GREY
    if overdue_days(calendar, state, due, submitted_on, today):
        return Light.RED
    if state in OPEN and due is not None and calendar.between(today, due, policy.yellow_days + 1) <= policy.yellow_days:
        return Light.YELLOW
    return Light.GREEN


def stalled(calendar: WorkCalendar, policy: Policy, state: State, last_entry_on: date | None, today: date) -> bool:
    """停滞: signed, and no entry for `stalled_after` working days."""
    if state not in (State.IN_PROGRESS, State.RETURNED) or last_entry_on is None:
        return False
    return calendar.between(last_entry_on, today) >= policy.stalled_after


def stage_due(calendar: WorkCalendar, policy: Policy, due: date, returned_on: date | None) -> date:
    """The date escalation counts from: the deadline, or the end of the grace after a return that came later."""
    if returned_on is None or returned_on <= due:
        return due
    return calendar.add(returned_on, policy.returned_grace)


def in_window(calendar: WorkCalendar, policy: Policy, moment: datetime) -> bool:
    """May something proactive be sent now? Raises UnknownYear."""
    here = local(moment)
    return policy.open <= here.time() <= policy.close and calendar.is_workday(here.date())


def next_open(calendar: WorkCalendar, policy: Policy, moment: datetime) -> datetime:
    """`moment` if something proactive may be sent then, else the digest hour of the next working morning.

    The digest hour and not the opening: what waited overnight goes out with the morning's digest, never at :00.
    """
    if in_window(calendar, policy, moment):
        return moment
    here = local(moment)
    day = here.date()
    if here.time() > policy.close:
        day += ONE_DAY
    return at(calendar.next_workday(day), policy.digest_from)


def held_until(calendar: WorkCalendar, policy: Policy, moment: datetime) -> datetime:
    """`moment` if somebody may be asked to act then, else the end of the next morning's digest time.

    The morning's digest takes such a message up as a line (rule 4), so it must not leave by itself before that is
    planned; it does only where the planner has not come.
    """
    if in_window(calendar, policy, moment):
        return moment
    return at(local_day(next_open(calendar, policy, moment)), policy.digest_to)


def digest_moment(policy: Policy, day: date) -> datetime:
    return at(day, policy.digest_from)


def first_digest_day(calendar: WorkCalendar, policy: Policy, moment: datetime) -> date:
    """The first working day whose digest hour is not before `moment`: where a fact of that moment can be told."""
    day = local_day(moment)
    if local(moment).time() > policy.digest_from:
        day += ONE_DAY
    return calendar.next_workday(day)
