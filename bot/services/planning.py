"""Between the planner and the store: what it sees, and what becomes of what it says."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, DateTime, delete, insert, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import UnknownYear, local_day
from bot.domain.planning import (
    SHARED,
    Digest,
    Item,
    Line,
    LineKind,
    Missed,
    Outcome,
    Plan,
    Snapshot,
    StageRecord,
    Waiting,
)
from bot.domain.states import State
from bot.domain.timing import held_until
from bot.services import audience
from bot.services.work import Lane, Work
from bot.store import live
from bot.store.facts import put
from bot.store.items import chunks, nodes
from bot.store.people import unit_people
from bot.store.tables import Assignment, Fact, News, Outbox, StageRow, Unit

_STAGES = StageRow.metadata.tables[StageRow.__tablename__]
AT_ONCE = 1_000  # rows read or written without giving anybody else a turn
T = TypeVar("T")
DIGEST_REASON = "规则4：每个工作日早晨一条晨报，汇总当天该提醒你的事"
_AS_IT_IS = DateTime(timezone=True)  # SQLite's come naive, in UTC
MISSED = "missed:"  # begins the key of the fact that keeps what a person's digest did not say
HELD = (
    live.pending,
    Outbox.lane == int(Lane.ACTION),
    Outbox.body.is_(None),
    Outbox.not_before > Outbox.created_at,
)
"""Prompts that came outside working hours and have not left."""
UNANSWERED = "notice-waits"  # begins the key of the news that reminds of a notice
_OF_NEWS = frozenset({LineKind.NEWS, LineKind.UNANSWERED})


async def snapshot(session: AsyncSession, now: datetime) -> Snapshot:
    """Everything the planner needs to know at `now`, in one view of the database."""
    today = local_day(now)
    return Snapshot(
        items=await _items(session),
        units={row.id: row.name for row in await session.execute(select(Unit.id, Unit.name))},
        people=await unit_people(session),
        office=tuple(await audience.office(session)),
        held=await _held(session, now),
        news=await _news(session, News.key.not_like(f"{UNANSWERED}:%")),
        unanswered=await _news(session, News.key.like(f"{UNANSWERED}:%")),
        missed=await _missed(session),
        digested=await _digested(session, today),
        weekly_told=await _last_told(session, LineKind.WEEKLY),
        unreachable_told=await _last_told(session, LineKind.UNREACHABLE),
    )


async def _items(session: AsyncSession) -> tuple[Item, ...]:
    """What is watched, in the order of the list. Read as columns past the ORM: this is the whole county every time."""
    query = select(
        Assignment.id,
        Assignment.node_id,
        Assignment.unit_id,
        Assignment.state,
        Assignment.due,
        Assignment.dispatched_at,
        Assignment.submitted_at,
        Assignment.returned_at,
        Assignment.announced,
    ).where(live.watched)
    rows = (await (await session.connection()).execute(query)).all()
    # By their ids: joined, the database may read all there ever were, for the few that are asked about.
    named = await nodes(session, {row.node_id for row in rows})
    stages = await _stages(session, [row.id for row in rows])
    positions = {row.id: row.position for row in await session.execute(select(Unit.id, Unit.position))}
    in_order = sorted(rows, key=lambda row: (named[row.node_id].place, positions[row.unit_id]))
    found: list[Item] = []
    async for row in _slowly(in_order):
        row_id, node_id, unit_id, state, due, dispatched_at, submitted_at, returned_at, announced = row
        node = named[node_id]
        found.append(
            Item(
                id=row_id,
                code=node.code,
                title=node.title,
                unit_id=unit_id,
                state=State(state),
                due=due,
                dispatched_at=dispatched_at,
                submitted_at=submitted_at if state == State.SUBMITTED else None,
                returned_at=returned_at,
                checkers=node.checkers(unit_id),
                stages=stages.get(row_id, {}),
                announced=announced,
            )
        )
    return tuple(found)


async def _stages(session: AsyncSession, ids: Sequence[int]) -> dict[int, dict[tuple[date, str], StageRecord]]:
    """Assignment id -> what became of its stages. Thousands of rows of a few dozen moments: each is made once."""
    found: dict[int, dict[tuple[date, str], StageRecord]] = defaultdict(dict)
    records: dict[tuple[str, datetime], StageRecord] = {}
    query = select(
        StageRow.assignment_id, StageRow.cycle, StageRow.key, StageRow.outcome, type_coerce(StageRow.at, _AS_IT_IS)
    )
    connection = await session.connection()
    for some in chunks(ids):
        for assignment_id, cycle, key, outcome, stored in await connection.execute(
            query.where(StageRow.assignment_id.in_(some))
        ):
            record = records.get((outcome, stored))
            if record is None:
                moment = stored if stored.tzinfo else stored.replace(tzinfo=UTC)
                record = records[outcome, stored] = StageRecord(Outcome(outcome), moment)
            found[assignment_id][cycle, key] = record
    return found


async def _slowly(rows: Iterable[T]) -> AsyncIterator[T]:
    """Row by row; the event loop has its turn in between, where there are very many."""
    for number, row in enumerate(rows, start=1):
        yield row
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)


async def _held(session: AsyncSession, now: datetime) -> tuple[Waiting, ...]:
    """Prompts that came outside working hours and have not left: they become lines of the digest."""
    query = select(Outbox.id, Outbox.member_key, Outbox.created_at).where(*HELD)
    rows = await session.execute(query)
    return tuple(Waiting(row_id, key, created) for row_id, key, created in rows if key is not None)


async def _news(session: AsyncSession, which: ColumnElement[bool]) -> tuple[Waiting, ...]:
    query = select(News.id, News.member_key, News.at).where(News.told_at.is_(None), which).order_by(News.id)
    return tuple(Waiting(news_id, key, moment) for news_id, key, moment in await session.execute(query))


async def _missed(session: AsyncSession) -> tuple[Missed, ...]:
    facts = await session.scalars(select(Fact).where(Fact.key.like(f"{MISSED}%")).order_by(Fact.key))
    return tuple(
        Missed(fact.key.removeprefix(MISSED), tuple(Line(LineKind(line[0]), *line[1:]) for line in fact.value["lines"]))
        for fact in facts
    )


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
    stages = [
        {
            "assignment_id": mark.assignment_id,
            "cycle": mark.cycle,
            "key": mark.stage.key,
            "outcome": str(mark.outcome),
            "at": work.now,
            "reason": mark.reason or None,
        }
        for mark in plan.marks
    ]
    for start in range(0, len(stages), AT_ONCE):  # past the ORM: a bad morning has tens of thousands
        await work.session.execute(insert(_STAGES), stages[start : start + AT_ONCE])
    await _remember_told(work, plan)
    await work.session.execute(delete(Fact).where(Fact.key.like(f"{MISSED}%")))  # said by now, or not true any more
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
        news = [line.ref for line in digest.lines if line.kind in _OF_NEWS]
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


async def unplan(work: Work, row: Outbox) -> None:
    """A digest that missed its day and was certainly not delivered: what it carried is due with the next one."""
    row.state, row.error = "superseded", "错过了当天的发送时间，改由下一次晨报发出"
    await take_back(work, row.payload.get("marks", []))
    await _keep_shared(work, row)
    await unbundle(work, row)
    news = [int(ref) for kind, ref, *_ in row.payload["lines"] if LineKind(kind) in _OF_NEWS]
    if news:
        await work.session.execute(update(News).where(News.id.in_(news)).values(told_at=None))


async def _keep_shared(work: Work, row: Outbox) -> None:
    """Stages taken back are planned again; what somebody else was told is recorded as told, and would be lost here."""
    lines = [line for line in row.payload["lines"] if LineKind(line[0]) in SHARED]
    if lines:
        await put(work.session, f"{MISSED}{row.member_key}", {"lines": lines})


async def take_back(work: Work, marks: list[list[Any]]) -> None:
    """Stages nobody is told of after all: they are due again as soon as their items are."""
    wanted = {(mark[0], date.fromisoformat(mark[1]), mark[2]) for mark in marks}
    if not wanted:
        return
    query = select(StageRow).where(
        StageRow.assignment_id.in_({one[0] for one in wanted}), StageRow.outcome == Outcome.PLANNED
    )
    for stage in (await work.session.scalars(query)).all():
        if (stage.assignment_id, stage.cycle, stage.key) in wanted:
            await work.session.delete(stage)


async def retire(work: Work) -> None:
    """Before a morning is planned: digests of earlier days that were not delivered make way for today's."""
    query = select(Outbox).where(
        live.pending, Outbox.lane == int(Lane.DIGEST), Outbox.kind == "digest", Outbox.doubtful.is_(False)
    )
    for row in (await work.session.scalars(query)).all():
        if row.payload["day"] < work.today.isoformat():
            await unplan(work, row)


async def unbundle(work: Work, row: Outbox, but: Collection[int] = ()) -> None:
    """Messages that were to be lines of this digest wait for the next one again; not those in `but`."""
    lines = [(LineKind(kind), int(ref)) for kind, ref, *_ in row.payload["lines"]]
    held = [ref for kind, ref in lines if kind is LineKind.HELD and ref not in but]
    if not held:
        return
    try:
        when = held_until(work.calendar, work.policy, work.now)
    except UnknownYear:
        when = work.now  # looked at again, and held again, until the calendar knows the year
    await work.session.execute(
        update(Outbox).where(Outbox.id.in_(held), Outbox.state == "bundled").values(state="pending", not_before=when)
    )


async def settle_stages(work: Work, marks: list[list[Any]], outcome: Outcome) -> None:
    """Records what became of the stages a digest (or an urging) carried. Delivered is final; failed may still be."""
    if not marks:
        return
    # In one query: a digest carries dozens of stages, and every morning has a digest for everybody.
    query = select(StageRow).where(StageRow.assignment_id.in_({mark[0] for mark in marks}))
    there = {(row.assignment_id, row.cycle, row.key): row for row in (await work.session.scalars(query)).all()}
    for assignment_id, cycle, key in marks:
        stage = (assignment_id, date.fromisoformat(cycle), key)
        row = there.get(stage)
        if row is None:
            there[stage] = StageRow(
                assignment_id=assignment_id, cycle=stage[1], key=key, outcome=outcome, at=work.now, reason=None
            )
            work.session.add(there[stage])
        elif row.outcome != Outcome.DELIVERED:
            row.outcome, row.at = outcome, work.now
