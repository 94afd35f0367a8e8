"""What people look at: queues, figures, history. Nothing here changes anything."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import WorkCalendar, at, local_day
from bot.domain.policy import Policy
from bot.domain.states import OPEN, Act, Light, State
from bot.domain.timing import light, overdue_days, stalled
from bot.store import live
from bot.store.items import ItemRow, chunks, items
from bot.store.tables import Assignment, Audit, Evidence, Inbox, Outbox, Request, Task
from bot.texts.words import NEAR

HISTORY_ACTS = {str(act): act.label for act in Act}


def item_light(item: ItemRow, policy: Policy, today: date) -> Light:
    return light(policy.calendar, policy, item.state, item.due, item.submitted_on, today)


def days_late(item: ItemRow, calendar: WorkCalendar, today: date) -> int:
    return overdue_days(calendar, item.state, item.due, item.submitted_on, today)


def days_left(item: ItemRow, calendar: WorkCalendar, today: date) -> int:
    """Working days until the deadline, at most NEAR + 1: the year of a far deadline may not be known yet."""
    return calendar.between(today, item.due, NEAR + 1)


async def waiting_for(session: AsyncSession, checkers: frozenset[int]) -> list[ItemRow]:
    """Submissions that wait for the same checkers (the empty set: the office), oldest first."""
    waiting = await items(session, live.watched, Assignment.state == State.SUBMITTED)
    mine = [item for item in waiting if (item.checkers & checkers if checkers else not item.checkers)]
    return sorted(mine, key=lambda item: item.submitted_at or item.dispatched_at)


async def parked(session: AsyncSession) -> int:
    """Messages that could not be handled and wait for a person."""
    return await session.scalar(select(func.count()).select_from(Inbox).where(live.parked)) or 0


async def open_requests(session: AsyncSession, ids: Collection[int]) -> int:
    """How many requests about these assignments wait for a decision."""
    wanted = set(ids)
    found = (await session.scalars(select(Request.assignment_id).where(live.undecided))).all()
    return sum(1 for assignment_id in found if assignment_id in wanted)


async def unresolved_tasks(session: AsyncSession) -> list[Task]:
    """Rows that wait as 待明确, wholly or in part."""
    tasks = (await session.scalars(select(Task).order_by(Task.number))).all()
    return [task for task in tasks if task.unknown or task.held]


@dataclass(frozen=True)
class Figures:
    """The state of the county, or of one unit, in numbers."""

    total: int
    by_state: dict[State, int]
    by_light: dict[Light, int]
    overdue: int
    stalled: int
    unresolved: int

    @property
    def closed(self) -> int:
        return self.by_state.get(State.CLOSED, 0)


def figures(rows: Sequence[ItemRow], unresolved: int, policy: Policy, today: date) -> Figures:
    calendar = policy.calendar
    return Figures(
        total=len(rows),
        by_state=dict(Counter(row.state for row in rows)),
        by_light=dict(Counter(item_light(row, policy, today) for row in rows)),
        overdue=sum(1 for row in rows if row.state in OPEN and days_late(row, calendar, today)),
        stalled=sum(
            1
            for row in rows
            if stalled(calendar, policy, row.state, local_day(row.last_entry_at) if row.last_entry_at else None, today)
        ),
        unresolved=unresolved,
    )


async def history(session: AsyncSession, ids: Collection[int]) -> dict[int, list[Audit]]:
    """Assignment id -> its audit entries, oldest first."""
    found: dict[int, list[Audit]] = defaultdict(list)
    query = select(Audit).order_by(Audit.id)
    for some in chunks(set(ids)):
        for entry in await session.scalars(query.where(Audit.subject.in_([f"assignment:{i}" for i in some]))):
            found[int(entry.subject.partition(":")[2])].append(entry)
    return found


async def my_last_subjects(session: AsyncSession, userid: str) -> list[int]:
    """The assignments of what this person did last, with one message."""
    mine = select(Audit).where(Audit.actor == userid, Audit.subject.like("assignment:%")).order_by(Audit.id.desc())
    last = await session.scalar(mine.limit(1))
    if last is None:
        return []
    together = (await session.scalars(mine.where(Audit.message_key == last.message_key))).all()
    return sorted({int(entry.subject.partition(":")[2]) for entry in together})


async def evidence(session: AsyncSession, rows: Iterable[ItemRow]) -> dict[int, list[Evidence]]:
    """Assignment id -> what was handed in with its latest submission (or is collected for the next)."""
    latest = {row.id: row.submission for row in rows}
    found: dict[int, list[Evidence]] = defaultdict(list)
    query = select(Evidence).where(Evidence.withdrawn.is_(False)).order_by(Evidence.id)
    if len(latest) <= 50:
        query = query.where(Evidence.assignment_id.in_(sorted(latest)))
    for proof in (await session.scalars(query)).all():
        if proof.assignment_id in latest and proof.submission >= latest[proof.assignment_id]:
            found[proof.assignment_id].append(proof)
    return found


async def urged_today(session: AsyncSession, rows: Iterable[ItemRow], today: date) -> dict[int, str]:
    """Assignment id -> who urged it today."""
    subjects = {row.subject: row.id for row in rows}
    query = select(Audit.subject, Audit.actor_name).where(
        Audit.act == str(Act.URGE), Audit.subject.in_(sorted(subjects)), Audit.at >= at(today, time.min)
    )
    return {subjects[subject]: who for subject, who in await session.execute(query)}


async def last_message(session: AsyncSession, key: str) -> Outbox | None:
    """The last thing this person was sent that was no answer to them."""
    return await session.scalar(
        select(Outbox)
        .where(Outbox.member_key == key, Outbox.state == "sent", Outbox.words.is_not(None), Outbox.lane > 0)
        .order_by(Outbox.sent_at.desc(), Outbox.id.desc())
        .limit(1)
    )
