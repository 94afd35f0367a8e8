"""The same morning over a small and a large past: what is stored and done must not make the tick slower."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.console import Console
from sqlalchemy import make_url, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.bench import archive, machine
from bot.bench.county import BEFORE_WORK, load, place
from bot.bench.plan import DUE, TICKS, prepare
from bot.bench.processes import free_port
from bot.bench.report import BenchError, Figure, Report, verdict
from bot.domain.policy import Policy
from bot.domain.states import State
from bot.domain.timing import digest_moment
from bot.store.engine import Store
from bot.store.tables import Assignment
from scheduler.engine import look_ahead, morning

SMALLER = 10  # times, for comparison
AIM = 1.3


@dataclass(frozen=True)
class Past:
    """A database with its ticks, in milliseconds: read and planned, and the whole with storing."""

    store: Store
    policy: Policy
    stored: int
    due: int
    seen: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, Figure]:
        return {
            "stored": self.stored,
            "due": self.due,
            "read_and_planned_ms": round(median(self.seen), 1),
            "whole_ms": round(median(self.whole), 1),
            "whole_max_ms": round(max(self.whole), 1),
        }


async def measure(stored: int, due: int | None = None, ticks: int = TICKS) -> Report:
    """The morning of `due` items that fall due among a tenth of `stored` assignments and among all of them, on the
    server of DUBAN_DATABASE_URL where that is PostgreSQL, else on SQLite. Raises BenchError."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        about = machine.describe(Path(name))
        async with AsyncExitStack() as stack:
            small = await _past(stack, Path(name), stored // SMALLER, due)
            large = await _past(stack, Path(name), stored, due)
            for _ in range(ticks):  # in turn: what else the machine does falls on both
                await _tick(small)
                await _tick(large)
        return _report(about, large.store.is_sqlite, small, large)


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[str]:
    """A database of the measurement's own, dropped afterwards: never the one the service lives in."""
    given = os.environ.get("DUBAN_DATABASE_URL", "")
    if not given.startswith("postgresql"):
        yield f"sqlite+aiosqlite:///{folder / f'{uuid.uuid4().hex}.db'}"
        return
    server = make_url(given).set(drivername="postgresql+asyncpg")
    name = f"duban_bench_{uuid.uuid4().hex[:8]}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            async with engine.connect() as connection:
                await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    except (DBAPIError, OSError) as error:
        raise BenchError(f"DUBAN_DATABASE_URL 上建不了或用不了测量用的库：{type(error).__name__}") from error
    finally:
        await engine.dispose()


async def _close_the_rest(store: Store) -> None:
    closed = {"state": State.CLOSED, "closed_at": digest_moment(Policy(), DUE), "signed_at": Assignment.dispatched_at}
    async with store.write() as session:
        await session.execute(update(Assignment).where(Assignment.due != DUE).values(**closed))


async def _past(stack: AsyncExitStack, folder: Path, stored: int, due: int | None) -> Past:
    """The county on the morning of the deadline, beside so many finished items that there are `stored` in all."""
    url = await stack.enter_async_context(_database(folder))
    where = place(folder, free_port(), BEFORE_WORK, DUBAN_DATABASE_URL=url)
    await load(where)
    store = Store(url)
    stack.push_async_callback(store.close)
    policy = where.settings().policy
    count = await prepare(store, policy, due)
    await _close_the_rest(store)
    console = Console(stderr=True)
    there = await archive.fill(store, stored, lambda count: console.print(f"已装入 {count} 项……", highlight=False))
    return Past(store, policy, there, count)


async def _tick(past: Past) -> None:
    now = digest_moment(past.policy, DUE)
    started = perf_counter()
    seen, _ = await look_ahead(past.store, past.policy, now)
    past.seen.append((perf_counter() - started) * 1000)
    if len(seen.items) != past.due:
        raise BenchError(f"应看到 {past.due} 项，却看到 {len(seen.items)} 项，这次测量不算数")
    past.whole.append(await _whole(past.store, past.policy, now))


class _Undone(Exception):
    """Rolls the morning back, so that it can be planned again."""


async def _whole(store: Store, policy: Policy, now: datetime) -> float:
    took, made = 0.0, 0
    try:
        async with store.write() as session:
            started = perf_counter()
            _, made = await morning(session, policy, now)
            await session.flush()
            took = (perf_counter() - started) * 1000
            raise _Undone
    except _Undone:
        if not made:
            raise BenchError("没有排出晨报，这次测量不算数") from None
    return took


def _report(about: dict[str, Figure], is_sqlite: bool, small: Past, large: Past) -> Report:
    ratio = median(large.whole) / median(small.whole)
    reading = median(large.seen) / median(small.seen)
    on = "SQLite（没有给 PostgreSQL 的 DUBAN_DATABASE_URL）" if is_sqlite else "PostgreSQL"
    lines = [f"{on}，{large.due} 项同一天到期，其余都已销号，各 {len(large.whole)} 次取中位数："]
    for one in (small, large):
        found = one.figures
        lines.append(
            f"  库里 {one.stored} 项：读库并排出 {found['read_and_planned_ms']} 毫秒，"
            f"连同写入晨报和阶段 {found['whole_ms']} 毫秒（最长 {found['whole_max_ms']}）"
        )
    lines.append(
        f"  比值：整次 {ratio:.2f}，只读和排 {reading:.2f}{verdict(max(ratio, reading) <= AIM, f'不超过 {AIM}')}"
    )
    figures: dict[str, Figure] = {
        "database": "sqlite" if is_sqlite else "postgresql",
        "small": small.figures,
        "large": large.figures,
        "ratio": round(ratio, 2),
        "ratio_read_and_planned": round(reading, 2),
    }
    return Report("plan", about, figures, tuple(lines))
