"""The sandbox's own API: what the chat page and other tests live on."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest
from echo_bot import MENU
from sandbox_world import Hand, World, run_world

from sandbox.botclock import ClockRefused, Day, day_of, next_workday
from sandbox.clock import SHANGHAI, FollowingClock, parse_moment
from sandbox.credentials import DEMO
from sandbox.mailbox import QUEUE, Mailbox
from sandbox.messages import Message


@pytest.fixture
async def page(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{world.address}/sandbox/") as session:
        yield session


async def get(page: aiohttp.ClientSession, path: str, **query: str) -> dict[str, Any]:
    async with page.get(path, params=query) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def post(page: aiohttp.ClientSession, path: str, **body: Any) -> dict[str, Any]:
    async with page.post(path, json=body) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def person(page: aiohttp.ClientSession, userid: str) -> dict[str, Any]:
    people = (await get(page, "people"))["people"]
    return next(one for one in people if one["userid"] == userid)


async def test_say_answers_when_the_bot_has_it(page: aiohttp.ClientSession, world: World) -> None:
    answer = await post(page, "say", userid="xinmin", text="任务")
    assert (answer["ok"], answer["message"]["state"]) == (True, "sent")
    assert world.bot.taken[0]["Content"] == "任务"
    await world.platform.wait_for("xinmin", lambda message: message.text == "收到：任务")
    talk = (await get(page, "messages", userid="xinmin"))["messages"]
    assert [(message["mine"], message["body"]["content"]) for message in talk] == [
        (True, "任务"),
        (False, "收到：任务"),
    ]


async def test_say_tells_when_the_bot_does_not_take_it(page: aiohttp.ClientSession, world: World) -> None:
    world.bot.answer = 503
    answer = await post(page, "say", userid="xinmin", text="任务")
    assert (answer["ok"], answer["error"]) == (False, "机器人应答 503")
    world.bot.answer = 200
    retried = await post(page, "retry", userid="xinmin", message_id=answer["message"]["id"])
    assert retried["ok"]
    assert (await post(page, "retry", userid="xinmin", message_id="0"))["error"] == "没有需要重发的消息"


@pytest.mark.parametrize(
    ("path", "raw", "status"),
    [
        ("say", '{"userid": "nobody", "text": "在"}', 404),
        ("say", '{"userid": "xinmin", "text": " "}', 400),
        ("say", '{"userid": "xinmin"}', 400),
        ("say", "{", 400),
        ("say", "[]", 400),
        ("upload?userid=xinmin", "{}", 400),
        ("read", '{"userid": 7}', 404),
    ],
)
async def test_senseless_requests_are_refused(page: aiohttp.ClientSession, path: str, raw: str, status: int) -> None:
    async with page.post(path, data=raw) as answer:
        assert answer.status == status


async def test_unread_counts_until_read_or_answered(page: aiohttp.ClientSession, world: World) -> None:
    for words in ("一", "二"):
        await world.bot.send_text("xinmin|sifa", words)
    assert (await person(page, "xinmin"))["unread"] == 2
    assert (await person(page, "xinmin"))["last"]["text"] == "二"
    await post(page, "read", userid="xinmin")
    assert (await person(page, "xinmin"))["unread"] == 0
    assert (await person(page, "sifa"))["unread"] == 2
    await world.platform.say("sifa", "看到了")
    await world.platform.wait_for("sifa", lambda message: message.text.startswith("收到"))
    assert (await person(page, "sifa"))["unread"] == 1


async def test_press_menu_enter_and_upload_reach_the_bot(page: aiohttp.ClientSession, world: World) -> None:
    await world.bot.call("POST", "menu/create", MENU, agentid=str(DEMO.agent_id))
    assert (await get(page, "people"))["menu"] == MENU["button"]
    await world.bot.send_card("xinmin")
    card = world.platform.inbox("xinmin")[0]
    assert (await post(page, "press", userid="xinmin", message_id=card.id, key="sign:34"))["ok"]
    assert not (await post(page, "press", userid="xinmin", message_id=card.id, key="nothing"))["ok"]
    assert (await post(page, "menu", userid="xinmin", key="help"))["ok"]
    assert (await post(page, "enter", userid="xinmin"))["ok"]
    assert (await post(page, "subscribe", userid="xinmin"))["ok"]
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("media", b"report", filename="报告.docx")
    async with page.post("upload", params={"userid": "xinmin"}, data=form) as answer:
        assert (await answer.json())["message"]["body"]["name"] == "报告.docx"
    events = [taken.get("Event", taken["MsgType"]) for taken in world.bot.taken]
    assert events == ["template_card_event", "click", "enter_agent", "subscribe", "file"]


async def test_a_file_the_platform_does_not_take_is_refused_in_words(page: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("media", b"tiny", filename="a.txt")
    async with page.post("upload", params={"userid": "xinmin"}, data=form) as answer:
        found = await answer.json()
    assert (found["ok"], found["error"]) == (False, "平台不收：invalid file size（40006）")


async def test_long_conversations_come_in_pages(page: aiohttp.ClientSession, world: World, hand: Hand) -> None:
    for number in range(130):
        await world.bot.send_text("xinmin", str(number))
        hand.turn(minutes=1)
    newest = await get(page, "messages", userid="xinmin")
    assert ([message["body"]["content"] for message in newest["messages"]][::99], newest["more"]) == (
        ["30", "129"],
        True,
    )
    earlier = await get(page, "messages", userid="xinmin", before=str(newest["messages"][0]["number"]))
    assert (len(earlier["messages"]), earlier["more"]) == (30, False)


async def test_one_stream_carries_what_happens_on_all_phones(page: aiohttp.ClientSession, world: World) -> None:
    async with page.get("events") as stream:
        assert stream.content_type == "text/event-stream"
        assert (await next_event(stream))["type"] == "hello"
        await world.bot.send_text("sifa", "请审核")
        event = await next_event(stream)
        assert (event["type"], event["message"]["userid"], event["unread"]) == ("message", "sifa", 1)
        assert event["last"]["text"] == "请审核"
        await post(page, "read", userid="sifa")
        assert await next_event(stream) == {"type": "read", "userid": "sifa", "now": world.platform.now().isoformat()}
        world.platform.set_menu(list(MENU["button"]))
        assert (await next_event(stream))["menu"] == MENU["button"]


async def next_event(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    block = (await stream.content.readuntil(b"\n\n")).decode()
    event: dict[str, Any] = json.loads(block.split("data: ")[1])
    return event


async def test_who_falls_far_behind_starts_over(hand: Hand) -> None:
    mailbox = Mailbox()
    listener = mailbox.subscribe()
    for number in range(QUEUE + 1):
        mailbox.add(Message(str(number), number, "a", hand(), mine=False, kind="text", body={"content": "x"}))
    assert [listener.get_nowait()["type"] for _ in range(listener.qsize())] == ["hello", "message"]


async def test_a_bot_in_real_time_has_no_clock_to_turn(page: aiohttp.ClientSession) -> None:
    clock = await get(page, "clock")
    assert (clock["virtual"], clock["reachable"]) == (False, True)
    assert not (await post(page, "clock", step="day"))["ok"]


async def test_the_clock_is_turned_through_the_bot(virtual_world: World) -> None:
    bot = virtual_world.bot

    async def reminder() -> int:
        await bot.send_text("xinmin", "到期提醒")
        return 1

    bot.on_move = reminder
    async with aiohttp.ClientSession(f"{virtual_world.address}/sandbox/") as page:
        clock = await get(page, "clock")
        assert (clock["virtual"], clock["now"], clock["weekday"]) == (True, "2021-05-25T09:20:00+08:00", "星期二")
        assert (clock["workday"], clock["speed"]) == (True, 0)
        moved = await post(page, "clock", step="hour")
        assert moved == {"ok": True, "now": "2021-05-25T10:20:00+08:00", "planned": 1, "sent": 1}
        assert virtual_world.platform.inbox("xinmin")[0].at == datetime(2021, 5, 25, 10, 20, tzinfo=SHANGHAI)
        await post(page, "clock", step="day")
        await post(page, "clock", now="2021-05-28")
        await post(page, "clock", step="workday")
        await post(page, "clock", step="next")
        shown = [f"{moment:%m-%d %H:%M}" for moment in bot.moves]
        assert shown == ["05-25 10:20", "05-26 10:20", "05-28 09:20", "05-31 09:20", "05-31 09:27"]
        assert (await post(page, "clock", now="2021-05-01"))["error"] == "时钟只能往后走"
        assert (await post(page, "clock", now="明天"))["error"] == "日期要写成 2021-06-01"
        assert (await post(page, "clock", step="year"))["error"] == "不认识的走法"
        bot.nothing_due = True
        assert (await post(page, "clock", step="next"))["error"] == "后面没有要发生的事了"


async def test_a_platform_of_its_own_process_learns_the_bots_time(hand: Hand) -> None:
    clock = FollowingClock()
    async with run_world(hand, virtual=True, now=clock) as world:
        steps = iter((datetime(2021, 5, 26, 9, 5, tzinfo=SHANGHAI), datetime(2021, 5, 27, 9, 7, tzinfo=SHANGHAI)))

        async def digests() -> int:
            for moment in steps:
                world.bot.clock = moment
                await world.bot.send_text("xinmin", "早上好")
            return 2

        world.bot.on_move = digests
        async with aiohttp.ClientSession(f"{world.address}/sandbox/") as page:
            assert (await post(page, "clock", now="2021-05-28"))["sent"] == 2
        shown = [f"{message.at:%m-%d %H:%M}" for message in world.platform.inbox("xinmin")]
        assert shown == ["05-26 09:05", "05-27 09:07"]


async def test_only_one_turns_the_clock_at_a_time(virtual_world: World) -> None:
    virtual_world.bot.gate.clear()
    async with (
        aiohttp.ClientSession(f"{virtual_world.address}/sandbox/") as page,
        page.get("events") as stream,
    ):
        await next_event(stream)
        first = asyncio.create_task(post(page, "clock", step="day"))
        assert (await next_event(stream))["moving"] is True
        while not (await get(page, "clock"))["moving"]:
            pass
        assert (await post(page, "clock", step="day"))["error"] == "时钟正在走，请稍候"
        virtual_world.bot.gate.set()
        assert (await first)["ok"]


def test_days_are_named_by_the_calendar() -> None:
    assert day_of(datetime(2021, 5, 25, tzinfo=SHANGHAI).date()) == Day(True, "")
    assert day_of(datetime(2021, 5, 29, tzinfo=SHANGHAI).date()) == Day(False, "")
    assert day_of(datetime(2021, 6, 14, tzinfo=SHANGHAI).date()) == Day(False, "端午")
    assert day_of(datetime(2021, 9, 26, tzinfo=SHANGHAI).date()) == Day(True, "调休")
    assert next_workday(datetime(2021, 9, 30, tzinfo=SHANGHAI).date()).isoformat() == "2021-10-08"


def test_a_year_without_a_calendar_is_not_guessed() -> None:
    far = datetime(2090, 5, 1, tzinfo=SHANGHAI).date()
    assert day_of(far) == Day(None, "")
    with pytest.raises(ClockRefused, match="2090"):
        next_workday(far)


def test_a_following_clock_shows_real_time_until_it_is_told() -> None:
    clock = FollowingClock()
    assert clock().year >= 2025
    told = parse_moment("2021-05-25T01:20:00Z")
    clock.follow(told, speed=0)
    assert clock().isoformat() == "2021-05-25T09:20:00+08:00"
    assert parse_moment("2021-05-25T09:20") == told
    clock.follow(told, speed=3600)
    assert clock() > told
