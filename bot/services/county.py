"""Loads a county: its units, groups, list, and hands out what is known (rule 1). Loading twice changes nothing."""

from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.county import County
from bot.services import lists
from bot.services.work import Work
from bot.store import people
from bot.store.tables import Fact, Group, TaskList, Unit


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
    loaded = await lists.load(work, county.task_list)
    return Loaded(len(county.units), loaded.tasks, loaded.dispatched, loaded.unresolved)


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
