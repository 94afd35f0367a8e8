"""Loads a county: its units, groups, list, and hands out what is known (rule 1). Loading twice changes nothing."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.county import County, TaskData, TaskListData
from bot.domain.responsibility import expand, resolve
from bot.services.manage import dispatch
from bot.services.work import Work
from bot.store import people
from bot.store.tables import Fact, Group, Node, Task, TaskLead, TaskList, Unit


@dataclass(frozen=True)
class Loaded:
    units: int
    tasks: int
    dispatched: int
    unresolved: tuple[int, ...]  # numbers of rows that wait, wholly or partly
    already: bool = False


async def load(work: Work, county: County) -> Loaded:
    """Units and groups are brought up to date; the list is loaded once, known by its key."""
    await _units(work, county)
    known = await work.session.scalar(select(TaskList.id).where(TaskList.key == county.task_list.key))
    if known is not None:
        return Loaded(len(county.units), len(county.task_list.tasks), 0, (), already=True)
    return await _list(work, county)


async def _units(work: Work, county: County) -> None:
    session = work.session
    there = {unit.name: unit for unit in (await session.scalars(select(Unit))).all()}
    for position, data in enumerate(county.units):
        unit = there.get(data.name)
        if unit is None:
            unit = Unit(name=data.name)
            session.add(unit)
            there[data.name] = unit
        unit.kind, unit.aliases, unit.position = data.kind, list(data.aliases), position
    await session.flush()
    groups = {group.name: group for group in (await session.scalars(select(Group))).all()}
    for named in county.groups:
        group = groups.get(named.name)
        if group is None:
            group = Group(name=named.name)
            session.add(group)
        group.aliases = list(named.aliases)
        group.unit_ids = [there[name].id for name in named.members]
    ask = {"expressions": sorted(county.ask)}
    fact = await session.get(Fact, people.ASK_FACT)
    if fact is None:
        session.add(Fact(key=people.ASK_FACT, value=ask))
    else:
        fact.value = ask
    await session.flush()


async def _list(work: Work, county: County) -> Loaded:
    session, data = work.session, county.task_list
    directory = await people.directory(session)
    row = _task_list(work, data)
    session.add(row)
    await session.flush()
    dispatched = 0
    unresolved: list[int] = []
    for task_data in data.tasks:
        leads = expand(task_data.lead, directory, ())
        responsible = expand(task_data.responsible, directory, leads.units)
        is_group = isinstance(resolve(task_data.lead, directory), tuple)
        task = _task(row.id, task_data, is_group, responsible.unknown)
        session.add(task)
        await session.flush()
        session.add_all(TaskLead(task_id=task.id, unit_id=unit, position=i) for i, unit in enumerate(leads.units))
        several = len(task_data.nodes) > 1
        session.add_all(
            Node(
                task_id=task.id,
                seq=node.seq,
                code=f"{task_data.number}-{node.seq}" if several else str(task_data.number),
                title=node.title,
                due=node.due,
                trigger=node.trigger,
                started_on=None,
            )
            for node in task_data.nodes
        )
        await session.flush()
        if responsible.unknown:
            unresolved.append(task_data.number)
        dispatched += len(await dispatch(work, task, responsible.units))
    words = f"{data.title}：{len(data.tasks)} 行，交办 {dispatched} 项"
    work.audit("load", f"list:{row.id}", {}, {"tasks": len(data.tasks), "dispatched": dispatched}, words)
    return Loaded(len(county.units), len(data.tasks), dispatched, tuple(unresolved))


def _task_list(work: Work, data: TaskListData) -> TaskList:
    return TaskList(
        key=data.key,
        title=data.title,
        doc_no=data.doc_no,
        year=data.year,
        issue_date=data.issue_date,
        report_date=data.report_date,
        loaded_at=work.now,
    )


def _task(list_id: int, data: TaskData, lead_is_group: bool, unknown: tuple[str, ...]) -> Task:
    return Task(
        list_id=list_id,
        number=data.number,
        part=data.part,
        aspect=data.aspect,
        item=data.item,
        measures=list(data.measures),
        paths=[{"site": path.site, "column": path.column} for path in data.paths],
        lead_text=data.lead,
        lead_is_group=lead_is_group,
        responsible_text=data.responsible,
        unknown=list(unknown),
        recurrence=data.recurrence,
        deadline_text=data.deadline_text,
        note=data.note,
    )
