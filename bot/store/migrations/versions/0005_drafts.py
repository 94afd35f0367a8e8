"""Notices that were read and wait for answers, and rows that wait for more than their units."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.base import Moment

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("stored_at", Moment(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'stored', 'dropped')", name=op.f("ck_draft_state")),
        sa.CheckConstraint("(state = 'stored') = (stored_at IS NOT NULL)", name=op.f("ck_draft_stored")),
        sa.CheckConstraint("state <> 'stored' OR list_id IS NOT NULL", name=op.f("ck_draft_list")),
        sa.ForeignKeyConstraint(["list_id"], ["task_list.id"], name=op.f("fk_draft_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_list_id"), "draft", ["list_id"])
    still_open = sa.text("state = 'open'")
    op.create_index("uq_draft_open", "draft", ["by"], unique=True, sqlite_where=still_open, postgresql_where=still_open)
    op.add_column("task", sa.Column("held", sa.Text(), nullable=True))
    op.add_column("task", sa.Column("removed_at", Moment(), nullable=True))
    op.add_column("node", sa.Column("removed_at", Moment(), nullable=True))
