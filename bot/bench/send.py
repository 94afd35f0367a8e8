"""The first morning: a digest to every contact through the real delivery, to a platform on loopback. Then a backlog."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.app import running
from bot.bench import machine, rate
from bot.bench.county import FIRST_MORNING, load, place
from bot.bench.processes import free_port, serving
from bot.bench.report import BenchError, Figure, Report


async def measure(seconds: float = rate.MINUTE, after: float = rate.AFTER) -> Report:
    """A morning's digests; then a backlog that only the limits slow down, for `seconds` and a little more. Raises
    BenchError where a message was planned and not taken by the platform."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        port = free_port()
        # Without its loops the service does nothing by itself: each step is timed when it is asked for.
        where = place(Path(name), port, FIRST_MORNING, DUBAN_ROLES="web")
        about = machine.describe(where.folder)
        await load(where)
        async with serving("bot.bench.stub", [str(port)], {}, where.folder, port), running(where.settings()) as service:
            await service.delivery.drain()  # takes the lease, and the menu is sent
            started = perf_counter()
            planned = await service.engine.tick()
            stored = perf_counter()
            sent = await service.delivery.drain()
            done = perf_counter()
    if not planned or sent != planned:
        raise BenchError(f"排出 {planned} 条晨报，平台只收下 {sent} 条，这次测量不算数")
    full = await rate.measure(seconds=seconds, after=after)
    return _report(about, sent, stored - started, done - stored, full)


def _report(about: dict[str, Figure], messages: int, planning: float, sending: float, full: rate.Rate) -> Report:
    figures: dict[str, Figure] = {
        "messages": messages,
        "plan_and_store_s": round(planning, 3),
        "send_s": round(sending, 3),
        "per_second": round(messages / sending, 1),
        "backlog": rate.figures(full),
    }
    lines = (
        f"清单下发后的第一个早晨，{messages} 位联络员每人一条晨报：",
        f"  排出并写入发件箱：{planning:.2f} 秒",
        f"  逐条核对、成文、发送、记录送达：{sending:.2f} 秒，每秒 {messages / sending:.0f} 条（平台为本机桩）",
        *rate.lines(full),
    )
    return Report("send", about, figures, lines)
