"""The ninety days themselves: the real service, people who write to it, and everything that goes wrong.

Keeps a diary of its own of what it did: when the service stood, who was on the roster, whom the platform refused.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from support.world import World

from bot.domain.calendar import local
from chaos.ninety.town import Roster
from chaos.ninety.weather import Span, Trouble, moments, on, outages, troubles
from sandbox.faults import Fault
from sandbox.people import Person

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html?n={}"
ITEMS = """
SELECT a.id, n.code, u.name AS unit, a.state, a.due, t.lead_is_group, t.id AS task_id
FROM assignment a JOIN node n ON n.id = a.node_id JOIN task t ON t.id = n.task_id JOIN unit u ON u.id = a.unit_id
ORDER BY a.id
"""
LEADS = "SELECT l.task_id, u.name FROM task_lead l JOIN unit u ON u.id = l.unit_id ORDER BY l.task_id, l.position"
STAGES = "SELECT assignment_id, cycle, key, outcome, at, reason FROM stage"
UNREACHABLE = "SELECT key, unreachable_at FROM member WHERE unreachable_at IS NOT NULL"
OPEN = ("dispatched", "in_progress", "returned")


@dataclass
class Diary:
    up: list[Span] = field(default_factory=list)
    refused: dict[str, list[Span]] = field(default_factory=dict)  # account -> spells out of reach, to the service
    forgotten: list[Any] = field(default_factory=list)  # rows of the stage table as they stood before a new roster
    done: Counter[str] = field(default_factory=Counter)


@dataclass
class Story:
    world: World
    dice: random.Random
    roster: Roster
    days: list[date]
    start: datetime
    diary: Diary = field(default_factory=Diary)
    down: list[Span] = field(default_factory=list)
    weather: list[Trouble] = field(default_factory=list)
    away: dict[str, Person | None] = field(default_factory=dict)  # account -> the person, where the directory lost it
    leads: dict[int, list[str]] = field(default_factory=dict)
    _since: datetime = field(init=False)
    _silent: dict[str, datetime] = field(default_factory=dict)  # account -> out of reach since

    async def live(self) -> None:
        self.down = outages(self.dice, self.days)
        self.weather = troubles(self.dice, self.days)
        self.world.platform.faults.dice = self._fault
        for task_id, unit in await self.world.rows(LEADS):
            self.leads.setdefault(task_id, []).append(unit)
        self._since = self.start
        for moment, step in self._schedule():
            await step(moment)
        end = on(self.days[-1], 17, 0)
        await self.world.to(end.isoformat())
        await self._look(end)
        self.diary.up.append(Span(self._since, end))
        for account, since in self._silent.items():
            self.diary.refused.setdefault(account, []).append(Span(since, end))

    def _schedule(self) -> list[tuple[datetime, Callable[[datetime], Any]]]:
        dice = self.dice
        steps: list[tuple[datetime, Callable[[datetime], Any]]] = [
            (moment, self._act) for moment in moments(dice, self.days, self.start)
        ]
        steps = [(moment, step) for moment, step in steps if not any(span.holds(moment) for span in self.down)]
        for span in self.down:
            steps += [(span.start, self._stop), (span.end, self._start)]
        people = sorted({line[1] for posts in self.roster.posts.values() for line in posts})
        for account in dice.sample(people, 8):
            gone = on(dice.choice(self.days[:-10]), 7, 30, dice.uniform(1, 9))
            steps.append((gone, self._loses(account, dice.random() < 0.5)))
            steps.append((gone + timedelta(days=dice.randrange(1, 25)), self._finds(account)))
        last = on(self.days[-1], 16, 0)
        return sorted(((moment, step) for moment, step in steps if moment < last), key=lambda one: one[0])

    def _fault(self, api: str) -> Fault | None:
        if api == "callback":
            return None
        now = self.world.now()
        return next((trouble.fault for trouble in self.weather if trouble.holds(now)), None)

    # -- outages

    async def _stop(self, moment: datetime) -> None:
        await self._to(moment)
        await self.world.stop()
        self.diary.up.append(Span(self._since, moment))

    async def _start(self, moment: datetime) -> None:
        await self.world.start(duban_clock=moment)
        self._since = moment
        await self._to(moment)

    async def _to(self, moment: datetime) -> None:
        await self.world.to(moment.isoformat())
        await self._look(moment)

    async def _look(self, moment: datetime) -> None:
        """Whom the service thinks out of reach now."""
        there = {row.key: row.unreachable_at for row in await self.world.rows(UNREACHABLE)}
        now = {account: _moment(since) for account, since in there.items()}
        for account, since in list(self._silent.items()):
            if now.get(account) != since:
                self.diary.refused.setdefault(account, []).append(Span(since, moment))
                del self._silent[account]
        self._silent |= now

    # -- people

    def _loses(self, account: str, licence: bool) -> Callable[[datetime], Any]:
        async def step(_moment: datetime) -> None:
            if licence:
                self.world.platform.unlicensed.add(account)
                self.away[account] = None
            else:
                self.away[account] = self.world.platform.contacts.remove(account)

        return step

    def _finds(self, account: str) -> Callable[[datetime], Any]:
        async def step(_moment: datetime) -> None:
            person = self.away.pop(account)
            self.world.platform.unlicensed.discard(account)
            if person is not None:
                self.world.platform.contacts.add(person)

        return step

    async def _act(self, moment: datetime) -> None:
        await self._to(moment)
        if self.dice.random() < 0.07:
            self.diary.forgotten += await self.world.rows(STAGES)
            await self.world.roster(*self.roster.change(self.dice, moment))
            self.diary.done["roster"] += 1
        else:
            await self._speak()
        await self.world.settle()
        await self._look(moment)

    async def _speak(self) -> None:
        """Somebody writes something that fits the state of some item; what comes of it is the service's to say."""
        dice, rows = self.dice, await self.world.rows(ITEMS)
        if dice.random() < 0.03:
            await self._says(dice.choice(self.roster.office), "指定 2 县司法局、新民镇")
            return
        open_request = await self.world.rows("SELECT assignment_id FROM request WHERE state = 'open' ORDER BY id")
        asked = {row.assignment_id for row in open_request}
        item = dice.choice(self._worth_acting_on(rows, asked))
        verb = self._verb(item, item.id in asked)
        contact = self._one_of(self.roster.people(item.unit, "联络员"))
        lead = self._one_of([who for unit in self.leads[item.task_id] for who in self.roster.people(unit, "审核人")])
        office = self._one_of(self.roster.office)
        later = max(_day(item.due), self.world.now().date()) + timedelta(days=dice.randrange(1, 20))
        words = {
            "完成": f"完成 {item.code} {item.unit} {LINK.format(dice.randrange(10**6))}",
            "延期": f"延期 {item.code} {item.unit} {later} 材料还在会签",
            "不涉及": f"不涉及 {item.code} {item.unit} 没有这项职责",
            "退回": f"退回 {item.code} {item.unit} 链接打不开",
            "不同意": f"不同意 {item.code} {item.unit} 请按时办理",
            "中止": f"中止 {item.code} {item.unit} 等上级文件",
            "恢复": f"恢复 {item.code} {item.unit} 文件到了",
            "撤销": f"撤销 {item.code} {item.unit} 与别项重复",
            "销号": f"销号 {item.code} {item.unit} 上线前已办",
        }.get(verb, f"{verb} {item.code} {item.unit}")
        who = {
            **dict.fromkeys(("签收", "完成", "延期", "不涉及", "撤回"), contact),
            **dict.fromkeys(("通过", "退回", "同意", "不同意", "催办"), dice.choice((lead, lead, office))),
        }.get(verb, office)
        if verb == "撤回" and dice.random() < 0.5:
            who = office
        await self._says(who or office, words)

    def _worth_acting_on(self, rows: list[Any], asked: set[int]) -> list[Any]:
        """Towards items whose deadline is near, and those somebody waits for."""
        today = self.world.now().date()
        found = []
        for row in rows:
            near = abs((_day(row.due) - today).days) < 14
            weight = 1 + 2 * near + 12 * (row.id in asked) + 2 * (row.state in ("submitted", "suspended"))
            found += [row] * (weight if row.state not in ("cancelled", "closed", "not_applicable") else 0)
        return found or list(rows)

    def _verb(self, item: Any, asked: bool) -> str:
        verbs = {
            "dispatched": ["签收"] * 4 + ["完成", "延期", "催办", "中止", "销号"],
            "in_progress": ["完成"] * 4 + ["延期"] * 4 + ["催办"] * 2 + ["撤回"] * 2 + ["中止", "不涉及", "撤销"],
            "returned": ["完成"] * 4 + ["延期", "催办", "撤回", "中止"],
            "submitted": ["通过"] * 2 + ["退回"] * 4 + ["撤回"] * 3 + ["中止"],
            "suspended": ["恢复"] * 5 + ["撤回", "撤销"],
            "closed": ["退回", "撤回"],
            "not_applicable": ["退回", "撤回"],
            "cancelled": ["撤回"],
        }[item.state]
        return self.dice.choice(["同意", "同意", "同意", "不同意", *verbs[:2]] if asked else verbs)

    def _one_of(self, accounts: list[str]) -> str | None:
        there = [account for account in accounts if self.away.get(account) is None]
        return self.dice.choice(there) if there else None

    async def _says(self, account: str | None, words: str) -> None:
        if account is None or self.away.get(account) is not None:
            return  # somebody who is not in the directory cannot write
        await self.world.phone(account).says(words)
        self.diary.done[words.split(" ", 1)[0]] += 1


def _moment(value: Any) -> datetime:
    """As the database gives it back to a plain query: SQLite's are text in UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return local(found if found.tzinfo else found.replace(tzinfo=UTC))


def _day(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
