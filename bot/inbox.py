"""From the callback to the handler: stored before it is acknowledged, handled once, in order per person (rule 7)."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import postgresql

from bot.clock import Clock
from bot.store import live
from bot.store.engine import Store, is_away
from bot.store.people import key_of
from bot.store.tables import Inbox as Row
from bot.wecom.errors import ErrorClass, PlatformError

log = structlog.get_logger()

TABLE = Row.metadata.tables[Row.__tablename__]  # as a table: the ORM's bulk insert costs twice as much
BATCH = 500  # callbacks stored in one commit
ATTEMPTS = 3  # in a row, then the message is parked
PAUSES = (5.0, 15.0, 60.0, 300.0)  # seconds; between such rows of attempts where it is the platform that fails
PASSING = frozenset({ErrorClass.TRANSIENT, ErrorClass.RATE, ErrorClass.SETTINGS})
PEOPLE_AT_ONCE = 8
STOP_WITHIN = 5.0  # seconds that messages being handled are given at the end
LOOK_AGAIN = 1.0  # seconds; another process may have stored something


@dataclass(frozen=True)
class Stored:
    key: str
    sender: str
    sealed: str


class Intake:
    """Stores callbacks, many in one commit: whoever calls while a commit runs shares the next one."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: list[tuple[Stored, asyncio.Future[None]]] = []
        self._committing: asyncio.Task[None] | None = None
        self.stored = asyncio.Event()  # set when something new may be there for the worker

    async def accept(self, message: Stored) -> None:
        """Returns when the message is on disk; one that is there already changes nothing. Raises if it cannot be."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, done))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        await done

    async def _commit_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._commit([message for message, _ in batch])
            except Exception as error:
                # Before anything else that could fail: whoever waits must hear of it, and be sent the message again.
                for _, done in batch:
                    if not done.done():
                        done.set_exception(error)
                log.exception("inbox.not_stored", messages=len(batch))
            else:
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)
                self.stored.set()

    async def _commit(self, messages: list[Stored]) -> None:
        now = self._clock.now()
        if self._store.is_sqlite:
            await self._store.append(*_sqlite_insert(messages, now))
            return
        rows = [
            {
                "key": message.key,
                "sender": key_of(message.sender),
                "received_at": now,
                "state": "new",
                "sealed": message.sealed,
                "attempts": 0,
            }
            for message in messages
        ]
        async with self._store.write() as session:
            await session.execute(postgresql.insert(TABLE).on_conflict_do_nothing(index_elements=["key"]), rows)


def _sqlite_insert(messages: list[Stored], now: datetime) -> tuple[str, list[str]]:
    """All of them in one statement: executemany would take the interpreter's lock again for every row."""
    at = now.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    values = [value for one in messages for value in (one.key, key_of(one.sender), at, one.sealed)]
    rows = ", ".join(["(?, ?, ?, ?, 'new', 0)"] * len(messages))
    insert = "INSERT INTO inbox (key, sender, received_at, sealed, state, attempts)"
    return f"{insert} VALUES {rows} ON CONFLICT (key) DO NOTHING", values


Handle = Callable[[int], Awaitable[None]]
GiveUp = Callable[[int, str], Awaitable[None]]


class Worker:
    """Takes stored messages to `handle`: one at a time for each person and in order, different people side by side.

    Nobody waits for somebody else's slow message. `may_work` is False while the database has another version's schema.
    """

    def __init__(
        self, store: Store, wake: asyncio.Event, handle: Handle, give_up: GiveUp, may_work: Callable[[], bool]
    ) -> None:
        self._store = store
        self._wake = wake
        self._handle = handle
        self._give_up = give_up
        self._may_work = may_work
        self._turn = asyncio.Lock()
        self._at_work: dict[str, asyncio.Task[None]] = {}  # person -> their message that is being handled
        self._put_off: dict[str, _PutOff] = {}  # person -> their message that waits for the platform

    async def run(self) -> None:
        """Ends when cancelled."""
        try:
            while True:
                try:
                    await self.drain()
                except Exception:  # the database may be away for a moment; the messages are still there afterwards
                    log.exception("inbox.failed")
                try:
                    await asyncio.wait_for(self._wake.wait(), timeout=LOOK_AGAIN)
                except TimeoutError:
                    continue
        finally:
            # Not cut off in the middle of a transaction, unless it takes too long: a file that does not come.
            if self._at_work:
                await asyncio.wait(self._at_work.values(), timeout=STOP_WITHIN)
            for task in self._at_work.values():
                task.cancel()
            await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def drain(self) -> int:
        """Handles everything that is stored now. Returns how many messages were taken up for that."""
        async with self._turn:
            taken_up = 0
            while True:
                self._wake.clear()
                taken_up += await self._take_up()
                if not self._at_work:
                    return taken_up
                await self._something_happens()

    async def _take_up(self) -> int:
        """Starts on the first message of everybody who has one and is not being served."""
        free = PEOPLE_AT_ONCE - len(self._at_work)
        if free <= 0 or not self._may_work():
            return 0
        now = time.monotonic()
        passed = [*self._at_work, *(person for person, one in self._put_off.items() if one.until > now)]
        async with self._store.read() as session:
            waiting = (await session.execute(waiting_first(passed, free))).all()
        for sender, row_id in waiting:
            self._at_work[sender] = asyncio.create_task(self._one(sender, row_id))
        return len(waiting)

    async def _something_happens(self) -> None:
        """A message was handled, a new one came in, or a second went by."""
        woken = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait(
                {*self._at_work.values(), woken}, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            woken.cancel()
        for person, task in list(self._at_work.items()):
            if task.done():
                del self._at_work[person]
                task.result()  # what could not even be parked is the database's failure: `run` says it and goes on

    async def _one(self, sender: str, row_id: int) -> None:
        """Tries a few times; then the message is parked with the reason, and the sender hears of it once."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._handle(row_id)
                self._put_off.pop(sender, None)
                return
            except Exception as error:
                if is_away(error):  # the message is as good as before; it waits until the database is back
                    log.warning("inbox.put_off", row=row_id, error=type(error).__name__)
                    self._put_off[sender] = _PutOff(row_id, 0, time.monotonic() + LOOK_AGAIN)
                    return
                log.exception("inbox.handler_failed", row=row_id, attempt=attempt)
                if attempt < ATTEMPTS:
                    await asyncio.sleep(0.05 * 4**attempt)
                elif not self._wait_for_platform(sender, row_id, error):
                    await self._give_up(row_id, f"{type(error).__name__}: {error}"[:500])
                    self._put_off.pop(sender, None)

    def _wait_for_platform(self, sender: str, row_id: int, error: Exception) -> bool:
        """A file the platform cannot hand out just now is asked for again, for some minutes."""
        if not isinstance(error, PlatformError) or error.cls not in PASSING:
            return False
        before = self._put_off.get(sender)
        tries = before.tries + 1 if before and before.row_id == row_id else 0
        if tries >= len(PAUSES):
            return False
        self._put_off[sender] = _PutOff(row_id, tries, time.monotonic() + PAUSES[tries])
        return True


@dataclass(frozen=True)
class _PutOff:
    row_id: int
    tries: int
    until: float  # on the monotonic clock


def waiting_first(passed: Collection[str], limit: int) -> Select[str, int]:
    """Who has messages waiting, except `passed`, and each one's first; longest waiting first."""
    first = func.min(Row.id)
    query = select(Row.sender, first).where(live.new, Row.sender.not_in(list(passed))).group_by(Row.sender)
    return query.order_by(first).limit(limit)


async def backlog(store: Store) -> tuple[int, int]:
    """How many messages wait, and how many are parked."""
    async with store.read() as session:
        waiting = await session.scalar(select(func.count()).select_from(Row).where(live.new))
        parked = await session.scalar(select(func.count()).select_from(Row).where(live.parked))
    return waiting or 0, parked or 0
