"""Documents for the tests of notices, written with other libraries than those that read them where that is possible.

A grid is a list of rows; `UP` and `LEFT` stand for a slot that is merged with the one above or to the left.
"""

import html
import io
from collections.abc import Sequence
from functools import cache

from docx import Document
from docx.table import _Cell
from openpyxl import Workbook

from bot.documents.county import load_county
from bot.domain.draft import ListDraft
from bot.domain.responsibility import Directory, GroupName, UnitName

UP = "\u2191"
LEFT = "\u2190"
Grid = Sequence[Sequence[str]]
Part = str | Grid


@cache
def county_directory() -> Directory:
    county = load_county("dianjiang")
    ids = {unit.name: number for number, unit in enumerate(county.units, 1)}
    return Directory(
        units=tuple(UnitName(ids[unit.name], unit.name, unit.aliases) for unit in county.units),
        groups=tuple(
            GroupName(group.name, group.aliases, tuple(ids[name] for name in group.members)) for group in county.groups
        ),
        ask=county.ask,
    )


def spans(grid: Grid) -> dict[tuple[int, int], tuple[int, int]]:
    """Of each cell that is not merged into another: rows and columns it covers."""
    found = {}
    for top, row in enumerate(grid):
        for left, text in enumerate(row):
            if text in (UP, LEFT):
                continue
            width = 1
            while left + width < len(row) and row[left + width] == LEFT:
                width += 1
            height = 1
            while top + height < len(grid) and grid[top + height][left] == UP:
                height += 1
            found[top, left] = (height, width)
    return found


def docx(*parts: Part) -> bytes:
    document = Document()
    for part in parts:
        if isinstance(part, str):
            for line in part.split("\n"):
                document.add_paragraph(line)
            continue
        table = document.add_table(len(part), max(map(len, part)))
        for (top, left), (height, width) in spans(part).items():
            cell: _Cell = table.cell(top, left)
            if height * width > 1:
                cell = cell.merge(table.cell(top + height - 1, left + width - 1))
            cell.text = part[top][left]
    return _saved(document)


def xlsx(*sheets: Grid, names: Sequence[str] = ()) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for index, grid in enumerate(sheets):
        sheet = book.create_sheet(names[index] if names else f"Sheet{index + 1}")
        for (top, left), (height, width) in spans(grid).items():
            sheet.cell(top + 1, left + 1).value = grid[top][left] or None
            if height * width > 1:
                sheet.merge_cells(
                    start_row=top + 1, start_column=left + 1, end_row=top + height, end_column=left + width
                )
    return _saved(book)


def page(*parts: Part) -> bytes:
    """An html page; line breaks in a cell are paragraphs."""
    words = []
    for part in parts:
        if isinstance(part, str):
            words += (f"<p>{html.escape(line)}</p>" for line in part.split("\n"))
            continue
        rows = []
        found = spans(part)
        for top, row in enumerate(part):
            cells = [
                f'<td rowspan="{found[top, left][0]}" colspan="{found[top, left][1]}">'
                + "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))
                + "</td>"
                for left, text in enumerate(row)
                if (top, left) in found
            ]
            rows.append(f"<tr>{''.join(cells)}</tr>")
        words.append(f"<table>{''.join(rows)}</table>")
    return f'<html><head><meta charset="utf-8"></head><body>{"".join(words)}</body></html>'.encode()


def text(*parts: Part) -> bytes:
    """Plain text; cells are parted by tabs and merged ones are empty."""
    lines = []
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
        else:
            lines += ("\t".join("" if cell in (UP, LEFT) else cell for cell in row) for row in part)
    return "\n".join(lines).encode()


def _saved(document: "Document | Workbook") -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def asked(draft: ListDraft) -> list[tuple[int | None, str, str, tuple[str, ...]]]:
    return [(question.row, question.about, question.written, question.candidates) for question in draft.questions]
