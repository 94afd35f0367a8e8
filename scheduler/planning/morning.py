"""One planning moment: what day it is, who is who, and every date worked out once.

A thousand items share a few dozen deadlines; whatever depends only on a date is kept for the length of one plan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain import timing
from bot.domain.calendar import ONE_DAY, WorkCalendar, local, local_day
from bot.domain.planning import Item, Snapshot, Stage, StageKind, UnitPeople
from bot.domain.policy import Policy

_NOBODY = UnitPeople()


@dataclass(frozen=True)
class Step:
    """A stage that has fallen due. `key` is kept because building it a thousand times is what a plan would spend."""

    stage: Stage
    key: str
    day: date = date.min  # the working day it fell due; set in the unit's ladder, where that matters


def step(kind: StageKind, days: int = 0, day: date = date.min) -> Step:
    stage = Stage(kind, days)
    return Step(stage, stage.key, day)


class Morning:
    """Lookups of one plan. `today` is a working day; facts after `cut`, its digest hour, wait for the next one.

    `lists_week`: the office gets its weekly list today; `office_heard`: the last day it heard which units cannot be
    reached.
    """

    def __init__(self, snapshot: Snapshot, policy: Policy, calendar: WorkCalendar, now: datetime) -> None:
        self.snapshot = snapshot
        self.policy = policy
        self.calendar = calendar
        self.items = {item.id: item for item in snapshot.items}
        self.now = local(now)
        self.today = self.now.date()
        self.cut = timing.digest_moment(policy, self.today)
        self.lists_week = calendar.first_of_week(self.today) == self.today and self.today not in snapshot.weekly_told
        self.office_heard = max(snapshot.unreachable_told, default=date.min)
        self.unsigned = step(StageKind.UNSIGNED, policy.unsigned_after)
        self.review = step(StageKind.REVIEW, policy.review_lead)
        self.office_review = step(StageKind.REVIEW, policy.review_office)
        self._reminders = sorted(set(policy.remind_before), reverse=True)
        self._cycles: dict[tuple[date, date | None], date] = {}
        self._since: dict[date, int] = {}
        self._until: dict[date, int] = {}
        self._unit_steps: dict[date, tuple[Step, ...]] = {}
        self._escalation_steps: dict[int, tuple[Step, ...]] = {}
        self._handed_over: dict[datetime, tuple[date, date]] = {}
        self._reviewers: dict[frozenset[int], tuple[str, ...]] = {}

    def cycle(self, item: Item) -> date:
        """The date the ladder of this item counts from."""
        key = (item.due, local_day(item.returned_at) if item.returned_at else None)
        if key not in self._cycles:
            self._cycles[key] = timing.stage_due(self.calendar, self.policy, *key)
        return self._cycles[key]

    def working_days_since(self, day: date) -> int:
        if day not in self._since:
            self._since[day] = self.calendar.between(day, self.today)
        return self._since[day]

    def working_days_until(self, day: date) -> int:
        if day not in self._until:
            self._until[day] = self.calendar.between(self.today, day)
        return self._until[day]

    def handed_over(self, item: Item) -> tuple[date, date]:
        """The day an item was dispatched and the first morning on which its unit could hear of it."""
        moment = item.dispatched_at
        if moment not in self._handed_over:
            first = timing.first_digest_day(self.calendar, self.policy, moment)
            self._handed_over[moment] = (local_day(moment), first)
        return self._handed_over[moment]

    def unit_steps(self, cycle: date) -> tuple[Step, ...]:
        """The stages of the unit's ladder that have fallen due, lowest first."""
        if cycle not in self._unit_steps:
            self._unit_steps[cycle] = (*self._reminders_due(cycle), *self._overdue_due(cycle))
        return self._unit_steps[cycle]

    def escalation_steps(self, cycle: date) -> tuple[Step, ...]:
        """The stages of the escalation that have fallen due, lowest first."""
        late = self.working_days_since(cycle)
        if late not in self._escalation_steps:
            policy = self.policy
            ladder = (policy.escalate_lead, policy.escalate_office, policy.escalate_head, policy.propose_bulletin)
            self._escalation_steps[late] = tuple(step(StageKind.ESCALATE, days) for days in ladder if days <= late)
        return self._escalation_steps[late]

    def _reminders_due(self, cycle: date) -> Iterable[Step]:
        if not self._reminders or not self._within_reach(cycle, self._reminders[0]):
            return
        for days in self._reminders:
            # Before a Sunday the reminder "of the day" moves to Friday, where that of one day before already is.
            day = self.calendar.add(cycle, -days) if days else self.calendar.last_workday(cycle)
            if day <= self.today:
                yield step(StageKind.REMIND, days, day)

    def _within_reach(self, cycle: date, workdays: int) -> bool:
        """At most `workdays` working days in [today, cycle)?

        Stops counting there: a deadline far ahead may lie in a year whose holidays are not announced yet, and that
        must not stop this morning's plan.
        """
        count, day = 0, self.today
        while day < cycle and count <= workdays:
            count += self.calendar.is_workday(day)
            day += ONE_DAY
        return count <= workdays

    def _overdue_due(self, cycle: date) -> Iterable[Step]:
        late = self.working_days_since(cycle)
        for days in (self.policy.escalate_lead, self.policy.escalate_office):
            if days <= late:
                yield step(StageKind.OVERDUE, days, self.calendar.add(cycle, days))

    def contact(self, unit_id: int) -> str | None:
        """Who gets the messages of a unit: its first contact that can be reached."""
        contacts = self._people(unit_id).contacts
        return contacts[0] if contacts else None

    def heads(self, unit_id: int) -> tuple[str, ...]:
        return self._people(unit_id).heads

    def reviewers(self, checkers: frozenset[int]) -> tuple[str, ...]:
        """Everybody who may check for these units; empty where the office checks or nobody can be reached."""
        if checkers not in self._reviewers:
            found = (userid for unit_id in sorted(checkers) for userid in self._people(unit_id).reviewers)
            self._reviewers[checkers] = tuple(dict.fromkeys(found))
        return self._reviewers[checkers]

    def _people(self, unit_id: int) -> UnitPeople:
        return self.snapshot.people.get(unit_id, _NOBODY)
