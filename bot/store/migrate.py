"""One migration history for SQLite and PostgreSQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.engine import Store, run_sync


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


async def upgrade(store: Store) -> None:
    """Creates the tables, or brings them to this version's schema."""
    await run_sync(store, lambda connection: command.upgrade(_config(connection), "head"))


async def current(store: Store) -> str | None:
    """The schema revision the database is at; None where there is none."""
    revision: str | None = await run_sync(
        store, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )
    return revision


def wanted() -> str | None:
    """The schema revision this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()
