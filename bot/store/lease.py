"""Who plans and sends: on PostgreSQL one of any number of processes, by a lease with an epoch; on SQLite the only one.

The lease is a row that its holder renews. Whoever takes it over counts its epoch up, and every transaction of the
holder first reads the row under a share lock: a holder that was paused, and came back after somebody else took over,
finds another epoch and can store nothing. It also asks `held` before every call to the platform, on a clock that runs
while the process is stopped.
"""

import asyncio
import contextlib
import fcntl
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store import migrate
from bot.store.engine import DatabaseError, Store

log = structlog.get_logger()

TTL = 5.0  # seconds a lease lasts without being renewed: the longest time without a sender after a crash
RENEW = 1.5  # seconds between renewals
MARGIN = 1.0  # seconds before its end from which the holder no longer trusts it

_TAKE = text(
    """
    UPDATE lease SET holder = :me, epoch = epoch + CASE WHEN holder = :me THEN 0 ELSE 1 END,
           expires_at = clock_timestamp() + make_interval(secs => :ttl)
    WHERE name = 'scheduler' AND (holder = :me OR expires_at < clock_timestamp())
    RETURNING epoch
    """
)
_FENCE = text("SELECT 1 FROM lease WHERE name = 'scheduler' AND holder = :me AND epoch = :epoch FOR SHARE")
_RELEASE = text("UPDATE lease SET expires_at = clock_timestamp() WHERE name = 'scheduler' AND holder = :me")


class LeaseLost(RuntimeError):
    """Somebody else plans and sends by now; what this process was about to store is not stored."""


class Lease:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._me = uuid.uuid4().hex
        self._until = 0.0  # on the monotonic clock, which runs on while a process is stopped
        self.epoch: int | None = None
        self.schema_differs = False  # another version's schema: this process stands back

    def held(self) -> bool:
        """May this process plan and send right now?"""
        return self.epoch is not None and (self._store.is_sqlite or time.monotonic() < self._until)

    async def renew(self) -> bool:
        """Takes the lease if it is free, or prolongs it. False while another process has it."""
        asked = time.monotonic()
        await self.look_at_schema()
        if self.schema_differs:
            self.epoch = None
            return False
        if self._store.is_sqlite:  # `only_process` holds the lock on the file
            self.epoch = self.epoch or 1
            return True
        async with self._store.write() as session:
            epoch = await session.scalar(_TAKE, {"me": self._me, "ttl": TTL})
        if epoch is not None and epoch != self.epoch:
            log.info("lease.taken", epoch=epoch)
        self.epoch = epoch
        self._until = asked + TTL - MARGIN
        return epoch is not None

    async def look_at_schema(self) -> None:
        """Raises SQLAlchemyError or OSError where the database is away."""
        differs = await migrate.differs(self._store)
        if differs and not self.schema_differs:
            log.error("lease.schema_differs", wanted=migrate.wanted())
        self.schema_differs = differs

    async def fence(self, session: AsyncSession) -> None:
        """First thing in a transaction of the holder. Raises LeaseLost where somebody else has taken over."""
        if self._store.is_sqlite:
            return
        if not self.held() or await session.scalar(_FENCE, {"me": self._me, "epoch": self.epoch}) is None:
            self.epoch = None
            raise LeaseLost

    async def run(self) -> None:
        """Renews until cancelled."""
        await self._again_and_again(self.renew)

    async def watch(self) -> None:
        """For a process that never plans or sends: only looks whether the schema is still its own."""
        await self._again_and_again(self.look_at_schema)

    async def _again_and_again(self, step: Callable[[], Awaitable[object]]) -> None:
        while True:
            await asyncio.sleep(RENEW)
            try:
                await step()
            except (SQLAlchemyError, OSError) as error:
                # A lease ends by itself unless the database is back in time.
                log.warning("lease.not_renewed", error=type(error).__name__)

    async def release(self) -> None:
        """At the end: lets the next one in at once."""
        if self._store.is_sqlite or self.epoch is None:
            return
        self.epoch = None
        try:
            async with self._store.write() as session:
                await session.execute(_RELEASE, {"me": self._me})
        except (SQLAlchemyError, OSError) as error:
            log.warning("lease.not_released", error=type(error).__name__)

    async def wait(self, seconds: float) -> bool:
        """Whether this process has the lease, after waiting for it at most so long."""
        end = time.monotonic() + seconds
        while not self.held():
            if await self.renew():
                return True
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.2)
        return True


@contextlib.contextmanager
def only_process(store: Store) -> Iterator[None]:
    """On SQLite one service process at a time; the lock goes with the process, however it ends."""
    path = store.path
    if path is None:
        yield
        return
    lock: IO[str]
    with Path(f"{path}-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseError(f"已有一个 duban serve 在使用 {path}：SQLite 只允许一个服务进程") from None
        yield


async def being_served(store: Store) -> bool:
    """Is a service process planning and sending on this PostgreSQL database right now?"""
    if store.is_sqlite:
        return False
    async with store.read() as session:
        held = text("SELECT count(*) FROM lease WHERE expires_at > clock_timestamp()")
        return bool(await session.scalar(held))
