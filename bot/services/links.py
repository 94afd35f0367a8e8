"""The work of looking behind links: who looks at which, and what becomes of what was found (DESIGN §3, rule 10).

A look takes up to half a minute and happens outside any transaction: it is claimed in one and stored in another.
"""

import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local_day
from bot.domain.links import NEXT_DAY, SILENT, Course, Page, after
from bot.domain.policy import Policy
from bot.domain.states import OPEN, State
from bot.services import audience, prompts
from bot.services.work import Work
from bot.store.engine import Store
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Assignment, Evidence, LinkCheck, News, Unit
from bot.texts import links as words

CLAIM = timedelta(minutes=5)  # real time; several links of one host are opened one after another
_SILENT = [trouble.name for trouble in SILENT]


@dataclass(frozen=True)
class Job:
    """A link this process is to look at; nobody else does until the claim has lapsed."""

    evidence_id: int
    link: str
    claim: str


async def claim(store: Store, policy: Policy, now: datetime, real: datetime, most: int) -> list[Job]:
    """Up to `most` links that are due at `now`. `real` is the real time."""
    query = due(now, real).limit(most)
    jobs: list[Job] = []
    while not jobs:
        async with store.read() as session:  # most of the time nothing is, and a read waits for nobody
            if await session.scalar(due(now, real).limit(1)) is None:
                return []
        jobs = await _claim(store, policy, query, now, real)
    return jobs


def due(now: datetime, real: datetime) -> Select[LinkCheck]:
    """What nobody is looking at, links never opened first: after a month a whole county's may be due at once."""
    free = or_(LinkCheck.claimed_until.is_(None), LinkCheck.claimed_until < real)
    order = (LinkCheck.fine_at.is_not(None), LinkCheck.due_at, LinkCheck.evidence_id)
    return select(LinkCheck).where(LinkCheck.due_at <= now, free).order_by(*order)


async def _claim(store: Store, policy: Policy, query: Select[LinkCheck], now: datetime, real: datetime) -> list[Job]:
    jobs: list[Job] = []
    async with store.write() as session:
        checks = (await session.scalars(query.with_for_update(skip_locked=True))).all()
        for check in checks:
            evidence = await session.get_one(Evidence, check.evidence_id)
            assignment = await session.get_one(Assignment, evidence.assignment_id)
            if evidence.withdrawn or evidence.submission < assignment.submission:
                check.due_at = None  # nobody will look at it again
            elif not _matters(evidence, assignment):
                check.due_at = now + timedelta(days=policy.recheck_days)
            else:
                check.claimed_by, check.claimed_until = uuid.uuid4().hex, real + CLAIM
                jobs.append(Job(check.evidence_id, evidence.name, check.claimed_by))
    return jobs


def _matters(evidence: Evidence, assignment: Assignment) -> bool:
    """It waits to be checked, proves something closed, or was collected for a submission to come."""
    if assignment.state in (State.SUBMITTED, State.CLOSED):
        return True
    return assignment.state in OPEN and evidence.submission > assignment.submission


async def release(store: Store, job: Job) -> None:
    """Was not looked at after all: anybody may."""
    async with store.write() as session:
        check = await session.get(LinkCheck, job.evidence_id, with_for_update=True)
        if check is not None and check.claimed_by == job.claim:
            check.claimed_by = check.claimed_until = None


async def finish(work: Work, job: Job, page: Page) -> bool:
    """Keeps what was found. False where the claim had lapsed and somebody else has taken the link over."""
    check = await work.session.get(LinkCheck, job.evidence_id, with_for_update=True)
    if check is None or check.claimed_by != job.claim:
        return False
    check.claimed_by = check.claimed_until = None
    before, was_dead = _facts(check), check.dead_on
    network = page.trouble not in SILENT or await _others_answer(work, check)
    again = timedelta(days=work.policy.recheck_days)
    _keep(check, page, work.now)
    _go_on(check, after(_course(check, work.now), page, work.now, work.today, again, network))
    if _facts(check) != before:
        work.audit("check_link", f"link:{check.evidence_id}", before, {**_facts(check), "sha256": check.sha256})
    await work.session.flush()
    await _tell(work, check, died=check.dead_on is not None and was_dead is None)
    return True


def _course(check: LinkCheck, now: datetime) -> Course:
    return Course(check.due_at or now, check.attempts, check.fine_at, check.failed_on, check.dead_on)


def _go_on(check: LinkCheck, course: Course) -> None:
    check.due_at, check.attempts = course.due_at, course.attempts
    check.fine_at, check.failed_on, check.dead_on = course.fine_at, course.failed_on, course.dead_on


def _keep(check: LinkCheck, page: Page, now: datetime) -> None:
    """What a page said when it opened last stays, with its copy, when it does not open any more."""
    check.checked_at, check.status = now, page.status
    check.trouble = page.trouble.name if page.trouble else None
    if not page.alive and check.fine_at is not None:
        return
    check.reach, check.kind = page.reach, page.kind
    check.final_url, check.title, check.published_on = page.final, page.title, page.published
    check.site, check.column_path, check.source = page.site, page.column, page.source
    check.sha256 = page.sha256 or None
    check.copy = zlib.compress(page.copy.encode()) if page.copy else None


def _facts(check: LinkCheck) -> dict[str, Any]:
    """What the audit follows."""
    days = {name: str(value) if (value := getattr(check, name)) else None for name in _DAYS}
    return {name: getattr(check, name) for name in ("reach", "kind", "trouble", "status", "final_url", "title")} | days


_DAYS = ("published_on", "failed_on", "dead_on")


async def _others_answer(work: Work, check: LinkCheck) -> bool:
    """Where nobody answers at all, it is our own network that is away."""
    answered = (
        LinkCheck.evidence_id != check.evidence_id,
        LinkCheck.checked_at > work.now - NEXT_DAY,
        or_(LinkCheck.trouble.is_(None), LinkCheck.trouble.not_in(_SILENT)),
    )
    return bool(await work.session.scalar(select(exists().where(*answered))))


async def _tell(work: Work, check: LinkCheck, died: bool) -> None:
    """Who checks, if they have not been told of the submission yet; the unit, if its closed item lost its proof."""
    evidence = await work.session.get_one(Evidence, check.evidence_id)
    (item,) = await items_by_id(work.session, [evidence.assignment_id])
    if item.state is State.SUBMITTED:
        await prompts.more_evidence(work, item)
    if died and item.state is State.CLOSED:
        # Two of a unit's links may die side by side: the second adds to the line of the first.
        await work.session.get(Unit, item.unit_id, with_for_update=True)
        for key in await audience.unit_contact(work.session, item.unit_id):
            await _tell_contact(work, item, key)


async def _tell_contact(work: Work, item: ItemRow, key: str) -> None:
    """One line a morning, however many of a unit's links died since the last."""
    told = f"deadlinks:{item.unit_id}:{key}:"
    untold = select(News).where(News.told_at.is_(None), News.key.startswith(told, autoescape=True))
    news = await work.session.scalar(untold)
    lost = await dead(work.session, item.unit_id, local_day(news.at if news else work.now))
    if len(lost) == 1:
        ((of, name, check),) = lost
        said = words.died(of.ref, name, [day for day in (check.failed_on, check.dead_on) if day])
    else:
        said = words.died_many(list(dict.fromkeys(of.code for of, _, _ in lost)))
    if news is not None:
        news.words = said
    else:
        await work.tell(f"{told}{work.now.isoformat()}", key, said)


async def dead(
    session: AsyncSession, unit_id: int | None = None, since: date | None = None
) -> Sequence[tuple[ItemRow, str, LinkCheck]]:
    """Links of closed items that do not open any more, in the order of the list; of one unit, from one day on."""
    query = (
        select(LinkCheck, Evidence.name, Evidence.assignment_id)
        .join(Evidence, Evidence.id == LinkCheck.evidence_id)
        .join(Assignment, Assignment.id == Evidence.assignment_id)
        .where(LinkCheck.dead_on.is_not(None), Assignment.state == State.CLOSED, Evidence.withdrawn.is_(False))
        .where(Evidence.submission >= Assignment.submission)
        .order_by(LinkCheck.evidence_id)
    )
    if unit_id is not None:
        query = query.where(Assignment.unit_id == unit_id)
    if since is not None:
        query = query.where(LinkCheck.dead_on >= since)
    found = (await session.execute(query)).all()
    rows = {item.id: item for item in await items_by_id(session, {row.assignment_id for row in found})}
    in_order = list(rows)
    lost = [(rows[assignment_id], name, check) for check, name, assignment_id in found]
    return sorted(lost, key=lambda one: in_order.index(one[0].id))
