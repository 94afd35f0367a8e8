"""One open item with what has become of its stages so far, and the fairness guard (DESIGN §3, rule 5)."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from bot.domain.calendar import local_day
from bot.domain.planning import Item, Outcome, StageKind, StageRecord
from scheduler.planning.morning import Morning, Step

_TO_UNIT = frozenset({StageKind.DISPATCH, StageKind.UNSIGNED, StageKind.REMIND, StageKind.OVERDUE})
_REMINDERS = frozenset({StageKind.REMIND, StageKind.OVERDUE, StageKind.URGE})


class Guard(Enum):
    """May anybody but the unit hear of this item?"""

    OPEN = auto()  # a reminder arrived at least one working day ago
    WAIT = auto()  # one is on its way, or arrived too recently
    LOST = auto()  # none arrived and none is on its way


@dataclass(frozen=True)
class Case:
    item: Item
    cycle: date
    dispatched_on: date
    first_morning: date  # the first on which the unit could hear of the item
    here: dict[str, StageRecord]  # of this cycle, by stage key
    ever: frozenset[str]  # kinds of stages recorded in any cycle

    @property
    def loaded_late(self) -> bool:
        """Handed over after its deadline: the unit hears of it once, and nobody blames it (rule 5, last sentence)."""
        return self.cycle < self.dispatched_on

    @property
    def after_return(self) -> bool:
        return self.cycle != self.item.due


def open_case(morning: Morning, item: Item) -> Case:
    cycle = morning.cycle(item)
    dispatched_on, first_morning = morning.handed_over(item)
    here = {key: record for (of, key), record in item.stages.items() if of == cycle}
    ever = frozenset(_kind(key) for _, key in item.stages)
    return Case(item, cycle, dispatched_on, first_morning, here, ever)


def undecided(steps: Sequence[Step], recorded: Container[str]) -> tuple[Step | None, list[Step]]:
    """The highest of the stages that are due, if it is not recorded yet, and all lower ones that are not.

    Only the highest is ever sent; what is still open below it was overtaken.
    """
    missing = [step for step in steps if step.key not in recorded]
    if missing and missing[-1] is steps[-1]:
        return missing[-1], missing[:-1]
    return None, missing


def failure_to_report(morning: Morning, item: Item) -> bool:
    """Did a message to the unit fail before today, and after the office last heard which units cannot be reached?"""
    return any(
        record.outcome is Outcome.FAILED
        and _kind(key) in _TO_UNIT
        and morning.office_heard <= local_day(record.at) < morning.today
        for (_, key), record in item.stages.items()
    )


def guard_of(morning: Morning, case: Case, under_way: bool) -> Guard:
    """`under_way`: a reminder to the unit leaves with this very plan (or waits for tomorrow's)."""
    records = [record for key, record in case.here.items() if _kind(key) in _REMINDERS]
    return judge(morning, records, under_way, reachable=morning.contact(case.item.unit_id) is not None)


def judge(morning: Morning, records: list[StageRecord], under_way: bool, *, reachable: bool) -> Guard:
    """What reminders that left so far allow; the same question for a unit and for those who check."""
    delivered = [record for record in records if record.outcome is Outcome.DELIVERED]
    # Today is a working day, so any earlier day is at least one working day ago.
    if any(local_day(record.at) < morning.today for record in delivered):
        return Guard.OPEN
    if under_way or delivered or any(record.outcome is Outcome.PLANNED for record in records):
        return Guard.WAIT
    lost = any(record.outcome in (Outcome.FAILED, Outcome.UNREACHABLE) for record in records)
    return Guard.LOST if lost or not reachable else Guard.WAIT


def _kind(key: str) -> str:
    return key.rpartition("-")[0]
