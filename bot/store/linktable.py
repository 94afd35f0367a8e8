"""What was found behind the links people handed in; one row a link, made with its evidence."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.links import PageKind, Reach
from bot.store.base import Base, one_of


class LinkCheck(Base):
    """`due_at`, `checked_at` and the like are on the service's clock; a claim is on the real one: it is a process's."""

    __tablename__ = "link_check"
    __table_args__ = (
        CheckConstraint(one_of("reach", Reach), name="reach"),
        CheckConstraint(f"kind IS NULL OR {one_of('kind', PageKind)}", name="kind"),
        CheckConstraint("(reach = 'reached') = (kind IS NOT NULL)", name="reached"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claimed"),
        CheckConstraint("dead_on IS NULL OR failed_on IS NOT NULL", name="dead"),
        Index(
            "ix_link_check_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_link_check_dead",
            "evidence_id",
            sqlite_where=text("dead_on IS NOT NULL"),
            postgresql_where=text("dead_on IS NOT NULL"),
        ),
    )
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True, autoincrement=False)
    reach: Mapped[str] = mapped_column(String(12), default=Reach.WAITING)
    kind: Mapped[str | None] = mapped_column(String(12))
    trouble: Mapped[str | None] = mapped_column(String(20))  # of the last look; the name of bot.domain.links.Trouble
    status: Mapped[int | None]  # HTTP's, of the last look
    final_url: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    published_on: Mapped[date | None]
    site: Mapped[str] = mapped_column(default="")
    column_path: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]  # the last look
    due_at: Mapped[datetime | None]  # the next one; NULL: never again
    attempts: Mapped[int] = mapped_column(default=0)
    fine_at: Mapped[datetime | None]  # when it opened last
    failed_on: Mapped[date | None]
    dead_on: Mapped[date | None]
    claimed_by: Mapped[str | None] = mapped_column(String(32))
    claimed_until: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))  # of the bytes of the page when it opened last
    copy: Mapped[bytes | None] = mapped_column(LargeBinary(), deferred=True)  # its redacted words then, zlib
