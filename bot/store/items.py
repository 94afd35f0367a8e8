"""Reading assignments as people see them: joined with their node, row and unit."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local_day
from bot.domain.permissions import Scope
from bot.domain.responsibility import checkers
from bot.domain.states import State
from bot.store.tables import Assignment, Node, Task, TaskLead, Unit

MANY = 500  # ids in one statement


@dataclass(frozen=True)
class ItemRow:
    """One assignment with what is needed to speak of it. Days are in Asia/Shanghai, moments UTC."""

    id: int
    task_id: int
    node_id: int
    number: int
    seq: int
    code: str
    title: str
    node_title: str
    unit_id: int
    unit: str
    state: State
    due: date
    dispatched_at: datetime
    signed_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime | None
    returned_at: datetime | None
    last_entry_at: datetime | None
    return_reason: str | None
    extensions: int
    submission: int
    submitted_by: str | None
    announced: bool
    needs_evidence: bool
    leads: tuple[int, ...]
    lead_is_group: bool
    lead_text: str

    @property
    def ref(self) -> str:
        """Number and title, the way every message names an item."""
        return f"{self.code} {self.title}"

    @property
    def checkers(self) -> frozenset[int]:
        return checkers(self.leads, self.lead_is_group, self.unit_id)

    @property
    def scope(self) -> Scope:
        return Scope(self.unit_id, frozenset(self.leads), self.checkers)

    @property
    def submitted_on(self) -> date | None:
        return local_day(self.submitted_at) if self.submitted_at else None

    @property
    def subject(self) -> str:
        return f"assignment:{self.id}"


def _query() -> Select[Assignment, Node, Task, str]:
    return (
        select(Assignment, Node, Task, Unit.name)
        .join(Node, Assignment.node_id == Node.id)
        .join(Task, Node.task_id == Task.id)
        .join(Unit, Assignment.unit_id == Unit.id)
        .order_by(Task.number, Node.seq, Unit.position)
    )


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """In order, as many at a time as one statement should name: a database looks each of so few up by an index."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), MANY):
        yield ordered[start : start + MANY]


async def leads_of(session: AsyncSession, tasks: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Task id -> ids of its lead units, in the order of the notice."""
    leads: dict[int, list[int]] = {}
    query = select(TaskLead.task_id, TaskLead.unit_id).order_by(TaskLead.task_id, TaskLead.position)
    for some in chunks(tasks):
        for task_id, unit_id in await session.execute(query.where(TaskLead.task_id.in_(some))):
            leads.setdefault(task_id, []).append(unit_id)
    return {task_id: tuple(units) for task_id, units in leads.items()}


async def items(session: AsyncSession, *where: ColumnElement[bool], lock: bool = False) -> list[ItemRow]:
    """Assignments in the order of the list. `lock` holds them until the transaction ends (PostgreSQL; SQLite has
    one writer anyway), so that two people who act at once act one after the other."""
    query = _query().where(*where)
    if lock:
        query = query.with_for_update(of=Assignment)
    rows = (await session.execute(query)).all()
    leads = await leads_of(session, {task.id for _, _, task, _ in rows})
    return [_row(assignment, node, task, unit, leads) for assignment, node, task, unit in rows]


async def every_item(session: AsyncSession, *where: ColumnElement[bool]) -> list[ItemRow]:
    """The same for the whole county, a few hundred at a time: callbacks are stored in between, which must not wait."""
    found = await session.stream(_query().where(*where).execution_options(yield_per=MANY))
    rows = [row async for row in found]
    leads = await leads_of(session, {task.id for _, _, task, _ in rows})
    made: list[ItemRow] = []
    for some in range(0, len(rows), MANY):
        made += [_row(assignment, node, task, unit, leads) for assignment, node, task, unit in rows[some : some + MANY]]
        await asyncio.sleep(0)
    return made


async def items_by_id(session: AsyncSession, ids: Collection[int], lock: bool = False) -> list[ItemRow]:
    return await items(session, Assignment.id.in_(sorted(ids)) if ids else false(), lock=lock)


async def items_of_task(session: AsyncSession, number: int, lock: bool = False) -> list[ItemRow]:
    return await items(session, Task.number == number, lock=lock)


async def items_of_units(session: AsyncSession, units: Iterable[int]) -> list[ItemRow]:
    wanted = sorted(units)
    return await items(session, Assignment.unit_id.in_(wanted) if wanted else false())


@dataclass(frozen=True)
class NodeRow:
    """What all assignments of a node have in common."""

    code: str
    title: str
    place: tuple[int, int]  # in the list: the row's number, then the node's
    leads: tuple[int, ...]
    lead_is_group: bool

    def checkers(self, unit_id: int) -> frozenset[int]:
        return checkers(self.leads, self.lead_is_group, unit_id)


async def nodes(session: AsyncSession, ids: Collection[int]) -> dict[int, NodeRow]:
    """Node id -> what is said of it, for readers of many assignments at once."""
    query = select(Node.id, Node.code, Node.title, Node.seq, Task.id, Task.number, Task.item, Task.lead_is_group).join(
        Task, Node.task_id == Task.id
    )
    rows = [row for some in chunks(ids) for row in await session.execute(query.where(Node.id.in_(some)))]
    leads = await leads_of(session, {row[4] for row in rows})
    return {
        node_id: NodeRow(
            code, title_of(code, title, number, item), (number, seq), leads.get(task_id, ()), lead_is_group
        )
        for node_id, code, title, seq, task_id, number, item, lead_is_group in rows
    }


def title_of(code: str, node_title: str, number: int, item: str) -> str:
    """How an item is called: by its row, and by its node where the row has several."""
    return item if code == str(number) else f"{item}（{node_title}）"


def _row(assignment: Assignment, node: Node, task: Task, unit: str, leads: dict[int, tuple[int, ...]]) -> ItemRow:
    return ItemRow(
        id=assignment.id,
        task_id=task.id,
        node_id=node.id,
        number=task.number,
        seq=node.seq,
        code=node.code,
        title=title_of(node.code, node.title, task.number, task.item),
        node_title=node.title,
        unit_id=assignment.unit_id,
        unit=unit,
        state=State(assignment.state),
        due=assignment.due,
        dispatched_at=assignment.dispatched_at,
        signed_at=assignment.signed_at,
        submitted_at=assignment.submitted_at,
        closed_at=assignment.closed_at,
        returned_at=assignment.returned_at,
        last_entry_at=assignment.last_entry_at,
        return_reason=assignment.return_reason,
        extensions=assignment.extensions,
        submission=assignment.submission,
        submitted_by=assignment.submitted_by,
        announced=assignment.announced,
        needs_evidence=bool(task.paths),
        leads=leads.get(task.id, ()),
        lead_is_group=task.lead_is_group,
        lead_text=task.lead_text,
    )
