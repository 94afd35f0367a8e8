"""One migration history for both databases; CHECK constraints that mirror the state machine."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Row, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.states import ASSIGNMENT_STATES, RequestKind, State
from bot.store import migrate
from bot.store.engine import Store
from bot.store.reports import UnitReport
from bot.store.tables import (
    Ask,
    Assignment,
    Base,
    Evidence,
    Inbox,
    Notice,
    Outbox,
    Post,
    Request,
    StageRow,
)

NOW = datetime(2021, 5, 25, 1, 0, tzinfo=UTC)
DUE = date(2021, 6, 30)


def differences(connection: Connection) -> list[object]:
    def here(thing: Any, _name: object, _kind: object, _reflected: object, _beside: object) -> bool:
        """Some things only one of the two databases needs."""
        return str(thing.info.get("only", connection.dialect.name)) == connection.dialect.name

    options = {"compare_type": True, "compare_server_default": True, "include_object": here}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def checks(connection: Connection) -> set[str]:
    reflected = inspect(connection)
    return {str(c["name"]) for table in Base.metadata.tables for c in reflected.get_check_constraints(table)}


def partial_indexes(connection: Connection) -> set[str]:
    """Names of the indexes that hold some rows only."""
    reflected = inspect(connection)
    found = [index for table in Base.metadata.tables for index in reflected.get_indexes(table)]
    return {str(index["name"]) for index in found if any(k.endswith("_where") for k in index["dialect_options"])}


async def test_the_migrations_make_exactly_these_tables(empty_url: str) -> None:
    store = Store(empty_url)
    try:
        assert await migrate.current(store) is None
        await migrate.upgrade(store)
        assert await migrate.current(store) == migrate.wanted()
        async with store.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
            # Alembic does not look at these.
            declared = {
                str(constraint.name)
                for table in Base.metadata.tables.values()
                for constraint in table.constraints
                if isinstance(constraint, CheckConstraint)
            }
            assert await connection.run_sync(checks) == declared
            wanted = {
                i.name
                for t in Base.metadata.tables.values()
                for i in t.indexes
                if i.dialect_options["sqlite"]["where"] is not None
            }
            assert await connection.run_sync(partial_indexes) == wanted
        await migrate.upgrade(store)  # a second time changes nothing
        assert await migrate.current(store) == migrate.wanted()
    finally:
        await store.close()


@pytest.fixture
async def session(corner_url: str) -> AsyncIterator[AsyncSession]:
    store = Store(corner_url)
    try:
        async with store.engine.connect() as connection, connection.begin() as transaction:
            async with AsyncSession(connection) as one:
                yield one
            await transaction.rollback()
    finally:
        await store.close()


async def accepts(session: AsyncSession, statement: Any) -> bool:
    """Whether the database lets it stand; nothing of it stays either way."""
    async with session.begin_nested() as attempt:
        try:
            await session.execute(statement)
        except IntegrityError:
            return False
        finally:
            await attempt.rollback()
    return True


SIGNED = {"signed_at": NOW}
# What an assignment has in each state at least, as the services leave it.
STATES: dict[State, dict[str, Any]] = {
    State.DISPATCHED: {},
    State.IN_PROGRESS: SIGNED,
    State.SUBMITTED: {**SIGNED, "submitted_at": NOW},
    State.RETURNED: {**SIGNED, "return_reason": "链接打不开"},
    State.CLOSED: {**SIGNED, "closed_at": NOW},
    State.NOT_APPLICABLE: {},
    State.SUSPENDED: {"resume_to": "dispatched"},
    State.CANCELLED: {},
}
BLANK = {"signed_at": None, "submitted_at": None, "closed_at": None, "return_reason": None, "resume_to": None}
IMPOSSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("dispatched", SIGNED),
    ("in_progress", {}),
    ("submitted", {"submitted_at": NOW}),
    ("submitted", SIGNED),
    ("returned", SIGNED),
    ("returned", {"return_reason": "链接打不开"}),
    ("closed", SIGNED),
    *[(str(state), {**STATES[state], "closed_at": NOW}) for state in STATES if state is not State.CLOSED],
    ("suspended", {}),
    *[(str(state), {**STATES[state], "resume_to": "dispatched"}) for state in STATES if state is not State.SUSPENDED],
    ("unresolved", {}),  # a row waits so, never an assignment
    ("done", SIGNED),
]


async def an_assignment(session: AsyncSession) -> Row[int, int, int]:
    """(id, node_id, unit_id): plain values, which a rollback does not take away."""
    return (await session.execute(select(Assignment.id, Assignment.node_id, Assignment.unit_id).limit(1))).one()


async def test_every_state_of_the_machine_can_be_kept(session: AsyncSession) -> None:
    assert set(STATES) == ASSIGNMENT_STATES
    one = await an_assignment(session)
    for state, values in STATES.items():
        change = update(Assignment).where(Assignment.id == one.id).values({**BLANK, **values, "state": str(state)})
        assert await accepts(session, change), state


async def test_what_the_machine_does_not_allow_cannot_be_kept(session: AsyncSession) -> None:
    one = await an_assignment(session)
    for state, values in IMPOSSIBLE:
        change = update(Assignment).where(Assignment.id == one.id).values({**BLANK, **values, "state": state})
        assert not await accepts(session, change), (state, values)


def request(**values: Any) -> dict[str, Any]:
    return {
        "kind": "exempt",
        "new_due": None,
        "reason": "没有这项职责",
        "state": "open",
        "by": "a",
        "at": NOW,
        **values,
    }


def outbox(**values: Any) -> dict[str, Any]:
    common = {"key": "k", "lane": 0, "kind": "text", "payload": {}, "reason": "", "not_before": NOW, "created_at": NOW}
    return {**common, "state": "pending", "attempts": 0, **values}


async def test_a_request_is_whole(session: AsyncSession) -> None:
    one = await an_assignment(session)
    here = {"assignment_id": one.id}
    for good in (
        request(),
        request(kind="extend", new_due=DUE),
        request(state="agreed", decided_by="b"),
        request(state="refused", decided_by="b"),
        request(state="withdrawn"),
    ):
        assert await accepts(session, insert(Request).values(**here, **good)), good
    for bad in (
        request(kind="extend"),
        request(kind="dispute", new_due=DUE),
        request(kind="holiday"),
        request(state="agreed"),
        request(state="refused"),
        request(state="lost"),
    ):
        assert not await accepts(session, insert(Request).values(**here, **bad)), bad
    assert {kind.value for kind in RequestKind} == {"extend", "exempt", "dispute"}
    # One question at a time about one item; those decided do not count.
    await session.execute(insert(Request).values(**here, **request(state="withdrawn")))
    await session.execute(insert(Request).values(**here, **request()))
    assert not await accepts(session, insert(Request).values(**here, **request()))


async def test_an_outgoing_message_is_what_its_state_says(session: AsyncSession) -> None:
    body, sent = {"body": b"{}"}, {"sent_at": NOW}
    for good in (
        outbox(),
        outbox(state="sending", **body),
        outbox(state="sent", **body, **sent),
        outbox(state="failed", error="82001"),
        outbox(state="unknown", **body),
        *[outbox(state=state) for state in ("cancelled", "bundled", "superseded")],
    ):
        assert await accepts(session, insert(Outbox).values(**good)), good
    for bad in (
        outbox(state="sending"),
        outbox(state="sent", **sent),
        outbox(state="sent", **body),
        outbox(**sent),
        outbox(state="unknown"),
        outbox(state="failed"),
        outbox(state="gone"),
    ):
        assert not await accepts(session, insert(Outbox).values(**bad)), bad
    await session.execute(insert(Outbox).values(**outbox()))
    assert not await accepts(session, insert(Outbox).values(**outbox())), "its key makes it exist once"


async def test_words_outside_the_machine_are_refused_everywhere(session: AsyncSession) -> None:
    one = await an_assignment(session)
    inbox = {"key": "k", "sender": "a", "received_at": NOW, "state": "new", "attempts": 0}
    evidence = {
        "assignment_id": one.id,
        "submission": 1,
        "kind": "link",
        "name": "x",
        "by": "a",
        "at": NOW,
        "withdrawn": False,
    }
    notice = {"by": "a", "audience": "全体", "body": "x", "urgent": False, "state": "sent", "at": NOW, "leaves_at": NOW}
    stage = {"assignment_id": one.id, "cycle": DUE, "key": "remind-7", "outcome": "planned", "at": NOW}
    ask = {"outbox_id": 1, "member_key": "a", "kind": "notice", "refs": [1], "at": NOW}
    member = (await session.scalars(select(Post.member_key).limit(1))).one()
    post = {"member_key": member, "role": "auditor", "unit": "县审计局", "position": 1}
    for table, values, column in (
        (Inbox, inbox, "state"),
        (Evidence, evidence, "kind"),
        (Notice, notice, "state"),
        (StageRow, stage, "outcome"),
        (Ask, ask, "kind"),
        (Post, post, "role"),
    ):
        assert await accepts(session, insert(table).values(**values)), table
        assert not await accepts(session, insert(table).values(**{**values, column: "other"})), table


async def test_one_item_per_unit_and_deadline_and_only_of_units_that_exist(session: AsyncSession) -> None:
    one = await an_assignment(session)
    values = {
        "state": "dispatched",
        "due": DUE,
        "dispatched_at": NOW,
        "extensions": 0,
        "submission": 0,
        "announced": False,
    }
    there = {"node_id": one.node_id, "unit_id": one.unit_id}
    assert not await accepts(session, insert(Assignment).values(**there, **values))
    assert not await accepts(session, insert(Assignment).values(node_id=one.node_id, unit_id=99_999, **values))
    assert not await accepts(session, insert(Assignment).values(node_id=99_999, unit_id=one.unit_id, **values))


async def test_one_report_in_force_for_a_unit_and_year(session: AsyncSession) -> None:
    one = await an_assignment(session)
    values = {"year": 2021, "unit_id": one.unit_id, "paper": {}, "hash": "h", "by": "a", "by_name": "某人", "at": NOW}
    await session.execute(insert(UnitReport).values(**values, withdrawn_at=NOW))
    assert await accepts(session, insert(UnitReport).values(**values))
    await session.execute(insert(UnitReport).values(**values))
    assert not await accepts(session, insert(UnitReport).values(**values))
    assert await accepts(session, insert(UnitReport).values(**{**values, "year": 2022}))


async def test_a_moment_without_a_zone_never_reaches_the_store(session: AsyncSession) -> None:
    one = await an_assignment(session)
    naive = datetime(2021, 5, 25, 9, 0)  # noqa: DTZ001  # the mistake itself
    with pytest.raises(Exception, match="naive datetime"):
        await session.execute(update(Assignment).where(Assignment.id == one.id).values(last_entry_at=naive))
