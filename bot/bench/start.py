"""From `duban serve` to the first answer, and the memory the service then sits in."""

import asyncio
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import aiohttp

from bot.bench import machine
from bot.bench.county import BEFORE_WORK, FIRST_MORNING, Place, load, place
from bot.bench.processes import Server, free_port, resident_mb, serving
from bot.bench.report import BenchError, Figure, Report, verdict

TIMES = 5
SETTLE = 3.0  # seconds: the menu and the first ticks are over by then
AIM_SECONDS = 2.0
AIM_MB = 150


async def measure(times: int = TIMES, settle: float = SETTLE) -> Report:
    """All roles in one process on the loaded county. Raises BenchError."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        platform = free_port()
        where = place(Path(name), platform, BEFORE_WORK)
        about = machine.describe(where.folder)
        await load(where)
        async with serving("bot.bench.stub", [str(platform)], {}, where.folder, platform):
            started = [await _start(where) for _ in range(times)]
            async with _service(where) as server:
                await asyncio.sleep(settle)
                idle = resident_mb(server.pid)
                await _live_a_morning(server)
                await asyncio.sleep(settle)
                later = resident_mb(server.pid)
    return _report(about, started, idle, later)


def _service(where: Place) -> AbstractAsyncContextManager[Server]:
    port = free_port()
    return serving("bot", ["serve", "--port", str(port)], where.environment, where.folder, port)


async def _start(where: Place) -> Server:
    async with _service(where) as server:
        return server


async def _live_a_morning(server: Server) -> None:
    """Turns the clock past the first digests: all of them are planned and sent."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"http://127.0.0.1:{server.port}/clock", json={"now": FIRST_MORNING}) as answer,
    ):
        moved = await answer.json()
    if not moved.get("sent"):
        raise BenchError("第一个早晨没有发出晨报，这次测量不算数")


def _report(about: dict[str, Figure], started: list[Server], idle: float | None, later: float | None) -> Report:
    middle = median(one.started_in for one in started)
    cpu = [one.cpu for one in started if one.cpu is not None]
    figures: dict[str, Figure] = {
        "cold_start_s": round(middle, 2),
        "cold_starts_s": [round(one.started_in, 2) for one in started],
        "cold_start_cpu_s": round(median(cpu), 2) if cpu else None,
        "idle_mb": idle,
        "after_a_morning_mb": later,
    }
    lines = [
        f"duban serve（全部角色，已装载全县）启动 {len(started)} 次：",
        f"  到答复 /healthz：中位 {middle:.2f} 秒{verdict(middle < AIM_SECONDS, f'{AIM_SECONDS:.0f} 秒以内')}",
    ]
    if cpu:
        lines.append(f"  其中占用处理器 {median(cpu):.2f} 秒")
    if idle is not None:
        lines.append(f"  启动后空闲：常驻内存 {idle} MB{verdict(idle < AIM_MB, f'{AIM_MB} MB 以内')}")
    if later is not None:
        lines.append(f"  排完、发完一个早晨之后：{later} MB")
    return Report("start", about, figures, tuple(lines))
