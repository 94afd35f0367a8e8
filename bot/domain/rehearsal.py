"""What a rehearsal of a period came to: every message, and the figures of rule 6 made from them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from bot.domain.calendar import local_day


@dataclass(frozen=True)
class Person:
    """Somebody on the roster; `units` and `roles` as people read them, several joined by 、."""

    userid: str
    name: str
    units: str
    roles: str


@dataclass(frozen=True)
class Sent:
    """One message that would have left. `kind` is what people call it (晨报), `rule` why it was sent."""

    at: datetime
    person: Person
    kind: str
    rule: str
    text: str

    @property
    def day(self) -> date:
        return local_day(self.at)

    @property
    def size(self) -> int:
        """Bytes, as the platform counts."""
        return len(self.text.encode())


@dataclass(frozen=True)
class Day:
    day: date
    messages: int
    people: int
    longest: int  # bytes


@dataclass(frozen=True)
class Load:
    """What one person got in the period."""

    person: Person
    messages: int
    days: int  # on which anything came
    most: int  # messages on one day


@dataclass(frozen=True)
class RoleLoad:
    """What the people of one role got in the period; those who got nothing count, too."""

    roles: str
    people: int
    messages: int
    most: int
    median: float


@dataclass(frozen=True)
class Rehearsal:
    """`first` and `last` are the days that were asked for; `everybody` the roster, in its order."""

    first: date
    last: date
    messages: tuple[Sent, ...]
    everybody: tuple[Person, ...]
    stuck: int  # messages that were due and had not left at the end

    def days(self) -> list[Day]:
        """The days on which anything was sent, in order."""
        by_day: dict[date, list[Sent]] = defaultdict(list)
        for sent in self.messages:
            by_day[sent.day].append(sent)
        return [
            Day(day, len(some), len({one.person.userid for one in some}), max(one.size for one in some))
            for day, some in sorted(by_day.items())
        ]

    def loads(self) -> list[Load]:
        """Everybody, whoever gets most first."""
        days: dict[str, Counter[date]] = defaultdict(Counter)
        for sent in self.messages:
            days[sent.person.userid][sent.day] += 1
        found = [
            Load(one, days[one.userid].total(), len(days[one.userid]), max(days[one.userid].values(), default=0))
            for one in self.everybody
        ]
        return sorted(found, key=lambda load: -load.messages)

    def roles(self) -> list[RoleLoad]:
        by_role: dict[str, list[int]] = defaultdict(list)
        for load in self.loads():
            by_role[load.person.roles].append(load.messages)
        return [role_load(roles, counts) for roles, counts in by_role.items()]


def role_load(roles: str, counts: Sequence[int]) -> RoleLoad:
    """Of one role, or of everybody."""
    return RoleLoad(roles, len(counts), sum(counts), max(counts, default=0), median(counts) if counts else 0)
