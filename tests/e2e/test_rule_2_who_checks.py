"""Rule 2, who checks: the lead's reviewers, the first of them to act; and nobody closes their own item."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from support.world import World

Begin = Callable[..., AbstractAsyncContextManager[World]]

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def test_the_first_reviewer_to_act_wins_and_the_others_see_it(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, first, second = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县司法局", "审核人", 1)
    await town.says(f"完成 34 {LINK}")
    assert "新民镇" in first.card("待审 34").text and "新民镇" in second.card("待审 34").text
    assert corner.who("县教委", "审核人").gets_nothing()  # leads other rows

    seen_before = second.card("待审 34")
    assert "已通过并销号" in await first.presses(first.card("待审 34"), "通过")
    assert first.card("待审 34").replaced == second.card("待审 34").replaced == "已通过（金冬梅）"
    assert second.card("待审 34").buttons == ()
    # A press that was already on its way changes nothing, and says so.
    key = next(button.key for button in seen_before.buttons if button.text == "退回")
    task_id = str(seen_before.body["task_id"])
    await corner.callback(
        second.userid, MsgType="event", Event="template_card_event", EventKey=key, TaskId=task_id, ResponseCode="late"
    )
    await corner.settle()
    assert "已经过时" in second.gets()
    assert "已销号" in await town.says("任务 34")


async def test_two_reviewers_who_press_at_once_make_one_decision(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, first, second = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县司法局", "审核人", 1)
    await town.says(f"完成 34 {LINK}")
    cards = first.card("待审 34"), second.card("待审 34")
    keys = [next(b.key for b in card.buttons if b.text == "通过") for card in cards]
    await asyncio.gather(
        corner.platform.press(first.userid, cards[0].id, keys[0]),
        corner.platform.press(second.userid, cards[1].id, keys[1]),
    )
    await corner.settle()
    answers = [first.gets(), second.gets()]
    assert sum("已通过并销号" in answer for answer in answers) == 1
    assert sum("已经过时" in answer for answer in answers) == 1
    assert await corner.rows("SELECT count(*) FROM audit WHERE act = 'approve'") == [(1,)]


async def test_a_unit_that_leads_its_own_row_is_checked_by_the_office(corner: World) -> None:
    await corner.morning("2021-05-25")
    bureau, own_reviewer = corner.who("县司法局"), corner.who("县司法局", "审核人")
    offices = [corner.office, corner.who("县政府办公室", "县办", 1)]
    assert "待县政府办公室审核" in await bureau.says(f"完成 33 {LINK}")
    assert own_reviewer.gets_nothing()
    assert "县司法局" in offices[0].card("待审 33").text and "县司法局" in offices[1].card("待审 33").text

    assert "只能由" in await own_reviewer.says("通过 33 县司法局")
    assert "现在没有待审" in await own_reviewer.says("待审")
    assert "待审核" in await bureau.says("任务 33")
    assert "已通过并销号" in await offices[0].says("通过 33 县司法局")


async def test_where_a_group_leads_each_member_is_checked_by_the_office(corner: World) -> None:
    await corner.morning("2021-05-25")
    assert "待县政府办公室审核" in await corner.who("县教委").says(f"完成 32 {LINK}")
    assert "只能由" in await corner.who("县教委", "审核人").says("通过 32 县教委")
    # Another member of the group leads for itself only.
    assert "只能由" in await corner.who("县司法局", "审核人").says("通过 32 县教委")
    assert "已退回" in await corner.office.says("退回 32 县教委 没有部门规章")
    assert "没有部门规章" in corner.who("县教委").gets()


async def test_of_several_leads_the_others_check(world: World) -> None:
    own, other = world.who("县商务委", "审核人"), world.who("县财政局", "审核人")
    await world.to("2021-05-25T15:00:00+08:00")
    lead = world.who("县经济信息委", "审核人")
    assert "已提交 17" in await world.who("县商务委").says(f"完成 17 {LINK}")
    assert "只能由" in await own.says("通过 17 县商务委")
    assert "只能由" in await other.says("通过 17 县商务委")
    assert "已通过并销号" in await lead.presses(lead.card("待审 17"), "通过")


async def test_only_the_office_reopens_what_is_closed(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, reviewer, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await town.says(f"完成 34 {LINK}")
    await reviewer.says("通过 34 新民镇")
    assert "只能由县政府办公室" in await reviewer.says("退回 34 新民镇 链接打不开了")
    assert "已销号" in await town.says("任务 34")
    assert "已退回" in await office.says("退回 34 新民镇 链接打不开了")
    assert "链接打不开了" in town.gets()
    assert "已提交 34" in await town.says(f"完成 34 {LINK}")


async def test_the_office_may_always_act(corner: World) -> None:
    await corner.morning("2021-05-25")
    office, town = corner.office, corner.who("新民镇")
    assert "已签收" in await office.says("签收 34 新民镇")
    assert "已提交 34" in await office.says(f"完成 34 新民镇 {LINK}")
    assert "已通过并销号" in await office.says("通过 34 新民镇")
    assert "已销号 1 项" in await office.says("销号 18 高峰镇 上线前已在县政府网站公开")
    assert "已销号" in await town.says("任务 34") and "已销号" in await corner.who("高峰镇").says("任务 18")


async def test_where_the_office_checks_it_hears_of_what_is_late_from_day_3(corner_from: Begin) -> None:
    """33 of 县司法局, due 2021-12-31: its only lead is the unit itself."""
    async with corner_from("2021-12-27T08:50:00") as corner:
        bureau, office = corner.who("县司法局"), corner.office
        await corner.morning("2021-12-31")
        office.look()
        await corner.morning("2022-01-04")
        assert "33 规范性文件库" in bureau.gets() and "33 " not in office.gets()
        await corner.morning("2022-01-05")
        assert "33 " not in office.gets()
        await corner.morning("2022-01-06")
        assert "33 规范性文件库，逾期 3 个工作日：县司法局" in office.gets()
