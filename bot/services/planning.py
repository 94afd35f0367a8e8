"""Between the planner and the store: what it sees, and what becomes of what it says."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local_day
from bot.domain.planning import Digest, Item, LineKind, Outcome, Plan, Snapshot, StageRecord, Waiting
from bot.domain.states import OPEN, State
from bot.services import audience
from bot.services.work import Lane, Work
from bot.store.facts import put
from bot.store.items import items
from bot.store.people import unit_people
from bot.store.tables import Assignment, Fact, News, Outbox, StageRow, Unit

DIGEST_REASON = "规则4：每个工作日早晨一条晨报，汇总当天该提醒你的事"
WATCHED = [*sorted(OPEN), State.SUBMITTED]


async def snapshot(session: AsyncSession, now: datetime) -> Snapshot:
    """Everything the planner needs to know at `now`, in one view of the database."""
    today = local_day(now)
    rows = await items(session, Assignment.state.in_(WATCHED))
    stages = await _stages(session)
    return Snapshot(
        items=tuple(
            Item(
                id=row.id,
                code=row.code,
                title=row.title,
                unit_id=row.unit_id,
                state=row.state,
                due=row.due,
                dispatched_at=row.dispatched_at,
                submitted_at=row.submitted_at if row.state is State.SUBMITTED else None,
                returned_at=row.returned_at,
                checkers=row.checkers,
                stages=stages.get(row.id, {}),
                announced=row.announced,
            )
            for row in rows
        ),
        units={row.id: row.name for row in await session.execute(select(Unit.id, Unit.name))},
        people=await unit_people(session),
        office=tuple(await audience.office(session)),
        held=await _held(session, now),
        news=await _news(session),
        digested=await _digested(session, today),
        weekly_told=await _last_told(session, LineKind.WEEKLY),
        unreachable_told=await _last_told(session, LineKind.UNREACHABLE),
    )


async def _stages(session: AsyncSession) -> dict[int, dict[tuple[date, str], StageRecord]]:
    found: dict[int, dict[tuple[date, str], StageRecord]] = defaultdict(dict)
    query = (
        select(StageRow.assignment_id, StageRow.cycle, StageRow.key, StageRow.outcome, StageRow.at)
        .join(Assignment, Assignment.id == StageRow.assignment_id)
        .where(Assignment.state.in_(WATCHED))
    )
    for assignment_id, cycle, key, outcome, moment in await session.execute(query):
        found[assignment_id][cycle, key] = StageRecord(Outcome(outcome), moment)
    return found


async def _held(session: AsyncSession, now: datetime) -> tuple[Waiting, ...]:
    """Prompts that came outside working hours and have not left: they become lines of the digest."""
    query = select(Outbox.id, Outbox.member_key, Outbox.created_at).where(
        Outbox.state == "pending",
        Outbox.lane == int(Lane.ACTION),
        Outbox.body.is_(None),
        Outbox.not_before > Outbox.created_at,
    )
    rows = await session.execute(query)
    return tuple(Waiting(row_id, key, created) for row_id, key, created in rows if key is not None)


async def _news(session: AsyncSession) -> tuple[Waiting, ...]:
    query = select(News.id, News.member_key, News.at).where(News.told_at.is_(None)).order_by(News.id)
    return tuple(Waiting(news_id, key, moment) for news_id, key, moment in await session.execute(query))


async def _digested(session: AsyncSession, today: date) -> frozenset[tuple[date, str]]:
    query = select(Outbox.member_key).where(Outbox.key.like(f"digest:{today.isoformat()}:%"))
    return frozenset((today, key) for key in (await session.scalars(query)).all() if key is not None)


async def _last_told(session: AsyncSession, kind: LineKind) -> frozenset[date]:
    """The last day the office's digest had lines of this kind."""
    fact = await session.get(Fact, f"told:{kind}")
    return frozenset({date.fromisoformat(str(fact.value["day"]))}) if fact else frozenset()


async def store_plan(work: Work, plan: Plan) -> int:
    """Puts a plan into the outbox and the stage table. Returns how many digests are new."""
    made = 0
    marks_of: dict[str, list[list[Any]]] = defaultdict(list)
    for mark in plan.marks:
        for userid in mark.userids:
            marks_of[userid].append([mark.assignment_id, mark.cycle.isoformat(), mark.stage.key])
    for digest in plan.digests:
        made += await _put(work, digest, marks_of[digest.userid])
    work.session.add_all(
        StageRow(
            assignment_id=mark.assignment_id,
            cycle=mark.cycle,
            key=mark.stage.key,
            outcome=mark.outcome,
            at=work.now,
            reason=mark.reason or None,
        )
        for mark in plan.marks
    )
    await _remember_told(work, plan)
    return made


async def _put(work: Work, digest: Digest, marks: list[list[Any]]) -> bool:
    lines = [[str(line.kind), line.ref, line.days, line.rule] for line in digest.lines]
    new = await work.send(
        digest.key,
        Lane.DIGEST,
        "digest",
        digest.userid,
        {"day": digest.day.isoformat(), "lines": lines, "marks": marks},
        DIGEST_REASON,
        not_before=digest.send_at,
    )
    if new:
        held = [line.ref for line in digest.lines if line.kind is LineKind.HELD]
        news = [line.ref for line in digest.lines if line.kind is LineKind.NEWS]
        if held:
            await work.session.execute(
                update(Outbox).where(Outbox.id.in_(held), Outbox.state == "pending").values(state="bundled")
            )
        if news:
            await work.session.execute(update(News).where(News.id.in_(news)).values(told_at=work.now))
    return new


async def _remember_told(work: Work, plan: Plan) -> None:
    kinds = {line.kind for digest in plan.digests for line in digest.lines}
    for kind in kinds & {LineKind.WEEKLY, LineKind.UNREACHABLE}:
        await put(work.session, f"told:{kind}", {"day": work.today.isoformat()})


async def settle_stages(work: Work, marks: list[list[Any]], outcome: Outcome) -> None:
    """Records what became of the stages a digest (or an urging) carried. Delivered is final; failed may still be."""
    for assignment_id, cycle, key in marks:
        day = date.fromisoformat(cycle)
        row = await work.session.get(StageRow, (assignment_id, day, key))
        if row is None:
            work.session.add(
                StageRow(assignment_id=assignment_id, cycle=day, key=key, outcome=outcome, at=work.now, reason=None)
            )
        elif row.outcome != Outcome.DELIVERED:
            row.outcome, row.at = outcome, work.now
