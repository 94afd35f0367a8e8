"""Raw rows into rows of the draft, with a question for everything their words leave open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from bot.documents.notice.dates import dates_in, normalised
from bot.documents.notice.deadlines import Timing, read_cell, read_measures
from bot.documents.notice.measures import read_work
from bot.documents.notice.raw import Doubt, RawRow
from bot.documents.notice.units import Named, read_units
from bot.documents.notice.words import clean
from bot.domain.draft import DraftNode, DraftRow, Question
from bot.domain.naming import Kind, recognise
from bot.domain.responsibility import Directory, is_drawn_line, with_towns_joined

_WORD = "完成时限"
_SHOWN = 40  # characters of what is written, in a question
_LONGEST_NAME = 25  # characters; a cell with more and no unit in it is none of units
_CANDIDATES = 5
_CELLS = {"lead": "牵头单位", "responsible": "责任单位"}


@dataclass(slots=True)
class Assembled:
    rows: list[DraftRow] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    new_units: dict[str, None] = field(default_factory=dict)


def assemble(raw: Iterable[RawRow], directory: Directory, year: int, issued: date | None) -> Assembled:
    """The rows in the order of the document, counted from 1."""
    made = Assembled()
    before: DraftRow | None = None
    for number, row in enumerate(raw, 1):
        before = _Row(row, number, directory, year, issued, before, made).read()
        made.rows.append(before)
    return made


class _Row:
    """Reads one row; what it has to ask goes into `made`."""

    def __init__(
        self,
        raw: RawRow,
        number: int,
        directory: Directory,
        year: int,
        issued: date | None,
        before: DraftRow | None,
        made: Assembled,
    ) -> None:
        self._raw = raw
        self._number = number
        self._directory = directory
        self._year = year
        self._issued = issued
        self._before = before
        self._made = made
        self._asked = 0
        self._unresolved = False

    def read(self) -> DraftRow:
        raw = self._raw
        work = read_work(raw.measures, wrapped=raw.wrapped)
        paths = work.paths + (read_work(raw.paths, only_paths=True).paths if raw.paths else ())
        item = raw.item
        for doubt in raw.doubts:
            self._ask(doubt)
        if not item:
            candidates = (self._before.item,) if self._before and self._before.item else ()
            self._ask(Doubt("item", "", "具体事项一栏是空的，请填写", candidates))
        if work.blocks > 1:
            self._ask(Doubt("measures", "", f"落实举措一格里有 {work.blocks} 处公开路径，可能是几项写在一起，请核对"))
        for about, word, written in (("item", "具体事项", item), ("measures", "落实举措", clean(raw.measures))):
            if written and recognise(written, self._directory).kind is Kind.KNOWN:
                self._ask(Doubt(about, written, f"{word}一栏写的是单位“{_short(written)}”，可能错列，请核对"))
        lead, responsible = self._units()
        timing = self._timing()
        return DraftRow(
            number=self._number,
            part=raw.part,
            aspect=raw.aspect,
            item=item,
            measures=work.measures,
            paths=tuple(dict.fromkeys(paths)),
            mentioned_paths=() if paths else work.mentioned,
            lead=lead,
            responsible=responsible,
            nodes=self._nodes(timing),
            recurrence=timing.recurrence,
            deadline_text="；".join(dict.fromkeys(timing.wordings)),
            unresolved=self._unresolved,
            note=raw.note,
        )

    def _ask(self, doubt: Doubt) -> None:
        self._asked += 1
        candidates = doubt.candidates
        if doubt.about in _CELLS:
            candidates = tuple(name for name in candidates if self._may_answer(name))
        self._made.questions.append(
            Question(
                key=f"{self._number}-{doubt.about}-{self._asked}",
                row=self._number,
                about=doubt.about,
                written=doubt.written,
                text=f"第 {self._number} 行：{doubt.text}",
                candidates=candidates[:_CANDIDATES],
            )
        )

    def _may_answer(self, name: str) -> bool:
        """Whether a name can be the answer to who: not a drawn line, nor one of those that name nobody."""
        return recognise(name, self._directory).kind in (Kind.KNOWN, Kind.NEW)

    def _units(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        raw = self._raw
        named = Named()
        open_ended = False
        for text, role in ((raw.lead, "lead"), (raw.responsible, "responsible"), (raw.support, "support")):
            if text and not self._is_sentence(text):
                found = read_units(text, self._directory, role)
                open_ended = open_ended or found.open_ended
                for kind in ("lead", "responsible", "support"):
                    named.add(kind, getattr(found, kind))
        if raw.first_leads and not named.lead and len(named.responsible) > 1:
            named.add("lead", [named.responsible.pop(0)])
        if self._has_slipped(named):
            seen = tuple(dict.fromkeys((*named.lead, *named.responsible, *named.support)))
            for about, word in _CELLS.items():
                self._ask(Doubt(about, "", f"这一行的单元格可能错位，看不出{word}，请指定", seen))
            self._unresolved = True
            return (), ()
        lead = tuple(named.lead)
        responsible = tuple(dict.fromkeys((*named.responsible, *named.support)))
        if lead and all(map(is_drawn_line, lead)):
            lead = ()  # a line for the lead says that there is none
        elif not lead and raw.lead is not None:
            self._ask_for_units("lead", raw.candidates or (self._before.lead if self._before else ()))
        if not responsible:
            self._unresolved = True
            candidates = raw.candidates or lead or (self._before.responsible if self._before else ())
            self._ask_for_units("responsible", candidates)
        self._judge("lead", lead)
        self._judge("responsible", responsible)
        if open_ended:
            self._unresolved = True
            self._ask(
                Doubt(
                    "responsible", clean(raw.responsible or raw.support or ""), "责任单位以“等”结尾，没有写全，请补充"
                )
            )
        return lead, responsible

    def _has_slipped(self, named: Named) -> bool:
        """Whether the units of the row stand one cell too far to the left or right: a time stands among the units, or
        units stand where the time should, with a cell left empty."""
        raw = self._raw
        cells = [cell for cell in (raw.lead, raw.responsible, raw.support) if cell is not None]
        if raw.deadline is None or len(cells) < 2:
            return False
        times = [cell for cell in cells if any(dates_in(normalised(clean(cell)), self._year))]
        if times and not self._names_units(times[0]):
            for words in (named.lead, named.responsible, named.support):
                words[:] = [name for name in words if recognise(name, self._directory).kind is not Kind.UNKNOWN]
            return True
        return any(not clean(cell) for cell in cells) and self._names_units(raw.deadline)

    def _names_units(self, text: str) -> bool:
        """Whether a cell holds nothing but names of units."""
        named = read_units(text, self._directory, "responsible")
        kinds = {recognise(name, self._directory).kind for name in named.responsible}
        return bool(kinds) and kinds <= {Kind.KNOWN, Kind.NEW, Kind.NOBODY}

    def _is_sentence(self, text: str) -> bool:
        """Whether a cell of units holds something else, as where cells have slipped; its words are then no names."""
        line = clean(text)
        if "。" not in line and len(line) <= _LONGEST_NAME:
            return False
        named = read_units(text, self._directory, "responsible")
        names = [*named.lead, *named.responsible, *named.support]
        return all(recognise(name, self._directory).kind is Kind.UNKNOWN for name in names)

    def _ask_for_units(self, about: str, candidates: tuple[str, ...]) -> None:
        written = clean(getattr(self._raw, about) or "")
        word = _CELLS[about]
        if getattr(self._raw, about) is None:
            text = f"没有写{word}，请指定"
        elif self._raw.candidates:
            written = "、".join(self._raw.candidates)
            text = f"这一行只写了“{_short(written)}”，看不出是牵头单位还是责任单位，请指定{word}"
        elif written:
            text = f"{word}一栏写的是“{_short(written)}”，看不出{word}，请指定"
        else:
            text = f"{word}一栏是空的，请指定"
        self._ask(Doubt(about, written, text, candidates))

    def _judge(self, about: str, names: tuple[str, ...]) -> None:
        """Asks about every name that is not plainly a unit, and proposes the new ones."""
        word = _CELLS[about]
        for name in with_towns_joined(names):
            found = recognise(name, self._directory)
            if found.kind in (Kind.KNOWN, Kind.LINE):
                continue
            if found.kind is Kind.NEW:
                told = name in self._made.new_units
                self._made.new_units[name] = None
                if found.candidates and not told:
                    meant = "、".join(found.candidates)
                    text = f"{word}“{_short(name)}”不在单位名录中，是不是{meant}？不是的话按新单位处理"
                    self._ask(Doubt(about, name, text, found.candidates))
                continue
            self._unresolved = self._unresolved or about == "responsible"
            if found.kind is Kind.NOBODY:
                self._ask(Doubt(about, name, f"{word}写的是“{_short(name)}”，没有列名单，请指定"))
            elif found.candidates:
                meant = "、".join(found.candidates)
                self._ask(
                    Doubt(about, name, f"{word}“{_short(name)}”不在单位名录中，是不是{meant}？", found.candidates)
                )
            else:
                self._ask(Doubt(about, name, f"{word}“{_short(name)}”不像单位名称，请指定"))

    def _timing(self) -> Timing:
        """The deadline's own cell; where it is empty the remarks, then the measures."""
        raw = self._raw
        timing = Timing()
        if raw.deadline and clean(raw.deadline):
            timing = self._cell(raw.deadline)
        if not timing.wordings:
            timing = read_measures(raw.note, self._year, self._issued, whole=True) if raw.note else timing
        if not timing.nodes and not timing.doubts:
            spoken = read_measures(raw.measures or raw.item, self._year, self._issued)
            timing.nodes = spoken.nodes
            timing.doubts += spoken.doubts
            timing.recurrence = timing.recurrence or spoken.recurrence
            timing.wordings += spoken.wordings
        for written, why, days in timing.doubts:
            self._ask(
                Doubt(
                    "deadline", written, f"时限“{_short(written)}”{why}，请确认", tuple(day.isoformat() for day in days)
                )
            )
        return timing

    def _cell(self, text: str) -> Timing:
        if self._names_units(text):
            written = clean(text)
            self._ask(Doubt("deadline", written, f"时限一栏写的是单位“{_short(written)}”，可能错列，请核对"))
            return Timing(wordings=[written])
        return read_cell(text, self._year, self._issued)

    def _nodes(self, timing: Timing) -> tuple[DraftNode, ...]:
        several = len({day for _, day in timing.nodes}) > 1
        word = self._raw.deadline_word or _WORD
        nodes: dict[date, str] = {}
        for title, day in timing.nodes:
            nodes.setdefault(day, (title or word) if several else word)
        return tuple(DraftNode(title, day) for day, title in sorted(nodes.items()))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
