"""Which papers a report file holds: a unit's own, or the county's with every unit's behind it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local_day
from bot.domain.policy import Policy
from bot.services import handin
from bot.services.yearend import Year, draft_of, facts
from bot.store.reports import UnitReport
from bot.texts.paper import Paper, paper_from
from bot.texts.yearend import DRAFT, Fact, county_report, unit_report


async def report_of(session: AsyncSession, policy: Policy, now: datetime, year: Year, unit_id: int) -> Paper:
    """What the unit handed in, else what the ledger says now."""
    report = await handin.in_force(session, year, unit_id)
    return paper_from(report.paper) if report else await draft_of(session, policy, now, year, unit_id)


async def report_of_all(session: AsyncSession, policy: Policy, now: datetime, year: Year) -> list[Paper]:
    """The county's report, then every unit's."""
    units = await handin.owing(session, year)
    everything = await facts(session, policy, now, year)
    done = [one.unit for one in units if one.report]
    missing = [one.unit for one in units if not one.report]
    today = local_day(now)
    of_unit: dict[str, list[Fact]] = {}
    for fact in everything:
        of_unit.setdefault(fact.unit, []).append(fact)
    county = county_report(year.title, year.year, everything, done, missing, today)
    return [county, *(_unit(one.report, one.unit, of_unit[one.unit], year, now) for one in units)]


def _unit(report: UnitReport | None, unit: str, found: Sequence[Fact], year: Year, now: datetime) -> Paper:
    if report:
        return paper_from(report.paper)
    return unit_report(unit, year.title, year.year, found, local_day(now), DRAFT)
