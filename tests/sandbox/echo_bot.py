"""A tiny bot to hold against the sandbox: it opens callbacks, answers through the API, and has a virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import aiohttp
from aiohttp import web

from sandbox.crypto import Envelope

Fields = dict[str, str]

MENU: dict[str, list[dict[str, Any]]] = {
    "button": [
        {
            "name": "我的任务",
            "sub_button": [
                {"type": "click", "name": "全部任务", "key": "tasks"},
                {"type": "click", "name": "快到期的", "key": "soon"},
            ],
        },
        {"type": "click", "name": "帮助", "key": "help"},
    ]
}


def button_card(task_id: str) -> dict[str, Any]:
    """A card as the bot would send one with a new task."""
    return {
        "card_type": "button_interaction",
        "task_id": task_id,
        "source": {"desc": "垫江县人民政府办公室"},
        "main_title": {"title": "34 法治政府建设年度报告", "desc": "2021年5月31日前公开"},
        "horizontal_content_list": [
            {"keyname": "牵头单位", "value": "县司法局"},
            {"keyname": "责任单位", "value": "新民镇"},
        ],
        "button_list": [
            {"text": "签收", "style": 1, "key": "sign:34"},
            {"text": "不涉及", "style": 2, "key": "exempt:34"},
        ],
    }


class EchoBot:
    """Answers 收到：… to a text, a card to 卡片, and closes a card whose button was pressed.

    `taken` are the callbacks it took, `answer` the status it gives (changed by tests), `gate` holds its answers back.
    """

    def __init__(self, envelope: Envelope, agent_id: int, secret: str) -> None:
        self.envelope = envelope
        self.agent_id = agent_id
        self.secret = secret
        self.api = ""
        self.taken: list[Fields] = []
        self.attempts = 0
        self._attempted = asyncio.Condition()
        self.answer = 200
        self.closes_cards = True
        self.gate = asyncio.Event()
        self.gate.set()
        self.clock: datetime | None = None
        self.on_move: Callable[[], Awaitable[int]] | None = None
        self.nothing_due = False
        self.moves: list[datetime] = []
        self._session: aiohttp.ClientSession | None = None
        self._works: set[asyncio.Task[None]] = set()
        self._cards = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/wecom/callback", self._verify)
        app.router.add_post("/wecom/callback", self._callback)
        app.router.add_get("/clock", self._get_clock)
        app.router.add_post("/clock", self._post_clock)
        app.router.add_get("/clock/next", self._next)
        app.on_cleanup.append(self._close)
        return app

    async def call(self, method: str, api: str, body: Any = None, **query: str) -> dict[str, Any]:
        """One call of the platform's API with a fresh token."""
        token = await self._request("GET", "gettoken", corpid=self.envelope.receive_id, corpsecret=self.secret)
        return await self._request(method, api, body, access_token=token["access_token"], **query)

    async def send(self, userid: str, msgtype: str, content: Any) -> dict[str, Any]:
        body = {"touser": userid, "msgtype": msgtype, "agentid": self.agent_id, msgtype: content}
        return await self.call("POST", "message/send", body)

    async def send_text(self, userid: str, words: str) -> dict[str, Any]:
        return await self.send(userid, "text", {"content": words})

    async def send_card(self, userid: str) -> dict[str, Any]:
        self._cards += 1
        return await self.send(userid, "template_card", button_card(f"task-{self._cards}"))

    async def download(self, media_id: str) -> bytes:
        token = await self._request("GET", "gettoken", corpid=self.envelope.receive_id, corpsecret=self.secret)
        query = {"access_token": token["access_token"], "media_id": media_id}
        async with self._open().get(f"{self.api}/cgi-bin/media/get", params=query) as answer:
            return await answer.read()

    async def reached(self, attempts: int) -> None:
        """Wait until so many callbacks have arrived, answered or not."""
        async with self._attempted:
            await self._attempted.wait_for(lambda: self.attempts >= attempts)

    async def _request(self, method: str, api: str, body: Any = None, **query: str) -> dict[str, Any]:
        async with self._open().request(method, f"{self.api}/cgi-bin/{api}", params=query, json=body) as answer:
            found: dict[str, Any] = await answer.json()
            return found

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def _close(self, app: web.Application) -> None:
        await asyncio.gather(*self._works)
        if self._session is not None:
            await self._session.close()

    async def _verify(self, request: web.Request) -> web.Response:
        query = request.query
        echo = self.envelope.open(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
        return web.Response(body=echo)

    async def _callback(self, request: web.Request) -> web.Response:
        async with self._attempted:
            self.attempts += 1
            self._attempted.notify_all()
        query = request.query
        encrypted = ElementTree.fromstring(await request.text()).findtext("Encrypt", "")
        plain = self.envelope.open(query["msg_signature"], query["timestamp"], query["nonce"], encrypted)
        await self.gate.wait()
        if self.answer != 200:
            return web.Response(status=self.answer)
        root = ElementTree.fromstring(plain)
        fields = {child.tag: child.text or "" for child in root}
        fields["chosen"] = ",".join(option.text or "" for option in root.iter("OptionId"))
        self.taken.append(fields)
        # The work comes after the answer, as the platform wants it.
        work = asyncio.create_task(self._work(fields))
        self._works.add(work)
        work.add_done_callback(self._works.discard)
        return web.Response()

    async def _work(self, fields: Fields) -> None:
        userid = fields["FromUserName"]
        if fields["MsgType"] == "text":
            if fields["Content"] == "卡片":
                await self.send_card(userid)
            else:
                await self.send_text(userid, f"收到：{fields['Content']}")
        elif fields["MsgType"] in ("file", "image"):
            data = await self.download(fields["MediaId"])
            await self.send_text(userid, f"收到文件，{len(data)} 字节")
        elif fields.get("Event") == "template_card_event" and self.closes_cards:
            await self.call(
                "POST",
                "message/update_template_card",
                {
                    "userids": [userid],
                    "agentid": self.agent_id,
                    "response_code": fields["ResponseCode"],
                    "button": {"replace_name": "已签收"},
                },
            )
        elif fields.get("Event") == "click":
            await self.send_text(userid, f"你点了 {fields['EventKey']}")

    async def _get_clock(self, request: web.Request) -> web.Response:
        if self.clock is None:
            return web.Response(status=404)
        return web.json_response({"now": self.clock.isoformat(), "speed": 0})

    async def _post_clock(self, request: web.Request) -> web.Response:
        assert self.clock is not None
        target = datetime.fromisoformat((await request.json())["now"])
        if target < self.clock:
            return web.Response(status=409)
        await self.gate.wait()
        self.clock = target
        self.moves.append(target)
        sent = await self.on_move() if self.on_move is not None else 0
        return web.json_response({"now": target.isoformat(), "planned": sent, "sent": sent})

    async def _next(self, request: web.Request) -> web.Response:
        assert self.clock is not None
        due = None if self.nothing_due else (self.clock + timedelta(minutes=7)).isoformat()
        return web.json_response({"next": due})
