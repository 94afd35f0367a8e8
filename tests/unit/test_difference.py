"""What a corrected notice changes: compared in the notice's words, and never by what is still in question."""

from dataclasses import replace
from datetime import date

import pytest
from support.notices import draft, due, question, row

from bot.domain.difference import Difference, Field, StoredRow, difference, same_notice
from bot.domain.draft import DraftNode, DraftRow
from bot.domain.settled import settle


def stored(number: int, one: DraftRow, **given: object) -> StoredRow:
    """The row as it was stored: with the report date where it stated none."""
    return replace(
        StoredRow(
            number=number,
            item=one.item,
            measures=one.measures,
            paths=one.paths,
            lead="、".join(one.lead),
            responsible="、".join(one.responsible),
            due=one.nodes or (DraftNode("按期报送", date(2021, 12, 31)),),
            deadline_text=one.deadline_text,
            trigger=None,
            held=False,
        ),
        **given,  # type: ignore[arg-type]
    )


A = row(1, "公开惠企政策", nodes=due("2021-09-30"), deadline_text="9月30日前")
B = row(2, "更新办事指南", responsible=("各乡镇（街道）",))
C = row(3, "公开招生信息", responsible=("——",))
STORED = (stored(54, A), stored(55, B), stored(56, C))


def found(*rows: DraftRow, against: tuple[StoredRow, ...] = STORED, **given: object) -> Difference:
    return difference(against, settle(draft(*rows, **given), {}))  # type: ignore[arg-type]


def test_the_same_rows_are_no_difference_however_they_are_laid_out() -> None:
    other = replace(C, measures=tuple(C.measures[0][at : at + 3] for at in range(0, 99, 3)), responsible=("—————",))
    assert not found(A, B, other)
    assert not found(B, A, C)  # numbered anew, the same rows


def test_added_removed_and_changed() -> None:
    later = replace(A, nodes=due("2021-10-31"), deadline_text="10月31日前")
    more = replace(B, responsible=("各乡镇（街道）", "县教委"), measures=("另写举措。",))
    new = row(4, "建立政策问答平台")
    seen = found(later, more, new)
    assert [one.item for one in seen.added] == ["建立政策问答平台"]
    assert [one.number for one in seen.removed] == [56]
    assert [(one.stored.number, one.fields) for one in seen.changed] == [
        (54, (Field.DEADLINE,)),
        (55, (Field.MEASURES, Field.RESPONSIBLE)),
    ]


def test_a_mended_name_is_the_same_row() -> None:
    (change,) = found(replace(A, item="公开惠企惠民政策"), B, C).changed
    assert (change.stored.number, change.fields) == (54, (Field.ITEM,))
    seen = found(replace(A, item="开展第三方评估", measures=("委托评估。",)), B, C)
    assert [one.number for one in seen.removed] == [54] and len(seen.added) == 1


def test_two_rows_of_one_name_keep_their_own_places() -> None:
    one, two = row(1, "基本信息", measures=("学校名称。",)), row(2, "基本信息", measures=("医院名称。",))
    seen = found(two, one, against=(stored(54, one), stored(55, two)))
    assert not seen and seen.numbers == {1: 54, 2: 55}


@pytest.mark.parametrize(
    ("about", "new"),
    [
        ("responsible", {"responsible": ()}),
        ("lead", {"lead": ()}),
        ("measures", {"measures": ()}),
        ("item", {"item": ""}),
        ("deadline", {"nodes": (), "deadline_text": "9月前"}),
    ],
)
def test_an_open_question_undoes_nothing(about: str, new: dict[str, object]) -> None:
    doubtful = replace(A, **new)  # type: ignore[arg-type]
    assert not found(doubtful, B, C, questions=[question("q", 1, about)])
    # Without the question it is a change; an empty name is none even then.
    assert bool(found(doubtful, B, C)) is (about != "item")


def test_a_row_that_waited_is_let_go_by_its_answer() -> None:
    asked = row(1, "公开惠企政策", deadline_text="6月前")
    waiting = (stored(54, asked, held=True),)
    content = draft(asked, questions=[question("d", 1, "deadline", "6月前")])
    assert not difference(waiting, settle(content, {}))
    (change,) = difference(waiting, settle(content, {"d": "2021-05-31"})).changed
    assert change.fields == (Field.RELEASED,)


def test_a_day_the_office_set_is_no_difference() -> None:
    """起算 moved the deadline of a trigger; a row without a day keeps the one it has."""
    started = row(1, "编制目录", recurrence="trigger:+3m", deadline_text="印发后3个月内")
    moved = stored(54, started, trigger="+3m", due=due("2021-10-01"))
    assert not found(started, against=(moved,))
    assert not found(B, against=(stored(55, B, due=due("2021-11-30")),))


def test_which_notices_are_the_same() -> None:
    content = draft(A)
    assert same_notice("另一个题目", content.doc_no, 2021, content)
    assert not same_notice(content.title, "垫江府办发〔2021〕67号", 2021, content)
    assert same_notice(content.title, None, 2021, content)
    assert same_notice("垫江县2021年下半年政务公开重点任务清单", None, 2021, content)
    assert not same_notice(content.title, None, 2022, content)
    assert not same_notice("任务清单", None, 2021, content)
