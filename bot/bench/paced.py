"""Callbacks that come at a pace, as people write: how long each waits for its answer."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from bot.bench import crowd
from bot.bench.county import BEFORE_WORK, Place, load, place
from bot.bench.load import Order, Round
from bot.bench.processes import free_port, run, serving
from bot.bench.report import BenchError, Figure, verdict
from bot.store.engine import Store
from bot.store.tables import Inbox, Outbox

CONNECTIONS = 32
SECONDS = 15.0
WARM_UP = 2.0  # seconds
BUSY, EVERYTHING = 200.0, 50.0  # callbacks a second
AIM_MS = 50
WHILE_WORKING = "2021-05-26T10:00:00+08:00"


async def measure(seconds: float = SECONDS) -> tuple[dict[str, Figure], list[str]]:
    """Figures and lines: 200 a second for the web role, and 50 a second while one process also handles them and sends
    the answers. Raises BenchError where a message was refused, or nothing was done with it."""
    web = await _of_the_web_role(seconds)
    everything, handled, sent = await _of_every_role(seconds)
    figures: dict[str, Figure] = {
        "web_role": _figures(BUSY, web),
        "every_role": {**_figures(EVERYTHING, everything), "handled": handled, "sent": sent},
    }
    lines = [
        "按固定节奏来信，从应当发出的时刻算到得到答复：",
        _line(f"每秒 {BUSY:.0f} 条，只有 web 角色", web),
        _line(f"每秒 {EVERYTHING:.0f} 条，全部角色在一个进程里，同时处理并回复", everything),
        f"  后者测量期间处理 {handled} 条、发出 {sent} 条",
    ]
    return figures, lines


async def _of_the_web_role(seconds: float) -> Round:
    with TemporaryDirectory(prefix="duban-bench-") as name:
        where = place(Path(name), free_port(), BEFORE_WORK, DUBAN_ROLES="web")
        await load(where)
        port = free_port()
        async with serving("bot", ["serve", "--port", str(port)], where.environment, where.folder, port):
            return await _post(where, port, seconds, BUSY)


async def _of_every_role(seconds: float) -> tuple[Round, int, int]:
    """Enough people write that nobody is over their own limit of answers. The clock runs, in working hours."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        platform, port = free_port(), free_port()
        where = place(Path(name), platform, WHILE_WORKING, DUBAN_CLOCK_SPEED="1")
        await load(where)
        store = Store(where.database_url)
        try:
            await crowd.gather(store)
            async with (
                serving("bot.bench.stub", [str(platform)], {}, where.folder, platform),
                serving("bot", ["serve", "--port", str(port)], where.environment, where.folder, port),
            ):
                await asyncio.sleep(WARM_UP)  # the menu and the first look around
                played = await _post(where, port, seconds, EVERYTHING)
                handled, sent = await _done(store)
        finally:
            await store.close()
    if not handled or not sent:
        raise BenchError("来信没有处理，这次测量不算数")
    return played, handled, sent


async def _post(where: Place, port: int, seconds: float, pace: float) -> Round:
    for order in (
        Order(port, 0, CONNECTIONS, WARM_UP, per_second=pace, people=crowd.PEOPLE, named=crowd.NAMED),
        Order(port, 1, CONNECTIONS, seconds, per_second=pace, people=crowd.PEOPLE, named=crowd.NAMED),
    ):
        done = await run("bot.bench.load", [json.dumps(asdict(order))], {}, where.folder)
        played = Round(**json.loads(done.output))
        if played.refused:
            raise BenchError(f"{played.refused} 条消息没有得到 200 答复，这次测量不算数")
    return played


async def _done(store: Store) -> tuple[int, int]:
    async with store.read() as session:
        handled = await session.scalar(select(func.count()).select_from(Inbox).where(Inbox.state == "done"))
        sent = await session.scalar(select(func.count()).select_from(Outbox).where(Outbox.state == "sent"))
    return handled or 0, sent or 0


def _figures(pace: float, played: Round) -> dict[str, Figure]:
    return {
        "paced_per_second": pace,
        "answered": played.answered,
        "p50_ms": round(played.p50_ms, 1),
        "p99_ms": round(played.p99_ms, 1),
    }


def _line(what: str, played: Round) -> str:
    aim = verdict(played.p99_ms < AIM_MS, f"p99 小于 {AIM_MS} 毫秒")
    return f"  {what}：{played.answered} 条，p50 {played.p50_ms:.1f} 毫秒，p99 {played.p99_ms:.1f} 毫秒{aim}"
