"""What a message turns out to be: a Command, or words that change nothing (DESIGN §3, rule 9)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.dialogue.dates import Span
from bot.dialogue.verbs import Verb
from bot.domain.people import Role


@dataclass(frozen=True, order=True)
class Target:
    """An item as the person numbered it: `12`, or `31-1` with its node."""

    number: int
    node: int | None = None

    def __str__(self) -> str:
        return str(self.number) if self.node is None else f"{self.number}-{self.node}"


class Trouble(StrEnum):
    """What is wrong with the date of a command that needs one."""

    NO_DATE = "no_date"
    BAD_DATE = "bad_date"  # a day that does not exist, or words such as 下周三
    NO_YEAR = "no_year"  # the day may lie in the past and its year was not said


@dataclass(frozen=True)
class Problem:
    """`words` is the part in question as written, empty where nothing was written."""

    trouble: Trouble
    words: str = ""


@dataclass(frozen=True)
class Audience:
    """One part of a notice's 对象. No unit, no group and not everyone: the role in the whole county. `owes`: the units
    that have not handed in this item."""

    unit: str | None = None
    group: str | None = None
    everyone: bool = False
    role: Role | None = None
    owes: Target | None = None


@dataclass(frozen=True)
class Command:
    """An explicit request. Who may do it and what the numbers stand for is not decided here.

    `units` and `groups` are official names, `unknown_units` as written. `all`: 全部 was said, or only exclusions; it
    means every unit where an item is named, else every item. `links` are addresses in order; `text` the free words as
    written, without the links where the verb is 完成. `words` is `text` with the units before it as written: for a
    contact, who acts for one unit only, a unit's name is part of what they say. `when` is None without a date or with
    a `problem`; `span` is how much more time than the deadline gives (延期三天). `each`: the links of every item, where
    each has its own. `audience`, `urgent` and `attached` (with the file sent before) belong to 通知. `raw` is the whole
    message, `cut` says that it was too long.
    """

    verb: Verb
    targets: tuple[Target, ...] = ()
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    unknown_units: tuple[str, ...] = ()
    all: bool = False
    ranged: bool = False
    excluded: tuple[Target, ...] = ()
    excluded_units: tuple[str, ...] = ()
    sure_only: bool = False  # 除存疑
    links: tuple[str, ...] = ()
    when: date | None = None
    span: Span | None = None
    problem: Problem | None = None
    audience: tuple[Audience, ...] = ()
    urgent: bool = False
    attached: bool = False
    each: tuple[tuple[Target, tuple[str, ...]], ...] = ()
    text: str = ""
    words: str = ""
    raw: str = ""
    cut: bool = False

    @property
    def many(self) -> bool:
        """Named by 全部, a group, a range or an exclusion: to be shown as a list and to wait for 确认 (DESIGN §6)."""
        return bool(self.all or self.ranged or self.groups or self.excluded or self.excluded_units or self.sure_only)

    @property
    def bare(self) -> bool:
        """Only the verb, perhaps with links: it belongs to the item last asked about (rule 11)."""
        return not (self.targets or self.many or self.units or self.unknown_units or self.text)


class Kind(StrEnum):
    """Why words are no command: what an answer can hold on to."""

    EMPTY = "empty"
    QUESTION = "question"
    NEGATION = "negation"
    CONDITION = "condition"
    PROMISE = "promise"
    QUOTE = "quote"  # somebody else's words
    SEVERAL = "several"  # more than one act, or links that cannot be told apart, in one message
    NO_TARGET = "no_target"  # a verb whose item is missing
    UNCLEAR_NUMBER = "unclear_number"  # a number that may be an item or part of the words (进展 12 20 家企业)
    NUMBER = "number"  # nothing but numbers: perhaps the answer to a question
    POLITE = "polite"  # thanks
    GREETING = "greeting"  # 您好, 在吗
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class NotUnderstood:
    """Nothing may change. `verb`, `targets`, `units` (official names) and `links` are what was recognised anyway."""

    kind: Kind
    verb: Verb | None = None
    targets: tuple[Target, ...] = ()
    units: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    raw: str = ""
    cut: bool = False
