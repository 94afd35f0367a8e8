"""The facts of year-end reports and draft bulletins, read from the ledger. Nothing here changes anything."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local_day
from bot.domain.planning import Outcome, Stage, StageKind, stage_of
from bot.domain.policy import Policy
from bot.domain.states import OPEN, Act, RequestKind, State
from bot.domain.timing import stage_due
from bot.services.views import days_late, evidence, history
from bot.store.items import ItemRow, chunks, items
from bot.store.tables import Assignment, Audit, Request, StageRow, Task, TaskList, Unit
from bot.texts.bulletin import Late, bulletin
from bot.texts.paper import Paper, chinese_day
from bot.texts.yearend import DRAFT, Fact, unit_report

_REMINDERS = frozenset({StageKind.REMIND, StageKind.OVERDUE, StageKind.URGE})
_SAYING = frozenset({Act.PROGRESS, Act.SUBMIT})
_DECIDING = frozenset({Act.CLOSE, Act.SUSPEND, Act.CANCEL})
_VERDICT = {"open": "尚未决定", "agreed": "已同意", "refused": "未获同意"}


class NoList(Exception):
    """There is no list to report on."""

    def __init__(self) -> None:
        super().__init__("任务清单还没有导入，没有可写的内容。")


@dataclass(frozen=True)
class Year:
    """The lists of the latest year: their name, and the day by which units report."""

    year: int
    title: str
    report_date: date


async def latest_year(session: AsyncSession) -> Year:
    """Raises NoList."""
    lists = (await session.scalars(select(TaskList).order_by(TaskList.year.desc(), TaskList.id))).all()
    if not lists:
        raise NoList
    of_year = [one for one in lists if one.year == lists[0].year]
    return Year(of_year[0].year, of_year[0].title, max(one.report_date for one in of_year))


async def facts(
    session: AsyncSession, policy: Policy, now: datetime, year: Year, units: Collection[int] = ()
) -> list[Fact]:
    """What stands in the ledger of this year's lists, in their order; of `units` alone where some are named."""
    today = local_day(now)
    tasks = (
        await session.execute(
            select(Task.id, Task.part).join(TaskList, Task.list_id == TaskList.id).where(TaskList.year == year.year)
        )
    ).all()
    parts = {row.id: row.part for row in tasks}
    which = [Assignment.unit_id.in_(sorted(units))] if units else []
    rows = [row for row in await items(session, *which) if row.task_id in parts]
    proofs = await evidence(session, rows)
    past = await history(session, [row.id for row in rows])
    asked = await _requests(session, rows)
    found = []
    for row in rows:
        said, _ = _said(past.get(row.id, ()))
        found.append(
            Fact(
                code=row.code,
                title=row.title,
                part=parts[row.task_id],
                unit=row.unit,
                state=row.state,
                due=row.due,
                submitted_on=row.submitted_on if row.state in (State.SUBMITTED, State.CLOSED) else None,
                closed_on=local_day(row.closed_at) if row.closed_at else None,
                late=days_late(row, policy.calendar, today) if row.state in OPEN else 0,
                links=tuple(proof.name for proof in proofs.get(row.id, ()) if proof.kind == "link"),
                files=tuple(proof.name for proof in proofs.get(row.id, ()) if proof.kind == "file"),
                said=said,
                why=_why(row, past.get(row.id, ()), asked.get(row.id)),
                asked=_asked(asked.get(row.id)),
            )
        )
    return found


async def _requests(session: AsyncSession, rows: Sequence[ItemRow]) -> dict[int, Request]:
    """Assignment id -> its last request that was not taken back."""
    found: dict[int, Request] = {}
    query = select(Request).where(Request.state != "withdrawn").order_by(Request.id)
    for some in chunks([row.id for row in rows]):
        for request in await session.scalars(query.where(Request.assignment_id.in_(some))):
            found[request.assignment_id] = request
    return found


def _standing(past: Sequence[Audit]) -> list[Audit]:
    """The entries that were not taken back."""
    standing: list[Audit] = []
    for entry in past:
        if entry.act == Act.UNDO:
            standing = standing[:-1]
        else:
            standing.append(entry)
    return standing


def _said(past: Sequence[Audit]) -> tuple[str, date | None]:
    """The unit's last words on an item, and their day."""
    for entry in reversed(_standing(past)):
        if entry.act in _SAYING and entry.words.strip():
            return entry.words, local_day(entry.at)
    return "", None


def _why(row: ItemRow, past: Sequence[Audit], request: Request | None) -> str:
    if row.state is State.RETURNED:
        return row.return_reason or ""
    if row.state is State.NOT_APPLICABLE:
        return request.reason if request is not None and request.kind == RequestKind.EXEMPT else ""
    if row.state in (State.CLOSED, State.SUSPENDED, State.CANCELLED):
        last = next((entry for entry in reversed(_standing(past)) if entry.act in _DECIDING), None)
        return last.words if last is not None else ""
    return ""


def _asked(request: Request | None) -> str:
    """延期至… was asked for, why, and what became of it."""
    if request is None:
        return ""
    to = f"至{chinese_day(request.new_due)}" if request.new_due else ""
    kind = RequestKind(request.kind).label
    reason = " ".join(request.reason.split()).rstrip("。")
    what = "提出异议" if request.kind == RequestKind.DISPUTE else f"申请{kind}{to}"
    return f"{chinese_day(local_day(request.at))}{what}（理由：{reason}），{_VERDICT[request.state]}"


async def draft_of(session: AsyncSession, policy: Policy, now: datetime, year: Year, unit_id: int) -> Paper:
    """A unit's report as the ledger has it now, not handed in yet."""
    unit = await session.get_one(Unit, unit_id)
    found = await facts(session, policy, now, year, [unit_id])
    return unit_report(unit.name, year.title, year.year, found, local_day(now), DRAFT)


def confirmed(draft: Paper) -> Paper:
    """The same, as it is handed in."""
    return replace(draft, mark="")


async def bulletin_of(
    session: AsyncSession, policy: Policy, now: datetime, units: Collection[int] = ()
) -> tuple[Paper, list[Late]]:
    """The draft bulletin: what rule 5 has proposed and is still owed, each with the reminders that arrived."""
    year, today = await latest_year(session), local_day(now)
    which = [Assignment.unit_id.in_(sorted(units))] if units else []
    rows = await items(session, Assignment.state.in_([str(state) for state in OPEN]), *which)
    late = [row for row in rows if days_late(row, policy.calendar, today) >= policy.propose_bulletin]
    stages = await _stages(session, policy, late)
    key = Stage(StageKind.ESCALATE, policy.propose_bulletin).key
    # Superseded or unreachable stages were no proposal: the fairness guard had said no.
    proposed = [row for row in late if key in stages[row.id] and stages[row.id][key][0] in _TOLD]
    past = await history(session, [row.id for row in proposed])
    asked = await _requests(session, proposed)
    positions = {row.id: row.position for row in await session.execute(select(Unit.id, Unit.position))}
    found = []
    for row in sorted(proposed, key=lambda row: positions[row.unit_id]):
        reminded = _reminded(stages[row.id], today)
        if not reminded:
            continue
        said, said_on = _said(past.get(row.id, ()))
        found.append(
            Late(
                *(row.code, row.title, row.unit, row.due, days_late(row, policy.calendar, today), reminded),
                said=said,
                said_on=said_on,
                asked=_asked(asked.get(row.id)),
                returned=row.return_reason or "" if row.state is State.RETURNED else "",
            )
        )
    return bulletin(year.title, year.year, policy.propose_bulletin, found, today), found


_TOLD = frozenset({Outcome.PLANNED, Outcome.DELIVERED, Outcome.FAILED})


async def _stages(
    session: AsyncSession, policy: Policy, rows: Sequence[ItemRow]
) -> dict[int, dict[str, tuple[Outcome, datetime]]]:
    """Assignment id -> the stages of its present cycle: what became of each, and when."""
    cycles = {
        row.id: stage_due(
            policy.calendar, policy, row.due, local_day(row.returned_at) if row.returned_at is not None else None
        )
        for row in rows
    }
    found: dict[int, dict[str, tuple[Outcome, datetime]]] = defaultdict(dict)
    for some in chunks(cycles):
        for stage in await session.scalars(select(StageRow).where(StageRow.assignment_id.in_(some))):
            if stage.cycle == cycles[stage.assignment_id]:
                found[stage.assignment_id][stage.key] = (Outcome(stage.outcome), stage.at)
    return found


def _reminded(stages: dict[str, tuple[Outcome, datetime]], today: date) -> tuple[date, ...]:
    """The days before today on which a reminder arrived at the unit (rule 5, fairness guard)."""
    days = {
        local_day(at)
        for key, (outcome, at) in stages.items()
        if outcome is Outcome.DELIVERED and stage_of(key).kind in _REMINDERS
    }
    return tuple(sorted(day for day in days if day < today))
