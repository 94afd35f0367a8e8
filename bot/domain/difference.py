"""What a corrected notice changes in a list that is being worked on. Pure; shown first, done after 确认.

Rows are compared in the words of the notice, not in what became of them: who was named later (指定) and what units
have done is no difference. A field that is still in question never undoes what is known.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

from bot.domain.county import PathData
from bot.domain.draft import DraftNode, DraftRow, ListDraft
from bot.domain.responsibility import DASHES, tidy
from bot.domain.settled import Settled

SAME_ROW = 70.0  # per cent of equal characters: an item whose wording was mended is still the same row
_TITLE = 8  # characters a title must have before another that contains it is taken for the same
_AROUND = ("关于印发", "关于", "的通知", "通知", "《", "》", "“", "”", "（", "）", "、")


class Field(StrEnum):
    """What of a row changed; the value is what people read."""

    ITEM = "事项名称"
    MEASURES = "举措"
    PATHS = "公开路径"
    LEAD = "牵头单位"
    RESPONSIBLE = "责任单位"
    DEADLINE = "时限"
    RELEASED = "可以交办"  # what kept the row back has been answered


@dataclass(frozen=True)
class StoredRow:
    """A row as the database has it. `due`: title and day of each of its deadlines."""

    number: int
    item: str
    measures: tuple[str, ...]
    paths: tuple[PathData, ...]
    lead: str
    responsible: str
    due: tuple[DraftNode, ...]
    deadline_text: str
    trigger: str | None  # +3m: its deadline is set by 起算
    held: bool


@dataclass(frozen=True)
class Change:
    stored: StoredRow
    row: DraftRow
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Difference:
    """`numbers`: row of the document -> number of the task, for every row that is in the list already."""

    added: tuple[DraftRow, ...]
    removed: tuple[StoredRow, ...]
    changed: tuple[Change, ...]
    numbers: Mapping[int, int]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def difference(stored: Sequence[StoredRow], settled: Settled) -> Difference:
    """`stored` are the rows of the same notice as it was last applied, in its order."""
    pairs = _pairs(stored, settled.draft.rows)
    changed = []
    for row in settled.draft.rows:
        if (old := pairs.get(row.number)) is not None:
            fields = tuple(_changed(old, row, settled))
            changed += [Change(old, row, fields)] if fields else []
    there = {old.number for old in pairs.values()}
    return Difference(
        added=tuple(row for row in settled.draft.rows if row.number not in pairs),
        removed=tuple(old for old in stored if old.number not in there),
        changed=tuple(changed),
        numbers={number: old.number for number, old in pairs.items()},
    )


def same_notice(title: str, doc_no: str | None, year: int, draft: ListDraft) -> bool:
    """Is this draft the same notice, perhaps corrected? By its 文号 where both have one, else by title and year."""
    if doc_no and draft.doc_no:
        return tidy(doc_no) == tidy(draft.doc_no)
    one, other = sorted((_core(title), _core(draft.title)), key=len)
    return year == draft.year and (one == other or (len(one) >= _TITLE and one in other))


def _core(title: str) -> str:
    core = tidy(title)
    for words in _AROUND:
        core = core.replace(words, "")
    return core


_Key = Callable[[str, tuple[str, ...]], object]
_KEYS: tuple[_Key, ...] = (
    lambda item, measures: (item, measures),
    lambda item, measures: item,
    lambda item, measures: measures,
)


def _pairs(stored: Sequence[StoredRow], rows: Sequence[DraftRow]) -> dict[int, StoredRow]:
    """Row of the document -> the stored row it is; the surest likeness first, then the order of the list."""
    found: dict[int, StoredRow] = {}
    old, new = list(stored), list(rows)
    for key in _KEYS:
        waiting: dict[object, list[StoredRow]] = {}
        for one in old:
            waiting.setdefault(key(tidy(one.item), _tidy_all(one.measures)), []).append(one)
        for row in new:
            likeness = key(tidy(row.item), _tidy_all(row.measures))
            if likeness and waiting.get(likeness):
                found[row.number] = waiting[likeness].pop(0)
        taken = {one.number for one in found.values()}
        old = [one for one in old if one.number not in taken]
        new = [row for row in new if row.number not in found]
    near = sorted(
        (
            (fuzz.ratio(tidy(one.item), tidy(row.item)), -at, row.number, one)
            for at, one in enumerate(old)
            for row in new
        ),
        key=lambda pair: pair[:3],
        reverse=True,
    )
    taken = set()
    for likeness, _, number, one in near:
        if likeness >= SAME_ROW and number not in found and one.number not in taken:
            found[number] = one
            taken.add(one.number)
    return found


def _changed(old: StoredRow, row: DraftRow, settled: Settled) -> Iterable[Field]:
    asked = settled.asked.get(row.number, frozenset())
    if row.item and tidy(row.item) != tidy(old.item) and "item" not in asked:
        yield Field.ITEM
    if _tidy_all(row.measures) != _tidy_all(old.measures) and "measures" not in asked:
        yield Field.MEASURES
    if _places(row.paths) != _places(old.paths):
        yield Field.PATHS
    if _names(row.lead) != _names(old.lead.split("、")) and "lead" not in asked:
        yield Field.LEAD
    if _names(row.responsible) != _names(old.responsible.split("、")) and "responsible" not in asked:
        yield Field.RESPONSIBLE
    if row.number not in settled.held:
        if old.held:
            yield Field.RELEASED
        elif days(row, settled.report_date) != _days(old.due) and _is_another(old, row):
            yield Field.DEADLINE


def _is_another(old: StoredRow, row: DraftRow) -> bool:
    """Does the notice itself say another day? Where an event starts the clock, and where no day is read from the same
    words, the day that is stored was set since."""
    if old.trigger and row.recurrence == f"trigger:{old.trigger}":
        return False
    return bool(row.nodes) or tidy(row.deadline_text) != tidy(old.deadline_text)


def days(row: DraftRow, report_date: date) -> tuple[date, ...]:
    """The deadlines of a row; the report date where it states none (DESIGN §3, rule 3)."""
    return _days(row.nodes) or (report_date,)


def _days(nodes: Iterable[DraftNode]) -> tuple[date, ...]:
    return tuple(sorted(node.due for node in nodes))


def _tidy_all(measures: Iterable[str]) -> tuple[str, ...]:
    """Where a paragraph ends is a matter of layout: the words count."""
    words = "".join(map(tidy, measures))
    return (words,) if words else ()


def _places(paths: Iterable[PathData]) -> frozenset[tuple[str, str]]:
    return frozenset((tidy(path.site), tidy(path.column)) for path in paths)


def _names(names: Iterable[str]) -> frozenset[str]:
    """Without order; however a line is drawn, it is the same line."""
    return frozenset("——" if not name.strip(DASHES) else tidy(name) for name in names if name)
