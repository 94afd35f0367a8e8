"""The sheet of questions: it goes out, is filled in with whatever program, and comes back; any other file is none."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from support.files import archive, xlsx
from support.notices import question

from bot.documents.questions import HEADER, AnswerSheet, read_answers, write_questions

ASKED = [
    (1, question("2-deadline-1", 2, "deadline", "10月前", "2021-09-30", "2021-10-31")),
    (2, question("4-responsible-1", 4, "responsible", "有关部门")),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "questions.xlsx"
    write_questions(made, "=1+1的清单", "notice-1", ASKED, {2: "=HYPERLINK(1)", 4: "乙"})
    return made


def filled(path: Path, **cells: object) -> bytes:
    book = load_workbook(path)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_what_the_office_sees(path: Path) -> None:
    (sheet,) = load_workbook(path).worksheets
    assert tuple(cell.value for cell in sheet[3][:6]) == HEADER
    assert [cell.value for cell in sheet[4]] == [
        1, 2, "=HYPERLINK(1)", "第 2 行：deadline？", "1. 2021-09-30\n2. 2021-10-31", None, "2-deadline-1",
    ]  # fmt: skip
    assert sheet["C4"].data_type == "s" and sheet["A1"].data_type == "s"  # words stay words
    assert sheet.column_dimensions["G"].hidden and sheet.freeze_panes == "A4"
    assert [rule.sqref.ranges for rule in sheet.data_validations.dataValidation]


def test_filled_in_it_says_what_was_written(path: Path) -> None:
    assert read_answers(path.read_bytes()) == AnswerSheet("notice-1", ())
    data = filled(path, F4=date(2021, 9, 30), F5=" 县教委、县民政局 ")
    assert read_answers(data) == AnswerSheet(
        "notice-1", (("2-deadline-1", "2021-09-30"), ("4-responsible-1", "县教委、县民政局"))
    )
    assert read_answers(filled(path, F4=2.0)) == AnswerSheet("notice-1", (("2-deadline-1", "2"),))


def test_rows_may_be_moved_and_columns_put_in_front(path: Path) -> None:
    book = load_workbook(path)
    sheet = book.worksheets[0]
    sheet["F5"] = "县教委"
    sheet.insert_cols(1)
    sheet.move_range("A4:H5", rows=3)
    made = io.BytesIO()
    book.save(made)
    assert read_answers(made.getvalue()) == AnswerSheet("notice-1", (("4-responsible-1", "县教委"),))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 broken",
        xlsx("单位", "新民镇"),
        archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b" " * 60_000_000}),
        archive({"[Content_Types].xml": b'<!DOCTYPE x [<!ENTITY a "a">]><x>&a;</x>', "xl/workbook.xml": b"<x/>"}),
    ],
)
def test_any_other_file_is_none(data: bytes) -> None:
    assert read_answers(data) is None


def test_a_workbook_without_sheets_of_ours_is_none() -> None:
    book = Workbook()
    book.active.append(["标识 notice-1"])
    made = io.BytesIO()
    book.save(made)
    assert read_answers(made.getvalue()) is None
