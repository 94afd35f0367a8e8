"""A message that begins with a verb (DESIGN §6, "Chat"): the only certain way to change something (rule 9)."""

import re
from dataclasses import replace
from datetime import date

from bot.dialogue.audience import notice, speaks_to
from bot.dialogue.dates import Day, day_at, vague_day_at
from bot.dialogue.doubts import doubts_in, ends_as_question
from bot.dialogue.intents import Command, Kind, NotUnderstood, Problem, Trouble
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded
from bot.dialogue.pairs import pairs
from bot.dialogue.reader import POLITE, Reader
from bot.dialogue.verbs import VERBS, Doubt, Units, Verb, VerbInfo, spoken

_AFTER_VERB = re.compile(r"[\s,、;:。.!?~(]|第? ?\d|https?:|www\.|除|全部|所有|$")
_LITTLE_WORDS = re.compile(r"(?:了|一下|下)?(?:任务|事项)?")
_UNTIL = re.compile(r"[至到] ?\d")
_EXCEPTED = re.compile(r"除外|[以之]外")
_OTHERS = re.compile(r".{0,12}?[以之]外")
_CLAUSE = re.compile(r"的|[之以]?[前后]|时|期间|情况")
_AFTERWARDS = re.compile(r"的|[之以]?后(?!续)|时候")
_ASKED = re.compile(r"是?(?:什么|怎么|为什么|为何|谁|哪|啥|多久|多少|几)")
_ITEM_VERBS = "|".join(word for info in VERBS if info.number for word in info.words)
_ANOTHER_ACT = re.compile(rf"(?:^|[\s,、;:。!])(?:{_ITEM_VERBS})(?:了|一下)? ?第?\d")
# 发个通知给各乡镇：…; whom it is for must be plain, and the preview shows it.
_ASKED_NOTICE = re.compile(
    r"(?:请|麻烦|帮我?)?(?:[给向](?=[^,。;:\n]{2,40}?发(?:一?[个条])?通知)"
    r"|[发下拟](?:一?[个条份]|一下|布)?通知 ?(?:给|到|[: ,])|通知(?:一下|一声|给|到)) ?(?=[^\s,。:;])"
)
_ONLY_ALONE = frozenset({Verb.CONFIRM, Verb.ABORT, Verb.WHY, Verb.QUESTIONS, Verb.HAND_OUT})
# 报告 and 报送 begin many a message: with anything but units beside them they are no command.
_UNITS_ONLY = frozenset({Verb.REPORT, Verb.HAND_IN, Verb.TAKE_BACK, Verb.HANDED_IN, Verb.MATERIAL})
_NUMBERED = re.compile(r"[\s:]*第? ?\d{1,3}(?!\d|[-/年月])")
_NUMBER_BEFORE = re.compile(r"(?:^|[\s,、;:。])\d{1,3}(?:-\d)?[\s号:,、]*$")
_EDGES = " \t\n,，、;；:：。.!！~"


def exact(folded: Folded, names: Names, today: date) -> Command | NotUnderstood | None:
    """The command that the leading verb makes, why it makes none, or None where no verb leads."""
    if asked := _ASKED_NOTICE.match(folded.plain):
        return notice(folded, asked.end(), names)
    led = _leading_verb(folded.plain, names)
    if led is None:
        return None
    info, place = led
    if info.verb is Verb.NOTICE:
        return notice(folded, place, names)
    if info.verb is Verb.ANSWER:  # 答 3 …: what follows is one line for each question, read when they are known
        if not _NUMBERED.match(folded.plain, place):
            return None
        asks = ends_as_question(folded.plain[place:])
        return NotUnderstood(Kind.QUESTION, info.verb) if asks else Command(Verb.ANSWER, text=folded.said(place))
    if info.verb is Verb.SUBMIT and (command := pairs(folded, place)):
        return command
    reader = Reader(folded, names, today, info)
    reader.read(place)
    words = folded.plain[reader.rest :]
    if info.verb in _ONLY_ALONE:
        alone = reader.bare() and _says_nothing(words.replace("?", "") if not info.changes else words)
        return Command(info.verb) if alone else None
    if info.verb in _UNITS_ONLY:
        more = reader.links or reader.names_items() or reader.excluded_units or not _says_nothing(words)
        return None if more else reader.command("")
    if info.changes and (kind := _why_not(reader, words)):
        return reader.refusal(kind)
    command = reader.command(_free_words(reader))
    return _dated(command, reader) if info.dated else command


def _leading_verb(plain: str, names: Names) -> tuple[VerbInfo, int] | None:
    """The verb the text begins with and where it ends. A word that goes on (完成情况, 通知书) is no verb."""
    for word, info in spoken():
        if plain.startswith(word):
            little = None if info.verb in _ONLY_ALONE else _LITTLE_WORDS.match(plain, len(word))
            for end in (little.end() if little else len(word), len(word)):
                if _verb_ends(plain, end, info, names):
                    return info, end
    return None


def _verb_ends(plain: str, place: int, info: VerbInfo, names: Names) -> bool:
    if _AFTER_VERB.match(plain, place) or (info.dated and _UNTIL.match(plain, place)):
        return True
    if info.verb is Verb.NOTICE:
        return speaks_to(plain, place, names)
    return info.units is not Units.NONE and names.at(plain, place) is not None


def _why_not(reader: Reader, words: str) -> Kind | None:
    """The reason for which these words must not change anything, or None."""
    if reader.trouble:
        return reader.trouble
    if len(reader.targets) > 1 and len(reader.urls) > 1 and reader.info.verb is Verb.SUBMIT:
        return Kind.SEVERAL  # which link proves which item was not said
    if len(reader.urls) > 1 and reader.info.verb is Verb.SUBMIT and _numbered_later(reader):
        return Kind.SEVERAL
    said = _without_links(reader, words)
    if _ANOTHER_ACT.search(said):
        return Kind.SEVERAL
    if ends_as_question(said):
        return Kind.QUESTION
    if _EXCEPTED.match(said) or (reader.info.units is Units.NAMED and _OTHERS.match(said)):
        return Kind.NEGATION  # 新民镇以外 names a unit and means the others
    if reader.info.verb is not Verb.PROGRESS and (kind := _speaks_of(reader, said)):
        return kind
    doubt = None if reader.info.free else doubts_in(said, reader.info.doubts | {Doubt.QUESTION})
    if doubt:
        return Kind(doubt.value)
    if reader.names_items() or reader.info.alone or (reader.bare() and _says_nothing(said)):
        return None
    return Kind.NO_TARGET


def _numbered_later(reader: Reader) -> bool:
    """Does a number stand right before a link among the words (完成 34 链接 已公开 35 链接)?"""
    starts = (link.start for link in reader.links if link.start > reader.rest)
    return any(_NUMBER_BEFORE.search(reader.plain, reader.rest, start) for start in starts)


def _speaks_of(reader: Reader, said: str) -> Kind | None:
    """Do the words speak about the act instead of doing it (完成 34号后…, 退回 12 是什么原因)?"""
    if _ASKED.match(said):
        return Kind.QUESTION
    glued = not re.match(r"[\s,、;:。.!~]", reader.plain[reader.rest - 1])
    clause = (glued and _CLAUSE.match(said)) or (not reader.units and _AFTERWARDS.match(said))
    return Kind.CONDITION if clause else None


def _without_links(reader: Reader, words: str) -> str:
    """The free words with links blanked: what an address spells is not said."""
    for link in reader.links:
        if link.start >= reader.rest:
            start, end = link.start - reader.rest, link.end - reader.rest
            words = f"{words[:start]}{' ' * (end - start)}{words[end:]}"
    return words


def _says_nothing(words: str) -> bool:
    return POLITE.fullmatch(words) is not None


def _free_words(reader: Reader) -> str:
    """What the person wrote after the rest, as written; without links where they stand apart (完成)."""
    if reader.info.verb is not Verb.SUBMIT:
        said = reader.plain[reader.rest :]
        return "" if _says_nothing(said.rstrip("? ")) else reader.folded.said(reader.rest)
    pieces: list[str] = []
    place = reader.rest
    for start, end in [*((link.start, link.end) for link in reader.links), (len(reader.plain), len(reader.plain))]:
        if start >= place:
            if not _says_nothing(reader.plain[place:start]):
                pieces.append(reader.folded.said(place, start).strip(_EDGES))
            place = end
    return " ".join(pieces)


def _dated(command: Command, reader: Reader) -> Command:
    """Adds the day, or the problem that keeps it from being read."""
    day, words = reader.day, reader.day_words
    if day is None:
        found = _day_in_words(reader)
        if found is None:
            start = reader.rest + (reader.plain[reader.rest : reader.rest + 1] in ("至", "到"))
            vague = vague_day_at(reader.plain, start)
            missing = Problem(Trouble.BAD_DATE, reader.folded.said(start, vague)) if vague else None
            return replace(command, problem=missing or Problem(Trouble.NO_DATE))
        day, words = found
    if day.value is None:
        return replace(command, problem=Problem(Trouble.BAD_DATE, words))
    if command.verb is Verb.START and not day.has_year:
        # A trigger mostly lies in the past, where a day without a year would never be looked for.
        return replace(command, problem=Problem(Trouble.NO_YEAR, words))
    return replace(command, when=day.value)


def _day_in_words(reader: Reader) -> tuple[Day, str] | None:
    """A day after the reason: the last words, or after 至. Only if it is the one such day."""
    found: list[tuple[Day, str]] = []
    plain = reader.plain
    for start in re.finditer(r"(?<![\d./年月-])\d", plain[reader.rest :]):
        place = reader.rest + start.start()
        day = day_at(plain, place, reader.today)
        if day and (plain[place - 1] in "至到" or _says_nothing(plain[day.end :])):
            found.append((day, reader.folded.said(place, day.end)))
    return found[0] if len(found) == 1 else None
