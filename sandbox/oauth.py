"""The platform's authorize page: it tells a web page opened inside the app who opened it."""

from html import escape
from urllib.parse import urlencode

from aiohttp import web
from yarl import URL

from sandbox.platform import Platform

COOKIE = "sandbox_userid"  # the chat page writes here whose phone is in hand


async def authorize(request: web.Request, platform: Platform) -> web.Response:
    """Redirect to `redirect_uri` with a one-time code and the `state`; 400 when the request is not a proper one.

    The person is the one whose phone is in hand, or `userid` of the query; without either the page asks.
    """
    query = request.query
    target = URL(query.get("redirect_uri", ""))
    if query.get("appid") != platform.corp_id:
        raise web.HTTPBadRequest(text="appid 不对")
    if target.scheme not in ("http", "https") or not target.host:
        raise web.HTTPBadRequest(text="redirect_uri 不是网址")
    if query.get("response_type") != "code" or query.get("scope") not in ("snsapi_base", "snsapi_privateinfo"):
        raise web.HTTPBadRequest(text="response_type 或 scope 不对")
    person = platform.contacts.find(query.get("userid") or request.cookies.get(COOKIE, ""))
    if person is None:
        return _ask(request, platform)
    code = {"code": platform.codes.issue(person.userid), "state": query.get("state", "")}
    raise web.HTTPFound(target.extend_query(code))


def _ask(request: web.Request, platform: Platform) -> web.Response:
    choices = "".join(
        f'<li><a href="?{escape(urlencode({**request.query, "userid": person.userid}))}">'
        f"{escape(person.name)}（{escape(person.label)}）</a></li>"
        for person in platform.contacts.people
    )
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>选择人员</title><ul>{choices}</ul></html>'
    return web.Response(text=page, content_type="text/html")
