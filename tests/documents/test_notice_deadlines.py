"""Every wording of a deadline that was collected from real lists, as a cell of a deadline column (decision 22)."""

from datetime import date

import pytest

from bot.documents.notice.deadlines import read_cell, read_measures

ISSUED = date(2021, 5, 25)
NOTHING: list[str] = []

# wording, days, recurrence, candidates of each question
WORDINGS: list[tuple[str, list[str], str | None, list[list[str]]]] = [
    ("2021年6月底前", ["2021-06-30"], None, []),
    ("2021年10月底前", ["2021-10-31"], None, []),
    ("2021年5月31日前", ["2021-05-31"], None, []),
    ("2021年12月31日前", ["2021-12-31"], None, []),
    ("法定期限内", [], None, [["2022-01-31", "2022-03-31"]]),
    ("每年通过新闻发布形式开展政策解读不少于4次，其中，负责同志带头应不少于2次", [], "quota:4/2", []),
    ("每年至少开展1次", [], "quota:1", []),
    ("每年对县政府部门、乡镇（街道）开展1次", [], "quota:1", []),
    ("每年对我县规范性文件进行清理", [], "yearly", []),
    ("在市政府有关部门印发基层政务公开标准指引3个月内", [], "trigger:+3m", []),
    ("5个工作日内", [], None, [["2021-06-01"]]),
    ("提交审议前", [], None, [[]]),
    ("动态更新", [], "standing", []),
    ("保持动态更新", [], "standing", []),
    ("及时", [], "standing", []),
    ("及时作出回应", [], "standing", []),
    ("定期", [], "standing", [[]]),
    ("持续深化", [], "standing", []),
    ("长期", [], "standing", []),
    ("逐步实现", [], "standing", []),
    ("年底前", ["2021-12-31"], None, []),
    ("持续推进", [], "standing", []),
    ("11月底前完成", ["2021-11-30"], None, []),
    ("11月中旬", ["2021-11-20"], None, []),
    ("结合机构改革一并推进。", [], None, [[]]),
    ("2020年6月前进一步理顺机制，常态化工作", [], "standing", [["2020-05-31", "2020-06-30"]]),
    ("每月推进，2020年12月底前完成", ["2020-12-31"], "monthly", []),
    ("长期工作，按相应时间节点常态开展", [], "standing", []),
    ("", [], None, []),
    ("2021年", ["2021-12-31"], None, []),
    ("2020年12月15日前", ["2020-12-15"], None, []),
    ("第一项工作于2019年12月31日前完成；第二项工作为长期工作。", ["2019-12-31"], "standing", []),
    ("2020年6月", ["2020-06-30"], None, []),
    ("2020年06月", ["2020-06-30"], None, []),
    ("2021年至2022年", ["2022-12-31"], None, []),
    ("2020-2024年", ["2024-12-31"], None, []),
    ("2022年、2023年各建成50套", [], "quota:50", [["2022-12-31", "2023-12-31"]]),
    ("2022年10月前投入使用", [], None, [["2022-09-30", "2022-10-31"]]),
    ("2020年7月-10月", ["2020-10-31"], None, []),
    ("2021年7月之后", [], None, [[]]),
    ("3-5年内", [], None, [["2024-05-25", "2026-05-25"]]),
    ("第三季度", ["2021-09-30"], None, []),
    ("每季度末", [], "quarterly", []),
    ("10月中旬前", [], None, [["2021-10-10", "2021-10-20"]]),
    ("印发后3个月内", ["2021-08-25"], None, []),
    ("全年", ["2021-12-31"], None, []),
    ("长期坚持", [], "standing", []),
    ("立行立改", [], None, [["2021-06-01"]]),
    ("每月25日前", [], "monthly", []),
    ("6月30日之前召开会议部署", ["2021-06-30"], None, []),
    # their kin
    ("6月前", [], None, [["2021-05-31", "2021-06-30"]]),
    ("二〇二一年六月底前", ["2021-06-30"], None, []),
    ("12.31前", ["2021-12-31"], None, []),
    ("5/31", ["2021-05-31"], None, []),
    ("2021-12-31", ["2021-12-31"], None, []),
    ("2021.6", ["2021-06-30"], None, []),
    ("明年3月底前", ["2022-03-31"], None, []),
    ("6月31日前", [], None, [["2021-06-30", "2021-07-01"]]),
    ("2021年6月底前完成方案，12月底前全部完成", ["2021-06-30", "2021-12-31"], None, []),
    ("3月、9月底前各报送一次", ["2021-03-31", "2021-09-30"], None, []),
    ("上半年", ["2021-06-30"], None, []),
    ("第四季度前", [], None, [["2021-09-30", "2021-12-31"]]),
    ("2025年前", [], None, [["2024-12-31", "2025-12-31"]]),
    ("年初", [], None, [["2021-12-31"]]),
    ("每半年一次", [], "quota:2", []),
    ("每季度至少1次", [], "quarterly", []),
    ("全年不少于12次", [], "quota:12", []),
    ("全年持续推进", [], "standing", []),
    ("12月底前，长期坚持", ["2021-12-31"], "standing", []),
    ("自信息形成或变更之日起20个工作日内", [], None, [[]]),
    ("本通知印发之日起30日内", ["2021-06-24"], None, []),
    ("——", [], None, []),
    ("另行通知", [], None, [[]]),
    ("第一、三季度", ["2021-03-31", "2021-09-30"], None, []),
    ("6、12月底前", ["2021-06-30", "2021-12-31"], None, []),
    ("2021年内", ["2021-12-31"], None, []),
    ("年度内", ["2021-12-31"], None, []),
    ("每年1月31日前", [], "yearly", [["2022-01-31", "2021-01-31"]]),
    ("每年6月底前", ["2021-06-30"], "yearly", []),
    ("12月底前完成（2022年）", ["2022-12-31"], None, []),
    ("即日起至12月31日", ["2021-12-31"], None, []),
]


@pytest.mark.parametrize(("wording", "days", "recurrence", "questions"), WORDINGS, ids=[line[0] for line in WORDINGS])
def test_a_wording(wording: str, days: list[str], recurrence: str | None, questions: list[list[str]]) -> None:
    timing = read_cell(wording, 2021, ISSUED)
    assert [str(day) for _, day in timing.nodes] == days
    assert timing.recurrence == recurrence
    assert [[str(day) for day in candidates] for _, _, candidates in timing.doubts] == questions
    assert timing.wordings == ([wording] if wording not in ("", "——") else [])


def test_a_node_says_what_is_due_on_its_day() -> None:
    timing = read_cell("6月底前完成方案，12月底前建成平台；第三项工作于11月底前完成。", 2021, ISSUED)
    assert [(what, str(day)) for what, day in timing.nodes] == [
        ("完成方案", "2021-06-30"),
        ("建成平台", "2021-12-31"),
        ("第三项工作", "2021-11-30"),
    ]


def test_without_a_date_of_issue_nothing_is_counted_from_it() -> None:
    timing = read_cell("印发后3个月内", 2021, None)
    assert timing.nodes == []
    assert [why for _, why, _ in timing.doubts] == ["从印发之日起算，但文件里没有找到印发日期"]


@pytest.mark.parametrize(
    ("measures", "days", "recurrence"),
    [
        ("于2021年5月31日前公开，并于12月底前总结。", ["2021-05-31", "2021-12-31"], None),
        ("落实《2020年12月底前完成的事项》和《条例》。", [], None),
        ("对2020年工作开展“回头看”。", [], None),
        ("自2021年6月起施行。", [], None),
        ("公开2020年12月31日前的历史规划。", [], None),
        ("在5个工作日内主动回复。", [], None),
        ("要及时公开。", [], "standing"),
        ("清理信息更新不及时的账号。", [], None),
        ("保持政策可持续性。", [], None),
        ("每年6月底前报送，及时更新。", ["2021-06-30"], "yearly"),
        ("在市级目录印发3个月内编制。", [], "trigger:+3m"),
    ],
)
def test_measures_speak_of_deadlines_in_passing(measures: str, days: list[str], recurrence: str | None) -> None:
    timing = read_measures(measures, 2021, ISSUED)
    assert [str(day) for _, day in timing.nodes] == days
    assert timing.recurrence == recurrence
    assert timing.doubts == []


def test_an_ambiguous_wording_in_the_measures_is_asked_about() -> None:
    timing = read_measures("2021年10月前投入使用。", 2021, ISSUED)
    assert timing.nodes == []
    assert [[str(day) for day in candidates] for _, _, candidates in timing.doubts] == [["2021-09-30", "2021-10-31"]]
