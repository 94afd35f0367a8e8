"""报送: a unit confirms its year-end report, and it stays as it was shown.

It can be taken back while the office has not fetched it.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.services.work import Work
from bot.services.yearend import NoList, Year, latest_year
from bot.store.reports import UnitReport
from bot.store.tables import Assignment, Node, Task, TaskList, Unit
from bot.texts.paper import Paper

NEAR = 7  # working days before the report date from which on the digest has a line about it


def hash_of(paper: Paper) -> str:
    return hashlib.sha256(paper.as_text().encode()).hexdigest()


async def in_force(session: AsyncSession, year: Year, unit_id: int) -> UnitReport | None:
    """What this unit handed in and has not taken back."""
    return await session.scalar(
        select(UnitReport).where(
            UnitReport.year == year.year, UnitReport.unit_id == unit_id, UnitReport.withdrawn_at.is_(None)
        )
    )


async def all_in_force(session: AsyncSession, year: Year) -> dict[int, UnitReport]:
    """Unit id -> its report."""
    query = select(UnitReport).where(UnitReport.year == year.year, UnitReport.withdrawn_at.is_(None))
    return {row.unit_id: row for row in await session.scalars(query)}


async def hand_in(work: Work, year: Year, unit_id: int, paper: Paper) -> None:
    """Keeps the report. The caller has made sure that none is in force."""
    found = hash_of(paper)
    work.session.add(
        UnitReport(
            year=year.year,
            unit_id=unit_id,
            paper=paper.as_json(),
            hash=found,
            by=work.actor,
            by_name=work.member.name if work.member else work.actor,
            at=work.now,
        )
    )
    work.audit("hand_in", _subject(year, unit_id), {}, {"hash": found}, "报送完成情况报告")


async def take_back(work: Work, report: UnitReport, year: Year) -> None:
    report.withdrawn_at = work.now
    work.audit("take_back", _subject(year, report.unit_id), {"hash": report.hash}, {}, "撤回报送")


async def take(work: Work, report: UnitReport, year: Year) -> None:
    """The office has fetched it: from now on it is theirs to give back."""
    if report.taken_at is None:
        report.taken_at = work.now
        work.audit("take", _subject(year, report.unit_id), {}, {"hash": report.hash}, "县办收阅完成情况报告")


async def due_soon(work: Work, units: Collection[int]) -> date | None:
    """The report date, where it is near and one of these units has not reported by it."""
    try:
        year = await latest_year(work.session)
    except NoList:
        return None
    if not units or not work.today <= year.report_date:
        return None
    if work.calendar.between(work.today, year.report_date, NEAR + 1) > NEAR:
        return None
    there = await all_in_force(work.session, year)
    return year.report_date if set(units) - set(there) else None


def _subject(year: Year, unit_id: int) -> str:
    return f"report:{year.year}:{unit_id}"


@dataclass(frozen=True)
class Owing:
    """A unit that owes a report, and what it handed in."""

    unit_id: int
    unit: str
    report: UnitReport | None


async def owing(session: AsyncSession, year: Year) -> list[Owing]:
    """Every unit with items in this year's lists, in the order of the directory."""
    query = (
        select(Unit.id, Unit.name)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .join(Node, Assignment.node_id == Node.id)
        .join(Task, Node.task_id == Task.id)
        .join(TaskList, Task.list_id == TaskList.id)
        .where(TaskList.year == year.year)
        .group_by(Unit.id, Unit.name, Unit.position)
        .order_by(Unit.position)
    )
    there = await all_in_force(session, year)
    return [Owing(row.id, row.name, there.get(row.id)) for row in await session.execute(query)]
