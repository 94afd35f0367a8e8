"""The morning itself: when it is planned, what it waits for, one digest per person (DESIGN §3, rules 3 and 4)."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from mornings import LEAD, NAMES, OTHER_TOWN, TOWN, County, arrived, day, moment

from bot.domain.calendar import UnknownYear, WorkCalendar, local
from bot.domain.planning import LineKind, Plan, UnitPeople, Waiting
from bot.domain.policy import Policy
from bot.domain.states import ENDED, State
from scheduler.planner import Explanation, explain, next_moment


@pytest.fixture
def county() -> County:
    return County()


# --- the window


@pytest.mark.parametrize(
    "when",
    [
        "2021-10-29 09:01:59",  # before the digest hour
        "2021-10-29 12:00:01",  # after an outage nobody wants yesterday's morning in the afternoon
        "2021-10-30",  # Saturday
        "2021-10-01",  # National Day
    ],
)
def test_nothing_is_planned_outside_the_morning_of_a_working_day(county: County, when: str) -> None:
    county.item(due=when[:10], dispatched="2021-09-01")
    county.news = (Waiting(1, "town", moment("2021-09-01")),)
    assert county.preview(when).plan == Plan()


@pytest.mark.parametrize("when", ["2021-10-29 09:02", "2021-10-29 12:00", "2021-10-09 09:02"])
def test_a_plan_is_made_from_the_digest_hour_until_noon_and_on_make_up_workdays(county: County, when: str) -> None:
    county.item(due=when[:10], dispatched="2021-09-01")
    assert county.preview(when).kinds("town") == [LineKind.REMIND]


def test_what_happens_after_the_digest_hour_waits_for_the_next_morning(county: County) -> None:
    county.item("2021-12-31", dispatched="2021-10-28 09:03", state=State.DISPATCHED)
    county.item("2021-12-31", dispatched="2021-05-25", submitted="2021-10-28 09:03")
    county.held = (Waiting(7, "mayor", moment("2021-10-28 09:03")),)
    county.news = (Waiting(8, "mayor", moment("2021-10-28 09:03")),)
    assert county.morning("2021-10-28 10:30").plan == Plan()
    after = county.morning("2021-10-29")
    assert after.kinds("town") == [LineKind.DISPATCH]
    assert after.kinds("lead") == [LineKind.QUEUED]
    assert after.kinds("mayor") == [LineKind.HELD, LineKind.NEWS]


def test_an_item_returned_this_morning_is_not_reminded_of_before_the_next(county: County) -> None:
    late = county.item("2021-10-26", dispatched="2021-10-01")
    county.returned(late, "2021-10-29 09:03")
    assert county.morning("2021-10-29 10:00").plan == Plan()
    assert county.morning("2021-11-01").kinds("town") == [LineKind.REMIND]


def test_facts_of_the_digest_hour_itself_are_told(county: County) -> None:
    county.item("2021-12-31", dispatched="2021-10-28 09:02", state=State.DISPATCHED)
    assert county.preview("2021-10-28").kinds("town") == [LineKind.DISPATCH]


def test_an_unknown_year_is_an_error_and_not_a_guess(county: County) -> None:
    county.item("2031-06-30", dispatched="2031-06-01")
    with pytest.raises(UnknownYear):
        county.preview("2031-06-30")


def test_a_deadline_in_a_year_not_announced_yet_silences_only_its_own_item() -> None:
    county = County(calendar=WorkCalendar(extra_years=frozenset({2030})))
    county.item("2031-01-10", dispatched="2030-06-03")
    here = county.item("2030-12-02", dispatched="2030-06-03")
    before = county.preview("2030-11-29")
    assert [line.ref for line in before.lines("town")] == [here]
    assert before.plan.unknown_year is None
    late = county.preview("2030-12-31")
    assert [line.ref for line in late.lines("town")] == [here]
    assert late.plan.unknown_year == 2031


# --- one digest per person


def test_each_person_has_a_minute_of_their_own_that_does_not_change(county: County) -> None:
    people = tuple(f"office-{n}" for n in range(200))
    county.news = tuple(Waiting(n, userid, moment("2021-10-28")) for n, userid in enumerate(people))
    digests = county.preview("2021-10-29").plan.digests
    clocks = {local(digest.send_at).time() for digest in digests}
    assert clocks == {time(9, minute) for minute in range(2, 15)}
    assert [digest.send_at for digest in digests] == sorted(digest.send_at for digest in digests)
    assert county.preview("2021-10-29 09:02").plan.digests == digests
    minutes = {digest.userid: local(digest.send_at).minute for digest in digests}
    another_day = county.preview("2021-11-01").plan.digests
    assert minutes != {digest.userid: local(digest.send_at).minute for digest in another_day}


def test_no_digest_leaves_at_the_full_or_half_hour() -> None:
    county = County(policy=replace(Policy(), digest_from=time(9, 28), digest_to=time(9, 33)))
    county.news = tuple(Waiting(n, f"p{n}", moment("2021-10-28")) for n in range(100))
    digests = county.preview("2021-10-29 09:28").plan.digests
    assert {local(digest.send_at).minute for digest in digests} == {28, 29, 31, 32}


def test_after_an_outage_a_digest_leaves_at_once(county: County) -> None:
    county.item("2021-10-29")
    digest = county.preview("2021-10-29 10:17").digest("town")
    assert digest is not None
    assert digest.send_at == moment("2021-10-29 10:17")


def test_who_has_todays_digest_gets_no_second_and_the_rest_of_the_county_its_own(county: County) -> None:
    county.item("2021-10-29")
    county.item("2021-10-29", unit=2)
    county.news = (Waiting(1, "town", moment("2021-10-28")),)
    county.digested.add((day("2021-10-29"), "town"))
    said = county.morning("2021-10-29 09:20")
    assert said.readers == {"other-town"}
    assert [mark.assignment_id for mark in said.plan.marks if mark.stage.key == "remind-0"] == [2]
    # What waited is said the next morning, by then as the next higher stage.
    assert county.morning("2021-11-01").kinds("town") == [LineKind.OVERDUE, LineKind.NEWS]


def test_a_second_plan_of_the_same_morning_says_nothing(county: County) -> None:
    county.item("2021-10-29")
    county.item("2021-10-20", dispatched="2021-10-01", unit=2)
    county.item("2021-12-31", submitted="2021-10-28", dispatched="2021-10-01")
    county.no_contact(2)
    county.news = (Waiting(1, "mayor", moment("2021-10-28")),)
    assert county.morning("2021-10-29").readers == {"town", "lead", "lead-2", "office", "mayor"}
    assert county.morning("2021-10-29 09:03").plan == Plan()
    assert county.morning("2021-10-29 11:59").plan == Plan()


def test_the_parts_of_a_digest_have_an_order() -> None:
    """One person who is contact, reviewer, head and office at once, on Monday 2021-11-15."""
    me = UnitPeople(contacts=("me",), reviewers=("me",), heads=("me",))
    county = County(people={TOWN: me, LEAD: me, OTHER_TOWN: UnitPeople()}, office=("me",))

    def late(due: str, code: str, *told: str) -> int:
        number = county.item(due, dispatched="2021-09-01", code=code, checkers=())
        stages = {(day(due), key): arrived("2021-10-29") for key in ("dispatch-0", "remind-0", *told)}
        county.change(number, stages=stages)
        return number

    bulletin = late("2021-10-29", "40", "overdue-1", "overdue-3")
    for_office = late("2021-11-09", "3", "overdue-1", "overdue-3")
    oldest = late("2021-11-03", "12", "overdue-1")
    late("2021-11-10", "10")
    late("2021-11-10", "2")
    county.item("2021-12-31", code="7", dispatched="2021-11-12 08:00", state=State.DISPATCHED)
    county.item("2021-11-15", code="31-2", dispatched="2021-09-01")
    county.item("2021-11-16", code="31-1", dispatched="2021-09-01")
    county.item("2021-12-31", code="5", submitted="2021-11-12", dispatched="2021-09-01")
    county.item("2021-12-31", code="6", submitted="2021-11-10", dispatched="2021-09-01")
    county.item("2021-12-31", code="11", submitted="2021-11-08", dispatched="2021-09-01", announced=True)
    county.item("2021-12-31", code="8", dispatched="2021-11-08", state=State.DISPATCHED, unit=OTHER_TOWN)
    unsigned = county.item("2021-12-31", code="4", dispatched="2021-11-08", state=State.DISPATCHED)
    county.change(unsigned, stages={(day("2021-12-31"), "dispatch-0"): arrived("2021-11-09")})
    county.held = (Waiting(2, "me", moment("2021-11-12")), Waiting(1, "me", moment("2021-11-12")))
    county.news = (Waiting(3, "me", moment("2021-11-12")),)

    said = county.preview("2021-11-15")
    code = {number: item.code for number, item in county.items.items()}
    assert [(line.kind, code.get(line.ref)) for line in said.lines("me")[2:-1]] == [
        (LineKind.OVERDUE, "12"),  # 8 working days late
        (LineKind.OVERDUE, "2"),  # 3 working days late, as is the next: by number
        (LineKind.OVERDUE, "10"),
        (LineKind.OFFICE_OVERDUE, "3"),
        (LineKind.BULLETIN, "40"),
        (LineKind.UNREACHABLE, code[OTHER_TOWN]),
        (LineKind.REVIEW_LATE, "6"),
        (LineKind.OFFICE_REVIEW_LATE, "11"),
        (LineKind.REMIND, "31-2"),  # today, before the one of tomorrow
        (LineKind.REMIND, "31-1"),
        (LineKind.UNSIGNED, "4"),
        (LineKind.DISPATCH, "7"),
        (LineKind.QUEUED, "5"),
        (LineKind.WEEKLY, "40"),
        (LineKind.WEEKLY, "12"),
    ]
    assert [(line.kind, line.ref) for line in said.lines("me")[:2]] == [(LineKind.HELD, 1), (LineKind.HELD, 2)]
    assert (said.lines("me")[-1].kind, said.lines("me")[-1].ref) == (LineKind.NEWS, 3)
    assert {bulletin, for_office, oldest} <= {line.ref for line in said.lines("me")}


def test_of_several_roles_one_person_hears_of_one_late_item_once() -> None:
    one = UnitPeople(contacts=("me",), reviewers=("me",), heads=("me",))
    county = County(people={TOWN: one, LEAD: one}, office=("me", "office"))
    late = county.item("2021-11-03", dispatched="2021-09-01")
    county.change(late, stages={(day("2021-11-03"), key): arrived("2021-11-03") for key in ("dispatch-0", "remind-0")})
    said = county.preview("2021-11-15 09:02")
    assert said.kinds("me") == [LineKind.OVERDUE, LineKind.WEEKLY]
    assert said.kinds("office") == [LineKind.OFFICE_OVERDUE, LineKind.WEEKLY]


def test_news_alone_makes_a_digest_and_is_told_once(county: County) -> None:
    county.news = (Waiting(5, "mayor", moment("2021-10-28 15:00")),)
    assert county.morning("2021-10-29").kinds("mayor") == [LineKind.NEWS]
    assert county.morning("2021-11-01").plan == Plan()


@pytest.mark.parametrize("state", sorted(ENDED))
def test_nobody_hears_of_an_item_that_ended(county: County, state: State) -> None:
    item = county.item("2021-10-29", state=state, dispatched="2021-10-01")
    county.change(item, submitted_at=moment("2021-10-20"))
    assert county.mornings("2021-10-18", "2021-11-30") == {}


# --- the next moment, and why


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2021-09-30 09:01:59", "2021-09-30"),
        ("2021-09-30 09:02", "2021-10-08"),  # past the National Day week
        ("2021-10-08 17:00", "2021-10-09"),  # a make-up Saturday
        ("2021-10-30 08:00", "2021-11-01"),
    ],
)
def test_the_next_moment_is_the_next_digest_hour_of_a_working_day(now: str, then: str) -> None:
    assert next_moment(WorkCalendar(), Policy(), moment(now)) == moment(then)


def test_every_line_can_be_explained(county: County) -> None:
    county.item("2021-10-31", dispatched="2021-10-01", code="31-1")
    county.item("2021-10-31", dispatched="2021-10-01", unit=OTHER_TOWN)
    county.no_contact(OTHER_TOWN)
    county.news = (Waiting(5, "mayor", moment("2021-10-28")),)
    said = county.preview("2021-10-29")
    rows = {row.userid: row for row in explain(said.plan, county.snapshot())}
    town, office, mayor = said.digest("town"), said.digest("office"), said.digest("mayor")
    assert town
    assert office
    assert mayor
    assert rows == {
        "town": Explanation(
            "town",
            town.send_at,
            LineKind.REMIND,
            "31-1",
            "第 31-1 项",
            NAMES[TOWN],
            "规则4：到期日为休息日，在此前最后一个工作日提醒责任单位",
        ),
        "office": Explanation(
            "office",
            office.send_at,
            LineKind.UNREACHABLE,
            "",
            "",
            NAMES[OTHER_TOWN],
            "规则5：单位没有可联系的联络员或提醒未送达，改报县政府办公室",
        ),
        "mayor": Explanation(
            "mayor", mayor.send_at, LineKind.NEWS, "", "", "", "规则4：仅供知晓的消息留到早上一并告知"
        ),
    }


class CountingCalendar(WorkCalendar):
    """Says how many days it was asked about."""

    asked = 0

    def is_workday(self, day: date) -> bool:
        type(self).asked += 1
        return super().is_workday(day)


def test_a_thousand_items_cost_no_more_calendar_than_their_deadlines() -> None:
    county = County(calendar=CountingCalendar())

    def asked() -> int:
        CountingCalendar.asked = 0
        county.preview("2021-11-15")
        return CountingCalendar.asked

    deadlines = [(day("2021-06-30") + timedelta(days=7 * week)).isoformat() for week in range(25)]
    for due in deadlines:
        county.item(due)
    once = asked()
    for due in deadlines * 19:
        county.item(due)
    assert asked() == once
