"""The table of notices that were read and are not, or not wholly, answered yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

OPEN = "state = 'open'"


class Draft(Base):
    """A notice that was read: the preview somebody answers questions of, and what a list was stored from.

    `content` is the whole `ListDraft` as read, `answers` what the office said to its questions, `shown` what its owner
    saw last.
    """

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'stored', 'dropped')", name="state"),
        CheckConstraint("(state = 'stored') = (stored_at IS NOT NULL)", name="stored"),
        CheckConstraint("state <> 'stored' OR list_id IS NOT NULL", name="list"),
        Index("uq_draft_open", "by", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_draft_list_id", "list_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(64))  # an account in lower case, or 系统
    state: Mapped[str] = mapped_column(String(8), default="open")
    title: Mapped[str]
    file_name: Mapped[str]
    content: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    shown: Mapped[str]
    list_id: Mapped[int | None] = mapped_column(ForeignKey("task_list.id"))  # what it was stored as
    at: Mapped[datetime]
    stored_at: Mapped[datetime | None]
