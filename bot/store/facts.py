"""Small things the service remembers in the database: the platform token, the virtual time reached."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.engine import Store
from bot.store.tables import Fact
from bot.wecom.tokens import StoredToken

TOKEN = "platform.token"
CLOCK = "clock.reached"
SALT = "outbox.salt"  # makes the ids of cards differ from those of another database on the same application
PLANNED = "planned"  # the last day whose digests were planned
DELIVERY = "delivery.state"  # what keeps delivery from sending, for every process to see


async def put(session: AsyncSession, key: str, value: dict[str, Any]) -> None:
    fact = await session.get(Fact, key)
    if fact is None:
        session.add(Fact(key=key, value=value))
    else:
        fact.value = value


class Tokens:
    """The platform token, shared by all processes on this database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self) -> StoredToken | None:
        async with self._store.read() as session:
            fact = await session.get(Fact, TOKEN)
        return _token(fact) if fact else None

    async def replace(self, old: str | None, new: StoredToken) -> StoredToken:
        async with self._store.write() as session:
            fact = await session.get(Fact, TOKEN, with_for_update=True)
            if fact is None:
                session.add(Fact(key=TOKEN, value=_value(new)))
                return new
            stored = _token(fact)
            if stored is not None and stored.value != old:
                return stored
            await session.execute(update(Fact).where(Fact.key == TOKEN).values(value=_value(new)))
            return new


def _value(token: StoredToken) -> dict[str, Any]:
    return {"token": token.value, "expires_at": token.expires_at.isoformat()}


def _token(fact: Fact) -> StoredToken | None:
    return StoredToken(str(fact.value["token"]), datetime.fromisoformat(str(fact.value["expires_at"])))


async def time_reached(session: AsyncSession) -> datetime | None:
    """How far a virtual clock has come on this database."""
    fact = await session.get(Fact, CLOCK)
    return datetime.fromisoformat(str(fact.value["at"])) if fact else None


async def remember_time(store: Store, moment: datetime) -> None:
    """Keeps the furthest time reached; never goes back."""
    async with store.write() as session:
        reached = await time_reached(session)
        if reached is None or moment > reached:
            await put(session, CLOCK, {"at": moment.isoformat()})
