"""What those who check hear of a submission that waits for them (DESIGN §3, rule 5)."""

from dataclasses import dataclass
from datetime import date

from bot.domain.calendar import local_day
from bot.domain.planning import Item, Line, LineKind, StageKind, StageRecord, stage_of
from scheduler.planning import rules
from scheduler.planning.book import Book
from scheduler.planning.case import Guard, judge
from scheduler.planning.morning import Morning, Step, step

_QUEUED = step(StageKind.QUEUED)


@dataclass(frozen=True)
class _Submission:
    item: Item
    day: date  # of the submission: its cycle
    waited: int  # working days since
    reviewers: tuple[str, ...]  # empty: the office checks, or stands in for a lead nobody can be reached at


def review(morning: Morning, book: Book, item: Item) -> None:
    """A submission in the queue, unreviewed for `review_lead` and for `review_office` working days."""
    if item.submitted_at is None or item.submitted_at > morning.cut:
        return
    day = local_day(item.submitted_at)
    one = _Submission(item, day, morning.working_days_since(day), morning.reviewers(item.checkers))
    own = _own_steps(morning, one)
    missing = [s for s in own if (day, s.key) not in item.stages]
    last = morning.office_review
    told_office = (day, last.key) in item.stages
    fires = bool(missing) and missing[-1] is own[-1] and not told_office
    overdue = bool(one.reviewers) and one.waited >= last.stage.days and not told_office
    if overdue and _report(morning, book, one, last, missing, under_way=fires):
        book.supersede(item, day, missing, "由更高一级代替")
        return
    if fires:
        top = missing.pop()
        people = one.reviewers or morning.snapshot.office
        if not book.send(item, day, top, dict.fromkeys(people, _line(one, top))):
            return
    book.supersede(item, day, missing, "由更高一级代替")


def _own_steps(morning: Morning, one: _Submission) -> list[Step]:
    """What is due to those who check, lowest first. A submission they were told of at once is not announced again."""
    own = [] if one.item.announced else [_QUEUED]
    return [*own, morning.review] if one.waited >= morning.review.stage.days else own


def _line(one: _Submission, due: Step) -> Line:
    if due is _QUEUED:
        return Line(LineKind.QUEUED, one.item.id, rule=rules.QUEUED)
    return Line(LineKind.REVIEW_LATE, one.item.id, one.waited, rules.review_late(due.stage.days))


def _report(
    morning: Morning, book: Book, one: _Submission, last: Step, missing: list[Step], *, under_way: bool
) -> bool:
    """Tells the office that a lead does not check. False (and nothing recorded) where it must not hear of it yet."""
    item = one.item
    guard = Guard.OPEN if item.announced else judge(morning, _reminders(one), under_way, reachable=True)
    if guard is Guard.LOST:
        leads = dict.fromkeys(item.checkers, rules.CHECKERS_UNREACHABLE)
        return book.cannot_reach(item, one.day, last, leads, "待审提醒没有送达审核单位")
    office = morning.snapshot.office
    if guard is Guard.WAIT or not office:
        return False
    line = Line(LineKind.OFFICE_REVIEW_LATE, item.id, one.waited, rules.office_review_late(last.stage.days))
    lines = dict.fromkeys(office, line)
    if missing:  # overtaken after an outage: those who check hear of it together with the office
        for userid in one.reviewers:
            lines.setdefault(userid, _line(one, missing[-1]))
    return book.send(item, one.day, last, lines)


def _reminders(one: _Submission) -> list[StageRecord]:
    kinds = (StageKind.QUEUED, StageKind.REVIEW)
    return [r for (day, key), r in one.item.stages.items() if day == one.day and stage_of(key).kind in kinds]
