"""Where a conversation stands: what the bot last asked a person, for half an hour (rule 11). Survives a restart."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services import choices
from bot.services.work import Work
from bot.store.facts import put
from bot.store.tables import Context, Fact

CONFIRM = "confirm"  # waits for 确认 or 取消
EVIDENCE = "evidence"  # waits for a link or a file for one item
WORDS = "words"  # waits for a reason
CHOICE = "choice"  # waits for the number of an item
ITEM = "item"  # the item a message asked about
WHEN = "when"  # waits for a day
FILE = "file"  # waits for what a file is: evidence or a list


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
    if row is not None and row.payload.get("asked") != payload.get("asked"):
        await _over(work, row, choices.OVER)
    if row is None:
        work.session.add(Context(member_key=key, kind=kind, payload=payload, expires_at=expires))
    else:
        row.kind, row.payload, row.expires_at = kind, payload, expires


async def leave(work: Work, key: str, kind: str) -> None:
    """Ends a question of this kind, if one is open."""
    await work.session.execute(delete(Context).where(Context.member_key == key, Context.kind == kind))


async def forget(work: Work, key: str, became: str = choices.OVER) -> None:
    """Ends the open question; a card that asked it says what `became` of it."""
    row = await work.session.get(Context, key)
    if row is not None:
        await _over(work, row, became)
        await work.session.delete(row)
        await work.session.flush()


async def _over(work: Work, row: Context, became: str) -> None:
    if row.kind == CHOICE and row.payload.get("asked"):
        await choices.ended(work, row.payload["asked"], became)


@dataclass(frozen=True)
class Shown:
    """The list this person looked at last, and how far. `named`: whose it was, as the command named them."""

    verb: str
    named: dict[str, list[str]]
    page: int
    last: int


async def show(work: Work, key: str, shown: Shown) -> None:
    """Kept beside the open question, not in its place: looking at a list answers nothing."""
    await put(work.session, _page(key), {**asdict(shown), "at": work.now.isoformat()})


async def shown(work: Work, key: str) -> Shown | None:
    fact = await work.session.get(Fact, _page(key))
    if fact is None:
        return None
    value = fact.value
    if datetime.fromisoformat(value["at"]) + timedelta(minutes=work.policy.context_minutes) <= work.now:
        return None
    return Shown(value["verb"], value["named"], value["page"], value["last"])


@dataclass(frozen=True)
class Topic:
    """The one item an answer was about: 这个, 上面那个."""

    number: int
    node: int | None


async def speak_of(work: Work, key: str, topic: Topic) -> None:
    await put(work.session, f"topic:{key}", {**asdict(topic), "at": work.now.isoformat()})


async def topic(session: AsyncSession, key: str, now: datetime, minutes: int) -> Topic | None:
    fact = await session.get(Fact, f"topic:{key}")
    if fact is None or datetime.fromisoformat(fact.value["at"]) + timedelta(minutes=minutes) <= now:
        return None
    return Topic(fact.value["number"], fact.value["node"])


async def keep_file(work: Work, key: str, path: str, name: str) -> None:
    """The file this person sent last, to go with a notice."""
    await put(work.session, _file(key), {"path": path, "name": name, "at": work.now.isoformat()})


async def last_file(work: Work, key: str) -> dict[str, str] | None:
    """Its path and name, for as long as a question stays open."""
    fact = await work.session.get(Fact, _file(key))
    if fact is None:
        return None
    value = fact.value
    if datetime.fromisoformat(value["at"]) + timedelta(minutes=work.policy.context_minutes) <= work.now:
        return None
    return {"path": value["path"], "name": value["name"]}


def _file(key: str) -> str:
    return f"file:{key}"


def _page(key: str) -> str:
    return f"page:{key}"
