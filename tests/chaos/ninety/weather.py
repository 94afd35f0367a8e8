"""What goes wrong and when: drawn once from the seed, so that the same seed is the same ninety days."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.calendar import SHANGHAI
from sandbox.faults import Fault

FAULTS = (
    Fault("", errcode=-1),
    Fault("", errcode=45009),
    Fault("", status=500),
    Fault("", drop="before"),
    Fault("", drop="after"),
)


@dataclass(frozen=True)
class Span:
    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True)
class Trouble(Span):
    """The platform answers every call the same wrong way."""

    fault: Fault


def on(day: date, hour: int, minute: int, second: float = 0.0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI) + timedelta(seconds=second)


def outages(dice: random.Random, days: list[date]) -> list[Span]:
    """The service stands still: for minutes around the digest hour, for a morning, over night, for days."""
    found: list[Span] = []
    for day in sorted(dice.sample(days[1:-5], 9)):
        start, length = dice.choice(
            (
                (on(day, 8, 30 + dice.randrange(25)), timedelta(minutes=dice.randrange(20, 120))),
                (on(day, 9, 3 + dice.randrange(11), 20), timedelta(minutes=dice.randrange(2, 60))),
                (on(day, 9, 3 + dice.randrange(11), 20), timedelta(hours=dice.randrange(8, 30))),
                (on(day, 9, 3 + dice.randrange(5), 20), timedelta(hours=24, minutes=dice.randrange(150))),
                (on(day, 8, dice.randrange(60)), timedelta(hours=dice.randrange(4, 9))),
                (on(day, 16, dice.randrange(60)), timedelta(hours=dice.randrange(15, 80))),
                (on(day, 11, dice.randrange(60)), timedelta(days=dice.randrange(1, 6), minutes=dice.randrange(400))),
            )
        )
        if not found or start > found[-1].end + timedelta(hours=1):
            found.append(Span(start + timedelta(seconds=dice.uniform(1, 18)), start + length))
    return found


def troubles(dice: random.Random, days: list[date]) -> list[Trouble]:
    found: list[Trouble] = []
    for number, day in enumerate(sorted(dice.sample(days[1:-2], 10))):
        fault = dice.choice(FAULTS)
        start = on(day, *dice.choice(((8, 55), (9, 2), (9, 5), (9, 8), (10, 30), (17, 20))), dice.uniform(1, 59))
        length = dice.choice((timedelta(minutes=dice.randrange(2, 12)), timedelta(minutes=dice.randrange(12, 40))))
        if number == 5:  # longer than the platform remembers what it was sent
            start, length = on(day, 9, 10, dice.uniform(1, 59)), timedelta(hours=5)
        found.append(Trouble(start, start + length, fault))
    return found


def moments(dice: random.Random, days: list[date], start: datetime) -> Iterator[datetime]:
    """When somebody does something: mostly at work, often while the digests leave, now and then at night; and with
    days of silence in between, which are jumps of the clock."""
    quiet_until = start
    for day in days:
        if dice.random() < 0.06:
            quiet_until = on(day, 0, 0) + timedelta(days=dice.randrange(2, 8))
        found = set()
        for _ in range(dice.choice((0, 1, 2, 2, 3, 4))):
            hour, minute = dice.choice(
                (
                    *((9, dice.randrange(3, 16)) for _ in range(4)),
                    *((hour, dice.randrange(60)) for hour in (8, 9, 10, 11, 14, 15, 16, 17, 20, 23)),
                )
            )
            found.add(on(day, hour, minute, dice.uniform(1, 59)))
        yield from sorted(moment for moment in found if moment > max(start, quiet_until))
