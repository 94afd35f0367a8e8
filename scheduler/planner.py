"""What is to be said this morning, to whom, and by which rule (DESIGN §3, rules 3 to 5).

Pure: the same snapshot and moment give the same plan. It decides; storing and sending are for others. `planning/` holds
the ladders, one module per audience.
"""

from datetime import datetime

from bot.domain.calendar import ONE_DAY, UnknownYear, WorkCalendar, local
from bot.domain.planning import Item, Plan, Snapshot
from bot.domain.policy import Policy
from bot.domain.states import OPEN, State
from bot.domain.timing import digest_moment
from scheduler.planning import rules
from scheduler.planning.book import Book
from scheduler.planning.case import failure_to_report, open_case
from scheduler.planning.digests import digests_of
from scheduler.planning.escalation import escalate
from scheduler.planning.explain import Explanation, explain
from scheduler.planning.morning import Morning
from scheduler.planning.review import review
from scheduler.planning.unit import hand_over, mention, remind

__all__ = ["Explanation", "explain", "next_moment", "plan"]


def plan(snapshot: Snapshot, policy: Policy, calendar: WorkCalendar, now: datetime) -> Plan:
    """The digests of this morning and the stages to record with them.

    Nothing outside digest_from to digest_catch_up of a working day. Facts later than today's digest hour wait for the
    next one, so that a plan made twice in a morning says nothing twice. Raises UnknownYear for a morning of a year
    nobody knows; items whose ladder reaches into one are left out and the plan says so.
    """
    here = local(now)
    if not policy.digest_from <= here.time() <= policy.digest_catch_up or not calendar.is_workday(here.date()):
        return Plan()
    morning = Morning(snapshot, policy, calendar, now)
    book = Book(morning)
    unknown_year: int | None = None
    for item in snapshot.items:
        try:
            _plan_item(morning, book, item)
        except UnknownYear as error:
            # One deadline in a year without holidays must not silence the others; nothing is guessed about it.
            unknown_year = error.year
    book.close()
    return Plan(digests_of(morning, book), tuple(book.marks), unknown_year)


def _plan_item(morning: Morning, book: Book, item: Item) -> None:
    if item.state in OPEN:
        _plan_open(morning, book, item)
    elif item.state is State.SUBMITTED:
        review(morning, book, item)


def _plan_open(morning: Morning, book: Book, item: Item) -> None:
    """The unit hears of its item first; only then, and under the guard, anybody else."""
    if failure_to_report(morning, item):
        book.name_unreachable({item.unit_id: rules.UNREACHABLE})
    if item.dispatched_at > morning.cut or (item.returned_at is not None and item.returned_at > morning.cut):
        return
    case = open_case(morning, item)
    if hand_over(morning, book, case) or case.loaded_late:
        return
    escalate(morning, book, case, remind(morning, book, case))
    mention(morning, book, case)


def next_moment(calendar: WorkCalendar, policy: Policy, now: datetime) -> datetime:
    """The first digest hour of a working day strictly after `now`. Raises UnknownYear."""
    day = calendar.next_workday(local(now).date())
    if digest_moment(policy, day) <= now:
        day = calendar.next_workday(day + ONE_DAY)
    return digest_moment(policy, day)
