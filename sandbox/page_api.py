"""The sandbox's own JSON API under /sandbox/: for the chat page and for tests.

What a person's action comes to is always HTTP 200 with `ok` and, if it failed, `error` in Chinese; 400 and 404 are for
requests that make no sense.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sandbox.api import media_response, read_upload
from sandbox.botclock import BotClock, ClockRefused
from sandbox.callbacks import Delivery
from sandbox.errors import ApiError, Json
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.platform import Platform, RefusedByPhone

PAGE_SIZE = 100  # messages
HEARTBEAT = 20.0  # seconds: an idle stream must not look dead to a proxy


class PageApi:
    """Handlers over one platform and the bot's clock."""

    def __init__(self, platform: Platform, clock: BotClock) -> None:
        self._platform = platform
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/people", self.people),
            web.get("/sandbox/messages", self.messages),
            web.get("/sandbox/media/{media_id}", self.media),
            web.get("/sandbox/state", self.state),
            web.get("/sandbox/events", self.events),
            web.get("/sandbox/clock", self.clock),
            web.post("/sandbox/clock", self.turn_clock),
            web.post("/sandbox/say", self.say),
            web.post("/sandbox/retry", self.retry),
            web.post("/sandbox/upload", self.upload),
            web.post("/sandbox/press", self.press),
            web.post("/sandbox/menu", self.choose),
            web.post("/sandbox/enter", self.enter),
            web.post("/sandbox/subscribe", self.subscribe),
            web.post("/sandbox/read", self.read),
            web.post("/sandbox/faults", self.plant_fault),
            web.delete("/sandbox/faults", self.clear_faults),
        ]

    async def people(self, request: web.Request) -> web.Response:
        """Everybody with unread count and last line, and the application's menu."""
        people = [self._person(person) for person in self._platform.contacts.people]
        return _json({"people": people, "menu": self._platform.menu})

    async def messages(self, request: web.Request) -> web.Response:
        """The newest messages of `userid`, oldest first; `before` is a message's number to page back from."""
        person = self._known(request.query.get("userid", ""))
        before = request.query.get("before", "")
        talk = self._platform.mailbox.conversation(person.userid)
        if before.isdigit():
            talk = [message for message in talk if message.number < int(before)]
        shown = talk[-PAGE_SIZE:]
        return _json({"messages": [message.as_json() for message in shown], "more": len(talk) > len(shown)})

    async def media(self, request: web.Request) -> web.Response:
        found = self._platform.media.shown(request.match_info["media_id"])
        if found is None:
            raise web.HTTPNotFound()
        return media_response(found, inline=True)

    async def state(self, request: web.Request) -> web.Response:
        return _json(self._platform.state())

    async def say(self, request: web.Request) -> web.Response:
        """{userid, text} → answers once the bot has taken the message, or has not."""
        body = await _body(request)
        person, text = self._known(body.get("userid")), body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise web.HTTPBadRequest(text="text 不能为空")
        return await _outcome(lambda: self._platform.say(person.userid, text))

    async def retry(self, request: web.Request) -> web.Response:
        """{userid, message_id}: send again what failed."""
        body = await _body(request)
        person = self._known(body.get("userid"))
        return await _outcome(lambda: self._platform.retry(person.userid, str(body.get("message_id"))))

    async def upload(self, request: web.Request) -> web.Response:
        """Multipart with the file in `media`, `userid` in the query."""
        person = self._known(request.query.get("userid", ""))
        if not request.content_type.startswith("multipart/"):
            raise web.HTTPBadRequest(text="要用 multipart 上传")
        file = await read_upload(request)
        if file is None:
            raise web.HTTPBadRequest(text="没有文件")
        return await _outcome(lambda: self._platform.send_media(person.userid, file.name, file.data))

    async def press(self, request: web.Request) -> web.Response:
        """{userid, message_id, key, selected?: {question: [option]}}"""
        body = await _body(request)
        person, selected = self._known(body.get("userid")), body.get("selected") or {}
        return await _outcome(
            lambda: self._platform.press(person.userid, str(body.get("message_id")), str(body.get("key")), selected)
        )

    async def choose(self, request: web.Request) -> web.Response:
        """{userid, key}: an item of the menu."""
        body = await _body(request)
        person = self._known(body.get("userid"))
        return await _outcome(lambda: self._platform.choose(person.userid, str(body.get("key"))))

    async def enter(self, request: web.Request) -> web.Response:
        person = self._known((await _body(request)).get("userid"))
        return await _outcome(lambda: self._platform.enter(person.userid))

    async def subscribe(self, request: web.Request) -> web.Response:
        person = self._known((await _body(request)).get("userid"))
        return await _outcome(lambda: self._platform.subscribe(person.userid))

    async def read(self, request: web.Request) -> web.Response:
        person = self._known((await _body(request)).get("userid"))
        self._platform.mailbox.mark_read(person.userid)
        return _json({"ok": True})

    async def clock(self, request: web.Request) -> web.Response:
        return _json(await self._clock.describe())

    async def turn_clock(self, request: web.Request) -> web.Response:
        """{step: hour|day|workday|next} or {now: ISO date or moment} → {ok, now, planned, sent}."""
        body = await _body(request)
        self._platform.mailbox.publish({"type": "clock", "moving": True})
        try:
            moved = await self._clock.turn(str(body.get("step", "")), str(body.get("now", "")))
        except ClockRefused as refusal:
            return _json({"ok": False, "error": str(refusal)})
        finally:
            self._platform.mailbox.publish({"type": "clock", "moving": self._clock.moving})
        return _json({"ok": True, **moved})

    async def plant_fault(self, request: web.Request) -> web.Response:
        try:
            self._platform.faults.plant(await _body(request))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        return _json({"ok": True, "faults": self._platform.faults.pending()})

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._platform.faults.clear()
        return _json({"ok": True})

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: `hello` (load everything anew), then message, read, menu and clock."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        mailbox = self._platform.mailbox
        listener = mailbox.subscribe()
        try:
            await response.write(b"retry: 1000\n" + _event({"type": "hello"}))
            while True:
                try:
                    event = await asyncio.wait_for(listener.get(), HEARTBEAT)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if event["type"] == "bye":
                    return response
                await response.write(_event({**event, "now": self._platform.now().isoformat()}))
        except ConnectionResetError:
            return response  # the page was closed
        finally:
            mailbox.unsubscribe(listener)

    def _person(self, person: Person) -> Json:
        mailbox = self._platform.mailbox
        talk = mailbox.conversation(person.userid)
        last = talk[-1] if talk else None
        return {
            "userid": person.userid,
            "name": person.name,
            "department": person.department,
            "label": person.label,
            "unread": mailbox.unread(person.userid),
            "last": {"text": last.summary, "at": last.at.isoformat()} if last else None,
        }

    def _known(self, userid: Any) -> Person:
        person = self._platform.contacts.find(userid) if isinstance(userid, str) else None
        if person is None:
            raise web.HTTPNotFound(text="没有这个人")
        return person


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise web.HTTPBadRequest(text="不是 JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="不是 JSON 对象")
    return body


async def _outcome(act: Callable[[], Awaitable[Message | Delivery]]) -> web.Response:
    """What became of something a person did."""
    try:
        done = await act()
    except RefusedByPhone as refusal:
        return _json({"ok": False, "error": str(refusal)})
    except ApiError as error:
        return _json({"ok": False, "error": f"平台不收：{error.text}（{error.code}）"})
    if isinstance(done, Message):
        return _json({"ok": done.state == "sent", "error": done.error, "message": done.as_json()})
    return _json({"ok": done.ok, "error": done.reason})


def _json(value: Json) -> web.Response:
    return web.json_response(value, dumps=lambda data: json.dumps(data, ensure_ascii=False))


def _event(event: Json) -> bytes:
    return f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
