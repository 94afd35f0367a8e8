"""The platform's API over HTTP: tokens, contacts, and what message/send does."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from echo_bot import button_card
from sandbox_world import PEOPLE, Hand, World

from sandbox.credentials import DEMO


@pytest.fixture
async def http(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(f"{world.address}/cgi-bin/") as session:
        yield session


async def token(http: aiohttp.ClientSession) -> str:
    query = {"corpid": DEMO.corp_id, "corpsecret": DEMO.secret}
    async with http.get("gettoken", params=query) as answer:
        return str((await answer.json())["access_token"])


async def post(http: aiohttp.ClientSession, api: str, raw: bytes | str, access_token: str) -> dict[str, Any]:
    async with http.post(api, params={"access_token": access_token}, data=raw) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


def text_to(userids: str, words: str, **more: Any) -> dict[str, Any]:
    return {"touser": userids, "msgtype": "text", "agentid": DEMO.agent_id, "text": {"content": words}, **more}


@pytest.mark.parametrize(
    ("corp", "secret", "code"),
    [(DEMO.corp_id, DEMO.secret, 0), ("wwother", DEMO.secret, 40013), (DEMO.corp_id, "wrong", 40001)],
)
async def test_a_token_costs_the_right_corp_and_secret(
    http: aiohttp.ClientSession, corp: str, secret: str, code: int
) -> None:
    async with http.get("gettoken", params={"corpid": corp, "corpsecret": secret}) as answer:
        found = await answer.json()
    assert answer.status == 200
    assert found["errcode"] == code
    if code == 0:
        assert 0 < len(found["access_token"]) <= 512
        assert found["expires_in"] == 7200


async def test_a_token_lives_two_hours_and_is_the_same_until_then(
    http: aiohttp.ClientSession, world: World, hand: Hand
) -> None:
    first = await token(http)
    hand.turn(seconds=7199)
    assert await token(http) == first
    assert (await post(http, "message/send", json.dumps(text_to("xinmin", "在")), first))["errcode"] == 0
    hand.turn(seconds=1)
    assert (await post(http, "message/send", json.dumps(text_to("xinmin", "在")), first))["errcode"] == 42001
    second = await token(http)
    assert second != first
    world.platform.tokens.revoke()
    assert (await post(http, "message/send", json.dumps(text_to("xinmin", "在")), second))["errcode"] == 40014


async def test_a_call_without_a_good_token_is_refused(http: aiohttp.ClientSession) -> None:
    async with http.get("user/get", params={"userid": "xinmin"}) as answer:
        assert (await answer.json())["errcode"] == 41001
    assert (await post(http, "message/send", "{}", "made-up"))["errcode"] == 40014


async def test_an_unknown_api_is_not_found_and_a_wrong_method_not_allowed(http: aiohttp.ClientSession) -> None:
    async with http.get("message/unknown") as answer:
        assert answer.status == 404
    async with http.get("message/send") as answer:
        assert answer.status == 405


async def test_whoever_can_be_reached_gets_it_and_the_rest_is_named(world: World) -> None:
    answer = await world.bot.send_text("XinMin|Nobody|shaping|xinmin", "今天 5 项")
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == "nobody"
    for userid in ("xinmin", "ShaPing"):
        assert [message.text for message in world.platform.inbox(userid)] == ["今天 5 项"]


async def test_nobody_reachable_is_81013(world: World) -> None:
    assert (await world.bot.send_text("nobody|noone", "在吗"))["errcode"] == 81013


async def test_members_without_a_licence_are_named(world: World) -> None:
    world.platform.unlicensed.add("ShaPing")
    answer = await world.bot.send_text("xinmin|shaping", "在吗")
    assert answer["errcode"] == 0
    assert answer["unlicenseduser"] == "shaping"
    assert not world.platform.inbox("ShaPing")


async def test_a_department_and_everybody_can_be_addressed(world: World) -> None:
    departments = (await world.bot.call("GET", "department/list"))["department"]
    number = next(one["id"] for one in departments if one["name"] == "沙坪镇")
    body = {"toparty": f"{number}|999", "msgtype": "text", "agentid": DEMO.agent_id, "text": {"content": "沙坪"}}
    answer = await world.bot.call("POST", "message/send", body)
    assert (answer["errcode"], answer["invalidparty"]) == (0, "999")
    assert len(world.platform.inbox("ShaPing")) == 1
    assert not world.platform.inbox("xinmin")
    await world.bot.send_text("@all", "大家")
    assert all(world.platform.inbox(person.userid)[-1].text == "大家" for person in PEOPLE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"agentid": str(DEMO.agent_id)}, 40056),
        ({"agentid": 7}, 40056),
        ({"agentid": float(DEMO.agent_id)}, 40056),
        ({"touser": ""}, 82001),
        ({"touser": "|".join(f"u{n}" for n in range(1001))}, 40031),
        ({"touser": ["xinmin"]}, 40035),
        ({"toparty": "|".join(str(n) for n in range(101))}, 82002),
        ({"totag": "|".join(str(n) for n in range(101))}, 82003),
        ({"msgtype": "carrier pigeon"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {}}, 44004),
        ({"msgtype": "file", "file": {"media_id": "made-up"}}, 40007),
        ({"msgtype": "textcard", "textcard": {"title": "无网址", "description": "x"}}, 40035),
        ({"enable_duplicate_check": 1, "duplicate_check_interval": "long"}, 40035),
    ],
)
async def test_a_wrong_request_is_refused_and_reaches_nobody(world: World, change: dict[str, Any], code: int) -> None:
    answer = await world.bot.call("POST", "message/send", text_to("xinmin", "在") | change)
    assert answer["errcode"] == code
    assert not world.platform.inbox("xinmin")


async def test_a_thousand_recipients_are_allowed(world: World) -> None:
    many = "|".join(["xinmin", *(f"u{n}" for n in range(999))])
    assert (await world.bot.send_text(many, "在"))["errcode"] == 0


async def test_what_is_not_json_is_refused(http: aiohttp.ClientSession) -> None:
    access = await token(http)
    assert (await post(http, "message/send", "{", access))["errcode"] == 47001
    assert (await post(http, "message/send", "[]", access))["errcode"] == 47001


async def test_a_long_text_is_cut_without_a_word_on_a_code_point(world: World) -> None:
    assert (await world.bot.send_text("xinmin", "字" * 683))["errcode"] == 0  # 2,049 bytes
    assert (await world.bot.send("xinmin", "markdown", {"content": "a" * 2047 + "字"}))["errcode"] == 0
    long_text, long_markdown = (message.text for message in world.platform.inbox("xinmin"))
    assert long_text == "字" * 682
    assert long_markdown == "a" * 2047


async def test_a_text_card_is_cut_too(world: World) -> None:
    card = {"title": "题" * 50, "description": "述" * 200, "url": "http://127.0.0.1/"}
    assert (await world.bot.send("xinmin", "textcard", card))["errcode"] == 0
    (message,) = world.platform.inbox("xinmin")
    assert (len(message.body["title"]), len(message.body["description"])) == (42, 170)


async def test_the_excess_over_thirty_a_minute_is_gone_without_a_word(world: World, hand: Hand) -> None:
    answers = [await world.bot.send_text("xinmin", f"第 {n} 条") for n in range(33)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert len(world.platform.inbox("xinmin")) == 30
    state = world.platform.state()
    assert (state["sent"], state["discarded"]) == (30, 3)
    hand.turn(minutes=1)
    await world.bot.send_text("xinmin", "又一条")
    assert world.platform.inbox("xinmin")[-1].text == "又一条"


async def test_an_api_that_is_called_too_often_says_45009_for_a_minute(world: World, hand: Hand) -> None:
    for _ in range(10_000):
        world.platform.apis.admit("message/send", hand())
    assert (await world.bot.send_text("xinmin", "一"))["errcode"] == 45009
    hand.turn(seconds=61)
    assert (await world.bot.send_text("xinmin", "二"))["errcode"] == 0
    assert world.platform.state()["apis"]["message/send"] == {"45009": 1, "0": 1}


async def test_a_repeated_request_is_shown_once_when_the_check_is_on(
    http: aiohttp.ClientSession, world: World, hand: Hand
) -> None:
    access = await token(http)
    raw = json.dumps(text_to("xinmin|nobody", "09:05 第 1 号", enable_duplicate_check=1))
    first = await post(http, "message/send", raw, access)
    hand.turn(seconds=1799)
    again = await post(http, "message/send", raw, access)
    assert again == first
    assert len(world.platform.inbox("xinmin")) == 1
    # Other bytes for the same words are another message.
    assert (await post(http, "message/send", raw + " ", access))["msgid"] != first["msgid"]
    hand.turn(seconds=1)
    late = await post(http, "message/send", raw, access)
    assert late["msgid"] != first["msgid"]
    assert len(world.platform.inbox("xinmin")) == 3
    assert world.platform.state()["duplicates"] == 1


async def test_the_check_must_be_on_at_the_first_attempt(world: World) -> None:
    await world.bot.call("POST", "message/send", text_to("xinmin", "没开"))
    await world.bot.call("POST", "message/send", text_to("xinmin", "没开"))
    assert len(world.platform.inbox("xinmin")) == 2


async def test_the_interval_of_the_check_ends_at_four_hours(
    http: aiohttp.ClientSession, world: World, hand: Hand
) -> None:
    raw = json.dumps(text_to("xinmin", "一", enable_duplicate_check=1, duplicate_check_interval=99_999))
    first = await post(http, "message/send", raw, await token(http))
    hand.turn(seconds=14_399)
    assert await post(http, "message/send", raw, await token(http)) == first
    hand.turn(seconds=1)
    assert (await post(http, "message/send", raw, await token(http)))["msgid"] != first["msgid"]


async def test_a_message_can_be_recalled_within_a_day(world: World, hand: Hand) -> None:
    first = await world.bot.send_text("xinmin|sifa", "发错了")
    assert (await world.bot.call("POST", "message/recall", {"msgid": first["msgid"]}))["errcode"] == 0
    assert world.platform.inbox("xinmin")[0].state == "recalled"
    assert world.platform.inbox("sifa")[0].as_json()["body"] == {}
    second = await world.bot.send_text("xinmin", "晚了")
    hand.turn(hours=24, seconds=1)
    assert (await world.bot.call("POST", "message/recall", {"msgid": second["msgid"]}))["errcode"] == 40058
    assert (await world.bot.call("POST", "message/recall", {"msgid": "1"}))["errcode"] == 40058


async def test_contacts_can_be_read(world: World) -> None:
    departments = (await world.bot.call("GET", "department/list"))["department"]
    assert [one["name"] for one in departments][:2] == ["全县", "新民镇"]
    brief = (await world.bot.call("GET", "department/simplelist"))["department_id"]
    assert brief[1] == {"id": departments[1]["id"], "parentid": 1, "order": departments[1]["order"]}
    number = str(departments[1]["id"])
    assert (await world.bot.call("GET", "user/simplelist", department_id=number))["userlist"] == [
        {"userid": "xinmin", "name": "王娟", "department": [departments[1]["id"]]}
    ]
    everybody = (await world.bot.call("GET", "user/list", department_id="1", fetch_child="1"))["userlist"]
    assert [one["userid"] for one in everybody] == [person.userid for person in PEOPLE]
    assert (await world.bot.call("GET", "user/get", userid="SIFA"))["name"] == "金冬梅"
    assert (await world.bot.call("GET", "user/get", userid="nobody"))["errcode"] == 60111
    assert (await world.bot.call("GET", "user/list", department_id="999"))["errcode"] == 60003


async def test_a_group_chat_is_pushed_to_everybody_in_it(world: World) -> None:
    made = await world.bot.call("POST", "appchat/create", {"name": "专班", "userlist": ["xinmin", "sifa"]})
    chat = {"chatid": made["chatid"]}
    info = (await world.bot.call("GET", "appchat/get", chatid=made["chatid"]))["chat_info"]
    assert (info["name"], info["userlist"]) == ("专班", ["xinmin", "sifa"])
    sent = await world.bot.call("POST", "appchat/send", {**chat, "msgtype": "text", "text": {"content": "开会"}})
    assert sent["errcode"] == 0
    (message,) = world.platform.inbox("sifa")
    assert (message.chat, message.text) == ("专班", "开会")
    card = {**chat, "msgtype": "template_card", "template_card": button_card("t")}
    assert (await world.bot.call("POST", "appchat/send", card))["errcode"] == 40008
    alone = await world.bot.call("POST", "appchat/create", {"userlist": ["xinmin"]})
    assert alone["errcode"] == 86003
    unknown = await world.bot.call("POST", "appchat/send", {"chatid": "x", "msgtype": "text"})
    assert unknown["errcode"] == 86001
