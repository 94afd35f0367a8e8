"""The ledger of the whole county as a file: the command an operator types, and the work inside it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.bench import archive, machine
from bot.bench.county import FIRST_MORNING, Place, load, place
from bot.bench.processes import free_port, run
from bot.bench.report import Figure, Report
from bot.documents.ledger import LedgerRow, write_json
from bot.documents.workbook import write_xlsx
from bot.services.ledger import ledger
from bot.store.engine import Store

TIMES = 3
NOW = datetime.fromisoformat(FIRST_MORNING)


async def measure(times: int = TIMES, stored: int = 0) -> Report:
    """The county's list, filled up with finished items to `stored` rows. Raises BenchError if the command fails."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        where = place(Path(name), free_port(), FIRST_MORNING)
        about = machine.describe(where.folder)
        await load(where)
        if stored:
            await _fill(where, stored)
        rows, reading = await _read(where)
        files = {kind: await _file(where, kind, rows, times) for kind in ("xlsx", "json")}
    return _report(about, len(rows), reading, files, times)


async def _fill(where: Place, stored: int) -> None:
    store = Store(where.database_url)
    try:
        await archive.fill(store, stored, lambda _count: None)
    finally:
        await store.close()


async def _read(where: Place) -> tuple[list[LedgerRow], float]:
    """The rows, and the seconds it took."""
    store = Store(where.database_url)
    policy = where.settings().policy
    try:
        started = perf_counter()
        async with store.read() as session:
            rows = await ledger(session, policy, NOW)
        return rows, perf_counter() - started
    finally:
        await store.close()


async def _file(where: Place, kind: str, rows: Sequence[LedgerRow], times: int) -> dict[str, Figure]:
    file = where.folder / f"ledger.{kind}"
    started = perf_counter()
    if kind == "xlsx":
        write_xlsx(file, rows, "政务公开任务台账", NOW)
    else:
        write_json(file, rows)
    writing = perf_counter() - started
    arguments = ["export", "ledger", "-o", str(file)]
    done = [await run("bot.bench.peak", arguments, where.environment, where.folder) for _ in range(times)]
    peaks = [one.output.split()[-1] for one in done]
    return {
        "command_s": round(median(one.seconds for one in done), 2),
        "write_s": round(writing, 2),
        "peak_mb": None if "None" in peaks else round(median(float(peak) for peak in peaks)),
        "file_kb": round(file.stat().st_size / 1024),
    }


def _report(
    about: dict[str, Figure], rows: int, reading: float, files: dict[str, dict[str, Figure]], times: int
) -> Report:
    lines = [f"台账 {rows} 行，读库 {reading:.2f} 秒；duban export ledger 各 {times} 次取中位数："]
    for kind, found in files.items():
        peak = "" if found["peak_mb"] is None else f"，内存最高 {found['peak_mb']} MB"
        took = f"整条命令 {found['command_s']} 秒，其中写文件 {found['write_s']} 秒"
        lines.append(f"  {kind}：{took}{peak}，文件 {found['file_kb']} KB")
    return Report("export", about, {"rows": rows, "read_s": round(reading, 2), **files}, tuple(lines))
