"""Answers to the questions of an import: what a tired person types, and what is no answer."""

import pytest
from support.notices import question

from bot.dialogue.names import Names
from bot.dialogue.replies import answer_to, replies
from bot.domain.responsibility import Directory, GroupName, UnitName
from bot.domain.settled import IS_NEW, LEADS, NO_DATE, SKIPPED, Trouble, Unclear

DIRECTORY = Directory(
    (UnitName(1, "县教委", ("教委",)), UnitName(2, "县民政局"), UnitName(3, "县委宣传部（县政府新闻办）", ("宣传部",))),
    (GroupName("各乡镇（街道）", ("各乡镇",), (1,)),),
)
NAMES = Names.of(DIRECTORY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 县教委、县民政局", [(3, "县教委、县民政局")]),
        ("３　１", [(3, "１")]),
        ("3 2021-06-30", [(3, "2021-06-30")]),
        ("3：县教委\n答 4 跳过\n5. 6月底", [(3, "县教委"), (4, "跳过"), (5, "6月底")]),
        ("第3题 县教委", [(3, "县教委")]),
        ("12、县教委", [(12, "县教委")]),
        ("3 1、2", [(3, "1、2")]),
        ("2021-06-30", [(None, "2021-06-30")]),
    ],
)
def test_number_and_words(text: str, expected: list[tuple[int | None, str]]) -> None:
    assert list(replies(text)) == expected


@pytest.mark.parametrize(
    ("about", "words", "expected"),
    [
        ("responsible", "县教委、县民政局", "县教委、县民政局"),
        ("responsible", "教委 县民政局", "县教委、县民政局"),
        ("responsible", "各乡镇和宣传部", "各乡镇（街道）、县委宣传部（县政府新闻办）"),
        ("lead", "县委宣传部(县政府新闻办)", "县委宣传部（县政府新闻办）"),
        ("responsible", "牵头单位", LEADS),
        ("responsible", "————", LEADS),
        ("responsible", "跳过", SKIPPED),
        ("deadline", "2021年6月30日前", "2021-06-30"),
        ("deadline", "6月30日", "2021-06-30"),
        ("deadline", "6月底前", "2021-06-30"),
        ("deadline", "年底", "2021-12-31"),
        ("deadline", "2022年2月底", "2022-02-28"),
        ("deadline", "无", NO_DATE),
        ("deadline", "以后再说", SKIPPED),
        ("issue_date", "2021.5.25", "2021-05-25"),
        ("year", "2022年", "2022"),
        ("new_unit", "是新单位", IS_NEW),
        ("new_unit", "教委", "县教委"),
        ("item", " 公开惠企政策 ", "公开惠企政策"),
    ],
)
def test_an_answer_as_it_is_kept(about: str, words: str, expected: str) -> None:
    assert answer_to(question("q", 1, about), words, NAMES, 2021) == expected


@pytest.mark.parametrize(
    ("about", "words", "trouble"),
    [
        ("responsible", "县教育局", Trouble.UNKNOWN_UNIT),
        ("responsible", "县教委办公室", Trouble.UNKNOWN_UNIT),  # a name that goes on is another one
        ("responsible", "县教委负责", Trouble.UNKNOWN_UNIT),
        ("responsible", "", Trouble.EMPTY),
        ("lead", "牵头单位", Trouble.UNKNOWN_UNIT),
        ("deadline", "下周五", Trouble.NO_DAY),
        ("deadline", "6月", Trouble.NO_DAY),
        ("deadline", "2021-06-31", Trouble.NO_DAY),
        ("deadline", "6月30日前后", Trouble.NO_DAY),
        ("year", "明年", Trouble.NO_YEAR),
        ("new_unit", "各乡镇", Trouble.UNKNOWN_UNIT),
        ("new_unit", "县教委、县民政局", Trouble.ONE_ONLY),
        ("item", "长" * 200, Trouble.TOO_LONG),
    ],
)
def test_what_is_no_answer(about: str, words: str, trouble: Trouble) -> None:
    found = answer_to(question("q", 1, about), words, NAMES, 2021)
    assert isinstance(found, Unclear) and found.trouble is trouble


def test_a_candidate_by_its_number() -> None:
    units = question("q", 1, "responsible", "", "县教委", "县民政局")
    assert answer_to(units, "2", NAMES, 2021) == "县民政局"
    assert answer_to(units, "1、2", NAMES, 2021) == "县教委、县民政局"
    assert answer_to(question("q", 1, "lead", "县数据局"), "新单位", NAMES, 2021) == IS_NEW
    assert answer_to(units, "3", NAMES, 2021) == Unclear(Trouble.NO_CANDIDATE, "3")
    day = question("q", 1, "deadline", "6月前", "2021-05-31", "2021-06-30")
    assert answer_to(day, "２", NAMES, 2021) == "2021-06-30"
    assert answer_to(day, "1 2", NAMES, 2021) == Unclear(Trouble.ONE_ONLY)
