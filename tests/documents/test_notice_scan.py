"""The county's notice as it was recognised from a scan, with slipped and lost cells: what is certain is read, what is
not is asked, and no unit is put where it does not belong."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from notices import county_directory

from bot.documents.notice import read_notice
from bot.documents.notice.words import clean
from bot.domain.draft import ListDraft

SCAN = Path(__file__).parent.parent / "data" / "notice-dianjiang-2021.txt"
TASKS: list[dict[str, Any]] = json.loads(
    (resources.files("county") / "dianjiang" / "list.json").read_text(encoding="utf-8")
)["tasks"]


@pytest.fixture(scope="module")
def draft() -> ListDraft:
    return read_notice(SCAN.read_bytes(), SCAN.name, county_directory())


def names(expression: str) -> tuple[str, ...]:
    whole = [expression] if set(expression) <= set("—_") else expression.split("、")
    return tuple(clean(name) for name in whole)


def test_the_head_is_read(draft: ListDraft) -> None:
    assert draft.title == "垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单"
    assert (draft.year, str(draft.issue_date), str(draft.report_date)) == (2021, "2021-05-25", "2021-12-31")


def test_every_item_of_the_list_is_found_and_none_is_invented(draft: ListDraft) -> None:
    found = [row.item for row in draft.rows if row.item]
    assert found == list(dict.fromkeys(clean(task["item"]) for task in TASKS))


def test_units_that_are_given_are_those_of_the_item(draft: ListDraft) -> None:
    owners: dict[str, set[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for task in TASKS:
        owners.setdefault(clean(task["item"]), set()).add((names(task["lead"]), names(task["responsible"])))
    given = 0
    item = ""
    for row in draft.rows:
        item = row.item or item
        if row.lead or row.responsible:
            assert (row.lead, row.responsible) in owners[item]
            given += 1
    assert given == 32


def test_a_row_without_units_or_an_item_is_asked_about(draft: ListDraft) -> None:
    asked = {(question.row, question.about) for question in draft.questions}
    for row in draft.rows:
        for about, value in (("item", row.item), ("lead", row.lead), ("responsible", row.responsible)):
            assert bool(value) or (row.number, about) in asked


def test_units_of_which_one_cannot_tell_what_they_do_are_named_in_the_question(draft: ListDraft) -> None:
    row = next(row for row in draft.rows if row.item == "疫情防控、医疗等方面舆情")
    (lead, _) = (question for question in draft.questions if question.row == row.number)
    assert lead.text == (
        f"第 {row.number} 行：这一行只写了“县卫生健康委、各乡镇（街道）”，看不出是牵头单位还是责任单位，请指定牵头单位"
    )
    assert lead.candidates == ("县卫生健康委", "各乡镇（街道）")


def test_parts_and_aspects_stand_only_where_they_can_be_told(draft: ListDraft) -> None:
    told = {clean(task["part"]) for task in TASKS}
    aspects = {clean(task["aspect"]) for task in TASKS}
    assert {row.part for row in draft.rows} <= told | {""}
    assert {row.aspect for row in draft.rows} <= aspects | {""}
    assert len(draft.errors) == 1
    assert draft.errors[0].startswith("合并单元格已丢失，第 2、3、")


def test_deadlines_and_recurrences_are_those_of_the_list(draft: ListDraft) -> None:
    by_item = {row.item: row for row in draft.rows if row.item}
    for task in TASKS:
        row = by_item[clean(task["item"])]
        own = [clean(task["item"]) for task in TASKS].count(row.item) == 1
        if own:
            assert row.recurrence == task["recurrence"]
        stated = {node["due"] for node in task["nodes"] if node["title"] != "年底报送" and not node.get("trigger")}
        assert stated <= {str(node.due) for node in row.nodes}
    assert sum(len(row.nodes) for row in draft.rows) == 4


def test_new_units_are_not_made_of_broken_words(draft: ListDraft) -> None:
    assert draft.new_units == ()
