"""A notice somebody sent in, from the preview to the list: kept, answered, stored or dropped."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.difference import Difference, StoredRow, difference, same_notice
from bot.domain.draft import ListDraft, Question
from bot.domain.responsibility import Directory, tidy
from bot.domain.settled import SKIPPED, Reach, Settled, carried_over, reach, settle, task_list, with_unit_questions
from bot.services import audience, corrections, lists
from bot.services.corrections import Applied
from bot.services.packing import pack, unpack
from bot.services.work import SYSTEM, Work
from bot.store import people
from bot.store.tables import Draft, TaskList, Unit
from bot.texts.words import short

NEW_KIND = "其他"  # a unit the office confirmed: it joins no group until the directory says so
AS_NEW = "new"


@dataclass(frozen=True)
class Standing:
    """A draft as it stands now. `there` and `found`: the list it corrects, and what it would change there."""

    draft: Draft
    settled: Settled
    directory: Directory
    reach: Reach
    questions: tuple[Question, ...]  # all of them; an answer names one by its place, from 1
    there: TaskList | None
    stored: tuple[StoredRow, ...]
    found: Difference | None

    @property
    def unchanged(self) -> bool:
        """Is the same notice there already, with nothing to change?"""
        return self.found is not None and not self.found

    @property
    def waiting(self) -> list[tuple[int, Question]]:
        """What was neither answered nor skipped, by its number."""
        return [(n, q) for n, q in enumerate(self.questions, 1) if q.key not in self.draft.answers]

    @property
    def open(self) -> list[tuple[int, Question]]:
        """What is not answered, skipped or not."""
        still = {question.key for question in self.settled.open}
        return [(n, q) for n, q in enumerate(self.questions, 1) if q.key in still]

    @property
    def fingerprint(self) -> str:
        """Of what storing it would change: somebody else may have changed the list since it was shown."""
        if self.found is None or self.there is None:
            return AS_NEW
        said = [
            self.there.id,
            [row.number for row in self.found.added],
            [row.number for row in self.found.removed],
            [[change.stored.number, *change.fields, str(asdict(change.stored))] for change in self.found.changed],
        ]
        return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Stored:
    """What became of a draft. `corrected` is None where its list is new; `last`: the number of the last row."""

    first: int
    last: int
    dispatched: int
    waiting: int
    units: tuple[str, ...]
    corrected: Applied | None = None


async def keep(work: Work, read: ListDraft, file_name: str) -> Draft:
    """A preview for whoever speaks, instead of the one they had. What was answered for the same notice stays so."""
    directory = await people.directory(work.session)
    content = with_unit_questions(read, directory)
    answers: dict[str, str] = {}
    for before in await _earlier(work, content):
        answers |= carried_over(unpack(before.content), before.answers, content)
    mine = await open_of(work.session, _owner(work))
    if mine is not None:
        mine.state = "dropped"
        await work.session.flush()
    draft = Draft(
        by=_owner(work),
        state="open",
        title=content.title,
        file_name=file_name,
        content=pack(content),
        answers=answers,
        shown="",
        list_id=None,
        at=work.now,
        stored_at=None,
    )
    work.session.add(draft)
    await work.session.flush()
    return draft


async def _earlier(work: Work, content: ListDraft) -> list[Draft]:
    """Drafts of the same notice, the surest last: those that became a list, then the speaker's own open one."""
    found = []
    there = await _same_list(work, content)
    if there is not None:
        query = select(Draft).where(Draft.list_id == there.id, Draft.state == "stored").order_by(Draft.id)
        found += list((await work.session.scalars(query)).all())
    mine = await open_of(work.session, _owner(work))
    if mine is not None:
        other = unpack(mine.content)
        found += [mine] if same_notice(other.title, other.doc_no, content.year, content) else []
    return found


async def open_of(session: AsyncSession, key: str) -> Draft | None:
    """The preview this person has not decided on."""
    return await session.scalar(select(Draft).where(Draft.by == key, Draft.state == "open"))


async def unanswered(session: AsyncSession) -> Draft | None:
    """The list stored last of those that still have open questions."""
    query = select(Draft).where(Draft.state == "stored").order_by(Draft.id.desc())
    seen: set[int | None] = set()
    for draft in (await session.scalars(query)).all():
        if draft.list_id not in seen and settle(unpack(draft.content), draft.answers).open:
            return draft
        seen.add(draft.list_id)
    return None


async def left_open(work: Work, there: TaskList) -> int:
    """How many questions a list that was imported has left."""
    query = select(Draft).where(Draft.state == "stored", Draft.list_id == there.id).order_by(Draft.id.desc()).limit(1)
    draft = await work.session.scalar(query)
    return len(settle(unpack(draft.content), draft.answers).open) if draft else 0


async def by_id(session: AsyncSession, number: int) -> Draft | None:
    return await session.get(Draft, number, with_for_update=True)


async def standing(work: Work, draft: Draft) -> Standing:
    content = unpack(draft.content)
    settled = settle(content, draft.answers)
    directory = await people.directory(work.session)
    there = await _same_list(work, content)
    stored = tuple(await corrections.stored_rows(work, there)) if there else ()
    return Standing(
        draft=draft,
        settled=settled,
        directory=directory,
        reach=reach(settled, directory),
        questions=content.questions,
        there=there,
        stored=stored,
        found=difference(stored, settled) if there else None,
    )


async def _same_list(work: Work, content: ListDraft) -> TaskList | None:
    every = (await work.session.scalars(select(TaskList).order_by(TaskList.id.desc()))).all()
    return next((one for one in every if same_notice(one.title, one.doc_no, one.year, content)), None)


async def answer(work: Work, draft: Draft, given: Mapping[str, str]) -> None:
    """Keeps what the office said, by the keys of the questions. Saying it again changes nothing."""
    new = {key: said for key, said in given.items() if draft.answers.get(key) != said}
    if new:
        before = {key: draft.answers[key] for key in new if key in draft.answers}
        work.audit("answer", f"draft:{draft.id}", before, new)
        draft.answers = {**draft.answers, **new}


async def store(work: Work, draft: Draft) -> Stored:
    """交办: the list is loaded, or the one that is there corrected; in the same transaction units are created."""
    now = await standing(work, draft)
    created = await _create_units(work, now.settled.units)
    if now.there is None:
        done = await _load(work, now, created)
    else:
        done = await _correct(work, now, created)
    draft.stored_at = draft.stored_at or work.now
    return done


async def _load(work: Work, now: Standing, created: tuple[str, ...]) -> Stored:
    data = task_list(now.settled, await lists.next_number(work))
    first = data.tasks[0].number
    held = {
        first + at: why for at, row in enumerate(now.settled.draft.rows) if (why := now.settled.held.get(row.number))
    }
    loaded = await lists.load(work, data, held)
    now.draft.list_id, now.draft.state, now.draft.stored_at = loaded.list_id, "stored", work.now
    return Stored(first, data.tasks[-1].number, loaded.dispatched, len(loaded.unresolved), created)


async def _correct(work: Work, now: Standing, created: tuple[str, ...]) -> Stored:
    there, found = now.there, now.found
    assert there is not None
    assert found is not None
    done = await corrections.apply(work, there, now.settled, found, f"《{short(there.title, 24)}》")
    draft = now.settled.draft
    there.doc_no, there.issue_date = draft.doc_no or there.doc_no, draft.issue_date or there.issue_date
    there.report_date = now.settled.report_date if draft.report_date else there.report_date
    after = {"added": done.added, "removed": len(found.removed), "changed": len(found.changed)}
    if now.draft.state != "stored":
        work.audit("correct", f"list:{there.id}", {}, after, there.title)
    now.draft.list_id, now.draft.state, now.draft.stored_at = there.id, "stored", work.now
    last = done.first + done.added - 1
    return Stored(done.first, last, done.dispatched, now.reach.waiting, created, done)


async def _create_units(work: Work, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Units the office confirmed as new, once each, behind the others of the directory."""
    every = (await work.session.scalars(select(Unit))).all()
    known = {tidy(unit.name) for unit in every}
    new = [name for name in dict.fromkeys(map(tidy, wanted)) if name not in known]
    last = max((unit.position for unit in every), default=-1)
    units = [Unit(name=name, kind=NEW_KIND, aliases=[], position=last + at) for at, name in enumerate(new, 1)]
    work.session.add_all(units)
    await work.session.flush()
    for unit in units:
        work.audit("unit", f"unit:{unit.id}", {}, {"name": unit.name, "kind": unit.kind})
    return tuple(new)


def drop(draft: Draft) -> None:
    """取消: nothing of it was stored."""
    draft.state = "dropped"


async def tell_office(work: Work, draft: Draft, words: str) -> None:
    """Good to know for the office, where the list came in by the command line."""
    for key in await audience.office(work.session):
        await work.tell(f"draft:{draft.id}:{key}", key, words)


def skipped(draft: Draft) -> int:
    return sum(1 for said in draft.answers.values() if said == SKIPPED)


def _owner(work: Work) -> str:
    return work.member.userid.lower() if work.member else SYSTEM
