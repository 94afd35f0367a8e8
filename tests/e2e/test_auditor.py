"""The watchdog: a good day is silent, and each thing that should not be is found by itself."""

import pytest
from support.sabotage import refusing
from support.world import World

from bot.services import chain
from scheduler import auditor

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def found(world: World) -> dict[str, int]:
    service = world.service
    await chain.seal(service.store)  # in real time it follows every few seconds; here days pass in one
    listed = await auditor.findings(service.store, world.settings.policy, service.clock.now())
    return {one.check: one.count for one in listed}


async def test_good_days_are_silent(corner: World) -> None:
    town = corner.who("新民镇")
    for day in ("2021-05-25", "2021-06-23", "2021-06-30", "2021-07-01"):
        await corner.to(f"{day}T09:40:00+08:00")
        assert await found(corner) == {}
    await town.says(f"完成 34 {LINK}")
    await corner.to("2021-07-01T18:30:00+08:00")
    await corner.who("县司法局", "审核人").says("退回 34 新民镇 链接打不开")
    await corner.to("2021-07-02T09:40:00+08:00")
    assert await found(corner) == {}


async def test_an_item_due_today_that_no_digest_names(corner: World) -> None:
    await corner.to("2021-06-30T09:01:00+08:00")
    (due,) = (await corner.rows("SELECT count(*) FROM assignment WHERE due = '2021-06-30'"))[0]
    assert due
    await corner.execute("""UPDATE fact SET value = '{"day": "2021-06-30"}' WHERE key = 'planned'""")
    await corner.to("2021-06-30T09:24:00+08:00")
    assert await found(corner) == {}  # the morning is not over
    await corner.to("2021-06-30T09:26:00+08:00")
    assert await found(corner) == {"silent_morning": due}


@pytest.mark.parametrize("lane", ["reply", "digest"])
async def test_what_is_due_and_does_not_leave(corner: World, lane: str) -> None:
    corner.platform.faults.plant({"api": "message/send", "errcode": 45009, "times": 10_000})
    if lane == "reply":
        await corner.platform.say(corner.who("新民镇").userid, "任务 34")
        await corner.settle()
        await corner.to("2021-05-25T08:56:00+08:00")
    else:
        await corner.to("2021-05-25T09:40:00+08:00")
    assert set(await found(corner)) == {"unsent"}


async def test_what_hangs_is_parked_or_was_never_handled(corner: World) -> None:
    town = corner.who("新民镇")
    async with refusing(corner, "audit", when="NEW.act = 'sign'"):
        await town.says("签收 34")
    assert await found(corner) == {"parked": 1}
    await corner.restart(duban_roles="web")
    await corner.platform.say(town.userid, "签收 34")
    first = "SELECT min(id) FROM outbox WHERE body IS NOT NULL"
    await corner.execute(f"UPDATE outbox SET state = 'sending', sent_at = NULL WHERE id = ({first})")
    corner.service.clock.jump(corner.service.clock.now().replace(hour=1, minute=0))  # type: ignore[union-attr]
    assert await found(corner) == {"parked": 1, "unhandled": 1, "hanging": 1}


async def test_the_figures_and_the_checks_show_it(corner: World) -> None:
    corner.platform.faults.plant({"api": "message/send", "errcode": 45009, "times": 10_000})
    await corner.to("2021-05-25T09:40:00+08:00")
    async with corner.http.get(f"{corner.bot_url}/metrics") as answer:
        words = await answer.text()
    assert 'duban_auditor_findings{check="unsent"}' in words and "duban_planner_lag_seconds 0.0" in words
    assert 'duban_platform_errors{code="45009"}' in words and "duban_inbox_lag_seconds 0.0" in words
    async with corner.http.get(f"{corner.bot_url}/readyz") as answer:
        assert answer.status == 200 and "早该发出还没发" in await answer.text()
