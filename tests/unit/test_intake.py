"""Rule 7 at the door: a callback is acknowledged only after it is stored, and stored once."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import structlog
from sqlalchemy import select, text

from bot import inbox
from bot.clock import VirtualClock
from bot.inbox import Intake, Stored
from bot.store.engine import Store
from bot.store.tables import Inbox

NOW = datetime(2021, 5, 25, 1, 2, 3, 40, tzinfo=UTC)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    store = Store(database_url)
    yield store
    await store.close()


@pytest.fixture
def intake(store: Store) -> Intake:
    return Intake(store, VirtualClock(NOW, speed=0))


async def stored(url: str) -> list[Inbox]:
    """What another process finds."""
    other = Store(url)
    try:
        async with other.read() as session:
            return list((await session.scalars(select(Inbox).order_by(Inbox.id))).all())
    finally:
        await other.close()


async def test_what_was_accepted_is_there_for_everybody(intake: Intake, database_url: str) -> None:
    await intake.accept(Stored("msg-1", "LiSi", "c2VhbGVk"))
    (row,) = await stored(database_url)
    assert (row.key, row.sender, row.state, row.sealed, row.attempts) == ("msg-1", "lisi", "new", "c2VhbGVk", 0)
    assert row.received_at == NOW
    assert row.words is None
    assert intake.stored.is_set()


async def test_a_repetition_changes_nothing_even_beside_its_original(intake: Intake, database_url: str) -> None:
    await asyncio.gather(*(intake.accept(Stored("msg-1", "lisi", sealed)) for sealed in ("first", "second")))
    await intake.accept(Stored("msg-1", "wangwu", "third"))
    await intake.accept(Stored("msg-2", "lisi", "other"))
    assert [(row.key, row.sealed) for row in await stored(database_url)] == [("msg-1", "first"), ("msg-2", "other")]


async def test_a_crowd_is_stored_in_the_order_it_came(intake: Intake, database_url: str) -> None:
    await asyncio.gather(*(intake.accept(Stored(f"msg-{n}", "lisi", "sealed")) for n in range(1200)))
    assert [row.key for row in await stored(database_url)] == [f"msg-{n}" for n in range(1200)]


async def rename(store: Store, old: str, new: str) -> None:
    async with store.write() as session:
        await session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def test_what_cannot_be_stored_is_not_acknowledged(intake: Intake, store: Store, database_url: str) -> None:
    await rename(store, "inbox", "elsewhere")
    with pytest.raises(Exception, match="inbox"):
        await intake.accept(Stored("msg-1", "lisi", "sealed"))
    assert not intake.stored.is_set()
    await rename(store, "elsewhere", "inbox")
    await intake.accept(Stored("msg-1", "lisi", "sealed"))  # the platform sends it again
    assert [row.key for row in await stored(database_url)] == ["msg-1"]


async def test_who_waits_is_told_even_where_the_log_cannot_be_written(
    intake: Intake, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the platform's connection would hang, and every one after it."""
    full = io.StringIO()
    full.close()
    monkeypatch.setattr(inbox, "log", structlog.wrap_logger(structlog.PrintLogger(full)))
    await rename(store, "inbox", "elsewhere")
    async with asyncio.timeout(20):
        with pytest.raises(Exception, match="inbox"):
            await intake.accept(Stored("msg-1", "lisi", "sealed"))
