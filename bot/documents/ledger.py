"""The ledger (台账): every assignment with all its dates, as xlsx, csv or json (DESIGN §6, "Ledger columns").

The writers stream: rows are taken one at a time, and no more than one is held. A file is written beside its target and
put in its place when it is complete, so that a crash leaves the old file or none, never half of one.
"""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, TypeVar
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from bot.domain.calendar import local
from bot.domain.states import Light
from bot.texts.causes import system_cause

Target = str | Path | IO[bytes]
Progress = Callable[[int], None]  # is told, after each row, how many rows are written
Value = str | int | date | datetime | None
_T = TypeVar("_T")

COLUMNS = {
    "编号": "code",
    "部分": "part",
    "方面": "aspect",
    "具体事项": "item",
    "牵头单位": "leads",
    "责任单位": "unit",
    "办结时限": "due",
    "状态": "state",
    "灯": "light",
    "签收时间": "signed_at",
    "提交时间": "submitted_at",
    "销号时间": "closed_at",
    "延期次数": "extensions",
    "佐证": "evidence",
    "退回原因": "return_reason",
}
"""The columns in the order of the contract, each with the field of LedgerRow it shows."""

MAX_CELL = 32_767  # UTF-16 units Excel keeps in a cell
MAX_SHEET_NAME = 31  # UTF-16 units

_WIDTHS = (7, 18, 18, 30, 22, 18, 12, 9, 5, 17, 17, 17, 9, 48, 30)  # characters, one per column
_CENTRED = frozenset({"编号", "办结时限", "状态", "灯", "签收时间", "提交时间", "销号时间", "延期次数"})
_FORMATS = {"办结时限": "yyyy-mm-dd"} | dict.fromkeys(("签收时间", "提交时间", "销号时间"), "yyyy-mm-dd hh:mm")
_LINE = Side(style="thin", color="BFBFBF")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FILLS = {
    Light.GREEN: "C6EFCE",
    Light.YELLOW: "FFEB9C",
    Light.RED: "FFC7CE",
    Light.BLUE: "BDD7EE",
    Light.GREY: "D9D9D9",
}
_TOO_LONG = "…（内容过长，已截断）"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\'\t\r\n]")
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


class LedgerError(Exception):
    """The ledger cannot be written where it was asked for; the text is one Chinese line for the person who asked."""


@dataclass(frozen=True)
class HistoryEntry:
    """One act on an item: who did what when; `words` is what the person wrote (内容)."""

    at: datetime
    who: str
    act: str
    words: str


@dataclass(frozen=True)
class LedgerRow:
    """One assignment, or a row without known responsible units (`unit` empty, state 待明确).

    `leads` are names, one each: every one has a sheet. `due` is the deadline in force. `state` and `light` are the
    words of DESIGN §2. Moments are aware (stored in UTC, shown in Asia/Shanghai).
    """

    code: str
    part: str
    aspect: str
    item: str
    leads: tuple[str, ...]
    unit: str
    due: date | None
    state: str
    light: str
    signed_at: datetime | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    extensions: int = 0
    evidence: tuple[str, ...] = ()
    return_reason: str = ""
    node_title: str = ""
    history: tuple[HistoryEntry, ...] = ()


def code_key(code: str) -> tuple[int, ...]:
    """Sorts 编号 as people count: 2, 10, 31, 31-1, 31-2. Raises ValueError for what is no number."""
    return tuple(int(step) for step in code.split("-"))


def write_json(target: Target, rows: Iterable[LedgerRow], progress: Progress | None = None) -> None:
    """One array of objects keyed by column name, then 节点 and 记录; what has not happened is null.

    Dates are ISO, times ISO in Asia/Shanghai to the second. Raises LedgerError where a path cannot be written.
    """
    with _opened(target) as out:
        separator = b"[\n"
        for record in _counted(map(_record, rows), progress):
            out.write(separator + json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
            separator = b",\n"
        out.write(b"\n]\n" if separator == b",\n" else b"[]\n")


def write_csv(target: Target, rows: Iterable[LedgerRow], progress: Progress | None = None) -> None:
    """UTF-8 with a mark for Excel, CRLF, dates and times as in json. Raises LedgerError where a path cannot be written.

    A cell that a spreadsheet would run as a formula starts with an apostrophe: what is in it came from the chat.
    """
    with _opened(target) as out:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        try:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            for values in _counted(map(_values, rows), progress):
                writer.writerow([_csv_cell(value) for value in values])
        finally:
            text.detach()  # the file belongs to whoever opened it


def write_xlsx(
    target: Target, rows: Iterable[LedgerRow], title: str, made_at: datetime, progress: Progress | None = None
) -> None:
    """The sheet 台账 with every row, then one sheet per lead unit; a row with several leads is on each of their sheets.

    Row 1 is the header on every sheet, so that a script finds the columns; `title` and `made_at` (aware) are in the
    printed page's header and footer. Raises LedgerError where a path cannot be written.
    """
    with _opened(target) as out:
        book = _Book(title, made_at)
        try:
            for row in _counted(rows, progress):
                book.append(row)
            book.save(out)
        except BaseException:
            book.discard()
            raise


def _counted(rows: Iterable[_T], progress: Progress | None) -> Iterator[_T]:
    for count, row in enumerate(rows, 1):
        yield row
        if progress:  # reached when the next row is asked for: this one is written
            progress(count)


def _values(row: LedgerRow) -> list[Value]:
    """One value per column; a list of words is one text, the same in all three formats."""
    return [
        row.code,
        row.part,
        row.aspect,
        row.item,
        "、".join(row.leads),
        row.unit,
        row.due,
        row.state,
        row.light,
        _shown(row.signed_at),
        _shown(row.submitted_at),
        _shown(row.closed_at),
        row.extensions,
        "\n".join(row.evidence),
        row.return_reason,
    ]


def _shown(moment: datetime | None) -> datetime | None:
    return None if moment is None else _here(moment)


def _here(moment: datetime) -> datetime:
    if moment.tzinfo is None:  # astimezone() would take it for the machine's own time
        raise ValueError(f"a ledger takes aware moments, not {moment}")
    return local(moment)


def _iso(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _record(row: LedgerRow) -> dict[str, object]:
    record: dict[str, object] = dict(zip(COLUMNS, map(_iso, _values(row)), strict=True))
    record["节点"] = row.node_title
    record["记录"] = [
        {"时间": _iso(_shown(entry.at)), "人员": entry.who, "动作": entry.act, "内容": entry.words}
        for entry in row.history
    ]
    return record


def _csv_cell(value: Value) -> str | int | None:
    plain = _iso(value)
    if not isinstance(plain, str):
        return plain
    text = _NOT_XML.sub("\ufffd", plain)  # a spreadsheet shows neither control characters nor half characters
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text


class _Book:
    """The workbook being written.

    A styled cell is costly to make and a streamed row is written at once, so one row of cells serves all rows.
    """

    def __init__(self, title: str, made_at: datetime) -> None:
        self._title, self._made_at = title, _here(made_at)
        self._book = Workbook(write_only=True)
        self._book.properties.title = _xlsx_text(title)
        self._book.properties.creator = "督办"
        self._book.properties.created = self._book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
        main = self._book.create_sheet("台账")
        self._row = {column: _styled(main, column) for column in COLUMNS}
        self._lights = {str(light): _styled(main, "灯", fill) for light, fill in _FILLS.items()}
        self._header = [_styled(main, column, "E7E6E6", title=column) for column in COLUMNS]
        self._main = self._begun(main, title)
        self._leads: dict[str, _Sheet] = {}

    def append(self, row: LedgerRow) -> None:
        cells = list((self._row | {"灯": self._lights[row.light]}).values())
        for cell, value in zip(cells, _values(row), strict=True):
            _put(cell, value)
        self._main.append(cells)
        for lead in dict.fromkeys(row.leads):
            if lead not in self._leads:
                sheet = self._book.create_sheet(_sheet_name(lead, self._book.sheetnames))
                self._leads[lead] = self._begun(sheet, f"{self._title}（{lead}）")
            self._leads[lead].append(cells)

    def save(self, out: IO[bytes]) -> None:
        for sheet in self._sheets():
            sheet.finish()
        # Not Workbook.save(): it stamps the file with the real time, and complains aloud when the disk is full.
        with ZipFile(out, "w", ZIP_DEFLATED) as archive:
            ExcelWriter(self._book, archive).save()

    def discard(self) -> None:
        """Remove what an unfinished workbook leaves in the temporary directory; openpyxl would wait for our exit."""
        for sheet in self._sheets():
            sheet.discard()

    def _begun(self, sheet: Any, heading: str) -> "_Sheet":
        begun = _Sheet(sheet, heading, self._made_at)
        begun.append(self._header)
        return begun

    def _sheets(self) -> list["_Sheet"]:
        return [self._main, *self._leads.values()]


class _Sheet:
    """One sheet being written, laid out for the screen and for A3 paper."""

    def __init__(self, sheet: Any, heading: str, made_at: datetime) -> None:
        self._sheet = sheet
        self._rows = 0
        sheet.freeze_panes = "A2"
        for index, width in enumerate(_WIDTHS, 1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A3
        sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0  # as many pages down as it takes
        sheet.print_title_rows = "1:1"
        # An ampersand begins a code in a page header, and Excel calls a file broken whose header is over 255 long.
        sheet.oddHeader.center.text = _cut(_xlsx_text(heading).replace("&", "＆"), 200)
        sheet.oddFooter.left.text = f"制表时间 {made_at:%Y-%m-%d %H:%M}"
        sheet.oddFooter.right.text = "第 &P 页，共 &N 页"

    def append(self, cells: list[Cell]) -> None:
        self._sheet.append(cells)
        self._rows += 1

    def finish(self) -> None:
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{self._rows}"

    def discard(self) -> None:
        stream = self._sheet._writer
        for open_end in (self._sheet._rows, stream.xf):
            with suppress(OSError, ValueError):  # the disk may be full; what is thrown away need not be whole
                open_end.close()
        Path(stream.out).unlink(missing_ok=True)


def _styled(sheet: Any, column: str, fill: str | None = None, title: str | None = None) -> Cell:
    cell = WriteOnlyCell(sheet, title)
    centred = column in _CENTRED
    cell.font = Font(name="宋体", size=10, bold=title is not None)
    cell.alignment = Alignment(horizontal="center" if centred else "left", vertical="center", wrap_text=True)
    cell.border = _GRID
    if column in _FORMATS:
        cell.number_format = _FORMATS[column]
    if fill:
        cell.fill = PatternFill("solid", start_color=fill)
    return cell


def _put(cell: Cell, value: Value) -> None:
    if isinstance(value, str):
        text = _xlsx_text(value)
        cell.value = text or None
        if text:
            cell.data_type = "s"  # words stay words: =… is no formula, #N/A no error
    else:
        cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _xlsx_text(text: str) -> str:
    """Text as Excel takes it: no characters XML forbids, no accidental escapes, no more than a cell holds."""
    text = _LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("\ufffd", text))
    return text if _units(text) <= MAX_CELL else _cut(text, MAX_CELL - _units(_TOO_LONG)) + _TOO_LONG


def _sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name Excel accepts: no more than 31 units, none of its forbidden characters, like no other in any case."""
    base = _NOT_IN_SHEET_NAME.sub("_", _NOT_XML.sub("_", wanted)).strip(" \u3000") or "未写明"
    used = {name.casefold() for name in taken} | {"history"}  # the name Excel keeps for itself
    number, name = 1, _cut(base, MAX_SHEET_NAME)
    while name.casefold() in used:
        number += 1
        suffix = f"({number})"
        name = _cut(base, MAX_SHEET_NAME - len(suffix)) + suffix
    return name


def _units(text: str) -> int:
    """Length as Excel counts it: UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")


@contextmanager
def _opened(target: Target) -> Iterator[IO[bytes]]:
    """The target open for writing: as given, or a file beside the path that takes its place when it is complete."""
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    partial = path.parent / f".{uuid4().hex}.part"
    try:
        if path.exists() and not path.is_file():
            raise LedgerError(f"台账写不进 {path}：那里是文件夹或设备，请写明文件名")
        try:
            with partial.open("xb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path.resolve())
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LedgerError(f"台账写不进 {path}：{system_cause(error)}") from error
