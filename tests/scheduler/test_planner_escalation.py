"""What others hear of a unit that is late, and when they must not (DESIGN §3, rules 2 and 5)."""

from dataclasses import replace

import pytest
from mornings import LEAD, OTHER_TOWN, TOWN, County, Morning, arrived, day, heard, moment

from bot.domain.planning import LineKind, Outcome, StageRecord
from bot.domain.states import State

LEAD_OVERDUE, OFFICE_OVERDUE = LineKind.LEAD_OVERDUE, LineKind.OFFICE_OVERDUE
HEAD_OVERDUE, WEEKLY, BULLETIN = LineKind.HEAD_OVERDUE, LineKind.WEEKLY, LineKind.BULLETIN
PROPOSED = LineKind.PROPOSED
UNREACHABLE, OVERDUE = LineKind.UNREACHABLE, LineKind.OVERDUE

DUE = "2021-10-29"  # a Friday; 1, 3, 7 and 10 working days late: 11-01, 11-03, 11-09, 11-12


@pytest.fixture
def county() -> County:
    return County()


@pytest.fixture
def late(county: County) -> int:
    """An item the unit was properly reminded of up to its deadline."""
    number = county.item(DUE, dispatched="2021-08-02")
    county.mornings("2021-09-01", DUE)
    return number


def without_weekly(story: list[tuple[str, LineKind, int]]) -> list[tuple[str, LineKind, int]]:
    return [one for one in story if one[1] is not WEEKLY]


# --- the ladder


def test_lead_on_day_1_office_on_day_3_head_on_day_7_and_a_bulletin_proposed_on_day_10(
    county: County, late: int
) -> None:
    said = county.mornings("2021-11-01", "2021-12-31")
    assert heard(said, "lead") == [("2021-11-01", LEAD_OVERDUE, 1), ("2021-11-03", LEAD_OVERDUE, 3)]
    assert heard(said, "lead-2") == heard(said, "lead")
    assert heard(said, "mayor") == [("2021-11-09", HEAD_OVERDUE, 7)]
    assert without_weekly(heard(said, "office")) == [("2021-11-03", OFFICE_OVERDUE, 3), ("2021-11-12", BULLETIN, 10)]


def test_the_unit_hears_of_it_no_later_than_anybody_else(county: County, late: int) -> None:
    said = county.mornings("2021-11-01", "2021-11-03")
    assert heard(said, "town") == [("2021-11-01", OVERDUE, 1), ("2021-11-03", OVERDUE, 3)]


def test_where_the_office_checks_it_hears_of_late_items_only_from_day_3(county: County) -> None:
    county.item(DUE, dispatched="2021-08-02", checkers=())
    county.mornings("2021-09-01", DUE)
    first = county.morning("2021-11-01")
    assert first.readers == {"town"}
    assert first.outcome("escalate-1") is Outcome.SUPERSEDED
    assert [on for on, _, _ in heard(county.mornings("2021-11-02", "2021-11-05"), "office")] == ["2021-11-03"]


def test_a_lead_without_reviewers_and_a_unit_without_a_head_do_not_stop_the_ladder(county: County, late: int) -> None:
    county.people[LEAD] = replace(county.people[LEAD], reviewers=())
    county.people[TOWN] = replace(county.people[TOWN], heads=())
    said = county.mornings("2021-11-01", "2021-11-30")
    assert without_weekly(heard(said, "office")) == [("2021-11-03", OFFICE_OVERDUE, 3), ("2021-11-12", BULLETIN, 10)]
    stages = county.items[late].stages
    assert stages[day(DUE), "escalate-1"].outcome is Outcome.SUPERSEDED
    assert stages[day(DUE), "escalate-7"].outcome is Outcome.SUPERSEDED


def test_with_neither_reviewers_nor_office_the_stage_waits_for_somebody(county: County, late: int) -> None:
    county.people[LEAD] = replace(county.people[LEAD], reviewers=())
    county.office = ()
    county.mornings("2021-11-01", "2021-11-04")
    county.office = ("office",)
    assert county.morning("2021-11-05").kinds("office") == [OFFICE_OVERDUE]


def test_a_stage_added_to_the_policy_below_one_already_sent_is_not_sent_after_it(county: County, late: int) -> None:
    county.morning("2021-11-01")
    stages = {**county.items[late].stages, (day(DUE), "escalate-10"): arrived("2021-11-02")}
    county.change(late, stages=stages)
    assert county.morning("2021-11-12").readers == {"town"}
    assert county.items[late].stages[day(DUE), "escalate-7"].outcome is Outcome.SUPERSEDED


def test_a_submission_stops_the_ladder(county: County, late: int) -> None:
    county.morning("2021-11-01")
    county.submitted(late, "2021-11-02 10:00")
    said = county.mornings("2021-11-03", "2021-11-30")
    kinds = {kind for reader in ("lead", "office", "mayor", "town") for _, kind, _ in heard(said, reader)}
    assert kinds == {LineKind.QUEUED, LineKind.REVIEW_LATE, LineKind.OFFICE_REVIEW_LATE, LineKind.WEEKLY_REVIEW}


# --- the fairness guard


def test_nobody_hears_of_a_unit_on_the_day_its_first_reminder_arrives(county: County) -> None:
    """Down from before the first reminder until after the deadline: the unit is told first, the others a day later."""
    county.item(DUE, dispatched="2021-08-02")
    first = county.morning("2021-11-04")
    assert first.readers == {"town"}
    assert first.kinds("town") == [OVERDUE]
    assert first.outcome("escalate-1") is None
    second = county.morning("2021-11-05")
    assert second.kinds("lead") == [LEAD_OVERDUE]
    assert second.kinds("office") == [OFFICE_OVERDUE]
    assert second.outcome("escalate-1") is Outcome.SUPERSEDED


def test_a_reminder_still_on_its_way_is_waited_for(county: County) -> None:
    county.item(DUE, dispatched="2021-08-02")
    county.morning(DUE, delivered=False)
    assert county.morning("2021-11-02", delivered=False).readers == {"town"}
    assert county.morning("2021-11-03", delivered=False).readers == {"town"}
    county.deliver(moment("2021-11-03 16:00"))
    assert county.morning("2021-11-04").readers == {"lead", "lead-2", "office"}


def test_a_weekend_between_the_reminder_and_the_escalation_is_enough(county: County) -> None:
    county.item(DUE, dispatched="2021-08-02")
    county.morning(DUE)
    assert county.morning("2021-11-01").readers == {"town", "lead", "lead-2"}


def test_only_reminders_of_the_same_cycle_count(county: County, late: int) -> None:
    county.change(late, due=day("2021-11-08"))
    first = county.morning("2021-11-09")
    assert first.readers == {"town"}
    assert county.morning("2021-11-10").readers == {"lead", "lead-2"}


LADDER = ("remind-0", "overdue-1", "overdue-3")


def recorded(county: County, *, remind: StageRecord, last: StageRecord) -> int:
    """An item 4 working days late with its unit's ladder at an end: the first of it failed, the last as given."""
    number = county.item(DUE, dispatched="2021-08-02")
    records = (remind, StageRecord(Outcome.SUPERSEDED, moment("2021-11-03")), last)
    stages = {(day(DUE), key): record for key, record in zip(LADDER, records, strict=True)}
    county.change(number, stages={**stages, (day(DUE), "dispatch-0"): arrived("2021-08-02")})
    county.unreachable_told.add(day("2021-11-03"))
    return number


def test_a_reminder_that_arrives_in_the_morning_allows_nothing_the_same_morning(county: County) -> None:
    """Failed once, and the one of yesterday got through at 09:01 today."""
    failed = StageRecord(Outcome.FAILED, moment(DUE))
    recorded(county, remind=failed, last=arrived("2021-11-04 09:01"))
    assert county.morning("2021-11-04").readers == set()
    assert county.morning("2021-11-05").readers == {"lead", "lead-2", "office"}


def test_one_that_failed_decides_nothing_while_another_is_on_its_way(county: County) -> None:
    failed = StageRecord(Outcome.FAILED, moment(DUE))
    recorded(county, remind=failed, last=StageRecord(Outcome.PLANNED, moment("2021-11-03")))
    assert county.morning("2021-11-04").readers == set()


def test_one_that_failed_decides_nothing_while_another_waits_for_tomorrow(county: County) -> None:
    item = county.item(DUE, dispatched="2021-08-02")
    stages = {(day(DUE), "remind-0"): StageRecord(Outcome.FAILED, moment(DUE))}
    county.change(item, stages={**stages, (day(DUE), "dispatch-0"): arrived("2021-08-02")})
    county.unreachable_told.add(day("2021-10-30"))
    county.digested.add((day("2021-11-01"), "town"))
    assert county.morning("2021-11-01").readers == set()
    assert county.morning("2021-11-02").readers == {"town"}


def test_an_urging_by_a_person_counts_as_a_reminder(county: County) -> None:
    failed = StageRecord(Outcome.FAILED, moment(DUE))
    item = recorded(county, remind=failed, last=failed)
    county.change(item, stages={**county.items[item].stages, (day(DUE), "urge-0"): arrived("2021-11-03 15:00")})
    assert county.morning("2021-11-04").readers == {"lead", "lead-2", "office"}


def test_a_contact_found_after_the_last_reminder_was_due_is_not_blamed(county: County) -> None:
    nobody = StageRecord(Outcome.UNREACHABLE, moment("2021-11-03"))
    recorded(county, remind=nobody, last=nobody)
    assert county.morning("2021-11-04").readers == {"office"}
    assert county.items[1].stages[day(DUE), "escalate-3"].outcome is Outcome.UNREACHABLE


@pytest.mark.parametrize("key", ["dispatch-0", "unsigned-3", "escalate-1"])
def test_a_message_that_is_no_reminder_does_not_count(county: County, key: str) -> None:
    item = county.item(DUE, dispatched="2021-08-02")
    records = {(day(DUE), one): StageRecord(Outcome.SUPERSEDED, moment(DUE)) for one in ("overdue-1", "overdue-3")}
    county.change(item, stages={**records, (day(DUE), key): arrived("2021-10-28")})
    assert county.morning("2021-11-03").readers == set()


def test_where_reminders_failed_the_office_hears_that_the_unit_cannot_be_reached(county: County) -> None:
    item = county.item(DUE, dispatched="2021-08-02")
    said = county.mornings("2021-10-27", "2021-11-02", lost=["town"])
    assert heard(said, "lead") == []
    # On 11-01 the overdue line was still on its way: the lead's stage is decided when that has failed as well.
    assert heard(said, "office") == [
        (on, UNREACHABLE, 0) for on in ("2021-10-28", "2021-10-29", "2021-11-01", "2021-11-02")
    ]
    stages = county.items[item].stages
    assert stages[day(DUE), "escalate-1"].outcome is Outcome.UNREACHABLE
    assert stages[day(DUE), "overdue-1"].outcome is Outcome.FAILED


def test_one_that_arrives_after_all_reopens_the_ladder(county: County) -> None:
    county.item(DUE, dispatched="2021-08-02")
    county.mornings("2021-10-27", "2021-11-02", lost=["town"])
    said = county.mornings("2021-11-03", "2021-11-05")
    assert heard(said, "town") == [("2021-11-03", OVERDUE, 3)]
    assert heard(said, "lead") == [("2021-11-04", LEAD_OVERDUE, 4)]
    assert heard(said, "office") == [("2021-11-04", OFFICE_OVERDUE, 4)]


def test_a_unit_without_a_contact_is_never_escalated(county: County) -> None:
    county.no_contact(TOWN)
    item = county.item(DUE, dispatched="2021-08-02")
    back = county.preview("2021-11-03")
    assert (back.outcome("overdue-3"), back.outcome("escalate-3")) == (Outcome.UNREACHABLE, Outcome.UNREACHABLE)
    said = county.mornings("2021-10-29", "2021-12-31")
    assert {reader for one in said.values() for reader in one.readers} == {"office"}
    assert {kind for _, kind, _ in heard(said, "office")} == {UNREACHABLE}
    outcomes = {key: record.outcome for (_, key), record in county.items[item].stages.items() if "escalate" in key}
    assert outcomes == dict.fromkeys(("escalate-1", "escalate-3", "escalate-7", "escalate-10"), Outcome.UNREACHABLE)


# --- after an outage


def test_the_highest_stage_reaches_everybody_the_missed_ones_concerned(county: County, late: int) -> None:
    """Down for two weeks after the deadline: one line per person, and the office proposes no bulletin unheard."""
    back = county.morning("2021-11-16")
    assert back.outcome("escalate-10") is Outcome.PLANNED
    assert {back.outcome(f"escalate-{days}") for days in (1, 3, 7)} == {Outcome.SUPERSEDED}
    assert [back.kinds(reader) for reader in ("town", "lead", "mayor", "office")] == [
        [PROPOSED],
        [LEAD_OVERDUE],
        [HEAD_OVERDUE],
        [BULLETIN],
    ]
    assert {line.days for reader in back.readers for line in back.lines(reader)} == {12}
    assert county.mornings("2021-11-17", "2021-11-19") == {}


def test_who_has_heard_already_does_not_hear_again_of_a_stage_overtaken(county: County, late: int) -> None:
    county.mornings("2021-11-01", "2021-11-03")
    back = county.morning("2021-11-16")
    assert back.readers == {"mayor", "office", "town"}
    assert back.kinds("town") == [PROPOSED]


def test_an_escalation_waits_whole_if_one_of_its_readers_has_todays_digest(county: County, late: int) -> None:
    county.digested.add((day("2021-11-03"), "office"))
    said = county.morning("2021-11-03")
    assert said.readers == {"town"}
    assert said.outcome("escalate-3") is None
    assert county.morning("2021-11-04").readers == {"lead", "lead-2", "office"}


# --- the weekly list


def weekly(mornings: dict[str, Morning]) -> list[tuple[str, int]]:
    return [(on, days) for on, kind, days in heard(mornings, "office") if kind is WEEKLY]


def test_the_office_has_the_list_on_the_first_working_day_of_each_week(county: County, late: int) -> None:
    said = county.mornings("2021-11-01", "2021-11-30")
    assert weekly(said) == [("2021-11-15", 11), ("2021-11-22", 16), ("2021-11-29", 21)]


def test_after_a_holiday_monday_the_list_comes_on_tuesday(county: County) -> None:
    county.item("2021-06-01", dispatched="2021-04-01")
    assert weekly(county.mornings("2021-05-31", "2021-06-20")) == [("2021-06-15", 9)]


def test_a_list_told_today_is_not_told_again(county: County, late: int) -> None:
    county.mornings("2021-11-01", "2021-11-12")
    county.weekly_told.add(day("2021-11-15"))
    assert weekly({"2021-11-15": county.morning("2021-11-15")}) == []


def test_an_office_with_todays_digest_gets_no_list_beside_it(county: County, late: int) -> None:
    county.mornings("2021-11-01", "2021-11-12")
    county.digested.add((day("2021-11-15"), "office"))
    assert county.morning("2021-11-15").readers == set()


def test_the_list_names_nobody_who_was_not_reminded(county: County) -> None:
    county.item("2021-11-01", dispatched="2021-08-02")
    unheard = county.item("2021-11-01", dispatched="2021-08-02", unit=OTHER_TOWN)
    loaded_late = county.item("2021-10-01", dispatched="2021-10-25")
    done = county.item("2021-11-01", dispatched="2021-08-02")
    county.mornings("2021-10-25", "2021-11-12", lost=["other-town"])
    county.submitted(done, "2021-11-12 10:00")
    refs = {line.ref for line in county.morning("2021-11-15").lines("office") if line.kind is WEEKLY}
    assert refs == {1}
    assert {unheard, loaded_late, done}.isdisjoint(refs)


def test_the_list_is_no_stage(county: County, late: int) -> None:
    county.mornings("2021-11-01", "2021-11-12")
    assert county.morning("2021-11-15").plan.marks == ()


@pytest.mark.parametrize("state", [State.DISPATCHED, State.IN_PROGRESS, State.RETURNED])
def test_every_open_state_is_chased(county: County, late: int, state: State) -> None:
    county.change(late, state=state)
    assert county.morning("2021-11-01").kinds("lead") == [LEAD_OVERDUE]


def test_the_rule_says_who_and_when(county: County, late: int) -> None:
    said = county.mornings("2021-11-01", "2021-11-15")
    rules = {line.kind: line.rule for one in said.values() for reader in one.readers for line in one.lines(reader)}
    assert rules == {
        OVERDUE: "规则5：逾期3个工作日提醒责任单位",
        LEAD_OVERDUE: "规则5：逾期3个工作日告知牵头单位",
        OFFICE_OVERDUE: "规则5：逾期3个工作日报县政府办公室",
        HEAD_OVERDUE: "规则5：逾期7个工作日告知单位负责人",
        BULLETIN: "规则5：逾期10个工作日提请县政府办公室研究通报",
        PROPOSED: "规则5：逾期10个工作日提请县政府办公室研究通报，同时告知责任单位",
        WEEKLY: "规则5：逾期7个工作日以上，列入县政府办公室每周清单",
    }
