"""What the responsible unit hears: dispatch, reminders, overdue, unsigned (DESIGN §3, rules 4 and 5)."""

from bot.domain.planning import Line, LineKind, StageKind
from bot.domain.states import State
from scheduler.planning import rules
from scheduler.planning.book import Book
from scheduler.planning.case import Case, undecided
from scheduler.planning.morning import Morning, Step, step

_DISPATCH = step(StageKind.DISPATCH)


def hand_over(morning: Morning, book: Book, case: Case) -> bool:
    """Announces a new item. True on the morning it is announced: nothing else is said of it that day."""
    item = case.item
    if StageKind.DISPATCH in case.ever:
        return False
    if item.state is not State.DISPATCHED:
        book.supersede(item, case.cycle, [_DISPATCH], "告知之前已签收")
        return False
    line = Line(LineKind.DISPATCH, item.id, rule=rules.DISPATCH)
    if book.send_to_unit(item, case.cycle, _DISPATCH, line) and not case.loaded_late:
        reminders = [s for s in morning.unit_steps(case.cycle) if s.stage.kind is StageKind.REMIND]
        merged = [s for s in (*reminders, *_unsigned(morning, case)) if s.key not in case.here]
        book.supersede(item, case.cycle, merged, "与新交办事项合并告知")
    return True


def remind(morning: Morning, book: Book, case: Case) -> bool:
    """Reminds of the highest stage that is due. True where a reminder leaves, or should and waits for tomorrow."""
    item = case.item
    top, overtaken = undecided(morning.unit_steps(case.cycle), case.here)
    reachable = morning.contact(item.unit_id) is not None
    if top is not None and top.day < case.first_morning:
        overtaken, top = [*overtaken, top], None
    if top is not None and not book.send_to_unit(item, case.cycle, top, _line(morning, case, top)):
        return reachable
    book.supersede(item, case.cycle, [s for s in overtaken if s.day < case.first_morning], "交办之前已过提醒日")
    book.supersede(item, case.cycle, [s for s in overtaken if s.day >= case.first_morning], "由更高一级提醒代替")
    _nudge_to_sign(morning, book, case, reminded=top is not None)
    return top is not None and reachable


def mention(morning: Morning, book: Book, case: Case) -> None:
    """An item that is late stays in view without a message of its own."""
    contact = morning.contact(case.item.unit_id)
    if contact is not None and morning.working_days_since(case.cycle):
        late = morning.working_days_since(case.item.due)
        book.tell_beside(contact, Line(LineKind.STILL_OVERDUE, case.item.id, late, rules.STILL_OVERDUE))


def _line(morning: Morning, case: Case, due: Step) -> Line:
    item, days = case.item, due.stage.days
    if due.stage.kind is StageKind.REMIND:
        rule = rules.remind(days, after_return=case.after_return, moved=due.day != case.cycle)
        return Line(LineKind.REMIND, item.id, morning.working_days_until(case.cycle), rule)
    rule = rules.overdue(LineKind.OVERDUE, days, after_return=case.after_return)
    return Line(LineKind.OVERDUE, item.id, morning.working_days_since(item.due), rule)


def _nudge_to_sign(morning: Morning, book: Book, case: Case, *, reminded: bool) -> None:
    for due in _unsigned(morning, case):
        if reminded:
            book.supersede(case.item, case.cycle, [due], "与当天的提醒合并")
        else:
            waited = morning.working_days_since(case.dispatched_on)
            line = Line(LineKind.UNSIGNED, case.item.id, waited, rules.unsigned(due.stage.days))
            book.send_to_unit(case.item, case.cycle, due, line)


def _unsigned(morning: Morning, case: Case) -> list[Step]:
    """The one nudge to sign, if it is due; once per item, whatever its cycles."""
    if case.item.state is not State.DISPATCHED or StageKind.UNSIGNED in case.ever:
        return []
    waited = morning.working_days_since(case.dispatched_on)
    return [morning.unsigned] if waited >= morning.unsigned.stage.days else []
