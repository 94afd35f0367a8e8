"""What people look at: queues, figures, history, the ledger. Nothing here changes anything."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.ledger import HistoryEntry, LedgerRow, code_key
from bot.domain.calendar import WorkCalendar, at, local_day
from bot.domain.policy import Policy
from bot.domain.states import OPEN, Act, Light, State
from bot.domain.timing import light, overdue_days, stalled
from bot.store import live
from bot.store.items import ItemRow, items
from bot.store.tables import Assignment, Audit, Evidence, Inbox, Node, Outbox, Request, Task, TaskLead, Unit
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
    wanted = set(ids)
    query = select(Audit).where(Audit.subject.like("assignment:%")).order_by(Audit.id)
    if len(wanted) <= 50:
        query = select(Audit).where(Audit.subject.in_([f"assignment:{i}" for i in sorted(wanted)])).order_by(Audit.id)
    for entry in (await session.scalars(query)).all():
        number = int(entry.subject.partition(":")[2])
        if number in wanted:
            found[number].append(entry)
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


async def ledger(session: AsyncSession, policy: Policy, now: datetime, units: Collection[int] = ()) -> list[LedgerRow]:
    """The ledger (DESIGN §6): every assignment, and once every row whose responsible units nobody knows yet; of
    `units` alone where some are named."""
    today = local_day(now)
    rows = await items(session, *([Assignment.unit_id.in_(sorted(units))] if units else []))
    tasks = {task.id: task for task in (await session.scalars(select(Task))).all()}
    leads = await _lead_names(session, tasks)
    proofs = await evidence(session, rows)
    past = await history(session, [row.id for row in rows])
    lines = [
        _line(row, tasks[row.task_id], leads[row.task_id], proofs.get(row.id, []), past.get(row.id, []), policy, today)
        for row in rows
    ]
    if not units:
        lines += await _unresolved_lines(session, {row.task_id for row in rows}, tasks, leads)
    return sorted(lines, key=lambda line: code_key(line.code))


async def _lead_names(session: AsyncSession, tasks: dict[int, Task]) -> dict[int, tuple[str, ...]]:
    """Task id -> official names of its leads; a group that leads keeps its own name."""
    found: dict[int, list[str]] = {task_id: [] for task_id in tasks}
    query = select(TaskLead.task_id, Unit.name).join(Unit, Unit.id == TaskLead.unit_id).order_by(TaskLead.position)
    for task_id, name in await session.execute(query):
        found[task_id].append(name)
    return {
        task_id: (tasks[task_id].lead_text,) if tasks[task_id].lead_is_group or not names else tuple(names)
        for task_id, names in found.items()
    }


async def _unresolved_lines(
    session: AsyncSession, known: set[int], tasks: dict[int, Task], leads: dict[int, tuple[str, ...]]
) -> list[LedgerRow]:
    query = select(Node).where(Node.removed_at.is_(None)).order_by(Node.task_id, Node.seq)
    nodes = (await session.scalars(query)).all()
    return [
        LedgerRow(
            code=node.code,
            part=task.part,
            aspect=task.aspect,
            item=task.item,
            leads=leads[task.id],
            unit="",
            due=node.due,
            state=State.UNRESOLVED.label,
            light=Light.GREY.value,
            node_title=node.title,
        )
        for node in nodes
        if ((task := tasks[node.task_id]).unknown or task.held) and task.id not in known
    ]


def _line(
    row: ItemRow,
    task: Task,
    leads: tuple[str, ...],
    proofs: Sequence[Evidence],
    past: Sequence[Audit],
    policy: Policy,
    today: date,
) -> LedgerRow:
    return LedgerRow(
        code=row.code,
        part=task.part,
        aspect=task.aspect,
        item=task.item,
        leads=leads,
        unit=row.unit,
        due=row.due,
        state=row.state.label,
        light=item_light(row, policy, today).value,
        signed_at=row.signed_at,
        submitted_at=row.submitted_at,
        closed_at=row.closed_at,
        extensions=row.extensions,
        evidence=tuple(proof.name for proof in proofs),
        return_reason=row.return_reason or "",
        node_title=row.node_title,
        history=tuple(
            HistoryEntry(entry.at, entry.actor_name, HISTORY_ACTS.get(entry.act, entry.act), entry.words)
            for entry in past
        ),
    )


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
