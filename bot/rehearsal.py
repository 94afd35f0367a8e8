"""`duban rehearse`: a period in virtual time on a copy of the database.

The same planner and delivery as in the service; only the platform is a stand-in that takes everything.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import delete, event, func, or_, select, update

from bot.clock import VirtualClock
from bot.domain.calendar import ONE_DAY, UnknownYear, at, local_day
from bot.domain.policy import Policy
from bot.domain.rehearsal import Person, Rehearsal, Sent
from bot.services.work import Lane
from bot.settings import Settings
from bot.store import backup, live, migrate, people
from bot.store.base import Base, Moment
from bot.store.engine import Store
from bot.store.facts import CLOCK
from bot.store.lease import Lease
from bot.store.tables import Fact, Outbox
from bot.wecom.client import SendResult
from scheduler.delivery import Delivery
from scheduler.engine import PLANNED_FACT, Engine
from scheduler.timemachine import TimeTravel

LONGEST = 400  # days
MIDNIGHT = time(0, 0)
KIND = {
    Lane.REPLY: "回复",
    Lane.ACTION: "待办提醒",
    Lane.REMINDER: "提醒",
    Lane.DIGEST: "晨报",
    Lane.BROADCAST: "通知",
}
_NO_MESSAGES = ("card_update", "menu", "recall", "broadcast")  # a call to many makes a row for each of them

Step = Callable[[date], None]


class CannotRehearse(RuntimeError):
    """The period cannot be rehearsed; the message is one line that says which could."""


def check(policy: Policy, first: date, last: date) -> None:
    """Raises CannotRehearse, or UnknownYear for a period without a calendar."""
    if last < first:
        raise CannotRehearse(f"--from {first} 在 --to {last} 之后：请把早的日期写在 --from")
    if (last - first).days >= LONGEST:
        raise CannotRehearse(f"从 {first} 到 {last} 有 {(last - first).days + 1} 天：一次最多预演 {LONGEST} 天")
    for year in range(first.year, last.year + 1):
        if not policy.calendar.knows(year):
            raise UnknownYear(year)


async def rehearse(store: Store, settings: Settings, now: datetime, first: date, last: date, step: Step) -> Rehearsal:
    """Everything that would be sent from the beginning of `first` (or from now, where that is today) to the end of
    `last`, if nobody did anything. `store` is only read. `step` hears of every day that is through.

    Days between today and `first` are lived through as well, and not reported. Where `first` is past, what is there now
    counts as the state of that day. Raises CannotRehearse, UnknownYear or OSError.
    """
    check(settings.policy, first, last)
    async with _copy(store, now) as copy:
        start = now if local_day(now) <= first else at(first, MIDNIGHT)
        if start < now:
            await _as_of(copy, start)
        gone = await _gone(copy, start)
        clock = VirtualClock(start, speed=0.0)
        machine = await _machine(copy, settings, clock)
        day = local_day(start)
        while day <= last:
            day += ONE_DAY
            await machine.move(at(day, MIDNIGHT))
            step(day - ONE_DAY)
        return await _result(copy, max(start, at(first, MIDNIGHT)), clock.now(), gone, first, last)


@asynccontextmanager
async def _copy(store: Store, now: datetime) -> AsyncIterator[Store]:
    """The rows of the database in one of its own, gone at the end. By way of a backup: the same for both databases, one
    consistent view, also while it is served."""
    with TemporaryDirectory(prefix="duban-rehearsal-") as name:
        folder = Path(name)
        await backup.dump(store, folder / "copy.zip", folder / "no-files", now, lambda _table: None)
        copy = Store(f"sqlite+aiosqlite:///{folder / 'copy.db'}")
        event.listen(copy.engine.sync_engine, "connect", _in_haste)
        try:
            await migrate.upgrade(copy)
            async with copy.write() as session:
                await backup.load(session, folder / "copy.zip", lambda _table: None)
            yield copy
        finally:
            await copy.close()


def _in_haste(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")  # what a power cut would lose of the copy is nobody's
    cursor.close()


async def _as_of(copy: Store, start: datetime) -> None:
    """Today's state, as if it were that of an earlier day: nothing in it happened later than `start`."""
    async with copy.write() as session:
        planned = await session.get(Fact, PLANNED_FACT)
        if planned is not None and str(planned.value["day"]) >= local_day(start).isoformat():
            lived = str(planned.value["day"])
            raise CannotRehearse(f"{lived} 的晨报已经发过，不能从更早的日期预演：请用 --from {lived} 或以后的日期")
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Moment):
                    await session.execute(update(table).where(column > start).values({column.name: start}))
        await session.execute(delete(Fact).where(or_(Fact.key == CLOCK, Fact.key.like("told:%"))))


async def _gone(copy: Store, start: datetime) -> frozenset[int]:
    """What had left before, at this very moment: no part of the rehearsal."""
    async with copy.read() as session:
        return frozenset((await session.scalars(select(Outbox.id).where(Outbox.sent_at >= start))).all())


async def _machine(copy: Store, settings: Settings, clock: VirtualClock) -> TimeTravel:
    lease = Lease(copy)
    await lease.renew()
    delivery = Delivery(
        copy,
        lease,
        _Everything(),
        clock,
        settings.policy,
        agent_id=1,
        cards=settings.wecom_cards == "template",
        data_dir=settings.duban_data_dir,
        real_now=clock.now,  # the platform's limits are those of virtual minutes, too
    )
    engine = Engine(copy, lease, settings.policy, clock.now, delivery.wake.set)
    return TimeTravel(clock, settings.policy, engine, delivery, lease, _nothing_came, _forget, asyncio.Lock())


class _Everything:
    """A platform that takes everything and tells nobody."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def send_raw(self, body: bytes) -> SendResult:
        return self._taken()

    async def update_card(self, body: bytes) -> SendResult:
        return self._taken()

    async def recall(self, body: bytes) -> SendResult:
        return self._taken()

    async def upload(self, name: str, data: bytes) -> str:
        return f"rehearsed-{next(self._numbers)}"

    async def create_menu(self, menu: dict[str, Any]) -> None:
        return None

    def _taken(self) -> SendResult:
        return SendResult(0, "ok", f"rehearsed-{next(self._numbers)}", "", frozenset(), frozenset())


async def _nothing_came() -> int:
    return 0


async def _forget(_moment: datetime) -> None:
    return None


async def _result(
    copy: Store, begin: datetime, end: datetime, gone: frozenset[int], first: date, last: date
) -> Rehearsal:
    async with copy.read() as session:
        directory = {unit.id: unit.name for unit in (await people.directory(session)).units}
        roster = {
            key: Person(
                member.userid,
                member.name,
                "、".join(dict.fromkeys(directory.get(post.unit_id or 0, post.unit) for post in member.posts)),
                "、".join(dict.fromkeys(post.role.label for post in member.posts)),
            )
            for key, member in (await people.members(session)).items()
        }
        names = await people.names(session)
        query = select(Outbox.id, Outbox.sent_at, Outbox.member_key, Outbox.lane, Outbox.reason, Outbox.words).where(
            Outbox.sent_at >= begin,
            Outbox.sent_at < end,
            Outbox.member_key.is_not(None),
            Outbox.kind.not_in(_NO_MESSAGES),
        )
        messages = [
            Sent(
                sent_at,
                roster.get(key) or Person(key, names.get(key, ""), "", ""),
                KIND[Lane(lane)],
                reason,
                words or "",
            )
            for row_id, sent_at, key, lane, reason, words in await session.execute(
                query.order_by(Outbox.sent_at, Outbox.id)
            )
            if row_id not in gone and sent_at and key
        ]
        overdue = select(func.count()).where(live.pending, Outbox.not_before < end - timedelta(minutes=1))
        stuck = await session.scalar(overdue)
    return Rehearsal(first, last, tuple(messages), tuple(roster.values()), stuck or 0)
