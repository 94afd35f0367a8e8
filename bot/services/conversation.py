"""Where a conversation stands: what the bot last asked a person, for half an hour (rule 11). Survives a restart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from bot.services.work import Work
from bot.store.tables import Context

CONFIRM = "confirm"  # waits for 确认 or 取消
EVIDENCE = "evidence"  # waits for a link or a file for one item
WORDS = "words"  # waits for a reason
CHOICE = "choice"  # waits for the number of an item
ITEM = "item"  # the item a message asked about


@dataclass(frozen=True)
class Pending:
    kind: str
    payload: dict[str, Any]


async def pending(work: Work, key: str) -> Pending | None:
    row = await work.session.get(Context, key)
    if row is None or row.expires_at <= work.now:
        return None
    return Pending(row.kind, dict(row.payload))


async def expect(work: Work, key: str, kind: str, payload: dict[str, Any]) -> None:
    """The bot asks: the person's next words may answer it."""
    expires = work.now + timedelta(minutes=work.policy.context_minutes)
    row = await work.session.get(Context, key)
    if row is None:
        work.session.add(Context(member_key=key, kind=kind, payload=payload, expires_at=expires))
    else:
        row.kind, row.payload, row.expires_at = kind, payload, expires


async def leave(work: Work, key: str, kind: str) -> None:
    """Ends a question of this kind, if one is open."""
    await work.session.execute(delete(Context).where(Context.member_key == key, Context.kind == kind))


async def forget(work: Work, key: str) -> None:
    await work.session.execute(delete(Context).where(Context.member_key == key))
