"""What a migration does to the rows it finds."""

from datetime import UTC, datetime

from alembic import command
from sqlalchemy import select

from bot.store import migrate
from bot.store.engine import Store, run_sync
from bot.store.tables import LinkCheck

MADE = (
    "INSERT INTO unit VALUES (1, '新民镇', '乡镇', '[]', 0)",
    "INSERT INTO task_list VALUES (1, 'k', 't', NULL, 2021, NULL, '2021-12-31', '2021-05-25 01:00:00')",
    "INSERT INTO task VALUES (1, 1, 34, 'p', 'a', 'i', '[]', '[]', 'l', false, 'r', '[]', NULL, 'd', 'n')",
    "INSERT INTO node VALUES (1, 1, 1, '34', 't', '2021-05-31', NULL, NULL)",
    "INSERT INTO assignment (id, node_id, unit_id, state, due, dispatched_at, extensions, submission, announced)"
    " VALUES (7, 1, 1, 'dispatched', '2021-05-31', '2021-05-25 01:00:00', 0, 0, false)",
    "INSERT INTO evidence (id, assignment_id, submission, kind, name, by, at, withdrawn) VALUES"
    " (1, 7, 1, 'link', 'x', 'wang', '2021-05-25 02:00:00', false),"
    " (2, 7, 1, 'link', 'y', 'wang', '2021-05-25 03:00:00', false),"
    " (3, 7, 1, 'file', 'z', 'li', '2021-05-25 03:00:00', false),"
    " (4, 7, 1, 'link', 'x', 'li', '2021-05-25 03:00:00', true)",
    "INSERT INTO audit (at, actor, actor_name, act, subject, before, after, words, message_key) VALUES"
    " ('2021-05-25 02:00:00', 'wang', 'w', 'progress', 'assignment:7', '{}', '{}', '', 'first'),"
    " ('2021-05-25 03:00:00', 'wang', 'w', 'submit', 'assignment:70', '{}', '{}', '', 'another item'),"
    " ('2021-05-25 03:00:00', 'wang', 'w', 'urge', 'assignment:7', '{}', '{}', '', 'another act')",
)


async def test_evidence_learns_which_message_brought_it(empty_url: str) -> None:
    store = Store(empty_url)
    try:
        await run_sync(store, lambda connection: command.upgrade(migrate._config(connection), "0001"))
        async with store.write() as session:
            for statement in MADE:
                await (await session.connection()).exec_driver_sql(statement)
        await migrate.upgrade(store)
        async with store.read() as session:
            query = "SELECT id, message_key FROM evidence ORDER BY id"
            found = (await (await session.connection()).exec_driver_sql(query)).all()
            due = select(LinkCheck.evidence_id, LinkCheck.reach, LinkCheck.due_at).order_by(LinkCheck.evidence_id)
            waiting = (await session.execute(due)).all()
        assert [tuple(row) for row in found] == [(1, "first"), (2, None), (3, None), (4, None)]
        # Links that were handed in before links were looked at are due at once; no file, and nothing taken back.
        assert [tuple(row) for row in waiting] == [
            (1, "waiting", datetime(2021, 5, 25, 2, 0, tzinfo=UTC)),
            (2, "waiting", datetime(2021, 5, 25, 3, 0, tzinfo=UTC)),
        ]
    finally:
        await store.close()
