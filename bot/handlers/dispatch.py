"""A stored message to its handler and its answer: one transaction, once (rules 7 and 8)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.dialogue.intents import Command
from bot.dialogue.verbs import Verb
from bot.domain.calendar import UnknownYear
from bot.domain.people import Member
from bot.domain.permissions import Right, may
from bot.domain.policy import Policy
from bot.domain.states import Act
from bot.evidence.scan import redact
from bot.handlers import (
    answering,
    buttons,
    checking,
    freely,
    importing,
    looking,
    managing,
    noticing,
    overruling,
    paging,
    reporting,
    slices,
    yearend,
)
from bot.handlers.context import Ctx, File, Refused
from bot.handlers.preparing import LONGEST, Prepared, Preparer, text_of
from bot.services import choices, conversation, itemcards, overrules
from bot.services.choices import Question
from bot.services.work import Lane, Work
from bot.store import live, people
from bot.store.engine import Store
from bot.store.items import ItemRow
from bot.store.tables import Inbox
from bot.store.tables import Member as MemberRow
from bot.texts import answers
from bot.texts.fit import ANSWER_BYTES, fit
from bot.wecom.messages import Incoming

log = structlog.get_logger()

PARTS = 4  # messages one answer may take
AT_ONCE = 2  # messages that use the database: more are no faster, and callbacks wait for all of their steps
ONE_PERSON = 0x6475_6261  # PostgreSQL's name for the locks on people whose message is being handled

Handler = Callable[[Ctx, Command], Awaitable[str]]


def _acts(act: Act) -> Handler:
    async def handler(ctx: Ctx, command: Command) -> str:
        return await checking.act_on_theirs(ctx, command, act)

    return handler


def _decides(agreed: bool) -> Handler:
    async def handler(ctx: Ctx, command: Command) -> str:
        return await checking.decide(ctx, command, agreed)

    return handler


async def _more(ctx: Ctx, _command: Command) -> str:
    following = await paging.following(ctx)
    return await HANDLERS[following.verb](ctx, following)


HANDLERS: dict[Verb, Handler] = {
    Verb.HELP: looking.show_help,
    Verb.TASKS: looking.tasks,
    Verb.ACK: answering.acknowledged,
    Verb.WHY: looking.why,
    Verb.MORE: _more,
    Verb.SIGN: reporting.sign,
    Verb.PROGRESS: reporting.progress,
    Verb.SUBMIT: reporting.submit,
    Verb.UNDO: freely.undo,
    Verb.EXTEND: freely.extend,
    Verb.EXEMPT: freely.request,
    Verb.DISPUTE: freely.request,
    Verb.PENDING: checking.pending,
    Verb.APPROVE: _acts(Act.APPROVE),
    Verb.RETURN: _acts(Act.RETURN),
    Verb.URGE: _acts(Act.URGE),
    Verb.AGREE: _decides(True),
    Verb.REFUSE: _decides(False),
    Verb.OVERDUE: looking.overdue,
    Verb.STATS: looking.stats,
    Verb.LEDGER: looking.ledger,
    Verb.PEOPLE: managing.roster,
    Verb.ASSIGN: managing.name_units,
    Verb.START: managing.start,
    Verb.SUSPEND: _acts(Act.SUSPEND),
    Verb.RESUME: _acts(Act.RESUME),
    Verb.CANCEL: _acts(Act.CANCEL),
    Verb.CLOSE: _acts(Act.CLOSE),
    Verb.NOTICE: noticing.draft,
    Verb.UNREAD: noticing.unread,
    Verb.STOP_NOTICE: noticing.stop,
    Verb.RECALL: noticing.recall,
    Verb.BULLETIN: yearend.bulletin,
    Verb.REPORT: yearend.report,
    Verb.HAND_IN: yearend.hand_in,
    Verb.TAKE_BACK: yearend.take_back,
    Verb.HANDED_IN: yearend.handed_in,
    Verb.MATERIAL: yearend.material,
    Verb.IMPORT: importing.bring_in,
    Verb.QUESTIONS: importing.questions,
    Verb.ANSWER: importing.answer,
    Verb.HAND_OUT: importing.hand_out,
    Verb.OVERRULE: overruling.overrule,
    Verb.CONFIRM: answering.confirm,
    Verb.ABORT: answering.abort,
    Verb.LINK: answering.link,
}


@dataclass(frozen=True)
class Answer:
    """What one message is answered with."""

    text: str
    files: Sequence[File] = ()
    cards: Sequence[ItemRow] = ()
    question: Question | None = None
    unfinished: bool = False


class Dispatcher:
    def __init__(
        self, store: Store, preparer: Preparer, clock: Clock, policy: Policy, wake_delivery: Callable[[], None]
    ) -> None:
        self._store = store
        self._preparer = preparer
        self._clock = clock
        self._policy = policy
        self._wake_delivery = wake_delivery
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def handle(self, row_id: int) -> None:
        """Handles one inbox row. Raises when it could not; then nothing was changed."""
        async with self._at_once:
            prepared = await self._preparer.read(row_id)
        if prepared is None:
            return
        prepared = await self._preparer.fetch(prepared)
        while await self._handled_in_part(row_id, prepared):
            self._wake_delivery()
        self._wake_delivery()

    async def _handled_in_part(self, row_id: int, prepared: Prepared) -> bool:
        """One transaction; True where the message goes on in another one (`slices`)."""
        async with self._at_once, self._store.write() as session:
            await self._in_order(session, prepared.incoming.sender)
            row = await session.get(Inbox, row_id, with_for_update=True)
            if row is None or row.state != "new" or await _has_older(session, row):
                return False
            work = Work(session, self._clock.now(), self._policy, prepared.member, row.key)
            given = await self._answer(work, prepared)
            await itemcards.refresh(work)
            if given.unfinished:
                return True
            await self._reply(work, prepared.incoming.sender, row.key, given)
            row.state, row.handled_at = "done", work.now
            row.sealed, row.words = None, redact(_words_of(prepared.incoming))
        return False

    async def give_up(self, row_id: int, reason: str) -> None:
        """Parks a message that failed every time: the office sees it, the sender gets one apology."""
        async with self._store.write() as session:
            row = await session.get(Inbox, row_id, with_for_update=True)
            if row is None or row.state != "new":
                return
            row.state, row.error, row.attempts = "parked", reason, row.attempts + 1
            work = Work(session, self._clock.now(), self._policy, message_key=row.key)
            await slices.drop(work)
            await self._reply(work, row.sender, row.key, Answer(answers.APOLOGY))
        self._wake_delivery()

    async def _in_order(self, session: AsyncSession, sender: str) -> None:
        """Between processes, too, one message of a person after the other."""
        if not self._store.is_sqlite:
            await session.execute(select(func.pg_advisory_xact_lock(ONE_PERSON, func.hashtext(people.key_of(sender)))))

    async def _answer(self, work: Work, prepared: Prepared) -> Answer:
        incoming, member = prepared.incoming, prepared.member
        if member is None:
            speaks = incoming.kind != "event" or incoming.event in ("click", "template_card_event")
            return Answer(answers.STRANGER if speaks else "")
        await _reachable_again(work, member)
        if prepared.held:
            return Answer(await overrules.withhold(work, prepared.held, prepared.problem))
        names = self._preparer.names(prepared.directory)
        ctx = Ctx(work, member, prepared.directory, names, prepared.proof, prepared.made, prepared.read)
        try:
            async with work.session.begin_nested():  # a refusal halfway leaves nothing behind
                begun = await slices.kept(work)
                words = await slices.go_on(ctx, begun) if begun else await self._speak(ctx, prepared)
                return Answer(words, ctx.files, ctx.cards, ctx.question, ctx.unfinished)
        except Refused as refusal:
            return Answer(refusal.text)
        except UnknownYear as error:
            # Nothing that needs the calendar can be done honestly; the operator sees it in /readyz and doctor.
            return Answer(answers.NO_CALENDAR.format(year=error.year))

    async def _speak(self, ctx: Ctx, prepared: Prepared) -> str:
        incoming = prepared.incoming
        if incoming.kind == "event":
            if incoming.event == "template_card_event":
                return await buttons.pressed(ctx, incoming.event_key, incoming.task_id, incoming.response_code)
            if incoming.event in ("enter_agent", "subscribe"):
                return await _welcome(ctx)
            if incoming.event != "click":
                return ""
        if incoming.kind in ("file", "image"):
            if prepared.proof is None:
                raise Refused(prepared.problem or "没有收到文件，请再发一次。")
            if may(ctx.member, Right.BROADCAST):
                return await importing.file_sent(ctx, prepared.proof, prepared.read)
            return await reporting.submit_asked(ctx, (prepared.proof,))
        text = text_of(incoming)
        if not text.strip():
            raise Refused("目前只看得懂文字、链接、图片和文件。请改用文字发，回复 帮助 看能做什么。")
        if len(text) > LONGEST:
            raise Refused(f"消息太长（{len(text)} 字，最多 {LONGEST} 字），没有处理。请分几条发，或发文件。")
        if isinstance(prepared.said, Command):
            # Another command is no reason: whatever waited for one is dropped. 收到 and 好的 are said in between.
            if prepared.said.verb is not Verb.ACK:
                await conversation.leave(ctx.work, ctx.key, conversation.WORDS)
            return await HANDLERS[prepared.said.verb](ctx, prepared.said)
        if prepared.said is None or prepared.reading is None:
            return answers.unknown()
        return await answering.words(ctx, prepared.said, prepared.reading, text)

    async def _reply(self, work: Work, userid: str, key: str, given: Answer) -> None:
        """The words, then what goes behind them. A question with candidates stands last and is a card of its own."""
        asked = given.question if given.question and given.text.endswith(given.question.text) else None
        words = given.text.removesuffix(asked.text).rstrip() if asked else given.text
        parts = fit(words, ANSWER_BYTES)
        if len(parts) > PARTS:
            parts = (*parts[: PARTS - 1], parts[PARTS - 1][:600] + "……（太长，后面的请看台账）")
        for number, part in enumerate(parts):
            payload = {"text": part, "userid": userid}
            await work.send(
                f"reply:{key}:{number}", Lane.REPLY, "text", people.key_of(userid), payload, "回复您刚才的消息"
            )
        if asked:
            await choices.send(work, f"reply:{key}:{len(parts)}", asked, userid)
        for item in given.cards:
            await itemcards.send(work, f"reply:{key}:card{item.id}", item, userid)
        for number, file in enumerate(given.files):
            payload = {"path": file.path, "name": file.name}
            await work.send(
                f"reply:{key}:file{number}", Lane.REPLY, "file", people.key_of(userid), payload, "您要的文件"
            )


def _words_of(incoming: Incoming) -> str:
    if incoming.kind == "event":
        return f"［{incoming.event}］{incoming.event_key}"
    if incoming.kind in ("file", "image"):
        return f"［{incoming.kind}］{incoming.file_name}"
    return text_of(incoming)


async def _has_older(session: AsyncSession, row: Inbox) -> bool:
    """Did another process store an earlier message of this person, that nobody has handled yet?"""
    older = select(Inbox.id).where(live.new, Inbox.sender == row.sender, Inbox.id < row.id).limit(1)
    return await session.scalar(older) is not None


async def _reachable_again(work: Work, member: Member) -> None:
    row = await work.session.get(MemberRow, member.userid.lower())
    if row is not None and row.unreachable_at is not None:
        row.unreachable_at = None


async def _welcome(ctx: Ctx) -> str:
    """Once per person: opening the application again is no question."""
    row = await ctx.work.session.get(MemberRow, ctx.key)
    if row is None or row.welcomed_at is not None:
        return ""
    row.welcomed_at = ctx.work.now
    return looking.greeting(ctx)
