"""What the planner sees and what it says (DESIGN §3, rules 3 to 5). Values only.

A *stage* is one step of the ladder of an assignment within one *cycle*; a cycle is the date the ladder counts from
(`timing.stage_due`: the deadline in force, or the end of the grace after a late return), so that an extension or a
return starts a new ladder. A stage of a cycle is recorded once, whatever became of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.states import State


class StageKind(StrEnum):
    DISPATCH = "dispatch"  # to the unit: newly handed over
    UNSIGNED = "unsigned"  # to the unit: nobody has signed
    REMIND = "remind"  # to the unit: N working days before the deadline, 0 = of the day
    OVERDUE = "overdue"  # to the unit: N working days late (the unit's half of an escalation)
    ESCALATE = "escalate"  # about the unit: N working days late, to lead / office / head / for a bulletin
    QUEUED = "queued"  # to the checkers: a submission nobody has told them of
    REVIEW = "review"  # about the checkers: a submission unreviewed for N working days
    URGE = "urge"  # to the unit, by a person: counts as a reminder for the fairness guard, is never planned


@dataclass(frozen=True, order=True)
class Stage:
    kind: StageKind
    days: int = 0  # working days before (remind) or after (others)

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.days}"


def stage_of(key: str) -> Stage:
    kind, _, days = key.rpartition("-")
    return Stage(StageKind(kind), int(days))


class Outcome(StrEnum):
    """What became of a stage."""

    PLANNED = "planned"  # a line of a digest that exists in the outbox
    DELIVERED = "delivered"  # that digest arrived: errcode 0 and the person not in invaliduser
    FAILED = "failed"  # that digest could not be delivered
    SUPERSEDED = "superseded"  # overtaken by a higher stage, or its day was past before the item existed
    UNREACHABLE = "unreachable"  # nobody to send it to, or the fairness guard held it: the office was told instead


@dataclass(frozen=True)
class StageRecord:
    outcome: Outcome
    at: datetime  # when it was planned; once it was delivered or failed, when that was


@dataclass(frozen=True)
class Item:
    """An assignment as the planner sees it. Dates are days in Asia/Shanghai."""

    id: int
    code: str  # 12 or 31-1
    title: str
    unit_id: int
    state: State
    due: date
    dispatched_at: datetime
    submitted_at: datetime | None  # of the submission now waiting, only while state is submitted
    returned_at: datetime | None  # of the latest return
    checkers: frozenset[int]  # units whose reviewers check it; empty: the office checks
    stages: Mapping[tuple[date, str], StageRecord]  # (cycle, stage key) -> what became of it
    announced: bool = False  # the submission now waiting was told to its checkers at once when it came


@dataclass(frozen=True)
class UnitPeople:
    """The people of one unit, userids in roster order (A角 first). Only those who can be reached at all."""

    contacts: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """An outbox row held since the last window closed, or good-to-know news, to be bundled into their digest."""

    id: int
    userid: str
    since: datetime


@dataclass(frozen=True)
class Missed:
    """What a digest that missed its day was to say to one person of others' items (`Line`s of kinds in SHARED)."""

    userid: str
    lines: tuple["Line", ...]


@dataclass(frozen=True)
class Snapshot:
    """Everything the planner knows, read in one transaction."""

    items: tuple[Item, ...]
    units: Mapping[int, str]  # id -> name
    people: Mapping[int, UnitPeople]  # unit id -> its people
    office: tuple[str, ...]  # userids with role 县办
    held: tuple[Waiting, ...] = ()  # outbox rows waiting for the morning
    news: tuple[Waiting, ...] = ()  # good-to-know facts not told yet
    unanswered: tuple[Waiting, ...] = ()  # the one reminder of a notice, for a digest that goes out anyway
    missed: tuple[Missed, ...] = ()  # what the digest before this one should have said and did not
    digested: frozenset[tuple[date, str]] = frozenset()  # (day, userid) that have their digest already
    weekly_told: frozenset[date] = frozenset()  # first workdays of weeks whose weekly list was planned
    unreachable_told: frozenset[date] = frozenset()  # days whose "cannot reach" line was planned


class LineKind(StrEnum):
    """What a line of a digest says to its reader; the same stage reads differently for the unit and for the lead."""

    DISPATCH = "dispatch"  # unit: new items to sign
    UNSIGNED = "unsigned"  # unit
    REMIND = "remind"  # unit
    OVERDUE = "overdue"  # unit
    STILL_OVERDUE = "still_overdue"  # unit: between and after the stages, in a digest its contact gets anyway
    PROPOSED = "proposed"  # unit: its late item is proposed for a bulletin
    LEAD_OVERDUE = "lead_overdue"  # reviewers of the lead: a unit is late
    OFFICE_OVERDUE = "office_overdue"  # office
    HEAD_OVERDUE = "head_overdue"  # head of the unit
    WEEKLY = "weekly"  # office: everything late by escalate_head working days and more, once a week
    WEEKLY_REVIEW = "weekly_review"  # office: submissions unreviewed for longer than review_office, once a week
    BULLETIN = "bulletin"  # office: proposed for a bulletin
    QUEUED = "queued"  # checkers: submissions waiting
    REVIEW_LATE = "review_late"  # checkers: unreviewed too long
    OFFICE_REVIEW_LATE = "office_review_late"  # office
    UNREACHABLE = "unreachable"  # office: units that cannot be reached
    HELD = "held"  # a message that waited for the morning (`ref` is the outbox id)
    UNANSWERED = "unanswered"  # a notice without a 收到, beside what goes out anyway (`ref` is the news id)
    NEWS = "news"  # good to know (`ref` is the news id)


OF_UNIT = frozenset(
    {LineKind.DISPATCH, LineKind.UNSIGNED, LineKind.REMIND}
    | {LineKind.OVERDUE, LineKind.STILL_OVERDUE, LineKind.PROPOSED}
)
"""What a unit's contact reads about the unit's own items."""

WITHOUT_ITEM = frozenset({LineKind.UNREACHABLE, LineKind.HELD, LineKind.NEWS, LineKind.UNANSWERED})
"""Lines whose `ref` is no item."""

SHARED = frozenset(
    {LineKind.PROPOSED, LineKind.LEAD_OVERDUE, LineKind.OFFICE_OVERDUE, LineKind.HEAD_OVERDUE, LineKind.BULLETIN}
    | {LineKind.WEEKLY, LineKind.WEEKLY_REVIEW, LineKind.UNREACHABLE}
    | {LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE}
)
"""Lines several people get by one stage, or one fact: recorded as told once the first of them has it."""

BESIDE = frozenset({LineKind.STILL_OVERDUE, LineKind.UNANSWERED})
"""Lines that stand in a digest because it goes out anyway; they are no reason to send one."""


@dataclass(frozen=True)
class Line:
    """One fact of a digest. Rendered only when the digest is first claimed, against the item's state then."""

    kind: LineKind
    ref: int  # assignment id; unit id for UNREACHABLE; outbox id for HELD; news id for NEWS
    days: int = 0  # working days to the deadline (remind) or late
    rule: str = ""  # which rule asked for it, for `plan --explain` and 为什么


@dataclass(frozen=True)
class Digest:
    """One message for one person on one morning. `send_at` is between digest_from and digest_to, not at :00."""

    day: date
    userid: str
    send_at: datetime
    lines: tuple[Line, ...]  # most urgent first

    @property
    def key(self) -> str:
        return f"digest:{self.day.isoformat()}:{self.userid}"


@dataclass(frozen=True)
class Mark:
    """A stage to record together with the digests. `userids` are those whose digests carry it (empty: none does)."""

    assignment_id: int
    cycle: date
    stage: Stage
    outcome: Outcome
    userids: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """What one planning moment decides; storing it twice changes nothing (every part has a key)."""

    digests: tuple[Digest, ...] = ()
    marks: tuple[Mark, ...] = ()
    unknown_year: int | None = None  # items were left out because no calendar knows this year
