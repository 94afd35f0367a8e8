"""Does a line that a lost digest was to carry still hold, and for this reader (DESIGN §3, rules 4, 5 and 8)?"""

from dataclasses import replace

from bot.domain.calendar import UnknownYear, local_day
from bot.domain.planning import Item, Line, LineKind
from bot.domain.states import OPEN, State
from scheduler.planning.morning import Morning

_CHECKING = frozenset({LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW})
_TO_CHECKERS = frozenset({LineKind.LEAD_OVERDUE, LineKind.QUEUED, LineKind.REVIEW_LATE})


def still_true(morning: Morning, userid: str, line: Line) -> Line | None:
    """The line with the days of this morning; None where it is done, was given more time, or is none of theirs."""
    if line.kind is LineKind.UNREACHABLE:
        return line if userid in morning.snapshot.office else None
    item = morning.items.get(line.ref)
    if item is None or not _concerns(morning, userid, line.kind, item):
        return None
    try:
        days = _waited(morning, item) if line.kind in _CHECKING else _late(morning, item)
    except UnknownYear:  # left out of the plan, which says so
        return None
    return replace(line, days=days) if days is not None and days >= line.days else None


def _waited(morning: Morning, item: Item) -> int | None:
    if item.state is not State.SUBMITTED or item.submitted_at is None or item.submitted_at > morning.cut:
        return None
    return morning.working_days_since(local_day(item.submitted_at))


def _late(morning: Morning, item: Item) -> int | None:
    """None while a late return has its grace."""
    due = item.state in OPEN and morning.working_days_since(morning.cycle(item))
    return morning.working_days_since(item.due) if due else None


def _concerns(morning: Morning, userid: str, kind: LineKind, item: Item) -> bool:
    if kind is LineKind.PROPOSED:
        return userid == morning.contact(item.unit_id)
    if kind is LineKind.HEAD_OVERDUE:
        return userid in morning.heads(item.unit_id)
    if kind in _TO_CHECKERS and userid in morning.reviewers(item.checkers):
        return True
    return userid in morning.snapshot.office
