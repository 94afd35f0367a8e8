"""A draft with answers put in: what is known is handed out, what is in question is not guessed."""

from dataclasses import replace
from datetime import date

from support.notices import draft, due, question, row

from bot.domain.responsibility import Directory, GroupName, UnitName
from bot.domain.settled import (
    IS_NEW,
    LEADS,
    NO_DATE,
    SKIPPED,
    carried_over,
    list_key,
    reach,
    settle,
    task_list,
    with_unit_questions,
    with_units,
)

UNITS = tuple(UnitName(at, name) for at, name in enumerate(("新民镇", "高峰镇", "县教委", "县民政局", "县大数据局"), 1))
DIRECTORY = Directory(UNITS, (GroupName("各乡镇（街道）", ("各乡镇",), (1, 2)),), frozenset({"", "县政府有关部门"}))


def test_an_open_deadline_holds_the_row_back_and_an_answer_lets_it_go() -> None:
    asked = draft(row(1, "甲"), row(2, "乙"), questions=[question("d", 2, "deadline", "6月前", "2021-05-31")])
    before = settle(asked, {})
    assert dict(before.held) == {2: "时限"} and before.open == asked.questions
    assert (reach(before, DIRECTORY).items, reach(before, DIRECTORY).waiting) == (1, 1)
    after = settle(asked, {"d": "2021-05-31"})
    assert not after.held and not after.open
    assert [(node.title, node.due) for node in after.draft.rows[1].nodes] == [("6月前", date(2021, 5, 31))]
    assert settle(asked, {"d": SKIPPED}).held == before.held
    assert settle(asked, {"d": NO_DATE}).draft.rows[1].nodes == ()


def test_open_units_hold_nobody_else_back() -> None:
    asked = draft(
        row(1, "甲", responsible=("县政府有关部门", "各乡镇")),
        questions=[question("r", 1, "responsible", "县政府有关部门", "县教委", "县民政局")],
    )
    assert (reach(settle(asked, {}), DIRECTORY).items, reach(settle(asked, {}), DIRECTORY).waiting) == (2, 1)
    after = settle(asked, {"r": "县教委、县民政局"})
    assert after.draft.rows[0].responsible == ("县教委", "县民政局", "各乡镇")
    assert (reach(after, DIRECTORY).items, reach(after, DIRECTORY).waiting) == (4, 0)


def test_a_lost_cell_is_filled_and_the_leads_may_be_meant() -> None:
    asked = draft(
        row(1, "甲", lead=(), responsible=()),
        questions=[question("l", 1, "lead"), question("r", 1, "responsible")],
    )
    after = settle(asked, {"l": "县教委", "r": LEADS})
    assert (after.draft.rows[0].lead, after.draft.rows[0].responsible) == (("县教委",), (LEADS,))
    assert reach(after, DIRECTORY).items == 1


def test_a_new_unit_is_one_only_when_the_office_says_so() -> None:
    asked = with_unit_questions(draft(row(1, "甲", responsible=("县数据局",)), new_units=["县数据局"]), DIRECTORY)
    (new,) = asked.questions
    assert new.candidates[-1] == IS_NEW and "县大数据局" in new.candidates
    assert reach(settle(asked, {}), DIRECTORY).waiting == 1
    confirmed = settle(asked, {new.key: IS_NEW})
    assert confirmed.units == ("县数据局",) and reach(confirmed, DIRECTORY).items == 1
    assert with_units(DIRECTORY, confirmed.units).units[-1].id < 0
    other = settle(asked, {new.key: "县大数据局"})
    assert not other.units and other.draft.rows[0].responsible == ("县大数据局",)


def test_one_name_is_one_question_however_often_it_stands() -> None:
    asked = [question(f"r{at}", at, "responsible", "县数据局", "县大数据局") for at in (1, 2)]
    rows = [row(at, "甲", responsible=("县数据局",)) for at in (1, 2)]
    (only,) = with_unit_questions(draft(*rows, questions=asked, new_units=["县数据局"]), DIRECTORY).questions
    assert "第 1、2 行" in only.text and only.candidates == ("县大数据局", IS_NEW)


def test_a_row_without_a_date_is_due_on_the_report_date_or_the_last_of_the_year() -> None:
    stated = row(2, "乙", nodes=due("2021-09-30"), recurrence="quota:2")
    started = row(3, "丙", recurrence="trigger:+3m")
    made = task_list(settle(draft(row(1, "甲"), stated, started), {}), first=54)
    assert [(one.number, one.nodes[0].due.isoformat(), one.nodes[0].trigger) for one in made.tasks] == [
        (54, "2021-12-31", None),
        (55, "2021-09-30", None),
        (56, "2021-12-31", "+3m"),
    ]
    reported = replace(draft(row(1, "甲")), report_date=date(2021, 11, 30))
    assert task_list(settle(reported, {}), 54).tasks[0].nodes[0].due == date(2021, 11, 30)


def test_answers_follow_their_row_when_rows_are_numbered_anew() -> None:
    asked = {"written": "县政府有关部门", "about": "responsible"}
    before = draft(row(1, "甲"), row(2, "乙"), questions=[question("2-responsible-1", 2, **asked)])
    after = draft(
        row(1, "甲"),
        row(2, "新"),
        row(3, "乙"),
        questions=[question("2-responsible-1", 2, **asked), question("3-responsible-1", 3, **asked)],
    )
    assert carried_over(before, {"2-responsible-1": "县教委"}, after) == {"3-responsible-1": "县教委"}


def test_the_year_it_was_read_by_is_an_answer_and_another_is_not() -> None:
    asked = draft(row(1, "甲"), questions=[question("y", None, "year", "2021、2022", "2021", "2022")])
    assert settle(asked, {}).open and settle(asked, {"y": "2022"}).open
    assert not settle(asked, {"y": "2021"}).open


def test_the_key_of_a_list_is_its_notice_not_its_file() -> None:
    one = draft(row(1, "甲"))
    assert list_key(one) == list_key(replace(one, title=f" {one.title} ", rows=()))
    assert list_key(one) != list_key(replace(one, doc_no="垫江府办发〔2021〕67号"))
