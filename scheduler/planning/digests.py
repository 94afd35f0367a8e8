"""From lines to one message per person: order, doubles, the minute it leaves (DESIGN §3, rule 4)."""

import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import at
from bot.domain.planning import WITHOUT_ITEM, Digest, Item, Line, LineKind
from bot.domain.policy import Policy
from scheduler.planning.book import Book
from scheduler.planning.morning import Morning

_LATE = (
    *(LineKind.PROPOSED, LineKind.OVERDUE),
    *(LineKind.LEAD_OVERDUE, LineKind.HEAD_OVERDUE, LineKind.OFFICE_OVERDUE),
)
"""One person hears of one late item once, in the first of these roles they hold."""

_ORDER: Mapping[LineKind, int] = {
    LineKind.HELD: 0,
    LineKind.PROPOSED: 1,
    LineKind.OVERDUE: 1,
    LineKind.STILL_OVERDUE: 1,
    LineKind.LEAD_OVERDUE: 2,
    LineKind.HEAD_OVERDUE: 2,
    LineKind.OFFICE_OVERDUE: 2,
    LineKind.BULLETIN: 3,
    LineKind.UNREACHABLE: 4,
    LineKind.REVIEW_LATE: 5,
    LineKind.OFFICE_REVIEW_LATE: 6,
    LineKind.REMIND: 7,
    LineKind.UNSIGNED: 8,
    LineKind.DISPATCH: 9,
    LineKind.QUEUED: 10,
    LineKind.WEEKLY: 11,
    LineKind.WEEKLY_REVIEW: 12,
    LineKind.UNANSWERED: 13,
    LineKind.NEWS: 14,
}


def digests_of(morning: Morning, book: Book) -> tuple[Digest, ...]:
    """In the order in which they leave."""
    codes: dict[str, tuple[int, ...]] = {}

    def urgency(line: Line) -> tuple[int, int, tuple[int, ...], int]:
        days = line.days if line.kind is LineKind.REMIND else -line.days
        return (_ORDER[line.kind], days, _code(morning.items, codes, line), line.ref)

    digests = (
        Digest(morning.today, userid, _leaves(morning, userid), tuple(sorted(_distinct(lines), key=urgency)))
        for userid, lines in book.lines.items()
    )
    return tuple(sorted(digests, key=lambda digest: (digest.send_at, digest.userid)))


def _code(items: Mapping[int, Item], codes: dict[str, tuple[int, ...]], line: Line) -> tuple[int, ...]:
    """Natural order of numbers: 2 before 12, 31-1 before 31-2."""
    if line.kind in WITHOUT_ITEM:
        return ()
    code = items[line.ref].code
    if code not in codes:
        codes[code] = tuple(int(part) for part in code.split("-"))
    return codes[code]


def _distinct(lines: Iterable[Line]) -> Iterable[Line]:
    """Of several roles one person holds, the lines that say something new."""
    kept: dict[tuple[LineKind, int], Line] = {}
    for line in lines:
        kept.setdefault((line.kind, line.ref), line)
    for (kind, ref), line in kept.items():
        if kind not in _LATE or not any((nearer, ref) in kept for nearer in _LATE[: _LATE.index(kind)]):
            yield line


def _leaves(morning: Morning, userid: str) -> datetime:
    """The same minute for the same person and day, however often it is asked; at once, if that is past."""
    planned = _moment(morning.policy, morning.today, userid)
    if planned >= morning.now:
        return planned
    return morning.now if morning.now.minute % 30 else morning.now + timedelta(minutes=1)


def _moment(policy: Policy, day: date, userid: str) -> datetime:
    first, end = _minute(policy.digest_from), _minute(policy.digest_to)
    # Everybody's software sends at the full and the half hour; the platform is slow then.
    minutes = [minute for minute in range(first, end) if minute % 30] or [first]
    pick = minutes[zlib.crc32(f"{userid}@{day.isoformat()}".encode()) % len(minutes)]
    return at(day, time(*divmod(pick, 60)))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
