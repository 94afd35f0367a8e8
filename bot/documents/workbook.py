"""The ledger as a workbook to be handed up: 台账, 汇总, 一览, then a sheet for each lead unit (DESIGN §6).

The first sheet begins with the contract's header, so that filters and scripts find it; title and date are in the
printed page's header (docs/decisions/0026). XlsxWriter writes each row away at once; nothing is held but the counts.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from bot.documents.ledger import COLUMNS, LEDGER, LedgerRow, Progress, Value, counted, here, values_of
from bot.documents.outgoing import Target, opened
from bot.documents.sheets import BODY, FILLS, GRID, HEAD, lay_out, put, row_height, sheet_name, xlsx_text
from bot.documents.summary import write_overview, write_summary
from bot.documents.tally import Tally

_WIDTHS = (6, 22, 20, 30, 18, 13, 11.5, 8, 5, 16, 16, 16, 8.5, 42, 20)  # characters, one per column
_CENTRED = frozenset({"编号", "办结时限", "状态", "灯", "签收时间", "提交时间", "销号时间", "延期次数"})
_FORMATS = {"办结时限": "yyyy-mm-dd"} | dict.fromkeys(("签收时间", "提交时间", "销号时间"), "yyyy-mm-dd hh:mm")
_LIGHT = list(COLUMNS).index("灯")
SUMMARY, OVERVIEW = "汇总", "一览"


def write_xlsx(
    target: Target, rows: Iterable[LedgerRow], title: str, made_at: datetime, progress: Progress | None = None
) -> None:
    """Every row on 台账 and on the sheets of its lead units; counts and a chart on 汇总, one line an item on 一览.

    `made_at` is aware. Raises NotWritten where a path cannot be written.
    """
    with opened(target, LEDGER) as out, TemporaryDirectory(prefix="duban-") as scratch:
        made = Path(scratch) / "book.xlsx"  # not `out`: where a disk is full, the library leaves its archive open
        book = _Book(made, title, made_at)
        try:
            for row in counted(rows, progress):
                book.append(row)
            book.save()
        finally:
            book.close_files()
        with made.open("rb") as whole:
            shutil.copyfileobj(whole, out)


class _Book:
    """The workbook being written."""

    def __init__(self, file: Path, title: str, made_at: datetime) -> None:
        self._title, self._made_at = title, here(made_at)
        options = {"constant_memory": True, "tmpdir": str(file.parent), "default_format_properties": dict(BODY)}
        self._book = Workbook(str(file), options)
        created = made_at.astimezone(UTC).replace(tzinfo=None)
        self._book.set_properties({"title": xlsx_text(title), "author": "督办", "created": created})
        self._row = [self._format(column) for column in COLUMNS]
        self._lights = {light: self._format("灯", bg_color=fill) for light, fill in FILLS.items()}
        self._head = [self._format(column, **HEAD, align="center", num_format="General") for column in COLUMNS]
        self._names: list[str] = []
        self._main = self._begun(LEDGER, title)
        self._summary, self._overview = (self._sheet(name) for name in (SUMMARY, OVERVIEW))
        self._leads: dict[str, _Sheet] = {}
        self._tally = Tally()

    def append(self, row: LedgerRow) -> None:
        values = values_of(row)
        formats = [*self._row[:_LIGHT], self._lights[row.light], *self._row[_LIGHT + 1 :]]
        height = _height(values)
        self._main.append(values, formats, height)
        leads = tuple(dict.fromkeys(row.leads))
        for lead in leads:
            if lead not in self._leads:
                self._leads[lead] = self._begun(lead, f"{self._title}（{lead}）")
            self._leads[lead].append(values, formats, height)
        self._tally.add(row, leads)

    def save(self) -> None:
        for sheet in (self._main, *self._leads.values()):
            sheet.finish()
        write_summary(self._book, self._summary, self._tally, self._title, self._made_at)
        write_overview(self._book, self._overview, self._tally, self._title, self._made_at)
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.__context__ or error from None  # the system's own word: the disk is full

    def close_files(self) -> None:
        """Each sheet's rows lie in a file of its own until they are put together, which a failure may prevent."""
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def _sheet(self, wanted: str) -> Any:
        name = sheet_name(wanted, self._names)
        self._names.append(name)
        return self._book.add_worksheet(name)

    def _begun(self, wanted: str, heading: str) -> "_Sheet":
        sheet = _Sheet(self._sheet(wanted))
        lay_out(sheet.sheet, heading, self._made_at, _WIDTHS)
        sheet.append(list(COLUMNS), self._head, _height(list(COLUMNS)))
        return sheet

    def _format(self, column: str, **more: str | int) -> Any:
        look: Mapping[str, str | int] = {
            **BODY,
            **GRID,
            "align": "center" if column in _CENTRED else "left",
            "num_format": _FORMATS.get(column, "General"),
            **more,
        }
        return self._book.add_format(look)


class _Sheet:
    """A sheet with the contract's columns."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self._rows = 0

    def append(self, values: Sequence[Value], formats: Sequence[Any], height: float) -> None:
        self.sheet.set_row(self._rows, height)
        for column, (value, look) in enumerate(zip(values, formats, strict=True)):
            put(self.sheet, self._rows, column, value, look)
        self._rows += 1

    def finish(self) -> None:
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        self.sheet.autofilter(0, 0, max(self._rows - 1, 0), len(COLUMNS) - 1)


def _height(values: Sequence[Value]) -> float:
    words = ((value, width) for value, width in zip(values, _WIDTHS, strict=True) if isinstance(value, str))
    return row_height(words)
