"""A restart does not reset the limits: each person's count from their rows, the application's from the calls."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.domain.calendar import SHANGHAI
from bot.domain.policy import Policy
from bot.services.broadcasts import KIND, SENT_TOGETHER
from bot.services.work import Lane
from bot.store.engine import Store
from bot.store.tables import Outbox
from scheduler.claims import Claims
from scheduler.envelope import Envelope
from scheduler.outcome import Outcomes

NOW = datetime(2021, 6, 30, 10, 0, tzinfo=SHANGHAI)
MINUTE = timedelta(minutes=1)
PEOPLE = 5


@pytest.fixture
async def store(corner_url: str) -> AsyncIterator[Store]:
    one = Store(corner_url)
    yield one
    await one.close()


def _row(key: str, kind: str, who: str | None, body: bytes | None = b"x", at: datetime = NOW - MINUTE / 2) -> object:
    common = {"lane": int(Lane.BROADCAST), "payload": {}, "reason": "", "not_before": at, "created_at": at}
    return {**common, "key": key, "kind": kind, "member_key": who, "body": body, "state": "sent", "sent_at": at}


async def test_a_broadcast_is_one_call_and_a_message_to_everybody_in_it(store: Store) -> None:
    rows = [_row("call", KIND, None)]
    rows += [_row(f"part{n}", "text", f"person{n}", SENT_TOGETHER) for n in range(PEOPLE)]
    rows += [_row("answer", "text", "person0"), _row("card", "card_update", "person0"), _row("menu", "menu", None)]
    rows += [_row("long ago", "text", "person1", at=NOW - timedelta(hours=2))]
    async with store.write() as session:
        await session.execute(insert(Outbox), rows)
    policy = Policy(member_per_minute=2, api_per_minute=10)
    claims = Claims(policy, Envelope(1, False), Outcomes(), lambda: NOW)
    async with store.read() as session:
        await claims.rebuild(session, NOW)
    assert claims._api.free() == 8  # the call, and the answer
    assert claims._members.wait("person0", NOW) > timedelta()
    assert claims._members.wait("person1", NOW) == timedelta()
    assert claims._day._sent == PEOPLE + 2
