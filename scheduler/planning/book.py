"""What the plan has decided so far: lines per person, marks per stage. Nobody is written to twice in a morning."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.domain.planning import WITHOUT_ITEM, Item, Line, LineKind, Mark, Outcome
from scheduler.planning import rules
from scheduler.planning.missed import still_true
from scheduler.planning.morning import Morning, Step


class Book:
    """`told` are the people who have today's digest already: a stage any of them should hear waits for tomorrow."""

    def __init__(self, morning: Morning) -> None:
        snapshot, today = morning.snapshot, morning.today
        self.morning = morning
        self.lines: dict[str, list[Line]] = {}
        self.marks: list[Mark] = []
        self.told = frozenset(userid for day, userid in snapshot.digested if day == today)
        self._beside: list[tuple[str, Line]] = []  # said only to people who have a digest today anyway
        self._unreachable: dict[int, str] = {}  # unit id -> rule
        # One "cannot reach" line a day, and only while the office can still be told: otherwise nothing is recorded
        # as told to it, and the stage comes up again tomorrow.
        self._office_listens = (
            bool(snapshot.office) and self.free(snapshot.office) and today not in snapshot.unreachable_told
        )

    def free(self, userids: Iterable[str]) -> bool:
        return self.told.isdisjoint(userids)

    def tell(self, userid: str, line: Line) -> None:
        self.lines.setdefault(userid, []).append(line)

    def tell_beside(self, userid: str, line: Line) -> None:
        """A line for a digest that goes out anyway; it is no reason to send one."""
        self._beside.append((userid, line))

    def send(self, item: Item, cycle: date, step: Step, lines: Mapping[str, Line]) -> bool:
        """Plans a stage for the people of `lines`; False (and nothing recorded) where it must wait for tomorrow."""
        if not lines or not self.free(lines):
            return False
        for userid, line in lines.items():
            self.tell(userid, line)
        self.marks.append(Mark(item.id, cycle, step.stage, Outcome.PLANNED, tuple(lines)))
        return True

    def send_to_unit(self, item: Item, cycle: date, step: Step, line: Line) -> bool:
        """The same for the unit's first contact; without one the office is told that the unit cannot be reached."""
        contact = self.morning.contact(item.unit_id)
        if contact is None:
            return self.cannot_reach(item, cycle, step, {item.unit_id: rules.UNREACHABLE}, "责任单位没有可联系的联络员")
        return self.send(item, cycle, step, {contact: line})

    def cannot_reach(self, item: Item, cycle: date, step: Step, units: Mapping[int, str], reason: str) -> bool:
        """Names `units` (id -> rule) to the office instead; False (and nothing recorded) where that must wait."""
        if not self._office_listens:
            return False
        self.name_unreachable(units)
        self.marks.append(Mark(item.id, cycle, step.stage, Outcome.UNREACHABLE, reason=reason))
        return True

    def name_unreachable(self, units: Mapping[int, str]) -> None:
        if self._office_listens:
            self._unreachable = {**units, **self._unreachable}

    def supersede(self, item: Item, cycle: date, steps: Iterable[Step], reason: str) -> None:
        for step in steps:
            self.marks.append(Mark(item.id, cycle, step.stage, Outcome.SUPERSEDED, reason=reason))

    def close(self) -> None:
        """Adds what belongs to no single item (units nobody reaches, held messages, news), then what goes beside."""
        morning, snapshot = self.morning, self.morning.snapshot
        for unit_id, rule in sorted(self._unreachable.items()):
            for userid in snapshot.office:
                self.tell(userid, Line(LineKind.UNREACHABLE, unit_id, rule=rule))
        kinds = ((LineKind.HELD, snapshot.held, rules.HELD), (LineKind.NEWS, snapshot.news, rules.NEWS))
        for kind, waiting, rule in kinds:
            for one in waiting:
                if one.since <= morning.cut and one.userid not in self.told:
                    self.tell(one.userid, Line(kind, one.id, rule=rule))
        for one in snapshot.unanswered:
            if one.since <= morning.cut:
                self.tell_beside(one.userid, Line(LineKind.UNANSWERED, one.id, rule=rules.UNANSWERED))
        self._say_what_was_missed()
        self._add_beside()

    def _say_what_was_missed(self) -> None:
        """Where a digest missed its day and somebody else's did not: what this morning says anew is not said twice."""
        for one in self.morning.snapshot.missed:
            named = {line.ref for line in self.lines.get(one.userid, ()) if line.kind not in WITHOUT_ITEM}
            for line in one.lines:
                if one.userid in self.told or (line.kind not in WITHOUT_ITEM and line.ref in named):
                    continue
                if (now := still_true(self.morning, one.userid, line)) is not None:
                    self.tell(one.userid, now)

    def _add_beside(self) -> None:
        named = {
            userid: {line.ref for line in lines if line.kind not in WITHOUT_ITEM}
            for userid, lines in self.lines.items()
        }
        for userid, line in self._beside:
            if userid in named and (line.kind in WITHOUT_ITEM or line.ref not in named[userid]):
                self.tell(userid, line)
