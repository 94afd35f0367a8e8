"""What all sheets of a workbook share: looks, cells that are never formulas, names, A3 paper."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from bot.documents.outgoing import printable
from bot.domain.states import Light

MAX_CELL = 32_767  # UTF-16 units Excel keeps in a cell
MAX_SHEET_NAME = 31  # UTF-16 units
A3 = 8  # the paper's number in the format
LINE = 13.5  # points of a line of 10-point text
HIGHEST = 409.0  # points; no row of Excel is higher
MARGIN = 0.4  # inches, left and right

BODY: dict[str, str | int] = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": 1}
GRID: dict[str, str | int] = {"border": 1, "border_color": "#BFBFBF"}
HEAD: dict[str, str | int] = {"bold": 1, "bg_color": "#E7E6E6"}
TITLE: dict[str, str | int] = {
    "font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter",
}  # fmt: skip
FILLS = {
    Light.GREEN.value: "#C6EFCE",
    Light.YELLOW.value: "#FFEB9C",
    Light.RED.value: "#FFC7CE",
    Light.BLUE.value: "#BDD7EE",
    Light.GREY.value: "#D9D9D9",
}

_TOO_LONG = "…（内容过长，已截断）"
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\'\t\r\n]")
_HEADING = 180  # UTF-16 units; Excel calls a file broken whose page header is over 255 with its codes


def put(sheet: Any, row: int, column: int, value: str | int | date | datetime | None, look: Any) -> None:
    """Writes one value. Words stay words: =… is no formula, #N/A no error, <r>… no markup, http://… no link."""
    if isinstance(value, str) and value:
        sheet.write_string(row, column, xlsx_text(value), look)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, look)
    else:
        sheet.write_blank(row, column, None, look)


def xlsx_text(text: str) -> str:
    """Text as Excel takes it: no characters XML forbids, no more than a cell holds."""
    text = printable(text).replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("<r>"):  # the library takes such a text for markup of its own
        text = f"＜{text[1:]}"
    return text if _units(text) <= MAX_CELL else _cut(text, MAX_CELL - _units(_TOO_LONG)) + _TOO_LONG


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """Points for the longest of these texts, each in a column so many characters wide. Said outright: readers that take
    the file for Excel's own do not work it out again."""
    lines = max((_lines(text, width) for text, width in texts), default=1)
    return min(max(18.0, LINE * lines + 4), HIGHEST)


def _lines(text: str, width: float) -> int:
    """Lines a text takes; what is not Latin is two characters wide."""
    return sum(
        max(1, -(-sum(1 if char < "\u2000" else 2 for char in line) // max(1, int(width - 1))))
        for line in text.split("\n", 40)
    )


def merge(sheet: Any, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
    """Merges cells that are written. Not merge_range(): it would write them once more, which a row already written away
    does not take."""
    if (first_row, first_column) != (last_row, last_column):
        sheet.merge.append([first_row, first_column, last_row, last_column])


def sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name Excel accepts: no more than 31 units, none of its forbidden characters, like no other in any case."""
    base = _NOT_IN_SHEET_NAME.sub("_", re.sub("[\ufffd\t]", "_", printable(wanted))).strip(" \u3000") or "未写明"
    used = {name.casefold() for name in taken} | {"history"}  # the name Excel keeps for itself
    number, name = 1, _cut(base, MAX_SHEET_NAME)
    while name.casefold() in used:
        number += 1
        suffix = f"({number})"
        name = _cut(base, MAX_SHEET_NAME - len(suffix)) + suffix
    return name


def lay_out(sheet: Any, heading: str, made_at: datetime, widths: Sequence[float]) -> None:
    """A3 landscape, as wide as one page, with title, date and page numbers on every one. `made_at` in Shanghai."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_paper(A3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # as many pages down as it takes
    sheet.set_margins(left=MARGIN, right=MARGIN, top=0.8, bottom=0.6)
    sheet.center_horizontally()
    # An ampersand begins a code in a page header.
    title = _cut(printable(heading).replace("\n", " ").replace("&", "＆"), _HEADING)
    sheet.set_header(f'&C&"方正小标宋简体,常规"&18 {title}')
    sheet.set_footer(f"&L制表时间 {made_at:%Y-%m-%d %H:%M}&R第 &P 页，共 &N 页")


def _units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
