"""A platform of our own to drive the service from outside: nothing of it comes from the service or from its sandbox.

It answers the API as WECOM.md describes it, strictly: what the real platform would refuse, cut or drop silently is
noted in `violations`, and a test that leaves one behind fails. It runs in a thread, so that stories are told in plain
order.
"""

import asyncio
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import aiohttp
from aiohttp import web

from contract.crypto import CallbackCrypto

CORP_ID = "wwf0e1d2c3b4a59687"
AGENT_ID = 1000042
SECRET = "kZ4vQ1-peer-secret-8fTn0LmUeYc2RbXw"
TOKEN = "Peer9Token"
AES_KEY = "Zm9yZWlnbi1wZWVyLWtleS1vZi0zMi1ieXRlcy4uLjQ"

_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_KINDS = frozenset({"text", "markdown", "file", "image", "textcard", "template_card"})


@dataclass(frozen=True)
class Message:
    """One message as it appears on one person's phone. `at` is the service's virtual time when it came."""

    number: int
    user: str
    kind: str
    text: str  # everything there is to read
    at: datetime | None
    card: dict[str, Any] | None = None
    file_name: str = ""
    data: bytes = b""

    @property
    def buttons(self) -> dict[str, str]:
        """Label → key."""
        return {button["text"]: button["key"] for button in (self.card or {}).get("button_list", [])}


@dataclass
class _State:
    tokens: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)  # response_code -> (user, task_id)
    task_ids: set[str] = field(default_factory=set)
    bodies: set[bytes] = field(default_factory=set)


class Peer:
    """`unreachable`: accounts (lower case) nothing can be delivered to. `faults`: answers to give instead, by API."""

    def __init__(self) -> None:
        self.crypto = CallbackCrypto(TOKEN, AES_KEY, CORP_ID)
        self.unreachable: set[str] = set()
        self.all_invalid_code = 81013
        self.faults: dict[str, list[dict[str, Any] | int]] = {}
        self.departments: list[dict[str, Any]] = []
        self.users: list[dict[str, Any]] = []
        self.menus: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.repeated = 0  # requests the duplicate check swallowed
        self.lose_answers = 0  # so many messages are taken and the connection is cut before the answer
        self.calls: list[str] = []
        self.clock_url = ""  # asked for the virtual time of each message
        self._state = _State()
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.url = ""

    # -- life

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=25 * 1024 * 1024)
        api = {
            "message/send": self._send,
            "message/update_template_card": self._update,
            "media/upload": self._upload,
            "media/get": self._media,
            "menu/create": self._menu,
            "department/list": self._departments,
            "department/simplelist": self._departments,
            "user/list": self._users,
            "user/simplelist": self._users,
        }
        app.router.add_get("/cgi-bin/gettoken", self._gettoken)
        for path, handler in api.items():
            app.router.add_route("*", f"/cgi-bin/{path}", self._guarded(path, handler))
        self._http = aiohttp.ClientSession()
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._http.close()

    # -- what tests look at

    def environment(self) -> dict[str, str]:
        """The settings an operator would take from this platform's pages."""
        return {
            "WECOM_API_BASE": self.url,
            "WECOM_CORP_ID": CORP_ID,
            "WECOM_AGENT_ID": str(AGENT_ID),
            "WECOM_SECRET": SECRET,
            "WECOM_CALLBACK_TOKEN": TOKEN,
            "WECOM_ENCODING_AES_KEY": AES_KEY,
        }

    @property
    def messages(self) -> list[Message]:
        with self._changed:
            return list(self._state.messages)

    def inbox(self, user: str, after: int = 0) -> list[Message]:
        return [m for m in self.messages if m.user.lower() == user.lower() and m.number > after]

    def last_number(self) -> int:
        with self._changed:
            return self._state.messages[-1].number if self._state.messages else 0

    def wait(self, until: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
        """Waits until something that follows from a request to this platform holds."""
        with self._changed:
            assert self._changed.wait_for(until, seconds), f"waited {seconds} s for {what}"

    def put_media(self, name: str, data: bytes) -> str:
        """A file a person is about to send in the chat."""
        media_id = f"media-in-{next(self._numbers)}"
        with self._changed:
            self._state.media[media_id] = (name, data)
        return media_id

    def press(self, message: Message, label: str) -> tuple[str, str, str]:
        """What the platform says of a pressed button: (key, task id, a fresh response code)."""
        assert message.card is not None, message.text
        code = f"code-{next(self._numbers)}"
        with self._changed:
            self._state.codes[code] = (message.user, message.card["task_id"])
        return message.buttons[label], message.card["task_id"], code

    def forget_tokens(self) -> None:
        """Every token handed out so far stops working, as the platform may decide at any time."""
        self._state.tokens.clear()

    # -- the API

    def _guarded(self, path: str, handler: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                with self._changed:
                    self.calls.append(path)
                fault = self._fault(path)
                if fault is not None:
                    return fault
                if request.query.get("access_token", "") not in self._state.tokens:
                    return _answer(40014, "invalid access_token")
                return await handler(request)
            finally:
                with self._changed:
                    self._changed.notify_all()

        return guarded

    def _fault(self, path: str) -> web.Response | None:
        waiting = self.faults.get(path)
        if not waiting:
            return None
        fault = waiting.pop(0)
        return web.Response(status=fault) if isinstance(fault, int) else web.json_response(fault)

    async def _gettoken(self, request: web.Request) -> web.Response:
        with self._changed:
            self.calls.append("gettoken")
            self._changed.notify_all()
        fault = self._fault("gettoken")
        if fault is not None:
            return fault
        if request.query.get("corpid") != CORP_ID:
            return _answer(40013, "invalid corpid")
        if request.query.get("corpsecret") != SECRET:
            return _answer(40001, "invalid credential")
        token = f"token-{next(self._numbers)}-" + "x" * 200
        self._state.tokens.add(token)
        return _answer(0, "ok", access_token=token, expires_in=7200)

    async def _send(self, request: web.Request) -> web.Response:
        raw = await request.read()
        body = json.loads(raw)
        self._check_send(body)
        if raw in self._state.bodies and body.get("enable_duplicate_check"):
            self.repeated += 1
            return _answer(0, "ok", invaliduser="", msgid=f"m{next(self._numbers)}")
        users = body["touser"].split("|")
        invalid = [user.lower() for user in users if user.lower() in self.unreachable]
        if len(invalid) == len(users) and self.all_invalid_code:
            return _answer(self.all_invalid_code, "user & party & tag all invalid", invaliduser="|".join(invalid))
        self._state.bodies.add(raw)
        at = await self._virtual_time()
        extra: dict[str, Any] = {}
        for user in users:
            if user.lower() not in invalid:
                self._deliver(user, body, at, extra)
        if self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return _answer(0, "ok", invaliduser="|".join(invalid), msgid=f"m{next(self._numbers)}", **extra)

    def _deliver(self, user: str, body: dict[str, Any], at: datetime | None, extra: dict[str, Any]) -> None:
        kind = body["msgtype"]
        content = body[kind]
        card, name, data = None, "", b""
        if kind == "template_card":
            card = content
            text = "\n".join(_card_words(content))
            code = f"code-{next(self._numbers)}"
            self._state.codes[code] = (user, content["task_id"])
            extra["response_code"] = code
        elif kind == "file":
            name, data = self._state.media[content["media_id"]]
            text = f"[{name}]"
        else:
            text = content["content"]
        with self._changed:
            message = Message(next(self._numbers), user, kind, text, at, card, name, data)
            self._state.messages.append(message)

    def _check_send(self, body: dict[str, Any]) -> None:
        """What the real platform refuses, cuts or drops."""
        kind = body.get("msgtype")
        complaints = [
            (type(body.get("agentid")) is not int or body["agentid"] != AGENT_ID, "agentid is not our int"),
            (kind not in _KINDS, f"msgtype {kind}"),
            (not 1 <= len(str(body.get("touser", "")).split("|")) <= 1000, "touser"),
            (body.get("touser", "").startswith("@"), "touser names a crowd"),
            (body.get("enable_duplicate_check") != 1, "no duplicate check at the first attempt"),
            (not 0 < body.get("duplicate_check_interval", 1800) <= 14400, "duplicate_check_interval"),
        ]
        if kind in ("text", "markdown"):
            complaints.append((not 0 < len(body[kind]["content"].encode()) <= 2048, "content over 2048 bytes"))
        if kind == "file":
            complaints.append((body["file"]["media_id"] not in self._state.media, "unknown media_id"))
        if kind == "template_card":
            complaints += self._card_complaints(body["template_card"])
        self._note(what for wrong, what in complaints if wrong)

    def _card_complaints(self, card: dict[str, Any]) -> list[tuple[bool, str]]:
        buttons = card.get("button_list", [])
        rows = card.get("horizontal_content_list", [])
        task_id = str(card.get("task_id", ""))
        title = card.get("main_title", {})
        used = task_id in self._state.task_ids
        self._state.task_ids.add(task_id)
        return [
            (not _TASK_ID.fullmatch(task_id), f"task_id {task_id!r}"),
            (used, f"task_id {task_id} used twice"),
            (not title.get("title") and not card.get("sub_title_text"), "card without words"),
            (len(title.get("title", "")) > 26, "card title over 26 characters"),
            (len(title.get("desc", "")) > 30, "card desc over 30 characters"),
            (len(card.get("sub_title_text", "")) > 112, "card sub_title over 112 characters"),
            (len(buttons) > 6 or len(rows) > 6, "too many buttons or rows"),
            (any(not b.get("text") or len(b["text"]) > 10 for b in buttons), "button text"),
            (any(not 0 < len(b.get("key", "").encode()) <= 1024 for b in buttons), "button key"),
            (any(len(r.get("keyname", "")) > 5 or len(r.get("value", "")) > 26 for r in rows), "row too long"),
            (card.get("card_type") == "button_interaction" and not buttons, "button card without buttons"),
            (card.get("card_type", "").endswith("_notice") and "card_action" not in card, "notice without action"),
        ]

    async def _update(self, request: web.Request) -> web.Response:
        body = await request.json()
        code = body.get("response_code", "")
        owner = self._state.codes.pop(code, None)
        self._note(
            what
            for wrong, what in [
                (not isinstance(body.get("userids"), list), "userids is no list"),
                (type(body.get("agentid")) is not int, "agentid is not an int"),
                (owner is None, f"response_code {code!r} unknown or used twice"),
                (owner is not None and body.get("userids") != [owner[0]], "update of somebody else's card"),
            ]
            if wrong
        )
        if owner is None:
            return _answer(42014, "response_code already used")
        with self._changed:
            self.updates.append({**body, "task_id": owner[1]})
        return _answer(0, "ok", invaliduser=[])

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        media = form.get("media")
        if not isinstance(media, web.FileField):
            self._note(["upload without a field `media`"])
            return _answer(40035, "no media")
        data = media.file.read()
        if len(data) <= 5:
            self._note(["upload of 5 bytes or fewer"])
            return _answer(40058, "too small")
        return _answer(0, "ok", type="file", media_id=self.put_media(media.filename, data), created_at="1")

    async def _media(self, request: web.Request) -> web.Response:
        found = self._state.media.get(request.query.get("media_id", ""))
        if found is None:
            return _answer(40007, "invalid media_id")
        name, data = found
        headers = {"Content-Disposition": f'attachment; filename="{name}"'.encode().decode("latin-1")}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    async def _menu(self, request: web.Request) -> web.Response:
        menu = await request.json()
        top = menu.get("button", [])
        leaves = [leaf for entry in top for leaf in entry.get("sub_button", [entry])]
        self._note(
            what
            for wrong, what in [
                (request.query.get("agentid") != str(AGENT_ID), "menu without agentid"),
                (not 1 <= len(top) <= 3, "menu has 1 to 3 buttons"),
                (any(not 1 <= len(entry.get("sub_button", [1])) <= 5 for entry in top), "1 to 5 sub buttons"),
                (any(len(entry["name"].encode()) > 16 for entry in top), "menu name over 16 bytes"),
                (any(len(leaf["name"].encode()) > 40 for leaf in leaves), "sub menu name over 40 bytes"),
                (any(len(leaf.get("key", "").encode()) > 128 for leaf in leaves), "menu key over 128 bytes"),
            ]
            if wrong
        )
        with self._changed:
            self.menus.append(menu)
        return _answer(0, "ok")

    async def _departments(self, _request: web.Request) -> web.Response:
        return _answer(0, "ok", department=self.departments)

    async def _users(self, request: web.Request) -> web.Response:
        department = int(request.query.get("department_id", "0"))
        return _answer(0, "ok", userlist=[user for user in self.users if department in user["department"]])

    async def _virtual_time(self) -> datetime | None:
        if not self.clock_url:
            return None
        try:
            async with self._http.get(self.clock_url) as answer:
                return datetime.fromisoformat((await answer.json())["now"]) if answer.status == 200 else None
        except aiohttp.ClientError:
            return None  # the service is going down

    def _note(self, what: Iterable[str]) -> None:
        self.violations += what


def _answer(errcode: int, errmsg: str, **more: object) -> web.Response:
    return web.json_response({"errcode": errcode, "errmsg": errmsg, **more})


def _card_words(card: dict[str, Any]) -> list[str]:
    title = card.get("main_title", {})
    rows = [f"{row['keyname']}：{row.get('value', '')}" for row in card.get("horizontal_content_list", [])]
    words = [title.get("title", ""), title.get("desc", ""), card.get("sub_title_text", ""), *rows]
    return [*(word for word in words if word), " ".join(b["text"] for b in card.get("button_list", []))]
