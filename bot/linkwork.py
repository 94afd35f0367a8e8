"""Has the links people hand in looked at, beside everything else: no callback, answer or plan waits for it."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bot.clock import Clock
from bot.domain.links import Page
from bot.domain.policy import Policy
from bot.evidence.fetching import Fetcher
from bot.services import links
from bot.services.work import Work
from bot.store.engine import Store

log = structlog.get_logger()

TAKEN = 16  # links claimed at once; of one slow host they are done before their claims end
LOOK_AGAIN = 3.0  # seconds; what was just handed in is looked at after no more
STOP_WITHIN = 5.0  # seconds
T = TypeVar("T")


class LinkChecker:
    """Any number of processes may run one: a link belongs to whoever claimed it. `real_now` times the claims.

    Due is what the service's clock says, so a clock that was turned brings what fell due meanwhile, after the jump.
    `may_work` is False while the database has another version's schema.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        clock: Clock,
        policy: Policy,
        real_now: Callable[[], datetime],
        may_work: Callable[[], bool] = lambda: True,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._policy = policy
        self._real_now = real_now
        self._may_work = may_work
        self._turn = asyncio.Lock()
        self._stopped = False
        self._at_work: set[asyncio.Task[Any]] = set()
        self._looks: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Ends when cancelled; what was not looked at to the end is free for the next process at once."""
        try:
            while True:
                try:
                    await self.drain()
                except Exception:  # the database may be away for a moment; the links are still due afterwards
                    log.exception("links.failed")
                await asyncio.sleep(LOOK_AGAIN)
        finally:
            self._stopped = True
            for look in self._looks:
                look.cancel()
            if self._at_work:  # not cut off in the middle of a transaction
                await asyncio.wait(self._at_work, timeout=STOP_WITHIN)
            self._fetcher.close()

    async def drain(self) -> int:
        """Looks at everything that is due now. Returns how many links that were."""
        async with self._turn:
            looked = 0
            at_work: set[asyncio.Task[None]] = set()
            while True:
                room = TAKEN - len(at_work)
                jobs = await self._claim(room) if room and self._may_work() and not self._stopped else []
                looked += len(jobs)
                at_work |= {self._start(self._one(job)) for job in jobs}
                if not at_work:
                    return looked
                # One that takes its time keeps nobody else's from being taken up.
                _, at_work = await asyncio.wait(at_work, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)

    async def _one(self, job: links.Job) -> None:
        look = asyncio.create_task(self._fetcher.look(job.link))
        self._looks.add(look)
        try:
            await asyncio.wait({look})
            if look.cancelled():
                await links.release(self._store, job)
            else:
                await self._keep(job, look.result())
        except Exception:  # the claim lapses, and the link is looked at again
            log.exception("links.not_kept", evidence=job.evidence_id)
        finally:
            self._looks.discard(look)

    async def _keep(self, job: links.Job, page: Page) -> None:
        async with self._store.write() as session:
            kept = await links.finish(Work(session, self._clock.now(), self._policy), job, page)
        trouble = page.trouble.name if page.trouble else None
        log.info("links.looked", evidence=job.evidence_id, reach=page.reach, kind=page.kind, trouble=trouble, kept=kept)

    async def _claim(self, most: int) -> list[links.Job]:
        now, real = self._clock.now(), self._real_now()
        task = self._start(links.claim(self._store, self._policy, now, real, most))
        await asyncio.wait({task})
        return task.result()

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Goes on to its end though whoever waits for it is cancelled."""
        task = asyncio.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)
        return task
