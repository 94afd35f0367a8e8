"""kill -9 at every commit point and at random moments under load; the next life goes on as if nothing had happened."""

import os
import random
import signal
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from support.world import COUNTY_POLICY, START

from bot.store.tables import Outbox
from chaos.figures import Tell
from chaos.killable import POINTS, SEND
from chaos.lives import Clock, Nursery, nursery, within
from chaos.scene import WRITERS, Hook, Scene, add_writers, scene_on
from chaos.verdict import judge

SEED = os.environ.get("DUBAN_SEED", "20210525")
DAYS = 8  # each has a morning to plan, and 26 kills
TALKING = 10  # people at a time; each waits for its answers
STATEMENTS, MOMENTS = 7, 6  # kills a day at a random statement, and at a random moment
DURING = "call.during"  # the platform has the message, the service not yet the answer
PLANNING = ("plan.before", "plan.after")


class Kills:
    """One county and the many lives of its service."""

    def __init__(self, scene: Scene, parent: Nursery) -> None:
        self.scene = scene
        self.parent = parent
        self.dice = random.Random(SEED)
        self.count: Counter[str] = Counter()
        self.lives = 0

    async def day(self) -> None:
        """Kills before the morning is planned, while it is, and after it."""
        others = [point for point in POINTS if point not in PLANNING]
        kinds = [*others, DURING, *["statement"] * STATEMENTS, *["moment"] * MOMENTS]
        self.dice.shuffle(kinds)
        early = self.dice.randrange(4)
        for kind in kinds[:early]:
            await self.kill(kind)
        self.scene.clock.jump(self.scene.clock().replace(hour=9, minute=16))
        for kind in (*PLANNING, *kinds[early:]):
            await self.kill(kind)

    async def kill(self, kind: str) -> None:
        nth = self.dice.choice((1, 1, 2, 3)) if kind not in PLANNING else 1
        order: dict[str, object] = {"point": kind, "nth": nth}
        if kind == "statement":
            order["nth"] = self.dice.randint(1, 150)
        elif kind == "moment":
            order = {"after": self.dice.uniform(0.02, 0.5)}
        async with self.scene.living(self.parent, **order) as life:
            self.lives += 1
            if kind == DURING:
                self.scene.answered = self._executioner(life.pid)
            if kind in PLANNING:
                await life.answers()
                await self.scene.turn()
            try:
                await within(life.over.wait(), f"{kind} was not reached")
            except AssertionError as error:
                raise AssertionError(f"{error}; unanswered: {await self.scene.unanswered()}") from None
            self.scene.answered = None
        await self.scene.lease_over()
        assert life.killed, f"{kind}: the service ended by itself with {life.code}; see {self.parent.log}"
        assert kind in (DURING, "moment") or life.at == kind
        self.count[kind] += 1

    def _executioner(self, pid: int) -> Hook:
        async def strike(request: web.Request, _response: web.StreamResponse) -> None:
            if urlsplit(str(request.url)).path == SEND:
                self.scene.answered = None  # others are in the same moment
                os.kill(pid, signal.SIGKILL)

        return strike

    async def night(self, morning: datetime) -> None:
        """A life that nobody disturbs brings everything to its end. Then it is the next morning."""
        async with self.scene.living(self.parent) as life, self.scene.hush():
            self.lives += 1
            await self.scene.nothing_waits(Outbox.not_before < self.scene.clock())
            assert not life.over.is_set()
            await life.end()
            self.scene.clock.jump(morning)

    async def end(self) -> None:
        """What waited for the last morning leaves, and nothing is left."""
        self.scene.clock.jump(self.scene.clock().replace(hour=9, minute=16))
        async with self.scene.living(self.parent) as life, self.scene.hush():
            await self.scene.turn()
            await self.scene.nothing_waits()
            assert not life.over.is_set()


def _next_morning(moment: datetime) -> datetime:
    day = moment + timedelta(days=1)
    while not COUNTY_POLICY.calendar.is_workday(day.date()):
        day += timedelta(days=1)
    return day.replace(hour=8, minute=50, second=0, microsecond=0)


async def test_no_kill_loses_or_doubles_anything(corner_url: str, backend: str, tmp_path: Path, tell: Tell) -> None:
    await add_writers(corner_url)
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(scene_on(corner_url, tmp_path / "files", Clock(START)))
        parent = await stack.enter_async_context(nursery(tmp_path))
        kills = Kills(scene, parent)
        await stack.enter_async_context(scene.crowd([userid for userid, _ in WRITERS], TALKING, SEED))
        for _ in range(DAYS):
            await kills.day()
            await kills.night(_next_morning(scene.clock()))
        await kills.end()
        verdict = await judge(scene)
    took = time.monotonic() - began
    total = sum(kills.count.values())
    tell(f"kill -9 on {backend}: {total} kills in {took:.0f} s (seed {SEED}), {verdict}")
    tell("  " + ", ".join(f"{kind} {count}" for kind, count in sorted(kills.count.items())))
    assert not verdict.faults, "\n".join(verdict.faults)
    assert total >= 200
    assert set(kills.count) == {*POINTS, DURING, "statement", "moment"}
