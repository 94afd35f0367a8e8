"""The morning digest: one message of at most 2048 bytes, most urgent first, the rest counted (rule 4).

Titles are given whole where they fit and shorter where they must be, before anything is left out.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from bot.domain.planning import OF_UNIT, LineKind
from bot.texts.words import day, names, short

BYTES = 2048
WIDTHS = (60, 26, 16, 10)  # characters of a title, tried in turn
INLINE = 4  # more items than this of one kind and date stand in running lines, not one a line
_REMINDERS = frozenset({LineKind.REMIND, LineKind.OVERDUE, LineKind.STILL_OVERDUE})
PER_LINE = 6  # items in one running line


@dataclass(frozen=True)
class Entry:
    """One line of the digest with the facts it needs now. `words` is ready text (held messages, news)."""

    kind: LineKind
    days: int = 0
    item_id: int = 0
    code: str = ""
    title: str = ""
    unit: str = ""
    due: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Composed:
    text: str
    listed: tuple[int, ...]  # ids of the reader's own items named in the text


@dataclass(frozen=True)
class _Row:
    text: str
    entries: tuple[Entry, ...] = ()  # what it names; a heading names none


Section = Callable[[list[Entry], int], list[_Row]]


def compose(entries: Sequence[Entry], today: date, limit: int = BYTES, note: str = "") -> Composed:
    """The digest of one person. `entries` come most urgent first and keep that order; `note` stands at the end."""
    entries = _told_apart(_told_once(entries))
    head, foot = f"【督办晨报】{today.month}月{today.day}日", [*([note] if note else []), *_foot(entries)]
    for width in WIDTHS:
        rows = [row for section in _sections(entries, width) for row in section]
        whole = _text(head, rows, [], foot)
        if len(whole.encode()) <= limit:
            return Composed(whole, _own(rows))
    return _cut(head, rows, foot, limit)


def _told_once(entries: Sequence[Entry]) -> list[Entry]:
    """A held message about one item and the reminder of that item are one: the message, with the time in it."""
    held = {entry.item_id for entry in entries if entry.kind is LineKind.HELD}
    reminders = {entry.item_id: entry for entry in entries if entry.kind in _REMINDERS and entry.item_id in held}
    told = [entry for entry in entries if entry not in reminders.values()]
    return [_timed(e, reminders[e.item_id]) if e.kind is LineKind.HELD and e.item_id in reminders else e for e in told]


def _timed(held: Entry, reminder: Entry) -> Entry:
    when = _remind_heading(reminder) if reminder.kind is LineKind.REMIND else _late(reminder)
    if when in held.words:
        return held
    lines = held.words.split("\n")
    naming = next((at for at, line in enumerate(lines) if f"{reminder.code} " in line), 0)
    lines[naming] += f"，{when}"
    return replace(held, words="\n".join(lines))


def _told_apart(entries: Sequence[Entry]) -> Sequence[Entry]:
    """For somebody who acts for several units the unit stands after the number, as it may in the answer."""
    if len({entry.unit for entry in entries if entry.kind in OF_UNIT}) < 2:
        return entries
    return [replace(e, code=f"{e.code} {e.unit}") if e.kind in OF_UNIT else e for e in entries]


def _cut(head: str, rows: list[_Row], foot: list[str], limit: int) -> Composed:
    """As many lines as fit, and how many items are not named."""
    for taken in range(len(rows) - 1, -1, -1):
        body = _without_empty_heading(rows[:taken])
        text = _text(head, body, _unnamed(rows, body), foot)
        if len(text.encode()) <= limit:
            break
    return Composed(text, _own(body))


def _text(head: str, rows: Sequence[_Row], left: Sequence[Entry], foot: Sequence[str]) -> str:
    where = "、".join(dict.fromkeys(_WHERE.get(entry.kind, "任务") for entry in left))
    tail = [f"另有 {len(left)} 项，回复 {where}"] if left else []
    return "\n".join([head, *(row.text for row in rows), *tail, *foot])


def _unnamed(rows: Iterable[_Row], body: Iterable[_Row]) -> list[Entry]:
    """What was cut off, each item once: two lines may speak of the same one."""
    named = {_key(entry) for row in body for entry in row.entries}
    left = {_key(entry): entry for row in rows for entry in row.entries}
    return [entry for key, entry in left.items() if key not in named]


def _key(entry: Entry) -> tuple[object, ...]:
    return (entry.item_id,) if entry.code else (entry.kind, entry.words)


def _own(rows: Iterable[_Row]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(e.item_id for row in rows for e in row.entries if e.kind in OF_UNIT))


def _without_empty_heading(rows: list[_Row]) -> list[_Row]:
    """A heading whose items were cut off says nothing."""
    while rows and not rows[-1].entries:
        rows = rows[:-1]
    return rows


def _sections(entries: Sequence[Entry], width: int) -> list[list[_Row]]:
    return [section(list(group), width) for section, group in groupby(entries, key=lambda entry: _SECTION[entry.kind])]


def _late(entry: Entry) -> str:
    return f"逾期 {entry.days} 个工作日"


# -- the reader's own items


def _overdue(entries: list[Entry], width: int) -> list[_Row]:
    """Every line says how late: nobody should have to look for a heading."""
    rows: list[_Row] = []
    for late, group in groupby(entries, key=_late):
        found = list(group)
        if len(found) <= INLINE:
            rows += [_Row(f"· {e.code} {short(e.title, width)}，{late}", (e,)) for e in found]
        else:
            rows += _running(found, width, lead=f"{late}：")
    return rows


def _under_heading(heading: Callable[[Entry], str]) -> Section:
    def section(entries: list[Entry], width: int) -> list[_Row]:
        rows: list[_Row] = []
        for title, group in groupby(entries, key=heading):
            found = list(group)
            rows += [_Row(f"{title}（{len(found)} 项）："), *_listed(found, width)]
        return rows

    return section


def _new(entries: list[Entry], width: int) -> list[_Row]:
    """New items by deadline, the nearest first."""
    rows = [_Row(f"新交办，请签收（{len(entries)} 项）：")]
    by_due = sorted(entries, key=lambda entry: entry.due or date.max)
    for due, group in groupby(by_due, key=lambda entry: entry.due):
        found = list(group)
        when = f"{day(due)} 到期" if due else ""
        if len(found) > INLINE:
            rows += [_Row(f"{when}："), *_listed(found, width)]
        else:
            rows += [_Row(f"{row.text}（{when}）", row.entries) for row in _listed(found, width)]
    return rows


def _listed(entries: list[Entry], width: int) -> list[_Row]:
    if len(entries) <= INLINE:
        return [_Row(f"· {e.code} {short(e.title, width)}", (e,)) for e in entries]
    return _running(entries, width)


def _running(entries: list[Entry], width: int, lead: str = "") -> list[_Row]:
    chunks = [entries[i : i + PER_LINE] for i in range(0, len(entries), PER_LINE)]
    return [
        _Row(
            f"· {lead}" + "、".join(f"{entry.code} {short(entry.title, width)}" for entry in chunk),
            tuple(chunk),
        )
        for chunk in chunks
    ]


def _remind_heading(entry: Entry) -> str:
    if entry.words:
        return entry.words
    due = f"（{day(entry.due)}）" if entry.due else ""
    if entry.days == 0:
        return f"今天到期{due}"
    return f"还有 {entry.days} 个工作日到期{due}"


# -- other people's items


def _theirs(heading: str, what: Callable[[Entry], str]) -> Section:
    """One line an item and age, its units named."""

    def section(entries: list[Entry], width: int) -> list[_Row]:
        rows = [_Row(f"{heading}（{len(entries)} 项）：")]
        groups: dict[tuple[str, int], list[Entry]] = {}
        for entry in entries:
            groups.setdefault((entry.code, entry.days), []).append(entry)
        for (code, _), same in groups.items():
            said = what(same[0])
            title = short(same[0].title, width)
            units = names((entry.unit for entry in same), 12)
            rows.append(_Row(f"· {code} {title}{'，' if said else ''}{said}：{units}", tuple(same)))
        return rows

    return section


def _plain(_entry: Entry) -> str:
    return ""


def _held(entries: list[Entry], _width: int) -> list[_Row]:
    return [_Row(entry.words, (entry,)) for entry in entries]


def _news(entries: list[Entry], _width: int) -> list[_Row]:
    return [_Row("请知悉："), *(_Row(f"· {entry.words}", (entry,)) for entry in entries)]


def _unanswered(entries: list[Entry], _width: int) -> list[_Row]:
    return [_Row("还没有您的回执，看到请回复 收到："), *(_Row(f"· {entry.words}", (entry,)) for entry in entries)]


def _unreachable(entries: list[Entry], _width: int) -> list[_Row]:
    return [_Row(f"联系不上（没有联络员或消息送不到）：{names((e.unit for e in entries), 12)}", tuple(entries[:1]))]


_SECTION: dict[LineKind, Section] = {
    LineKind.HELD: _held,
    LineKind.PROPOSED: _under_heading(lambda entry: f"{_late(entry)}，已提请县政府办公室考虑通报（由人决定）"),
    LineKind.OVERDUE: _overdue,
    LineKind.STILL_OVERDUE: _overdue,
    LineKind.REMIND: _under_heading(_remind_heading),
    LineKind.UNSIGNED: _under_heading(lambda entry: "交办后尚未签收"),
    LineKind.DISPATCH: _new,
    LineKind.LEAD_OVERDUE: _theirs("你单位牵头的事项逾期", _late),
    LineKind.OFFICE_OVERDUE: _theirs("各单位逾期", _late),
    LineKind.HEAD_OVERDUE: _theirs("本单位逾期", _late),
    LineKind.WEEKLY: _theirs("本周清单：逾期较久", _late),
    LineKind.WEEKLY_REVIEW: _theirs("本周清单：待审较久", lambda entry: f"已等 {entry.days} 个工作日"),
    LineKind.BULLETIN: _theirs("建议考虑通报（由人决定）", _late),
    LineKind.QUEUED: _theirs("新报完成，待审", _plain),
    LineKind.REVIEW_LATE: _theirs("待审超过时限", lambda entry: f"已等 {entry.days} 个工作日"),
    LineKind.OFFICE_REVIEW_LATE: _theirs("牵头单位未审", lambda entry: f"已等 {entry.days} 个工作日"),
    LineKind.UNREACHABLE: _unreachable,
    LineKind.UNANSWERED: _unanswered,
    LineKind.NEWS: _news,
}


_LATE = (LineKind.LEAD_OVERDUE, LineKind.OFFICE_OVERDUE, LineKind.WEEKLY, LineKind.BULLETIN)
_WAITING = (LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW)
_WHERE = {**dict.fromkeys(_LATE, "逾期"), **dict.fromkeys(_WAITING, "待审")}
"""Where the reader finds what was cut off; else in 任务."""


def _foot(entries: Sequence[Entry]) -> list[str]:
    """The next step, for what this digest holds."""
    kinds = {entry.kind for entry in entries}
    if kinds & {LineKind.DISPATCH, LineKind.UNSIGNED}:
        return ["回复 收到 即签收以上新交办；办完回复：完成 编号 链接"]
    if kinds & OF_UNIT:
        return ["办完回复：完成 编号 链接；要求和时限回复：任务 编号"]
    steps = ["回复 待审 查看并审核"] if kinds.intersection(_WAITING) else []
    steps += ["回复 催办 编号 可再提醒"] if kinds.intersection(_LATE) else []
    return ["；".join(steps)] if steps else []
