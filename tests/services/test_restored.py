"""After a restore nobody is sent again what may have left since the backup: not this morning's digests either."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from support.world import COUNTY_POLICY

from bot.domain.calendar import SHANGHAI
from bot.domain.planning import Outcome
from bot.services import restored
from bot.services.work import Work
from bot.store.engine import Store
from bot.store.lease import Lease
from bot.store.tables import Outbox, StageRow
from scheduler.engine import Engine, morning

NIGHT = datetime(2021, 5, 24, 20, 0, tzinfo=SHANGHAI)
MORNING = datetime(2021, 5, 25, 9, 2, tzinfo=SHANGHAI)
AFTER = MORNING + timedelta(hours=1)
TOWN = "xinmin_wangjuan"


@pytest.fixture
async def store(corner_url: str) -> AsyncIterator[Store]:
    one = Store(corner_url)
    yield one
    await one.close()


async def settled(store: Store, now: datetime) -> None:
    async with store.write() as session:
        await restored.settle(Work(session, now, COUNTY_POLICY))


@pytest.mark.parametrize(("now", "plans"), [(AFTER, False), (MORNING - timedelta(hours=1), True)])
async def test_a_morning_that_may_have_been_sent_after_the_backup_is_not_planned_again(
    store: Store, now: datetime, plans: bool
) -> None:
    await settled(store, now)
    lease, clock = Lease(store), [max(now, MORNING)]
    assert await lease.renew()
    engine = Engine(store, lease, COUNTY_POLICY, lambda: clock[0], lambda: None)
    assert bool(await engine.tick()) is plans
    clock[0] += timedelta(days=1)
    assert await engine.tick()


async def test_what_waited_in_a_digest_of_the_backup_does_not_leave_by_itself(store: Store) -> None:
    async with store.write() as session:
        work = Work(session, NIGHT, COUNTY_POLICY)
        await work.prompt("returned:1", "text", TOWN, {"text": "【退回】链接打不开"}, "规则4")
    async with store.write() as session:
        await morning(session, COUNTY_POLICY, MORNING)
        digest = (await session.scalars(select(Outbox).where(Outbox.key == f"digest:2021-05-25:{TOWN}"))).one()
        digest.not_before = MORNING
    await settled(store, AFTER)
    async with store.read() as session:
        states = {row.key: row.state for row in await session.scalars(select(Outbox))}
    assert states["returned:1"] == "cancelled" and states[f"digest:2021-05-25:{TOWN}"] == "superseded"


async def test_stages_of_a_digest_that_was_being_sent_do_not_wait_for_ever(store: Store) -> None:
    async with store.write() as session:
        await morning(session, COUNTY_POLICY, MORNING)
        for row in await session.scalars(select(Outbox)):
            row.state, row.body, row.not_before = "sending", b"{}", MORNING
    await settled(store, AFTER)
    async with store.read() as session:
        assert not (await session.scalars(select(StageRow).where(StageRow.outcome == Outcome.PLANNED))).all()
