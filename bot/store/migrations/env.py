"""Alembic's entry point. The connection comes from `bot.store.migrate`, so there is no ini file to keep."""

from alembic import context

from bot.store import tables  # noqa: F401  # declares the tables on Base
from bot.store.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    # SQLite cannot alter most things in place; batch mode copies the table instead.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
