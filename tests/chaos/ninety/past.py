"""What was, told by the history of each item, the diary and the calendar: nothing here comes from the planner."""

import json
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import chinese_calendar

from bot.domain.calendar import SHANGHAI
from chaos.ninety.story import LEADS, Diary, Story
from chaos.ninety.town import Posts
from chaos.ninety.weather import Span, on

FIRST, LAST = time(9, 2), time(12, 0)  # when a morning may be planned (decision 1)
GRACE = 3  # working days after a late return (decision 10)
OPEN = ("dispatched", "in_progress", "returned")
ONE_DAY = timedelta(days=1)


@lru_cache(maxsize=4096)
def works(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def counted(start: date, end: date) -> int:
    """Working days after `start`, up to and with `end`."""
    return sum(works(start + ONE_DAY * n) for n in range(1, (end - start).days + 1))


def shifted(day: date, workdays: int) -> date:
    """The day that many working days later, or earlier."""
    left = abs(workdays)
    while left:
        day += ONE_DAY if workdays > 0 else -ONE_DAY
        left -= works(day)
    return day


def moment_of(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(SHANGHAI)


def day_of(value: Any) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def json_of(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Was:
    """An item at one moment."""

    state: str
    due: date
    returned: datetime | None
    submitted: datetime | None
    announced: bool

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def cycle(self) -> date:
        """What its ladder counts from: the deadline, or the end of the grace after a return that came later."""
        if self.returned is None or self.returned.date() <= self.due:
            return self.due
        return shifted(self.returned.date(), GRACE)


@dataclass
class Item:
    id: int
    code: str
    title: str
    unit: str
    checkers: tuple[str, ...]  # units; empty: the office checks
    dispatched: datetime
    moments: list[datetime] = field(default_factory=list)
    states: list[Was] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.code} of {self.unit}"

    @property
    def first_morning(self) -> date:
        """The first digest day on which the unit could hear of it."""
        day = self.dispatched.date() + (ONE_DAY if self.dispatched.time() > FIRST else timedelta())
        while not works(day):
            day += ONE_DAY
        return day

    def at(self, moment: datetime) -> Was | None:
        place = bisect_right(self.moments, moment)
        return self.states[place - 1] if place else None


@dataclass(frozen=True)
class Message:
    """Something that came to a phone by itself, with the row it came from."""

    row: Any
    account: str
    at: datetime  # on the phone
    text: str
    frozen: datetime  # when it was rendered: what it says is as of then

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """What a digest was to say, (kind, ref, days)."""
        return [(kind, int(ref), int(days)) for kind, ref, days, _rule in json_of(self.row.payload).get("lines", [])]


@dataclass
class Past:
    diary: Diary
    rosters: list[tuple[datetime, Posts]]  # each with the moment from which it held
    items: dict[int, Item]
    units: dict[int, str]
    outbox: list[Any]
    stages: list[Any]
    messages: list[Message]  # all that was not an answer, oldest first
    strangers: list[str]  # on a phone, and no row is its origin
    mornings: dict[date, datetime]  # day -> when its digests were planned

    def posts(self, moment: datetime, unit: str, role: str) -> list[str]:
        current = [posts for since, posts in self.rosters if since <= moment][-1]
        return [account for _, account, held in current.get(unit, []) if held == role]

    def silent(self, account: str, moment: datetime) -> bool:
        return any(span.start < moment <= span.end for span in self.diary.refused.get(account, []))

    def there(self, moment: datetime, unit: str, role: str) -> list[str]:
        """Those of a role who could be reached, as far as the service could know."""
        return [one for one in self.posts(moment, unit, role) if not self.silent(one, moment)]

    def office(self, moment: datetime) -> list[str]:
        return self.posts(moment, "县政府办公室", "县办")

    def digests(self) -> list[Message]:
        return [message for message in self.messages if message.row.kind == "digest"]


ITEMS = """
SELECT a.id, n.code, t.item, n.title, u.name AS unit, t.id AS task_id, t.lead_is_group, a.dispatched_at
FROM assignment a JOIN node n ON n.id = a.node_id JOIN task t ON t.id = n.task_id JOIN unit u ON u.id = a.unit_id
"""


OUTBOX = """
SELECT id, key, lane, kind, member_key, payload, state, words, first_try_at, msgid FROM outbox ORDER BY id
"""


async def look_back(story: Story) -> Past:
    world = story.world
    leads: dict[int, list[str]] = {}
    for task_id, unit in await world.rows(LEADS):
        leads.setdefault(task_id, []).append(unit)
    items = {}
    for row in await world.rows(ITEMS):
        checkers = () if row.lead_is_group else tuple(u for u in leads[row.task_id] if u != row.unit)
        items[row.id] = Item(row.id, row.code, row.item, row.unit, checkers, moment_of(row.dispatched_at))
    history = "SELECT at, subject, after FROM audit WHERE subject LIKE 'assignment:%' ORDER BY id"
    for at, subject, after in await world.rows(history):
        item, facts = items[int(subject.split(":")[1])], json_of(after)
        item.moments.append(moment_of(at))
        item.states.append(_was(facts))
    outbox = await world.rows(OUTBOX)
    units = {row.id: row.name for row in await world.rows("SELECT id, name FROM unit")}
    stages = await world.rows("SELECT assignment_id, cycle, key, outcome, at, reason FROM stage")
    messages, strangers = _messages(story, outbox)
    mornings = _mornings(story.days, story.diary.up)
    return Past(story.diary, story.roster.history, items, units, outbox, stages, messages, strangers, mornings)


def _was(facts: dict[str, Any]) -> Was:
    returned, submitted = facts["returned_at"], facts["submitted_at"]
    return Was(
        facts["state"],
        day_of(facts["due"]),
        moment_of(returned) if returned else None,
        moment_of(submitted) if submitted else None,
        bool(facts["announced"]),
    )


def _mornings(days: list[date], up: list[Span]) -> dict[date, datetime]:
    """When each day was planned: at 09:02, or later in the morning when the service came back, or not at all."""
    found = {}
    for day in days:
        opens, closes = on(day, FIRST.hour, FIRST.minute), on(day, LAST.hour, LAST.minute)
        stood = [max(span.start, opens) for span in up if span.start <= closes and span.end > opens]
        if works(day) and stood:
            found[day] = min(stood)
    return found


def _messages(story: Story, outbox: list[Any]) -> tuple[list[Message], list[str]]:
    """What is on the phones. A message whose answer was lost is known by its words only."""
    by_id = {(row.member_key, row.msgid): row for row in outbox if row.msgid}
    by_words: dict[tuple[str, str], Any] = {}
    for row in outbox:
        by_words[row.member_key, row.words] = row
        by_words[row.member_key, f"d-{row.id}"] = row
    found, strangers = [], []
    platform = story.world.platform
    people = {line[1] for _, posts in story.roster.history for lines in posts.values() for line in lines}
    for account in sorted(people):
        for message in platform.inbox(account):
            card = f"d-{str(message.body.get('task_id', '')).rpartition('-')[2]}"
            key = account.lower()
            row = by_id.get((key, message.id)) or by_words.get((key, message.text)) or by_words.get((key, card))
            at = message.at.astimezone(SHANGHAI)
            if row is None:
                strangers.append(f"{account} {at:%m-%d %H:%M}: {message.text[:60]!r}")
            elif row.lane != 0:
                frozen = moment_of(row.first_try_at) if row.first_try_at else at
                found.append(Message(row, key, at, message.text, frozen))
    return sorted(found, key=lambda one: one.at), strangers
