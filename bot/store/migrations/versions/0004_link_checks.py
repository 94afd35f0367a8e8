"""What is found behind the links people handed in; those that are there already are due to be looked at."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from bot.store.base import Moment

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KINDS = "'article', 'column', 'empty', 'file', 'home', 'login', 'missing'"


def upgrade() -> None:
    op.create_table(
        "link_check",
        sa.Column("evidence_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reach", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=True),
        sa.Column("trouble", sa.String(length=20), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("column_path", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fine_at", Moment(), nullable=True),
        sa.Column("failed_on", sa.Date(), nullable=True),
        sa.Column("dead_on", sa.Date(), nullable=True),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("copy", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("reach IN ('reached', 'unreached', 'waiting')", name=op.f("ck_link_check_reach")),
        sa.CheckConstraint(f"kind IS NULL OR kind IN ({_KINDS})", name=op.f("ck_link_check_kind")),
        sa.CheckConstraint("(reach = 'reached') = (kind IS NOT NULL)", name=op.f("ck_link_check_reached")),
        sa.CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name=op.f("ck_link_check_claimed")),
        sa.CheckConstraint("dead_on IS NULL OR failed_on IS NOT NULL", name=op.f("ck_link_check_dead")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_link_check_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_link_check")),
    )
    for name, column, where in (
        ("ix_link_check_due", "due_at", "due_at IS NOT NULL"),
        ("ix_link_check_dead", "evidence_id", "dead_on IS NOT NULL"),
    ):
        op.create_index(name, "link_check", [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.execute(
        "INSERT INTO link_check (evidence_id, reach, final_url, title, site, column_path, source, due_at, attempts)"
        " SELECT id, 'waiting', '', '', '', '', '', at, 0 FROM evidence WHERE kind = 'link' AND NOT withdrawn"
    )
