"""What those who check hear of submissions that wait for them (DESIGN §3, rule 5)."""

from dataclasses import replace

import pytest
from mornings import LEAD, County, day, heard

from bot.domain.planning import LineKind, Outcome
from bot.domain.states import State

QUEUED, REVIEW_LATE, OFFICE_REVIEW_LATE = LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE
UNREACHABLE, WEEKLY_REVIEW = LineKind.UNREACHABLE, LineKind.WEEKLY_REVIEW

SUBMITTED = "2021-11-01 15:00"  # a Monday: 3 working days on Thursday the 4th, 5 on Monday the 8th
WEEKLY = [("2021-11-15", WEEKLY_REVIEW, 10), ("2021-11-22", WEEKLY_REVIEW, 15), ("2021-11-29", WEEKLY_REVIEW, 20)]


@pytest.fixture
def county() -> County:
    return County()


def submit(county: County, *, announced: bool = False, checkers: tuple[int, ...] = (LEAD,)) -> int:
    return county.item(
        "2021-10-29", dispatched="2021-08-02", submitted=SUBMITTED, announced=announced, checkers=checkers
    )


def test_a_submission_is_announced_and_asked_for_on_day_3_and_reported_on_day_5(county: County) -> None:
    submit(county)
    said = county.mornings("2021-11-01", "2021-11-30")
    assert heard(said, "lead") == [("2021-11-02", QUEUED, 0), ("2021-11-04", REVIEW_LATE, 3)]
    assert heard(said, "lead-2") == heard(said, "lead")
    assert heard(said, "office") == [("2021-11-08", OFFICE_REVIEW_LATE, 5), *WEEKLY]
    assert heard(said, "town") == heard(said, "mayor") == []


def test_a_submission_announced_at_once_is_not_announced_again(county: County) -> None:
    submit(county, announced=True)
    said = county.mornings("2021-11-02", "2021-11-30")
    assert heard(said, "lead") == [("2021-11-04", REVIEW_LATE, 3)]
    assert heard(said, "office") == [("2021-11-08", OFFICE_REVIEW_LATE, 5), *WEEKLY]


def test_a_review_ends_it(county: County) -> None:
    item = submit(county)
    county.morning("2021-11-02")
    county.change(item, state=State.CLOSED)
    assert county.mornings("2021-11-03", "2021-11-30") == {}


def test_each_submission_of_an_item_is_announced(county: County) -> None:
    item = submit(county)
    county.morning("2021-11-02")
    county.returned(item, "2021-11-02 10:00")
    county.mornings("2021-11-03", "2021-11-04")
    county.submitted(item, "2021-11-04 11:00")
    assert heard({"2021-11-05": county.morning("2021-11-05")}, "lead") == [("2021-11-05", QUEUED, 0)]


@pytest.mark.parametrize("checkers", [(), (LEAD,)])
def test_where_the_office_checks_it_is_asked_like_a_lead_and_nobody_is_reported(
    county: County, checkers: tuple[int, ...]
) -> None:
    """No lead at all, or one where nobody can be reached."""
    county.people[LEAD] = replace(county.people[LEAD], reviewers=())
    submit(county, checkers=checkers)
    said = county.mornings("2021-11-02", "2021-11-30")
    again = [("2021-11-04", REVIEW_LATE, 3), ("2021-11-08", REVIEW_LATE, 5)]
    assert heard(said, "office") == [("2021-11-02", QUEUED, 0), *again, *WEEKLY]


def test_after_an_outage_the_lead_hears_before_the_office(county: County) -> None:
    submit(county)
    back = county.morning("2021-11-09")
    assert back.readers == {"lead", "lead-2"}
    assert back.kinds("lead") == [REVIEW_LATE]
    assert back.outcome("queued-0") is Outcome.SUPERSEDED
    assert back.outcome("review-5") is None
    later = county.mornings("2021-11-10", "2021-11-30")
    assert heard(later, "office") == [("2021-11-10", OFFICE_REVIEW_LATE, 7), *WEEKLY]


def test_after_an_outage_one_line_stands_for_both_stages_missed(county: County) -> None:
    submit(county)
    county.morning("2021-11-02")
    back = county.morning("2021-11-09")
    assert (back.kinds("lead"), back.kinds("office")) == ([REVIEW_LATE], [OFFICE_REVIEW_LATE])
    assert (back.outcome("review-3"), back.outcome("review-5")) == (Outcome.SUPERSEDED, Outcome.PLANNED)
    assert heard(county.mornings("2021-11-10", "2021-11-30"), "office") == WEEKLY


def test_the_office_hears_nothing_while_the_announcement_is_on_its_way(county: County) -> None:
    submit(county)
    county.morning("2021-11-04", delivered=False)
    assert county.morning("2021-11-08", delivered=False).readers == set()


def test_where_the_reviewers_get_nothing_the_office_hears_that_the_lead_cannot_be_reached(county: County) -> None:
    submit(county)
    said = county.mornings("2021-11-02", "2021-11-30", lost=["lead", "lead-2"])
    assert heard(said, "office") == [("2021-11-08", UNREACHABLE, 0), *WEEKLY]
    assert said["2021-11-08"].lines("office")[0].ref == LEAD


def test_a_lead_is_not_given_up_while_a_reminder_is_on_its_way(county: County) -> None:
    submit(county)
    county.morning("2021-11-02", lost=["lead", "lead-2"])
    assert county.morning("2021-11-09").readers == {"lead", "lead-2"}
    assert heard(county.mornings("2021-11-10", "2021-11-10"), "office") == [("2021-11-10", OFFICE_REVIEW_LATE, 7)]


def test_one_reviewer_who_gets_it_is_enough(county: County) -> None:
    submit(county)
    said = county.mornings("2021-11-02", "2021-11-30", lost=["lead"])
    assert heard(said, "office") == [("2021-11-08", OFFICE_REVIEW_LATE, 5), *WEEKLY]


def test_without_anybody_in_the_office_the_report_waits_for_somebody(county: County) -> None:
    submit(county)
    county.office = ()
    county.mornings("2021-11-02", "2021-11-10")
    county.office = ("office",)
    later = county.mornings("2021-11-11", "2021-11-30")
    assert heard(later, "office") == [("2021-11-11", OFFICE_REVIEW_LATE, 8), *WEEKLY]


def test_with_nobody_in_the_office_the_lead_is_asked_all_the_same(county: County) -> None:
    submit(county)
    county.office = ()
    county.morning("2021-11-02")
    back = county.morning("2021-11-09")
    assert (back.outcome("review-3"), back.outcome("review-5")) == (Outcome.PLANNED, None)


def test_what_was_said_of_an_earlier_submission_does_not_count(county: County) -> None:
    item = submit(county)
    county.morning("2021-11-02")
    county.returned(item, "2021-11-02 10:00")
    county.submitted(item, "2021-11-02 11:00")
    assert county.morning("2021-11-10").readers == {"lead", "lead-2"}


def test_a_reminder_to_the_unit_is_none_to_those_who_check(county: County) -> None:
    """Both ladders may count from the same day."""
    item = county.item("2021-11-01", dispatched="2021-08-02")
    county.morning("2021-11-01")
    county.submitted(item, SUBMITTED)
    assert county.morning("2021-11-09").readers == {"lead", "lead-2"}


def test_a_reviewer_with_todays_digest_is_asked_tomorrow(county: County) -> None:
    submit(county)
    county.digested.add((day("2021-11-02"), "lead"))
    assert county.morning("2021-11-02").plan.marks == ()
    assert county.morning("2021-11-03").readers == {"lead", "lead-2"}


def test_the_weekly_list_is_told_once_and_only_of_what_the_office_has_heard(county: County) -> None:
    """The first working day of the week is the fifth day of the wait: the report itself, not both."""
    submit(county)
    county.mornings("2021-11-02", "2021-11-05")
    assert county.morning("2021-11-08").kinds("office") == [OFFICE_REVIEW_LATE]
    assert county.morning("2021-11-15").kinds("office") == [WEEKLY_REVIEW]
    assert county.morning("2021-11-15 10:00").readers == set()
