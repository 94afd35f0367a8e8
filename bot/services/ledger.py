"""The rows of the ledger (DESIGN §6), read a few nodes at a time as columns: a city has tens of thousands."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.documents.ledger import HistoryEntry, LedgerRow, code_key
from bot.domain.calendar import local_day
from bot.domain.policy import Policy
from bot.domain.states import Light, State
from bot.domain.timing import light
from bot.services.views import HISTORY_ACTS, history
from bot.store.items import chunks
from bot.store.tables import Assignment, Evidence, Node, Task, TaskLead, TaskList, Unit

NODES_AT_ONCE = 20  # each with an assignment for every unit


@dataclass(frozen=True)
class _NodeRow:
    """What all rows of a node share."""

    id: int
    task_id: int
    code: str
    title: str
    due: date
    part: str
    aspect: str
    item: str
    waits: bool  # its units, or something else, must be known before it is handed out


async def ledger_title(session: AsyncSession) -> str:
    """What the ledger is called, after the list it shows: its name where there is one, else the year's."""
    titles = list((await session.scalars(select(TaskList.title).distinct())).all())
    return f"{titles[0]}台账" if len(titles) == 1 else "政务公开任务台账"


async def ledger(
    session: AsyncSession, policy: Policy, now: datetime, units: Collection[int] = (), with_history: bool = False
) -> list[LedgerRow]:
    """Every assignment in the order of the list, and once every row whose responsible units nobody knows yet; of
    `units` alone where some are named. Only json shows the history."""
    nodes = await _nodes(session)
    leads = await _lead_names(session)
    names = {row.id: row.name for row in await session.execute(select(Unit.id, Unit.name))}
    dispatched = set((await session.scalars(select(Node.task_id).join(Assignment).distinct())).all())
    lamp = _lamp(policy, local_day(now))
    lines: list[LedgerRow] = []
    for start in range(0, len(nodes), NODES_AT_ONCE):
        some = nodes[start : start + NODES_AT_ONCE]
        found = await _assignments(session, some, units)
        proofs = await _evidence(session, found)
        past = await _history(session, found) if with_history else {}
        rows_of: dict[int, list[Any]] = defaultdict(list)
        for row in found:
            rows_of[row.node_id].append(row)
        for node in some:
            for row in rows_of[node.id]:
                shown = (leads[node.task_id], names[row.unit_id], lamp(row.state, row.due, row.submitted_at))
                lines.append(_line(node, row, *shown, proofs.get(row.id, ()), past.get(row.id, ())))
            if node.waits and node.task_id not in dispatched and not units:
                lines.append(_unresolved(node, leads[node.task_id]))
    return lines


async def _nodes(session: AsyncSession) -> list[_NodeRow]:
    query = select(
        *(Node.id, Node.task_id, Node.code, Node.title, Node.due, Task.part, Task.aspect, Task.item),
        *(Node.removed_at, Task.unknown, Task.held),
    ).join(Task, Node.task_id == Task.id)
    found = [
        _NodeRow(
            *(row.id, row.task_id, row.code, row.title, row.due, row.part, row.aspect, row.item),
            bool(row.unknown or row.held) and row.removed_at is None,
        )
        for row in (await session.execute(query)).all()
    ]
    return sorted(found, key=lambda node: code_key(node.code))


async def _lead_names(session: AsyncSession) -> dict[int, tuple[str, ...]]:
    """Task id -> official names of its leads; a group that leads keeps its own name."""
    found: dict[int, list[str]] = defaultdict(list)
    query = select(TaskLead.task_id, Unit.name).join(Unit, Unit.id == TaskLead.unit_id).order_by(TaskLead.position)
    for task_id, name in await session.execute(query):
        found[task_id].append(name)
    tasks = await session.execute(select(Task.id, Task.lead_text, Task.lead_is_group))
    return {
        task_id: (text,) if is_group or not found[task_id] else tuple(found[task_id])
        for task_id, text, is_group in tasks
    }


async def _assignments(session: AsyncSession, nodes: Sequence[_NodeRow], units: Collection[int]) -> Sequence[Any]:
    """The assignments of these nodes, of each in the order of the directory."""
    query = (
        select(
            *(Assignment.id, Assignment.node_id, Assignment.unit_id, Assignment.state, Assignment.due),
            *(Assignment.signed_at, Assignment.submitted_at, Assignment.closed_at),
            *(Assignment.extensions, Assignment.submission, Assignment.return_reason),
        )
        .join(Unit, Assignment.unit_id == Unit.id)
        .where(Assignment.node_id.in_([node.id for node in nodes]))
        .order_by(Unit.position)
    )
    if units:
        query = query.where(Assignment.unit_id.in_(sorted(units)))
    return (await session.execute(query)).all()


async def _evidence(session: AsyncSession, rows: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    """Assignment id -> names of what was handed in with its latest submission (or is collected for the next)."""
    latest = {row.id: row.submission for row in rows}
    found: dict[int, list[str]] = defaultdict(list)
    query = (
        select(Evidence.assignment_id, Evidence.submission, Evidence.name)
        .where(Evidence.withdrawn.is_(False))
        .order_by(Evidence.id)
    )
    for some in chunks(latest):
        for assignment_id, submission, name in await session.execute(query.where(Evidence.assignment_id.in_(some))):
            if submission >= latest[assignment_id]:
                found[assignment_id].append(name)
    return {assignment_id: tuple(names) for assignment_id, names in found.items()}


async def _history(session: AsyncSession, rows: Sequence[Any]) -> dict[int, tuple[HistoryEntry, ...]]:
    found = await history(session, [row.id for row in rows])
    return {
        assignment_id: tuple(
            HistoryEntry(entry.at, entry.actor_name, HISTORY_ACTS.get(entry.act, entry.act), entry.words)
            for entry in entries
        )
        for assignment_id, entries in found.items()
    }


def _lamp(policy: Policy, today: date) -> Callable[[str, date, datetime | None], str]:
    """The light, worked out once for all that share state and days."""

    @cache
    def of_days(state: str, due: date, submitted_on: date | None) -> str:
        return light(policy.calendar, policy, State(state), due, submitted_on, today).value

    return lambda state, due, submitted_at: of_days(state, due, local_day(submitted_at) if submitted_at else None)


def _line(
    node: _NodeRow,
    row: Any,
    leads: tuple[str, ...],
    unit: str,
    lamp: str,
    proofs: tuple[str, ...],
    past: tuple[HistoryEntry, ...],
) -> LedgerRow:
    return LedgerRow(
        code=node.code,
        part=node.part,
        aspect=node.aspect,
        item=node.item,
        leads=leads,
        unit=unit,
        due=row.due,
        state=State(row.state).label,
        light=lamp,
        signed_at=row.signed_at,
        submitted_at=row.submitted_at,
        closed_at=row.closed_at,
        extensions=row.extensions,
        evidence=proofs,
        return_reason=row.return_reason or "",
        node_title=node.title,
        history=past,
    )


def _unresolved(node: _NodeRow, leads: tuple[str, ...]) -> LedgerRow:
    return LedgerRow(
        code=node.code,
        part=node.part,
        aspect=node.aspect,
        item=node.item,
        leads=leads,
        unit="",
        due=node.due,
        state=State.UNRESOLVED.label,
        light=Light.GREY.value,
        node_title=node.title,
    )
