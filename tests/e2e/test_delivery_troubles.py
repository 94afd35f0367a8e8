"""Troubles that last: a lease nobody took, an interface that is not offered, an hour's block, a morning after."""

from datetime import timedelta

import pytest
from support.world import CORNER_UNITS, COUNTY, World, roster_lines

from bot.wecom.client import SendResult


async def states(world: World, key: str) -> list[str]:
    return [row.state for row in await world.rows("SELECT state FROM outbox WHERE key LIKE :key ORDER BY id", key=key)]


async def test_a_lease_that_ran_out_and_nobody_took_leaves_nothing_half_sent(corner: World) -> None:
    """The only process stood still for some seconds: nobody else repeats what it was sending, so it must itself."""
    town = corner.who("新民镇")
    if corner.service.store.is_sqlite:
        return  # there a lease does not run out
    await corner.restart(duban_roles="web,worker")  # nothing is sent but by hand
    await corner.platform.say(town.userid, "帮助")
    await corner.service.worker.drain()
    delivery, lease = corner.service.delivery, corner.service.lease
    send = delivery._client.send_raw

    async def slow(body: bytes) -> SendResult:
        answer = await send(body)
        lease._until = 0.0
        return answer

    delivery._client.send_raw = slow  # type: ignore[method-assign]  # the network, not the service
    await delivery.drain()
    delivery._client.send_raw = send  # type: ignore[method-assign]
    await delivery.drain()
    assert set(await states(corner, "reply:%")) == {"sent"}
    assert town.gets().count("【现在】") == 1


async def test_a_service_that_ran_before_there_was_a_roster_writes_to_everybody_once_there_is(corner: World) -> None:
    await corner.execute("DELETE FROM post", "DELETE FROM member")
    await corner.restart()
    await corner.settle()
    lines = [line for line in roster_lines(COUNTY.people_path) if line.unit in CORNER_UNITS]
    await corner.roster(*((line.unit, line.name, line.userid, line.role) for line in lines))
    await corner.to("2021-05-25T09:30:00+08:00")
    assert set(await states(corner, "digest:%")) == {"sent"}


@pytest.mark.parametrize("api", ["menu/create", "message/update_template_card", "media/upload"])
async def test_an_interface_that_is_not_offered_stops_nothing_else(corner: World, api: str) -> None:
    """48002 for the menu is no reason to send nobody anything."""
    town, office = corner.who("新民镇"), corner.office
    corner.platform.faults.plant({"api": api, "errcode": 48002, "times": 100_000})
    await corner.execute("DELETE FROM outbox")
    await corner.restart()
    await corner.settle()
    await office.says("台账")
    assert "34" in await town.says("任务 34")
    await corner.to("2021-05-25T09:00:00+08:00")
    assert "34" in await town.says("任务 34")
    assert "34" in await office.says("任务 34 新民镇")


async def test_calls_refused_together_are_one_breach_of_the_limit(corner: World) -> None:
    """Sixteen calls on their way when the minute was full: the lane waits a minute and not an hour."""
    people = [corner.who("新民镇"), corner.who("高峰镇"), corner.who("桂阳街道"), corner.office]
    people += [corner.who(unit, "审核人") for unit in ("县司法局", "县发展改革委", "县教委")]
    await corner.restart(duban_roles="web,worker")  # nothing is sent but by hand
    for one in people:
        await corner.platform.say(one.userid, "帮助")
    await corner.service.worker.drain()
    corner.platform.faults.plant({"api": "message/send", "errcode": 45009, "times": len(people)})
    await corner.service.delivery.drain()
    corner.service.clock.jump(corner.service.clock.now() + timedelta(seconds=70))  # type: ignore[union-attr]
    await corner.service.delivery.drain()
    assert set(await states(corner, "reply:%")) == {"sent"}


async def test_a_lane_that_waits_for_the_platform_waits_after_a_restart_too(corner: World) -> None:
    town, other = corner.who("新民镇"), corner.who("高峰镇")
    corner.platform.faults.plant({"api": "message/send", "errcode": 45009, "times": 1})
    await town.says("帮助")
    await corner.restart()
    assert await other.says("帮助") == ""
    await corner.to("2021-05-25T08:53:00+08:00")
    assert "任务" in other.gets() and "任务" in town.gets()


async def test_a_folder_that_cannot_be_written_is_said_and_holds_nobody_up(corner: World) -> None:
    office = corner.office
    folder = corner.settings.duban_data_dir / "out"
    if folder.exists():
        folder.rmdir()
    folder.write_text("a file where a folder should be")
    assert "没能处理成功" in await office.says("台账")
    assert "任务" in await office.says("帮助")


async def test_answers_do_not_wait_for_a_file_that_cannot_be_uploaded(corner: World) -> None:
    office = corner.office
    corner.platform.faults.plant({"api": "media/upload", "status": 403, "times": 100_000})
    assert "台账" in await office.says("台账")
    assert "任务" in await office.says("帮助")
    assert "34" in await office.says("任务 34 新民镇")


async def test_an_emergency_does_not_wait_for_what_was_put_off_until_the_morning(corner: World) -> None:
    town, office = corner.who("新民镇"), corner.office
    await corner.to("2021-05-25T17:29:00+08:00")
    corner.platform.faults.plant({"api": "message/send", "errcode": -1, "times": 100_000})
    await corner.platform.say(office.userid, "通知 新民镇 请核对联络员名单")
    await corner.platform.say(office.userid, "确认")
    await corner.settle()
    await corner.to("2021-05-25T17:40:00+08:00")
    corner.platform.faults.clear()
    await corner.to("2021-05-25T20:00:00+08:00")
    town.look()
    await office.says("通知 新民镇 立即 今晚有暴雨，请立即上岗值守")
    await office.says("确认")
    assert "今晚有暴雨" in town.gets()
    await corner.to("2021-05-26T09:20:00+08:00")
    assert town.gets().count("请核对联络员名单") == 1


async def test_what_could_not_leave_in_the_evening_is_a_line_of_the_morning(corner: World) -> None:
    """One message a morning (rule 4), also where the platform refused it in the evening."""
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says("完成 34 http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html")
    await corner.to("2021-05-25T17:25:00+08:00")
    town.look()
    corner.platform.faults.plant({"api": "message/send", "errcode": -1, "times": 100_000})
    await reviewer.says("退回 34 新民镇 链接打不开")
    await corner.to("2021-05-25T18:00:00+08:00")
    corner.platform.faults.clear()
    await corner.to("2021-05-26T09:20:00+08:00")
    (digest,) = town.look()
    assert "【督办晨报】" in digest.text and "链接打不开" in digest.text


async def test_a_menu_that_was_refused_is_tried_again_at_the_next_start(corner: World) -> None:
    await corner.settle()
    await corner.execute("DELETE FROM outbox")
    corner.platform.faults.plant({"api": "menu/create", "errcode": 48002, "times": 1})
    await corner.restart()
    await corner.settle()
    assert await states(corner, "menu:%") == ["failed"]
    await corner.restart()
    await corner.settle()
    assert await states(corner, "menu:%") == ["sent"]


async def test_a_consequence_of_doubt_that_cannot_be_stored_leaves_the_doubt(corner: World) -> None:
    """Whether it arrived is not known: it is repeated byte for byte, and not at once, however its row was stored."""
    town = corner.who("新民镇")
    await corner.restart(duban_roles="web,worker")  # nothing is sent but by hand
    await corner.platform.say(town.userid, "帮助")
    await corner.service.worker.drain()
    corner.platform.faults.plant({"api": "message/send", "drop": "after"})
    outcomes = corner.service.delivery._outcomes
    refused = outcomes._refused

    async def failing(*_given: object) -> None:
        raise LookupError("a mistake in our own code")

    outcomes._refused = failing  # type: ignore[assignment,method-assign]  # as an unforeseen row would
    await corner.service.delivery.drain()
    outcomes._refused = refused  # type: ignore[method-assign]
    (row,) = await corner.rows("SELECT state, attempts, doubtful FROM outbox WHERE key LIKE 'reply:%'")
    assert (row.state, row.attempts, bool(row.doubtful)) == ("pending", 1, True)
