"""What a unit does with its own items: 签收, 进展, 完成, 撤回."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select, update

from bot.domain.states import OPEN, Act, State
from bot.services import audience, prompts, requests
from bot.services.views import waiting_for
from bot.services.work import WITHDREW, Work, restore, snapshot
from bot.store.items import ItemRow
from bot.store.tables import Assignment, Audit, Evidence, LinkCheck, News, Outbox, Request


@dataclass(frozen=True)
class Proof:
    """A link, or a file that was stored under `stored_as`."""

    kind: str  # link or file
    name: str
    stored_as: str | None = None


async def sign(work: Work, item: ItemRow) -> None:
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    _sign(work, assignment)
    work.audit(Act.SIGN, item.subject, before, snapshot(assignment))


async def note(work: Work, item: ItemRow, words: str, proofs: Sequence[Proof] = (), signs: bool = True) -> None:
    """进展. Signs an unsigned item, unless the words were a 完成 that still lacks its evidence (`signs=False`)."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    if signs:
        _sign(work, assignment)
    assignment.last_entry_at = work.now
    await _keep(work, assignment, proofs, item.submission + 1)
    work.audit(Act.PROGRESS, item.subject, before, snapshot(assignment), words)


async def has_evidence(work: Work, item: ItemRow) -> bool:
    """Is there a link or file for the submission to come (sent earlier with a 进展)?"""
    found = await work.session.scalar(
        select(Evidence.id)
        .where(
            Evidence.assignment_id == item.id,
            Evidence.submission == item.submission + 1,
            Evidence.withdrawn.is_(False),
        )
        .limit(1)
    )
    return found is not None


async def submit(work: Work, item: ItemRow, words: str, proofs: Sequence[Proof] = ()) -> None:
    """完成: signs if need be, counts a new submission, tells the checkers if their queue was empty (rule 4)."""
    queue_was_empty = not await _queue(work, item)
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    _sign(work, assignment)
    await _keep(work, assignment, proofs, item.submission + 1)
    assignment.state = State.SUBMITTED
    assignment.submitted_at = work.now
    assignment.submission += 1
    assignment.submitted_by = work.actor
    assignment.last_entry_at = work.now
    assignment.return_reason = None
    assignment.announced = queue_was_empty
    withdrew = await prompts.withdraw_requests(work, item)
    work.audit(Act.SUBMIT, item.subject, before, {**snapshot(assignment), WITHDREW: withdrew}, words)
    await work.session.flush()
    if queue_was_empty:
        await prompts.submission(work, item, assignment.submission, await audience.checkers(work.session, item))


async def add(work: Work, item: ItemRow, proofs: Sequence[Proof]) -> None:
    """More evidence for the submission that waits: pictures come one by one."""
    assignment = await work.assignment(item)
    state = snapshot(assignment)
    await _keep(work, assignment, proofs, item.submission)
    work.audit(Act.ADD, item.subject, state, state, "；".join(proof.name for proof in proofs))
    await work.session.flush()
    await prompts.more_evidence(work, item)


async def _queue(work: Work, item: ItemRow) -> bool:
    """Does a submission wait already for the same checkers?"""
    return bool(await waiting_for(work.session, item.checkers))


@dataclass(frozen=True)
class Done:
    """What somebody last did to an item, and the state in which they found it."""

    act: Act
    found: State
    entry: Audit


async def last_done(work: Work, item: ItemRow) -> Done | None:
    """What this person last did to the item, if nobody has acted on it since (rule 11); whether they may still do such
    a thing is for the caller to ask."""
    entries = (
        await work.session.scalars(
            select(Audit).where(Audit.subject == item.subject).order_by(Audit.id.desc()).limit(20)
        )
    ).all()
    last = _last_undoable(list(entries), work.actor)
    return Done(Act(last.act), State(last.before["state"]), last) if last else None


async def undo(work: Work, item: ItemRow, done: Done) -> State:
    """撤回: puts the item back to where `done` found it. Returns its state then."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    restore(assignment, done.entry.before)
    if assignment.submission < before["submission"]:
        # The number of a withdrawn submission is not used again: its buttons must stay stale.
        assignment.submission = before["submission"]
    await _withdraw(work, item, done.entry, before["submission"])
    work.audit(Act.UNDO, item.subject, before, snapshot(assignment), f"撤回：{done.act.label}")
    return State(assignment.state)


UNDOABLE = frozenset(
    {Act.SIGN, Act.PROGRESS, Act.SUBMIT, Act.EXTEND, Act.EXEMPT, Act.DISPUTE, Act.APPROVE, Act.RETURN, Act.CLOSE}
    | {Act.SUSPEND, Act.RESUME, Act.CANCEL}
)


def _last_undoable(entries: list[Audit], actor: str) -> Audit | None:
    """Newest first: an undo cancels the entry of the same person below it; somebody else's that stands ends the
    search, one that they took back does not."""
    skip: Counter[str] = Counter()
    for entry in entries:
        who = entry.actor.lower()
        if entry.act == Act.UNDO:
            skip[who] += 1
        elif skip[who]:
            skip[who] -= 1
        elif who != actor.lower():
            return None
        elif entry.act in UNDOABLE:
            return entry
        elif entry.act not in (Act.URGE, Act.ADD):  # what was added goes with its submission
            return None
    return None


async def _withdraw(work: Work, item: ItemRow, undone: Audit, submission: int) -> None:
    """Takes back what came with the undone entry: its evidence, its request, what it was about to send."""
    session = work.session
    if undone.act in (Act.PROGRESS, Act.SUBMIT):
        brought = Evidence.message_key == undone.message_key
        if undone.act == Act.SUBMIT:  # what was added to the submission goes with it
            added = select(Audit.message_key).where(
                Audit.subject == item.subject, Audit.act == Act.ADD, Audit.id > undone.id
            )
            brought = or_(brought, Evidence.message_key.in_(added))
        await session.execute(update(Evidence).where(Evidence.assignment_id == item.id, brought).values(withdrawn=True))
    if undone.act == Act.SUBMIT:
        # What came with an earlier 进展 counts for the next submission instead.
        await session.execute(
            update(Evidence)
            .where(Evidence.assignment_id == item.id, Evidence.submission == submission)
            .values(submission=submission + 1)
        )
        await prompts.settle(work, f"submission:{item.id}:{submission}", "已撤回")
    await requests.reopen(work, item, undone.after.get(WITHDREW, []))
    if undone.act in (Act.EXTEND, Act.EXEMPT, Act.DISPUTE):
        request = await session.scalar(select(Request).where(Request.assignment_id == item.id, Request.state == "open"))
        if request is not None:
            request.state = "withdrawn"
            await prompts.settle(work, f"request:{request.id}", "已撤回")
    await session.execute(
        update(Outbox)
        .where(Outbox.about == f"act:{item.id}:{undone.message_key}", Outbox.state == "pending")
        .values(state="cancelled")
    )
    await session.execute(
        update(News)
        .where(News.key.like(f"act:{item.id}:{undone.message_key}:%"), News.told_at.is_(None))
        .values(told_at=work.now)
    )


def _sign(work: Work, assignment: Assignment) -> None:
    if assignment.signed_at is None:
        assignment.signed_at = work.now
        assignment.last_entry_at = work.now
    if assignment.state == State.DISPATCHED:
        assignment.state = State.IN_PROGRESS


async def _keep(work: Work, assignment: Assignment, proofs: Sequence[Proof], submission: int) -> None:
    kept = [
        Evidence(
            assignment_id=assignment.id,
            submission=submission,
            kind=proof.kind,
            name=proof.name,
            stored_as=proof.stored_as,
            by=work.actor,
            at=work.now,
            message_key=work.message_key,
            withdrawn=False,
        )
        for proof in proofs
    ]
    work.session.add_all(kept)
    await work.session.flush()  # gives them their ids
    work.session.add_all(LinkCheck(evidence_id=one.id, due_at=work.now) for one in kept if one.kind == "link")


def open_items(items: Sequence[ItemRow]) -> list[ItemRow]:
    return [item for item in items if item.state in OPEN]
