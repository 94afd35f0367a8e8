"""Rule 12, audit: who, when, what, before, after, by which message; append-only and chained by hash."""

import json

import pytest
from support.world import World

from bot.services import chain

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


def plain(value: object) -> dict[str, object]:
    return dict(json.loads(value)) if isinstance(value, str) else dict(value)  # type: ignore[call-overload]


async def verdict(world: World) -> chain.Verdict:
    await chain.seal(world.service.store)
    async with world.service.store.read() as session:
        return await chain.verify(session)


async def a_days_work(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says("签收 34")
    await town.says(f"完成 34 {LINK} 已公开")
    await reviewer.presses(reviewer.card("待审 34"), "退回")
    await reviewer.says("链接打不开")
    await town.says(f"完成 34 {LINK}?v=2")
    await reviewer.says("通过 34 新民镇")


async def test_every_act_is_on_record_with_its_author_and_its_message(corner: World) -> None:
    await a_days_work(corner)
    rows = await corner.rows(
        "SELECT actor, actor_name, act, words, message_key, before, after FROM audit WHERE act <> 'dispatch'"
        " AND subject LIKE 'assignment:%' ORDER BY id"
    )
    town, reviewer = corner.who("新民镇").userid, corner.who("县司法局", "审核人").userid
    assert [(actor, name, act, words) for actor, name, act, words, *_ in rows] == [
        (town, "王娟", "sign", ""),
        (town, "王娟", "submit", "已公开"),
        (reviewer, "金冬梅", "return", "链接打不开"),
        (town, "王娟", "submit", ""),
        (reviewer, "金冬梅", "approve", ""),
    ]
    changes = [(plain(before)["state"], plain(after)["state"]) for *_, before, after in rows]
    assert changes == [
        ("dispatched", "in_progress"),
        ("in_progress", "submitted"),
        ("submitted", "returned"),
        ("returned", "submitted"),
        ("submitted", "closed"),
    ]
    # By which message: each of them a callback that was stored, no two the same.
    keys = [key for *_, key, _, _ in rows]
    stored = {key for (key,) in await corner.rows("SELECT key FROM inbox")}
    assert len(set(keys)) == 5 and set(keys) <= stored
    # Handing out is on record too, by the service itself.
    assert await corner.rows("SELECT DISTINCT actor FROM audit WHERE act = 'dispatch'") == [("系统",)]


async def test_an_undo_adds_to_the_record_and_takes_nothing_away(corner: World) -> None:
    town = corner.who("新民镇")
    await town.says("签收 34")
    before = await corner.rows("SELECT id, at, actor, act, words FROM audit ORDER BY id")
    await town.says("撤回 34")
    after = await corner.rows("SELECT id, at, actor, act, words FROM audit ORDER BY id")
    assert after[:-1] == before and after[-1].act == "undo" and "签收" in after[-1].words
    shown = await town.says("任务 34")
    assert "签收" in shown and "撤回" in shown


async def test_the_chain_holds_and_goes_on_after_a_restart(corner: World) -> None:
    await a_days_work(corner)
    first = await verdict(corner)
    assert first.broken is None and first.sealed > 40 and first.unsealed == 0
    await corner.restart()
    await corner.who("新民镇").says("签收 18")
    second = await verdict(corner)
    assert second.broken is None and second.sealed == first.sealed + 1


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit SET words = '一切正常' WHERE act = 'return'",
        "UPDATE audit SET actor = 'somebody_else' WHERE act = 'approve'",
        "DELETE FROM audit WHERE act = 'return'",
        "UPDATE audit SET at = '2021-05-20 01:00:00+00:00' WHERE act = 'submit' AND words = ''",
        "UPDATE audit SET seal = 5000 + seal WHERE act = 'sign'",
    ],
)
async def test_whoever_changes_the_record_is_found_out(corner: World, tampering: str) -> None:
    await a_days_work(corner)
    assert (await verdict(corner)).broken is None
    await corner.execute(tampering)
    assert (await verdict(corner)).broken is not None
