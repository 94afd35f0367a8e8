"""A platform on loopback, the replicas' token store and a clock, for the tests of the client."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.wecom.bodies import text_body
from bot.wecom.client import WecomClient
from bot.wecom.tokens import StoredToken

BODY = text_body(1000002, ["lisi"], "34 号任务还有 3 个工作日")
MakeClient = Callable[..., WecomClient]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    api: str
    query: dict[str, str]
    body: bytes


@dataclass
class Platform:
    """Answers /cgi-bin/ like the platform: errors as HTTP 200 with an errcode, tokens checked."""

    valid: str = "token-0"
    issued: int = 0
    secret: str = "right-secret"
    seen: list[Seen] = field(default_factory=list)
    handlers: dict[str, Handler] = field(default_factory=dict)
    base_url: str = ""

    def expire(self) -> None:
        """Invalidates the token early, as the platform may."""
        self.valid = "none yet"

    def answers(self, api: str, *answers: dict[str, Any] | Handler) -> None:
        """Each call takes the next answer; the last one stays."""
        left = list(answers)

        async def handle(request: web.Request) -> web.StreamResponse:
            answer = left.pop(0) if len(left) > 1 else left[0]
            return await answer(request) if callable(answer) else web.json_response(answer)

        self.handlers[api] = handle

    def calls(self, api: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.api == api]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        api = request.match_info["api"]
        self.seen.append(Seen(api, dict(request.query), await request.read()))
        if api == "gettoken" and api not in self.handlers:
            return self._gettoken(request)
        if api != "gettoken" and request.query.get("access_token") != self.valid:
            return web.json_response({"errcode": 42001, "errmsg": "access_token expired"})
        handler = self.handlers.get(api)
        return await handler(request) if handler else web.json_response({"errcode": 0, "errmsg": "ok"})

    def _gettoken(self, request: web.Request) -> web.Response:
        if request.query["corpsecret"] != self.secret:
            return web.json_response({"errcode": 40001, "errmsg": "invalid credential"})
        self.issued += 1
        self.valid = f"token-{self.issued}"
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": self.valid, "expires_in": 7200})


class SharedTokens:
    """The store of the replicas, in memory."""

    def __init__(self) -> None:
        self.token: StoredToken | None = None

    async def get(self) -> StoredToken | None:
        return self.token

    async def replace(self, old: str | None, new: StoredToken) -> StoredToken:
        if (self.token.value if self.token else None) == old:
            self.token = new
        assert self.token is not None
        return self.token


@dataclass
class Watch:
    """A real-time clock the test can move."""

    time: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **units: float) -> None:
        self.time += timedelta(**units)


def refuses(code: int) -> dict[str, Any]:
    return {"errcode": code, "errmsg": "no"}
