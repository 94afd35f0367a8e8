"""The near misses of a tired thumb (18号已完成, 签收一下 12): certain only when nothing but known pieces is said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from bot.dialogue.intents import Command, Kind, NotUnderstood
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded
from bot.dialogue.reader import POLITE, Reader
from bot.dialogue.verbs import Verb, VerbInfo, info_of


@dataclass(frozen=True)
class Form:
    """How a verb may be said besides its exact form. `weak`: only beside a link, or where a confirmation follows."""

    verb: Verb
    words: re.Pattern[str]
    weak: bool = False


FORMS = (
    Form(Verb.SUBMIT, re.compile(r"(?:已经?|均已)?完成了?")),
    Form(
        Verb.SUBMIT,
        re.compile(r"已经?(?:办结|上传|公开|发布|报送)了?|(?:办结|上传|公开|发布|报送|弄好|做好|办好|好)了"),
        weak=True,
    ),
    Form(Verb.SIGN, re.compile(r"(?:已经?)?签收(?:了|一下)?")),
    Form(Verb.APPROVE, re.compile(r"(?:已经?)?通过了?")),
)
_ALL = re.compile(r"全部|都|均|全")
_WE = re.compile(r"(?:我们?|本)(?:单位|镇|乡|街道|局|委|办)?的?|任务|事项|的(?![一-鿿])")
_DONE = re.compile(r"已|了$")
_DAYS = 31


class LooseReader(Reader):
    """Also reads the verb's forms and harmless words: `rest` at the end of the text means nothing else was said."""

    def __init__(self, folded: Folded, names: Names, today: date, info: VerbInfo) -> None:
        super().__init__(folded, names, today, info)
        self.said: list[tuple[Form, str]] = []

    def steps(self) -> tuple[tuple[str, Callable[[int], int | None]], ...]:
        return (*super().steps(), ("verb", self._verb), ("all", self._loose_all), ("polite", self._harmless))

    def ends(self, place: int) -> bool:
        return super().ends(place) or bool(self._form(place) or _ALL.match(self.plain, place))

    def _unknown_unit(self, place: int) -> int | None:
        """Words that are no known name are not certain (王娟：通过 12)."""
        return None

    def _form(self, place: int) -> tuple[Form, re.Match[str]] | None:
        matches = ((form, form.words.match(self.plain, place)) for form in FORMS if form.verb is self.info.verb)
        return next(((form, match) for form, match in matches if match), None)

    def _verb(self, place: int) -> int | None:
        found = self._form(place)
        if not found:
            return None
        self.said.append((found[0], found[1].group()))
        return found[1].end()

    def _loose_all(self, place: int) -> int | None:
        match = _ALL.match(self.plain, place)
        if match:
            self.everything = True
        return match.end() if match else None

    def _harmless(self, place: int) -> int | None:
        for words in (POLITE, _WE):
            match = words.match(self.plain, place)
            if match and match.end() > place:
                return match.end()
        return None


def loose(folded: Folded, names: Names, today: date) -> Command | NotUnderstood | None:
    """The command, or None where the message holds anything that is not certain."""
    for verb in (Verb.SUBMIT, Verb.SIGN, Verb.APPROVE):
        if any(form.words.search(folded.plain) for form in FORMS if form.verb is verb):
            command = _read(folded, names, today, info_of(verb))
            if command:
                return command
    return None


def link_or_number(folded: Folded, names: Names, today: date) -> Command | NotUnderstood | None:
    """A message of links, perhaps beside numbers: evidence. Of numbers alone: perhaps the answer to a question."""
    reader = LooseReader(folded, names, today, info_of(Verb.LINK))
    reader.read(0)
    if reader.rest < len(folded.plain) or reader.everything or reader.excluded:
        return None
    if reader.trouble or (len(reader.targets) > 1 and len(reader.urls) > 1):
        return reader.refusal(Kind.SEVERAL) if reader.links else None
    if reader.links:
        return reader.command("")
    return replace(reader.refusal(Kind.NUMBER), verb=None) if reader.targets else None


def _read(folded: Folded, names: Names, today: date, info: VerbInfo) -> Command | NotUnderstood | None:
    reader = LooseReader(folded, names, today, info)
    reader.read(0)
    if reader.rest < len(folded.plain) or reader.trouble or len(reader.said) != 1:
        return None
    if len(reader.targets) > 1 and len(reader.urls) > 1:
        return reader.refusal(Kind.SEVERAL)
    command = reader.command("")
    form, words = reader.said[0]
    if form.weak and not (command.many or command.links):
        return None
    if not reader.names_items() and not reader.bare():
        return None
    return reader.refusal(Kind.UNCLEAR_NUMBER) if _may_be_a_day(reader, words) else command


def _may_be_a_day(reader: LooseReader, words: str) -> bool:
    """18号完成 may tell of the 18th; 18号已完成 or a link beside it tells of the item."""
    if _DONE.search(words) or reader.links or not re.search(r"\d ?号", reader.plain):
        return False
    return any(target.number <= _DAYS for target in reader.targets)
