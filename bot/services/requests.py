"""延期, 不涉及, 异议, and their decision: 同意, 不同意."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from bot.domain.calendar import local_day
from bot.domain.states import OPEN, Act, RequestKind, State
from bot.services import audience, prompts
from bot.services.review import told_unit
from bot.services.work import Work, restore, snapshot
from bot.store import live
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Audit, News, Request
from bot.texts.words import day


@dataclass(frozen=True)
class Undone:
    """A decision that was taken back, and the item's state since."""

    act: Act
    state: State


ACT_OF = {RequestKind.EXTEND: Act.EXTEND, RequestKind.EXEMPT: Act.EXEMPT, RequestKind.DISPUTE: Act.DISPUTE}


async def open_request(work: Work, item: ItemRow) -> Request | None:
    return await work.session.scalar(
        select(Request).where(Request.assignment_id == item.id, Request.state == "open").with_for_update()
    )


async def ask(work: Work, item: ItemRow, kind: RequestKind, reason: str, new_due: date | None) -> None:
    """Files a request and asks lead and office to decide. The caller saw that none is open."""
    request = Request(
        assignment_id=item.id,
        kind=kind,
        new_due=new_due,
        reason=reason,
        state="open",
        by=work.actor,
        at=work.now,
    )
    work.session.add(request)
    await work.session.flush()
    state = snapshot(await work.assignment(item))
    work.audit(ACT_OF[kind], item.subject, state, {**state, "request": request.id}, _words(kind, reason, new_due))
    await _put_before_deciders(work, item, request)


async def reopen(work: Work, item: ItemRow, ids: Sequence[int]) -> None:
    """The act that had left these requests without a purpose was taken back: they wait for a decision again."""
    query = select(Request).where(Request.id.in_(ids), Request.state == "withdrawn").with_for_update()
    for request in (await work.session.scalars(query)).all():
        request.state = "open"
        await _put_before_deciders(work, item, request)


async def _put_before_deciders(work: Work, item: ItemRow, request: Request) -> None:
    kind = RequestKind(request.kind)
    what = {
        RequestKind.EXTEND: f"申请延期到 {day(request.new_due)}" if request.new_due else "申请延期",
        RequestKind.EXEMPT: "认为本单位不涉及",
        RequestKind.DISPUTE: "对交办提出异议",
    }[kind]
    people = [key for key in await audience.deciders(work.session, item) if key != request.by.lower()]
    await prompts.request(work, item, kind, request.id, what, request.reason, people)


async def decide(work: Work, item: ItemRow, request: Request, agreed: bool, words: str) -> None:
    """Grants or refuses. A granted 延期 moves the deadline in force; 不涉及 and a granted 异议 end the item."""
    kind = RequestKind(request.kind)
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    request.state = "agreed" if agreed else "refused"
    request.decided_by = work.actor
    request.decided_at = work.now
    request.note = words
    if agreed and kind is RequestKind.EXTEND and request.new_due is not None:
        assignment.due = request.new_due
        assignment.extensions += 1
    elif agreed and State(assignment.state) in OPEN | {State.SUBMITTED}:
        assignment.state = State.NOT_APPLICABLE
        await prompts.settle(work, f"submission:{item.id}:{item.submission}", State.NOT_APPLICABLE.label)
    act = Act.AGREE if agreed else Act.REFUSE
    work.audit(act, item.subject, before, snapshot(assignment), words)
    await prompts.settle(work, f"request:{request.id}", f"{act.label}（{work.member.name if work.member else ''}）")
    outcome = f"{item.ref} 的{kind.label}申请：{act.label}"
    if agreed and request.new_due is not None:
        outcome += f"，新时限 {day(request.new_due)}"
    elif words:
        outcome += f"（{words}）"
    await told_unit(work, item, outcome)
    # The key of `told_unit`: whoever asked is often the unit's contact, and hears it once.
    await work.tell(f"act:{item.id}:{work.message_key}:{request.by.lower()}", request.by.lower(), outcome)


async def take_back(work: Work, item: ItemRow) -> Undone | None:
    """撤回 of a decision, by whoever decided, while it is the last thing that happened to the item: the request is open
    again and the deadline and state are what they were. None where that is not so."""
    query = select(Audit).where(Audit.subject == item.subject).order_by(Audit.id.desc()).limit(1)
    last = await work.session.scalar(query)
    if last is None or last.act not in (Act.AGREE, Act.REFUSE) or last.actor.lower() != work.actor.lower():
        return None
    request = await work.session.scalar(
        select(Request)
        .where(Request.assignment_id == item.id, Request.decided_at.is_not(None))
        .order_by(Request.id.desc())
        .limit(1)
        .with_for_update()
    )
    if request is None or request.state not in ("agreed", "refused"):
        return None
    request.state, request.decided_by, request.decided_at, request.note = "open", None, None, None
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    restore(assignment, last.before)
    act = Act(last.act)
    work.audit(Act.UNDO, item.subject, before, snapshot(assignment), f"撤回：{act.label}")
    await _untell(work, item, last.message_key, f"{item.ref} 的申请：先前的“{act.label}”已撤回，重新等待决定")
    return Undone(act, State(assignment.state))


async def _untell(work: Work, item: ItemRow, message_key: str | None, words: str) -> None:
    """Whoever has not read of the decision yet never will; whoever has reads that it is open again."""
    found = (await work.session.scalars(select(News).where(News.key.like(f"act:{item.id}:{message_key}:%")))).all()
    for news in found:
        if news.told_at is None:
            news.told_at = work.now
        else:
            await work.tell(f"act:{item.id}:{work.message_key}:{news.member_key}", news.member_key, words)


async def remind(work: Work) -> None:
    """A request nobody has decided is put before those who may, like a submission nobody checks (rule 5)."""
    policy = work.policy
    for request in (await work.session.scalars(select(Request).where(live.undecided))).all():
        waited = work.calendar.between(local_day(request.at), work.today)
        if waited < policy.review_lead:
            continue
        item = (await items_by_id(work.session, [request.assignment_id]))[0]
        late = waited >= policy.review_office
        people = await (audience.deciders(work.session, item) if late else audience.checkers(work.session, item))
        kind = RequestKind(request.kind).label
        words = (
            f"{item.unit} {item.ref} 的{kind}申请已等 {waited} 个工作日，请回复 同意 或 不同意 {item.code} {item.unit}"
        )
        for key in people:
            await work.tell(f"request-waits:{request.id}:{late}:{key}", key, words)


def _words(kind: RequestKind, reason: str, new_due: date | None) -> str:
    return f"{day(new_due)} {reason}" if kind is RequestKind.EXTEND and new_due else reason
