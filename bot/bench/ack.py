"""Acknowledgements: callbacks stored for good and answered, against a handler that stores nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, insert, select

from bot.bench import machine, paced
from bot.bench.county import BEFORE_WORK, Place, load, place
from bot.bench.load import Order, Round
from bot.bench.processes import free_port, run, serving
from bot.bench.report import BenchError, Figure, Report, verdict
from bot.store.engine import Store
from bot.store.tables import Inbox

CONNECTIONS = 64
ROUNDS = 5  # of each of the two, in turn
WARM_UP = 1.0  # seconds
AIM = 0.8  # of the bare handler's acknowledgements
REPEATED = 500  # messages posted once more: none of them may be stored again
CHUNK = 10_000  # rows in one statement


@dataclass(frozen=True)
class Played:
    """Every round; those of the two were played in turn."""

    ours: tuple[Round, ...]
    bare: tuple[Round, ...]
    warm: Round  # the service's
    repeated: Round  # the service's, all of them messages it had

    @property
    def acknowledged(self) -> int:
        """Different messages the service has answered."""
        return self.warm.answered + sum(one.answered for one in self.ours)

    @property
    def ratio(self) -> float:
        """Of the medians that are shown beside it: the median of the rounds' ratios could contradict them."""
        return median(one.per_second for one in self.ours) / median(one.per_second for one in self.bare)


async def measure(
    seconds: float = 3.0,
    stored: int = 0,
    rounds: int = ROUNDS,
    warm_up: float = WARM_UP,
    pace_seconds: float = paced.SECONDS,
) -> Report:
    """Rounds of `seconds` each, with `stored` handled messages in the inbox beforehand.

    Raises BenchError where a message was refused, answered and not stored, or stored twice.
    """
    with TemporaryDirectory(prefix="duban-bench-") as name:
        # The web role does not call the platform; the port is only an address.
        where = place(Path(name), free_port(), BEFORE_WORK, DUBAN_ROLES="web")
        about = machine.describe(where.folder)
        await load(where)
        store = Store(where.database_url)
        try:
            await _fill(store, stored)
            played = await play_all(where, seconds, rounds, warm_up)
            await _prove(store, stored, played)
        finally:
            await store.close()
        at_a_pace = await paced.measure(pace_seconds)
        return _report(about, played, stored, machine.disk_of(where.folder), at_a_pace)


async def _fill(store: Store, rows: int) -> None:
    """Messages of some weeks ago, long handled, under keys in no order."""
    first = datetime(2021, 4, 1, tzinfo=UTC)
    for start in range(0, rows, CHUNK):
        async with store.write() as session:
            await session.execute(insert(Inbox), [_handled(n, first) for n in range(start, min(rows, start + CHUNK))])


def _handled(number: int, first: datetime) -> dict[str, Any]:
    at = first + timedelta(seconds=number % (30 * 86_400))
    return {
        # An odd factor: scattered, and never twice the same. The digits are more than a posted message's can be.
        "key": f"msg-{2**64 + number * 0x9E3779B97F4A7C15 % 2**64}",
        "sender": f"contact{number % 46}",
        "received_at": at,
        "state": "done",
        "words": "完成 34 https://www.dianjiang.gov.cn/",
        "attempts": 1,
        "handled_at": at,
    }


async def play_all(where: Place, seconds: float, rounds: int, warm_up: float) -> Played:
    our_port, bare_port = free_port(), free_port()
    ours: list[Round] = []
    bare: list[Round] = []
    async with (
        serving("bot", ["serve", "--port", str(our_port)], where.environment, where.folder, our_port),
        serving("bot.bench.bare", [str(bare_port)], {}, where.folder, bare_port),
    ):
        await _play(where, Order(bare_port, 0, CONNECTIONS, warm_up))
        warm = await _play(where, Order(our_port, 0, CONNECTIONS, warm_up))
        for seed in range(1, rounds + 1):
            bare.append(await _play(where, Order(bare_port, seed, CONNECTIONS, seconds)))
            ours.append(await _play(where, Order(our_port, seed, CONNECTIONS, seconds)))
        again = min(REPEATED, warm.answered)
        repeated = await _play(where, Order(our_port, 0, CONNECTIONS, 60.0, again))
    return Played(tuple(ours), tuple(bare), warm, repeated)


async def _play(where: Place, order: Order) -> Round:
    done = await run("bot.bench.load", [json.dumps(asdict(order))], {}, where.folder)
    played = Round(**json.loads(done.output))
    if played.refused:
        raise BenchError(f"{played.refused} 条消息没有得到 200 答复，这次测量不算数")
    return played


async def _prove(store: Store, before: int, played: Played) -> None:
    """Every message that was answered is there, once."""
    async with store.read() as session:
        found = await session.scalar(select(func.count()).select_from(Inbox)) or 0
    if found - before != played.acknowledged:
        raise BenchError(f"答复了 {played.acknowledged} 条消息，库里却有 {found - before} 条，这次测量不算数")


def _report(
    about: dict[str, Figure],
    played: Played,
    stored: int,
    disk: machine.Disk | None,
    at_a_pace: tuple[dict[str, Figure], list[str]],
) -> Report:
    ours, bare, ratio = _figures(played.ours), _figures(played.bare), round(played.ratio, 2)
    figures: dict[str, Figure] = {
        "connections": CONNECTIONS,
        "stored_before": stored,
        "duban": ours,
        "bare": bare,
        "ratio": ratio,
        "acknowledged": played.acknowledged,
        "repeated": played.repeated.answered,
        "durable": disk is None or disk.keeps,
        **at_a_pace[0],
    }
    lines = [
        f"{CONNECTIONS} 个长连接，库里先有 {stored} 条消息；两者交替各测 {len(played.ours)} 轮，取中位数：",
        _line("督办（先落盘、去重，再答复）", ours),
        _line("裸 aiohttp + wechatpy（什么都不存）", bare),
        f"  比值：{ratio:.2f}{verdict(ratio >= AIM, f'不低于 {AIM}')}",
        f"  核对：答复的 {played.acknowledged} 条全部在库，重发的 {played.repeated.answered} 条没有一条重复",
        *at_a_pace[1],
    ]
    if disk is not None and not disk.keeps:
        lines.append("  注意：临时目录在内存里，落盘不算数；请用环境变量 TMPDIR 指到磁盘上再测")
    return Report("ack", about, figures, tuple(lines))


def _figures(rounds: Sequence[Round]) -> dict[str, Figure]:
    return {
        "per_second": round(median(one.per_second for one in rounds)),
        "p50_ms": round(median(one.p50_ms for one in rounds), 1),
        "p99_ms": round(median(one.p99_ms for one in rounds), 1),
        "rounds_per_second": [round(one.per_second) for one in rounds],
    }


def _line(who: str, figures: dict[str, Figure]) -> str:
    return f"  {who}：每秒 {figures['per_second']} 条，p50 {figures['p50_ms']} 毫秒，p99 {figures['p99_ms']} 毫秒"
