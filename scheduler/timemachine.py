"""Turning a virtual clock: forward only, stopping at every moment at which something can be due (DESIGN §6, /clock)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Moved, VirtualClock
from bot.domain.policy import Policy
from scheduler.delivery import Delivery
from scheduler.engine import Engine
from scheduler.planner import next_moment


@dataclass(frozen=True)
class TimeTravel:
    """A jump is no outage: each morning in between is planned and sent at its own time."""

    clock: VirtualClock
    policy: Policy
    engine: Engine
    delivery: Delivery
    settle_inbox: Callable[[], Awaitable[int]]  # handles what has come in, at the time it came
    remember: Callable[[datetime], Awaitable[None]]  # keeps the time reached in the database
    turn: asyncio.Lock

    async def move(self, to: datetime) -> Moved | None:
        async with self.turn:
            if to < self.clock.now():
                return None
            await self.settle_inbox()
            planned, sent = await self._due_now()
            while (stop := await self.next()) is not None and stop < to:
                self.clock.jump(max(stop, self.clock.now()))
                more = await self._due_now()
                planned, sent = planned + more[0], sent + more[1]
            self.clock.jump(max(to, self.clock.now()))
            more = await self._due_now()
            await self.remember(self.clock.now())
            return Moved(planned + more[0], sent + more[1])

    async def next(self) -> datetime | None:
        """The next moment at which something can be due: a morning to plan, or a message that waits."""
        now = self.clock.now()
        morning = next_moment(self.policy.calendar, self.policy, now)
        waiting = await self.delivery.next_due(after=now)
        return morning if waiting is None else min(morning, waiting)

    async def _due_now(self) -> tuple[int, int]:
        return await self.engine.tick(), await self.delivery.drain()
