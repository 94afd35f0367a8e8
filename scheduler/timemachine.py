"""Turning a virtual clock: forward only, stopping at every moment at which something can be due (DESIGN §6, /clock)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Moved, VirtualClock
from bot.domain.calendar import UnknownYear
from bot.domain.policy import Policy
from bot.store.lease import TTL, Lease, LeaseLost
from scheduler.delivery import Delivery
from scheduler.engine import Engine
from scheduler.planner import next_moment

TAKE_OVER = TTL + 3.0  # seconds: a process that was killed keeps its lease that long


@dataclass(frozen=True)
class TimeTravel:
    """A jump is no outage: each morning in between is planned and sent at its own time."""

    clock: VirtualClock
    policy: Policy
    engine: Engine
    delivery: Delivery
    lease: Lease
    settle_inbox: Callable[[], Awaitable[int]]  # handles what has come in, at the time it came
    remember: Callable[[datetime], Awaitable[None]]  # keeps the time reached in the database
    turn: asyncio.Lock

    async def move(self, to: datetime) -> Moved | None:
        """None when `to` is in the past. Raises LeaseLost where another process plans and sends."""
        async with self.turn:
            # What `GET /clock` shows has no fractions of a second: to go where it says one is, is no way back.
            if to < self.clock.now().replace(microsecond=0):
                return None
            if not await self.lease.wait(TAKE_OVER):
                raise LeaseLost
            # Counted as a difference: the ticker and the delivery loop run on meanwhile, and do part of the work.
            planned, sent = self.engine.made, self.delivery.accepted
            await self.settle_inbox()
            await self._due_now()
            while (stop := await self.next()) is not None and stop < to:
                self.clock.jump(stop)
                await self._due_now()
                await self.remember(self.clock.now())
            self.clock.jump(to)
            await self._due_now()
            await self.remember(self.clock.now())
            return Moved(self.engine.made - planned, self.delivery.accepted - sent)

    async def next(self) -> datetime | None:
        """The next moment at which something can be due: a morning to plan, or a message that waits."""
        now = self.clock.now()
        waiting = await self.delivery.next_due(after=now)
        try:
            morning = next_moment(self.policy.calendar, self.policy, now)
        except UnknownYear:
            return waiting  # nothing is planned in a year without a calendar; /readyz says so
        return morning if waiting is None else min(morning, waiting)

    async def _due_now(self) -> None:
        await self.engine.tick()
        await self.delivery.drain()
