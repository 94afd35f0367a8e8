"""The service's HTTP side: the platform's callback, health, and the virtual clock (DESIGN §6)."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import structlog
from aiohttp import web

from bot.clock import Clock, Moved
from bot.domain.calendar import SHANGHAI, local
from bot.inbox import Intake, Stored
from bot.store.lease import LeaseLost
from bot.wecom.crypto import CallbackCrypto, query_values
from bot.wecom.errors import Forged, Malformed
from bot.wecom.messages import parse

log = structlog.get_logger()

LAST_YEAR = 2100  # beyond it no calendar is known, and near the end of time days cannot be counted
BODY_LIMIT = 64 * 1024  # bytes; the platform's callbacks have a few hundred


class TimeMachine(Protocol):
    async def move(self, to: datetime) -> Moved | None:
        """Moves the clock forward, doing what becomes due; None when `to` is in the past. Raises LeaseLost."""
        ...

    async def next(self) -> datetime | None: ...


@dataclass(frozen=True)
class Check:
    """One line of /readyz and `duban doctor`."""

    name: str
    ok: bool
    words: str


Checks = Callable[[], Awaitable[list[Check]]]
Metrics = Callable[[], Awaitable[bytes]]


def create_app(
    crypto: CallbackCrypto | None,
    intake: Intake | None,
    checks: Checks,
    metrics: Metrics,
    clock: Clock,
    machine: TimeMachine | None,
) -> web.Application:
    """`crypto` and `intake` are None in a process without the web role, `machine` without a virtual clock."""
    app = web.Application(client_max_size=BODY_LIMIT)
    if crypto is not None and intake is not None:
        callback = Callback(crypto, intake)
        app.router.add_get("/wecom/callback", callback.verify)
        app.router.add_post("/wecom/callback", callback.receive)
    health = Health(checks, metrics)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/metrics", health.metrics)
    if machine is not None:
        turning = Turning(clock, machine)
        app.router.add_get("/clock", turning.show)
        app.router.add_post("/clock", turning.turn)
        app.router.add_get("/clock/next", turning.next)
    return app


class Callback:
    """Verify, decrypt, refuse, store under its key, answer an empty 200; the work comes after (rule 7)."""

    def __init__(self, crypto: CallbackCrypto, intake: Intake) -> None:
        self._crypto = crypto
        self._intake = intake

    async def verify(self, request: web.Request) -> web.Response:
        try:
            query = query_values(request.rel_url.raw_query_string)
            echo = self._crypto.verify_url(*_signature(query), query.get("echostr", ""))
        except Malformed:
            return web.Response(status=400)
        except Forged:
            return web.Response(status=403)
        return web.Response(text=echo)

    async def receive(self, request: web.Request) -> web.Response:
        try:
            query = query_values(request.rel_url.raw_query_string)
            body = await request.read()
            received = self._crypto.receive(body, *_signature(query))
            incoming = parse(received.xml)
        except Malformed:
            return web.Response(status=400)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=400)
        except Forged as error:
            log.warning("callback.forged", reason=str(error))
            return web.Response(status=403)
        # Not stored means not acknowledged: the platform will send it again.
        await self._intake.accept(Stored(incoming.key, incoming.sender, received.sealed))
        return web.Response()


def _signature(query: dict[str, str]) -> tuple[str, str, str]:
    return query.get("msg_signature", ""), query.get("timestamp", ""), query.get("nonce", "")


class Health:
    def __init__(self, checks: Checks, metrics: Metrics) -> None:
        self._checks = checks
        self._metrics = metrics

    async def alive(self, _request: web.Request) -> web.Response:
        return _json({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        checks = await self._checks()
        ok = all(check.ok for check in checks)
        lines = [{"name": check.name, "ok": check.ok, "detail": check.words} for check in checks]
        return _json({"status": "ok" if ok else "failing", "checks": lines}, status=200 if ok else 503)

    async def metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), content_type="text/plain", charset="utf-8")


class Turning:
    """The clock of a try-out, turned by hand. Never there in real time."""

    def __init__(self, clock: Clock, machine: TimeMachine) -> None:
        self._clock = clock
        self._machine = machine

    async def show(self, _request: web.Request) -> web.Response:
        return _json({"now": _iso(self._clock.now()), "speed": self._clock.speed})

    async def turn(self, request: web.Request) -> web.Response:
        try:
            to = datetime.fromisoformat(str((await request.json())["now"]))
        except (ValueError, KeyError, TypeError):
            return _json({"error": '应为 {"now": "2021-06-30T09:30:00+08:00"}'}, status=400)
        if to.year > LAST_YEAR:
            return _json({"error": f"最多拨到 {LAST_YEAR} 年"}, status=400)
        if to.tzinfo is None:
            to = to.replace(tzinfo=SHANGHAI)
        try:
            moved = await self._machine.move(to)
        except LeaseLost:
            return _json({"error": "另一个进程正在负责排程和发送：请对那个进程的 /clock 操作"}, status=503)
        if moved is None:
            return _json({"error": "时钟只能往前走", "now": _iso(self._clock.now())}, status=409)
        return _json({"now": _iso(self._clock.now()), "planned": moved.planned, "sent": moved.sent})

    async def next(self, _request: web.Request) -> web.Response:
        moment = await self._machine.next()
        return _json({"next": _iso(moment) if moment else None})


def _json(value: object, status: int = 200) -> web.Response:
    """Chinese as it is: an operator reads this in a terminal."""
    return web.json_response(value, status=status, dumps=partial(json.dumps, ensure_ascii=False))


def _iso(moment: datetime) -> str:
    return local(moment).isoformat(timespec="seconds")
