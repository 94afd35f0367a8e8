"""What only the office does: 指定, 起算, 中止, 恢复, 撤销, 销号."""

import calendar
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.domain.states import ENDED, Act, State
from bot.services import prompts
from bot.services.review import told_unit
from bot.services.work import WITHDREW, Work, snapshot
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Assignment, Node, Task


async def name_units(work: Work, task: Task, units: Sequence[int], words: str) -> list[ItemRow]:
    """指定: names the responsible units of a 待明确 row and hands it to those that do not have it yet."""
    made = await dispatch(work, task, units)
    work.audit(
        Act.NAME_UNITS, f"task:{task.id}", {"unknown": task.unknown}, {"unknown": [], "units": list(units)}, words
    )
    task.unknown = []
    return made


async def dispatch(work: Work, task: Task, units: Sequence[int]) -> list[ItemRow]:
    """交办: makes the assignments of a row that do not exist yet, one for each node and unit."""
    query = select(Node).where(Node.task_id == task.id, Node.removed_at.is_(None)).order_by(Node.seq)
    nodes = (await work.session.scalars(query)).all()
    made: list[Assignment] = []
    for node in nodes:
        theirs = select(Assignment.unit_id).where(Assignment.node_id == node.id)
        there = set((await work.session.scalars(theirs)).all())
        made += [
            Assignment(
                node_id=node.id,
                unit_id=unit,
                state=State.DISPATCHED,
                due=node.due,
                dispatched_at=work.now,
                extensions=0,
                submission=0,
                announced=False,
            )
            for unit in dict.fromkeys(units)
            if unit not in there
        ]
    work.session.add_all(made)
    await work.session.flush()
    for assignment in made:
        work.audit(Act.DISPATCH, f"assignment:{assignment.id}", {}, snapshot(assignment))
    return await items_by_id(work.session, [assignment.id for assignment in made])


async def start(work: Work, node: Node, started: date, months: int) -> date:
    """起算: a trigger deadline counts from the day the office enters. What has ended keeps its own deadline.

    Returns the new one."""
    due = add_months(started, months)
    work.audit(
        Act.START, f"node:{node.id}", {"due": node.due.isoformat()}, {"due": due.isoformat()}, f"自 {started} 起算"
    )
    node.due = due
    node.started_on = started
    ended = sorted(ENDED - {State.SUSPENDED})
    query = select(Assignment).where(Assignment.node_id == node.id, Assignment.state.not_in(ended)).with_for_update()
    for assignment in (await work.session.scalars(query)).all():
        before = snapshot(assignment)
        assignment.due = due
        work.audit(Act.START, f"assignment:{assignment.id}", before, snapshot(assignment), f"自 {started} 起算")
    return due


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last where there is none (3 months after 11-30 is 02-28)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


async def suspend(work: Work, item: ItemRow, reason: str) -> None:
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    assignment.resume_to = assignment.state
    assignment.state = State.SUSPENDED
    await _ended(work, item, Act.SUSPEND, before, assignment, reason)


async def resume(work: Work, item: ItemRow, reason: str) -> None:
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    assignment.state = assignment.resume_to or State.IN_PROGRESS
    assignment.resume_to = None
    # Like a late return: nobody is escalated the morning after a pause that outlasted the deadline (rule 5).
    assignment.returned_at = work.now
    work.audit(Act.RESUME, item.subject, before, snapshot(assignment), reason)
    await told_unit(work, item, f"{item.ref} 已恢复办理，时限 {assignment.due}")


async def cancel(work: Work, item: ItemRow, reason: str, tell: bool = True) -> None:
    """撤销. `tell`: the unit hears of it, unless somebody tells it of this and more in one line."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    assignment.state = State.CANCELLED
    assignment.resume_to = None
    await _ended(work, item, Act.CANCEL, before, assignment, reason, tell)


async def close(work: Work, item: ItemRow, grounds: str) -> None:
    """销号 without a submission: done before the service went live, or proved elsewhere; `grounds` say how."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    if assignment.signed_at is None:
        assignment.signed_at = work.now
    assignment.state = State.CLOSED
    assignment.closed_at = work.now
    await _ended(work, item, Act.CLOSE, before, assignment, grounds)


async def _ended(
    work: Work,
    item: ItemRow,
    act: Act,
    before: dict[str, object],
    assignment: Assignment,
    words: str,
    tell: bool = True,
) -> None:
    withdrew = [] if act is Act.SUSPEND else await prompts.withdraw_requests(work, item)
    work.audit(act, item.subject, before, {**snapshot(assignment), WITHDREW: withdrew}, words)
    became = State(assignment.state).label
    await prompts.settle(work, f"submission:{item.id}:{item.submission}", became)
    if tell:
        await told_unit(work, item, f"{item.ref} {became}" + (f"：{words}" if words else ""))
