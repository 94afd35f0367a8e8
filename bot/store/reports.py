"""The table of year-end reports; `bot.store.tables` has the others and knows it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base

_IN_FORCE = text("withdrawn_at IS NULL")


class UnitReport(Base):
    """A unit's year-end report as it was confirmed (报送): words and hash stay as they were. One in force a year."""

    __tablename__ = "unit_report"
    __table_args__ = (
        Index(
            "uq_unit_report_in_force",
            "year",
            "unit_id",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    paper: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))  # SHA-256 of its words
    by: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    taken_at: Mapped[datetime | None]  # the office has fetched it: the unit cannot take it back by itself any more
    withdrawn_at: Mapped[datetime | None]
