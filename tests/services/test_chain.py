"""The audit's hash chain (rule 12): whatever of a sealed entry is changed, and whatever is missing, is found."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from bot.services import chain
from bot.store import migrate
from bot.store.engine import Store
from bot.store.tables import Audit

NOW = datetime(2021, 5, 25, 1, 0, 0, 123_456, tzinfo=UTC)


def entry(number: int) -> dict[str, Any]:
    return {
        "at": NOW + timedelta(minutes=number),
        "actor": "xinmin_wangjuan",
        "actor_name": "王娟",
        "act": "progress",
        "subject": f"assignment:{number}",
        "before": {"state": "dispatched", "due": "2021-05-31"},
        "after": {"state": "in_progress", "due": "2021-05-31"},
        "words": f"第{number}次",
        "message_key": f"msg-{number}",
    }


@pytest.fixture
async def store(empty_url: str) -> AsyncIterator[Store]:
    one = Store(empty_url)
    await migrate.upgrade(one)
    async with one.write() as session:
        await session.execute(insert(Audit), [entry(number) for number in range(1, 8)])
    yield one
    await one.close()


async def broken(store: Store) -> int | None:
    async with store.read() as session:
        return (await chain.verify(session)).broken


async def ids(store: Store) -> list[int]:
    async with store.read() as session:
        return list((await session.scalars(select(Audit.id).order_by(Audit.id))).all())


async def change(store: Store, *statements: Any) -> None:
    async with store.write() as session:
        for statement in statements:
            await session.execute(statement)


async def test_sealing_goes_in_order_and_once(store: Store) -> None:
    assert await chain.unsealed(store)
    assert await chain.seal(store) == 7 and await chain.seal(store) == 0
    assert not await chain.unsealed(store)
    async with store.read() as session:
        entries = (await session.scalars(select(Audit).order_by(Audit.seal))).all()
        assert await chain.verify(session) == chain.Verdict(sealed=7, unsealed=0, broken=None)
    assert [e.seal for e in entries] == list(range(1, 8)) and [e.id for e in entries] == await ids(store)
    assert len({e.hash for e in entries}) == 7


async def test_what_is_not_sealed_yet_is_counted_and_joins_later(store: Store) -> None:
    await chain.seal(store)
    await change(store, insert(Audit).values(**entry(8)))
    async with store.read() as session:
        assert await chain.verify(session) == chain.Verdict(sealed=7, unsealed=1, broken=None)
    assert await chain.seal(store) == 1
    async with store.read() as session:
        assert await chain.verify(session) == chain.Verdict(sealed=8, unsealed=0, broken=None)


async def test_changing_any_field_of_any_entry_is_found(store: Store) -> None:
    await chain.seal(store)
    fourth = (await ids(store))[3]
    changes = {
        "at": NOW,
        "actor": "somebody_else",
        "actor_name": "别人",
        "act": "sign",
        "subject": "assignment:5",
        "before": {"state": "returned", "due": "2021-05-31"},
        "after": {"state": "in_progress", "due": "2021-06-30"},
        "words": "",
        "message_key": None,
        "hash": "0" * 64,
        "seal": 40,
    }
    kept = {column.name for column in Audit.__table__.columns} - {"id"}
    assert set(changes) == kept, "a new column belongs into the hash, and here"
    for name, value in changes.items():
        column = getattr(Audit, name)
        async with store.read() as session:
            before = await session.scalar(select(column).where(Audit.id == fourth))
        await change(store, update(Audit).where(Audit.id == fourth).values({name: value}))
        assert await broken(store) is not None, name
        await change(store, update(Audit).where(Audit.id == fourth).values({name: before}))
        assert await broken(store) is None, name


async def test_an_entry_that_is_gone_or_has_changed_its_place_is_found(store: Store) -> None:
    await chain.seal(store)
    all_ids = await ids(store)
    async with store.read() as session:
        query = select(Audit.id, Audit.hash).where(Audit.id.in_(all_ids[2:4])).order_by(Audit.id)
        third, fourth = (row._asdict() for row in await session.execute(query))
    swapped = [update(Audit).where(Audit.id == third["id"]).values(seal=99)]
    swapped += [update(Audit).where(Audit.id == fourth["id"]).values(seal=3, hash=third["hash"])]
    swapped += [update(Audit).where(Audit.id == third["id"]).values(seal=4, hash=fourth["hash"])]
    await change(store, *swapped)
    assert await broken(store) is not None
    await change(store, update(Audit).where(Audit.id == third["id"]).values(seal=99))
    await change(store, update(Audit).where(Audit.id == fourth["id"]).values(seal=4, hash=fourth["hash"]))
    await change(store, update(Audit).where(Audit.id == third["id"]).values(seal=3, hash=third["hash"]))
    assert await broken(store) is None
    await change(store, delete(Audit).where(Audit.id == third["id"]))
    assert await broken(store) == fourth["id"]


async def test_resealing_one_entry_by_hand_breaks_the_next(store: Store) -> None:
    """Who knows how the hash is made and makes a new one for a changed entry is found at the entry after it."""
    await chain.seal(store)
    async with store.write() as session:
        entries = (await session.scalars(select(Audit).order_by(Audit.seal))).all()
        entries[2].words = "一切正常"
        entries[2].hash = chain.digest(entries[2], entries[1].hash or "")
    assert await broken(store) == entries[3].id


async def test_more_entries_than_one_page_are_walked_whole(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 3)
    assert await chain.seal(store) == 7
    assert await broken(store) is None
    last = (await ids(store))[-1]
    await change(store, update(Audit).where(Audit.id == last).values(words="一切正常"))
    assert await broken(store) == last
