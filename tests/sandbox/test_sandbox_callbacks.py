"""What the bot is told, and how hard the platform tries."""

import asyncio
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sandbox_world import PEOPLE, Hand, World

from sandbox import callbacks
from sandbox.callbacks import message_xml
from sandbox.clock import real_now
from sandbox.credentials import DEMO
from sandbox.platform import Platform, RefusedByPhone


async def test_the_callback_url_is_verified_by_its_echo(world: World) -> None:
    assert await world.platform.verify_url()


async def test_a_text_arrives_with_everything_the_platform_says(world: World, hand: Hand) -> None:
    words = "完成 34 <http://x.cn/?a=1&b=2> ]]> 😀\n第二行"
    message = await world.platform.say("xinmin", words)
    assert message.state == "sent"
    (taken,) = world.bot.taken
    assert taken["Content"] == words
    assert taken["ToUserName"] == DEMO.corp_id
    assert taken["FromUserName"] == "xinmin"
    assert taken["CreateTime"] == str(int(hand().timestamp()))
    assert (taken["MsgType"], taken["AgentID"]) == ("text", str(DEMO.agent_id))
    assert taken["MsgId"] == message.id
    reply = await world.platform.wait_for("xinmin", lambda one: one.text.startswith("收到"))
    assert "第二行" in reply.text


async def test_callbacks_carry_real_time_while_phones_show_the_bots(virtual_world: World, hand: Hand) -> None:
    virtual_world.bot.clock = hand() + timedelta(days=200)
    message = await virtual_world.platform.say("xinmin", "今天几号")
    assert message.at == hand() + timedelta(days=200)
    assert virtual_world.bot.taken[0]["CreateTime"] == str(int(hand().timestamp()))


async def test_files_and_pictures_arrive_by_media_id(world: World) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 20
    assert (await world.platform.send_media("xinmin", "截图.png", png)).kind == "image"
    assert (await world.platform.send_media("xinmin", "方案.docx", b"docx bytes")).kind == "file"
    picture, file = world.bot.taken
    assert (picture["MsgType"], file["MsgType"], file["FileName"]) == ("image", "file", "方案.docx")
    assert await world.bot.download(picture["MediaId"]) == png
    assert await world.bot.download(file["MediaId"]) == b"docx bytes"


async def test_events_arrive_without_a_message_id(world: World) -> None:
    await world.platform.enter("xinmin")
    await world.platform.subscribe("xinmin")
    assert [event["Event"] for event in world.bot.taken] == ["enter_agent", "subscribe"]
    assert all("MsgId" not in event for event in world.bot.taken)


async def test_menu_items_that_are_not_there_cannot_be_chosen(world: World) -> None:
    with pytest.raises(RefusedByPhone):
        await world.platform.choose("xinmin", "tasks")


async def test_the_platform_tries_three_times_and_gives_up(world: World) -> None:
    world.bot.answer = 500
    message = await world.platform.say("xinmin", "在吗")
    assert (message.state, message.error) == ("failed", "机器人应答 500")
    assert world.bot.attempts == 3
    world.bot.answer = 200
    again = await world.platform.retry("xinmin", message.id)
    assert (again.state, again.id) == ("sent", message.id)
    assert world.bot.taken[0]["MsgId"] == message.id
    with pytest.raises(RefusedByPhone):
        await world.platform.retry("xinmin", message.id)
    state = world.platform.state()
    assert (state["callbacks_taken"], state["callbacks_lost"]) == (1, 1)


async def test_a_slow_bot_is_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "TIMEOUT", 0.05)
    world.bot.gate.clear()
    message = await world.platform.say("xinmin", "在吗")
    assert (message.state, world.bot.attempts) == ("failed", 3)
    assert "没有应答" in message.error
    world.bot.gate.set()


async def test_a_bot_that_is_not_there_is_said_so(hand: Hand) -> None:
    platform = Platform(
        corp_id=DEMO.corp_id,
        secret=DEMO.secret,
        agent_id=DEMO.agent_id,
        token=DEMO.token,
        aes_key=DEMO.aes_key,
        people=PEOPLE,
        callback_url="http://127.0.0.1:1/wecom/callback",
        now=hand,
    )
    assert (await platform.say("xinmin", "在吗")).error == "连不上机器人"
    await platform.close()


async def test_a_lost_answer_makes_the_platform_send_again(world: World) -> None:
    world.platform.faults.plant({"api": "callback", "drop": "after"})
    message = await world.platform.say("xinmin", "一次")
    assert message.state == "sent"
    assert [taken["MsgId"] for taken in world.bot.taken] == [message.id, message.id]


async def test_a_callback_that_never_left_is_tried_again(world: World) -> None:
    world.platform.faults.plant({"api": "callback", "drop": "before", "times": 2})
    assert (await world.platform.say("xinmin", "一次")).state == "sent"
    assert world.bot.attempts == 1


async def test_one_persons_messages_keep_their_order_and_others_do_not_wait(world: World) -> None:
    world.bot.gate.clear()
    mine = [asyncio.create_task(world.platform.say("xinmin", str(n))) for n in range(5)]
    theirs = asyncio.create_task(world.platform.say("sifa", "另一个人"))
    await world.bot.reached(2)  # one of each person, the rest stands in line
    assert world.bot.attempts == 2
    world.bot.gate.set()
    await asyncio.gather(*mine, theirs)
    contents = [taken["Content"] for taken in world.bot.taken if taken["FromUserName"] == "xinmin"]
    assert contents == ["0", "1", "2", "3", "4"]


def test_message_ids_grow_across_a_restart(world: World) -> None:
    def start() -> Platform:
        return Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=PEOPLE,
            callback_url="http://127.0.0.1:1/",
            wall=real_now,
        )

    before, after = start(), start()
    ids = [before.next_id() for _ in range(1000)] + [after.next_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert ids[-1] < 2**63


def test_what_xml_cannot_carry_is_left_out() -> None:
    xml = message_xml({"Content": "a\x00b\x1bc\ud83dd]]>e"})
    assert ElementTree.fromstring(xml).findtext("Content") == "abcd]]>e"


async def test_waiting_for_a_message_that_does_not_come_shows_what_did(world: World) -> None:
    await world.bot.send_text("xinmin", "别的话")
    with pytest.raises(TimeoutError, match="别的话"):
        await world.platform.wait_for("xinmin", lambda message: "没来" in message.text, timeout=0.01)


async def test_waiting_can_start_after_what_is_already_there(world: World) -> None:
    await world.bot.send_text("xinmin", "早先的提醒")
    mark = world.platform.mark()
    waiting = asyncio.create_task(world.platform.wait_for("xinmin", lambda one: "提醒" in one.text, after=mark))
    await world.bot.send_text("xinmin", "新的提醒")
    assert (await waiting).text == "新的提醒"
