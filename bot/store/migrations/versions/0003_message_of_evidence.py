"""Evidence knows the message that brought it, so that taking that message back takes it back, too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("message_key", sa.String(length=128), nullable=True))
    # What is there already was kept at the very moment of its audit entry, by the same person.
    op.execute(
        "UPDATE evidence SET message_key = (SELECT max(audit.message_key) FROM audit"
        " WHERE audit.subject = 'assignment:' || evidence.assignment_id AND audit.at = evidence.at"
        " AND audit.actor = evidence.by AND audit.act IN ('progress', 'submit'))"
    )
