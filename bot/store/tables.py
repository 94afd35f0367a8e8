"""The tables. CHECK constraints mirror the state machine of `bot.domain.states` (DESIGN §2).

Moments are UTC; days are plain dates in Asia/Shanghai. JSON columns hold what is only ever read whole.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.domain.people import Role
from bot.domain.planning import Outcome
from bot.domain.states import ASSIGNMENT_STATES, RequestKind
from bot.store.base import Base, BigId, one_of
from bot.store.drafts import Draft as Draft  # these tables belong to the same schema
from bot.store.linktable import LinkCheck as LinkCheck
from bot.store.reports import UnitReport as UnitReport


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of some rows only; who asks for them says so in the same words (`bot.store.live`)."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Unit(Base):
    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    aliases: Mapped[list[Any]]
    position: Mapped[int]


class Group(Base):
    """A name for several units: 县政府各部门, 各乡镇（街道）."""

    __tablename__ = "unit_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    aliases: Mapped[list[Any]]
    unit_ids: Mapped[list[Any]]


class Member(Base):
    __tablename__ = "member"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # the account in lower case: WeCom compares so
    userid: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    unreachable_at: Mapped[datetime | None]  # the platform refused this recipient; cleared by the next word from them
    welcomed_at: Mapped[datetime | None]


class Post(Base):
    """One line of the roster. `position` keeps the order: the first contact of a unit gets its messages."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("member_key", "role", "unit"),
        CheckConstraint(one_of("role", Role), name="role"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    member_key: Mapped[str] = mapped_column(ForeignKey("member.key", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    unit: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]


class TaskList(Base):
    __tablename__ = "task_list"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str]
    doc_no: Mapped[str | None]
    year: Mapped[int]
    issue_date: Mapped[date | None]
    report_date: Mapped[date]
    loaded_at: Mapped[datetime]


class Task(Base):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("task_list.id"))
    number: Mapped[int] = mapped_column(unique=True)
    part: Mapped[str]
    aspect: Mapped[str]
    item: Mapped[str]
    measures: Mapped[list[Any]]
    paths: Mapped[list[Any]]  # [{"site", "column"}]; a row with paths is submitted with evidence (rule 10)
    lead_text: Mapped[str]
    lead_is_group: Mapped[bool] = mapped_column(Boolean())
    responsible_text: Mapped[str]
    unknown: Mapped[list[Any]]  # what of the expression waits as 待明确; empty when all is named
    held: Mapped[str | None]  # what else must be known before it is handed out, such as 时限
    removed_at: Mapped[datetime | None]  # a corrected notice has this row no more
    recurrence: Mapped[str | None]
    deadline_text: Mapped[str]
    note: Mapped[str]


class TaskLead(Base):
    __tablename__ = "task_lead"
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    position: Mapped[int]


class Node(Base):
    __tablename__ = "node"
    __table_args__ = (UniqueConstraint("task_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    seq: Mapped[int]
    code: Mapped[str] = mapped_column(String(12), unique=True)  # 12, or 31-1 where a task has several nodes
    title: Mapped[str]
    due: Mapped[date]
    trigger: Mapped[str | None] = mapped_column(String(12))  # +3m: counts from an event the office enters (起算)
    started_on: Mapped[date | None]
    removed_at: Mapped[datetime | None]


class Assignment(Base):
    """Node × responsible unit: the thing that has a state and gets closed."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("node_id", "unit_id"),
        CheckConstraint(one_of("state", ASSIGNMENT_STATES), name="state"),
        CheckConstraint("state <> 'dispatched' OR signed_at IS NULL", name="unsigned"),
        CheckConstraint(
            "state NOT IN ('in_progress', 'submitted', 'returned') OR signed_at IS NOT NULL", name="signed"
        ),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("state <> 'returned' OR return_reason IS NOT NULL", name="returned"),
        CheckConstraint("(state = 'suspended') = (resume_to IS NOT NULL)", name="suspended"),
        Index("ix_assignment_unit_state", "unit_id", "state"),
        _partial(
            "ix_assignment_watched", "due", where="state IN ('dispatched', 'in_progress', 'returned', 'submitted')"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[str] = mapped_column(String(20))
    due: Mapped[date]  # in force: extensions move it
    dispatched_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    last_entry_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    resume_to: Mapped[str | None] = mapped_column(String(20))
    extensions: Mapped[int] = mapped_column(default=0)
    submission: Mapped[int] = mapped_column(default=0)  # counts 完成; a button made for an older one is stale
    submitted_by: Mapped[str | None] = mapped_column(String(64))
    announced: Mapped[bool] = mapped_column(Boolean(), default=False)  # its checkers were told when it came in


class Evidence(Base):
    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint("kind IN ('link', 'file')", name="kind"),
        Index("ix_evidence_assignment_id", "assignment_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    submission: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str]  # the link, or the file's name
    stored_as: Mapped[str | None]  # a file's name under DUBAN_DATA_DIR/evidence
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    message_key: Mapped[str | None] = mapped_column(String(128))  # what brought it; 撤回 of that takes it back
    withdrawn: Mapped[bool] = mapped_column(Boolean(), default=False)


class Request(Base):
    """延期, 不涉及, 异议: somebody must decide."""

    __tablename__ = "request"
    __table_args__ = (
        CheckConstraint(one_of("kind", RequestKind), name="kind"),
        CheckConstraint("state IN ('open', 'agreed', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(kind = 'extend') = (new_due IS NOT NULL)", name="new_due"),
        CheckConstraint("state NOT IN ('agreed', 'refused') OR decided_by IS NOT NULL", name="decided"),
        _partial("uq_request_open", "assignment_id", where="state = 'open'", unique=True),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    kind: Mapped[str] = mapped_column(String(12))
    new_due: Mapped[date | None]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(String(12))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]


class Inbox(Base):
    """A callback as it came. The words stay sealed (the platform's own ciphertext) until they are handled (rule 8)."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("state IN ('new', 'done', 'parked')", name="state"),
        _partial("ix_inbox_sender", "sender", "id", where="state = 'new'"),
        _partial("ix_inbox_parked", "id", where="state = 'parked'"),
        _partial("ix_inbox_raw", "handled_at", where="words IS NOT NULL"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    sender: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8), default="new")
    sealed: Mapped[str | None]
    words: Mapped[str | None]  # redacted; dropped after the retention of the policy
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
    handled_at: Mapped[datetime | None]


class Outbox(Base):
    """One thing to send: a message to one person, a card update, the menu. Its key makes it exist once."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed', 'unknown', 'cancelled', 'bundled', 'superseded')",
            name="state",
        ),
        CheckConstraint("state NOT IN ('sending', 'sent', 'unknown') OR body IS NOT NULL", name="frozen"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        CheckConstraint("state <> 'failed' OR error IS NOT NULL", name="failed"),
        _partial("ix_outbox_due", "lane", "not_before", "id", where="state = 'pending'"),
        _partial("ix_outbox_waiting", "member_key", "lane", "id", where="state = 'pending'"),
        _partial("ix_outbox_sending", "id", where="state = 'sending'"),
        _partial("ix_outbox_trouble", "id", where="state IN ('failed', 'unknown')"),
        # For LIKE 'digest:2021-05-26:%': PostgreSQL's own order of text is no order of prefixes.
        Index(
            "ix_outbox_key_prefix", "key", postgresql_ops={"key": "text_pattern_ops"}, info={"only": "postgresql"}
        ).ddl_if(dialect="postgresql"),
        Index("ix_outbox_member_sent", "member_key", "sent_at"),
        Index("ix_outbox_about", "about"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    lane: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  # text, card, file, digest, card_update, menu
    member_key: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    about: Mapped[str | None] = mapped_column(String(80))  # submission:12:3, request:7, notice:2: whose cards to update
    reason: Mapped[str]  # the rule that asked for it, for 为什么
    state: Mapped[str] = mapped_column(String(12), default="pending")
    not_before: Mapped[datetime]
    created_at: Mapped[datetime]
    body: Mapped[bytes | None] = mapped_column(LargeBinary())  # frozen at the first claim; a retry repeats these bytes
    words: Mapped[str | None]  # what the person reads, for 为什么 and the history
    first_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    doubtful: Mapped[bool] = mapped_column(  # a try of these bytes may have arrived
        Boolean(), default=False, server_default=false()
    )
    msgid: Mapped[str | None]
    response_code: Mapped[str | None]
    error: Mapped[str | None]


class StageRow(Base):
    """What became of one stage of an item's ladder (see bot.domain.planning). Its key makes it happen once."""

    __tablename__ = "stage"
    __table_args__ = (CheckConstraint(one_of("outcome", Outcome), name="outcome"),)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    cycle: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    reason: Mapped[str | None]


class News(Base):
    """Good to know, told with the next morning's digest (rule 4)."""

    __tablename__ = "news"
    __table_args__ = (_partial("ix_news_untold", "id", where="told_at IS NULL"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    member_key: Mapped[str] = mapped_column(String(64))
    words: Mapped[str]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Notice(Base):
    """A broadcast by the office."""

    __tablename__ = "notice"
    __table_args__ = (CheckConstraint("state IN ('draft', 'sent', 'cancelled')", name="state"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str]
    body: Mapped[str]
    urgent: Mapped[bool] = mapped_column(Boolean())
    state: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    leaves_at: Mapped[datetime]


class Receipt(Base):
    """One person's copy of a notice and their 收到."""

    __tablename__ = "receipt"
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    member_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answered_at: Mapped[datetime | None]


class Ask(Base):
    """A delivered message that 收到 answers (rule 11): a notice, or a digest with items to sign."""

    __tablename__ = "ask"
    __table_args__ = (
        CheckConstraint("kind IN ('notice', 'digest')", name="kind"),
        Index("ix_ask_member_key", "member_key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int] = mapped_column(BigInteger(), unique=True)
    member_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(8))
    refs: Mapped[list[Any]]  # notice id, or the assignment ids the digest listed
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Context(Base):
    """Where a conversation stands: what the bot last asked this person (rule 11). Survives a restart."""

    __tablename__ = "context"
    member_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]


class Audit(Base):
    """Who did what, when, from where to where, by which message. Append-only; sealed into a hash chain (rule 12)."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"), UniqueConstraint("seal"))
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))  # an account, or 系统
    actor_name: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(80))  # assignment:12, notice:3, task:2, roster
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    words: Mapped[str]
    message_key: Mapped[str | None] = mapped_column(String(128))
    seal: Mapped[int | None] = mapped_column(BigInteger())  # its place in the chain
    hash: Mapped[str | None] = mapped_column(String(64))


class Fact(Base):
    """Small things the service remembers: the platform token, the virtual time reached, what the planner told when."""

    __tablename__ = "fact"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[dict[str, Any]]


class LeaseRow(Base):
    """Which process plans and sends (see bot.store.lease)."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int] = mapped_column(BigInteger())  # counts the times it changed hands
    expires_at: Mapped[datetime]
