"""Delivery: what may have arrived, whose turn it is, and which process sends; indexes of the living among the done."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.base import Moment

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.add_column("outbox", sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_index("ix_outbox_due", "outbox")
    _partial("ix_outbox_due", "outbox", ["lane", "not_before", "id"], "state = 'pending'")
    _partial("ix_outbox_waiting", "outbox", ["member_key", "lane", "id"], "state = 'pending'")
    _partial("ix_outbox_sending", "outbox", ["id"], "state = 'sending'")
    _partial("ix_outbox_trouble", "outbox", ["id"], "state IN ('failed', 'unknown')")
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_outbox_key_prefix", "outbox", ["key"], postgresql_ops={"key": "text_pattern_ops"})
    op.drop_index("ix_inbox_new", "inbox")
    _partial("ix_inbox_sender", "inbox", ["sender", "id"], "state = 'new'")
    _partial("ix_inbox_parked", "inbox", ["id"], "state = 'parked'")
    _partial("ix_inbox_raw", "inbox", ["handled_at"], "words IS NOT NULL")
    watched = "state IN ('dispatched', 'in_progress', 'returned', 'submitted')"
    _partial("ix_assignment_watched", "assignment", ["due"], watched)
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
