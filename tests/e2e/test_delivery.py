"""From the outbox to the phone when things go wrong: nothing twice, nothing lost, nobody waits for somebody else."""

import asyncio

from support.sabotage import refusing
from support.world import World

from scheduler.claims import Waiting, in_turn
from scheduler.engine import look_ahead

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def states(world: World, key: str) -> list[tuple[str, int]]:
    found = await world.rows("SELECT state, attempts FROM outbox WHERE key LIKE :key ORDER BY id", key=key)
    return [(row.state, row.attempts) for row in found]


async def submitted(corner: World) -> None:
    """新民镇 has submitted 34, and ten minutes of the working day are left."""
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    await corner.to("2021-05-25T17:20:00+08:00")
    town.look()


async def test_what_was_certainly_refused_until_the_evening_is_said_anew_in_the_morning(corner: World) -> None:
    await submitted(corner)
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    corner.platform.faults.plant({"api": "message/send", "errcode": -1, "times": 100_000})
    await reviewer.says("退回 34 新民镇 链接打不开")
    await corner.to("2021-05-26T08:59:00+08:00")
    town.gets_nothing()
    corner.platform.faults.clear()
    await corner.to("2021-05-26T09:20:00+08:00")
    assert town.gets().count("链接打不开") == 1
    assert corner.platform.state()["duplicates"] == 0


async def test_what_may_have_arrived_in_the_evening_is_not_shown_twice_in_the_morning(corner: World) -> None:
    """The platform took it and its answer was lost; by the morning it no longer tells repeats (14,400 s)."""
    await submitted(corner)
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    corner.platform.faults.plant({"api": "message/send", "drop": "after", "times": 100_000})
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert town.gets().count("链接打不开") == 1
    await corner.to("2021-05-25T20:00:00+08:00")
    corner.platform.faults.clear()
    await corner.to("2021-05-26T09:20:00+08:00")
    assert "【退回】" not in town.gets()
    assert [state for state, _ in await states(corner, "returned:%")] == ["unknown"]
    # The office hears that something may be missing, once, with the next morning.
    await corner.morning("2021-05-27")
    assert corner.office.gets().count("可能未送达") == 1
    assert "近 7 天可能未送达 1 条：王娟" in await corner.office.says("统计")
    assert "可能未送达" not in await corner.who("县政府", "县领导").says("统计")


async def test_a_digest_that_was_refused_for_good_gives_back_what_it_bundled(corner: World) -> None:
    await submitted(corner)
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T18:30:00+08:00")
    await reviewer.says("退回 34 新民镇 链接打不开")
    service = corner.service
    await corner.to("2021-05-26T09:01:00+08:00")
    _, plan = await look_ahead(service.store, corner.settings.policy, service.clock.now().replace(hour=1, minute=2))
    in_order = [digest.userid for digest in sorted(plan.digests, key=lambda digest: digest.send_at)]
    until = in_order.index(town.userid.lower()) + 1
    corner.platform.faults.plant({"api": "message/send", "errcode": 45001, "times": until})
    await corner.to("2021-05-26T09:20:00+08:00")
    assert await states(corner, f"digest:2021-05-26:{town.userid.lower()}") == [("failed", 1)]
    (alone,) = town.look()
    assert alone.text.startswith("【退回】") and "链接打不开" in alone.text


async def test_a_message_of_the_night_waits_for_the_digest_to_be_planned(corner: World) -> None:
    """On a running clock the outbox is looked at before the planner has come: the return must not go by itself."""
    await submitted(corner)
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T18:30:00+08:00")
    await reviewer.says("退回 34 新民镇 链接打不开")
    await corner.to("2021-05-26T09:01:59+08:00")
    corner.service.clock.jump(corner.service.clock.now().replace(minute=2, second=30))  # type: ignore[union-attr]
    await corner.service.delivery.drain()
    town.gets_nothing()
    await corner.service.engine.tick()
    await corner.morning("2021-05-26")
    (digest,) = town.look()
    assert "【督办晨报】" in digest.text and "链接打不开" in digest.text


async def test_a_slow_call_to_one_person_holds_up_nobody_else(corner: World) -> None:
    town, other = corner.who("新民镇"), corner.who("高峰镇")
    delivery = corner.service.delivery
    held, released = asyncio.Event(), asyncio.Event()
    send = delivery._client.send_raw

    async def slow(body: bytes) -> object:
        if town.userid.encode() in body:
            held.set()
            await released.wait()
        return await send(body)

    delivery._client.send_raw = slow  # type: ignore[assignment,method-assign]  # the network, not the service
    try:
        await corner.platform.say(town.userid, "任务 34")
        await asyncio.wait_for(held.wait(), 10)
        await corner.platform.say(other.userid, "任务 34")
        async with asyncio.timeout(10):
            while not other.look():  # noqa: ASYNC110  # the phone has no event to wait for
                await asyncio.sleep(0)
        town.gets_nothing()
    finally:
        released.set()
    await corner.settle()
    assert "34" in town.gets()


async def test_one_row_that_cannot_be_claimed_does_not_stop_the_others(corner: World) -> None:
    town, other = corner.who("新民镇"), corner.who("高峰镇")
    claimed = f"NEW.state = 'sending' AND NEW.member_key = '{town.userid.lower()}'"
    async with refusing(corner, "outbox", "UPDATE", when=claimed):
        await corner.platform.say(town.userid, "任务 34")
        await corner.settle()
        assert "34" in await other.says("任务 34")
    town.gets_nothing()
    await corner.to("2021-05-25T08:58:00+08:00")  # tried again after some minutes
    assert "34" in town.gets()


async def test_a_consequence_that_cannot_be_stored_does_not_send_the_message_again(corner: World) -> None:
    town = corner.who("新民镇")
    async with refusing(corner, "ask"):
        await corner.morning("2021-05-25")
    assert town.gets().count("【督办晨报】") == 1
    await corner.restart()
    await corner.morning("2021-05-26")
    assert "5月25日" not in town.gets()


async def test_an_upload_that_fails_is_tried_again_later_and_the_answer_does_not_wait_for_it(corner: World) -> None:
    office = corner.office
    corner.platform.faults.plant({"api": "media/upload", "status": 502, "times": 2})
    assert "台账" in await office.says("台账")
    assert await states(corner, "reply:%:file%") == [("pending", 1)]
    await corner.to("2021-05-25T08:53:00+08:00")
    assert [message.kind for message in office.look()] == ["file"]
    assert await states(corner, "reply:%:file%") == [("sent", 4)]  # two uploads failed, one did not, one message


async def test_a_media_id_that_expired_is_renewed_once(corner: World) -> None:
    office = corner.office
    await corner.restart(duban_roles="web,worker")  # nothing is sent but by hand
    for refusals, becomes in ((1, "sent"), (2, "failed")):
        await corner.platform.say(office.userid, "台账")
        await corner.service.worker.drain()
        await corner.execute("UPDATE outbox SET state = 'cancelled' WHERE kind = 'text' AND state = 'pending'")
        corner.platform.faults.plant({"api": "message/send", "errcode": 40007, "times": refusals})
        await corner.service.delivery.drain()
        assert (await states(corner, "reply:%:file%"))[-1][0] == becomes


async def test_an_old_process_that_lost_its_lease_stores_and_sends_nothing(corner: World) -> None:
    town = corner.who("新民镇")
    if corner.service.store.is_sqlite:
        return  # there the file's lock keeps a second process from starting (test_contract_cli)
    await corner.restart(duban_roles="web,worker")
    await corner.platform.say(town.userid, "任务 34")
    await corner.service.worker.drain()
    assert await corner.service.lease.renew()
    await corner.execute("UPDATE lease SET holder = 'another', epoch = epoch + 1")
    assert await corner.service.delivery.drain() == 0
    town.gets_nothing()
    assert set(await states(corner, "reply:%")) == {("pending", 0)}


def test_units_take_turns_inside_a_lane() -> None:
    waiting = [Waiting(n, f"a{n}") for n in range(5)] + [Waiting(9, "b"), Waiting(10, None)]
    units = {f"a{n}": "新民镇" for n in range(5)} | {"b": "高峰镇"}
    assert [one.id for one in in_turn(waiting, units)] == [0, 9, 10, 1, 2, 3, 4]
