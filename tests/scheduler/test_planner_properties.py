"""What holds of every plan, whatever happens in between: outages, lost digests, late answers, missing people."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from mornings import LEAD, OTHER_TOWN, PEOPLE, TOWN, County, Morning, day, moment

from bot.domain.calendar import local
from bot.domain.planning import OF_UNIT, LineKind, Outcome, Plan, StageKind, UnitPeople
from bot.domain.states import ENDED, OPEN, State

FIRST = day("2021-09-13")  # Mid-Autumn, National Day and their make-up workdays follow
DAYS = 45
UNIT_LINES = set(OF_UNIT)
ABOUT_UNIT = {LineKind.LEAD_OVERDUE, LineKind.OFFICE_OVERDUE, LineKind.HEAD_OVERDUE, LineKind.BULLETIN, LineKind.WEEKLY}
ABOUT_REVIEW = {LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW}
WEEKLY = {LineKind.WEEKLY, LineKind.WEEKLY_REVIEW}
NO_STAGE = WEEKLY | {LineKind.STILL_OVERDUE, LineKind.UNREACHABLE, LineKind.HELD, LineKind.NEWS}
NEAREST = {LineKind.PROPOSED, LineKind.OVERDUE, LineKind.STILL_OVERDUE}
UNIT_LADDER = ["remind-15", "remind-7", "remind-3", "remind-1", "remind-0", "overdue-1", "overdue-3"]
ESCALATION = ["escalate-1", "escalate-3", "escalate-7", "escalate-10"]
REVIEWS = ["queued-0", "review-3", "review-5"]
EVERYBODY = ["town", "other-town", "lead", "lead-2", "mayor", "other-mayor", "office"]


@dataclass(frozen=True)
class NewItem:
    due_in: int  # days after FIRST
    dispatched_in: int
    unit: int
    checkers: tuple[int, ...]
    state: State


@dataclass(frozen=True)
class Event:
    """What a person does during the day, after the morning."""

    act: str
    item: int


@dataclass(frozen=True)
class Day:
    clocks: tuple[str, ...]  # when a plan is made; none: an outage
    lost: frozenset[str]
    delivered: bool
    event: Event | None


@dataclass
class Story:
    """A county with an account of its own of what arrived, so that the guard is not judged by itself."""

    county: County
    arrived: set[tuple[int, date, date]] = field(default_factory=set)  # (item, cycle, day a reminder arrived)
    said: list[Morning] = field(default_factory=list)


new_items = st.builds(
    NewItem,
    due_in=st.integers(-10, 35),
    dispatched_in=st.integers(-20, 15),
    unit=st.sampled_from([TOWN, TOWN, OTHER_TOWN]),
    checkers=st.sampled_from([(LEAD,), (LEAD,), ()]),
    state=st.sampled_from([State.DISPATCHED, State.IN_PROGRESS]),
)
events = st.builds(
    Event, st.sampled_from(["sign", "submit", "return", "close", "extend", "suspend", "resume"]), st.integers(0, 3)
)
clocks = st.sampled_from(
    [("09:02",)] * 6 + [(), ("09:01",), ("12:01",), ("09:02", "09:40"), ("10:00",), ("11:59:59",), ("09:30", "12:00")]
)
a_day = st.builds(
    Day,
    clocks=clocks,
    lost=st.frozensets(st.sampled_from(EVERYBODY), max_size=2) | st.just(frozenset()),
    delivered=st.sampled_from([True, True, True, False]),
    event=st.none() | events,
)
outages = st.lists(st.tuples(st.integers(0, DAYS), st.integers(1, 12)), max_size=2)
counties = st.fixed_dictionaries(
    {
        "town_contacts": st.sampled_from([("town",), ("town",), ()]),
        "reviewers": st.sampled_from([("lead", "lead-2"), ("lead",), ("office",), ()]),
        "heads": st.sampled_from([("mayor",), ("town",), ()]),
        "office": st.sampled_from([("office",), ("office", "lead"), ("office",), ()]),
        "items": st.lists(new_items, min_size=1, max_size=4),
        "days": st.lists(a_day, min_size=DAYS, max_size=DAYS),
        "outages": outages,
    }
)


def build(given_county: dict) -> County:
    county = County(office=given_county["office"])
    county.people = {
        **PEOPLE,
        TOWN: UnitPeople(contacts=given_county["town_contacts"], heads=given_county["heads"]),
        LEAD: UnitPeople(reviewers=given_county["reviewers"]),
    }
    for new in given_county["items"]:
        county.item(
            (FIRST + timedelta(days=new.due_in)).isoformat(),
            dispatched=f"{FIRST + timedelta(days=new.dispatched_in)} 15:00",
            unit=new.unit,
            checkers=new.checkers,
            state=new.state,
        )
    return county


def happens(county: County, event: Event, today: date) -> None:
    number = event.item % len(county.items) + 1
    item, now = county.items[number], f"{today} 16:00"
    if moment(now) < item.dispatched_at:
        return
    match event.act, item.state:
        case "sign", State.DISPATCHED:
            county.change(number, state=State.IN_PROGRESS)
        case "submit", State.DISPATCHED | State.IN_PROGRESS | State.RETURNED:
            # A queue that was empty is told at once.
            county.submitted(number, now)
            county.change(number, announced=number % 2 == 0)
        case "return", State.SUBMITTED | State.CLOSED:
            county.returned(number, now)
        case "close", State.SUBMITTED:
            county.change(number, state=State.CLOSED, submitted_at=None)
        case "extend", state if state in OPEN:
            county.change(number, due=item.due + timedelta(days=9))
        case "suspend", state if state in OPEN:
            county.change(number, state=State.SUSPENDED)
        case "resume", State.SUSPENDED:
            county.change(number, state=State.IN_PROGRESS)
        case _:
            pass


def tell(given_county: dict) -> Iterator[tuple[Story, Morning, str]]:
    """Lives through the days; yields every plan before it is recorded."""
    story = Story(build(given_county))
    county = story.county
    down = {start + n for start, length in given_county["outages"] for n in range(length)}
    for n, one in enumerate(given_county["days"]):
        today = FIRST + timedelta(days=n)
        for clock in () if n in down else one.clocks:
            when = f"{today} {clock}"
            said = county.preview(when)
            yield story, said, when
            county.record(said.plan, moment(when))
            story.said.append(said)
            again = county.preview(when).plan
            assert not again.digests, "the same moment planned again says something new"
            assert all(mark.outcome is Outcome.SUPERSEDED for mark in again.marks)
        if one.delivered:
            arriving = [mark for mark in county.on_the_way if any(u not in one.lost for u in mark.userids)]
            reminders = (StageKind.REMIND, StageKind.OVERDUE)
            story.arrived |= {(m.assignment_id, m.cycle, today) for m in arriving if m.stage.kind in reminders}
            county.deliver(moment(f"{today} 12:30"), one.lost)
        if one.event:
            happens(county, one.event, today)


@settings(max_examples=60, deadline=None)
@given(counties)
def test_every_plan_keeps_the_rules(given_county: dict) -> None:
    for story, said, when in tell(given_county):
        in_the_morning_of_a_working_day(story, said, when)
        each_person_once(said)
        lines_and_marks_agree(said)
        silence_where_nobody_owes(story, said)
        nobody_is_named_unheard(story, said, when)
        late_at_load_is_not_chased(story, said)
    ladders_have_no_gaps(story.county)


def in_the_morning_of_a_working_day(story: Story, said: Morning, when: str) -> None:
    now = moment(when)
    open_now = story.county.calendar.is_workday(now.date()) and when[11:16] >= "09:02" and when[11:] <= "12:00"
    assert open_now or said.plan == Plan()
    for digest in said.plan.digests:
        leaves = local(digest.send_at)
        assert digest.day == leaves.date() == now.date()
        at_once = now if now.minute % 30 else now + timedelta(minutes=1)  # never at the full or the half hour
        assert leaves == at_once or (now < leaves and "09:02" <= f"{leaves:%H:%M}" < "09:15")


def each_person_once(said: Morning) -> None:
    people = [digest.userid for digest in said.plan.digests]
    assert len(set(people)) == len(people)
    for digest in said.plan.digests:
        assert digest.lines
        lines = [(line.kind, line.ref) for line in digest.lines]
        assert len(set(lines)) == len(lines)
        late = [ref for kind, ref in lines if kind in ABOUT_UNIT - {LineKind.WEEKLY, LineKind.BULLETIN} | NEAREST]
        assert len(set(late)) == len(late)


def lines_and_marks_agree(said: Morning) -> None:
    told = {(d.userid, line.ref) for d in said.plan.digests for line in d.lines if line.kind not in NO_STAGE}
    planned = [mark for mark in said.plan.marks if mark.outcome is Outcome.PLANNED]
    assert told == {(userid, mark.assignment_id) for mark in planned for userid in mark.userids}
    assert all(mark.userids for mark in planned)
    assert not any(mark.userids for mark in said.plan.marks if mark.outcome is not Outcome.PLANNED)
    unreachable = {mark.assignment_id for mark in said.plan.marks if mark.outcome is Outcome.UNREACHABLE}
    assert not unreachable or any(line.kind is LineKind.UNREACHABLE for d in said.plan.digests for line in d.lines)


def silence_where_nobody_owes(story: Story, said: Morning) -> None:
    for digest in said.plan.digests:
        for line in digest.lines:
            if line.kind in (UNIT_LINES | ABOUT_UNIT):
                assert story.county.items[line.ref].state in OPEN
            if line.kind in ABOUT_REVIEW:
                assert story.county.items[line.ref].state is State.SUBMITTED
    assert not any(story.county.items[mark.assignment_id].state in ENDED for mark in said.plan.marks)


def nobody_is_named_unheard(story: Story, said: Morning, when: str) -> None:
    today = moment(when).date()
    named = {
        mark.assignment_id
        for mark in said.plan.marks
        if mark.outcome is Outcome.PLANNED and "escalate" in mark.stage.key
    }
    named |= {line.ref for d in said.plan.digests for line in d.lines if line.kind in ABOUT_UNIT}
    for number in named:
        item = story.county.items[number]
        assert any(who == number and arrived < today for who, _, arrived in story.arrived), item
    for mark in said.plan.marks:
        if mark.stage.kind is StageKind.ESCALATE and mark.outcome is Outcome.PLANNED:
            heard = {on for who, cycle, on in story.arrived if (who, cycle) == (mark.assignment_id, mark.cycle)}
            assert any(on < today for on in heard), mark


def late_at_load_is_not_chased(story: Story, said: Morning) -> None:
    for digest in said.plan.digests:
        for line in digest.lines:
            if line.kind in (UNIT_LINES | ABOUT_UNIT) - {LineKind.DISPATCH}:
                item = story.county.items[line.ref]
                dispatched = local(item.dispatched_at).date()
                returned = item.returned_at is not None and local(item.returned_at).date() > item.due
                assert item.due >= dispatched or returned, line


def ladders_have_no_gaps(county: County) -> None:
    for item in county.items.values():
        for cycle in {of for of, _ in item.stages}:
            recorded = {key for of, key in item.stages if of == cycle}
            for ladder in (UNIT_LADDER, ESCALATION, REVIEWS[1 if item.announced else 0 :]):
                reached = [key in recorded for key in ladder]
                assert reached == sorted(reached, reverse=True), (item.code, cycle, sorted(recorded))
        once = [key for _, key in item.stages if key in ("dispatch-0", "unsigned-3")]
        assert len(set(once)) == len(once)


@settings(max_examples=60, deadline=None)
@given(counties)
def test_without_trouble_everybody_hears_what_concerns_them(given_county: dict) -> None:
    """No outage, nothing lost, everybody there: each stage that falls due after the dispatch reaches somebody."""
    calm = Day(clocks=("09:02",), lost=frozenset(), delivered=True, event=None)
    calm_county = {
        **given_county,
        "town_contacts": ("town",),
        "reviewers": ("lead",),
        "heads": ("mayor",),
        "office": ("office",),
        "items": [replace(new, state=State.IN_PROGRESS) for new in given_county["items"]],
        "days": [calm] * DAYS,
        "outages": [],
    }
    for story, _, _ in tell(calm_county):
        county = story.county
    last = FIRST + timedelta(days=DAYS - 1)
    for item in county.items.values():
        dispatched = local(item.dispatched_at).date()
        late = county.calendar.between(item.due, last)
        if item.due < max(dispatched, FIRST + timedelta(days=1)):
            continue
        outcomes = {key: record.outcome for (_, key), record in item.stages.items()}
        office_checks = not item.checkers
        for days in (1, 3, 7, 10):
            if late > days:
                silent = office_checks and days == 1
                assert outcomes[f"escalate-{days}"] is (Outcome.SUPERSEDED if silent else Outcome.DELIVERED), item
