"""The corner of the county for ninety days: few units, deadlines that fall inside, and a roster that changes."""

import random
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from support.world import COUNTY, COUNTY_POLICY, roster_lines

from bot.domain.county import County
from bot.services import county as county_service
from bot.services import roster
from bot.services.work import Work
from bot.store import migrate
from bot.store.engine import Store
from bot.store.facts import remember_time

UNITS = ("新民镇", "高峰镇", "桂阳街道", "县政府办公室", "县司法局")
TASKS = (2, 18, 19, 31, 32, 33, 34, 43)
OFFICE = "县政府办公室"
LINES = [line for line in roster_lines(COUNTY.people_path) if line.unit in (*UNITS, "县发展改革委", "县教委", "县政府")]

Posts = dict[str, list[tuple[str, str, str]]]  # unit -> (name, account, role), in roster order


def county(dice: random.Random, first: date, days: int) -> County:
    """Its real rows, with deadlines all over the ninety days, weekends and holidays too; 34 keeps its own."""
    groups = tuple(replace(g, members=tuple(m for m in g.members if m in UNITS)) for g in COUNTY.groups)
    tasks = []
    for task in COUNTY.task_list.tasks:
        if task.number in TASKS:
            dues = sorted(first + timedelta(days=dice.randrange(8, days - 8)) for _ in task.nodes)
            nodes = [replace(node, due=due) for node, due in zip(task.nodes, dues, strict=True)]
            tasks.append(task if task.number == 34 else replace(task, nodes=tuple(nodes)))
    return replace(COUNTY, groups=groups, task_list=replace(COUNTY.task_list, tasks=tuple(tasks)))


async def prepare(url: str, corner: County, start: datetime) -> None:
    store = Store(url)
    try:
        await migrate.upgrade(store)
        await remember_time(store, start)
        async with store.write() as session:
            work = Work(session, start, COUNTY_POLICY)
            await county_service.load(work, corner)
            await roster.apply(work, LINES)
    finally:
        await store.close()


@dataclass
class Roster:
    """Who holds which post, as the last roster said; `history` is every one there was."""

    posts: Posts = field(default_factory=dict)
    history: list[tuple[datetime, Posts]] = field(default_factory=list)

    @classmethod
    def of_the_county(cls, start: datetime) -> "Roster":
        posts: Posts = {}
        for line in LINES:
            posts.setdefault(line.unit, []).append((line.name, line.userid, line.role))
        return cls(posts, [(start - timedelta(days=1), deepcopy(posts))])

    def change(self, dice: random.Random, moment: datetime) -> list[tuple[str, str, str, str]]:
        """A new roster for one unit: contacts turned round, the first gone, all gone, somebody else's taken in, a
        contact who reviews elsewhere, no reviewer, no head, or all as it was. Its lines."""
        unit = dice.choice(UNITS)
        contacts = [line for line in self.posts[unit] if line[2] == "联络员"]
        others = [line for line in self.posts[unit] if line[2] != "联络员"]
        match dice.randrange(9):
            case 0 | 1:
                contacts.reverse()
            case 2:
                contacts = contacts[1:]
            case 3:
                contacts = [] if others else contacts
            case 4 | 5:
                stranger = dice.choice([line for line in LINES if line.unit in UNITS])
                contacts.insert(dice.randrange(2), (stranger.name, stranger.userid, "联络员"))
            case 6:
                gone = dice.choice(("审核人", "单位负责人"))
                others = [line for line in others if line[2] != gone]
            case _:
                first = [(line.name, line.userid, line.role) for line in LINES if line.unit == unit]
                contacts = [line for line in first if line[2] == "联络员"]
                others = [line for line in first if line[2] != "联络员"]
        lines = list(dict.fromkeys((*contacts, *others))) or self.posts[unit]
        self.posts[unit] = lines
        self.history.append((moment, deepcopy(self.posts)))
        return [(unit, *line) for line in lines]

    def people(self, unit: str, role: str) -> list[str]:
        return [account for _, account, held in self.posts.get(unit, []) if held == role]

    @property
    def office(self) -> list[str]:
        return self.people(OFFICE, "县办")
