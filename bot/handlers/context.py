"""What a handler knows: who speaks, the transaction, the directory, and a polite way to refuse."""

from dataclasses import dataclass, field

from bot.dialogue.names import Names
from bot.domain.calendar import WorkCalendar
from bot.domain.people import Member
from bot.domain.responsibility import Directory
from bot.handlers.reading import Read
from bot.services.choices import Question
from bot.services.report import Proof
from bot.services.work import Work
from bot.store.items import ItemRow


class Refused(Exception):  # it is an answer, not an error
    """Nothing was changed; the text says why and what would work."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True)
class File:
    """A file to send to the person, stored under DUBAN_DATA_DIR."""

    path: str
    name: str


@dataclass(frozen=True)
class Made:
    """What was made for this message before its transaction: a file, or words. `hash`: of a report's paper."""

    file: File | None = None
    words: str = ""
    hash: str = ""


@dataclass
class Ctx:
    """One message being handled."""

    work: Work
    member: Member
    directory: Directory
    names: Names
    proof: Proof | None = None  # the file this message is
    made: Made | None = None  # the file made for this message
    read: Read | None = None  # what a file of the office's turned out to be
    page: int = 1  # of a list: 下一页 asks for a later one
    cards: list[ItemRow] = field(default_factory=list)  # items to be shown as a card behind the answer
    question: Question | None = None  # which of these? with its candidates as a card
    unfinished: bool = False  # the message goes on in another transaction
    files: list[File] = field(default_factory=list)  # to be sent after the answer

    @property
    def key(self) -> str:
        """The account in lower case."""
        return self.member.userid.lower()

    @property
    def calendar(self) -> WorkCalendar:
        return self.work.calendar

    def unit_id(self, name: str) -> int:
        """The id of an official unit name."""
        return next(unit.id for unit in self.directory.units if unit.name == name)

    def unit_name(self, unit_id: int) -> str:
        return next(unit.name for unit in self.directory.units if unit.id == unit_id)

    def group_ids(self, name: str) -> tuple[int, ...]:
        return next(group.unit_ids for group in self.directory.groups if group.name == name)

    def unit_names(self, ids: frozenset[int]) -> str:
        return "、".join(unit.name for unit in self.directory.units if unit.id in ids)

    @property
    def own_unit(self) -> str:
        """How to call the side this person speaks for."""
        return self.unit_names(self.member.acts_for | self.member.reviews_for) or "您"
