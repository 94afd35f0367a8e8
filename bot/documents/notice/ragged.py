"""Tables from a scan: cells have slipped, merged cells are lost, and rows are cut by pages.

What stands where is told by what it says: a sentence is work, names of units are units, 一、 is a part. Where that
leaves a doubt, the cell stays empty and is asked about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from bot.documents.notice.headings import Columns, columns_of, field_of, is_header
from bot.documents.notice.raw import RawRow
from bot.documents.notice.units import read_units
from bot.documents.notice.words import ASPECT, PART, clean
from bot.domain.naming import Kind, recognise
from bot.domain.responsibility import Directory, is_drawn_line

_PATHS = re.compile(r"\s*公开路径[：:]")
_NUMBER = re.compile(r"(?:^|[\s。；：:])(?:(\d{1,2})[.．、](?!\d)|[（(](\d{1,2})[）)])")
_STARTS = re.compile(r"\s*(?:(\d{1,2})[.．、](?!\d{1,2}(?!\d))|[（(](\d{1,2})[）)])")
_SENTENCE_END = ("。", "；", "！", "？", "渠道", "）", "”")
_LONG = 20  # characters; a sentence rather than a name


class _Is(Enum):
    EMPTY = auto()
    PART = auto()
    ASPECT = auto()
    WORK = auto()
    NAME = auto()
    UNITS = auto()


# How well what a cell is goes with its column.
_FITS = {
    ("above", _Is.PART): 3, ("above", _Is.ASPECT): 3, ("above", _Is.NAME): -1, ("above", _Is.WORK): -4,
    ("item", _Is.NAME): 3, ("item", _Is.WORK): -2, ("item", _Is.PART): -3, ("item", _Is.ASPECT): -3,
    ("measures", _Is.WORK): 3, ("measures", _Is.NAME): -1, ("measures", _Is.ASPECT): -3, ("measures", _Is.PART): -3,
    ("units", _Is.UNITS): 3,
}  # fmt: skip
_MISFIT = -4
_NEVER = -100


@dataclass(slots=True)
class _Line:
    """One line of the scan, put under the columns. `leads` and `owes` are the pieces of the unit cells."""

    parts: list[str] = field(default_factory=list)
    aspects: list[str] = field(default_factory=list)
    item: list[str] = field(default_factory=list)
    work: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    owes: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)  # words beside a part or an aspect: the rest of a cut one


def is_ragged(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table of text has lost its columns: several lines have another number of cells than its header."""
    header = next((row for row in rows if is_header([field_of(cell) for cell in row if cell])), None)
    return header is not None and sum(len(row) != len(header) for row in rows) > 2


def ragged_rows(rows: Sequence[Sequence[str]], directory: Directory) -> tuple[list[RawRow], list[str]]:
    """The rows as far as they can be told, and what could not be read."""
    start = next(index for index, row in enumerate(rows) if is_header([field_of(cell) for cell in row if cell]))
    columns = columns_of(_filled_right(rows[start]))
    lines: list[_Line] = []
    for row in rows[start + 1 :]:
        cells = [cell for cell in row if cell.strip()]
        if not cells or all(is_drawn_line(cell) for cell in cells) or list(row) == list(rows[start]):
            continue
        line = _placed(_paths_joined(row), columns, directory)
        if lines and line.labels:
            _complete_label(lines, line)
        if lines and _goes_on(lines[-1], line):
            _join(lines[-1], line)
        else:
            lines.append(line)
    found = [_raw(line, lines[index - 1] if index else None, directory) for index, line in enumerate(lines)]
    unknown = [str(number) for number, row in enumerate(found, 1) if not (row.part and row.aspect)]
    errors = [f"合并单元格已丢失，第 {'、'.join(unknown)} 行的部分或方面看不出，没有填写，请核对"] if unknown else []
    return found, errors if "above" in columns or "part" in columns else []


def _filled_right(header: Sequence[str]) -> list[str]:
    """A heading over several columns is written once: the empty ones after it are its own."""
    filled: list[str] = []
    for cell in header:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def _paths_joined(row: Sequence[str]) -> list[str]:
    """A cell that begins with 公开路径 is the rest of the measures before it."""
    joined: list[str] = []
    for cell in row:
        if joined and _PATHS.match(cell) and joined[-1].strip():
            joined[-1] += "\n" + cell
        else:
            joined.append(cell)
    return joined


def _what(cell: str, directory: Directory) -> _Is:
    text = clean(cell)
    if not text:
        return _Is.EMPTY
    if PART.match(text):
        return _Is.PART
    if ASPECT.match(text):
        return _Is.ASPECT
    if _STARTS.match(text) or "公开路径" in text or (len(text) > _LONG and ("。" in text or "，" in text)):
        return _Is.WORK
    names = [name for names in _named(cell, directory) for name in names]
    kinds = {recognise(name, directory).kind for name in names}
    return _Is.UNITS if kinds and kinds <= {Kind.KNOWN, Kind.LINE, Kind.NOBODY} else _Is.NAME


def _named(cell: str, directory: Directory) -> tuple[list[str], list[str]]:
    named = read_units(cell, directory, "responsible")
    return named.lead, [*named.responsible, *named.support]


def _placed(row: Sequence[str], columns: Columns, directory: Directory) -> _Line:
    """The line under the columns it fits best; as it stands, or flush right where cells are missing, if nothing says
    otherwise."""
    roles = [""] * columns.width
    for name, places in columns.of.items():
        for column in places:
            roles[column] = {"part": "above", "aspect": "above", "lead": "units", "responsible": "units"}.get(
                name, name
            )
    kinds = [_what(cell, directory) for cell in row]

    def fit(shift: int) -> int:
        total = int(shift == columns.width - len(row))
        for index, kind in enumerate(kinds):
            if kind is not _Is.EMPTY:
                inside = 0 <= index + shift < columns.width
                total += _FITS.get((roles[index + shift], kind), _MISFIT) if inside else _NEVER
        return total

    shift = max(range(-2, columns.width), key=fit)
    line = _Line()
    for index, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        if kind is not _Is.EMPTY:
            _put(line, cell, kind, index + shift, columns)
    if line.labels and not line.item:  # not the rest of a label but an item that slipped to the left
        line.item, line.labels = line.labels, []
    return line


def _put(line: _Line, cell: str, kind: _Is, column: int, columns: Columns) -> None:
    if kind is _Is.PART:
        line.parts.append(clean(cell))
    elif kind is _Is.ASPECT:
        line.aspects.append(clean(cell))
    elif kind is _Is.WORK:
        line.work.append(cell)
    elif kind is _Is.UNITS:
        (line.leads if column in columns.of.get("lead", ()) else line.owes).append(cell)
    elif column in columns.of.get("item", ()) or (column in columns.of.get("measures", ()) and not line.item):
        line.item.append(clean(cell))
    elif column < min(columns.of.get("item", (columns.width,))):
        line.labels.append(clean(cell))
    elif column in columns.of.get("measures", ()):
        line.work.append(cell)
    else:
        # No name that is known, in a column of units: the rest of a name that was cut, or one to be asked about.
        (line.leads if column in columns.of.get("lead", ()) else line.owes).append(cell)


def _complete_label(lines: list[_Line], line: _Line) -> None:
    """三、紧扣强 on one page and 基础抓基层 on the next are one label."""
    kinds = ("parts", "aspects")
    for words, kind in zip(line.labels, kinds[-len(line.labels) :], strict=False):
        holder = next((one for one in reversed(lines) if getattr(one, kind)), None)
        if holder is not None:
            getattr(holder, kind)[-1] += words
            setattr(line, kind, list(getattr(holder, kind)))
    line.labels = []


def _goes_on(last: _Line, line: _Line) -> bool:
    """Whether a page cut the row: the sentence before had no end, or the numbers go on."""
    if not line.work or not last.work:
        return bool(line.work and not line.item and not last.work and not last.item)
    before, after = last.work[-1].rstrip(), line.work[0]
    number = _STARTS.match(after)
    begins = number is not None and int(number[1] or number[2]) == 1
    if not _ended(before) and (not begins or before.endswith(("：", ":"))):
        return True
    if number:
        value = int(number[1] or number[2])
        group = 1 if number[1] else 2
        counted = [int(match[group]) for match in _NUMBER.finditer(" " + last.work[-1]) if match[group]]
        return value > 1 and value - 1 in counted[-2:]
    return False


def _ended(text: str) -> bool:
    """Whether a sentence, or a list of paths, is whole at the end of the text."""
    return clean(text).endswith(_SENTENCE_END) or ">" in text[text.rfind("：") :][-40:]


def _join(last: _Line, line: _Line) -> None:
    last.parts += line.parts
    last.aspects += line.aspects
    last.item += line.item
    last.leads += line.leads
    last.owes += line.owes
    for cell in line.work:
        cut = last.work and not _ended(last.work[-1]) and not last.work[-1].rstrip().endswith(("：", ":"))
        if cut and not _STARTS.match(cell):
            last.work[-1] = last.work[-1].rstrip() + cell.lstrip()
        else:
            last.work.append(cell)


def _raw(line: _Line, before: _Line | None, directory: Directory) -> RawRow:
    row = RawRow(
        part="".join(dict.fromkeys(line.parts)),
        aspect="".join(dict.fromkeys(line.aspects)),
        item="".join(line.item),
        measures="\n".join(line.work),
        wrapped=True,
    )
    leads, owes = _whole(line.leads, directory), _whole(line.owes, directory)
    if leads is not None and owes is not None and leads and owes:
        row.lead, row.responsible = leads, owes
        return row
    # One of two cells is lost, and which of them this is cannot be told.
    row.lead = row.responsible = ""
    seen = [name for cell in (*line.leads, *line.owes) for names in _named(cell, directory) for name in names]
    row.candidates = tuple(dict.fromkeys(seen))
    return row


def _whole(cells: list[str], directory: Directory) -> str | None:
    """The cell that pages cut in pieces, None where they make no names that are known."""
    if len(cells) < 2:
        return "".join(cells)
    whole = "".join("".join(cell.split()) for cell in cells)
    names = [name for names in _named(whole, directory) for name in names]
    if names and all(recognise(name, directory).kind in (Kind.KNOWN, Kind.NOBODY) for name in names):
        return whole
    return None
