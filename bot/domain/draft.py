"""What was read from a notice's document, before anybody confirmed it: rows, and what has to be asked."""

from dataclasses import dataclass
from datetime import date

from bot.domain.county import PathData


@dataclass(frozen=True, slots=True)
class DraftNode:
    """One deadline read from a row; `title` says what is due where the row names several, else the list's own word."""

    title: str
    due: date


@dataclass(frozen=True, slots=True)
class DraftRow:
    """One row of the document, in its own words with brackets made full-width and blanks taken out.

    `number` counts from 1 in the document. `lead` and `responsible` are names and groups as written, empty where the
    cell is; a drawn line (`——`) is kept as written. `nodes` are in order of their dates and empty where the row states
    no date. `recurrence` is in the words of `import --json` (DESIGN §6) or None. `deadline_text` is the wording the
    dates come from, several joined by ；. `unresolved`: the responsible units are not known, wholly or partly.
    """

    number: int
    part: str
    aspect: str
    item: str
    measures: tuple[str, ...]
    paths: tuple[PathData, ...]
    mentioned_paths: tuple[PathData, ...]
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    nodes: tuple[DraftNode, ...]
    recurrence: str | None
    deadline_text: str
    unresolved: bool
    note: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something the document leaves open. `key` is the same at every reading of the same document.

    `row` is None where the whole document is meant. `about` is the field in doubt: `lead`, `responsible`, `deadline`,
    `item`, `measures`, `year`, `issue_date`. `written` is what stands in the document, `candidates` what an answer may
    be (unit or group names, ISO dates), most likely first, and may be empty; `text` is one Chinese sentence.
    """

    key: str
    row: int | None
    about: str
    written: str
    text: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListDraft:
    """A notice as far as it could be read. `errors` tell what could not be, and never stand for an invented cell."""

    title: str
    doc_no: str | None
    year: int
    issue_date: date | None
    report_date: date | None
    rows: tuple[DraftRow, ...]
    questions: tuple[Question, ...]
    new_units: tuple[str, ...]
    errors: tuple[str, ...]
