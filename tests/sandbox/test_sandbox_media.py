"""Media, the menu, the authorize page, and planted faults, over HTTP as a stranger would use them."""

import asyncio
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from echo_bot import MENU
from sandbox_world import Hand, World
from yarl import URL

from sandbox.credentials import DEMO
from sandbox.errors import ApiError
from sandbox.media import MediaStore, content_type_of
from sandbox.menu import check_menu

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


async def token(world: World) -> str:
    query = {"corpid": DEMO.corp_id, "corpsecret": DEMO.secret}
    return str((await world.bot.call("GET", "gettoken", **query))["access_token"])


async def upload(world: World, disposition: str, data: bytes, kind: str = "file") -> dict[str, Any]:
    """A multipart request written by hand, because clients differ in how they write file names."""
    raw = b'--b\r\nContent-Disposition: form-data; name="media"; ' + disposition.encode()
    raw += b"\r\nContent-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--b--\r\n"
    query = {"access_token": await token(world), "type": kind}
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    address = f"{world.address}/cgi-bin/media/upload"
    async with (
        aiohttp.ClientSession() as http,
        http.post(address, params=query, data=BytesIO(raw), headers=headers) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


async def test_an_uploaded_file_can_be_sent_and_fetched(world: World) -> None:
    made = await upload(world, 'filename="台账.xlsx"', b"sheet!")
    assert (made["errcode"], made["type"]) == (0, "file")
    assert (await world.bot.send("xinmin", "file", {"media_id": made["media_id"]}))["errcode"] == 0
    (message,) = world.platform.inbox("xinmin")
    assert (message.text, message.body["size"]) == ("台账.xlsx", 6)
    assert await world.bot.download(made["media_id"]) == b"sheet!"
    # A file is not a picture.
    assert (await world.bot.send("xinmin", "image", {"media_id": made["media_id"]}))["errcode"] == 40007


async def test_file_names_are_read_as_the_platform_reads_them(world: World) -> None:
    quoted = await upload(world, 'filename="%E5%8F%B0.xlsx"', b"sheet!")
    await world.bot.send("xinmin", "file", {"media_id": quoted["media_id"]})
    assert world.platform.inbox("xinmin")[0].text == "%E5%8F%B0.xlsx"
    extended = await upload(world, "filename*=utf-8''%E5%8F%B0.xlsx", b"sheet!")
    assert extended["errcode"] == 44001


async def test_media_live_three_days(world: World, hand: Hand) -> None:
    made = await upload(world, 'filename="a.txt"', b"sixsix")
    hand.turn(hours=71)
    assert (await world.bot.send("xinmin", "file", {"media_id": made["media_id"]}))["errcode"] == 0
    hand.turn(hours=1)
    assert (await world.bot.send("xinmin", "file", {"media_id": made["media_id"]}))["errcode"] == 40007
    # The phone still shows what it once got.
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{world.address}/sandbox/media/{made['media_id']}") as answer,
    ):
        assert await answer.read() == b"sixsix"
        assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("kind", "size", "code"),
    [
        ("file", 5, 40006),
        ("file", 6, 0),
        ("file", 20 * 1024**2, 0),
        ("file", 20 * 1024**2 + 1, 45001),
        ("image", 10 * 1024**2 + 1, 45001),
        ("song", 6, 40004),
    ],
)
def test_media_have_sizes(hand: Hand, kind: str, size: int, code: int) -> None:
    store = MediaStore(hand)
    if code == 0:
        assert store.get(store.put(kind, "a", b"x" * size).media_id).data == b"x" * size
        return
    with pytest.raises(ApiError) as refusal:
        store.put(kind, "a", b"x" * size)
    assert refusal.value.code == code


async def test_the_largest_file_fits_through_http(world: World) -> None:
    assert (await upload(world, 'filename="big.zip"', b"x" * 20 * 1024**2))["errcode"] == 0
    assert (await upload(world, 'filename="big.zip"', b"x" * (20 * 1024**2 + 1)))["errcode"] == 45001


def test_only_true_pictures_are_shown_in_a_page() -> None:
    assert content_type_of("a.png", PNG) == "image/png"
    assert content_type_of("a.png", b"<script>") == "application/octet-stream"
    assert content_type_of("a.svg", b"<svg onload=1>") == "application/octet-stream"
    assert content_type_of("a.html", b"<script>") == "application/octet-stream"


async def test_the_menu_is_kept_and_its_items_call_back(world: World) -> None:
    agent = str(DEMO.agent_id)
    assert (await world.bot.call("GET", "menu/get", agentid=agent))["errcode"] == 46003
    assert (await world.bot.call("POST", "menu/create", MENU, agentid="7"))["errcode"] == 40056
    assert (await world.bot.call("POST", "menu/create", MENU, agentid=agent))["errcode"] == 0
    assert (await world.bot.call("GET", "menu/get", agentid=agent))["button"] == MENU["button"]
    assert (await world.platform.choose("xinmin", "soon")).ok
    assert world.bot.taken[-1]["EventKey"] == "soon"
    assert (await world.bot.call("GET", "menu/delete", agentid=agent))["errcode"] == 0
    assert world.platform.menu == []


CLICK = {"type": "click", "name": "帮助", "key": "help"}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([CLICK] * 4, 40016),
        ("帮助", 40016),
        ([{**CLICK, "name": "六个汉字太长"}], 40018),
        ([{**CLICK, "name": ""}], 40018),
        ([{**CLICK, "type": "shake"}], 40017),
        ([{**CLICK, "key": "k" * 129}], 40019),
        ([{"type": "view", "name": "看板"}], 40020),
        ([{"name": "任务", "sub_button": [CLICK] * 6}], 40023),
        ([{"name": "任务", "sub_button": []}], 40023),
        ([{"name": "任务", "sub_button": [{"name": "再下", "sub_button": [CLICK]}]}], 40022),
        ([{"name": "任务", "sub_button": [{**CLICK, "name": "字" * 14}]}], 40025),
        ([{"name": "任务", "sub_button": [{**CLICK, "type": "shake"}]}], 40024),
        ([{"name": "任务", "sub_button": [{**CLICK, "key": "k" * 129}]}], 40026),
        ([{"name": "任务", "sub_button": [{"type": "view", "name": "看板"}]}], 40027),
    ],
)
def test_a_wrong_menu_is_refused(buttons: Any, code: int) -> None:
    with pytest.raises(ApiError) as refusal:
        check_menu({"button": buttons})
    assert refusal.value.code == code


def test_a_menu_at_its_limits_is_accepted() -> None:
    full = {"name": "五个汉字满", "sub_button": [{**CLICK, "name": "字" * 13, "key": "k" * 128}] * 5}
    assert len(check_menu({"button": [full] * 3})) == 3


async def authorize(world: World, holder: str = "", **change: str) -> tuple[int, URL, str]:
    query = {
        "appid": DEMO.corp_id,
        "redirect_uri": "http://127.0.0.1:8000/board?tab=1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        "agentid": str(DEMO.agent_id),
    } | change
    address = f"{world.address}/connect/oauth2/authorize"
    async with (
        aiohttp.ClientSession(headers={"Cookie": f"sandbox_userid={holder}"}) as http,
        http.get(address, params=query, allow_redirects=False) as answer,
    ):
        return answer.status, URL(answer.headers.get("Location", "")), await answer.text()


async def test_a_page_learns_who_opened_it(world: World, hand: Hand) -> None:
    status, back, _ = await authorize(world, holder="sifa")
    assert (status, back.path, back.query["tab"], back.query["state"]) == (302, "/board", "1", "s1")
    code = back.query["code"]
    assert (await world.bot.call("GET", "auth/getuserinfo", code=code))["userid"] == "sifa"
    assert (await world.bot.call("GET", "auth/getuserinfo", code=code))["errcode"] == 40029  # works once
    _, back, _ = await authorize(world, userid="xinmin")
    assert (await world.bot.call("GET", "user/getuserinfo", code=back.query["code"]))["UserId"] == "xinmin"
    _, back, _ = await authorize(world, userid="xinmin")
    hand.turn(minutes=5)
    assert (await world.bot.call("GET", "auth/getuserinfo", code=back.query["code"]))["errcode"] == 40029


async def test_the_authorize_page_asks_when_nobody_holds_the_phone(world: World) -> None:
    status, _, page = await authorize(world)
    assert status == 200
    assert "王娟（新民镇 · 联络员）" in page


@pytest.mark.parametrize(
    "change",
    [{"appid": "wwother"}, {"redirect_uri": "javascript:alert(1)"}, {"response_type": "token"}, {"scope": "all"}],
)
async def test_a_wrong_authorize_request_is_refused(world: World, change: dict[str, str]) -> None:
    assert (await authorize(world, userid="xinmin", **change))[0] == 400


async def plant(world: World, **fault: Any) -> int:
    address = f"{world.address}/sandbox/faults"
    async with aiohttp.ClientSession() as http, http.post(address, json=fault) as answer:
        return answer.status


async def test_planted_errcodes_are_given_so_many_times(world: World) -> None:
    assert await plant(world, api="message/send", errcode=45009, times=2) == 200
    codes = [(await world.bot.send_text("xinmin", str(n)))["errcode"] for n in range(3)]
    assert codes == [45009, 45009, 0]
    assert [message.text for message in world.platform.inbox("xinmin")] == ["2"]
    assert world.platform.state()["errcodes"]["45009"] == 2


async def test_a_planted_status_and_a_lost_request_do_no_work(world: World) -> None:
    await plant(world, api="message/send", status=502)
    with pytest.raises(aiohttp.ContentTypeError):
        await world.bot.send_text("xinmin", "一")
    await plant(world, api="message/send", drop="before")
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.bot.send_text("xinmin", "二")
    assert not world.platform.inbox("xinmin")


async def test_a_lost_answer_leaves_the_work_done(world: World) -> None:
    await plant(world, api="message/send", drop="after")
    with pytest.raises(aiohttp.ClientConnectionError):
        await world.bot.send_text("xinmin", "到了")
    assert [message.text for message in world.platform.inbox("xinmin")] == ["到了"]


async def test_faults_can_be_cleared_and_must_make_sense(world: World) -> None:
    assert await plant(world, api="message/send") == 400
    assert await plant(world, api="message/send", errcode=1, status=500) == 400
    assert await plant(world, api="message/send", drop="sideways") == 400
    assert await plant(world, api="message/send", colour="red") == 400
    await plant(world, api="message/send", errcode=-1, times=9)
    async with aiohttp.ClientSession() as http, http.delete(f"{world.address}/sandbox/faults") as answer:
        assert answer.status == 200
    assert (await world.bot.send_text("xinmin", "一"))["errcode"] == 0


async def test_an_answer_can_say_more_than_was_done(world: World) -> None:
    await plant(world, api="message/send", drop="silent")
    assert (await world.bot.send_text("xinmin", "没到"))["errcode"] == 0
    assert not world.platform.inbox("xinmin")
    assert (await world.bot.send_text("xinmin", "到了"))["errcode"] == 0
    assert [message.text for message in world.platform.inbox("xinmin")] == ["到了"]


async def test_an_answer_can_come_long_after_the_work(world: World) -> None:
    await plant(world, api="message/send", delay=60)
    late = asyncio.create_task(world.bot.send_text("xinmin", "到了"))
    assert (await world.platform.wait_for("xinmin", lambda message: message.text == "到了")).text
    assert not late.done()
    late.cancel()
