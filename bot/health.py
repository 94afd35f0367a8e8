"""What the operator must know: the checks of /readyz and `duban doctor`, the figures of /metrics."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Select, case, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import UnknownYear, at, local
from bot.domain.policy import Policy
from bot.http import Check
from bot.inbox import backlog
from bot.services.work import Lane
from bot.store import live, migrate
from bot.store.engine import DatabaseError, Store
from bot.store.tables import Fact, Inbox, LinkCheck, Outbox
from scheduler import auditor
from scheduler.engine import PLANNED_FACT
from scheduler.outcome import Health

SENT_WITHIN = timedelta(days=1)

# Every check says what to do, not only what is wrong.
DATABASE, CALENDAR, PLATFORM, INBOX, OUTBOX, WATCH = "数据库", "工作日历", "平台", "收件", "发件", "巡检"
LINKS = "链接检查"


async def checks(
    store: Store, policy: Policy, now: datetime, delivery: Health | None, unknown_year: int | None
) -> list[Check]:
    """One line each. The platform is judged by what delivery saw; `doctor` calls it."""
    found = [await database(store), calendar(policy, now, unknown_year)]
    if delivery is not None:
        found.append(Check(PLATFORM, not delivery.halted, delivery.halted or "正常"))
        if delivery.failing:
            found.append(Check(OUTBOX, False, f"发送循环出错：{delivery.failing}"))
    if found[0].ok:
        found += [*await queues(store), await watch(store, policy, now)]
    return found


async def database(store: Store) -> Check:
    try:
        at = await migrate.current(store)
    except DatabaseError as error:
        return Check(DATABASE, False, str(error))
    except (SQLAlchemyError, OSError) as error:
        return Check(DATABASE, False, f"连不上：{type(error).__name__}，请检查 DUBAN_DATABASE_URL 和数据库服务")
    if at is None:
        return Check(DATABASE, False, "还没有建立，请运行 duban init")
    if at != migrate.wanted():
        return Check(DATABASE, False, "结构与程序版本不符，请运行 duban init")
    return Check(DATABASE, True, "正常")


def calendar(policy: Policy, now: datetime, unknown_year: int | None = None) -> Check:
    year = unknown_year or local(now).year
    missing = [y for y in (year, local(now).year) if not policy.calendar.knows(y)]
    if missing:
        return Check(
            CALENDAR, False, f"不知道 {missing[0]} 年的放假安排：升级 chinesecalendar，或写进策略文件的 [calendar]"
        )
    return Check(CALENDAR, True, f"{local(now).year} 年已知")


async def queues(store: Store) -> list[Check]:
    new, parked = await backlog(store)
    async with store.read() as session:
        rows = await session.execute(select(Outbox.state, func.count()).where(live.trouble).group_by(Outbox.state))
        counts = {row.state: row[1] for row in rows}
    failed, unknown = counts.get("failed", 0), counts.get("unknown", 0)
    # Failed messages and parked ones need a person, but the service goes on: they are said and do not fail the check.
    return [
        Check(INBOX, True, f"待处理 {new} 条，搁置 {parked} 条"),
        Check(OUTBOX, True, f"发送失败 {failed} 条，可能未送达 {unknown} 条"),
    ]


async def links(store: Store, policy: Policy, proxy: str, now: datetime) -> Check:
    """Said and not failing: a site that does not answer is no fault of the service."""
    if not policy.check_links:
        return Check(LINKS, True, "关（DUBAN_LINK_CHECK=off）：佐证链接不打开，审核人看不到检查结果")
    async with store.read() as session:
        counts = await _links(session)
        due = await session.scalar(select(func.count()).select_from(LinkCheck).where(LinkCheck.due_at <= now)) or 0
    said = [f"{counts.get('reached', 0)} 个能打开", f"{counts.get('unreached', 0)} 个从这里打不开", f"{due} 个待查"]
    said += [f"{counts['dead']} 个原来能打开的现在打不开"] if counts.get("dead") else []
    return Check(LINKS, True, "，".join(["开" + ("，经代理 DUBAN_HTTP_PROXY" if proxy else ""), *said]))


async def _links(session: AsyncSession) -> dict[str, int]:
    """How many links stand where: waiting, reached, unreached; dead ones by themselves."""
    state = case((LinkCheck.dead_on.is_not(None), "dead"), else_=LinkCheck.reach)
    rows = await session.execute(select(state, func.count()).group_by(state))
    return {row[0]: row[1] for row in rows}


async def watch(store: Store, policy: Policy, now: datetime) -> Check:
    """What the auditor found. Said and not failing: a replica that is taken out of service for it helps nobody."""
    found = await auditor.findings(store, policy, now)
    return Check(WATCH, True, "注意：" + "；".join(one.words for one in found) if found else "没有发现该发未发或卡住的")


async def metrics(store: Store, policy: Policy, now: datetime, errors: Mapping[str, int]) -> bytes:
    """Prometheus text, made from the database at the moment of asking: the same on every replica.

    `errors`: what the platform answered this process with, by code.
    """
    registry = CollectorRegistry()
    inbox = Gauge("duban_inbox_messages", "Stored callbacks by state", ["state"], registry=registry)
    depth = Gauge(
        "duban_outbox_messages",
        "Messages that wait, or need a person, by lane and state",
        ["lane", "state"],
        registry=registry,
    )
    sent = Gauge("duban_outbox_sent_day", "Messages that arrived within 24 hours, by lane", ["lane"], registry=registry)
    age = Gauge("duban_outbox_oldest_due_seconds", "Age of the oldest message that is due", ["lane"], registry=registry)
    new, parked = await backlog(store)
    inbox.labels("new").set(new)
    inbox.labels("parked").set(parked)
    async with store.read() as session:
        for lane, state, count in await outgoing(session):
            depth.labels(Lane(lane).name.lower(), state).set(count)
        for lane, count in await session.execute(sent_since(now - SENT_WITHIN)):
            sent.labels(Lane(lane).name.lower()).set(count)
        for lane, oldest in await session.execute(
            select(Outbox.lane, func.min(Outbox.not_before))
            .where(live.pending, Outbox.not_before <= now)
            .group_by(Outbox.lane)
        ):
            age.labels(Lane(lane).name.lower()).set((now - oldest).total_seconds())
        first = await session.scalar(select(func.min(Inbox.received_at)).where(live.new))
        planned = await session.get(Fact, PLANNED_FACT)
        checked = await _links(session)
        due = await session.scalar(select(func.min(LinkCheck.due_at)).where(LinkCheck.due_at <= now))
    found = Gauge("duban_links", "Links handed in as evidence by what was found", ["state"], registry=registry)
    for state, count in checked.items():
        found.labels(state).set(count)
    waits = Gauge("duban_links_oldest_due_seconds", "Age of the oldest link that is to be looked at", registry=registry)
    waits.set((now - due).total_seconds() if due and policy.check_links else 0)
    lag = Gauge("duban_inbox_lag_seconds", "Age of the oldest message that is not handled", registry=registry)
    lag.set((now - first).total_seconds() if first else 0)
    behind = Gauge("duban_planner_lag_seconds", "How long this morning has waited to be planned", registry=registry)
    behind.set(_planner_lag(policy, now, str(planned.value["day"]) if planned else ""))
    should_not_be = Gauge("duban_auditor_findings", "What the auditor found", ["check"], registry=registry)
    for finding in await auditor.findings(store, policy, now):
        should_not_be.labels(finding.check).set(finding.count)
    answered = Gauge(
        "duban_platform_errors", "Errors of the platform by code since the start", ["code"], registry=registry
    )
    for code, count in errors.items():
        answered.labels(code).set(count)
    return generate_latest(registry)


async def outgoing(session: AsyncSession) -> list[tuple[int, str, int]]:
    """(lane, state, how many) of what is not done: few, however much there ever was."""
    found: list[tuple[int, str, int]] = []
    for condition in (live.pending, live.sending, live.trouble):
        query = select(Outbox.lane, Outbox.state, func.count()).where(condition).group_by(Outbox.lane, Outbox.state)
        found += [(lane, state, count) for lane, state, count in await session.execute(query)]
    return found


def sent_since(moment: datetime) -> Select[int, int]:
    return select(Outbox.lane, func.count()).where(Outbox.sent_at > moment).group_by(Outbox.lane)


def _planner_lag(policy: Policy, now: datetime, planned: str) -> float:
    here = local(now)
    try:
        due = policy.digest_from <= here.time() <= policy.digest_catch_up and policy.calendar.is_workday(here.date())
    except UnknownYear:
        return 0.0  # the check of the calendar says it
    if not due or planned >= here.date().isoformat():
        return 0.0
    return (now - at(here.date(), policy.digest_from)).total_seconds()
