"""What others hear of a unit that is late: lead, office, head, the weekly list (DESIGN §3, rule 5)."""

from collections.abc import Iterable

from bot.domain.planning import Line, LineKind
from scheduler.planning import rules
from scheduler.planning.book import Book
from scheduler.planning.case import Case, Guard, guard_of, undecided
from scheduler.planning.morning import Morning, Step

_NO_AUDIENCE = "由县政府办公室审核，或该级没有可告知的人员"


def escalate(morning: Morning, book: Book, case: Case, under_way: bool) -> None:
    """The highest stage due to everybody it and the stages it overtakes concern; `under_way` as in `guard_of`."""
    steps = morning.escalation_steps(case.cycle)
    if not steps:
        return
    guard = guard_of(morning, case, under_way)
    if guard is Guard.OPEN:
        _list_weekly(morning, book, case)
    top, overtaken = undecided(steps, case.here)
    if top is None or _settle(morning, book, case, [*overtaken, top], guard):
        book.supersede(case.item, case.cycle, overtaken, "由更高一级代替")


def _settle(morning: Morning, book: Book, case: Case, missing: list[Step], guard: Guard) -> bool:
    """Decides the highest of `missing`; False where it must wait for another morning."""
    if guard is Guard.WAIT:
        return False
    item, top = case.item, missing[-1]
    lines = _audience(morning, case, missing)
    if not lines:
        if any(_asks_office(morning, s) for s in missing):
            return False  # nobody holds the office's role at the moment: it hears of it when somebody does
        book.supersede(item, case.cycle, [top], _NO_AUDIENCE)
        return True
    if guard is Guard.OPEN:
        return book.send(item, case.cycle, top, lines)
    return book.cannot_reach(item, case.cycle, top, {item.unit_id: rules.UNREACHABLE}, "提醒没有送达责任单位")


def _asks_office(morning: Morning, due: Step) -> bool:
    return due.stage.days in (morning.policy.escalate_office, morning.policy.propose_bulletin)


def _audience(morning: Morning, case: Case, missing: Iterable[Step]) -> dict[str, Line]:
    """One line per person, of the highest stage that concerns them: nobody is left out after an outage."""
    late = morning.working_days_since(case.item.due)
    lines: dict[str, Line] = {}
    for due in reversed(list(missing)):
        for userid, kind in _concerned(morning, case, due.stage.days):
            rule = rules.overdue(kind, due.stage.days, after_return=case.after_return)
            lines.setdefault(userid, Line(kind, case.item.id, late, rule))
    return lines


def _concerned(morning: Morning, case: Case, days: int) -> Iterable[tuple[str, LineKind]]:
    policy, item = morning.policy, case.item
    if days in (policy.escalate_lead, policy.escalate_office):
        yield from ((userid, LineKind.LEAD_OVERDUE) for userid in morning.reviewers(item.checkers))
    if days == policy.escalate_head:
        yield from ((userid, LineKind.HEAD_OVERDUE) for userid in morning.heads(item.unit_id))
    if days == policy.escalate_office:
        yield from ((userid, LineKind.OFFICE_OVERDUE) for userid in morning.snapshot.office)
    if days == policy.propose_bulletin:
        yield from ((userid, LineKind.BULLETIN) for userid in morning.snapshot.office)
        contact = morning.contact(item.unit_id)
        if contact is not None and morning.snapshot.office:  # nobody should learn of it from the bulletin
            yield contact, LineKind.PROPOSED


def _list_weekly(morning: Morning, book: Book, case: Case) -> None:
    days = morning.policy.escalate_head
    office = morning.snapshot.office
    if not morning.lists_week or morning.working_days_since(case.cycle) < days or not book.free(office):
        return
    line = Line(LineKind.WEEKLY, case.item.id, morning.working_days_since(case.item.due), rules.weekly(days))
    for userid in office:
        book.tell(userid, line)
