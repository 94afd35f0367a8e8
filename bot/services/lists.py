"""A task list into the database: its rows, their leads and deadlines, and what is known handed out (rule 1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.domain.county import NodeData, TaskData, TaskListData
from bot.domain.responsibility import Directory, expand, resolve
from bot.services.manage import dispatch
from bot.services.work import Work
from bot.store import people
from bot.store.tables import Node, Task, TaskLead, TaskList

ONE_LIST = 0x6475_626C  # PostgreSQL's name for the lock on the numbers of rows


@dataclass(frozen=True)
class Loaded:
    """`unresolved`: numbers of rows that wait, wholly or partly."""

    list_id: int
    tasks: int
    dispatched: int
    unresolved: tuple[int, ...]


async def next_number(work: Work) -> int:
    """The first number no row has had yet. Whoever asks keeps others from taking it until the transaction ends."""
    if work.session.get_bind().dialect.name != "sqlite":  # SQLite has one writer anyway
        await work.session.execute(select(func.pg_advisory_xact_lock(ONE_LIST)))
    return (await work.session.scalar(select(func.max(Task.number))) or 0) + 1


async def load(work: Work, data: TaskListData, held: Mapping[int, str] | None = None) -> Loaded:
    """Stores a list that is not there yet. `held`: number of a row -> what must be known before it is handed out.

    What is due already is announced once and escalated to nobody (rule 5): the planner goes by the day of dispatch.
    """
    held = held or {}
    directory = await people.directory(work.session)
    row = TaskList(
        key=data.key,
        title=data.title,
        doc_no=data.doc_no,
        year=data.year,
        issue_date=data.issue_date,
        report_date=data.report_date,
        loaded_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    dispatched = 0
    unresolved: list[int] = []
    for one in data.tasks:
        task, made = await add_row(work, row.id, one, directory, held.get(one.number))
        dispatched += made
        if task.unknown or task.held:
            unresolved.append(task.number)
    words = f"{data.title}：{len(data.tasks)} 行，交办 {dispatched} 项"
    work.audit("load", f"list:{row.id}", {}, {"tasks": len(data.tasks), "dispatched": dispatched}, words)
    return Loaded(row.id, len(data.tasks), dispatched, tuple(unresolved))


async def add_row(
    work: Work, list_id: int, data: TaskData, directory: Directory, held: str | None = None
) -> tuple[Task, int]:
    """One more row of a list, and how many items it handed out."""
    session = work.session
    leads = expand(data.lead, directory, ())
    responsible = expand(data.responsible, directory, leads.units)
    task = Task(
        list_id=list_id,
        number=data.number,
        part=data.part,
        aspect=data.aspect,
        item=data.item,
        measures=list(data.measures),
        paths=[{"site": path.site, "column": path.column} for path in data.paths],
        lead_text=data.lead,
        lead_is_group=isinstance(resolve(data.lead, directory), tuple),
        responsible_text=data.responsible,
        unknown=list(responsible.unknown),
        held=held,
        removed_at=None,
        recurrence=data.recurrence,
        deadline_text=data.deadline_text,
        note=data.note,
    )
    session.add(task)
    await session.flush()
    session.add_all(TaskLead(task_id=task.id, unit_id=unit, position=at) for at, unit in enumerate(leads.units))
    several = len(data.nodes) > 1
    session.add_all(
        node_of(task, one, f"{data.number}-{one.seq}" if several else str(data.number)) for one in data.nodes
    )
    await session.flush()
    return task, 0 if held else len(await dispatch(work, task, responsible.units))


def node_of(task: Task, data: NodeData, code: str) -> Node:
    return Node(
        task_id=task.id,
        seq=data.seq,
        code=code,
        title=data.title,
        due=data.due,
        trigger=data.trigger,
        started_on=None,
        removed_at=None,
    )
