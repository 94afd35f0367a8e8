"""Hundreds of approvals at once: in slices, so that nobody waits for all of them, and gone on with after a crash."""

import pytest
from sqlalchemy.exc import DBAPIError
from support.sabotage import refusing
from support.world import World
from test_bulk_review import hand_in

from bot.handlers.slices import SLICE

WHERE = "t.number IN (34, 21, 18) AND u.name IN (SELECT name FROM unit WHERE kind IN ('镇', '乡', '街道'))"


async def closed(world: World) -> int:
    (row,) = await world.rows("SELECT count(*) AS n FROM assignment WHERE state = 'closed'")
    return int(row.n)


async def test_after_a_crash_between_slices_it_goes_on_and_answers_once(world: World) -> None:
    await world.to("2021-05-25T10:00:00+08:00")
    many = await hand_in(world, WHERE)
    assert many > SLICE
    office = world.office
    preview = await office.says("通过 34、21、18 全部")
    assert f"共 {many} 项" in preview
    office.look()

    async with refusing(world, "inbox", "UPDATE", "NEW.state IN ('done', 'parked')"):
        await world.platform.say(office.userid, "确认")
        with pytest.raises(DBAPIError):
            await world.settle()
        part = await closed(world)
        assert 0 < part < many
        assert not [m for m in office.look() if "销号" in m.text]
    await world.restart()
    await world.settle()
    assert await closed(world) == many
    answers = [message.text for message in office.look() if "已通过并销号" in message.text]
    assert len(answers) == 1 and f"{many} 项" in answers[0]
    (row,) = await world.rows("SELECT count(*) AS n FROM audit WHERE act = 'approve'")
    assert row.n == many
    assert not await world.rows("SELECT 1 FROM fact WHERE key LIKE 'slices:%'")


async def test_others_are_served_between_slices(world: World) -> None:
    """A town's message that comes in meanwhile does not wait for the last item."""
    await world.to("2021-05-25T10:00:00+08:00")
    many = await hand_in(world, WHERE)
    office, town = world.office, world.who("县教委")
    await office.says("通过 34、21、18 全部")
    await world.platform.say(office.userid, "确认")
    await world.platform.say(town.userid, "签收 18")
    await world.settle()
    assert await closed(world) == many
    acts = [row.act for row in await world.rows("SELECT act FROM audit WHERE act IN ('approve', 'sign') ORDER BY id")]
    assert acts.index("sign") < len(acts) - 1


async def test_a_unit_hears_of_everything_that_came_back_in_one_message(world: World) -> None:
    await world.to("2021-05-25T10:00:00+08:00")
    many = await hand_in(world, WHERE)
    office = world.office
    await office.says("退回 34、21、18 全部 链接不能证明已公开")
    back = await office.says("确认")
    assert f"已退回 {many} 项" in back
    for name in ("新民镇", "大石乡", "桂溪街道"):
        told = [message.text for message in world.who(name).look() if "【退回】" in message.text]
        assert len(told) == 1 and "3 项" in told[0]
