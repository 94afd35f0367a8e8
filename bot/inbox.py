"""From the callback to the handler: stored before it is acknowledged, handled once, in order per person (rule 7)."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql

from bot.clock import Clock
from bot.store.engine import Store
from bot.store.people import key_of
from bot.store.tables import Inbox as Row

log = structlog.get_logger()

TABLE = Row.metadata.tables[Row.__tablename__]  # as a table: the ORM's bulk insert costs twice as much
BATCH = 500  # callbacks stored in one commit
READ = 200  # rows looked at in one round
ATTEMPTS = 3
PEOPLE_AT_ONCE = 8
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
    """Takes stored messages to `handle`, one at a time for each person, different people side by side."""

    def __init__(self, store: Store, wake: asyncio.Event, handle: Handle, give_up: GiveUp) -> None:
        self._store = store
        self._wake = wake
        self._handle = handle
        self._give_up = give_up
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Ends when cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.drain()
            except Exception:  # the database may be away for a moment; the messages are still there afterwards
                log.exception("inbox.failed")
            try:
                await asyncio.wait_for(self._wake.wait(), timeout=LOOK_AGAIN)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Handles everything that is stored now. Returns how many messages that was."""
        async with self._turn:
            handled = 0
            while waiting := await self._waiting():
                gate = asyncio.Semaphore(PEOPLE_AT_ONCE)

                async def one_person(rows: list[int], gate: asyncio.Semaphore = gate) -> None:
                    async with gate:
                        for row_id in rows:
                            await self._one(row_id)

                await asyncio.gather(*(one_person(rows) for rows in waiting.values()))
                handled += sum(len(rows) for rows in waiting.values())
            return handled

    async def _waiting(self) -> dict[str, list[int]]:
        query = select(Row.id, Row.sender).where(Row.state == "new").order_by(Row.id).limit(READ)
        by_sender: dict[str, list[int]] = defaultdict(list)
        async with self._store.read() as session:
            for row_id, sender in await session.execute(query):
                by_sender[sender].append(row_id)
        return dict(by_sender)

    async def _one(self, row_id: int) -> None:
        """Tries a few times; then the message is parked with the reason, and the sender hears of it once."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await self._handle(row_id)
                return
            except Exception as error:
                log.exception("inbox.handler_failed", row=row_id, attempt=attempt)
                if attempt == ATTEMPTS:
                    await self._give_up(row_id, f"{type(error).__name__}: {error}"[:500])
                else:
                    await asyncio.sleep(0.05 * 4**attempt)


async def backlog(store: Store) -> tuple[int, int]:
    """How many messages wait, and how many are parked."""
    async with store.read() as session:
        query = select(Row.state, func.count()).where(Row.state.in_(["new", "parked"])).group_by(Row.state)
        counts = {row.state: row[1] for row in await session.execute(query)}
    return counts.get("new", 0), counts.get("parked", 0)
