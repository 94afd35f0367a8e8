"""误报: what was refused for what it seems to hold, and who took it upon themselves that it holds no such thing.

Nothing refused is kept, not even until somebody decides: it is known by a mark, and has to be sent again. Both the
refusal and the decision stand in the audit; there is no other record (decision 30).
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.people import Member, Role
from bot.domain.permissions import may_overrule
from bot.domain.policy import Policy
from bot.evidence.findings import PROVEN, Kind, named
from bot.services.work import Work
from bot.store import people
from bot.store.tables import Audit
from bot.texts import answers

WITHHELD, OVERRULE = "withheld", "overrule"
REASON = "规则8：单位负责人认定为误报"


class Marks:
    """Makes marks nobody can make without the settings: a telephone number has too few digits for a plain hash."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def of_words(self, sender: str, text: str) -> str:
        """The same for the same words of the same person, however they are spaced."""
        return self._mark("words", sender, "".join(text.split()).encode())

    def of_file(self, sender: str, name: str, data: bytes) -> str:
        return self._mark("file", sender, name.encode() + b"\0" + data)

    def _mark(self, what: str, sender: str, content: bytes) -> str:
        return hmac.digest(self._secret, f"{what}\0{people.key_of(sender)}\0".encode() + content, "sha256").hex()


@dataclass(frozen=True)
class Withheld:
    """A message or a file that was refused."""

    kinds: tuple[Kind, ...]
    what: str  # 消息 or 文件
    mark: str

    @property
    def final(self) -> bool:
        """A number whose check digit fits is what it looks like."""
        return any(kind in PROVEN for kind in self.kinds)

    @property
    def code(self) -> str:
        """Six digits by which a person names it."""
        return _code(self.mark)


def _code(mark: str) -> str:
    return str(100_000 + int(mark[:12], 16) % 900_000)


async def withhold(work: Work, held: Withheld, refusal: str) -> str:
    """The refusal, and what works if it is wrong; that takes a record of who was refused what kind of thing."""
    if held.final or work.member is None:
        return refusal
    units = sorted({post.unit_id for post in work.member.posts if post.unit_id is not None})
    if await _entry(work.session, WITHHELD, held.mark, work.now, work.policy) is None:
        after = {"mark": held.mark, "kinds": list(held.kinds), "what": held.what, "units": units}
        work.audit(WITHHELD, f"withheld:{held.code}", {}, after)
    days = work.policy.raw_text_days
    who = await _who_decides(work.session, units)
    return refusal + answers.IF_FALSE.format(who=who, code=held.code, days=days, what=held.what)


async def _who_decides(session: AsyncSession, units: Sequence[int]) -> str:
    heads = await people.with_role(session, Role.HEAD, units)
    if not heads:
        return "县政府办公室"
    known = await people.names(session)
    return f"单位负责人（{'、'.join(known[key] for key in heads)}）"


async def is_overruled(session: AsyncSession, mark: str, now: datetime, policy: Policy) -> bool:
    return await _entry(session, OVERRULE, mark, now, policy) is not None


async def _entry(session: AsyncSession, act: str, mark: str, now: datetime, policy: Policy) -> Audit | None:
    entries = await _entries(session, act, _code(mark), now, policy)
    return next((entry for entry in entries if entry.after["mark"] == mark), None)


async def _entries(session: AsyncSession, act: str, code: str, now: datetime, policy: Policy) -> Sequence[Audit]:
    since = now - timedelta(days=policy.raw_text_days)
    query = select(Audit).where(Audit.subject == f"withheld:{code}", Audit.act == act, Audit.at > since)
    return (await session.scalars(query.order_by(Audit.id.desc()))).all()


async def find(work: Work, member: Member, code: str) -> Audit | None:
    """What was withheld under this code, if it is this person's to decide."""
    for entry in await _entries(work.session, WITHHELD, code, work.now, work.policy):
        units = frozenset(entry.after["units"])
        if may_overrule(member, units, bool(await people.with_role(work.session, Role.HEAD, units))):
            return entry
    return None


async def overrule(work: Work, entry: Audit, reason: str) -> str:
    """On record; whoever was refused is told to send it again. A second time changes nothing."""
    kinds = named([Kind(kind) for kind in entry.after["kinds"]])
    what, days = str(entry.after["what"]), work.policy.raw_text_days
    if not await is_overruled(work.session, entry.after["mark"], work.now, work.policy):
        after = {**entry.after, "sender": entry.actor}
        work.audit(OVERRULE, entry.subject, {}, after, reason)
        if people.key_of(entry.actor) != people.key_of(work.actor):
            head = work.member.name if work.member else work.actor
            text = answers.may_send_again(kinds, what, head, entry.at, days)
            await work.prompt(f"overruled:{entry.id}", "text", people.key_of(entry.actor), {"text": text}, REASON)
    return answers.overruled(kinds, what, entry.actor_name, entry.at, days)
