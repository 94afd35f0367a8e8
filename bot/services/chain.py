"""The audit's hash chain (rule 12): each sealed entry carries the hash of itself and of the one before.

Entries are sealed a moment after they were written, in one place and in one order: on PostgreSQL transactions commit
in another order than they took their numbers, and a chain written inside them would make them wait for each other.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.store.engine import Store
from bot.store.tables import Audit

GENESIS = "0" * 64
BATCH = 500
LAST_SEALED = select(Audit).where(Audit.seal.is_not(None)).order_by(Audit.seal.desc()).limit(1)
UNSEALED = select(Audit).where(Audit.seal.is_(None)).order_by(Audit.id).limit(BATCH)
SEALING = 0x6475_6261_6E01  # PostgreSQL's name for the lock on the end of the chain


@dataclass(frozen=True)
class Verdict:
    """`broken`: id of the first entry that is not as it was sealed, or that follows a gap; None when all is well."""

    sealed: int
    unsealed: int
    broken: int | None


def digest(entry: Audit, before: str) -> str:
    """SHA-256 over the entry's content and the hash before it."""
    content = [
        entry.seal,
        entry.id,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.actor_name,
        entry.act,
        entry.subject,
        entry.before,
        entry.after,
        entry.words,
        entry.message_key,
        before,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


async def seal(store: Store) -> int:
    """Seals what is not sealed yet, oldest first. Returns how many entries that was."""
    done = 0
    while True:
        async with store.write() as session:
            if not store.is_sqlite:
                # Two processes at once (a replica, `audit verify`) would both go on from the same last entry.
                await session.execute(select(func.pg_advisory_xact_lock(SEALING)))
            last = await session.scalar(LAST_SEALED)
            open_entries = (await session.scalars(UNSEALED)).all()
            number, before = (last.seal or 0, last.hash or GENESIS) if last else (0, GENESIS)
            for entry in open_entries:
                number += 1
                entry.seal = number
                entry.hash = before = digest(entry, before)
        done += len(open_entries)
        if len(open_entries) < BATCH:
            return done


async def unsealed(store: Store) -> bool:
    async with store.read() as session:
        return await session.scalar(select(Audit.id).where(Audit.seal.is_(None)).limit(1)) is not None


async def verify(session: AsyncSession) -> Verdict:
    """Walks the chain from its beginning."""
    before, number = GENESIS, 0
    while True:
        page = (await session.scalars(select(Audit).where(Audit.seal > number).order_by(Audit.seal).limit(BATCH))).all()
        for entry in page:
            number += 1
            if entry.seal != number or entry.hash != digest(entry, before):
                return Verdict(number - 1, await _unsealed(session), entry.id)
            before = entry.hash
        if len(page) < BATCH:
            return Verdict(number, await _unsealed(session), None)


async def _unsealed(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).where(Audit.seal.is_(None))) or 0
