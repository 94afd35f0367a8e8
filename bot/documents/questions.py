"""The questions of an import as a sheet to fill in, and the same sheet back with its answers."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from bot.documents.package import ZIP, Limits, PackageError, check_package
from bot.domain.draft import Question
from bot.domain.settled import WHO

HEADER = ("题号", "第几行", "事项", "问题", "备选", "答复")
_WIDTHS = (7, 8, 28, 46, 34, 34, 2)  # characters
_MARK = "标识"  # heads the hidden column: the notice, then the key of each question
_ANSWER = HEADER.index("答复")
_HOW = (
    "只填“答复”一列：写单位名称（用顿号隔开）、日期（如 2026-06-30），或备选的序号；"
    "先不定的空着，或写“跳过”。填好发回即可。"
)
_FIRST_ROWS = 10  # in which the header is looked for
_MAX_ROWS = 5000
_LONGEST = 1000  # characters of an answer
_FILL = PatternFill("solid", fgColor="FFF2CC")


@dataclass(frozen=True)
class AnswerSheet:
    """`notice` is the key of the list that was asked about; `answers` pairs of a question's key and its words."""

    notice: str
    answers: tuple[tuple[str, str], ...]


def write_questions(
    path: Path, title: str, notice: str, asked: Sequence[tuple[int, Question]], items: dict[int, str]
) -> None:
    """One line for each question with its number; `items` names the rows. Raises OSError."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "待答问题"
    for text in (f"《{title}》待答的问题", _HOW):
        sheet.append([text])
    sheet.append([*HEADER, f"{_MARK} {notice}"])
    for number, question in asked:
        options = "\n".join(f"{at}. {name}" for at, name in enumerate(question.candidates, 1))
        row, item = question.row or "", items.get(question.row or 0, "")
        sheet.append([number, row, item, question.text, options, "", question.key])
    for at, line in enumerate(sheet.iter_rows(), 1):
        for cell in line:
            cell.alignment = Alignment(vertical="top", wrap_text=at > 2)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # words stay words: =… is no formula
    for column, width in zip("ABCDEFG", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.column_dimensions["G"].hidden = True
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    sheet["A1"].font = Font(bold=True, size=14)
    last = 3 + len(asked)
    for line in sheet.iter_rows(min_row=4, max_row=last, min_col=_ANSWER + 1, max_col=_ANSWER + 1):
        for cell in line:
            cell.fill, cell.number_format = _FILL, "@"  # 6-1 stays what was typed
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "3:3"
    _offer(sheet, asked)
    book.save(path)


def _offer(sheet: object, asked: Sequence[tuple[int, Question]]) -> None:
    """Where one candidate is the whole answer, the cell offers them; other words may be written all the same."""
    for at, (_, question) in enumerate(asked, 4):
        options = ",".join(question.candidates)
        if question.about in WHO or not question.candidates or "," in "".join(question.candidates):
            continue
        if len(options) <= 250 and '"' not in options:
            rule = DataValidation(type="list", formula1=f'"{options}"', allow_blank=True, showErrorMessage=False)
            sheet.add_data_validation(rule)  # type: ignore[attr-defined]  # openpyxl's union of sheets
            rule.add(f"F{at}")


def read_answers(data: bytes) -> AnswerSheet | None:
    """The answers of a sheet we made, or None for any other file. Nothing in it is trusted."""
    if not data.startswith(ZIP):
        return None
    try:
        check_package(data, ".xlsx", "xl/workbook.xml", Limits())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, of which we read none
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            try:
                sheet = book.worksheets[0]
                return _answers(list(sheet.iter_rows(max_row=_MAX_ROWS, max_col=12, values_only=True)))
            finally:
                book.close()
    except PackageError:
        return None
    except Exception:  # noqa: BLE001  # zipfile and openpyxl raise whatever a broken part makes them stumble over
        return None


def _answers(rows: list[tuple[object, ...]]) -> AnswerSheet | None:
    for place, row in enumerate(rows[:_FIRST_ROWS]):
        cells = [_text(cell) for cell in row]
        mark = next((at for at, cell in enumerate(cells) if cell.startswith(f"{_MARK} ")), None)
        if mark is None or HEADER[_ANSWER] not in cells:
            continue
        column = cells.index(HEADER[_ANSWER])
        answers = []
        for line in rows[place + 1 :]:
            key, words = (_text(line[at]) if at < len(line) else "" for at in (mark, column))
            if key and words:
                answers.append((key, words[:_LONGEST]))
        return AnswerSheet(cells[mark].removeprefix(f"{_MARK} "), tuple(answers))
    return None


def _text(value: object) -> str:
    """A cell as it was meant: a date the spreadsheet made of 2026-6-30 is that date."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value).strip()
