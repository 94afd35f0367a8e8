"""The year's end: a unit looks at its report and hands it in with one word, the office sees who has; bulletins."""

import hashlib
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest
from docx import Document
from support.world import Phone, World

Begin = Callable[..., AbstractAsyncContextManager[World]]

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210601_10000123.html"
OTHER_LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20211228_10000456.html"


def paper_on(phone: Phone) -> list[str]:
    """The paragraphs of the docx this person was sent last."""
    file = [m for m in phone.world.platform.inbox(phone.userid) if m.kind == "file"][-1]
    assert file.text.endswith(".docx")
    data = phone.world.platform.media.get(file.body["media_id"]).data
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def missing(answer: str) -> str:
    """The line of 报送情况 with those who have not."""
    return next(line for line in answer.split("\n") if line.startswith("未报送"))


@pytest.fixture
async def december(corner_from: Begin) -> AsyncIterator[World]:
    """Two days before the report date: 新民镇 has closed 34 (late) and 19 (in time), and told how 18 stands."""
    async with corner_from("2021-12-29T10:00") as world:
        town, lead, office = world.who("新民镇"), world.who("县司法局", "审核人"), world.office
        await town.says(f"完成 34 {LINK}")
        await lead.says("通过 34 新民镇")
        await town.says(f"完成 19 {OTHER_LINK}")
        await office.says("通过 19 新民镇")
        await town.says("进展 18 已组织三次解读，年底前再办一次")
        yield world


async def test_a_unit_hands_in_its_report_with_one_word_after_it_was_shown(december: World) -> None:
    town, office = december.who("新民镇"), december.office
    assert "先看一遍" in await town.says("报送")
    shown = await town.says("年报")
    assert "草稿" in shown and "已完成（销号）2项" in shown and "报送（2021-12-31 前）" in shown
    draft = paper_on(town)
    assert "新民镇关于2021年政务公开工作任务\n完成情况的报告" in draft and "县政府办公室：" in draft
    assert f"公开链接：{LINK}" in draft
    assert "进展：已组织三次解读，年底前再办一次。" in draft
    assert draft[-2:] == ["新民镇", "2021年12月29日"]
    assert "新民镇" in missing(await office.says("报送情况"))

    assert "已报送新民镇2021年完成情况报告" in await town.says("报送")
    assert "已报送：新民镇" in await office.says("报送情况") and "已报送 1/7" in await office.says("报送情况 ")
    assert "已于12月29日" in await town.says("年报")
    rows = await december.rows("SELECT paper, hash, taken_at FROM unit_report")
    (paper, found, taken) = rows[0]
    paper = json.loads(paper) if isinstance(paper, str) else paper
    assert paper["mark"] == "" and taken is None
    lines = [paper["title"], paper["to"], *(text for _, text in paper["body"]), paper["by"], "2021年12月29日"]
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest() == found


async def test_what_was_handed_in_stays_whatever_comes_after_it(december: World) -> None:
    town, office = december.who("新民镇"), december.office
    await town.says("年报")
    await town.says("报送")
    await town.says("进展 18 第四次解读已办完")
    await office.says("年报 新民镇")
    assert not any("第四次" in line for line in paper_on(office)) and any(
        "三次解读" in line for line in paper_on(office)
    )


async def test_it_can_be_taken_back_until_the_office_has_fetched_it(december: World) -> None:
    town, office = december.who("新民镇"), december.office
    assert "没有报送过" in await town.says("撤回报送")
    await town.says("年报")
    await town.says("报送")
    assert "已撤回" in await town.says("撤回报送")
    assert "新民镇" in missing(await office.says("报送情况"))
    await town.says("年报")
    await town.says("报送")
    assert "已于12月29日" in await office.says("年报 新民镇")
    assert "已经收阅" in await town.says("撤回报送")
    assert "已撤回" in await office.says("撤回报送 新民镇")
    acts = [
        row[0] for row in await december.rows("SELECT act FROM audit WHERE subject LIKE 'report:2021:%' ORDER BY id")
    ]
    assert acts == ["hand_in", "take_back", "hand_in", "take", "take_back"]


async def test_a_report_that_is_no_longer_what_was_shown_is_shown_again(december: World) -> None:
    town = december.who("新民镇")
    await town.says("年报")
    await december.office.says("退回 34 新民镇 链接失效了")
    assert "又有变动" in await town.says("报送")
    assert "新民镇" in missing(await december.office.says("报送情况"))
    await town.says("年报")
    assert any("退回原因：链接失效了" in line for line in paper_on(town))


async def test_whose_report_is_whose(december: World) -> None:
    town, other, reviewer = december.who("新民镇"), december.who("高峰镇"), december.who("县司法局", "审核人")
    await town.says("年报")
    town.look()
    assert "只能由" in await other.says("年报 新民镇") and "只能由" in await other.says("年报素材 新民镇")
    assert "只能由" in await other.says("撤回报送 新民镇") and "只能由" in await other.says("报送 新民镇")
    assert "只能由" in await other.says("报送情况") and "只能由" in await other.says("通报")
    assert "只能由" in await reviewer.says("通报")
    leader = december.who("县政府", "县领导")
    assert "该单位尚未报送" in await leader.says("年报 新民镇") and "桂阳街道" in missing(await leader.says("报送情况"))
    assert "只能由" in await leader.says("报送 新民镇") and "只能由" in await leader.says("通报")
    # The head of the unit may as well as its contact.
    head = december.who("新民镇", "单位负责人")
    await head.says("年报")
    assert "已报送新民镇" in await head.says("确认")


async def test_the_office_has_the_countys_report_and_the_paragraph_for_the_annual_report(december: World) -> None:
    town, office = december.who("新民镇"), december.office
    assert "已报送 0/7 个单位" in await office.says("年报")
    paper = paper_on(office)
    assert "关于2021年政务公开工作任务\n完成情况的报告" in paper and "县人民政府：" in paper
    assert "新民镇关于2021年政务公开工作任务\n完成情况的报告" in paper  # every unit's behind it
    paragraph = await town.says("年报素材")
    assert "2021年，新民镇按照《垫江县" in paragraph
    assert "截至2021年12月29日完成2项，完成率40.0%，其中在规定时限内完成1项，公开相关信息2条" in paragraph
    assert "全县按照" in await office.says("年报素材") and "7个责任单位" in await office.says("素材")


async def test_near_the_report_date_the_digest_has_a_line_until_the_report_is_in(corner_from: Begin) -> None:
    async with corner_from("2021-12-16T10:00") as world:
        town = world.who("新民镇")
        await world.morning("2021-12-17")
        assert "【督办晨报】" in (first := town.gets()) and "完成情况报告" not in first
        await world.morning("2021-12-22")
        assert "完成情况报告请于 2021-12-31 前报送：回复 年报 核对，再回复 报送" in town.gets()
        assert "完成情况报告" not in world.who("县司法局", "审核人").gets()
        await town.says("年报")
        await town.says("报送")
        await world.morning("2021-12-28")
        assert "【督办晨报】" in (last := town.gets()) and "完成情况报告" not in last


async def test_words_that_only_begin_so_are_no_command(corner: World) -> None:
    town = corner.who("新民镇")
    for words in ("报告：34号还在办", "报送完毕", "年报 已经公开了", "报告领导，18号在推进"):
        answer = await town.says(words)
        assert "完成情况报告" not in answer, words
    assert await corner.rows("SELECT 1 FROM unit_report") == []


async def test_a_bulletin_is_drafted_from_what_rule_5_proposes_and_is_issued_by_nobody(corner: World) -> None:
    town, office = corner.who("新民镇"), corner.office
    assert "没有可以起草的通报" in await office.says("通报")
    await corner.morning("2021-05-28", "2021-05-31")
    await town.says("进展 34 报告已起草，等法制审核")
    await corner.morning(*(f"2021-06-{day:02d}" for day in (1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16)))
    said = await office.says("通报")
    assert "代拟稿已生成" in said and "由人审定" in said
    paper = paper_on(office)
    assert "关于2021年政务公开工作任务\n逾期未完成情况的通报" in paper
    start = paper.index("二、新民镇") if "二、新民镇" in paper else paper.index("一、新民镇")
    assert paper[start + 1].startswith("1．法治政府建设年度报告（任务34）。时限2021年5月31日，逾期11个工作日。")
    assert "5月28日" in paper[start + 2] and paper[start + 2].startswith("提醒送达")
    assert paper[start + 3] == "单位说明（5月31日）：报告已起草，等法制审核。"
    assert paper[-1].strip() == "年　　月　　日"  # whoever issues it writes the date
    assert not any(word in "".join(paper) for word in ("排名", "得分", "最慢", "扣分"))
    # What has been handed in since is not in it.
    await town.says(f"完成 34 {LINK}")
    await office.says("通报")
    assert not any("新民镇" in line for line in paper_on(office))


async def test_a_unit_that_no_reminder_reached_is_in_no_bulletin(corner: World) -> None:
    """The fairness guard of rule 5 holds for the draft as well."""
    await corner.morning("2021-05-28", "2021-05-31", *(f"2021-06-{day:02d}" for day in (1, 3, 7, 9, 11, 15, 16)))
    await corner.execute(
        "UPDATE stage SET outcome = 'failed' WHERE key LIKE 'remind-%' OR key LIKE 'overdue-%' OR key LIKE 'urge-%'"
    )
    assert "没有可以起草的通报" in await corner.office.says("通报")
