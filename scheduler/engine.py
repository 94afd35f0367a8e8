"""One planning moment: read what is, plan what is due, store it. Doing it twice changes nothing."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import UnknownYear, local, local_day
from bot.domain.planning import Plan, Snapshot
from bot.domain.policy import Policy
from bot.domain.timing import digest_moment
from bot.services import held, notices, requests
from bot.services.planning import retire, snapshot, store_plan
from bot.services.work import Work
from bot.store.engine import Store
from bot.store.facts import PLANNED, put
from bot.store.lease import Lease, LeaseLost
from bot.store.tables import Fact
from scheduler.planner import plan

log = structlog.get_logger()

AT_ONCE = 2_000  # items planned without leaving the event loop: a county's take some 50 ms


class Engine:
    def __init__(
        self, store: Store, lease: Lease, policy: Policy, now: Callable[[], datetime], on_planned: Callable[[], None]
    ) -> None:
        self._store = store
        self._lease = lease
        self._policy = policy
        self._now = now
        self._on_planned = on_planned
        self._turn = asyncio.Lock()  # the ticker and a clock that is turned may come at once
        self.unknown_year: int | None = None  # a health failure (rule 3)
        self.made = 0  # digests planned since this process started

    async def tick(self) -> int:
        """Plans if this day's digests were not planned yet. Returns how many digests are new."""
        async with self._turn:
            return await self._tick()

    async def _tick(self) -> int:
        now = self._now()
        try:
            if not self._lease.held() or not self._is_time(now) or await self._planned(now):
                return 0
            made = await self._plan(now)
        except UnknownYear as error:
            self.unknown_year = error.year
            log.error("planner.unknown_year", year=error.year)
            return 0
        except LeaseLost:
            log.info("planner.planned_elsewhere")
            return 0
        if made:
            self._on_planned()
        self.made += made
        return made

    def _is_time(self, now: datetime) -> bool:
        here = local(now)
        policy = self._policy
        return policy.digest_from <= here.time() <= policy.digest_catch_up and policy.calendar.is_workday(here.date())

    async def _planned(self, now: datetime) -> bool:
        async with self._store.read() as session:
            fact = await session.get(Fact, PLANNED)
        return fact is not None and str(fact.value["day"]) >= local_day(now).isoformat()

    async def _plan(self, now: datetime) -> int:
        async with self._store.write() as session:
            await self._lease.fence(session)
            decided, made = await morning(session, self._policy, now)
            await put(session, PLANNED, {"day": local_day(now).isoformat()})
        self.unknown_year = decided.unknown_year
        log.info("planner.planned", digests=made, marks=len(decided.marks), unknown_year=decided.unknown_year)
        return made


async def morning(session: AsyncSession, policy: Policy, now: datetime) -> tuple[Plan, int]:
    """Plans the morning of `now` and stores it, inside a transaction; and how many digests are new."""
    await retire(Work(session, now, policy))
    # Told this very morning: what is good to know, or goes to somebody else, counts up to the digest hour.
    early = Work(session, digest_moment(policy, local_day(now)), policy)
    await held.readdress(early)
    await requests.remind(early)
    await notices.remind(Work(session, now, policy))
    await session.flush()
    decided = await _decide(await snapshot(session, now), policy, now)
    return decided, await store_plan(Work(session, now, policy), decided)


async def _decide(seen: Snapshot, policy: Policy, now: datetime) -> Plan:
    """The pure planner; for very many items beside the event loop, which has callbacks to answer meanwhile."""
    if len(seen.items) <= AT_ONCE:
        return plan(seen, policy, policy.calendar, now)
    return await asyncio.to_thread(plan, seen, policy, policy.calendar, now)


async def look_ahead(store: Store, policy: Policy, now: datetime) -> tuple[Snapshot, Plan]:
    """What would be planned at `now`; stores nothing (`duban plan`)."""
    async with store.read() as session:
        seen = await snapshot(session, now)
    return seen, await _decide(seen, policy, now)
