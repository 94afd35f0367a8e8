"""What a migration does to the rows it finds."""

from alembic import command

from bot.store import migrate
from bot.store.engine import Store, run_sync

MADE = (
    "INSERT INTO unit VALUES (1, '新民镇', '乡镇', '[]', 0)",
    "INSERT INTO task_list VALUES (1, 'k', 't', NULL, 2021, NULL, '2021-12-31', '2021-05-25 01:00:00')",
    "INSERT INTO task VALUES (1, 1, 34, 'p', 'a', 'i', '[]', '[]', 'l', false, 'r', '[]', NULL, 'd', 'n')",
    "INSERT INTO node VALUES (1, 1, 1, '34', 't', '2021-05-31', NULL, NULL)",
    "INSERT INTO assignment (id, node_id, unit_id, state, due, dispatched_at, extensions, submission, announced)"
    " VALUES (7, 1, 1, 'dispatched', '2021-05-31', '2021-05-25 01:00:00', 0, 0, false)",
    "INSERT INTO evidence (id, assignment_id, submission, kind, name, by, at, withdrawn) VALUES"
    " (1, 7, 1, 'link', 'x', 'wang', '2021-05-25 02:00:00', false),"
    " (2, 7, 1, 'link', 'y', 'wang', '2021-05-25 03:00:00', false)",
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
        assert [tuple(row) for row in found] == [(1, "first"), (2, None)]
    finally:
        await store.close()
