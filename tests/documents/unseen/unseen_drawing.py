"""Draws one neutral table (cells with spans) as Word, Excel or a government web page, as an office would have made it."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.styles import Alignment


@dataclass(frozen=True)
class C:
    """A cell: its text (or date, or number) and how many columns and rows it covers."""

    text: Any
    cs: int = 1
    rs: int = 1


@dataclass
class T:
    """A table: rows of cells as html writes them (covered places are left out); how many header rows Word repeats."""

    rows: list[list[Any]]
    header: int = 1
    widths: tuple[int, ...] = ()


@dataclass
class Doc:
    """Paragraphs and tables in order; a paragraph may start with a style mark (`# ` a heading, `---` a page break)."""

    body: list[Any] = field(default_factory=list)


def placed(rows: Sequence[Sequence[Any]]) -> tuple[int, int, list[tuple[int, int, C]]]:
    """Height, width and each cell with the place of its upper left corner."""
    taken: set[tuple[int, int]] = set()
    out: list[tuple[int, int, C]] = []
    width = 0
    for y, row in enumerate(rows):
        x = 0
        for raw in row:
            cell = raw if isinstance(raw, C) else C(raw)
            while (y, x) in taken:
                x += 1
            for dy in range(cell.rs):
                for dx in range(cell.cs):
                    taken.add((y + dy, x + dx))
            out.append((y, x, cell))
            x += cell.cs
            width = max(width, x)
    return len(rows), width, out


def word_text(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)


def docx(path: Path, doc: Doc) -> None:
    word = Document()
    for block in doc.body:
        if isinstance(block, T):
            _word_table(word, block)
        elif block == "---":
            word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        elif block.startswith("# "):
            word.add_heading(block[2:], level=1)
        elif block.startswith("#. "):
            word.add_paragraph(block[3:], style="List Number")
        else:
            paragraph = word.add_paragraph()
            middle = len(block) // 2  # Word splits a paragraph into runs wherever somebody once edited it
            paragraph.add_run(block[:middle])
            paragraph.add_run(block[middle:]).bold = True
    word.save(str(path))


def _word_table(word: Any, table: T) -> None:
    height, width, cells = placed(table.rows)
    grid = word.add_table(height, width)
    grid.style = "Table Grid"
    for y, x, cell in cells:
        corner = grid.cell(y, x)
        if cell.cs > 1 or cell.rs > 1:
            corner = corner.merge(grid.cell(y + cell.rs - 1, x + cell.cs - 1))
        lines = word_text(cell.text).split("\n")
        for n, line in enumerate(lines):
            soft = line.split("\v")
            paragraph = corner.paragraphs[0] if n == 0 else corner.add_paragraph()
            if soft[0].startswith("#. "):
                paragraph.style = word.styles["List Number"]
                soft[0] = soft[0][3:]
            for m, piece in enumerate(soft):
                run = paragraph.add_run(piece)
                if m < len(soft) - 1:
                    run.add_break()
    for y in range(table.header):
        props = grid.rows[y]._tr.get_or_add_trPr()
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        props.append(mark)


def xlsx(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> None:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        _, _, cells = placed(rows)
        for y, x, cell in cells:
            value = cell.text.replace("\v", "\n") if isinstance(cell.text, str) else cell.text
            place = sheet.cell(y + 1, x + 1, value if value != "" else None)
            place.alignment = Alignment(wrap_text=True, vertical="center")
            if isinstance(value, dt.date):
                place.number_format = 'yyyy"年"m"月"d"日"'
            if cell.cs > 1 or cell.rs > 1:
                sheet.merge_cells(start_row=y + 1, start_column=x + 1, end_row=y + cell.rs, end_column=x + cell.cs)
    book.save(str(path))


def html_table(rows: Sequence[Sequence[Any]], *, font: bool = True) -> Iterator[str]:
    yield '<table border="1" cellspacing="0" style="border-collapse:collapse;width:620pt"><tbody>'
    for row in rows:
        yield '<tr style="height:28.35pt">'
        for raw in row:
            cell = raw if isinstance(raw, C) else C(raw)
            spans = (f' colspan="{cell.cs}"' if cell.cs > 1 else "") + (f' rowspan="{cell.rs}"' if cell.rs > 1 else "")
            text = html.escape(word_text(cell.text), quote=False)
            text = text.replace("\v", "<br/>")
            pieces = "".join(
                f'<p style="text-align:center;line-height:18pt">{_font(line) if font else line}</p>'
                for line in text.split("\n")
            )
            yield f'<td{spans} valign="center" style="padding:0 5.4pt">{pieces}</td>'
        yield "</tr>"
    yield "</tbody></table>"


def _font(line: str) -> str:
    """As an editor pastes it: the line in two font tags, with a stray nbsp between them."""
    if not line:
        return "&nbsp;"
    middle = len(line) // 2
    if "&" in line:
        return f'<span style="font-family:仿宋_GB2312;font-size:12pt">{line}</span>'
    return f'<span style="font-family:仿宋"><font face="仿宋">{line[:middle]}</font></span><span><font>{line[middle:]}</font></span><o:p></o:p>'
