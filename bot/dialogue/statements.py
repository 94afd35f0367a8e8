"""Joins the clauses of a message to statements: one thing said of some items, with its reason and its links."""

from dataclasses import dataclass, field
from datetime import date

from bot.dialogue.dates import Span
from bot.dialogue.intents import Target
from bot.dialogue.lexicon import THE_OTHERS, Rule, Sense
from bot.dialogue.mentions import Clause, Kind, residue
from bot.dialogue.titles import Entry

REQUESTS = (Sense.REFUSE, Sense.RETURN, Sense.EXEMPT, Sense.DISPUTE, Sense.UNDO, Sense.EXTEND)
"""What follows one of these in a message is its reason."""


@dataclass
class Statement:
    """Some clauses that belong together."""

    clauses: list[Clause] = field(default_factory=list)

    @property
    def senses(self) -> list[Rule]:
        return [rule for clause in self.clauses for rule in clause.senses]

    @property
    def targets(self) -> list[Target]:
        found = list(dict.fromkeys(target for clause in self.clauses for target in clause.targets))
        node = next((m.node for clause in self.clauses for m in clause.of(Kind.NODE)), None)
        return [Target(found[0].number, found[0].node or node)] if len(found) == 1 else found

    @property
    def excluded(self) -> list[Target]:
        found = [m.items.targets for clause in self.clauses for m in clause.of(Kind.ITEMS) if m.excluded and m.items]
        return list(dict.fromkeys(target for targets in found for target in targets))

    @property
    def ranged(self) -> bool:
        return any(m.items.ranged for c in self.clauses for m in c.of(Kind.ITEMS) if m.items and not m.excluded)

    @property
    def counted(self) -> bool:
        return any(m.counted for clause in self.clauses for m in clause.mentions)

    @property
    def everything(self) -> bool:
        return any(clause.of(Kind.ALL) for clause in self.clauses)

    @property
    def topic(self) -> bool:
        return any(clause.of(Kind.TOPIC) for clause in self.clauses)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The items that its titles name, of the first clause that names any: what follows may be part of a reason."""
        return next((m.named.entries for c in self.clauses for m in c.of(Kind.TITLE) if m.named), ())

    @property
    def title_words(self) -> str:
        return next((m.named.words for c in self.clauses for m in c.of(Kind.TITLE) if m.named), "")

    @property
    def units(self) -> list[str]:
        return self._units(excluded=False)

    @property
    def excluded_units(self) -> list[str]:
        return self._units(excluded=True)

    def _units(self, excluded: bool) -> list[str]:
        found = [m for c in self.clauses for m in c.of(Kind.UNIT) if m.excluded is excluded]
        return list(dict.fromkeys(m.unit.name for m in found if m.unit and not m.unit.group))

    @property
    def links(self) -> list[str]:
        return list(dict.fromkeys(m.url for clause in self.clauses for m in clause.of(Kind.LINK)))

    @property
    def day(self) -> date | None:
        return next((m.day for clause in self.clauses for m in clause.of(Kind.DAY) if m.day), None)

    @property
    def span(self) -> Span | None:
        return next((m.span for clause in self.clauses for m in clause.of(Kind.SPAN)), None)

    @property
    def pairs(self) -> dict[Target, str]:
        """Items that have a link of their own: in their clause, item and link take turns."""
        found: dict[Target, str] = {}
        for clause in self.clauses:
            said = [m for m in clause.of(Kind.ITEMS, Kind.LINK) if not m.excluded]
            twos = list(zip(said[::2], said[1::2], strict=False))
            kinds = {(one.kind, other.kind) for one, other in twos}
            if len(said) % 2 or len(kinds) != 1 or any(one.kind is other.kind for one, other in twos):
                continue
            for two in twos:
                numbered, linked = sorted(two, key=lambda mention: mention.kind is Kind.LINK)
                if numbered.items and len(numbered.items.targets) == 1:
                    found[numbered.items.targets[0]] = linked.url
        return found

    def text(self, plain: str) -> str:
        return "".join(plain[clause.start : clause.end] + clause.sign for clause in self.clauses)

    def unexplained(self, plain: str) -> list[tuple[int, int]]:
        return [run for clause in self.clauses for run in residue(plain, clause)]


def statements(found: list[Clause], plain: str) -> list[Statement]:
    """In the order of the message."""
    whole: list[Statement] = []
    for clause in found:
        if not whole or _begins(whole[-1], clause, plain):
            whole.append(Statement([clause]))
        else:
            whole[-1].clauses.append(clause)
    return whole


def _begins(current: Statement, clause: Clause, plain: str) -> bool:
    """Does this clause begin another statement? Not where it only completes the one before."""
    said = [rule.sense for rule in current.senses]
    has_items = bool(current.targets or current.entries or current.topic)
    asked = next((sense for sense in said if sense in REQUESTS), None)
    if not clause.points:
        if has_items and said and clause.senses and THE_OTHERS.match(plain, clause.start):
            return True
        # 全部完成，还有35… is kept together: an exclusion or a reason may stand here.
        return bool(not has_items and said and clause.senses and not asked and clause.of(Kind.LINK))
    if not said:
        return bool(clause.senses and current.targets and clause.targets and list(_left(current, plain)))
    if asked and has_items:
        return bool(clause.targets and clause.senses)
    if has_items:
        if not current.targets and clause.targets and not clause.senses and not list(residue(plain, clause)):
            return False  # 搞了一次培训，51号: the number says which item the words told of
        return bool(clause.senses or clause.targets or clause.of(Kind.LINK))
    return False


def _left(current: Statement, plain: str) -> list[tuple[int, int]]:
    return [] if any(c.of(Kind.LINK) for c in current.clauses) else current.unexplained(plain)
