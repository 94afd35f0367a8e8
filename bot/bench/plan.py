"""One planner tick over the whole county: the database is read and the morning planned; nothing is stored."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.bench import machine
from bot.bench.county import BEFORE_WORK, load, place
from bot.bench.processes import free_port
from bot.bench.report import Figure, Report
from bot.domain.policy import Policy
from bot.settings import Settings
from bot.store.engine import Store

TICKS = 21
AIM = 100  # milliseconds
QUIET = date(2021, 7, 20)  # every item is signed and none has a reminder
DUE = date(2021, 9, 15)  # a Wednesday in the middle of ordinary weeks
ELSE = date(2021, 12, 31)  # the deadline of everything that is not due on DUE


@dataclass(frozen=True)
class _Morning:
    name: str
    words: str
    items: int  # the planner looks at
    digests: int
    lines: int  # in them
    milliseconds: tuple[float, ...]  # one tick each, the first with nothing warm

    @property
    def figures(self) -> dict[str, Figure]:
        return {
            "items": self.items,
            "digests": self.digests,
            "lines": self.lines,
            "median_ms": round(median(self.milliseconds), 1),
            "max_ms": round(max(self.milliseconds), 1),
        }


async def measure(due: int | None = None, ticks: int = TICKS) -> Report:
    """A morning with nothing to say, the one on which `due` items (default: all) fall due at once, and the one three
    working days later with none of them done: lines to units, leads and the office for each. Raises BenchError."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        where = place(Path(name), free_port(), BEFORE_WORK)
        about = machine.describe(where.folder)
        await load(where)
        county = _County(Store(where.environment["DUBAN_DATABASE_URL"]), where.settings())
        try:
            mornings = await county.mornings(due, ticks)
        finally:
            await county.store.close()
    return _report(about, mornings, due)


class _County:
    """The loaded county and the mornings it goes through; every digest of theirs counts as delivered."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.policy: Policy = settings.policy

    async def mornings(self, due: int | None, ticks: int) -> list[_Morning]:
        calendar, policy = self.policy.calendar, self.policy
        await self._live(date(2021, 5, 25))
        await self._sign_all(due)
        quiet = await self._tick("quiet", "平常一天（没有要提醒的）", QUIET, ticks)
        for days in policy.remind_before:
            if days:
                await self._live(calendar.add(DUE, -days))
        on_the_day = await self._tick("due", "当天到期", DUE, ticks)
        await self._live(DUE)
        for days in (policy.escalate_lead, policy.escalate_office):
            late = await self._tick("late", f"逾期 {days} 个工作日、无一完成", calendar.add(DUE, days), ticks)
            await self._live(calendar.add(DUE, days))
        return [quiet, on_the_day, late]
