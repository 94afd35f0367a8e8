"""What those who check hear of a submission that waits for them (DESIGN §3, rule 5)."""

from dataclasses import dataclass
from datetime import date

from bot.domain.calendar import local_day
from bot.domain.planning import Item, Line, LineKind, StageKind, StageRecord, stage_of
from scheduler.planning import rules
from scheduler.planning.book import Book
from scheduler.planning.case import Guard, judge, undecided
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
    _list_weekly(morning, book, one)
    top, overtaken = undecided(_own_steps(morning, one), {key for of, key in item.stages if of == day})
    if _report(morning, book, one, top):
        book.supersede(item, day, [*overtaken, top] if top else overtaken, "由更高一级代替")
        return
    people = one.reviewers or morning.snapshot.office
    if top is None or book.send(item, day, top, dict.fromkeys(people, _line(one, top))):
        book.supersede(item, day, overtaken, "由更高一级代替")


def _own_steps(morning: Morning, one: _Submission) -> list[Step]:
    """What is due to those who check, lowest first. A submission they were told of at once is not announced again."""
    own = [] if one.item.announced else [_QUEUED]
    # Where the office checks there is nobody above it to report to: it is reminded a second time instead.
    reviews = [morning.review] if one.reviewers else [morning.review, morning.office_review]
    return [*own, *(due for due in reviews if one.waited >= due.stage.days)]


def _line(one: _Submission, due: Step) -> Line:
    if due is _QUEUED:
        return Line(LineKind.QUEUED, one.item.id, rule=rules.QUEUED)
    return Line(LineKind.REVIEW_LATE, one.item.id, one.waited, rules.review_late(due.stage.days))


def _report(morning: Morning, book: Book, one: _Submission, top: Step | None) -> bool:
    """Tells the office that a lead does not check; `top` is what those who check would hear today.

    False (and nothing recorded) where the office has heard, or must not hear of it yet.
    """
    item, last, office = one.item, morning.office_review, morning.snapshot.office
    if not one.reviewers or one.waited < last.stage.days or (one.day, last.key) in item.stages:
        return False
    guard = Guard.OPEN if item.announced else judge(morning, _reminders(one), top is not None, reachable=True)
    if guard is Guard.LOST:
        leads = dict.fromkeys(item.checkers, rules.CHECKERS_UNREACHABLE)
        return book.cannot_reach(item, one.day, last, leads, "待审提醒没有送达审核单位")
    if guard is Guard.WAIT or not office:
        return False
    line = Line(LineKind.OFFICE_REVIEW_LATE, item.id, one.waited, rules.office_review_late(last.stage.days))
    lines = dict.fromkeys(office, line)
    if top is not None:  # overtaken after an outage: those who check hear of it together with the office
        lines = {**dict.fromkeys(one.reviewers, _line(one, top)), **lines}
    return book.send(item, one.day, last, lines)


def _list_weekly(morning: Morning, book: Book, one: _Submission) -> None:
    """What the office has heard of and nobody has checked since."""
    last, office = morning.office_review, morning.snapshot.office
    if morning.lists_week and (one.day, last.key) in one.item.stages and book.free(office):
        line = Line(LineKind.WEEKLY_REVIEW, one.item.id, one.waited, rules.weekly_review(last.stage.days))
        for userid in office:
            book.tell(userid, line)


def _reminders(one: _Submission) -> list[StageRecord]:
    kinds = (StageKind.QUEUED, StageKind.REVIEW)
    return [r for (day, key), r in one.item.stages.items() if day == one.day and stage_of(key).kind in kinds]
