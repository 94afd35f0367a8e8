"""The morning digest: one message of at most 2048 bytes, most urgent first, the rest counted (rule 4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from bot.domain.planning import LineKind
from bot.texts.words import day, names, short

BYTES = 2048
INLINE = 4  # more items than this in one section stand in running lines, not one a line
PER_LINE = 6  # items in one running line
MINE = frozenset({LineKind.DISPATCH, LineKind.UNSIGNED, LineKind.REMIND, LineKind.OVERDUE})


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
    listed: tuple[int, ...]  # ids of the items named in the text


@dataclass(frozen=True)
class _Row:
    text: str
    count: int = 0  # items it names; a heading names none
    ids: tuple[int, ...] = field(default=())


def compose(entries: Sequence[Entry], today: date, limit: int = BYTES) -> Composed:
    """The digest of one person. `entries` come most urgent first and keep that order."""
    rows = [row for section in _sections(entries) for row in section]
    head = f"【督办晨报】{today.month}月{today.day}日"
    foot = _foot(entries)
    total = sum(row.count for row in rows)
    taken = len(rows)
    while True:
        left = total - sum(row.count for row in rows[:taken])
        tail = [f"另有 {left} 项，回复 任务"] if left else []
        body = _without_empty_heading(rows[:taken])
        text = "\n".join([head, *(row.text for row in body), *tail, *foot])
        if len(text.encode()) <= limit or taken == 0:
            return Composed(text, tuple(i for row in body for i in row.ids))
        taken -= 1


def _without_empty_heading(rows: list[_Row]) -> list[_Row]:
    """A heading whose items were cut off says nothing."""
    while rows and rows[-1].count == 0:
        rows = rows[:-1]
    return rows


def _sections(entries: Sequence[Entry]) -> list[list[_Row]]:
    return [_SECTION[kind](list(group)) for kind, group in groupby(entries, key=lambda entry: entry.kind)]


def _mine(heading: Callable[[Entry], str], with_due: bool = False) -> Callable[[list[Entry]], list[_Row]]:
    def section(entries: list[Entry]) -> list[_Row]:
        rows: list[_Row] = []
        for title, group in groupby(entries, key=heading):
            found = list(group)
            rows += [_Row(f"{title}（{len(found)} 项）："), *_items(found, with_due)]
        return rows

    return section


def _items(entries: list[Entry], with_due: bool) -> list[_Row]:
    if not with_due:
        return _listed(entries)
    rows: list[_Row] = []
    by_due = sorted(entries, key=lambda entry: entry.due or date.max)
    for due, group in groupby(by_due, key=lambda entry: entry.due):
        found = list(group)
        when = f"{day(due)} 到期" if due else ""
        if len(found) > INLINE:
            rows += [_Row(f"{when}："), *_listed(found)]
        else:
            rows += [_Row(f"{row.text}（{when}）", row.count, row.ids) for row in _listed(found)]
    return rows


def _listed(entries: list[Entry]) -> list[_Row]:
    if len(entries) <= INLINE:
        return [_Row(f"· {entry.code} {short(entry.title)}", 1, (entry.item_id,)) for entry in entries]
    chunks = [entries[i : i + PER_LINE] for i in range(0, len(entries), PER_LINE)]
    return [
        _Row(
            "· " + "、".join(f"{entry.code} {short(entry.title, 10)}" for entry in chunk),
            len(chunk),
            tuple(entry.item_id for entry in chunk),
        )
        for chunk in chunks
    ]


def _theirs(heading: Callable[[Entry], str]) -> Callable[[list[Entry]], list[_Row]]:
    """Other people's items: one line an item, its units named."""

    def section(entries: list[Entry]) -> list[_Row]:
        rows: list[_Row] = []
        for title, group in groupby(entries, key=heading):
            found = list(group)
            rows.append(_Row(f"{title}（{len(found)} 项）："))
            by_code: dict[str, list[Entry]] = {}
            for entry in found:
                by_code.setdefault(entry.code, []).append(entry)
            rows += [
                _Row(f"· {code} {short(same[0].title, 16)}：{names(e.unit for e in same)}", len(same))
                for code, same in by_code.items()
            ]
        return rows

    return section


def _ready(heading: str) -> Callable[[list[Entry]], list[_Row]]:
    def section(entries: list[Entry]) -> list[_Row]:
        return [_Row(heading), *(_Row(f"· {entry.words}", 1) for entry in entries)]

    return section


def _held(entries: list[Entry]) -> list[_Row]:
    return [_Row(entry.words, 1) for entry in entries]


def _unreachable(entries: list[Entry]) -> list[_Row]:
    return [_Row(f"联系不上（无联络员或消息送不到）：{names((e.unit for e in entries), 12)}", 1)]


def _remind_heading(entry: Entry) -> str:
    due = f"（{day(entry.due)}）" if entry.due else ""
    if entry.days == 0:
        return f"{entry.words or '今天到期'}{due}"
    return f"还有 {entry.days} 个工作日到期{due}"


def _late(entry: Entry) -> str:
    return f"逾期 {entry.days} 个工作日"


_SECTION: dict[LineKind, Callable[[list[Entry]], list[_Row]]] = {
    LineKind.HELD: _held,
    LineKind.OVERDUE: _mine(_late),
    LineKind.REMIND: _mine(_remind_heading),
    LineKind.UNSIGNED: _mine(lambda entry: "交办后尚未签收"),
    LineKind.DISPATCH: _mine(lambda entry: "新交办，请签收", with_due=True),
    LineKind.LEAD_OVERDUE: _theirs(lambda entry: f"你单位牵头，{_late(entry)}"),
    LineKind.OFFICE_OVERDUE: _theirs(_late),
    LineKind.HEAD_OVERDUE: _theirs(lambda entry: f"本单位{_late(entry)}"),
    LineKind.WEEKLY: _theirs(lambda entry: "本周清单：逾期较久"),
    LineKind.BULLETIN: _theirs(lambda entry: f"{_late(entry)}，建议考虑通报（由人决定）"),
    LineKind.QUEUED: _theirs(lambda entry: "新报完成，待审"),
    LineKind.REVIEW_LATE: _theirs(lambda entry: f"待审已 {entry.days} 个工作日"),
    LineKind.OFFICE_REVIEW_LATE: _theirs(lambda entry: f"牵头单位 {entry.days} 个工作日未审"),
    LineKind.UNREACHABLE: _unreachable,
    LineKind.NEWS: _ready("已办："),
}


def _foot(entries: Sequence[Entry]) -> list[str]:
    """The next step, for what this digest holds."""
    kinds = {entry.kind for entry in entries}
    if kinds & {LineKind.DISPATCH, LineKind.UNSIGNED}:
        return ["回复 收到 即签收以上新交办；办完回复：完成 编号 链接"]
    if kinds & MINE:
        return ["办完回复：完成 编号 链接；要求和时限回复：任务 编号"]
    if kinds & {LineKind.QUEUED, LineKind.REVIEW_LATE}:
        return ["回复 待审 查看并审核"]
    if kinds & {LineKind.LEAD_OVERDUE, LineKind.OFFICE_OVERDUE, LineKind.WEEKLY, LineKind.BULLETIN}:
        return ["回复 催办 编号 可再提醒"]
    return []
