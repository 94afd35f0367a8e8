"""How fast delivery sends where nothing but the platform's limits holds it back, and whether it keeps to them."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import aiohttp

from bot.app import Service, running
from bot.bench import crowd
from bot.bench.county import load, place
from bot.bench.processes import free_port, serving
from bot.bench.report import BenchError, Figure, verdict

MORNING = "2021-05-26T10:00:00+08:00"  # in working hours: nothing is held back for the next morning
MESSAGES = 12_000  # more than a minute may take
MINUTE = 60.0  # seconds
AFTER = 8.0  # seconds beyond it: the limit must hold when the minute is over, too
LOOK_EVERY = 0.2  # seconds
AIM = 0.95


@dataclass(frozen=True)
class Rate:
    permitted: int  # a minute, by our own policy
    first_minute: int  # messages the platform took within a minute of the first
    taken: int  # in all
    breaches: int  # 45009
    discarded: int  # over a person's limit: the platform says nothing
    busiest: int  # a second

    @property
    def share(self) -> float:
        return self.first_minute / self.permitted


async def measure(messages: int = MESSAGES, seconds: float = MINUTE, after: float = AFTER) -> Rate:
    """Queues `messages` texts to the crowd and lets delivery run. Raises BenchError where what it believes it sent is
    not what the platform has."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        port = free_port()
        # Without its loops the service does nothing by itself; the clock runs, because limits slide.
        where = place(Path(name), port, MORNING, DUBAN_ROLES="web", DUBAN_CLOCK_SPEED="1")
        await load(where)
        async with (
            serving("bot.bench.limited", [str(port)], {}, where.folder, port),
            running(where.settings()) as service,
        ):
            await service.delivery.drain()  # takes the lease, and the menu is sent
            await crowd.gather(service.store)
            await crowd.tell(service.store, messages, service.clock.now())
            taken = await _deliver(service, seconds, after)
            state = await _state(port)
        permitted = where.settings().policy.api_per_minute
    rate = _rate(taken, state, permitted, seconds)
    if rate.taken != state["sent"] + state["discarded"] or state["duplicates"]:
        raise BenchError(f"自认为发出 {rate.taken} 条，平台却收到 {state['sent']} 条，这次测量不算数")
    return rate


async def _deliver(service: Service, seconds: float, after: float) -> list[tuple[float, int]]:
    """(seconds since the start, messages taken by then), looked at again and again."""
    before = service.delivery.accepted
    started = perf_counter()
    seen = [(0.0, 0)]
    running_delivery = asyncio.create_task(service.delivery.run())
    try:
        while seen[-1][0] < seconds + after:
            await asyncio.sleep(LOOK_EVERY)
            seen.append((perf_counter() - started, service.delivery.accepted - before))
    finally:
        running_delivery.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running_delivery
    await service.delivery.stop()
    seen.append((perf_counter() - started, service.delivery.accepted - before))
    return seen


async def _state(port: int) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/sandbox/state") as answer:
        state: dict[str, Any] = await answer.json()
    return state


def _rate(taken: list[tuple[float, int]], state: Mapping[str, Any], permitted: int, seconds: float) -> Rate:
    codes = state["apis"].get("message/send", {})
    first = max(count for at, count in taken if at <= seconds)
    per_second = [0] * (int(taken[-1][0]) + 1)
    for (_, before), (at, count) in pairwise(taken):
        per_second[int(at)] += count - before
    return Rate(
        permitted=round(permitted * seconds / MINUTE),
        first_minute=first,
        taken=taken[-1][1],
        breaches=int(codes.get("45009", 0)),
        discarded=int(state["discarded"]),
        busiest=max(per_second),
    )


def figures(rate: Rate) -> dict[str, Figure]:
    return {
        "people": crowd.PEOPLE,
        "taken": rate.taken,
        "first_minute": rate.first_minute,
        "permitted_a_minute": rate.permitted,
        "share_of_permitted": round(rate.share, 3),
        "busiest_second": rate.busiest,
        "breaches_45009": rate.breaches,
        "discarded": rate.discarded,
    }


def lines(rate: Rate) -> list[str]:
    good = rate.share >= AIM and not rate.breaches and not rate.discarded
    return [
        f"积压 {crowd.PEOPLE} 人、{MESSAGES} 条，放开发（平台为另一进程里的沙箱，按真实平台限流）：",
        f"  头一分钟 {rate.first_minute} 条，本系统自限每分钟 {rate.permitted} 条，"
        f"占 {rate.share:.1%}{verdict(good, f'不低于 {AIM:.0%}，且没有一条超限')}",
        f"  最快的一秒 {rate.busiest} 条；45009 {rate.breaches} 次，超过个人上限被丢弃 {rate.discarded} 条",
    ]
