"""What the ledger adds up to, counted row by row: by state, by light, by lead unit, and item by item."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.documents.ledger import LedgerRow
from bot.domain.states import OPEN, Light, State

STATES = tuple(state.label for state in State)
LIGHTS = tuple(light.value for light in Light)
_OPEN = frozenset(state.label for state in OPEN)
_NOBODYS = frozenset(state.label for state in (State.NOT_APPLICABLE, State.SUSPENDED, State.CANCELLED))


@dataclass
class Counts:
    """How many rows, in which state and under which light."""

    total: int = 0
    states: Counter[str] = field(default_factory=Counter)
    lights: Counter[str] = field(default_factory=Counter)

    def add(self, row: LedgerRow) -> None:
        self.total += 1
        self.states[row.state] += 1
        self.lights[row.light] += 1

    @property
    def nobodys(self) -> int:
        """不涉及, 已中止, 已撤销: nobody owes them."""
        return sum(self.states[state] for state in _NOBODYS)


@dataclass
class OneItem:
    """One 编号 over all its units. `owing`: units that have not handed it in, in the ledger's order."""

    part: str
    aspect: str
    item: str
    leads: tuple[str, ...]
    due: date | None
    counts: Counts = field(default_factory=Counts)
    owing: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """Grows with the numbers of the list and its lead units, not with the rows."""

    whole: Counts = field(default_factory=Counts)
    leads: dict[str, Counts] = field(default_factory=dict)
    items: dict[str, OneItem] = field(default_factory=dict)

    def add(self, row: LedgerRow, leads: Sequence[str]) -> None:
        """`leads` are the row's lead units, each once."""
        self.whole.add(row)
        for lead in leads:
            self.leads.setdefault(lead, Counts()).add(row)
        one = self.items.get(row.code)
        if one is None:
            one = self.items[row.code] = OneItem(row.part, row.aspect, row.item, row.leads, row.due)
        one.counts.add(row)
        if row.state in _OPEN:
            one.owing.append(row.unit)
        if row.due is not None and (one.due is None or row.due < one.due):
            one.due = row.due
