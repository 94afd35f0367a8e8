"""What a table or a text gives for one row of the list, before its words are understood."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to ask about a row. `about` and `candidates` as in `Question`; `text` without the row's number."""

    about: str
    written: str
    text: str
    candidates: tuple[str, ...] = ()


@dataclass(slots=True)
class RawRow:
    """The cells of one row. Cells of units, of deadlines and of paths are None where the list has no such column."""

    part: str = ""
    aspect: str = ""
    item: str = ""
    measures: str = ""
    paths: str | None = None
    lead: str | None = None
    responsible: str | None = None
    support: str | None = None
    deadline: str | None = None
    deadline_word: str = ""  # what the list calls its deadlines
    note: str = ""
    first_leads: bool = False  # the heading says that the first unit named is the lead
    wrapped: bool = False
    candidates: tuple[str, ...] = ()  # units that stand in the row, one does not know in which column
    doubts: list[Doubt] = field(default_factory=list)
