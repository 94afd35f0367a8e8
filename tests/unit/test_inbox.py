"""From the callback to the handler: on disk before it is acknowledged, once, in order per person (rule 7)."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from bot.clock import RealClock
from bot.inbox import Intake, Stored, Worker, backlog
from bot.store import migrate
from bot.store.engine import Store
from bot.store.tables import Inbox


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    one = Store(empty_url)
    await migrate.upgrade(one)
    yield one
    await one.close()


async def states(store: Store) -> dict[str, str]:
    async with store.read() as session:
        return {row.key: row.state for row in await session.execute(select(Inbox.key, Inbox.state))}


async def done(store: Store, row_id: int, state: str = "done", error: str | None = None) -> None:
    async with store.write() as session:
        await session.execute(update(Inbox).where(Inbox.id == row_id).values(state=state, error=error))


async def key_of_row(store: Store, row_id: int) -> str:
    async with store.read() as session:
        return str(await session.scalar(select(Inbox.key).where(Inbox.id == row_id)))


async def test_a_message_is_there_when_accepting_returns_and_once(store: Store) -> None:
    intake = Intake(store, RealClock())
    await intake.accept(Stored("msg-1", "Xinmin_WangJuan", "sealed-1"))
    assert intake.stored.is_set()
    await intake.accept(Stored("msg-1", "Xinmin_WangJuan", "sealed-again"))
    async with store.read() as session:
        (row,) = (await session.scalars(select(Inbox))).all()
    assert (row.sender, row.sealed, row.state, row.attempts) == ("xinmin_wangjuan", "sealed-1", "new", 0)
    assert row.received_at.tzinfo is not None


async def test_many_at_once_share_a_commit_and_all_are_there(store: Store) -> None:
    intake = Intake(store, RealClock())
    await asyncio.gather(*(intake.accept(Stored(f"msg-{n % 40}", f"person-{n % 7}", f"s{n}")) for n in range(120)))
    assert await states(store) == {f"msg-{n}": "new" for n in range(40)}
    assert await backlog(store) == (40, 0)


async def test_what_cannot_be_stored_raises_for_everybody_who_waits(store: Store) -> None:
    intake = Intake(store, RealClock())
    async with store.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE inbox")
    results = await asyncio.gather(
        *(intake.accept(Stored(f"msg-{n}", "someone", "s")) for n in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, Exception) for result in results)
    assert not intake.stored.is_set()


async def test_one_persons_messages_are_handled_in_order_and_others_beside_them(store: Store) -> None:
    intake = Intake(store, RealClock())
    for n in range(1, 4):
        for person in ("a", "b"):
            await intake.accept(Stored(f"{person}{n}", person, "s"))
    handled: list[str] = []
    both_at_work = asyncio.Barrier(2)

    async def handle(row_id: int) -> None:
        key = await key_of_row(store, row_id)
        if key.endswith("1"):
            await asyncio.wait_for(both_at_work.wait(), 10)  # neither person waits for the other
        handled.append(key)
        await done(store, row_id)

    async def give_up(row_id: int, reason: str) -> None:
        raise AssertionError(reason)

    assert await Worker(store, intake.stored, handle, give_up, lambda: True).drain() == 6
    assert [key for key in handled if key.startswith("a")] == ["a1", "a2", "a3"]
    assert [key for key in handled if key.startswith("b")] == ["b1", "b2", "b3"]
    assert await backlog(store) == (0, 0)


async def test_a_handler_that_fails_is_tried_three_times_and_then_given_up_once(store: Store) -> None:
    intake = Intake(store, RealClock())
    for key in ("bad", "good"):
        await intake.accept(Stored(key, "someone", "s"))
    tried: list[str] = []
    given_up: list[tuple[str, str]] = []

    async def handle(row_id: int) -> None:
        key = await key_of_row(store, row_id)
        tried.append(key)
        if key == "bad":
            raise RuntimeError("the handler is broken")
        await done(store, row_id)

    async def give_up(row_id: int, reason: str) -> None:
        given_up.append((await key_of_row(store, row_id), reason))
        await done(store, row_id, "parked", reason)

    worker = Worker(store, intake.stored, handle, give_up, lambda: True)
    assert await worker.drain() == 2
    assert tried == ["bad", "bad", "bad", "good"]
    assert given_up == [("bad", "RuntimeError: the handler is broken")]
    assert await states(store) == {"bad": "parked", "good": "done"}
    assert await backlog(store) == (0, 1)
    assert await worker.drain() == 0  # parked is parked


async def test_a_handler_that_fails_once_is_not_given_up(store: Store) -> None:
    intake = Intake(store, RealClock())
    await intake.accept(Stored("shaky", "someone", "s"))
    attempts = 0

    async def handle(row_id: int) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise RuntimeError("the handler stumbled")
        await done(store, row_id)

    async def give_up(row_id: int, reason: str) -> None:
        raise AssertionError(reason)

    await Worker(store, intake.stored, handle, give_up, lambda: True).drain()
    assert attempts == 2 and await states(store) == {"shaky": "done"}


async def test_a_database_that_is_away_parks_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.inbox.LOOK_AGAIN", 0.01)
    intake = Intake(store, RealClock())
    await intake.accept(Stored("patient", "someone", "s"))
    attempts, handled = 0, asyncio.Event()

    async def handle(row_id: int) -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 8:
            raise ConnectionError("the database was away")
        await done(store, row_id)
        handled.set()

    async def give_up(row_id: int, reason: str) -> None:
        raise AssertionError(reason)

    running = asyncio.create_task(Worker(store, intake.stored, handle, give_up, lambda: True).run())
    try:
        await asyncio.wait_for(handled.wait(), 10)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await states(store) == {"patient": "done"}


async def test_a_stored_message_wakes_the_worker(store: Store) -> None:
    intake = Intake(store, RealClock())
    handled = asyncio.Event()

    async def handle(row_id: int) -> None:
        await done(store, row_id)
        handled.set()

    async def give_up(row_id: int, reason: str) -> None:
        raise AssertionError(reason)

    running = asyncio.create_task(Worker(store, intake.stored, handle, give_up, lambda: True).run())
    try:
        await intake.accept(Stored("msg-1", "someone", "s"))
        await asyncio.wait_for(handled.wait(), 4)  # less than the five seconds after which it looks by itself
    finally:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
