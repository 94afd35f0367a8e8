"""The platform's HTTP API under /cgi-bin/."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from sandbox import appchats, sending
from sandbox.errors import ApiError, Json, require
from sandbox.faults import Fault
from sandbox.media import LARGEST, Media
from sandbox.menu import check_menu
from sandbox.platform import Platform

# A boundary, headers and one part of the largest media; anything longer is refused unread.
BODY_BYTES = max(LARGEST.values()) + 2 * 1024**2

_FILENAME = re.compile(r'\bfilename="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Upload:
    """The `media` field of a multipart request."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised call: its query, its bytes, and what they say."""

    query: Mapping[str, str]
    raw: bytes
    body: Json
    upload: Upload | None


Handler = Callable[[Platform, Call], Json | Media]


def _gettoken(platform: Platform, call: Call) -> Json:
    return platform.tokens.grant(call.query.get("corpid", ""), call.query.get("corpsecret", ""))


def _upload(platform: Platform, call: Call) -> Json:
    if call.upload is None:
        raise ApiError(44001, "empty media data")
    media = platform.media.put(call.query.get("type", ""), call.upload.name, call.upload.data)
    return {"type": media.kind, "media_id": media.media_id, "created_at": str(int(media.created.timestamp()))}


def _download(platform: Platform, call: Call) -> Media:
    return platform.media.get(call.query.get("media_id"))


def _menu_create(platform: Platform, call: Call) -> Json:
    _check_query_agent(platform, call)
    platform.set_menu(check_menu(call.body))
    return {}


def _menu_get(platform: Platform, call: Call) -> Json:
    _check_query_agent(platform, call)
    require(platform.menu, 46003, "menu no exist")
    return {"button": platform.menu}


def _menu_delete(platform: Platform, call: Call) -> Json:
    _check_query_agent(platform, call)
    platform.set_menu([])
    return {}


def _check_query_agent(platform: Platform, call: Call) -> None:
    require(call.query.get("agentid") == str(platform.agent_id), 40056, "invalid agentid")


def _departments(platform: Platform, call: Call) -> Json:
    return {"department": platform.contacts.departments()}


def _departments_brief(platform: Platform, call: Call) -> Json:
    kept = ("id", "parentid", "order")
    return {"department_id": [{key: one[key] for key in kept} for one in platform.contacts.departments()]}


def _users(platform: Platform, call: Call) -> Json:
    people = platform.contacts.in_department(_department_id(call))
    return {"userlist": [platform.contacts.detail(person) for person in people]}


def _users_brief(platform: Platform, call: Call) -> Json:
    people = platform.contacts.in_department(_department_id(call))
    return {"userlist": [platform.contacts.brief(person) for person in people]}


def _department_id(call: Call) -> int:
    text = call.query.get("department_id", "")
    require(text.isascii() and text.isdigit(), 40058, "invalid department_id")
    return int(text)


def _user(platform: Platform, call: Call) -> Json:
    return platform.contacts.detail(platform.contacts.member(call.query.get("userid", "")))


def _who(platform: Platform, call: Call) -> Json:
    return {"userid": platform.codes.redeem(call.query.get("code", ""))}


def _who_older(platform: Platform, call: Call) -> Json:
    return {"UserId": platform.codes.redeem(call.query.get("code", "")), "DeviceId": "sandbox"}


APIS: dict[str, tuple[str, Handler]] = {
    "gettoken": ("GET", _gettoken),
    "message/send": ("POST", lambda platform, call: sending.send_message(platform, call.raw, call.body)),
    "message/update_template_card": ("POST", lambda platform, call: sending.update_card(platform, call.body)),
    "message/recall": ("POST", lambda platform, call: sending.recall(platform, call.body)),
    "media/upload": ("POST", _upload),
    "media/get": ("GET", _download),
    "menu/create": ("POST", _menu_create),
    "menu/get": ("GET", _menu_get),
    "menu/delete": ("GET", _menu_delete),
    "department/list": ("GET", _departments),
    "department/simplelist": ("GET", _departments_brief),
    "user/list": ("GET", _users),
    "user/simplelist": ("GET", _users_brief),
    "user/get": ("GET", _user),
    "appchat/create": ("POST", lambda platform, call: appchats.create(platform, call.body)),
    "appchat/get": ("GET", lambda platform, call: appchats.get(platform, call.query.get("chatid", ""))),
    "appchat/send": ("POST", lambda platform, call: appchats.send(platform, call.body)),
    "auth/getuserinfo": ("GET", _who),
    "user/getuserinfo": ("GET", _who_older),
}


async def serve(request: web.Request, platform: Platform) -> web.StreamResponse:
    """Answer one API request: planted faults, then token and rate, then the work."""
    name = request.match_info["api"]
    if name not in APIS:
        raise web.HTTPNotFound()
    method, handler = APIS[name]
    if request.method != method:
        raise web.HTTPMethodNotAllowed(request.method, [method])
    fault = platform.faults.take(name)
    early = _before(request, fault)
    if early is not None:
        return early
    try:
        if fault is not None and fault.errcode:
            raise ApiError(fault.errcode, "planted by a test")
        call = await _read(request, platform, name)
        platform.silent = fault is not None and fault.drop == "silent"
        outcome = handler(platform, call)
    except ApiError as error:
        outcome = error.answer()
    else:
        if isinstance(outcome, dict):
            outcome = {"errcode": 0, "errmsg": "ok", **outcome}
    platform.silent = False
    platform.errcodes[name, outcome["errcode"] if isinstance(outcome, dict) else 0] += 1
    if fault is not None and fault.drop == "after":
        return _hang_up(request)
    if fault is not None and fault.delay:
        await asyncio.sleep(fault.delay)
    return web.json_response(outcome) if isinstance(outcome, dict) else media_response(outcome)


async def _read(request: web.Request, platform: Platform, name: str) -> Call:
    """The call, once its token and its rate are good. Raises ApiError."""
    if name != "gettoken":
        platform.tokens.check(request.query.get("access_token"))
    require(platform.apis.admit(name, platform.now()), 45009, "api freq out of limit")
    if request.content_type.startswith("multipart/"):
        return Call(request.query, b"", {}, await read_upload(request))
    raw = await request.read()
    return Call(request.query, raw, _object(raw) if request.method == "POST" else {}, None)


def _object(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(47001, "data format error") from error
    require(isinstance(body, dict), 47001, "data format error")
    return dict(body)


async def read_upload(request: web.Request) -> Upload | None:
    """The multipart field `media`; None when there is none with a file name in it.

    The platform reads the plain `filename="…"` as it stands: it knows no `filename*` and undoes no percent-encoding.
    """
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name == "media":
            header = part.headers.get("Content-Disposition", "").encode("utf-8", "surrogateescape")
            found = _FILENAME.search(header.decode("utf-8", "replace"))
            data = bytes(await part.read())
            return Upload(found[1].replace('\\"', '"'), data) if found and found[1] else None
    return None


def media_response(media: Media, inline: bool = False) -> web.Response:
    """The bytes, never to be run by a browser; only pictures may be shown in a page."""
    kind = "inline" if inline and media.is_picture else "attachment"
    plain = re.sub(r'[\x00-\x1f"\\]', "_", media.name)
    headers = {
        "Content-Disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(media.name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=media.data, content_type=media.content_type, headers=headers)


def _before(request: web.Request, fault: Fault | None) -> web.Response | None:
    if fault is not None and fault.status:
        return web.Response(status=fault.status)
    return _hang_up(request) if fault is not None and fault.drop == "before" else None


def _hang_up(request: web.Request) -> web.Response:
    """End the connection without an answer; the response returned here never leaves."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
