"""Working days of the Chinese calendar (DESIGN §3, rule 3): weekends, public holidays and make-up workdays.

The days come from the State Council's yearly holiday notices as packaged by `chinesecalendar`; a county may add a year
the package does not know yet in its policy file. A year nobody knows raises, it is never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)


class UnknownYear(LookupError):
    """The calendar has no holidays for this year; `year` says which."""

    def __init__(self, year: int) -> None:
        super().__init__(f"工作日历没有 {year} 年的放假安排，请升级 chinesecalendar 或在策略文件 [calendar] 中补充")
        self.year = year


@lru_cache(maxsize=8192)
def _packaged(day: date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # so the package says that it does not know this year
        return None


@dataclass(frozen=True)
class WorkCalendar:
    """`extra_years` are vouched for by the policy file: ordinary weekends but for `holidays` and `workdays`."""

    extra_years: frozenset[int] = frozenset()
    holidays: frozenset[date] = field(default_factory=frozenset)
    workdays: frozenset[date] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        """Raises UnknownYear outside the years that are known."""
        if day in self.workdays:
            return True
        if day in self.holidays:
            return False
        known = _packaged(day)
        if known is not None:
            return known
        if day.year in self.extra_years:
            return day.weekday() < 5
        raise UnknownYear(day.year)

    def knows(self, year: int) -> bool:
        return year in self.extra_years or _packaged(date(year, 7, 1)) is not None

    def add(self, day: date, workdays: int) -> date:
        """The `workdays`-th working day after `day` (before it where negative); 0 gives `day` itself."""
        step = ONE_DAY if workdays > 0 else -ONE_DAY
        left = abs(workdays)
        while left:
            day += step
            if self.is_workday(day):
                left -= 1
        return day

    def between(self, start: date, end: date, most: int | None = None) -> int:
        """Working days in (start, end]; 0 where end is not after start. Stops counting at `most`: a far end may lie
        in a year nobody knows yet."""
        count, day = 0, start
        while day < end and (most is None or count < most):
            day += ONE_DAY
            if self.is_workday(day):
                count += 1
        return count

    def next_workday(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def last_workday(self, day: date) -> date:
        """`day` itself if it is a working day, else the last one before it."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def first_of_week(self, day: date) -> date:
        """The first working day of the week (Monday to Sunday) that holds `day`; Sunday itself where it has none."""
        monday = day - timedelta(days=day.weekday())
        for offset in range(7):
            candidate = monday + timedelta(days=offset)
            if self.is_workday(candidate):
                return candidate
        return monday + timedelta(days=6)


def local(moment: datetime) -> datetime:
    """A stored UTC moment in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def local_day(moment: datetime) -> date:
    return local(moment).date()


def at(day: date, clock: time) -> datetime:
    """The moment of a wall-clock time on a day in Asia/Shanghai."""
    return datetime.combine(day, clock, tzinfo=SHANGHAI)


def calendar_of(extra_years: Iterable[int], holidays: Iterable[date], workdays: Iterable[date]) -> WorkCalendar:
    return WorkCalendar(frozenset(extra_years), frozenset(holidays), frozenset(workdays))
