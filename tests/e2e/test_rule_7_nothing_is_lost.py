"""Rule 7, nothing is lost: stored before it is acknowledged, handled once, and everything that follows or nothing."""

import asyncio

import pytest
from sqlalchemy.exc import DBAPIError
from support.sabotage import refusing
from support.world import World

from bot.inbox import Worker

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def count(world: World, table: str, where: str = "1 = 1") -> int:
    return int((await world.rows(f"SELECT count(*) FROM {table} WHERE {where}"))[0][0])


async def test_what_was_stored_before_a_crash_is_handled_once_after_it_and_in_order(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await corner.restart(duban_roles="web")  # nobody handles anything before the crash
    for words in ("签收 34", "进展 34 正在起草", f"完成 34 {LINK}"):
        assert (await corner.platform.say(town.userid, words)).state == "sent"
    assert await count(corner, "inbox", "state = 'new'") == 3
    town.look()

    await corner.restart()
    await corner.settle()
    answers = [message.text.split(" ")[0] for message in town.look()]
    assert answers == ["已签收", "已记录", "已提交"]
    await corner.restart()
    await corner.settle()
    assert town.gets_nothing()
    assert await count(corner, "audit", "act IN ('sign', 'progress', 'submit')") == 3


async def test_two_workers_that_reach_for_one_message_handle_it_once(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.restart(duban_roles="web")
    await corner.platform.say(town.userid, "进展 34 正在起草")
    one, store = corner.service.worker, corner.service.store
    other = Worker(store, asyncio.Event(), one._handle, one._give_up, lambda: True)
    await asyncio.gather(one.drain(), other.drain())
    await corner.settle()
    assert town.gets().count("已记录") == 1
    assert await count(corner, "audit", "act = 'progress'") == 1


async def test_what_cannot_be_stored_is_not_acknowledged(corner: World) -> None:
    town = corner.who("新民镇")
    async with refusing(corner, "inbox"):
        lost = await corner.platform.say(town.userid, "签收 34")
        assert lost.state == "failed"
    assert await count(corner, "inbox") == 0
    again = await corner.platform.retry(town.userid, lost.id)
    await corner.settle()
    assert again.state == "sent" and "已签收 34" in town.gets()


async def test_a_message_that_comes_again_is_answered_once(corner: World) -> None:
    """The platform asks again when the answer is lost on the way, up to three times, and once more after a restart."""
    town = corner.who("新民镇")
    corner.platform.faults.plant({"api": "callback", "drop": "after", "times": 2})
    assert "已签收 34" in await town.says("签收 34")
    assert await count(corner, "inbox") == 1

    said = {"MsgType": "text", "Content": "进展 34 正在起草", "MsgId": 770001}
    assert await corner.callback(town.userid, **said) == 200
    await corner.settle()
    assert "已记录" in town.gets()
    await corner.restart()
    assert await corner.callback(town.userid, **said) == 200
    await corner.settle()
    assert town.gets_nothing()
    assert await count(corner, "audit", "act = 'progress'") == 1


async def test_a_button_pressed_twice_and_told_three_times_acts_once(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    card = reviewer.card("待审 34")
    key = next(button.key for button in card.buttons if button.text == "通过")
    press = {"MsgType": "event", "Event": "template_card_event", "EventKey": key, "TaskId": str(card.body["task_id"])}
    for _ in range(3):
        assert await corner.callback(reviewer.userid, **press, ResponseCode="code-1") == 200
    assert await corner.callback(reviewer.userid, **press, ResponseCode="code-2") == 200  # the second press
    await corner.settle()
    answers = [message.text for message in reviewer.look() if message.kind == "text"]
    assert ["已通过并销号" in answer for answer in answers] == [True, False] and "已经过时" in answers[1]
    assert await count(corner, "audit", "act = 'approve'") == 1


async def test_state_history_and_messages_change_together_or_not_at_all(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says("签收 34")
    history = await count(corner, "audit")
    async with refusing(corner, "outbox", when="NEW.key LIKE 'submission:%'"):
        answer = await town.says(f"完成 34 {LINK}")
    # One apology after some tries; the message is kept for the operator, and nothing else has happened.
    assert answer.count("没能处理成功") == 1
    assert await corner.rows("SELECT state, attempts > 0 FROM inbox WHERE state <> 'done'") == [("parked", True)]
    assert await count(corner, "audit") == history and await count(corner, "evidence") == 0
    assert "办理中" in await town.says("任务 34")
    assert reviewer.gets_nothing()

    async with refusing(corner, "audit", when="NEW.act = 'submit'"):
        await town.says(f"完成 34 {LINK}")
    assert await count(corner, "evidence") == 0 and reviewer.gets_nothing()
    assert await count(corner, "outbox", "key LIKE 'submission:%'") == 0

    assert "已提交 34" in await town.says(f"完成 34 {LINK}")
    assert "待审 34" in reviewer.gets()


async def test_what_the_platform_took_just_before_a_crash_is_shown_once(corner: World) -> None:
    """The service dies between the platform's answer and its own note of it, and repeats the same bytes later."""
    town = corner.who("新民镇")
    await corner.restart(duban_roles="web,worker")  # nothing is sent but by hand
    async with refusing(corner, "outbox", "UPDATE", when="NEW.state = 'sent'"):
        await corner.platform.say(town.userid, "签收 34")
        await corner.service.worker.drain()
        with pytest.raises(DBAPIError, match="the disk is full"):
            await corner.service.delivery.drain()
    assert town.gets().count("已签收 34") == 1
    assert await corner.rows("SELECT state FROM outbox WHERE key LIKE 'reply:%'") == [("sending",)]

    await corner.restart()
    await corner.settle()
    assert town.gets_nothing()
    assert corner.platform.state()["duplicates"] == 1
    assert await corner.rows("SELECT state FROM outbox WHERE key LIKE 'reply:%'") == [("sent",)]


async def test_a_restart_in_the_middle_of_the_morning_greets_nobody_twice(corner: World) -> None:
    town, other = corner.who("新民镇"), corner.who("高峰镇")
    await corner.to("2021-05-25T09:07:00+08:00")
    await corner.restart()
    await corner.to("2021-05-25T11:00:00+08:00")
    assert [len(phone.look()) for phone in (town, other)] == [1, 1]


async def test_a_platform_that_is_away_for_an_hour_loses_nothing(corner: World) -> None:
    town = corner.who("新民镇")
    corner.platform.faults.plant({"api": "message/send", "status": 502, "times": 500})
    await corner.morning("2021-05-25")
    assert await town.says("签收 34") == ""
    corner.platform.faults.clear()
    await corner.to("2021-05-25T10:16:00+08:00")
    words = town.gets()
    assert words.count("已签收 34") == 1 and words.count("【督办晨报】5月25日") == 1
