"""The county's own list, rebuilt in every format with merged cells, is read back exactly as it was read by hand."""

from typing import Any

import pytest
from dianjiang import LETTER, LIST, grid
from notices import county_directory, docx, page, xlsx

from bot.documents.notice import draft_json, read_notice
from bot.documents.notice.words import clean
from bot.domain.draft import ListDraft

FORMATS = {
    "docx": lambda: docx(LETTER, grid()),
    "html": lambda: page(LETTER, grid()),
    "xlsx": lambda: xlsx([[line, *[""] * 5] for line in LETTER.split("\n")] + grid()),
}


@pytest.fixture(scope="module", params=FORMATS)
def draft(request: pytest.FixtureRequest) -> ListDraft:
    return read_notice(FORMATS[request.param](), f"notice.{request.param}", county_directory())


def names(expression: str) -> list[str]:
    if set(expression) <= set("—_"):
        return [expression] if expression else []
    return [clean(name) for name in expression.split("、")]


def as_read(task: dict[str, Any]) -> dict[str, Any]:
    """The row as `import --json` gives it: dates that the row states, brackets full-width."""
    stated = [] if task["nodes"][0]["title"] == "年底报送" or "trigger" in task["nodes"][0] else task["nodes"]
    return {
        "number": task["number"],
        "part": clean(task["part"]),
        "aspect": clean(task["aspect"]),
        "item": clean(task["item"]),
        "measures": ["\n".join(map(clean, measure.split("\n"))) for measure in task["measures"]],
        "paths": [clean("：".join(filter(None, (path["site"], path["column"])))) for path in task["paths"]],
        "lead_units": names(task["lead"]),
        "responsible": names(task["responsible"]),
        "deadlines": [node["due"] for node in stated],
        "recurrence": task["recurrence"],
        "unresolved": "有关部门" in task["responsible"] or not task["responsible"],
    }


def test_the_head(draft: ListDraft) -> None:
    assert draft.title == LIST["title"]
    assert draft.year == LIST["year"]
    assert str(draft.issue_date) == LIST["issue_date"]
    assert str(draft.report_date) == LIST["report_date"]
    assert draft.doc_no is None
    assert draft.errors == ()


def test_every_row(draft: ListDraft) -> None:
    read = draft_json(draft)["rows"]
    assert len(read) == 53
    for row, task in zip(read, LIST["tasks"], strict=True):
        assert row == as_read(task)


def test_columns_that_are_only_mentioned_make_no_path(draft: ListDraft) -> None:
    for row, task in zip(draft.rows, LIST["tasks"], strict=True):
        mentioned = [{"site": path.site, "column": path.column} for path in row.mentioned_paths]
        assert mentioned == task["mentioned_paths"]


def test_what_is_asked_is_what_the_list_leaves_open(draft: ListDraft) -> None:
    rows = {(question.row, question.about) for question in draft.questions}
    assert rows == {(number, "responsible") for number in (2, 8, 13, 20, 38, 39)}
    assert draft.new_units == ()


def test_two_deadlines_of_a_row_say_what_is_due(draft: ListDraft) -> None:
    nodes = [(node.title, str(node.due)) for node in draft.rows[30].nodes]
    assert nodes == [
        ("以适当方式更新县政府门户网站上的行政法规文本", "2021-06-30"),
        ("以适当方式更新县政府门户网站上的市政府规章文本", "2021-10-31"),
    ]
