"""Notices of other counties in four formats: every cell is right or asked about, and nothing is invented."""

import pytest
from foreign_notices import ALL
from more_notices import MORE
from notices import county_directory
from scoring import score

from bot.documents.notice import read_notice


@pytest.mark.parametrize("case", [*ALL, *MORE])
def test_every_cell_is_right_or_asked(case: str) -> None:
    wanted = (ALL | MORE)[case]()
    counts, remarks = score(read_notice(wanted.data, wanted.filename, county_directory()), wanted)
    assert remarks == []
    assert set(counts) <= {"right", "asked"}


def test_the_same_document_asks_the_same_questions_by_the_same_keys() -> None:
    for make in (ALL | MORE).values():
        wanted = make()
        first, second = (read_notice(wanted.data, wanted.filename, county_directory()) for _ in range(2))
        assert first == second
        keys = [question.key for question in first.questions]
        assert len(set(keys)) == len(keys)


def test_the_year_that_is_given_wins() -> None:
    wanted = ALL["indicators"]()
    draft = read_notice(wanted.data, wanted.filename, county_directory(), year=2019)
    assert draft.year == 2019
    assert str(draft.rows[0].nodes[0].due) == "2019-04-30"
    assert str(draft.rows[1].nodes[0].due) == "2022-05-15"  # the row says so itself


def test_a_document_number_is_not_one_that_is_only_cited() -> None:
    draft = read_notice(ALL["heading_rows"]().data, "a.docx", county_directory())
    assert draft.doc_no == "集政办〔2022〕30号"
    assert read_notice(ALL["dates_as_dates"]().data, "a.xlsx", county_directory()).doc_no is None


def test_rows_without_a_date_are_due_when_the_units_report() -> None:
    wanted = MORE["dates_in_the_work"]()
    assert str(read_notice(wanted.data, wanted.filename, county_directory()).report_date) == "2023-12-20"
