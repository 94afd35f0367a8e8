"""When things are late, and when something may be sent (DESIGN §2 and §3, rules 3 to 5)."""

from datetime import date, datetime, timedelta

import pytest

from bot.domain.calendar import SHANGHAI, WorkCalendar
from bot.domain.policy import Policy
from bot.domain.states import Light, State
from bot.domain.timing import first_digest_day, in_window, light, next_open, overdue_days, stage_due, stalled

CALENDAR, POLICY = WorkCalendar(), Policy()
DUE = date(2021, 10, 31)  # a Sunday
FRIDAY = date(2021, 10, 29)
MONDAY, TUESDAY = date(2021, 11, 1), date(2021, 11, 2)


@pytest.mark.parametrize(
    ("state", "submitted_on", "today", "days"),
    [
        (State.DISPATCHED, None, FRIDAY, 0),
        (State.IN_PROGRESS, None, DUE, 0),
        (State.IN_PROGRESS, None, MONDAY, 1),
        (State.RETURNED, None, TUESDAY, 2),
        # A submission stops the clock where it stood.
        (State.SUBMITTED, FRIDAY, date(2021, 11, 30), 0),
        (State.SUBMITTED, MONDAY, date(2021, 11, 30), 1),
        *[(state, None, date(2021, 11, 30), 0) for state in (State.CLOSED, State.CANCELLED, State.SUSPENDED)],
        (State.NOT_APPLICABLE, None, date(2021, 11, 30), 0),
    ],
)
def test_days_late(state: State, submitted_on: date | None, today: date, days: int) -> None:
    assert overdue_days(CALENDAR, state, DUE, submitted_on, today) == days


def test_without_a_deadline_nothing_is_late() -> None:
    assert overdue_days(CALENDAR, State.IN_PROGRESS, None, None, TUESDAY) == 0


@pytest.mark.parametrize(
    ("state", "today", "colour"),
    [
        (State.IN_PROGRESS, date(2021, 10, 19), Light.GREEN),  # 8 working days left
        (State.IN_PROGRESS, date(2021, 10, 20), Light.YELLOW),  # 7
        (State.DISPATCHED, DUE, Light.YELLOW),
        (State.RETURNED, MONDAY, Light.RED),
        (State.SUBMITTED, FRIDAY, Light.GREEN),  # the unit has done its part
        (State.CLOSED, MONDAY, Light.BLUE),
        *[(state, MONDAY, Light.GREY) for state in (State.NOT_APPLICABLE, State.SUSPENDED, State.CANCELLED)],
        (State.UNRESOLVED, MONDAY, Light.GREY),
    ],
)
def test_the_light(state: State, today: date, colour: Light) -> None:
    submitted_on = FRIDAY if state is State.SUBMITTED else None
    assert light(CALENDAR, POLICY, state, DUE, submitted_on, today) is colour


def test_the_light_of_a_deadline_in_a_year_nobody_knows_is_green() -> None:
    last = max(year for year in range(2021, 2099) if CALENDAR.knows(year))
    far = date(last + 1, 3, 31)
    assert light(CALENDAR, POLICY, State.IN_PROGRESS, far, None, date(last, 6, 1)) is Light.GREEN


def test_stalled_is_signed_and_silent_for_twenty_working_days() -> None:
    signed = date(2021, 5, 25)
    day_20 = CALENDAR.add(signed, 20)
    for state, today, expected in (
        (State.IN_PROGRESS, day_20, True),
        (State.RETURNED, day_20, True),
        (State.IN_PROGRESS, day_20 - timedelta(days=1), False),
        (State.SUBMITTED, day_20, False),
        (State.DISPATCHED, day_20, False),
    ):
        assert stalled(CALENDAR, POLICY, state, signed, today) is expected
    assert not stalled(CALENDAR, POLICY, State.IN_PROGRESS, None, day_20)


@pytest.mark.parametrize(
    ("returned_on", "counts_from"),
    [
        (None, DUE),
        (date(2021, 10, 20), DUE),
        (DUE, DUE),
        (MONDAY, date(2021, 11, 4)),
        (date(2021, 11, 5), date(2021, 11, 10)),  # over a weekend
    ],
)
def test_an_item_returned_late_has_three_working_days(returned_on: date | None, counts_from: date) -> None:
    assert stage_due(CALENDAR, POLICY, DUE, returned_on) == counts_from


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2021-05-25T09:00", "2021-05-25T09:00"),
        ("2021-05-25T17:30", "2021-05-25T17:30"),
        ("2021-05-25T17:31", "2021-05-26T09:02"),
        ("2021-05-26T00:30", "2021-05-26T09:02"),
        ("2021-05-26T08:59", "2021-05-26T09:02"),
        ("2021-05-28T18:00", "2021-05-31T09:02"),  # Friday evening
        ("2021-05-29T11:00", "2021-05-31T09:02"),  # Saturday
        ("2021-06-11T18:00", "2021-06-15T09:02"),  # before the festival
        ("2021-09-17T18:00", "2021-09-18T09:02"),  # a Saturday that is worked
        ("2021-12-31T20:00", "2022-01-04T09:02"),
    ],
)
def test_what_comes_outside_working_hours_waits_for_the_next_morning(now: str, leaves: str) -> None:
    assert next_open(CALENDAR, POLICY, moment(now)) == moment(leaves)
    assert in_window(CALENDAR, POLICY, moment(now)) == (now == leaves)


@pytest.mark.parametrize(
    ("happened", "told"),
    [
        ("2021-05-25T09:02", "2021-05-25"),
        ("2021-05-25T09:03", "2021-05-26"),
        ("2021-05-28T15:00", "2021-05-31"),
        ("2021-05-29T08:00", "2021-05-31"),
    ],
)
def test_the_first_morning_that_can_tell_of_it(happened: str, told: str) -> None:
    assert first_digest_day(CALENDAR, POLICY, moment(happened)) == date.fromisoformat(told)
