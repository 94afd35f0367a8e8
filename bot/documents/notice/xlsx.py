"""Workbooks: every visible sheet is a table, with its merged cells."""

import io
import posixpath
import warnings
from collections.abc import Iterable
from datetime import date, datetime
from zipfile import ZipFile

from lxml import etree
from openpyxl import load_workbook

from bot.documents.notice.model import MAX_COLUMNS, MAX_SLOTS, Block, Cell, Table
from bot.documents.package import merged_ranges

_SHEETS = 10  # visible ones looked at
_ROWS = 5000
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_xlsx(data: bytes) -> list[Block]:
    """A package that was checked before. Raises whatever a broken part makes the libraries raise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and extensions, of which we read none
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
            visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            tables: list[Block] = []
            for sheet in visible[:_SHEETS]:
                values = sheet.iter_rows(min_row=1, max_row=_ROWS, max_col=MAX_COLUMNS, values_only=True)
                with archive.open(parts[sheet.title]) as xml:
                    tables.append(_table([tuple(map(_text, row)) for row in values], merged_ranges(xml)))
            return tables
    finally:
        book.close()


def _parts(archive: ZipFile) -> dict[str, str]:
    """Sheet name -> the part that holds it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    return {
        sheet.get("name", ""): posixpath.normpath(posixpath.join("/xl", targets[sheet.get(_RELATION)])).lstrip("/")
        for sheet in workbook.iter("{*}sheet")
    }


def _table(values: list[tuple[str, ...]], merges: Iterable[tuple[int, int, int, int]]) -> Table:
    while values and not any(values[-1]):
        values.pop()
    width = max((column + 1 for row in values for column, text in enumerate(row) if text), default=0)
    rows = [[Cell(row[column] if column < len(row) else "") for column in range(width)] for row in values]
    slots = 0
    for top, left, bottom, right in merges:
        bottom, right = min(bottom, len(rows) - 1), min(right, width - 1)
        if top > bottom or left > right:
            continue
        slots += (bottom - top + 1) * (right - left + 1)
        if slots > MAX_SLOTS:
            raise OverflowError
        cell = rows[top][left]
        cell.height, cell.width = bottom - top + 1, right - left + 1
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [cell] * cell.width
    return Table(tuple(map(tuple, rows)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
