"""Facts into the bytes the platform gets: done when a message is first claimed, and frozen from then on (rule 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.calendar import local, local_day
from bot.domain.people import Member, Role
from bot.domain.permissions import Right, may
from bot.domain.planning import BESIDE, OF_UNIT, WITHOUT_ITEM, LineKind, StageKind, stage_of
from bot.domain.states import OPEN, State
from bot.domain.timing import stage_due
from bot.services import handin, notices
from bot.services.planning import take_back
from bot.services.views import days_late
from bot.services.work import Work
from bot.store import people
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import News, Outbox, Request, Unit
from bot.texts import reports
from bot.texts.digest import Entry, compose
from bot.texts.fit import clip

LAST_WORKDAY = "今天是到期前最后一个工作日"
HELD_BYTES = 360  # a message that waited for the morning, as a line of the digest


@dataclass(frozen=True)
class Rendered:
    """What a person reads, as text; `card` where it goes as a card. `asks` are items a 收到 or a bare link answers."""

    text: str
    card: dict[str, Any] | None = None
    signs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Dropped:
    """Not sent after all: what it asked for is done, or the person may no longer hear of it."""

    why: str
    not_theirs: bool = False  # the person has another place by now: whoever has theirs should hear of it


NOT_THEIRS = Dropped("收件人已不再经办或查看这一事项", not_theirs=True)
Roster = Mapping[str, Member]  # account in lower case -> person


async def still_due(work: Work, row: Outbox, roster: Roster | None = None) -> Dropped | None:
    """Is this message still due and still permitted? Asked at the first claim and before every retry.

    `roster`: who of the people one asks about is on it, where that was read for many at once.
    """
    if row.lane == 0 or row.member_key is None:
        return None
    there = roster if roster is not None else await people.members(work.session, [row.member_key])
    reader = there.get(row.member_key)
    if reader is None:
        return Dropped("收件人已不在人员名单")
    wanted = row.payload.get("while")
    if wanted is not None:
        found = await items_by_id(work.session, wanted.get("ids", [wanted["id"]]))
        if not _theirs(reader, found):
            return NOT_THEIRS
        if not any(item.state in wanted["states"] for item in found):
            return Dropped("事项状态已变，不再需要")
        if wanted["submission"] is not None and found[0].submission != wanted["submission"]:
            return Dropped("已有新的提交")
    if "while_request" in row.payload:
        request = await work.session.get(Request, row.payload["while_request"])
        if request is None or request.state != "open":
            return Dropped("申请已有决定")
        if not _theirs(reader, await items_by_id(work.session, [request.assignment_id])):
            return NOT_THEIRS
    if row.kind == "digest" and row.body is not None:
        if not _theirs(reader, await items_by_id(work.session, _items_of(row))):
            return NOT_THEIRS
        if not await _digest(work, row, reader):
            return Dropped("所列事项都已办结")
    return None


def _theirs(reader: Member, items: Sequence[ItemRow]) -> bool:
    """May this person see them all? Since a message was planned, a new roster may have come (rule 8)."""
    return all(may(reader, Right.SEE_ITEM, item.scope) for item in items)


async def render(work: Work, row: Outbox, reader: Member | None) -> Rendered | Dropped:
    """Renders what is due now; Dropped when nothing of it is. An answer's reader need not be on the roster."""
    if row.kind != "digest":
        return Rendered(row.payload["text"], row.payload.get("card"))
    if reader is None:
        return Dropped("收件人已不在人员名单")
    entries = await _digest(work, row, reader)
    if not entries:
        return Dropped("所列事项都已办结")
    await _drop_what_fell_out(work, row, {entry.item_id for entry in entries if entry.kind is not LineKind.HELD})
    note = await _report_due(work, row.member_key) if any(entry.kind in OF_UNIT for entry in entries) else ""
    composed = compose(entries, local_day(work.now), work.policy.digest_bytes, note)
    signable = {entry.item_id for entry in entries if entry.kind in (LineKind.DISPATCH, LineKind.UNSIGNED)}
    return Rendered(composed.text, signs=tuple(i for i in composed.listed if i in signable))


async def _report_due(work: Work, member_key: str | None) -> str:
    """Near the report date, for who speaks for a unit that has not reported: no message of its own (rule 4)."""
    member = await people.member(work.session, member_key) if member_key else None
    due = await handin.due_soon(work, member.units(Role.CONTACT)) if member else None
    return reports.remind(due) if due else ""


async def _drop_what_fell_out(work: Work, row: Outbox, named: set[int]) -> None:
    """Nobody is told of it by this digest: its stages are not recorded as told, which the fairness guard would ask."""
    lines, marks = row.payload["lines"], row.payload.get("marks", [])
    row.payload = {
        **row.payload,
        "lines": [line for line in lines if LineKind(line[0]) in WITHOUT_ITEM or line[1] in named],
        "marks": [mark for mark in marks if mark[0] in named],
    }
    await take_back(work, [mark for mark in marks if mark[0] not in named])


def _items_of(row: Outbox) -> set[int]:
    """Of a digest: the items its lines are about."""
    return {int(ref) for kind, ref, *_ in row.payload["lines"] if LineKind(kind) not in WITHOUT_ITEM}


async def _digest(work: Work, row: Outbox, reader: Member) -> list[Entry]:
    """The lines that still hold, with the facts of this moment."""
    lines = [(LineKind(kind), int(ref), int(days)) for kind, ref, days, _rule in row.payload["lines"]]
    found = [item for item in await items_by_id(work.session, _items_of(row)) if _theirs(reader, [item])]
    rows = {item.id: item for item in found if not _moved_on(work, item, row.payload.get("marks", []))}
    day = date.fromisoformat(row.payload["day"])
    entries = [await _entry(work, kind, ref, days, rows.get(ref), day) for kind, ref, days in lines]
    left = [entry for entry in entries if entry is not None]
    # What stands there only because a digest goes out anyway is no reason to send one.
    return left if any(entry.kind not in BESIDE for entry in left) else []


_WAITING = frozenset({LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW})
_ON_TIME = frozenset({LineKind.REMIND, LineKind.DISPATCH, LineKind.UNSIGNED})
_TO_OFFICE = frozenset({LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW})


async def _entry(work: Work, kind: LineKind, ref: int, days: int, item: ItemRow | None, day: date) -> Entry | None:
    if kind is LineKind.HELD:
        held = await work.session.get(Outbox, ref)
        if held is None or await still_due(work, held):
            return None
        asks = held.payload.get("asks", [])
        return Entry(kind, item_id=asks[0] if len(asks) == 1 else 0, words=clip(held.payload["text"], HELD_BYTES))
    if kind is LineKind.NEWS or kind is LineKind.UNANSWERED:
        news = await work.session.get(News, ref)
        if news is None or (kind is LineKind.UNANSWERED and await notices.answered(work, news)):
            return None
        return Entry(kind, words=clip(news.words, HELD_BYTES))
    if kind is LineKind.UNREACHABLE:
        unit = await work.session.get(Unit, ref)
        return Entry(kind, unit=unit.name) if unit else None
    if item is None or not _holds(kind, item):
        return None
    if kind in (LineKind.DISPATCH, LineKind.UNSIGNED) and item.state is not State.DISPATCHED:
        return None
    if kind not in _WAITING | _ON_TIME:
        # Said in the day's own number: a digest that leaves late must not understate.
        days = days_late(item, work.calendar, local_day(work.now))
        if not days:
            return None  # it was given more time since
    if kind is LineKind.REMIND and local(work.now).date() != day:
        days = work.calendar.between(local_day(work.now), item.due)
    # The reminder "of the day" for a day off goes out on the working day before (rule 3).
    words = _heading(work, item, days) if kind is LineKind.REMIND else ""
    whose = f"{item.lead_text if item.checkers else '县办'}（{item.unit} 报）" if kind in _TO_OFFICE else item.unit
    return Entry(kind, days, item.id, item.code, item.title, whose, item.due, words)


def _heading(work: Work, item: ItemRow, days: int) -> str:
    """What the plain "N working days to the deadline" would say wrongly."""
    if item.returned_at is not None and local_day(item.returned_at) > item.due:
        return f"退回后整改，还有 {days} 个工作日" if days else "退回后整改，今天是最后一天"
    return f"{LAST_WORKDAY}（{item.due} 到期）" if days == 0 and item.due > local_day(work.now) else ""


_OF_CYCLE = frozenset({StageKind.REMIND, StageKind.OVERDUE, StageKind.ESCALATE})


def _moved_on(work: Work, item: ItemRow, marks: list[list[Any]]) -> bool:
    """Does its ladder count from another day by now: was it extended, or returned, since the morning was planned?"""
    cycles = {cycle for ref, cycle, key in marks if ref == item.id and stage_of(key).kind in _OF_CYCLE}
    if not cycles or item.state not in OPEN:
        return False
    returned_on = local_day(item.returned_at) if item.returned_at else None
    return cycles != {stage_due(work.calendar, work.policy, item.due, returned_on).isoformat()}


def _holds(kind: LineKind, item: ItemRow) -> bool:
    if kind in _WAITING:
        return item.state is State.SUBMITTED
    return item.state in OPEN
