"""Digests that were planned and never left make way for the next morning's, which says what they were to say."""

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select
from support.world import COUNTY_POLICY

from bot.domain.calendar import SHANGHAI
from bot.store.engine import Store
from bot.store.tables import Outbox
from scheduler.engine import morning

TUESDAY = datetime(2021, 5, 25, 9, 2, tzinfo=SHANGHAI)
WEDNESDAY = datetime(2021, 5, 26, 9, 2, tzinfo=SHANGHAI)


@pytest.fixture
async def store(corner_url: str) -> AsyncIterator[Store]:
    one = Store(corner_url)
    yield one
    await one.close()


async def digests(store: Store, day: str) -> dict[str | None, Outbox]:
    async with store.read() as session:
        rows = await session.scalars(select(Outbox).where(Outbox.key.like(f"digest:{day}:%")))
        return {row.member_key: row for row in rows}


async def test_what_nobody_sent_is_said_the_next_morning(store: Store) -> None:
    async with store.write() as session:
        await morning(session, COUNTY_POLICY, TUESDAY)
    first = await digests(store, "2021-05-25")
    assert first
    async with store.write() as session:
        await morning(session, COUNTY_POLICY, WEDNESDAY)
    assert {row.state for row in (await digests(store, "2021-05-25")).values()} == {"superseded"}
    again = await digests(store, "2021-05-26")
    assert {key: row.payload["lines"] for key, row in again.items()} == {
        key: row.payload["lines"] for key, row in first.items()
    }
