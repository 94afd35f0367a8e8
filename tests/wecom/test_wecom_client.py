"""The API client against a platform on loopback: failures, sending, contacts, sign-in."""

import asyncio
import json
import logging
import socket
import traceback
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from platform_on_loopback import BODY, MakeClient, Platform, SharedTokens, Watch, refuses

from bot.wecom.bodies import recall_body
from bot.wecom.client import WecomClient
from bot.wecom.errors import Ambiguous, ErrorClass, PlatformError, Unreached, WecomError
from bot.wecom.tokens import StoredToken


@pytest.fixture
def deaf() -> Iterator[str]:
    """An address that refuses connections for sure: bound, but nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


class TestFailures:
    async def test_nobody_listens(self, make_client: MakeClient, deaf: str) -> None:
        with pytest.raises(Unreached, match="WECOM_API_BASE"):
            await make_client(base_url=deaf).send_raw(BODY)

    async def test_unknown_host(self, make_client: MakeClient) -> None:
        class NoNames(aiohttp.abc.AbstractResolver):
            async def resolve(self, *_: Any, **__: Any) -> list[Any]:
                raise OSError(None, "no such host")

            async def close(self) -> None:
                return None

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoNames())) as session:
            client = make_client(session=session, base_url="https://wecom.example")
            with pytest.raises(Unreached, match="域名"):
                await client.send_raw(BODY)

    async def test_no_connection_in_time(self, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing was sent, so nothing can have been accepted."""

        class SilentNames(aiohttp.abc.AbstractResolver):
            async def resolve(self, *_: Any, **__: Any) -> list[Any]:
                await asyncio.Event().wait()
                return []

            async def close(self) -> None:
                return None

        monkeypatch.setattr("bot.wecom.transport.CONNECT_TIMEOUT", 0.1)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=SilentNames())) as session:
            client = make_client(session=session, base_url="https://wecom.example", call_timeout=30)
            with pytest.raises(Unreached, match="无法连接"):
                await client.send_raw(BODY)

    async def test_dropped_after_the_request_was_read(self, client: WecomClient, platform: Platform) -> None:
        async def drop(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        platform.answers("message/send", drop, {"errcode": 0})
        with pytest.raises(Ambiguous):
            await client.send_raw(BODY)
        assert len(platform.calls("message/send")) == 1, "a message is never repeated behind the outbox's back"
        await client.send_raw(BODY)
        assert {seen.body for seen in platform.calls("message/send")} == {BODY}

    async def test_no_answer_in_time(self, make_client: MakeClient, platform: Platform) -> None:
        release = asyncio.Event()

        async def slow(request: web.Request) -> web.Response:
            await release.wait()
            return web.json_response({"errcode": 0})

        platform.answers("message/send", slow)
        client = make_client(call_timeout=0.3)
        with pytest.raises(Ambiguous, match="时限"):
            await client.send_raw(BODY)
        release.set()

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    async def test_http_5xx(self, client: WecomClient, platform: Platform, status: int) -> None:
        async def fail(request: web.Request) -> web.Response:
            return web.Response(status=status)

        platform.answers("message/send", fail)
        with pytest.raises(Ambiguous, match=str(status)):
            await client.send_raw(BODY)

    async def test_http_4xx(self, client: WecomClient, platform: Platform) -> None:
        async def fail(request: web.Request) -> web.Response:
            return web.Response(status=403, text="<html>WAF</html>")

        platform.answers("message/send", fail)
        with pytest.raises(Unreached) as caught:
            await client.send_raw(BODY)
        assert caught.value.status == 403

    async def test_redirect_is_not_followed(self, client: WecomClient, platform: Platform) -> None:
        async def elsewhere(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": "/cgi-bin/elsewhere"})

        platform.answers("message/send", elsewhere)
        with pytest.raises(Unreached):
            await client.send_raw(BODY)
        assert platform.calls("elsewhere") == []

    @pytest.mark.parametrize(
        "text", ["<html>login</html>", "[]", "null", "{}", '{"errcode":"x"}', '{"errcode":null}', "[" * 100_000]
    )
    async def test_not_an_answer(self, client: WecomClient, platform: Platform, text: str) -> None:
        async def other(request: web.Request) -> web.Response:
            return web.Response(text=text)

        platform.answers("message/send", other)
        with pytest.raises(Ambiguous):
            await client.send_raw(BODY)

    @pytest.mark.parametrize(
        ("code", "cls"),
        [
            (45009, ErrorClass.RATE),
            (-1, ErrorClass.TRANSIENT),
            (60020, ErrorClass.SETTINGS),
            (81013, ErrorClass.RECIPIENT),
            (45002, ErrorClass.CONTENT),
        ],
    )
    async def test_refusal(self, client: WecomClient, platform: Platform, code: int, cls: ErrorClass) -> None:
        platform.answers("message/send", refuses(code))
        with pytest.raises(WecomError) as caught:
            await client.send_raw(BODY)
        assert (caught.value.errcode, caught.value.errmsg, caught.value.cls) == (code, "no", cls)
        assert len(platform.calls("message/send")) == 1

    async def test_no_secret_in_any_error_or_log(
        self, make_client: MakeClient, platform: Platform, deaf: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)

        async def abort(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

        async def babble(request: web.Request) -> web.StreamResponse:
            assert request.transport is not None
            request.transport.write(b"HTTP/1.1 what?\r\n\r\n")
            return await abort(request)

        async def echo(request: web.Request) -> web.Response:
            return web.json_response({"errcode": 40035, "errmsg": f"bad {request.rel_url}"})

        async def redirect(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": str(request.rel_url)})

        platform.answers("message/send", babble, abort, echo, redirect, {"errcode": 40014}, {"errcode": 40014})
        client = make_client()
        clients = [client] * 5 + [make_client(base_url=deaf, token_store=SharedTokens())]
        said = [repr(StoredToken("token-9", Watch().time)), repr(client)]
        for each in clients:
            with pytest.raises(PlatformError) as caught:
                await each.send_raw(BODY)
            said.append("".join(traceback.format_exception(caught.value)))
        platform.answers("gettoken", echo, abort)
        for each in (make_client(token_store=SharedTokens()), make_client(token_store=SharedTokens())):
            with pytest.raises(PlatformError) as caught:
                await each.send_raw(BODY)
            said.append("".join(traceback.format_exception(caught.value)))
        # The server's own access log, which is not ours, is where the test may find the request line.
        said += [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
        for text in said:
            assert "right-secret" not in text
            assert "token-" not in text

    def test_bad_base_url(self, make_client: MakeClient) -> None:
        for url in ("", "qyapi.example.com", "ftp://qyapi.example.com", "https://"):
            with pytest.raises(ValueError, match="WECOM_API_BASE"):
                make_client(base_url=url)


class TestSending:
    async def test_exact_bytes(self, client: WecomClient, platform: Platform) -> None:
        odd = b'{ "touser":"a",\n "x":"\\u4f60\xe5\xa5\xbd" }'
        await client.send_raw(odd)
        assert platform.calls("message/send")[0].body == odd

    async def test_result(self, client: WecomClient, platform: Platform) -> None:
        platform.answers(
            "message/send",
            {
                "errcode": 0,
                "errmsg": "ok",
                "invaliduser": "LiSi|wangwu",
                "unlicenseduser": "ZhaoLiu",
                "msgid": "m-1",
                "response_code": "rc-1",
            },
        )
        result = await client.send_raw(BODY)
        assert result.invalid == {"lisi", "wangwu"}
        assert result.unlicensed == {"zhaoliu"}
        assert (result.errcode, result.errmsg, result.msgid, result.response_code) == (0, "ok", "m-1", "rc-1")

    async def test_nobody_invalid(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("message/send", {"errcode": 0, "invaliduser": "", "msgid": None})
        result = await client.send_raw(BODY)
        assert (result.invalid, result.unlicensed, result.msgid, result.response_code) == (set(), set(), "", "")

    async def test_update_card(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("message/update_template_card", {"errcode": 0, "invaliduser": ["LiSi"]})
        assert (await client.update_card(b"{}")).invalid == {"lisi"}

    async def test_recall(self, client: WecomClient, platform: Platform) -> None:
        await client.recall(recall_body("m-1"))
        assert json.loads(platform.calls("message/recall")[0].body) == {"msgid": "m-1"}

    async def test_menu(self, client: WecomClient, platform: Platform) -> None:
        await client.create_menu({"button": []})
        (seen,) = platform.calls("menu/create")
        assert seen.query["agentid"] == "1000002"
        assert json.loads(seen.body) == {"button": []}


class TestContactsAndSignIn:
    async def test_departments(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("department/list", {"errcode": 0, "department": [{"id": 1, "name": "垫江县"}]})
        assert await client.departments() == [{"id": 1, "name": "垫江县"}]

    async def test_users(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("user/list", {"errcode": 0, "userlist": [{"userid": "a", "position": "联络员"}]})
        assert await client.users(7) == [{"userid": "a", "position": "联络员"}]
        query = platform.calls("user/list")[0].query
        assert (query["department_id"], query["fetch_child"]) == ("7", "0")

    @pytest.mark.parametrize("code", [48002, 60011])
    async def test_users_with_little_permission(self, client: WecomClient, platform: Platform, code: int) -> None:
        platform.answers("user/list", refuses(code))
        platform.answers("user/simplelist", {"errcode": 0, "userlist": [{"userid": "a", "name": "甲"}]})
        assert await client.users(7) == [{"userid": "a", "name": "甲"}]

    async def test_users_refused_for_another_reason(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("user/list", refuses(60020))
        with pytest.raises(WecomError):
            await client.users(7)
        assert platform.calls("user/simplelist") == []

    @pytest.mark.parametrize("answer", [{}, {"userlist": None}, {"userlist": ["a"]}])
    async def test_unusable_list(self, client: WecomClient, platform: Platform, answer: dict[str, Any]) -> None:
        platform.answers("user/list", {"errcode": 0, **answer})
        with pytest.raises(Ambiguous):
            await client.users(7)

    async def test_sign_in(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("auth/getuserinfo", {"errcode": 0, "userid": "lisi"})
        assert await client.user_for_code("c") == "lisi"
        assert platform.calls("auth/getuserinfo")[0].query["code"] == "c"

    async def test_sign_in_on_an_older_deployment(self, client: WecomClient, platform: Platform) -> None:
        async def unknown(request: web.Request) -> web.Response:
            return web.Response(status=404)

        platform.answers("auth/getuserinfo", unknown)
        platform.answers("user/getuserinfo", {"errcode": 0, "UserId": "lisi"})
        assert await client.user_for_code("c") == "lisi"

    async def test_sign_in_of_a_stranger(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("auth/getuserinfo", {"errcode": 0, "openid": "o"})
        assert await client.user_for_code("c") is None

    async def test_sign_in_with_a_used_code(self, client: WecomClient, platform: Platform) -> None:
        """The second path is for hosts without the first, not another try with the same code."""

        async def forbidden(request: web.Request) -> web.Response:
            return web.Response(status=403)

        platform.answers("auth/getuserinfo", refuses(40029), forbidden)
        for expected in (WecomError, Unreached):
            with pytest.raises(expected):
                await client.user_for_code("c")
        assert platform.calls("user/getuserinfo") == []
