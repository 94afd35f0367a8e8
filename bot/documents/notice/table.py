"""Tables into rows: headers wherever they stand, headings between the rows, merged and empty cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.notice.headings import Columns, columns_of, field_of, is_header
from bot.documents.notice.model import Cell, Table
from bot.documents.notice.raw import RawRow
from bot.documents.notice.words import ASPECT, PART, clean

_MOST_HEADER_ROWS = 3


@dataclass(slots=True)
class Place:
    """Under which headings the next row stands; carried from table to table and past paragraphs."""

    part: str = ""
    aspect: str = ""
    columns: Columns | None = None

    def heading(self, text: str) -> None:
        if ASPECT.match(text):
            self.aspect = text
        else:
            self.part, self.aspect = text, ""


def header_at(rows: Sequence[Sequence[Cell]], index: int) -> tuple[Columns, int] | None:
    """The columns if a header begins at this row, and how many rows it has."""
    row = rows[index]
    if not is_header([field_of(cell.text) for cell in dict.fromkeys(row)]):
        return None
    return columns_of([cell.text for cell in row]), 1


def table_rows(table: Table, place: Place) -> list[RawRow]:
    """The rows of a table; none where it has no header and does not go on from the table before."""
    found: list[RawRow] = []
    index = 0
    while index < len(table.rows):
        header = header_at(table.rows, index)
        if header:
            place.columns, height = header
            index += height
            continue
        row = table.rows[index]
        index += 1
        if place.columns is None:
            continue
        cells = [cell for cell in dict.fromkeys(row) if clean(cell.text)]
        if not cells:
            continue
        if len(cells) == 1 and (PART.match(clean(cells[0].text)) or ASPECT.match(clean(cells[0].text))):
            place.heading(clean(cells[0].text))
            continue
        found.append(_row(row, place.columns, place))
    return found


def _row(row: Sequence[Cell], columns: Columns, place: Place) -> RawRow:
    def text(name: str) -> str | None:
        if name not in columns:
            return None
        cells = dict.fromkeys(row[column] for column in columns.of[name] if column < len(row))
        return "\n".join(cell.text for cell in cells if cell.text.strip())

    above = [clean(row[column].text) for column in columns.of.get("above", ()) if column < len(row)]
    if len(above) > 1 and row[columns.of["above"][0]] is not row[columns.of["above"][1]]:
        place.part, place.aspect = above[0] or place.part, above[1] or place.aspect
    elif above and above[0]:
        place.heading(above[0])
    place.part = clean(text("part") or "") or place.part
    place.aspect = clean(text("aspect") or "") or place.aspect
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
        note=clean(text("note") or ""),
        first_leads=columns.first_leads,
        wrapped=False,
    )
