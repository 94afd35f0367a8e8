"""Tables into rows: headers wherever they stand, headings between the rows, merged and empty cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.documents.notice.headings import Columns, columns_of, field_of, is_header
from bot.documents.notice.measures import goes_on
from bot.documents.notice.model import Cell, Table
from bot.documents.notice.raw import RawRow
from bot.documents.notice.words import ASPECT, ITEM, PART, clean, lines

_MOST_HEADER_ROWS = 3
_REMARK = re.compile(r"(?:备注|说明|注|填表|填报|联系人|制表|审核|抄送|印发|附件?)\s*\d*\s*[：:]|合计|小计|总计")
_DITTO = re.compile(r"同上|同前|〃|″")
_BARE_NUMBER = re.compile(r"（?[一二三四五六七八九十]{1,3}）?、?")
_SAME_ROW = ("number", "lead", "responsible", "support", "deadline")

Row = Sequence[Cell]


@dataclass(slots=True)
class Place:
    """Under which headings the next row stands; carried from table to table and past paragraphs."""

    part: str = ""
    aspect: str = ""
    columns: Columns | None = None
    by_headings: bool = False  # parts come from headings between the rows, so a column above the item is the aspect
    before: list[str] = field(default_factory=list)  # words above the header: the list's title may be among them

    def forget(self) -> None:
        self.part = self.aspect = ""
        self.by_headings = False

    def heading(self, text: str) -> None:
        """A heading of the list: 一、 begins a part, （一） an aspect; one without a number a part, or an aspect where
        the part has one."""
        self.by_headings = True
        below = self.part and not PART.match(text) and (ITEM.match(text) or PART.match(self.part))
        if ASPECT.match(text) or below:
            self.aspect = text
        else:
            self.part, self.aspect = text, ""


def table_rows(table: Table, place: Place) -> list[RawRow]:
    """The rows of a table; none where it has no header and does not go on from the table before."""
    rows = table.rows
    if place.columns is not None and not _goes_on(rows, place.columns):
        place.columns = None
    found: list[RawRow] = []
    last: Row | None = None  # the line the last row was made of
    index = 0
    while index < len(rows):
        if header := header_at(rows, index, place.columns):
            before, (place.columns, height) = place.columns, header
            index += height
            last = last if place.columns == before else None  # a header repeated on a new page ends nothing
            continue
        row = rows[index]
        index += 1
        cells = [cell for cell in dict.fromkeys(row) if clean(cell.text)]
        if place.columns is None:
            place.before += [line for cell in cells for line in lines(cell.text)]
        elif cells and not _is_between(row, cells, place):
            if found and last is not None and _belongs(row, last, place.columns):
                _add(found[-1], row, last, place.columns)
            else:
                found.append(_row(row, place.columns, place))
                found[-1].wrapped = table.wrapped
                _repeat(found)
            last = row
    return found


def header_in(table: Table) -> bool:
    """Whether a task list's header stands in the table."""
    return any(header_at(table.rows, index) for index in range(len(table.rows)))


def _goes_on(rows: Sequence[Row], columns: Columns) -> bool:
    """Whether a table without a header can be the rest of the one before: as wide, and no other table's header."""
    if any(header_at(rows, index) for index in range(min(len(rows), 5))):
        return True
    first = [field_of(cell.text) for cell in dict.fromkeys(rows[0])] if rows else []
    return bool(rows) and len(rows[0]) == columns.width and not ("ignored" in first and "number" in first)


def header_at(rows: Sequence[Row], index: int, known: Columns | None = None) -> tuple[Columns, int] | None:
    """The columns if a header begins at this row, and how many rows it has. After a first header, only the same again
    or one that consists of headings alone."""
    row = rows[index]
    filled = [cell for cell in dict.fromkeys(row) if clean(cell.text)]
    fields = [field_of(cell.text) for cell in filled]
    if not is_header(fields):
        return None
    if known is not None:
        same = sum(clean(cell.text) == known.headings[at] for at, cell in enumerate(row) if at < known.width)
        if 2 * same < len(row) and (None in fields or len(set(fields)) < 3):
            return None
    height = min(_MOST_HEADER_ROWS, max((cell.height for cell in filled), default=1), len(rows) - index)
    if height == 1 and index + 1 < len(rows) and _is_second_header(row, rows[index + 1]):
        height = 2
    return columns_of([_heading(rows[index : index + height], column) for column in range(len(row))]), height


def _is_second_header(above: Row, row: Row) -> bool:
    """A row of nothing but headings under a heading over several columns."""
    filled = [(at, cell) for at, cell in enumerate(row) if clean(cell.text)]
    under_wide = any(above[at].width > 1 or not clean(above[at].text) for at, _ in filled)
    return (
        bool(filled)
        and under_wide
        and len(filled) < len(row)
        and all((field_of(cell.text) and len(clean(cell.text)) <= 8) or cell is above[at] for at, cell in filled)
    )


def _heading(header: Sequence[Row], column: int) -> str:
    """The lowest heading of the column that says what it is."""
    texts = [clean(row[column].text) for row in header if column < len(row)]
    named = [text for text in texts if field_of(text)]
    return named[-1] if named else "".join(dict.fromkeys(texts))


def _is_between(row: Row, cells: list[Cell], place: Place) -> bool:
    """Whether the line is no row but a heading (which is then remembered), a remark or empty but for its number."""
    texts = [clean(cell.text) for cell in cells]
    if _REMARK.match(texts[0]) and (len(cells) == 1 or texts[0] in ("合计", "小计", "总计")):
        return True
    columns = place.columns
    assert columns is not None
    if len(cells) == 1:
        cell, text = cells[0], texts[0]
        numbers = columns.of.get("number", ())
        if (
            PART.match(text)
            or ASPECT.match(text)
            or (cell.width > len(row) / 2 and "。" not in text)
            or (row[0] is cell and numbers == (0,))
        ):
            if not text.isdecimal():
                place.heading(text)
            return True
        return any(row[column] is cell for column in numbers)
    if len(cells) == 2 and _BARE_NUMBER.fullmatch(texts[0]) and not _units_filled(row, columns):
        mark = texts[0] if texts[0].endswith(("、", "）")) else texts[0] + "、"
        place.heading(mark + texts[1])
        return True
    return False


def _units_filled(row: Row, columns: Columns) -> bool:
    """Whether units or a time are said in cells of their own, not in one that covers the work as well."""
    work = {
        row[column] for name in ("item", "above", "part", "aspect", "measures") for column in columns.of.get(name, ())
    }
    own = [row[column] for name in _SAME_ROW[1:] for column in columns.of.get(name, ())]
    return any(clean(cell.text) and cell not in work for cell in own)


def _belongs(row: Row, last: Row, columns: Columns) -> bool:
    """Whether a line only adds measures to the row before: the item and everything that may differ is merged, or
    nothing else is written in it and its words go on with those above."""
    measures = columns.of.get("measures", columns.of.get("item", ()))
    if not measures or not any(clean(row[column].text) for column in measures):
        return False
    kept = [column for name in ("item", *_SAME_ROW) for column in columns.of.get(name, ())]
    if "measures" in columns and all(row[column] is last[column] for column in kept):
        return True
    others = [cell for at, cell in enumerate(row) if at not in measures]
    fresh = all(row[column] is not last[column] for column in measures)
    alone = fresh and all(not clean(cell.text) for cell in others)
    return alone and goes_on(last[measures[-1]].text, row[measures[-1]].text)


def _repeat(found: Sequence[RawRow]) -> None:
    """同上 in the last row stands for what the row above says in the same column."""
    for name in _SAME_ROW[1:]:
        if _DITTO.fullmatch(clean(getattr(found[-1], name) or "")) and len(found) > 1:
            setattr(found[-1], name, getattr(found[-2], name))


def _add(found: RawRow, row: Row, last: Row, columns: Columns) -> None:
    for name in ("measures", "paths", "note"):
        new = [row[column] for column in columns.of.get(name, ()) if row[column] is not last[column]]
        words = "\n".join(cell.text for cell in dict.fromkeys(new) if clean(cell.text))
        if words:
            setattr(found, name, "\n".join(filter(None, [getattr(found, name), words])))
    if "item" not in columns:
        found.item = clean(found.measures)
    elif "measures" not in columns:
        found.item = clean("".join([found.item, *(row[column].text for column in columns.of["item"])]))


def _row(row: Row, columns: Columns, place: Place) -> RawRow:
    items = {row[column] for column in columns.of.get("item", ())}

    def text(name: str) -> str | None:
        if name not in columns:
            return None
        cells = dict.fromkeys(row[column] for column in columns.of[name])
        if name == "measures":  # one cell over item and measures is the item
            cells = {cell: None for cell in cells if cell not in items}
        return "\n".join(cell.text for cell in cells if clean(cell.text))

    _stand(row, columns, place)
    return RawRow(
        part=place.part,
        aspect=place.aspect,
        item=clean(text("item") or ""),
        measures=text("measures") or "",
        paths=text("paths"),
        lead=text("lead"),
        responsible=text("responsible"),
        support=text("support"),
        deadline=text("deadline"),
        deadline_word=columns.deadline_word,
        note=clean(text("note") or ""),
        first_leads=columns.first_leads,
    )


def _stand(row: Row, columns: Columns, place: Place) -> None:
    """Part and aspect as the columns left of the item give them. An empty one goes on: it is a label over its rows."""
    above = [clean(row[column].text) for column in columns.of.get("above", ())]
    cells = [row[column] for column in columns.of.get("above", ())]
    if len(above) > 1 and cells[0] is not cells[-1]:
        _part(place, above[0])
        place.aspect = "".join(dict.fromkeys(above[1:])) or place.aspect
    elif above:
        several = lines(cells[0].text)
        if len(several) == 2 and PART.match(several[0]) and ASPECT.match(several[1]):
            _part(place, several[0])
            place.aspect = several[1]
        elif ASPECT.match(above[0]) or (place.part and place.by_headings):
            place.aspect = above[0] or place.aspect
        else:
            _part(place, above[0])
    for name in ("part", "aspect"):
        if name in columns and (text := clean("".join(row[column].text for column in columns.of[name]))):
            if name == "part":
                _part(place, text)
            else:
                place.aspect = text


def _part(place: Place, text: str) -> None:
    if text and text != place.part:
        place.part, place.aspect = text, ""
