"""The real service as a process that kills itself at a chosen point: `python -m chaos.killable`.

Everything is imported once, before any loop or thread exists; each line of JSON on stdin then forks one life. So a life
begins in a fraction of a second. The service is not touched: the points are seen from outside, where it speaks to its
database driver and to its HTTP client.
"""

import asyncio
import ctypes
import gc
import json
import os
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import aiohttp
import aiosqlite
import asyncpg
import structlog
import uvloop
from sqlalchemy import Engine, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite
from sqlalchemy.engine.default import DefaultDialect

import bot.app
import bot.clock
import bot.documents.workbook
from bot.settings import load_settings
from bot.store import migrate

# A transaction is named after what it writes. Each name is a point twice: just before the commit, and just after it.
TRANSACTIONS = ("store", "claim", "record", "handle", "plan")
POINTS = tuple(f"{name}.{side}" for name in (*TRANSACTIONS, "call") for side in ("before", "after"))
SEND = "/cgi-bin/message/send"
TOUCHED = "chaos.touched"
SETTLED = ("sent", "failed", "unknown")


class Fate:
    """Dies at the `nth` time a point is reached."""

    def __init__(self, point: str | None, nth: int) -> None:
        self._point = point
        self._left = nth

    def reached(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left <= 0:
            tell(at=point)
            os.kill(os.getpid(), signal.SIGKILL)


def tell(**facts: object) -> None:
    """One line to whoever holds the other end; short enough to arrive whole."""
    os.write(1, json.dumps(facts).encode() + b"\n")


def transaction(statement: str, parameters: Any) -> str | None:
    """Which of TRANSACTIONS this statement makes of the transaction it is in."""
    found = re.match(r"\s*(?:WITH\b.*?\b)?(INSERT INTO|UPDATE)\s+\"?(\w+)", statement, re.DOTALL | re.IGNORECASE)
    if found is None:
        return None
    verb, table = found[1].split()[0].upper(), found[2]

    def says(*words: str) -> bool:
        return any(f"'{word}'" in statement or word in _values(parameters) for word in words)

    match verb, table:
        case "INSERT", "inbox":
            return "store"
        case "UPDATE", "inbox" if says("done"):
            return "handle"
        case "UPDATE", "outbox" if says("sending"):
            return "claim"
        case "UPDATE", "outbox" if says(*SETTLED):
            return "record"
        case _, "fact" if says("planned"):
            return "plan"
    return None


def _values(parameters: Any) -> Iterator[Any]:
    if isinstance(parameters, dict):
        yield from parameters.values()
    elif isinstance(parameters, list | tuple):
        for one in parameters:
            if isinstance(one, dict | list | tuple):
                yield from _values(one)
            else:
                yield one


def watch(fate: Fate) -> None:
    """Sees every commit of SQLAlchemy, the driver's own commits on SQLite, and every message that is sent."""

    @event.listens_for(Engine, "before_cursor_execute")
    def _note(connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        fate.reached("statement")
        name = transaction(statement, parameters)
        if name is not None:
            connection.info.setdefault(TOUCHED, set()).add(name)

    def do_commit(self: DefaultDialect, dbapi_connection: Any) -> None:
        names = sorted(dbapi_connection.info.pop(TOUCHED, ()))
        for name in names:
            fate.reached(f"{name}.before")
        DefaultDialect.do_commit(self, dbapi_connection)
        for name in names:
            fate.reached(f"{name}.after")

    @event.listens_for(Engine, "begin")
    def _begin(connection: Any) -> None:
        connection.info.pop(TOUCHED, None)

    for dialect in (PGDialect_asyncpg, SQLiteDialect_aiosqlite):
        dialect.do_commit = do_commit  # type: ignore[method-assign]

    async def appended(connection: Any, statement: str, *values: Any, _execute: Any, **named: Any) -> Any:
        name = transaction(statement, values)
        if name is not None:
            fate.reached(f"{name}.before")
        result = await _execute(connection, statement, *values, **named)
        if name is not None:
            fate.reached(f"{name}.after")
        return result

    _wrap(aiosqlite.Connection, "execute", appended)
    _wrap(asyncpg.Connection, "execute", appended)

    async def called(session: Any, method: str, url: Any, *, _execute: Any, **rest: Any) -> Any:
        sends = str(url).split("?")[0].endswith(SEND)
        if sends:
            fate.reached("call.before")
        answer = await _execute(session, method, url, **rest)
        if sends:
            fate.reached("call.after")
        return answer

    _wrap(aiohttp.ClientSession, "_request", called)


def _wrap(owner: Any, name: str, wrapper: Callable[..., Awaitable[Any]]) -> None:
    inner = getattr(owner, name)

    async def wrapped(*args: Any, **named: Any) -> Any:
        return await wrapper(*args, _execute=inner, **named)

    setattr(owner, name, wrapped)


def live(order: dict[str, Any]) -> None:
    """One life of the service. It ends at the `nth` time it reaches `point` (`statement`: any statement of SQL), or
    `after` some seconds. `clock`: [ISO moment, when on the monotonic clock it was that late, speed].
    """
    die_with_parent()
    log = Path(order["log"]).open("a", encoding="utf-8")  # noqa: SIM115  # open for as long as the process lives
    os.dup2(log.fileno(), 2)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(log),
    )
    watch(Fate(order.get("point"), order.get("nth", 1)))
    if "after" in order:
        threading.Timer(order["after"], os.kill, (os.getpid(), signal.SIGKILL)).start()
    settings = dict(order["settings"])
    if order.get("clock"):
        moment, since, speed = order["clock"]
        settings["duban_clock"] = datetime.fromisoformat(moment) + timedelta(seconds=(time.monotonic() - since) * speed)
        settings["duban_clock_speed"] = speed
        if order.get("hurry"):
            hurry(speed)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(bot.app.serve(load_settings(_env_file=None, **settings), lambda _address: tell(ready=True)))


def hurry(speed: float) -> None:
    """Real time runs as fast as the virtual clock: what waits a minute of it waits a fraction of a second."""
    began, ticks = bot.clock.real_now(), time.monotonic()

    def now() -> datetime:
        return began + timedelta(seconds=(time.monotonic() - ticks) * speed)

    bot.clock.real_now = now
    bot.app.real_now = now


def die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def main() -> NoReturn:
    die_with_parent()
    migrate.wanted()  # alembic reads its scripts
    gc.collect()
    gc.freeze()
    tell(born=True)
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            try:
                live(order)
            except BaseException:  # noqa: BLE001  # a child must never go on as its parent
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        tell(pid=pid)
        _, status = os.waitpid(pid, 0)
        tell(ended=os.waitstatus_to_exitcode(status))
    os._exit(0)


if __name__ == "__main__":
    main()
