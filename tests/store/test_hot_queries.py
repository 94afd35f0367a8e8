"""What runs all day finds its rows by an index, however many lie there finished. No clock is looked at: the database
says how it would go about it.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import health
from bot.bench import archive
from bot.domain.calendar import SHANGHAI
from bot.domain.policy import Policy
from bot.handlers.dispatch import _has_older
from bot.inbox import Stored, _sqlite_insert, waiting_first
from bot.services import broadcasts, chain, links, notices, planning, requests, views
from bot.services.work import Lane, Work
from bot.store import live
from bot.store.engine import Store
from bot.store.tables import Assignment, Base, Evidence, Inbox, LinkCheck, News, Notice, Outbox, Receipt
from scheduler import auditor
from scheduler.claims import _DUE, _DUE_ANSWERS, Claims
from scheduler.envelope import Envelope
from scheduler.outcome import Outcomes

NOW = datetime(2021, 6, 30, 10, 0, tzinfo=SHANGHAI)
LARGE = frozenset({"inbox", "outbox", "assignment", "stage", "audit", "receipt", "news", "link_check"})
PARTIAL = frozenset(
    str(index.name)
    for table in Base.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)
NOTICE = 7

Ask = Callable[[Work], Awaitable[object]]


async def _first_of_everybody(work: Work) -> None:
    await work.session.execute(waiting_first(["wang"], 8))


async def _older(work: Work) -> None:
    await _has_older(work.session, Inbox(id=10**6, sender="someone1"))


async def _same_callback(work: Work) -> None:
    """As a replica on either database would say it: the key decides."""
    statement, values = _sqlite_insert([Stored("msg-1", "wang", "x")], NOW)
    if work.session.get_bind().dialect.name != "sqlite":
        statement = statement.replace("(?, ?, ?, ?, 'new', 0)", "($1, $2, now(), $3, 'new', 0)")
        values = [values[0], values[1], values[3]]
    await (await work.session.connection()).exec_driver_sql(statement, tuple(values))


async def _due_of_every_lane(work: Work) -> None:
    for lane in Lane:
        asked = {"in_lane": int(lane), "now": NOW, "passed": ["wang"]}
        await work.session.execute(_DUE_ANSWERS if lane == Lane.REPLY else _DUE, asked)


async def _limits(work: Work) -> None:
    outcomes = Outcomes()
    await Claims(work.policy, Envelope(1, False), outcomes, lambda: NOW).rebuild(work.session, NOW)


async def _same_words(work: Work) -> None:
    await Envelope(1, False)._unlike_any_before(work, Outbox(id=10**6, member_key="contact1"), "收到")


async def _watchdog(work: Work) -> None:
    view = auditor._View(work.session, work.policy, NOW)
    for check in auditor.CHECKS:
        await check(view)


async def _tick(work: Work) -> None:
    await planning.retire(work)
    await requests.remind(work)
    await planning.snapshot(work.session, NOW)


async def _unread(work: Work) -> None:
    notice = await work.session.get_one(Notice, NOTICE)
    await notices.unread(work, notice)
    await broadcasts.progress(work, notice)


async def _seal(work: Work) -> None:
    for query in (chain.LAST_SEALED, chain.UNSEALED):
        await work.session.execute(query)


async def _due_links(work: Work) -> None:
    await work.session.execute(links.due(NOW, NOW).limit(4))
    await links.dead(work.session)


async def _counts(work: Work) -> None:
    for condition in (live.new, live.parked, live.pending, live.sending, live.trouble):
        await work.session.execute(select(func.count()).where(condition))


async def _metrics(work: Work) -> None:
    await health.outgoing(work.session)
    await work.session.execute(health.sent_since(NOW - health.SENT_WITHIN))


HOT: dict[str, Ask] = {
    "the first message of everybody": _first_of_everybody,
    "an older message of a person": _older,
    "the same callback again": _same_callback,
    "what is due in every lane": _due_of_every_lane,
    "the limits, from what was sent": _limits,
    "the same words to a person": _same_words,
    "the last message of a person": lambda work: views.last_message(work.session, "contact1"),
    "the planner's tick": _tick,
    "the watchdog": _watchdog,
    "who has not read a notice": _unread,
    "the end of the audit's chain": _seal,
    "links to look at": _due_links,
    "what waits": _counts,
    "the figures of the outbox": _metrics,
}
# Without the index on the left the question on the right would be answered by reading everything.
NEEDED = {
    "ix_inbox_sender": "the first message of everybody",
    "ix_assignment_watched": "the planner's tick",
    "ix_outbox_member_sent": "the last message of a person",
    "ix_outbox_trouble": "the watchdog",
    "ix_link_check_due": "links to look at",
    "ix_link_check_dead": "links to look at",
}


@pytest.fixture
async def store(corner_url: str) -> AsyncIterator[Store]:
    """Twenty thousand items, nearly all of them done, with what they left behind."""
    one = Store(corner_url)
    try:
        async with one.write() as session:
            await _queues(session)
            await _notices(session)
            await _links(session)
        await archive.fill(one, 20_000, lambda _: None)
        yield one
    finally:
        await one.close()


async def _queues(session: AsyncSession) -> None:
    old = NOW - timedelta(days=90)
    done = {"received_at": old, "state": "done", "attempts": 1, "handled_at": old, "words": None}
    new = {**done, "received_at": NOW, "state": "new", "attempts": 0, "handled_at": None}
    messages = [{"key": f"old-{n}", "sender": f"someone{n % 40}", **done} for n in range(20_000)]
    messages += [{"key": f"new-{n}", "sender": f"someone{n % 40}", **new} for n in range(60)]
    await session.execute(insert(Inbox), messages)
    waiting = {"kind": "text", "payload": {"text": "x"}, "reason": "", "not_before": NOW, "created_at": NOW}
    rows = [
        {"key": f"waits-{n}", "lane": n % len(Lane), "member_key": f"contact{n % 40}", **waiting} for n in range(300)
    ]
    await session.execute(insert(Outbox), rows)


async def _notices(session: AsyncSession) -> None:
    common = {"by": "a", "audience": "全体", "body": "x", "urgent": False, "state": "sent", "at": NOW, "leaves_at": NOW}
    await session.execute(insert(Notice), [{"id": n, **common} for n in range(1, 41)])
    read = [
        {"notice_id": n, "member_key": f"contact{m}", "answered_at": NOW if m % 3 else None}
        for n in range(1, 41)
        for m in range(400)
    ]
    await session.execute(insert(Receipt), read)
    told = [
        {"key": f"told-{n}", "member_key": "contact1", "words": "x", "at": NOW, "told_at": NOW} for n in range(5_000)
    ]
    await session.execute(insert(News), told)


async def _links(session: AsyncSession) -> None:
    """Handed in long ago, and looked at again in a month."""
    item = await session.scalar(select(func.min(Assignment.id)))
    proof = {"assignment_id": item, "submission": 1, "kind": "link", "by": "a", "at": NOW, "withdrawn": False}
    numbers = range(1, 20_001)
    await session.execute(insert(Evidence), [{"id": n, "name": f"http://x/{n}", **proof} for n in numbers])
    later = {"due_at": NOW + timedelta(days=30), "attempts": 0, "reach": "waiting"}
    await session.execute(insert(LinkCheck), [{"evidence_id": n, **later} for n in numbers])


async def scans(store: Store, ask: Ask, without: str = "") -> list[str]:
    """The lines of the plans by which `ask` would read a large table from end to end; nothing of it stays."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        if not many and statement.lstrip()[:6].upper() in ("SELECT", "UPDATE", "INSERT", "DELETE"):
            asked.append((statement, values))

    found: list[str] = []
    async with store.engine.connect() as connection, connection.begin() as transaction:
        if without:
            await connection.exec_driver_sql(f"DROP INDEX {without}")
        session = AsyncSession(connection, join_transaction_mode="control_fully")
        event.listen(store.engine.sync_engine, "before_cursor_execute", hear)
        try:
            await ask(Work(session, NOW, Policy()))
        finally:
            event.remove(store.engine.sync_engine, "before_cursor_execute", hear)
        assert asked
        for statement, values in asked:
            word = "EXPLAIN QUERY PLAN" if store.is_sqlite else "EXPLAIN"
            # The remark makes it another statement: SQLite explains one it has prepared by the indexes of then.
            answer = await connection.exec_driver_sql(f"{word} {statement} -- {without}", values)
            lines = [str(row[-1]) for row in answer.all()]
            found += _in_sqlite(lines) if store.is_sqlite else _in_postgresql(lines)
        await session.close()
        if transaction.is_active:
            await transaction.rollback()
    return found


def _in_sqlite(lines: list[str]) -> list[str]:
    found = []
    for line in lines:
        scan = re.match(r"SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$", line)
        if scan and scan[1] in LARGE and scan[2] not in PARTIAL:
            found.append(line)
    return found


def _in_postgresql(lines: list[str]) -> list[str]:
    """Sequential scans; and scans of a whole index that holds every row."""
    found = []
    for number, line in enumerate(lines):
        scan = re.search(r"(Seq|Index|Index Only) Scan(?: Backward)?(?: using (\w+))? on (\w+)", line)
        if scan is None or scan[3] not in LARGE or scan[2] in PARTIAL:
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if scan[1] == "Seq" or "Index Cond" not in below:
            found.append(line.strip())
    return found


async def test_what_runs_all_day_finds_its_rows_by_an_index(store: Store) -> None:
    read = {name: await scans(store, ask) for name, ask in HOT.items()}
    assert {name: lines for name, lines in read.items() if lines} == {}
    # And this test would notice.
    for index, name in NEEDED.items():
        assert await scans(store, HOT[name], without=index), index
