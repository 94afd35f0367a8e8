"""A draft with the office's answers put in: the rows as they are to be stored, and what is still open. Pure.

An answer is kept as one text under its question's key: names joined by 、, an ISO date, words; SKIPPED leaves the
question open for good. Nothing is handed out while it is open what a row is or when it is due; while it is only open
who does it or who checks it, whoever is known gets it (DESIGN §3, rule 1).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto
from hashlib import sha256

from bot.domain.county import NodeData, TaskData, TaskListData
from bot.domain.draft import DraftNode, DraftRow, ListDraft, Question
from bot.domain.responsibility import Directory, GroupName, UnitName, expand, suggest, tidy

SKIPPED = ""
NEW_UNIT = "new_unit"  # what a question about a name that is in no directory is about
IS_NEW = "新单位"  # its answer where the unit is to be created
NO_DATE = "无"  # the answer to a question about a deadline: the row states none
LEADS = "——"  # the answer to a question about who does it: the lead units themselves
WHO = frozenset({"lead", "responsible"})
HOLDS = {"deadline": "时限", "item": "事项名称", "measures": "举措"}  # what keeps a row from being handed out
YEAR_ONLY = "year"  # with another year than it was read by, the document has to be read again

LONGEST = {"item": 120, "measures": 1000}  # characters of an answer

Answers = Mapping[str, str]


class Trouble(Enum):
    """Why words are no answer."""

    EMPTY = auto()
    NO_CANDIDATE = auto()  # the number of a candidate there is not
    ONE_ONLY = auto()  # several candidates where one is asked for
    UNKNOWN_UNIT = auto()
    NO_DAY = auto()
    NO_YEAR = auto()
    TOO_LONG = auto()


@dataclass(frozen=True)
class Unclear:
    """`words`: the part in question as written."""

    trouble: Trouble
    words: str = ""


@dataclass(frozen=True)
class Settled:
    """`held`: row number -> what of it is open and keeps it back, in Chinese. `asked`: row number -> fields in doubt.
    `units`: names the office confirmed as new units."""

    draft: ListDraft
    open: tuple[Question, ...]
    held: Mapping[int, str]
    asked: Mapping[int, frozenset[str]]
    units: tuple[str, ...]

    @property
    def report_date(self) -> date:
        """Where the notice names none it is the last day of its year (decision 24)."""
        return self.draft.report_date or date(self.draft.year, 12, 31)


def with_unit_questions(draft: ListDraft, directory: Directory) -> ListDraft:
    """The draft with one question for each new name, wherever it stands: nobody is put into the directory unasked.

    What the reader asked about the same name, row by row, is the same question.
    """
    names = {tidy(name): name for name in draft.new_units}
    rows: dict[str, list[str]] = {name: [] for name in names}
    likely: dict[str, list[str]] = {name: [] for name in names}
    others = []
    for question in draft.questions:
        name = tidy(question.written)
        if question.about in WHO and name in names:
            likely[name] += question.candidates
        else:
            others.append(question)
    for row in draft.rows:
        for name in dict.fromkeys(map(tidy, (*row.lead, *row.responsible))):
            rows.get(name, []).append(str(row.number))
    asked = tuple(
        Question(
            key=f"unit:{name}",
            row=None,
            about=NEW_UNIT,
            written=written,
            text=f"第 {'、'.join(rows[name])} 行的“{written}”不在单位名录里，是名录里的哪个单位，还是新单位？",
            candidates=tuple(dict.fromkeys((*likely[name], *suggest(written, directory), IS_NEW))),
        )
        for name, written in names.items()
    )
    return replace(draft, questions=(*others, *asked))


def settle(draft: ListDraft, answers: Answers) -> Settled:
    """Puts the answers in. An answer to a question this draft does not have is passed over."""
    rows = {row.number: row for row in draft.rows}
    still: list[Question] = []
    units: list[str] = []
    for question in draft.questions:
        answer = answers.get(question.key, SKIPPED)
        if question.about == YEAR_ONLY:
            still += [question] if answer != str(draft.year) else []
        elif answer == SKIPPED:
            still.append(question)
        elif question.about == NEW_UNIT:
            units += [question.written] if answer == IS_NEW else []
            if answer != IS_NEW:
                rows = {number: _renamed(row, question.written, answer) for number, row in rows.items()}
        elif answer == IS_NEW and question.about in WHO:
            units.append(question.written)
        elif question.about == "issue_date":
            draft = replace(draft, issue_date=date.fromisoformat(answer))
        elif question.row in rows:
            rows[question.row] = _answered(rows[question.row], question, answer)
    asked: dict[int, set[str]] = defaultdict(set)
    for question in still:
        if question.row is not None:
            asked[question.row].add(question.about)
    held = {
        number: "、".join(label for about, label in HOLDS.items() if about in abouts)
        for number, abouts in asked.items()
        if abouts & HOLDS.keys()
    }
    return Settled(
        replace(draft, rows=tuple(rows[row.number] for row in draft.rows)),
        tuple(still),
        held,
        {number: frozenset(abouts) for number, abouts in asked.items()},
        tuple(units),
    )


def carried_over(before: ListDraft, answers: Answers, draft: ListDraft) -> dict[str, str]:
    """What was answered for an earlier reading of the same notice, under the keys of this one.

    Rows may have been numbered anew: an answer only goes to a question about the same words of the same row.
    """
    said: dict[object, list[str]] = defaultdict(list)
    for question in before.questions:
        if question.key in answers:
            said[_likeness(question, before)].append(answers[question.key])
    found = {}
    for question in draft.questions:
        if waiting := said.get(_likeness(question, draft)):
            found[question.key] = waiting.pop(0)
    return found


def _likeness(question: Question, draft: ListDraft) -> object:
    row = next((row for row in draft.rows if row.number == question.row), None)
    about = (tidy(row.item), "".join(map(tidy, row.measures))) if row else ()
    return question.about, tidy(question.written), about


def _answered(row: DraftRow, question: Question, answer: str) -> DraftRow:
    if question.about in WHO:
        there = row.lead if question.about == "lead" else row.responsible
        names = _instead(there, question.written, tuple(answer.split("、")))
        return replace(row, lead=names) if question.about == "lead" else replace(row, responsible=names)
    if question.about == "deadline":
        if answer == NO_DATE:
            return row
        node = DraftNode(question.written or "办结", date.fromisoformat(answer))
        return replace(row, nodes=tuple(sorted({*row.nodes, node}, key=lambda one: (one.due, one.title))))
    if question.about == "item":
        return replace(row, item=answer)
    return replace(row, measures=(*row.measures, answer))


def _instead(there: tuple[str, ...], written: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """The names with the doubtful one replaced, or with the answer behind them where it stands nowhere."""
    place = next((at for at, name in enumerate(there) if written and tidy(name) == tidy(written)), None)
    kept = there if place is None else (*there[:place], *named, *there[place + 1 :])
    return tuple(dict.fromkeys(kept if place is not None else (*kept, *named)))


def _renamed(row: DraftRow, written: str, name: str) -> DraftRow:
    def named(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name if tidy(one) == tidy(written) else one for one in names))

    return replace(row, lead=named(row.lead), responsible=named(row.responsible))


def with_units(directory: Directory, names: tuple[str, ...]) -> Directory:
    """The directory as it will be once these units are in it; their ids are below zero until then."""
    known = {tidy(unit.name) for unit in directory.units}
    new = tuple(UnitName(-at, name) for at, name in enumerate(names, 1) if tidy(name) not in known)
    return replace(directory, units=(*directory.units, *new)) if new else directory


@dataclass(frozen=True)
class Reach:
    """What storing these rows would hand out: items, units, and how many rows wait for somebody's answer."""

    items: int
    units: int
    waiting: int


def reach(settled: Settled, directory: Directory) -> Reach:
    there = with_units(directory, settled.units)
    units: set[int] = set()
    items = waiting = 0
    for row in settled.draft.rows:
        leads = expand(expression(row.lead), there, ()).units
        found = expand(expression(row.responsible), there, leads)
        waiting += bool(found.unknown) or row.number in settled.held
        if row.number not in settled.held:
            units.update(found.units)
            items += len(found.units) * max(1, len(row.nodes))
    return Reach(items, len(units), waiting)


def expression(names: tuple[str, ...]) -> str:
    return "、".join(names)


def list_key(draft: ListDraft) -> str:
    """The same for the same notice, whatever file it stands in."""
    said = "|".join([tidy(draft.title), tidy(draft.doc_no or ""), str(draft.issue_date or draft.year)])
    return f"notice-{sha256(said.encode()).hexdigest()[:24]}"


def task_list(settled: Settled, first: int) -> TaskListData:
    """The list as it is loaded; its rows are numbered on from `first`."""
    draft = settled.draft
    return TaskListData(
        key=list_key(draft),
        title=draft.title,
        doc_no=draft.doc_no,
        year=draft.year,
        issue_date=draft.issue_date,
        report_date=settled.report_date,
        tasks=tuple(task(row, settled, first + at) for at, row in enumerate(draft.rows)),
    )


def task(row: DraftRow, settled: Settled, number: int) -> TaskData:
    return TaskData(
        number=number,
        part=row.part,
        aspect=row.aspect,
        item=row.item or "（原件没有写事项名称）",
        measures=row.measures,
        paths=row.paths,
        mentioned_paths=row.mentioned_paths,
        lead=expression(row.lead),
        responsible=expression(row.responsible),
        nodes=nodes(row, settled.report_date),
        recurrence=row.recurrence,
        deadline_text=row.deadline_text,
        note=row.note,
    )


def nodes(row: DraftRow, report_date: date) -> tuple[NodeData, ...]:
    """The deadlines of a row; the report date where it states none (rule 3), until 起算 where an event starts it."""
    said = row.recurrence or ""
    trigger = said.removeprefix("trigger:") if said.startswith("trigger:") else None
    dated = row.nodes or (DraftNode("按期报送", report_date),)
    return tuple(NodeData(seq, node.title, node.due, trigger) for seq, node in enumerate(dated, 1))


def groups_named(settled: Settled, directory: Directory) -> tuple[str, ...]:
    """The groups the rows are handed to, for whoever looks at a preview."""
    names = (name for row in settled.draft.rows for name in row.responsible)
    found = (directory.meanings.get(tidy(name)) for name in names)
    return tuple(dict.fromkeys(entry.name for entry in found if isinstance(entry, GroupName)))
