"""An independent watchdog over planner, delivery and inbox: it asks the database what should have happened, and knows
nothing of how they do it. It changes nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import UnknownYear, at, local_day
from bot.domain.people import Role
from bot.domain.policy import Policy
from bot.domain.states import OPEN
from bot.domain.timing import in_window
from bot.services.work import Lane
from bot.store import live
from bot.store.engine import Store
from bot.store.tables import Assignment, Audit, Inbox, Outbox, Post, Request

LATE_ANSWER = timedelta(minutes=2)  # an answer that has been due for so long
LATE_MESSAGE = timedelta(minutes=15)  # anything else, in working hours
HANGS = timedelta(minutes=5)  # a call to the platform ends after seconds
UNHANDLED = timedelta(minutes=2)
UNSEALED = timedelta(minutes=10)
MORNING = timedelta(minutes=10)  # after the end of the digest time


@dataclass(frozen=True)
class Finding:
    """Something that should not be. `count` of them; `words` say what to look at."""

    check: str
    count: int
    words: str


@dataclass(frozen=True)
class _View:
    session: AsyncSession
    policy: Policy
    now: datetime

    async def count(self, *where: object) -> int:
        return await self.session.scalar(select(func.count()).where(*where)) or 0  # type: ignore[arg-type]


async def findings(store: Store, policy: Policy, now: datetime) -> list[Finding]:
    """Everything that should not be at `now`; empty on a good day."""
    async with store.read() as session:
        view = _View(session, policy, now)
        found = [await check(view) for check in CHECKS]
    return [one for one in found if one.count]


async def _unsent(view: _View) -> Finding:
    """Due, or refused for a first time, long ago and still here: answers at any time, the rest in working hours."""
    waiting = live.pending
    late = await view.count(waiting, Outbox.lane == int(Lane.REPLY), _long_due(view.now - LATE_ANSWER))
    try:
        since = view.now - LATE_MESSAGE
        if in_window(view.policy.calendar, view.policy, since) and in_window(
            view.policy.calendar, view.policy, view.now
        ):
            late += await view.count(waiting, Outbox.lane != int(Lane.REPLY), _long_due(since))
    except UnknownYear:
        pass  # nothing but answers is sent then, and the check of the calendar says so
    return Finding("unsent", late, f"{late} 条消息早该发出还没发（duban outbox 看原因）")


def _long_due(since: datetime) -> ColumnElement[bool]:
    """Each try that fails puts a message off, so that it may never be due for long."""
    return or_(Outbox.not_before < since, Outbox.first_try_at < since)


async def _hanging(view: _View) -> Finding:
    count = await view.count(live.sending, Outbox.first_try_at < view.now - HANGS)
    return Finding("hanging", count, f"{count} 条消息交给平台后一直没有结果（重启服务会接着处理）")


async def _unhandled(view: _View) -> Finding:
    count = await view.count(live.new, Inbox.received_at < view.now - UNHANDLED)
    return Finding("unhandled", count, f"{count} 条来信收到后一直没有处理（worker 在运行吗？）")


async def _parked(view: _View) -> Finding:
    count = await view.count(live.parked)
    return Finding("parked", count, f"{count} 条来信处理失败后搁置（发信人已收到致歉，可请其重发）")


async def _undelivered(view: _View) -> Finding:
    count = await view.count(live.trouble)
    return Finding("undelivered", count, f"{count} 条消息发送失败或可能未送达（duban outbox --problems）")


async def _silent_morning(view: _View) -> Finding:
    """A unit with an item due today whose first contact has no digest today that names it, and nothing else could."""
    today = local_day(view.now)
    policy = view.policy
    try:
        over = view.now > at(today, policy.digest_to) + MORNING and policy.calendar.is_workday(today)
    except UnknownYear:
        over = False
    if not over:
        return Finding("silent_morning", 0, "")
    due = await view.session.execute(
        select(Assignment.id, Assignment.unit_id).where(
            live.watched,
            Assignment.state.in_(sorted(OPEN)),
            Assignment.due == today,
            # What was dispatched or returned this morning was told by itself.
            Assignment.dispatched_at < at(today, policy.digest_from),
            or_(Assignment.returned_at.is_(None), Assignment.returned_at < at(today, policy.digest_from)),
            # A deadline that was moved this morning was told as a decision.
            ~exists().where(
                Request.assignment_id == Assignment.id, Request.decided_at >= at(today, policy.digest_from)
            ),
        )
    )
    contacts = await _contacts(view.session)
    told = await _told(view.session, today.isoformat())
    missing = [row.id for row in due if row.unit_id in contacts and row.id not in told]
    return Finding("silent_morning", len(missing), f"{len(missing)} 项今天到期，但今早没有晨报提到它")


async def _contacts(session: AsyncSession) -> set[int | None]:
    return set((await session.scalars(select(Post.unit_id).where(Post.role == Role.CONTACT))).all())


async def _told(session: AsyncSession, day: str) -> set[int]:
    """The items named by the digests of a day that were sent, or were to be."""
    digests = await session.scalars(select(Outbox.payload).where(Outbox.key.like(f"digest:{day}:%")))
    return {int(ref) for payload in digests for _, ref, *_ in payload["lines"]}


async def _unsealed(view: _View) -> Finding:
    count = await view.count(Audit.seal.is_(None), Audit.at < view.now - UNSEALED)
    return Finding("unsealed", count, f"{count} 条审计记录还没有封存")


CHECKS: tuple[Callable[[_View], Awaitable[Finding]], ...] = (
    _unsent,
    _hanging,
    _unhandled,
    _parked,
    _undelivered,
    _silent_morning,
    _unsealed,
)
