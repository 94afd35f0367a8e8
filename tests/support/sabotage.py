"""Breaks the database on purpose, the same way on SQLite and PostgreSQL: a trigger that refuses to write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from support.world import World


@asynccontextmanager
async def refusing(world: World, table: str, event: str = "INSERT", when: str = "1 = 1") -> AsyncIterator[None]:
    """While the block runs, rows of `table` that fit `when` cannot be written; other statements are not touched."""
    if world.service.store.is_sqlite:
        await world.execute(
            f"CREATE TRIGGER sabotage BEFORE {event} ON {table} WHEN {when}"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        undo = ("DROP TRIGGER sabotage",)
    else:
        await world.execute(
            "CREATE FUNCTION sabotage() RETURNS trigger AS"
            " $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$ LANGUAGE plpgsql",
            f"CREATE TRIGGER sabotage BEFORE {event} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION sabotage()",
        )
        undo = (f"DROP TRIGGER sabotage ON {table}", "DROP FUNCTION sabotage")
    try:
        yield
    finally:
        await world.execute(*undo)
