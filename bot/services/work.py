"""The unit of work: one transaction in which state, audit and outgoing messages change together (rule 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import WorkCalendar, local_day
from bot.domain.people import Member
from bot.domain.policy import Policy
from bot.domain.states import Act
from bot.domain.timing import held_until
from bot.store.items import ItemRow
from bot.store.tables import Assignment, Audit, News, Outbox

SYSTEM = "系统"


class Lane(IntEnum):
    """Who goes first when the platform's limits make somebody wait."""

    REPLY = 0
    ACTION = 1  # asks somebody to act: returned, a request, the first submission
    REMINDER = 2
    DIGEST = 3
    BROADCAST = 4


@dataclass
class Work:
    """Everything one act needs. `member` is None where the service itself acts."""

    session: AsyncSession
    now: datetime
    policy: Policy
    member: Member | None = None
    message_key: str | None = None  # the callback that asked for it
    changed: set[str] = field(default_factory=set)  # assignments whose state or deadline is another one now

    @property
    def calendar(self) -> WorkCalendar:
        return self.policy.calendar

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def actor(self) -> str:
        return self.member.userid if self.member else SYSTEM

    def audit(
        self, act: Act | str, subject: str, before: Mapping[str, Any], after: Mapping[str, Any], words: str = ""
    ) -> None:
        """One append-only entry; `words` are the person's own, already redacted."""
        # A new item (nothing before) is on nobody's card yet.
        moved = before and any(before.get(name) != after.get(name) for name in ("state", "due"))
        if moved and subject.startswith("assignment:"):
            self.changed.add(subject)
        self.session.add(
            Audit(
                at=self.now,
                actor=self.actor,
                actor_name=self.member.name if self.member else SYSTEM,
                act=str(act),
                subject=subject,
                before=dict(before),
                after=dict(after),
                words=words,
                message_key=self.message_key,
            )
        )

    async def send(
        self,
        key: str,
        lane: Lane,
        kind: str,
        member_key: str | None,
        payload: dict[str, Any],
        reason: str,
        about: str | None = None,
        not_before: datetime | None = None,
    ) -> bool:
        """Puts one message into the outbox; False if its key is there already."""
        values = {
            "key": key,
            "lane": int(lane),
            "kind": kind,
            "member_key": member_key,
            "payload": payload,
            "reason": reason,
            "about": about,
            "state": "pending",
            "not_before": not_before or self.now,
            "created_at": self.now,
            "attempts": 0,
        }
        insert = sqlite.insert if self.session.get_bind().dialect.name == "sqlite" else postgresql.insert
        result = await self.session.execute(
            insert(Outbox).values(**values).on_conflict_do_nothing(index_elements=["key"]).returning(Outbox.id)
        )
        return result.first() is not None

    async def prompt(
        self, key: str, kind: str, member_key: str, payload: dict[str, Any], reason: str, about: str | None = None
    ) -> None:
        """A message that asks somebody to act: at once in working hours, else with the next morning (rule 4)."""
        when = held_until(self.calendar, self.policy, self.now)
        await self.send(key, Lane.ACTION, kind, member_key, payload, reason, about, not_before=when)

    async def tell(self, key: str, member_key: str, words: str) -> None:
        """Good to know: a line of that person's next digest."""
        if member_key == (self.member.userid.lower() if self.member else ""):
            return  # they did it themselves and had their answer
        if await self.session.scalar(select(News.id).where(News.key == key)) is None:
            self.session.add(News(key=key, member_key=member_key, words=words, at=self.now))

    async def assignment(self, item: ItemRow) -> Assignment:
        found = await self.session.get(Assignment, item.id)
        if found is None:
            raise LookupError(f"assignment {item.id} is gone")
        return found


TRACKED = (
    "state",
    "due",
    "signed_at",
    "submitted_at",
    "closed_at",
    "returned_at",
    "last_entry_at",
    "return_reason",
    "resume_to",
    "extensions",
    "submission",
    "submitted_by",
    "announced",
)
"""The fields of an assignment that acts change: what the audit keeps as before and after, and what 撤回 puts back."""


def snapshot(assignment: Assignment) -> dict[str, Any]:
    """The tracked fields as JSON."""
    return {name: _plain(getattr(assignment, name)) for name in TRACKED}


WITHDREW = "withdrew"
"""In the audit's `after`: ids of requests that an act left without a purpose; 撤回 brings them back."""


def restore(assignment: Assignment, before: Mapping[str, Any]) -> None:
    """Puts the tracked fields back to what `snapshot` saw."""
    for name in TRACKED:
        value = before[name]
        if value is not None and name.endswith("_at"):
            value = datetime.fromisoformat(value)
        elif name == "due":
            value = date.fromisoformat(value)
        setattr(assignment, name, value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
