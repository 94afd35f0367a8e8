"""What a county brings along: its directory of units, its groups and its task list, as read from data files."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class UnitData:
    """A unit of the directory. `confirmed` is False where only custom says that the county has such a unit."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    confirmed: bool
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupData:
    """A name that stands for several units, such as 各乡镇（街道）; `members` are unit names in directory order."""

    name: str
    aliases: tuple[str, ...]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathData:
    """Where something is to be published. `column` is empty for a channel without columns, such as 其他渠道."""

    site: str
    column: str


@dataclass(frozen=True, slots=True)
class NodeData:
    """One deadline. `due` is its last day; with a `trigger` (`+3m`) it stands until somebody starts the trigger."""

    seq: int
    title: str
    due: date
    trigger: str | None


@dataclass(frozen=True, slots=True)
class TaskData:
    """One row of the list, in the notice's own words.

    `measures` has one entry per numbered measure, its number kept (`1.…`), and one per unnumbered paragraph; line
    breaks inside an entry stand before the sub-items (1), (2), … `paths` come from a 公开路径 block and make evidence
    necessary, `mentioned_paths` are columns the measures only speak of (DESIGN §3, rule 10). `lead` and `responsible`
    are the expressions as written, the empty string where the cell is lost. `recurrence` is in the words of
    `import --json`. `deadline_text` is the notice's wording, several joined by ；, empty where the row has none of its
    own. `note` tells the office what was hard to read.
    """

    number: int
    part: str
    aspect: str
    item: str
    measures: tuple[str, ...]
    paths: tuple[PathData, ...]
    mentioned_paths: tuple[PathData, ...]
    lead: str
    responsible: str
    nodes: tuple[NodeData, ...]
    recurrence: str | None
    deadline_text: str
    note: str


@dataclass(frozen=True, slots=True)
class TaskListData:
    """One notice with its list. Rows that state no date are due on `report_date` (DESIGN §3, rule 3)."""

    key: str
    title: str
    doc_no: str | None
    year: int
    issue_date: date | None
    report_date: date
    tasks: tuple[TaskData, ...]


@dataclass(frozen=True, slots=True)
class County:
    """Everything `init` loads. `ask` holds the expressions that name nobody, the empty one among them; a cell of
    nothing but characters of `dashes` means the lead units themselves (DESIGN §3, rule 1)."""

    name: str
    units: tuple[UnitData, ...]
    groups: tuple[GroupData, ...]
    ask: frozenset[str]
    dashes: frozenset[str]
    task_list: TaskListData
    policy_path: Path
    people_path: Path
