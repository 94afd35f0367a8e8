"""A difference put into a list that is being worked on. What units have done stays: states, evidence, history."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, select

from bot.domain.county import NodeData, PathData
from bot.domain.difference import Change, Difference, Field, StoredRow
from bot.domain.draft import DraftNode, DraftRow
from bot.domain.responsibility import Directory, expand, resolve
from bot.domain.settled import Settled, nodes, task
from bot.domain.states import ALLOWED, ENDED, Act, State
from bot.services import audience, lists, manage
from bot.services.lists import node_of
from bot.services.work import Work, snapshot
from bot.store import people
from bot.store.items import ItemRow, items_of_task
from bot.store.tables import Assignment, Node, Task, TaskLead, TaskList
from bot.texts.words import day, names

REMOVED = "通知更正，删去此项"
NOT_THEIRS = "通知更正，责任单位不再包括"
LINES = 4  # changes told to one unit; the rest is counted
_KEPT = sorted(ENDED - {State.SUSPENDED})  # what has ended keeps its deadline


@dataclass
class Applied:
    """`first`: number of the first added row. `told`: unit id -> what it will read of its rows."""

    first: int = 0
    added: int = 0
    dispatched: int = 0
    cancelled: int = 0
    moved: int = 0
    told: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


async def stored_rows(work: Work, task_list: TaskList) -> list[StoredRow]:
    """The rows of a list as they stand, in its order; without those an earlier correction took away."""
    session = work.session
    query = select(Task).where(Task.list_id == task_list.id, Task.removed_at.is_(None)).order_by(Task.number)
    tasks = (await session.scalars(query)).all()
    due: dict[int, list[Node]] = defaultdict(list)
    theirs = select(Node).join(Task, Task.id == Node.task_id).where(Task.list_id == task_list.id)
    for node in (await session.scalars(theirs.where(Node.removed_at.is_(None)).order_by(Node.seq))).all():
        due[node.task_id].append(node)
    return [
        StoredRow(
            number=one.number,
            item=one.item,
            measures=tuple(one.measures),
            paths=tuple(PathData(**path) for path in one.paths),
            lead=one.lead_text,
            responsible=one.responsible_text,
            due=tuple(DraftNode(node.title, node.due) for node in due[one.id]),
            deadline_text=one.deadline_text,
            trigger=next((node.trigger for node in due[one.id] if node.trigger), None),
            held=bool(one.held),
        )
        for one in tasks
    ]


async def apply(work: Work, task_list: TaskList, settled: Settled, found: Difference, why: str) -> Applied:
    """Does what was shown. `why` begins the line the units concerned read in their next digest."""
    done = Applied()
    directory = await people.directory(work.session)
    for change in found.changed:
        await _change(work, settled, change, directory, done)
    for old in found.removed:
        await _remove(work, old, done)
    if found.added:
        done.first = await lists.next_number(work)
        for number, row in enumerate(found.added, done.first):
            made = await lists.add_row(
                work, task_list.id, task(row, settled, number), directory, settled.held.get(row.number)
            )
            done.added, done.dispatched = done.added + 1, done.dispatched + made[1]
    for unit, lines in done.told.items():
        words = f"{why}：{names(dict.fromkeys(lines), LINES, '处')}"
        for key in await audience.unit_contact(work.session, unit):
            await work.tell(f"correct:{task_list.id}:{unit}:{work.message_key or work.now.isoformat()}", key, words)
    return done


async def _change(work: Work, settled: Settled, change: Change, directory: Directory, done: Applied) -> None:
    row, fields = change.row, set(change.fields)
    query = select(Task).where(Task.number == change.stored.number).with_for_update()
    there = (await work.session.scalars(query)).one()
    before = await _leads(work, there)
    had = expand(there.responsible_text, directory, before).units
    was = _facts(there)
    _write(there, row, settled, fields)
    if Field.LEAD in fields:
        await _new_leads(work, there, directory)
    leads = await _leads(work, there)
    wanted = expand(there.responsible_text, directory, leads)
    if Field.RESPONSIBLE in fields:
        there.unknown = list(wanted.unknown)
    work.audit(Act.CORRECT, f"task:{there.id}", was, _facts(there), "、".join(change.fields))
    rows = await items_of_task(work.session, there.number, lock=True)
    if Field.DEADLINE in fields or Field.RELEASED in fields:
        await _new_deadlines(work, there, nodes(row, settled.report_date), rows, done)
    if there.held is None:
        await _hand_over(work, there, set(had) - set(wanted.units), wanted.units, rows, done)
    said = [str(one) for one in change.fields if one in _SAID]
    for unit in {item.unit_id for item in rows if item.state not in ENDED} if said else ():
        done.told[unit].append(f"{there.number} 的{'、'.join(said)}有改动（回复 任务 {there.number}）")


_SAID = (Field.ITEM, Field.MEASURES, Field.PATHS, Field.LEAD)


def _facts(there: Task) -> dict[str, Any]:
    return {
        "item": there.item,
        "measures": list(there.measures),
        "paths": list(there.paths),
        "lead": there.lead_text,
        "responsible": there.responsible_text,
        "deadline": there.deadline_text,
        "held": there.held,
    }


def _write(there: Task, row: DraftRow, settled: Settled, fields: set[Field]) -> None:
    data = task(row, settled, there.number)
    there.part, there.aspect, there.note, there.recurrence = data.part, data.aspect, data.note, data.recurrence
    if Field.ITEM in fields:
        there.item = data.item
    if Field.MEASURES in fields:
        there.measures = list(data.measures)
    if Field.PATHS in fields:
        there.paths = [{"site": path.site, "column": path.column} for path in data.paths]
    if Field.LEAD in fields:
        there.lead_text = data.lead
    if Field.RESPONSIBLE in fields:
        there.responsible_text = data.responsible
    if Field.DEADLINE in fields or Field.RELEASED in fields:
        there.deadline_text = data.deadline_text
    if Field.RELEASED in fields:
        there.held = None


async def _leads(work: Work, there: Task) -> tuple[int, ...]:
    query = select(TaskLead.unit_id).where(TaskLead.task_id == there.id).order_by(TaskLead.position)
    return tuple((await work.session.scalars(query)).all())


async def _new_leads(work: Work, there: Task, directory: Directory) -> None:
    await work.session.execute(delete(TaskLead).where(TaskLead.task_id == there.id))
    there.lead_is_group = isinstance(resolve(there.lead_text, directory), tuple)
    units = expand(there.lead_text, directory, ()).units
    work.session.add_all(TaskLead(task_id=there.id, unit_id=unit, position=at) for at, unit in enumerate(units))
    await work.session.flush()


async def _hand_over(
    work: Work, there: Task, gone: set[int], wanted: Sequence[int], rows: Sequence[ItemRow], done: Applied
) -> None:
    """New units get the row, those it no longer names have it withdrawn. Whom a person named stays."""
    for item in rows:
        if item.unit_id in gone:
            await _cancel(work, item, NOT_THEIRS, done)
        elif item.unit_id in wanted and item.state is State.CANCELLED and not await _removed(work, item):
            await _again(work, item, done)
    done.dispatched += len(await manage.dispatch(work, there, wanted))


async def _removed(work: Work, item: ItemRow) -> bool:
    return (await work.session.get_one(Node, item.node_id)).removed_at is not None


async def _again(work: Work, item: ItemRow, done: Applied) -> None:
    """A unit that a later correction names again goes on where it stood."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    assignment.state = State.IN_PROGRESS if assignment.signed_at else State.DISPATCHED
    assignment.returned_at = work.now  # like a pause: nobody is escalated the morning after
    work.audit(Act.CORRECT, item.subject, before, snapshot(assignment), "通知更正，重新交办")
    done.told[item.unit_id].append(f"{item.code} 重新交办")


async def _cancel(work: Work, item: ItemRow, why: str, done: Applied) -> None:
    if item.state in ALLOWED[Act.CANCEL]:
        await manage.cancel(work, item, why, tell=False)
        done.cancelled += 1
        done.told[item.unit_id].append(f"{item.code} 已撤销")


async def _remove(work: Work, old: StoredRow, done: Applied) -> None:
    query = select(Task).where(Task.number == old.number).with_for_update()
    there = (await work.session.scalars(query)).one()
    was = {"unknown": there.unknown, "held": there.held}
    there.removed_at, there.unknown, there.held = work.now, [], None
    work.audit(Act.CORRECT, f"task:{there.id}", was, {"removed": True}, REMOVED)
    for item in await items_of_task(work.session, old.number, lock=True):
        await _cancel(work, item, REMOVED, done)


async def _new_deadlines(
    work: Work, there: Task, wanted: Sequence[NodeData], rows: Sequence[ItemRow], done: Applied
) -> None:
    """Deadlines move where they are as many as before; else the equal ones stay, the others come and go."""
    query = select(Node).where(Node.task_id == there.id).order_by(Node.seq)
    every = list((await work.session.scalars(query)).all())
    living = [node for node in every if node.removed_at is None]
    pairs = list(zip(living, wanted, strict=True)) if len(living) == len(wanted) else _equal(living, wanted)
    for node, one in pairs:
        await _move(work, node, one, rows, done)
    if len(wanted) > 1:
        for node in living:
            node.code = f"{there.number}-{node.seq}"
    kept, there_already = {node.id for node, _ in pairs}, {one.seq for _, one in pairs}
    for node in living:
        if node.id not in kept:
            node.removed_at = work.now
            work.audit(Act.CORRECT, f"node:{node.id}", {"due": node.due.isoformat()}, {"removed": True}, REMOVED)
            for item in rows:
                if item.node_id == node.id:
                    await _cancel(work, item, REMOVED, done)
    last = max((node.seq for node in every), default=0)
    for one in wanted:
        if one.seq not in there_already:
            last += 1
            added = NodeData(last, one.title, one.due, one.trigger)
            work.session.add(node_of(there, added, f"{there.number}-{last}"))
    await work.session.flush()


def _equal(living: Sequence[Node], wanted: Sequence[NodeData]) -> list[tuple[Node, NodeData]]:
    """Those with the same day, then those with the same name."""
    found: dict[int, tuple[Node, NodeData]] = {}
    used: set[int] = set()
    for what in (attrgetter("due"), attrgetter("title")):
        for node in living:
            one = next((w for w in wanted if w.seq not in used and what(w) == what(node)), None)
            if node.id not in found and one is not None:
                found[node.id] = (node, one)
                used.add(one.seq)
    return list(found.values())


async def _move(work: Work, node: Node, one: NodeData, rows: Sequence[ItemRow], done: Applied) -> None:
    node.title = one.title
    if node.due == one.due:
        return
    words = f"通知更正：{day(node.due)} → {day(one.due)}"
    work.audit(Act.CORRECT, f"node:{node.id}", {"due": node.due.isoformat()}, {"due": one.due.isoformat()}, words)
    node.due = one.due
    query = select(Assignment).where(
        Assignment.node_id == node.id, Assignment.state.not_in(_KEPT), Assignment.extensions == 0
    )
    moved = {}
    for assignment in (await work.session.scalars(query.with_for_update())).all():
        before = snapshot(assignment)
        assignment.due = one.due
        if one.due < work.today:
            assignment.returned_at = work.now  # it gets the days of a late return before anybody is blamed (rule 5)
        work.audit(Act.CORRECT, f"assignment:{assignment.id}", before, snapshot(assignment), words)
        moved[assignment.id] = assignment.unit_id
    done.moved += len(moved)
    for item in rows:
        if item.id in moved:
            done.told[item.unit_id].append(f"{item.code} 时限改为 {day(one.due)}")
