"""One planner tick over the whole county: the database is read and the morning planned; nothing is stored."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from sqlalchemy import select, update

from bot.bench import machine
from bot.bench.county import BEFORE_WORK, load, place
from bot.bench.processes import free_port
from bot.bench.report import BenchError, Figure, Report, verdict
from bot.domain.planning import Outcome
from bot.domain.policy import Policy
from bot.domain.states import State
from bot.domain.timing import digest_moment
from bot.services.planning import snapshot, store_plan
from bot.services.work import Work
from bot.store import live
from bot.store.engine import Store
from bot.store.tables import Assignment, Outbox, StageRow
from scheduler.engine import look_ahead
from scheduler.planner import plan

TICKS = 21
AIM = 100  # milliseconds
ISSUED = date(2021, 5, 25)
QUIET = date(2021, 7, 20)  # everything is signed and nothing has a reminder
DUE = date(2021, 9, 15)  # a Wednesday among ordinary weeks
ELSE = date(2021, 12, 31)  # the deadline of what is not due on DUE


@dataclass(frozen=True)
class Morning:
    """Ticks of one morning, in milliseconds on the wall and on a processor, and what they had to say."""

    words: str
    items: int
    digests: int
    lines: int
    ticks: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def figures(self) -> dict[str, Figure]:
        return {
            "items": self.items,
            "digests": self.digests,
            "lines": self.lines,
            "median_ms": round(median(self.ticks), 1),
            "max_ms": round(max(self.ticks), 1),
            "median_cpu_ms": round(median(self.cpu), 1),
        }


async def measure(due: int | None = None, ticks: int = TICKS) -> Report:
    """Three mornings: one with nothing to say, the one on which `due` items (default: all) fall due at once, and the
    one on which these, none of them done, climb to the leads and the office. Raises BenchError."""
    with TemporaryDirectory(prefix="duban-bench-") as name:
        where = place(Path(name), free_port(), BEFORE_WORK)
        about = machine.describe(where.folder)
        await load(where)
        policy = where.settings().policy
        store = Store(where.database_url)
        try:
            return _report(about, await _mornings(store, policy, due, ticks))
        finally:
            await store.close()


async def _mornings(store: Store, policy: Policy, due: int | None, ticks: int) -> dict[str, Morning]:
    calendar = policy.calendar
    count = await _begin(store, policy, due)
    quiet = await _tick(store, policy, "平常一天", QUIET, ticks)
    await _come_to_the_day(store, policy)
    on_the_day = await _tick(store, policy, f"{count} 项同一天到期", DUE, ticks)
    await _live(store, policy, DUE)
    await _live(store, policy, calendar.add(DUE, policy.escalate_lead))
    words = f"{count} 项一起逾期 {policy.escalate_office} 个工作日"
    late = await _tick(store, policy, words, calendar.add(DUE, policy.escalate_office), ticks)
    return {"quiet": quiet, "due": on_the_day, "late": late}


async def prepare(store: Store, policy: Policy, due: int | None) -> int:
    """Lives until the morning on which `due` items fall due. Returns how many that are."""
    count = await _begin(store, policy, due)
    await _come_to_the_day(store, policy)
    return count


async def _begin(store: Store, policy: Policy, due: int | None) -> int:
    await _live(store, policy, ISSUED)
    return await _sign(store, policy, due)


async def _come_to_the_day(store: Store, policy: Policy) -> None:
    for days in (days for days in policy.remind_before if days):
        await _live(store, policy, policy.calendar.add(DUE, -days))


async def _live(store: Store, policy: Policy, day: date) -> None:
    """Plans and stores a morning, and takes its digests as delivered."""
    now = digest_moment(policy, day)
    async with store.write() as session:
        decided = plan(await snapshot(session, now), policy, policy.calendar, now)
        await store_plan(Work(session, now, policy), decided)
        await session.flush()
        arrived = update(StageRow).where(StageRow.outcome == Outcome.PLANNED).values(outcome=Outcome.DELIVERED)
        await session.execute(arrived)
        sent = {"state": "sent", "sent_at": now, "body": b""}
        await session.execute(update(Outbox).where(live.pending, Outbox.kind == "digest").values(**sent))


async def _sign(store: Store, policy: Policy, due: int | None) -> int:
    """Every item is signed; the first `due` of them get the one deadline. Returns how many that are."""
    async with store.write() as session:
        ids = (await session.scalars(select(Assignment.id).order_by(Assignment.id))).all()
        if due is not None and due > len(ids):
            raise BenchError(f"--due 最多 {len(ids)}：全县只有这么多项")
        signed = {"state": State.IN_PROGRESS, "signed_at": digest_moment(policy, ISSUED)}
        await session.execute(update(Assignment).values(due=ELSE, **signed))
        chosen = ids[:due]
        if chosen:
            await session.execute(update(Assignment).where(Assignment.id <= chosen[-1]).values(due=DUE))
    return len(chosen)


async def _tick(store: Store, policy: Policy, words: str, day: date, ticks: int) -> Morning:
    now = digest_moment(policy, day)
    wall: list[float] = []
    cpu: list[float] = []
    for _ in range(ticks):
        started, worked = perf_counter(), process_time()
        seen, decided = await look_ahead(store, policy, now)
        wall.append((perf_counter() - started) * 1000)
        cpu.append((process_time() - worked) * 1000)
    lines = sum(len(digest.lines) for digest in decided.digests)
    return Morning(words, len(seen.items), len(decided.digests), lines, tuple(wall), tuple(cpu))


def _report(about: dict[str, Figure], mornings: dict[str, Morning]) -> Report:
    lines = [f"读库并排出一个早晨（不写库），各 {len(mornings['quiet'].ticks)} 次："]
    for name, morning in mornings.items():
        found = morning.figures
        aim = verdict(median(morning.ticks) < AIM, f"{AIM} 毫秒以内") if name == "quiet" else ""
        lines.append(
            f"  {morning.words}（{morning.items} 项，晨报 {morning.digests} 条、共 {morning.lines} 行）："
            f"中位 {found['median_ms']} 毫秒{aim}，最长 {found['max_ms']} 毫秒，处理器 {found['median_cpu_ms']} 毫秒"
        )
    return Report("plan", about, {name: morning.figures for name, morning in mornings.items()}, tuple(lines))
