"""One migration history for SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from bot.store.engine import DatabaseError, Store, first_line, run_sync


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


async def upgrade(store: Store) -> None:
    """Creates the tables, or brings them to this version's schema."""
    await run_sync(store, lambda connection: command.upgrade(_config(connection), "head"))


async def current(store: Store) -> str | None:
    """The schema revision the database is at; None where there is none. Only reads, so it waits for no write.

    Every command begins here, so a database that is not there, or is none, is told apart here: raises DatabaseError.
    """
    try:
        async with store.engine.connect() as connection:
            if not await connection.run_sync(lambda plain: plain.dialect.has_table(plain, "alembic_version")):
                return None
            revision: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return revision
    except OSError as error:
        raise DatabaseError("数据库连不上：请检查 DUBAN_DATABASE_URL 和数据库服务") from error
    except DBAPIError as error:
        said = first_line(error.orig or error)
        raise DatabaseError(f"数据库用不了，请检查 DUBAN_DATABASE_URL：{said}") from error


@cache
def wanted() -> str | None:
    """The schema revision this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


@cache
def known() -> frozenset[str]:
    """Every schema revision up to this version's."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


async def differs(store: Store) -> bool:
    """Is the database at another version's schema (a rolling upgrade, or a step back)?"""
    async with store.read() as session:
        at: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return at != wanted()
