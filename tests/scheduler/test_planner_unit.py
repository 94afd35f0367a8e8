"""What the responsible unit hears (DESIGN §3, rules 4 and 5)."""

import pytest
from mornings import OTHER_TOWN, TOWN, County, arrived, day, heard, moment

from bot.domain.planning import LineKind, Outcome, UnitPeople, Waiting
from bot.domain.states import State

DISPATCH, UNSIGNED, REMIND, OVERDUE = LineKind.DISPATCH, LineKind.UNSIGNED, LineKind.REMIND, LineKind.OVERDUE
PROPOSED, STILL_OVERDUE, NEWS = LineKind.PROPOSED, LineKind.STILL_OVERDUE, LineKind.NEWS


@pytest.fixture
def county() -> County:
    return County()


# --- reminders


def test_a_unit_is_reminded_15_7_3_and_1_working_days_before_on_the_day_and_when_it_is_late(county: County) -> None:
    county.item("2021-06-30")
    assert heard(county.mornings("2021-05-26", "2021-07-31"), "town") == [
        ("2021-06-08", REMIND, 15),  # the Dragon Boat holiday of 06-14 does not count
        ("2021-06-21", REMIND, 7),
        ("2021-06-25", REMIND, 3),
        ("2021-06-29", REMIND, 1),
        ("2021-06-30", REMIND, 0),
        ("2021-07-01", OVERDUE, 1),
        ("2021-07-05", OVERDUE, 3),
        ("2021-07-14", PROPOSED, 10),
    ]


def test_only_the_first_contact_of_a_unit_is_written_to(county: County) -> None:
    county.item("2021-06-30")
    readers = {reader for said in county.mornings("2021-05-26", "2021-06-30").values() for reader in said.readers}
    assert readers == {"town"}


def test_a_deadline_on_sunday_is_reminded_of_on_friday_in_one_line(county: County) -> None:
    county.item("2021-10-31", dispatched="2021-10-01")
    county.mornings("2021-10-08", "2021-10-28")
    friday = county.morning("2021-10-29")
    assert [(line.kind, line.days) for line in friday.lines("town")] == [(REMIND, 0)]
    assert (friday.outcome("remind-0"), friday.outcome("remind-1")) == (Outcome.PLANNED, Outcome.SUPERSEDED)
    assert "休息日" in friday.lines("town")[0].rule
    assert heard(county.mornings("2021-10-30", "2021-11-10"), "town") == [
        ("2021-11-01", OVERDUE, 1),
        ("2021-11-03", OVERDUE, 3),
    ]


def test_the_national_day_week_does_not_count_and_its_make_up_workdays_do(county: County) -> None:
    county.item("2021-10-09", dispatched="2021-08-02")  # a Saturday that is worked
    assert heard(county.mornings("2021-09-01", "2021-10-31"), "town") == [
        ("2021-09-13", REMIND, 15),  # Saturday 09-18 is worked, 09-19 to 09-21 are off
        ("2021-09-24", REMIND, 7),
        ("2021-09-29", REMIND, 3),
        ("2021-10-08", REMIND, 1),
        ("2021-10-09", REMIND, 0),
        ("2021-10-11", OVERDUE, 1),
        ("2021-10-13", OVERDUE, 3),
        ("2021-10-22", PROPOSED, 10),
    ]


def test_a_make_up_sunday_is_a_morning_like_any_other(county: County) -> None:
    county.item("2021-09-26", dispatched="2021-09-23")
    assert heard(county.mornings("2021-09-23", "2021-09-27"), "town") == [
        ("2021-09-24", REMIND, 1),
        ("2021-09-26", REMIND, 0),
        ("2021-09-27", OVERDUE, 1),
    ]


def test_a_deadline_within_the_holidays_is_reminded_of_before_them(county: County) -> None:
    county.item("2021-10-03", dispatched="2021-08-02")
    assert heard(county.mornings("2021-09-29", "2021-10-08"), "town") == [
        ("2021-09-29", REMIND, 1),
        ("2021-09-30", REMIND, 0),
        ("2021-10-08", OVERDUE, 1),
    ]


def test_after_an_outage_one_reminder_stands_for_all_that_were_missed(county: County) -> None:
    county.item("2021-06-30")
    back = county.morning("2021-06-28 11:40")
    assert [(line.kind, line.days) for line in back.lines("town")] == [(REMIND, 2)]
    assert [(mark.stage.key, mark.outcome) for mark in back.plan.marks if mark.stage.key != "dispatch-0"] == [
        ("remind-3", Outcome.PLANNED),
        ("remind-15", Outcome.SUPERSEDED),
        ("remind-7", Outcome.SUPERSEDED),
    ]


def test_a_stage_added_to_the_policy_below_one_already_sent_is_not_sent_after_it(county: County) -> None:
    late = county.item("2021-06-30")
    county.change(late, stages={(day("2021-06-30"), "overdue-3"): arrived("2021-07-05")})
    said = county.morning("2021-07-06")
    assert said.kinds("town") == []
    assert said.outcome("overdue-1") is Outcome.SUPERSEDED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CLOSED])
def test_a_unit_that_has_done_its_part_is_left_alone(county: County, state: State) -> None:
    done = county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-25")
    county.submitted(done, "2021-06-28 10:00")
    county.change(done, state=state)
    assert heard(county.mornings("2021-06-28", "2021-07-31"), "town") == []


def test_an_extension_starts_a_new_ladder(county: County) -> None:
    item = county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-30")
    county.change(item, due=day("2021-07-30"))
    assert heard(county.mornings("2021-07-01", "2021-08-02"), "town") == [
        ("2021-07-09", REMIND, 15),
        ("2021-07-21", REMIND, 7),
        ("2021-07-27", REMIND, 3),
        ("2021-07-29", REMIND, 1),
        ("2021-07-30", REMIND, 0),
        ("2021-08-02", OVERDUE, 1),
    ]


def test_an_item_returned_after_its_deadline_has_three_working_days(county: County) -> None:
    item = county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-30")
    county.submitted(item, "2021-06-30 16:00")
    county.mornings("2021-07-01", "2021-07-06")
    county.returned(item, "2021-07-07 10:00")
    said = county.mornings("2021-07-08", "2021-07-20")
    assert [one for one in heard(said, "town") if one[1] is OVERDUE] == [
        ("2021-07-13", OVERDUE, 9),  # 1 after the grace; the reader is told how late the item really is
        ("2021-07-15", OVERDUE, 11),
    ]
    assert [on for on, kind, _ in heard(said, "lead") if kind is LineKind.LEAD_OVERDUE] == ["2021-07-13", "2021-07-15"]
    assert said["2021-07-13"].lines("town")[0].rule == "规则5：退回整改期满后逾期1个工作日提醒责任单位"


def test_an_item_returned_before_its_deadline_keeps_its_ladder(county: County) -> None:
    item = county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-25")
    county.returned(item, "2021-06-25 15:00")
    assert heard(county.mornings("2021-06-28", "2021-07-01"), "town") == [
        ("2021-06-29", REMIND, 1),
        ("2021-06-30", REMIND, 0),
        ("2021-07-01", OVERDUE, 1),
    ]


# --- dispatch


def test_a_new_item_is_announced_once_on_the_next_morning(county: County) -> None:
    county.item("2021-12-31", dispatched="2021-05-28 16:00", state=State.DISPATCHED)  # a Friday
    assert heard(county.mornings("2021-05-28", "2021-06-01"), "town") == [("2021-05-31", DISPATCH, 0)]


def test_an_item_announced_before_an_extension_is_not_announced_again(county: County) -> None:
    item = county.item("2021-11-30", state=State.DISPATCHED)
    county.mornings("2021-05-26", "2021-05-28")
    county.change(item, due=day("2021-12-31"))
    assert heard(county.mornings("2021-05-31", "2021-06-30"), "town") == []


def test_an_item_signed_before_the_morning_is_not_announced(county: County) -> None:
    county.item("2021-12-31", state=State.IN_PROGRESS)
    said = county.morning("2021-05-26")
    assert said.readers == set()
    assert said.outcome("dispatch-0") is Outcome.SUPERSEDED


def test_row_handed_over_on_may_25_and_due_on_may_31(county: County) -> None:
    """Wednesday the 26th is both its first morning and 3 working days before its deadline."""
    county.item("2021-05-31", state=State.DISPATCHED)
    first = county.morning("2021-05-26")
    assert first.kinds("town") == [DISPATCH]
    merged = {"remind-15", "remind-7", "remind-3"}
    assert {mark.stage.key for mark in first.plan.marks if mark.outcome is Outcome.SUPERSEDED} == merged
    assert heard(county.mornings("2021-05-27", "2021-06-03"), "town") == [
        ("2021-05-28", REMIND, 1),  # 3 working days unsigned as well: one line is enough
        ("2021-05-31", REMIND, 0),
        ("2021-06-01", OVERDUE, 1),
        ("2021-06-03", OVERDUE, 3),
    ]


def test_reminders_whose_day_was_before_the_item_are_not_sent_even_to_a_unit_that_signed(county: County) -> None:
    county.item("2021-06-02", state=State.IN_PROGRESS)  # 7 working days before was 05-24
    first = county.morning("2021-05-26")
    assert first.readers == set()
    assert {mark.stage.key for mark in first.plan.marks} == {"dispatch-0", "remind-15", "remind-7"}
    assert {mark.outcome for mark in first.plan.marks} == {Outcome.SUPERSEDED}
    assert heard(county.mornings("2021-05-27", "2021-06-01"), "town") == [
        ("2021-05-28", REMIND, 3),
        ("2021-06-01", REMIND, 1),
    ]


def test_an_item_due_on_the_day_of_its_dispatch_is_not_called_late_while_it_is_announced(county: County) -> None:
    county.item("2021-05-25", state=State.DISPATCHED)
    assert heard(county.mornings("2021-05-26", "2021-05-31"), "town") == [
        ("2021-05-26", DISPATCH, 0),
        ("2021-05-27", OVERDUE, 2),
        ("2021-05-28", OVERDUE, 3),
    ]


# --- unsigned


def test_a_unit_that_has_not_signed_is_asked_once_more_after_three_working_days(county: County) -> None:
    item = county.item("2021-12-31", state=State.DISPATCHED)
    assert heard(county.mornings("2021-05-26", "2021-07-31"), "town") == [
        ("2021-05-26", DISPATCH, 0),
        ("2021-05-28", UNSIGNED, 3),
    ]
    county.change(item, due=day("2021-12-30"))
    assert heard(county.mornings("2021-08-01", "2021-08-31"), "town") == []


def test_a_unit_that_has_signed_is_not_asked_to(county: County) -> None:
    item = county.item("2021-12-31", state=State.DISPATCHED)
    county.morning("2021-05-26")
    county.change(item, state=State.IN_PROGRESS)
    assert heard(county.mornings("2021-05-27", "2021-07-31"), "town") == []


def test_where_a_reminder_fires_the_same_morning_it_is_enough(county: County) -> None:
    county.item("2021-06-08", state=State.DISPATCHED)
    county.mornings("2021-05-26", "2021-05-27")
    said = county.morning("2021-05-28")  # 7 working days before, and 3 after the dispatch
    assert said.kinds("town") == [REMIND]
    assert said.outcome("unsigned-3") is Outcome.SUPERSEDED
    assert heard(county.mornings("2021-05-29", "2021-06-02"), "town") == []


def test_announced_late_after_an_outage_an_item_is_not_called_unsigned_the_same_day(county: County) -> None:
    county.item("2021-12-31", state=State.DISPATCHED)
    assert heard(county.mornings("2021-06-03", "2021-06-30"), "town") == [("2021-06-03", DISPATCH, 0)]


# --- loaded beside deadlines already past


@pytest.mark.parametrize("state", [State.DISPATCHED, State.IN_PROGRESS])
def test_an_item_loaded_after_its_deadline_is_announced_and_never_chased(county: County, state: State) -> None:
    county.item("2021-03-31", state=state)
    first = county.preview("2021-05-26")
    assert [mark.stage.key for mark in first.plan.marks] == ["dispatch-0"]
    said = county.mornings("2021-05-26", "2021-09-30")
    assert heard(said, "town") == ([("2021-05-26", DISPATCH, 0)] if state is State.DISPATCHED else [])
    assert {reader for one in said.values() for reader in one.readers} <= {"town"}


def test_an_item_loaded_after_its_deadline_gets_its_ladder_with_an_extension(county: County) -> None:
    item = county.item("2021-03-31")
    county.mornings("2021-05-26", "2021-06-10")
    county.change(item, due=day("2021-06-30"))
    said = county.mornings("2021-06-11", "2021-07-02")
    assert [on for on, kind, _ in heard(said, "lead") if kind is LineKind.LEAD_OVERDUE] == ["2021-07-01"]


def test_an_item_loaded_after_its_deadline_gets_its_ladder_when_it_is_returned(county: County) -> None:
    item = county.item("2021-03-31")
    county.mornings("2021-05-26", "2021-06-10")
    county.returned(item, "2021-06-10 15:00")  # three working days: until 06-16, after the Dragon Boat holiday
    assert [on for on, kind, _ in heard(county.mornings("2021-06-11", "2021-06-30"), "town") if kind is OVERDUE] == [
        "2021-06-17",
        "2021-06-21",
    ]


# --- a unit nobody reaches


def test_the_office_hears_of_all_units_without_a_contact_in_one_group_a_day(county: County) -> None:
    county.no_contact(TOWN)
    county.no_contact(OTHER_TOWN)
    for unit in (TOWN, TOWN, OTHER_TOWN):
        county.item("2021-12-31", unit=unit, state=State.DISPATCHED)
        county.item("2021-05-27", unit=unit, state=State.DISPATCHED)
    said = county.morning("2021-05-26")
    assert [(line.kind, line.ref) for line in said.lines("office")] == [
        (LineKind.UNREACHABLE, TOWN),
        (LineKind.UNREACHABLE, OTHER_TOWN),
    ]
    outcomes = {mark.outcome for mark in said.plan.marks if mark.stage.key == "dispatch-0"}
    assert outcomes == {Outcome.UNREACHABLE}
    assert said.readers == {"office"}


def test_a_group_told_today_is_not_told_again_and_the_stage_waits(county: County) -> None:
    county.no_contact(TOWN)
    county.item("2021-05-28", dispatched="2021-05-03")
    county.unreachable_told.add(day("2021-05-28"))
    said = county.morning("2021-05-28")
    assert said.readers == set()
    assert said.outcome("remind-0") is None
    assert county.morning("2021-05-31").kinds("office") == [LineKind.UNREACHABLE]


def test_without_anybody_in_the_office_nothing_is_recorded_as_told(county: County) -> None:
    county.no_contact(TOWN)
    county.office = ()
    county.item("2021-05-28", dispatched="2021-05-03")
    assert county.morning("2021-05-28").outcome("remind-0") is None
    county.office = ("office",)
    assert county.morning("2021-05-31").kinds("office") == [LineKind.UNREACHABLE]


def test_a_reminder_that_failed_puts_the_unit_before_the_office_once(county: County) -> None:
    county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-24")
    county.morning("2021-06-25", lost=["town"])
    said = county.mornings("2021-06-28", "2021-06-30")
    assert heard(said, "office") == [("2021-06-28", LineKind.UNREACHABLE, 0)]


def test_a_failure_of_this_morning_is_told_the_next(county: County) -> None:
    county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-24")
    county.morning("2021-06-25", lost=["town"])
    assert county.morning("2021-06-25 11:00").readers == set()
    assert county.morning("2021-06-28").readers == {"office"}


def test_a_line_that_others_did_not_get_says_nothing_about_the_unit(county: County) -> None:
    county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-30")
    said = county.mornings("2021-07-01", "2021-07-02", lost=["lead", "lead-2"])
    assert heard(said, "office") == []


def test_the_office_with_todays_digest_hears_of_a_unit_tomorrow(county: County) -> None:
    county.no_contact(TOWN)
    county.item("2021-06-30")
    county.digested.add((day("2021-06-29"), "office"))
    assert county.morning("2021-06-29").outcome("remind-1") is None
    assert county.morning("2021-06-30").kinds("office") == [LineKind.UNREACHABLE]


def test_a_second_failure_is_told_again(county: County) -> None:
    county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-24")
    said = county.mornings("2021-06-25", "2021-06-30", lost=["town"])
    assert [on for on, _, _ in heard(said, "office")] == ["2021-06-28", "2021-06-30"]


def test_a_failure_does_not_name_the_unit_once_it_has_done_its_part(county: County) -> None:
    item = county.item("2021-06-30")
    county.mornings("2021-06-25", "2021-06-25", lost=["town"])
    county.change(item, state=State.CLOSED)
    assert heard(county.mornings("2021-06-28", "2021-06-30"), "office") == []


def test_a_contact_found_later_hears_of_the_next_stage(county: County) -> None:
    county.no_contact(TOWN)
    county.item("2021-06-30")
    county.mornings("2021-05-26", "2021-06-25")
    county.people[TOWN] = UnitPeople(contacts=("new",))
    assert heard(county.mornings("2021-06-28", "2021-07-01"), "new") == [
        ("2021-06-29", REMIND, 1),
        ("2021-06-30", REMIND, 0),
        ("2021-07-01", OVERDUE, 1),
    ]


# --- an item that stays late


def test_what_is_still_late_stands_in_a_digest_that_goes_out_anyway(county: County) -> None:
    """Nothing is sent for it alone."""
    late = county.item("2021-06-30", dispatched="2021-05-25 08:00")
    county.mornings("2021-05-26", "2021-07-05")
    assert county.morning("2021-07-06").readers == set()
    county.news = (Waiting(7, "town", moment("2021-07-06 15:00")),)
    said = county.morning("2021-07-07")
    assert [(line.kind, line.ref, line.days) for line in said.lines("town")] == [
        (STILL_OVERDUE, late, 5),
        (NEWS, 7, 0),
    ]
    assert said.plan.marks == ()
    assert county.morning("2021-07-08").readers == set()


def test_what_is_in_its_grace_or_was_late_when_loaded_is_not_named_as_late(county: County) -> None:
    back = county.item("2021-06-30", dispatched="2021-05-25 08:00")
    county.item("2021-06-01", dispatched="2021-06-28 08:00", code="13")
    county.mornings("2021-05-26", "2021-07-05")
    county.returned(back, "2021-07-05 15:00")  # until 2021-07-08
    county.mornings("2021-07-06", "2021-07-06")
    county.news = (Waiting(7, "town", moment("2021-07-06 15:00")),)
    assert STILL_OVERDUE not in county.morning("2021-07-07").kinds("town")
