"""A county on paper for the planner's tests: people, items, and mornings that are planned, recorded and delivered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from bot.domain.calendar import WorkCalendar, at
from bot.domain.planning import (
    SHARED,
    Digest,
    Item,
    Line,
    LineKind,
    Mark,
    Missed,
    Outcome,
    Plan,
    Snapshot,
    StageRecord,
    UnitPeople,
    Waiting,
)
from bot.domain.policy import Policy
from bot.domain.states import State
from scheduler.planner import plan

TOWN, OTHER_TOWN, LEAD = 1, 2, 3
NAMES = {TOWN: "新民镇", OTHER_TOWN: "澄溪镇", LEAD: "县司法局"}
PEOPLE: Mapping[int, UnitPeople] = {
    TOWN: UnitPeople(contacts=("town", "town-deputy"), heads=("mayor",)),
    OTHER_TOWN: UnitPeople(contacts=("other-town",), heads=("other-mayor",)),
    LEAD: UnitPeople(contacts=("lead-contact",), reviewers=("lead", "lead-2")),
}
EVERYBODY_ARRIVES = frozenset[str]()


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    """`2021-05-25 14:00` in Asia/Shanghai."""
    on, _, clock = text.partition(" ")
    return at(day(on), time.fromisoformat(clock or "09:02"))


def arrived(text: str) -> StageRecord:
    return StageRecord(Outcome.DELIVERED, moment(text))


@dataclass
class Morning:
    """What one planning moment said."""

    plan: Plan

    def digest(self, userid: str) -> Digest | None:
        return next((digest for digest in self.plan.digests if digest.userid == userid), None)

    def lines(self, userid: str) -> tuple[Line, ...]:
        digest = self.digest(userid)
        return digest.lines if digest else ()

    def kinds(self, userid: str) -> list[LineKind]:
        return [line.kind for line in self.lines(userid)]

    @property
    def readers(self) -> set[str]:
        return {digest.userid for digest in self.plan.digests}

    def outcome(self, key: str) -> Outcome | None:
        """What became of a stage, where the county has one item."""
        return next((mark.outcome for mark in self.plan.marks if mark.stage.key == key), None)


@dataclass
class County:
    """Folds every plan back into the snapshot, as the store does. Digests arrive at 09:10 unless told otherwise."""

    policy: Policy = field(default_factory=Policy)
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    people: dict[int, UnitPeople] = field(default_factory=lambda: dict(PEOPLE))
    office: tuple[str, ...] = ("office",)
    items: dict[int, Item] = field(default_factory=dict)
    held: tuple[Waiting, ...] = ()
    news: tuple[Waiting, ...] = ()
    digested: set[tuple[date, str]] = field(default_factory=set)
    weekly_told: set[date] = field(default_factory=set)
    unreachable_told: set[date] = field(default_factory=set)
    missed: tuple[Missed, ...] = ()
    on_the_way: list[Mark] = field(default_factory=list)

    def item(
        self,
        due: str,
        *,
        dispatched: str = "2021-05-25 14:00",
        unit: int = TOWN,
        code: str = "12",
        state: State = State.IN_PROGRESS,
        checkers: Iterable[int] = (LEAD,),
        submitted: str | None = None,
        announced: bool = False,
    ) -> int:
        number = len(self.items) + 1
        submitted_at = moment(submitted) if submitted else None
        self.items[number] = Item(
            id=number,
            code=code,
            title=f"第 {code} 项",
            unit_id=unit,
            state=State.SUBMITTED if submitted else state,
            due=day(due),
            dispatched_at=moment(dispatched),
            submitted_at=submitted_at,
            returned_at=None,
            checkers=frozenset(checkers),
            stages={},
            announced=announced,
        )
        return number

    def change(self, number: int, **changes: object) -> None:
        self.items[number] = replace(self.items[number], **changes)

    def returned(self, number: int, when: str) -> None:
        self.change(number, state=State.RETURNED, submitted_at=None, returned_at=moment(when))

    def submitted(self, number: int, when: str) -> None:
        self.change(number, state=State.SUBMITTED, submitted_at=moment(when))

    def no_contact(self, unit: int) -> None:
        self.people[unit] = replace(self.people[unit], contacts=())

    def snapshot(self) -> Snapshot:
        return Snapshot(
            items=tuple(self.items.values()),
            units=NAMES,
            people=self.people,
            office=self.office,
            held=self.held,
            news=self.news,
            digested=frozenset(self.digested),
            weekly_told=frozenset(self.weekly_told),
            unreachable_told=frozenset(self.unreachable_told),
            missed=self.missed,
        )

    def preview(self, when: str) -> Morning:
        """Plans and records nothing."""
        return Morning(plan(self.snapshot(), self.policy, self.calendar, moment(when)))

    def morning(self, when: str, *, lost: Iterable[str] = EVERYBODY_ARRIVES, delivered: bool = True) -> Morning:
        """Plans, records and delivers; digests of the people in `lost` fail."""
        now = moment(when)
        said = Morning(plan(self.snapshot(), self.policy, self.calendar, now))
        self.record(said.plan, now)
        if delivered:
            self.deliver(at(now.date(), time(now.hour, 10)), frozenset(lost))
        return said

    def mornings(self, first: str, last: str, *, lost: Iterable[str] = EVERYBODY_ARRIVES) -> dict[str, Morning]:
        """Every morning from `first` to `last` on which anything was said, by ISO date."""
        days = (date.fromordinal(n) for n in range(day(first).toordinal(), day(last).toordinal() + 1))
        said = {one.isoformat(): self.morning(one.isoformat(), lost=lost) for one in days}
        return {one: morning for one, morning in said.items() if morning.plan.digests}

    def record(self, made: Plan, now: datetime) -> None:
        for mark in made.marks:
            item, key = self.items[mark.assignment_id], (mark.cycle, mark.stage.key)
            assert key not in item.stages, f"recorded twice: {item.code} {key}"
            self.change(item.id, stages={**item.stages, key: StageRecord(mark.outcome, now)})
            if mark.outcome is Outcome.PLANNED:
                self.on_the_way.append(mark)
        for digest in made.digests:
            assert (digest.day, digest.userid) not in self.digested, f"two digests: {digest.key}"
            self.digested.add((digest.day, digest.userid))
            kinds = {line.kind for line in digest.lines}
            if LineKind.WEEKLY in kinds:
                self.weekly_told.add(digest.day)
            if LineKind.UNREACHABLE in kinds:
                self.unreachable_told.add(digest.day)
        if made.digests:
            self.missed = ()
        told = {(line.kind, line.ref) for digest in made.digests for line in digest.lines}
        self.held = tuple(one for one in self.held if (LineKind.HELD, one.id) not in told)
        self.news = tuple(one for one in self.news if (LineKind.NEWS, one.id) not in told)

    def misses(self, said: Morning, userid: str) -> None:
        """This digest of a morning misses its day; the others arrived, so its stages are recorded as delivered."""
        self.missed += (Missed(userid, tuple(line for line in said.lines(userid) if line.kind in SHARED)),)

    def deliver(self, when: datetime, lost: frozenset[str] = EVERYBODY_ARRIVES) -> None:
        """All digests on the way arrive or fail; a stage arrived if it did with one of its readers."""
        for mark in self.on_the_way:
            item, key = self.items[mark.assignment_id], (mark.cycle, mark.stage.key)
            arrived = any(userid not in lost for userid in mark.userids)
            outcome = Outcome.DELIVERED if arrived else Outcome.FAILED
            self.change(item.id, stages={**item.stages, key: StageRecord(outcome, when)})
        self.on_the_way = []


def heard(mornings: Mapping[str, Morning], userid: str) -> list[tuple[str, LineKind, int]]:
    """The story of one person: (day, line, working days), in the order of reading."""
    return [(on, line.kind, line.days) for on, said in mornings.items() for line in said.lines(userid)]
