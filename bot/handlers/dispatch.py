"""A stored message to its handler and its answer: one transaction, once (rules 7 and 8)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.dialogue.commands import parse as parse_command
from bot.dialogue.free import Reading, understand
from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.names import Names
from bot.dialogue.verbs import Verb
from bot.domain.calendar import UnknownYear, local_day
from bot.domain.people import Member
from bot.domain.permissions import Right, may
from bot.domain.policy import Policy
from bot.domain.responsibility import Directory, UnitName
from bot.domain.states import Act, RequestKind
from bot.evidence.scan import describe, redact, scan
from bot.handlers import answering, buttons, checking, freely, importing, looking, managing, noticing, paging, reporting
from bot.handlers.context import Ctx, File, Refused
from bot.handlers.ledgers import make_ledger
from bot.handlers.reading import SLOW, Read, read_file
from bot.handlers.speaking import speaker_of
from bot.handlers.uploads import keep_file
from bot.services import conversation, itemcards
from bot.services.report import Proof
from bot.services.work import Lane, Work
from bot.store import live, people
from bot.store.engine import Store
from bot.store.items import ItemRow
from bot.store.tables import Inbox
from bot.store.tables import Member as MemberRow
from bot.texts import answers, imports
from bot.texts.fit import ANSWER_BYTES, fit
from bot.texts.words import without_markup
from bot.wecom.client import WecomClient
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import CallbackError
from bot.wecom.messages import Incoming, parse

log = structlog.get_logger()

LONGEST = 2000  # characters of one message
PARTS = 4  # messages one answer may take
ONE_PERSON = 0x6475_6261  # PostgreSQL's name for the locks on people whose message is being handled

Handler = Callable[[Ctx, Command], Awaitable[str]]


def _acts(act: Act) -> Handler:
    async def handler(ctx: Ctx, command: Command) -> str:
        return await checking.act_on_theirs(ctx, command, act)

    return handler


def _asks(kind: RequestKind) -> Handler:
    async def handler(ctx: Ctx, command: Command) -> str:
        return await reporting.request(ctx, command, kind)

    return handler


def _decides(agreed: bool) -> Handler:
    async def handler(ctx: Ctx, command: Command) -> str:
        return await checking.decide(ctx, command, agreed)

    return handler


async def _more(ctx: Ctx, _command: Command) -> str:
    following = await paging.following(ctx)
    return await HANDLERS[following.verb](ctx, following)


async def _later(_ctx: Ctx, _command: Command) -> str:
    return answers.LATER.format(what="通报")


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
    Verb.EXEMPT: _asks(RequestKind.EXEMPT),
    Verb.DISPUTE: _asks(RequestKind.DISPUTE),
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
    Verb.BULLETIN: _later,
    Verb.IMPORT: importing.bring_in,
    Verb.QUESTIONS: importing.questions,
    Verb.ANSWER: importing.answer,
    Verb.HAND_OUT: importing.hand_out,
    Verb.CONFIRM: answering.confirm,
    Verb.ABORT: answering.abort,
    Verb.LINK: answering.link,
}


@dataclass(frozen=True)
class Prepared:
    """What was read and made before the transaction: it must not hold one while a file is fetched or written."""

    incoming: Incoming
    member: Member | None
    directory: Directory
    said: Command | NotUnderstood | None
    secret: str = ""  # what kind of personal data the words hold, if any
    proof: Proof | None = None
    proof_problem: str = ""
    ledger: File | None = None
    read: Read | None = None
    reading: Reading | None = None  # of words that are no command


class Dispatcher:
    def __init__(
        self,
        store: Store,
        crypto: CallbackCrypto,
        client: WecomClient,
        clock: Clock,
        policy: Policy,
        data_dir: Path,
        wake_delivery: Callable[[], None],
    ) -> None:
        self._store = store
        self._crypto = crypto
        self._client = client
        self._clock = clock
        self._policy = policy
        self._data_dir = data_dir
        self._wake_delivery = wake_delivery
        self._known: tuple[Directory, Names] | None = None

    async def handle(self, row_id: int) -> None:
        """Handles one inbox row. Raises when it could not; then nothing was changed."""
        prepared = await self._prepare(row_id)
        if prepared is None:
            return
        async with self._store.write() as session:
            await self._in_order(session, prepared.incoming.sender)
            row = await session.get(Inbox, row_id, with_for_update=True)
            if row is None or row.state != "new" or await _has_older(session, row):
                return
            work = Work(session, self._clock.now(), self._policy, prepared.member, row.key)
            answer, files, cards = await self._answer(work, prepared)
            sender = prepared.incoming.sender
            await self._reply(work, sender, row.key, answer, files)
            for item in cards:
                await itemcards.send(work, f"reply:{row.key}:card{item.id}", item, sender)
            await itemcards.refresh(work)
            row.state, row.handled_at = "done", work.now
            row.sealed, row.words = None, redact(_words_of(prepared.incoming))
        self._wake_delivery()

    async def give_up(self, row_id: int, reason: str) -> None:
        """Parks a message that failed every time: the office sees it, the sender gets one apology."""
        async with self._store.write() as session:
            row = await session.get(Inbox, row_id, with_for_update=True)
            if row is None or row.state != "new":
                return
            row.state, row.error, row.attempts = "parked", reason, row.attempts + 1
            work = Work(session, self._clock.now(), self._policy)
            await self._reply(work, row.sender, row.key, answers.APOLOGY, [])
        self._wake_delivery()

    async def _in_order(self, session: AsyncSession, sender: str) -> None:
        """Between processes, too, one message of a person after the other."""
        if not self._store.is_sqlite:
            await session.execute(select(func.pg_advisory_xact_lock(ONE_PERSON, func.hashtext(people.key_of(sender)))))

    # -- before the transaction

    async def _prepare(self, row_id: int) -> Prepared | None:
        async with self._store.read() as session:
            row = await session.get(Inbox, row_id)
            if row is None or row.state != "new" or row.sealed is None:
                return None
            try:
                incoming = parse(self._crypto.open_sealed(row.sealed))
            except CallbackError as error:
                # Only possible when the secrets were changed while it waited.
                raise LookupError("打不开这条消息：回调密钥可能已更换") from error
            member = await people.member(session, row.sender)
            directory = await people.directory(session)
            text = _text_of(incoming)
            findings = scan(text) if text else ()
            if findings:
                return Prepared(incoming, member, directory, None, secret=describe(findings))
            names, now = self._names(directory), self._clock.now()
            said = parse_command(text, names, local_day(now)) if text and member else None
            reading = None
            if member and isinstance(said, NotUnderstood) and len(text) <= LONGEST:
                speaker = await speaker_of(session, member, directory, now, self._policy.context_minutes)
                reading = understand(text, names, local_day(now), speaker)
        return await self._fetch(Prepared(incoming, member, directory, said, reading=reading), row.key)

    async def _fetch(self, prepared: Prepared, key: str) -> Prepared:
        """Downloads a file somebody sent; makes the ledger somebody asked for."""
        incoming, member, said = prepared.incoming, prepared.member, prepared.said
        if member is None:
            return prepared
        if incoming.kind in ("file", "image") and incoming.media_id:
            proof, problem = await keep_file(self._client, self._data_dir, incoming, key)
            prepared = replace(prepared, proof=proof, proof_problem=problem)
            if proof is None or incoming.kind != "file" or not may(member, Right.IMPORT):
                return prepared
            read = await self._read_notice(prepared, key, proof.stored_as or "", proof.name)
            return replace(prepared, read=read)
        if isinstance(said, Command) and said.verb is Verb.IMPORT and may(member, Right.IMPORT):
            return replace(prepared, read=await self._read_last(prepared, said, key))
        said = prepared.reading.look if prepared.reading else said
        if isinstance(said, Command) and said.verb is Verb.LEDGER and may(member, Right.SEE_COUNTY):
            wanted = _units_of(said, prepared.directory)
            ledger = await make_ledger(self._store, self._policy, self._clock.now(), self._data_dir, key, wanted)
            return replace(prepared, ledger=ledger)
        return prepared

    async def _read_last(self, prepared: Prepared, said: Command, key: str) -> Read | None:
        """导入: the file this person sent last, read once more, for the year they may have named."""
        async with self._store.read() as session:
            work = Work(session, self._clock.now(), self._policy)
            last = await conversation.last_file(work, people.key_of(prepared.incoming.sender))
        if last is None:
            return None
        year = int(said.text) if said.text else None
        return await self._read_notice(prepared, key, last["path"], last["name"], year)

    async def _read_notice(self, prepared: Prepared, key: str, path: str, name: str, year: int | None = None) -> Read:
        """Whoever waits for a large file is told so."""
        directory, sender = prepared.directory, prepared.incoming.sender
        reading = asyncio.ensure_future(read_file(self._data_dir, path, name, directory, key, year))
        done, _ = await asyncio.wait({reading}, timeout=SLOW)
        if not done:
            async with self._store.write() as session:
                work = Work(session, self._clock.now(), self._policy)
                payload = {"text": imports.READING.format(name=name), "userid": sender}
                to = people.key_of(sender)
                await work.send(f"reply:{key}:reading", Lane.REPLY, "text", to, payload, "回复您刚才的消息")
            self._wake_delivery()
        return await reading

    def _names(self, directory: Directory) -> Names:
        if self._known is None or self._known[0] != directory:
            self._known = (directory, Names.of(directory))
        return self._known[1]

    # -- inside it

    async def _answer(self, work: Work, prepared: Prepared) -> tuple[str, list[File], list[ItemRow]]:
        incoming, member = prepared.incoming, prepared.member
        if member is None:
            speaks = incoming.kind != "event" or incoming.event in ("click", "template_card_event")
            return (answers.STRANGER if speaks else ""), [], []
        await _reachable_again(work, member)
        if prepared.secret:
            return answers.PERSONAL.format(what=prepared.secret), [], []
        names = self._names(prepared.directory)
        ctx = Ctx(work, member, prepared.directory, names, prepared.proof, prepared.ledger, prepared.read)
        try:
            async with work.session.begin_nested():  # a refusal halfway leaves nothing behind
                return await self._speak(ctx, prepared), ctx.files, ctx.cards
        except Refused as refusal:
            return refusal.text, [], []
        except UnknownYear as error:
            # Nothing that needs the calendar can be done honestly; the operator sees it in /readyz and doctor.
            return answers.NO_CALENDAR.format(year=error.year), [], []

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
                raise Refused(prepared.proof_problem or "没有收到文件，请再发一次。")
            if may(ctx.member, Right.BROADCAST):
                return await importing.file_sent(ctx, prepared.proof, prepared.read)
            return await reporting.submit_asked(ctx, (prepared.proof,))
        text = _text_of(incoming)
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

    async def _reply(self, work: Work, userid: str, key: str, answer: str, files: list[File]) -> None:
        parts = fit(answer, ANSWER_BYTES)
        if len(parts) > PARTS:
            parts = (*parts[: PARTS - 1], parts[PARTS - 1][:600] + "……（太长，后面的请看台账）")
        for number, part in enumerate(parts):
            payload = {"text": part, "userid": userid}
            await work.send(
                f"reply:{key}:{number}", Lane.REPLY, "text", people.key_of(userid), payload, "回复您刚才的消息"
            )
        for number, file in enumerate(files):
            payload = {"path": file.path, "name": file.name}
            await work.send(
                f"reply:{key}:file{number}", Lane.REPLY, "file", people.key_of(userid), payload, "您要的文件"
            )


def _units_of(said: Command, directory: Directory) -> list[UnitName]:
    """The units a command names, in the directory's order; none where it means the whole county."""
    names = {*said.units}
    ids = {unit for group in directory.groups if group.name in said.groups for unit in group.unit_ids}
    named = [unit for unit in directory.units if unit.name in names or unit.id in ids]
    return [unit for unit in named if unit.name not in said.excluded_units]


def _text_of(incoming: Incoming) -> str:
    """What the person said: their words, a menu entry's key, a shared link. Nothing of it goes on as markup."""
    if incoming.kind == "event":
        return incoming.event_key if incoming.event == "click" else ""
    return without_markup(incoming.link_url if incoming.kind == "link" else incoming.text)


def _words_of(incoming: Incoming) -> str:
    if incoming.kind == "event":
        return f"［{incoming.event}］{incoming.event_key}"
    if incoming.kind in ("file", "image"):
        return f"［{incoming.kind}］{incoming.file_name}"
    return _text_of(incoming)


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
