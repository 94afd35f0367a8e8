"""Years of finished business: closed items with their rows, stages, audit and messages, as they would lie there.

Made by the database itself from a row of numbers, in SQL that SQLite and PostgreSQL both take.
"""

from collections.abc import Callable

from sqlalchemy import func, select

from bot.store.engine import Store
from bot.store.tables import Assignment, Node, Unit

NODES = 1_000  # made in one transaction

_FIRST = 100_000  # numbers of rows, far from those of the county's list

_MAKE = (
    """
    INSERT INTO task (id, list_id, number, part, aspect, item, measures, paths, lead_text, lead_is_group,
                      responsible_text, unknown, deadline_text, note)
    SELECT :base + i, (SELECT min(id) FROM task_list), :base + i, 'p', 'a', 'i', '[]', '[]', 'l', false,
           'r', '[]', 'd', ''
    FROM n
    """,
    """
    INSERT INTO task_lead (task_id, unit_id, position) SELECT :base + i, (SELECT min(id) FROM unit), 0 FROM n
    """,
    """
    INSERT INTO node (id, task_id, seq, code, title, due)
    SELECT :base + i, :base + i, 1, '' || (:base + i), 't', '2020-12-31' FROM n
    """,
    """
    INSERT INTO assignment (id, node_id, unit_id, state, due, dispatched_at, signed_at, submitted_at, closed_at,
                            extensions, submission, announced)
    SELECT :base + i * :units + u.place, :base + i, u.id, 'closed', '2020-12-31', '2020-05-25 01:00:00',
           '2020-05-26 01:00:00', '2020-12-01 01:00:00', '2020-12-02 01:00:00', 0, 1, true
    FROM n CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM unit) u
    """,
    """
    INSERT INTO stage (assignment_id, cycle, key, outcome, at)
    SELECT a.id, '2020-12-31', k.key, 'delivered', '2020-11-20 01:00:00'
    FROM assignment a CROSS JOIN (SELECT 'dispatch-0' AS key UNION ALL SELECT 'remind-15' UNION ALL SELECT 'remind-7') k
    WHERE a.id BETWEEN :low AND :high
    """,
    """
    INSERT INTO audit (at, actor, actor_name, act, subject, before, after, words, seal, hash)
    SELECT '2020-12-01 01:00:00', 'contact', '某人', k.act, 'assignment:' || a.id, '{}', '{}', '已在县政府网站公开',
           :base + a.id * 3 + k.place, 'h'
    FROM assignment a
    CROSS JOIN (SELECT 'sign' AS act, 0 AS place UNION ALL SELECT 'submit', 1 UNION ALL SELECT 'approve', 2) k
    WHERE a.id BETWEEN :low AND :high
    """,
    """
    INSERT INTO outbox (key, lane, kind, member_key, payload, reason, state, not_before, created_at, body, words,
                        first_try_at, sent_at, attempts, doubtful)
    SELECT 'digest:2020-11-20:' || a.id, 3, 'digest', 'contact' || a.unit_id, '{"lines": [], "day": "2020-11-20"}',
           '规则4', 'sent', '2020-11-20 01:02:00', '2020-11-20 01:02:00', '', '【晨报】第 34 项还有 7 个工作日到期',
           '2020-11-20 01:02:01', '2020-11-20 01:02:02', 1, false
    FROM assignment a WHERE a.id BETWEEN :low AND :high
    """,
)


async def fill(store: Store, stored: int, progress: Callable[[int], None]) -> int:
    """Adds closed items, each with 3 stages, 3 entries of the audit and a message, until there are at least `stored`
    assignments. Returns how many there are."""
    async with store.read() as session:
        there = await session.scalar(select(func.count()).select_from(Assignment)) or 0
        units = await session.scalar(select(func.count()).select_from(Unit)) or 0
        last = await session.scalar(select(func.max(Node.id))) or 0
    first = max(0, last - _FIRST + 1)
    while there < stored:
        nodes = min(NODES, -(-(stored - there) // units))
        await _make(store, first, first + nodes - 1, units)
        first, there = first + nodes, there + nodes * units
        progress(there)
    await _analyze(store)
    return there


async def _make(store: Store, first: int, last: int, units: int) -> None:
    known = {
        "base": _FIRST,
        "units": units,
        "low": _FIRST + first * units,
        "high": _FIRST + last * units + units - 1,
    }
    numbers = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
    async with store.write() as session:
        for make in _MAKE:
            statement = f"{numbers}{make}" if "FROM n" in make else make
            for name, value in known.items():  # numbers of our own; as parameters they would need their types said
                statement = statement.replace(f":{name}", str(value))
            await (await session.connection()).exec_driver_sql(statement)


async def _analyze(store: Store) -> None:
    """As the database does by itself after a night; without it the first minutes would be measured."""
    async with store.engine.connect() as connection:
        if not store.is_sqlite:
            connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            await connection.exec_driver_sql("ANALYZE")
            await connection.commit()
