"""A handful of fixed jobs on APScheduler. It holds no business state: missing a tick loses nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import real_now
from bot.domain.policy import Policy
from bot.services import chain, files
from bot.store import live
from bot.store.engine import Store
from bot.store.lease import Lease, LeaseLost
from bot.store.tables import Inbox
from scheduler import auditor
from scheduler.engine import Engine

log = structlog.get_logger()

PLAN_EVERY = 20.0  # seconds
PLAN_EVERY_VIRTUAL = 1.0  # seconds of real time: a fast clock must not run past a morning
SEAL_EVERY = 3.0  # seconds
TIDY_EVERY = 3600.0  # seconds
AUDIT_EVERY = 300.0  # seconds
REMEMBER_EVERY = 2.0  # seconds
STOP_WITHIN = 5.0  # seconds
SENT_FILES_KEPT = 3 * 86400.0  # seconds


class Ticker:
    def __init__(
        self, engine: Engine, store: Store, lease: Lease, policy: Policy, now: Callable[[], datetime], data_dir: Path
    ) -> None:
        self._data_dir = data_dir
        self._lease = lease
        self._engine = engine
        self._store = store
        self._policy = policy
        self._now = now
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._at_work: set[asyncio.Task[None]] = set()

    def start(self, virtual: bool, remember_time: Callable[[], Awaitable[None]] | None) -> None:
        self._every(PLAN_EVERY_VIRTUAL if virtual else PLAN_EVERY, self._plan)
        self._every(SEAL_EVERY, self._seal)
        self._every(TIDY_EVERY, self._tidy)
        self._every(AUDIT_EVERY, self._look)
        if remember_time is not None:
            self._every(REMEMBER_EVERY, remember_time)
        self._scheduler.start()

    async def stop(self) -> None:
        """Starts nothing more and lets what runs come to its end: APScheduler would cut it off and log a failure."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._at_work:
            await asyncio.wait(self._at_work, timeout=STOP_WITHIN)
        self._scheduler.shutdown(wait=False)

    def _every(self, seconds: float, job: Callable[[], Awaitable[None]]) -> None:
        self._scheduler.add_job(self._run, IntervalTrigger(seconds=seconds), [job], max_instances=1, coalesce=True)

    async def _run(self, job: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            if self._lease.held():
                await job()
        except (SQLAlchemyError, OSError, LeaseLost) as error:
            # The database is away, or another process has taken over: the next tick does what this one could not.
            log.warning("ticker.put_off", job=job.__name__, error=type(error).__name__)
        finally:
            self._at_work.discard(task)

    async def _plan(self) -> None:
        await self._engine.tick()

    async def _seal(self) -> None:
        if await chain.unsealed(self._store):
            await chain.seal(self._store)

    async def _look(self) -> None:
        for finding in await auditor.findings(self._store, self._policy, self._now()):
            log.warning("auditor.found", check=finding.check, count=finding.count)

    async def _tidy(self) -> None:
        """Raw incoming words are kept for the policy's days, no longer (rule 8)."""
        before = self._now() - timedelta(days=self._policy.raw_text_days)
        async with self._store.write() as session:
            await session.execute(
                update(Inbox).where(Inbox.handled_at < before, Inbox.words.is_not(None)).values(words=None)
            )
            # What was parked was never handled: it is still sealed, and raw all the same.
            await session.execute(
                update(Inbox)
                .where(live.parked, Inbox.received_at < before, Inbox.sealed.is_not(None))
                .values(sealed=None)
            )
        await asyncio.to_thread(_drop_old_files, self._data_dir / "out")
        await files.drop_unused(self._store, self._data_dir, self._policy.raw_text_days)


def _drop_old_files(folder: Path) -> None:
    """Ledgers made for the chat have been sent long ago. File times are real time, whatever the clock."""
    oldest = real_now().timestamp() - SENT_FILES_KEPT
    for path in folder.glob("*"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
