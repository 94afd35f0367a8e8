"""Delivery: what may have arrived, whose turn it is, and which process sends."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.base import Moment

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WAITING = sa.text("state IN ('pending', 'sending')")
NEW = sa.text("state = 'new'")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_outbox_waiting", "outbox", ["member_key"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_index("ix_inbox_sender", "inbox", ["sender"], sqlite_where=NEW, postgresql_where=NEW)
    lease = op.create_table(
        "lease",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    # Long over: the first process to ask gets it.
    op.execute(lease.insert().values(name="scheduler", holder="", epoch=0, expires_at=sa.text("'2000-01-01 00:00:00'")))
