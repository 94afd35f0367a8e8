"""What is read and made before a message's transaction, which must not be open while a file is fetched or written."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.clock import Clock
from bot.dialogue.commands import parse as parse_command
from bot.dialogue.free import Reading, understand
from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.names import Names
from bot.dialogue.verbs import Verb
from bot.domain.calendar import local_day
from bot.domain.people import Member
from bot.domain.permissions import Right, may
from bot.domain.policy import Policy
from bot.domain.responsibility import Directory, UnitName
from bot.evidence.findings import named
from bot.evidence.scan import kinds_of, scan
from bot.handlers.context import Made
from bot.handlers.making import MAKERS, Job
from bot.handlers.reading import SLOW, Read, read_file
from bot.handlers.speaking import speaker_of
from bot.handlers.uploads import keep_file
from bot.services import conversation, overrules
from bot.services.overrules import Marks, Withheld
from bot.services.report import Proof
from bot.services.work import Lane, Work
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import Inbox
from bot.texts import answers, imports
from bot.texts.words import without_markup
from bot.wecom.client import WecomClient
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import CallbackError
from bot.wecom.messages import Incoming, parse

LONGEST = 2000  # characters of one message


@dataclass(frozen=True)
class Prepared:
    """Who said what, how it is understood, and what came or was made with it."""

    key: str  # of the inbox row
    incoming: Incoming
    member: Member | None
    directory: Directory
    said: Command | NotUnderstood | None
    held: Withheld | None = None  # words or a file that may hold personal data: not handled
    proof: Proof | None = None
    problem: str = ""  # why there is no proof, or why it is held
    made: Made | None = None
    read: Read | None = None
    reading: Reading | None = None  # of words that are no command


class Preparer:
    def __init__(
        self,
        store: Store,
        crypto: CallbackCrypto,
        client: WecomClient,
        clock: Clock,
        policy: Policy,
        data_dir: Path,
        marks: Marks,
        wake_delivery: Callable[[], None],
    ) -> None:
        self._store = store
        self._crypto = crypto
        self._client = client
        self._clock = clock
        self._policy = policy
        self._data_dir = data_dir
        self._marks = marks
        self._wake_delivery = wake_delivery
        self._known: tuple[Directory, Names, Names] | None = None

    async def read(self, row_id: int) -> Prepared | None:
        """None for a row that is handled already. Raises LookupError where it cannot be opened."""
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
            text = text_of(incoming)
            names, now = self.names(directory), self._clock.now()
            kinds = kinds_of(scan(text)) if text else ()
            if kinds:
                held = Withheld(kinds, "消息", self._marks.of_words(row.sender, text))
                if held.final or not await overrules.is_overruled(session, held.mark, now, self._policy):
                    refusal = answers.PERSONAL.format(what=named(kinds))
                    return Prepared(row.key, incoming, member, directory, None, held, problem=refusal)
            exact = names if member and (member.reviews_for or member.is_office) else self.names(directory, full=True)
            said = parse_command(text, exact, local_day(now)) if text and member else None
            reading = None
            if member and isinstance(said, NotUnderstood) and len(text) <= LONGEST:
                speaker = await speaker_of(session, member, directory, now, self._policy.context_minutes)
                reading = understand(text, names, local_day(now), speaker)
        return Prepared(row.key, incoming, member, directory, said, reading=reading)

    async def fetch(self, prepared: Prepared) -> Prepared:
        """Downloads a file somebody sent; makes the file somebody asked for."""
        incoming, member, said = prepared.incoming, prepared.member, prepared.said
        if member is None:
            return prepared
        if incoming.kind in ("file", "image") and incoming.media_id:
            kept = await keep_file(self._client, self._data_dir, incoming, prepared.key, self._marks, self._overruled)
            prepared = replace(prepared, held=kept.held, proof=kept.proof, problem=kept.problem)
            if kept.proof is None or incoming.kind != "file" or not may(member, Right.IMPORT):
                return prepared
            return replace(
                prepared, read=await self._read_notice(prepared, kept.proof.stored_as or "", kept.proof.name)
            )
        if isinstance(said, Command) and said.verb is Verb.IMPORT and may(member, Right.IMPORT):
            return replace(prepared, read=await self._read_last(prepared, said))
        said = prepared.reading.look if prepared.reading else said
        if isinstance(said, Command) and said.verb in MAKERS:
            wanted = _units_of(said, prepared.directory)
            job = Job(self._store, self._policy, self._clock.now(), self._data_dir, prepared.key, member, wanted)
            return replace(prepared, made=await MAKERS[said.verb](job))
        return prepared

    async def _read_last(self, prepared: Prepared, said: Command) -> Read | None:
        """导入: the file this person sent last, read once more, for the year they may have named."""
        async with self._store.read() as session:
            work = Work(session, self._clock.now(), self._policy)
            last = await conversation.last_file(work, people.key_of(prepared.incoming.sender))
        if last is None:
            return None
        year = said.targets[0].number if said.targets else None
        return await self._read_notice(prepared, last["path"], last["name"], year)

    async def _read_notice(self, prepared: Prepared, path: str, name: str, year: int | None = None) -> Read:
        """Whoever waits for a large file is told so."""
        key, directory, sender = prepared.key, prepared.directory, prepared.incoming.sender
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

    async def _overruled(self, mark: str) -> bool:
        async with self._store.read() as session:
            return await overrules.is_overruled(session, mark, self._clock.now(), self._policy)

    def names(self, directory: Directory, full: bool = False) -> Names:
        """`full`: without towns' short names. Beside a contact's command these are mostly part of their words."""
        if self._known is None or self._known[0] != directory:
            self._known = (directory, Names.of(directory, stems=True), Names.of(directory))
        return self._known[2] if full else self._known[1]


def _units_of(said: Command, directory: Directory) -> list[UnitName]:
    """The units a command names, in the directory's order; none where it means the whole county."""
    names = {*said.units}
    ids = {unit for group in directory.groups if group.name in said.groups for unit in group.unit_ids}
    named = [unit for unit in directory.units if unit.name in names or unit.id in ids]
    return [unit for unit in named if unit.name not in said.excluded_units]


def text_of(incoming: Incoming) -> str:
    """What the person said: their words, a menu entry's key, a shared link. Nothing of it goes on as markup."""
    if incoming.kind == "event":
        return incoming.event_key if incoming.event == "click" else ""
    return without_markup(incoming.link_url if incoming.kind == "link" else incoming.text)
