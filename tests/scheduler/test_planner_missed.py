"""A digest missed its day and somebody else's did not: the stage counts as told, and this reader hears of it later."""

from dataclasses import replace

import pytest
from mornings import LEAD, TOWN, County, day, heard

from bot.domain.planning import LineKind
from bot.domain.states import State

DUE = "2021-10-29"  # a Friday; 3 working days late on 11-03
OFFICE = LineKind.OFFICE_OVERDUE


@pytest.fixture
def county() -> County:
    """Its office missed the digest of 11-03, which named the one item that is late to lead and office."""
    county = County()
    county.item(DUE, dispatched="2021-08-02")
    county.mornings("2021-09-01", "2021-11-02")
    third = county.morning("2021-11-03")
    assert OFFICE in third.kinds("office") and LineKind.LEAD_OVERDUE in third.kinds("lead")
    county.misses(third, "office")
    return county


def test_it_is_said_the_next_morning_once_with_the_days_of_that_morning(county: County) -> None:
    said = county.mornings("2021-11-04", "2021-11-08")
    assert [one for one in heard(said, "office") if one[1] is OFFICE] == [("2021-11-04", OFFICE, 4)]
    assert "lead" not in said["2021-11-04"].readers


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CLOSED, State.SUSPENDED])
def test_nothing_is_said_of_what_is_done(county: County, state: State) -> None:
    county.change(1, state=state)
    assert OFFICE not in county.morning("2021-11-04").kinds("office")


def test_nor_of_what_was_given_more_time_or_came_back_just_now(county: County) -> None:
    item = county.items[1]
    county.change(1, due=day("2021-11-30"))
    assert OFFICE not in county.preview("2021-11-04").kinds("office")
    county.items[1] = item
    county.returned(1, "2021-11-03 15:00")
    assert OFFICE not in county.preview("2021-11-04").kinds("office")


def test_what_that_morning_says_anyway_is_not_said_twice(county: County) -> None:
    county.mornings("2021-11-04", "2021-11-08")
    seventh = county.morning("2021-11-12")  # ten days late
    county.misses(seventh, "office")
    again = county.morning("2021-11-15")  # the week's list names it, too
    assert [line.ref for line in again.lines("office")].count(1) == 1


def test_who_has_no_right_to_it_any_more_does_not_hear_of_it(county: County) -> None:
    county.office = ("somebody else",)
    assert county.morning("2021-11-04").readers == set()


def test_the_lead_and_the_head_have_the_same_right(county: County) -> None:
    fourth = county.mornings("2021-11-04", "2021-11-08")
    assert "mayor" not in {reader for said in fourth.values() for reader in said.readers}
    seventh = county.morning("2021-11-09")
    county.misses(seventh, "mayor")
    assert county.preview("2021-11-10").kinds("mayor") == [LineKind.HEAD_OVERDUE]
    county.people[TOWN] = replace(county.people[TOWN], heads=("new mayor",))
    assert county.preview("2021-11-10").readers == set()


def test_a_submission_nobody_was_told_of(county: County) -> None:
    county.submitted(1, "2021-11-03 15:00")
    queued = county.morning("2021-11-04")
    assert queued.kinds("lead") == [LineKind.QUEUED]
    county.misses(queued, "lead-2")
    assert county.preview("2021-11-05").kinds("lead-2") == [LineKind.QUEUED]
    county.people[LEAD] = replace(county.people[LEAD], reviewers=("lead",))
    assert county.preview("2021-11-05").readers == set()
