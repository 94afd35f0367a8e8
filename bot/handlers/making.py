"""Files people ask for, made before the transaction and beside the event loop: 台账, 年报, 年报素材, 通报.

What somebody may not have is not made; the handler then says so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.dialogue.verbs import Verb
from bot.documents.papers import write_papers
from bot.documents.workbook import write_xlsx
from bot.domain.calendar import local, local_day
from bot.domain.people import Member
from bot.domain.permissions import Right, Scope, may
from bot.domain.policy import Policy
from bot.domain.responsibility import UnitName
from bot.handlers.context import File, Made
from bot.services import handin
from bot.services.ledger import ledger, ledger_title
from bot.services.papers import report_of, report_of_all
from bot.services.yearend import NoList, bulletin_of, confirmed, facts, latest_year
from bot.store.engine import Store
from bot.texts import yearend
from bot.texts.paper import Paper
from bot.texts.words import names

REPORT, BULLETIN = "完成情况报告", "通报代拟稿"


@dataclass(frozen=True)
class Job:
    """Who asks for what, of which units (none: the whole county, or their own), by which message."""

    store: Store
    policy: Policy
    now: datetime
    data_dir: Path
    key: str
    member: Member
    units: Sequence[UnitName]

    @property
    def whose(self) -> str:
        return names((unit.name for unit in self.units), 2)

    def file(self, kind: str, what: str) -> tuple[Path, File]:
        """Where to write it, and how it is sent."""
        path = f"out/{self.key}.{kind}"
        (self.data_dir / "out").mkdir(parents=True, exist_ok=True)
        return self.data_dir / path, File(path, f"{what}{self.whose}{local(self.now):%Y%m%d}.{kind}")


def reports_of(member: Member, named: Sequence[int]) -> tuple[int, ...] | None:
    """Whose reports somebody means: the units they named, or their own. None: the county's. Raises LookupError where
    they act for several units, or none, and named none."""
    if named:
        return tuple(named)
    if member.sees_all:
        return None
    if len(member.acts_for) != 1:
        raise LookupError
    return tuple(member.acts_for)


def may_see(member: Member, units: Sequence[int] | None) -> bool:
    """A unit's report is for its own people and for those who see the county."""
    if units is None:
        return may(member, Right.SEE_COUNTY)
    return all(may(member, Right.SEE_ITEM, Scope(unit, frozenset())) for unit in units)


def _wanted(job: Job) -> tuple[int, ...] | None:
    """The same for a job. Raises LookupError where nothing is to be made."""
    units = reports_of(job.member, [unit.id for unit in job.units])
    if not may_see(job.member, units):
        raise LookupError
    return units


async def _ledger(job: Job) -> Made | None:
    if not may(job.member, Right.SEE_COUNTY):
        return None
    async with job.store.read() as session:
        rows = await ledger(session, job.policy, job.now, [unit.id for unit in job.units])
        title = await ledger_title(session)
    title += f"（{job.whose}）" if job.units else ""
    path, file = job.file("xlsx", "台账")
    await asyncio.to_thread(write_xlsx, path, rows, title, job.now)
    return Made(file)


async def _report(job: Job) -> Made | None:
    try:
        units = _wanted(job)
        async with job.store.read() as session:
            year = await latest_year(session)
            if units is None:
                papers, words = await report_of_all(session, job.policy, job.now, year), ""
            else:
                papers = [await report_of(session, job.policy, job.now, year, unit) for unit in units]
                words = yearend.short(await facts(session, job.policy, job.now, year, units))
    except (LookupError, NoList):
        return None
    found = handin.hash_of(confirmed(papers[0])) if len(papers) == 1 else ""
    return Made(await _written(job, REPORT, papers), words, found)


async def _bulletin(job: Job) -> Made | None:
    if not may(job.member, Right.DRAFT):
        return None
    try:
        async with job.store.read() as session:
            paper, late = await bulletin_of(session, job.policy, job.now, [unit.id for unit in job.units])
    except NoList:
        return None
    if not late:
        return Made()
    words = f"{len({one.unit for one in late})} 个单位 {len(late)} 项"
    return Made(await _written(job, BULLETIN, [paper]), words)


async def _material(job: Job) -> Made | None:
    try:
        units = _wanted(job)
        async with job.store.read() as session:
            year = await latest_year(session)
            found = await facts(session, job.policy, job.now, year, units or ())
    except (LookupError, NoList):
        return None
    whose = "全县" if units is None else "、".join(dict.fromkeys(fact.unit for fact in found))
    return Made(words=yearend.material(whose, year.title, year.year, found, local_day(job.now)))


async def _written(job: Job, what: str, papers: Sequence[Paper]) -> File:
    path, file = job.file("docx", what)
    await asyncio.to_thread(write_papers, path, papers, what, job.now)
    return file


MAKERS: dict[Verb, Callable[[Job], Awaitable[Made | None]]] = {
    Verb.LEDGER: _ledger,
    Verb.REPORT: _report,
    Verb.BULLETIN: _bulletin,
    Verb.MATERIAL: _material,
}
