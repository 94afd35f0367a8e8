"""Working days of the Chinese calendar (DESIGN §3, rule 3)."""

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import UnknownYear, WorkCalendar, at, local, local_day

CALENDAR = WorkCalendar()
KNOWN_DAYS = st.dates(date(2005, 1, 1), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2021-05-25", True),  # a Tuesday
        ("2021-05-29", False),  # a Saturday
        ("2021-05-30", False),
        ("2021-06-14", False),  # the Dragon Boat festival, a Monday
        ("2021-09-18", True),  # a Saturday worked for the Mid-Autumn festival
        ("2021-09-26", True),  # a Sunday worked for the National Day
        ("2021-10-01", False),
        ("2021-10-08", True),
        ("2021-10-09", True),  # a Saturday
        ("2021-12-31", True),
        ("2022-01-03", False),
        ("2022-01-04", True),
    ],
)
def test_days_off_and_days_worked_instead(day: str, works: bool) -> None:
    assert CALENDAR.is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "workdays", "found"),
    [
        ("2021-05-31", 1, "2021-06-01"),
        ("2021-05-31", 10, "2021-06-15"),  # over the festival
        ("2021-06-30", -15, "2021-06-08"),
        ("2021-10-31", -1, "2021-10-29"),  # from a Sunday
        ("2021-10-31", 1, "2021-11-01"),
        ("2021-09-30", 1, "2021-10-08"),
        ("2021-05-29", 0, "2021-05-29"),
    ],
)
def test_adding_working_days(day: str, workdays: int, found: str) -> None:
    assert CALENDAR.add(date.fromisoformat(day), workdays) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2021-05-31", "2021-05-31", 0),
        ("2021-05-31", "2021-06-01", 1),
        ("2021-06-01", "2021-05-31", 0),
        ("2021-05-28", "2021-05-30", 0),  # a weekend
        ("2021-10-31", "2021-11-02", 2),
        ("2021-06-11", "2021-06-15", 1),
        ("2021-09-30", "2021-10-09", 2),
    ],
)
def test_counting_working_days(start: str, end: str, count: int) -> None:
    assert CALENDAR.between(date.fromisoformat(start), date.fromisoformat(end)) == count


@given(KNOWN_DAYS, st.integers(1, 40))
def test_adding_and_counting_agree(day: date, workdays: int) -> None:
    later = CALENDAR.add(day, workdays)
    assert CALENDAR.is_workday(later) and CALENDAR.between(day, later) == workdays
    assert CALENDAR.between(day, later, most=3) == min(workdays, 3)


@given(KNOWN_DAYS)
def test_the_nearest_working_days(day: date) -> None:
    following, before = CALENDAR.next_workday(day), CALENDAR.last_workday(day)
    assert before <= day <= following
    assert (following == day) == (before == day) == CALENDAR.is_workday(day)
    assert CALENDAR.between(day, following) == (following != day)


def test_the_first_working_day_of_a_week() -> None:
    assert CALENDAR.first_of_week(date(2021, 6, 10)) == date(2021, 6, 7)
    assert CALENDAR.first_of_week(date(2021, 6, 18)) == date(2021, 6, 15)  # Monday is the festival
    assert CALENDAR.first_of_week(date(2021, 10, 5)) == date(2021, 10, 8)  # only its end is worked
    assert CALENDAR.first_of_week(date(2020, 1, 29)) == date(2020, 2, 2)  # Spring Festival of 2020: no working day


def test_a_year_nobody_knows_is_never_guessed() -> None:
    for ask in (CALENDAR.is_workday, CALENDAR.next_workday, CALENDAR.last_workday):
        with pytest.raises(UnknownYear, match="2099") as found:
            ask(date(2099, 3, 2))
        assert found.value.year == 2099
    with pytest.raises(UnknownYear):
        CALENDAR.between(date(2098, 12, 30), date(2099, 1, 5))
    assert CALENDAR.knows(2021) and not CALENDAR.knows(2099)


def test_counting_far_ahead_stops_before_the_years_nobody_knows() -> None:
    last = max(year for year in range(2021, 2099) if CALENDAR.knows(year))
    assert CALENDAR.between(date(last, 12, 1), date(last + 1, 6, 30), most=16) == 16


def test_a_county_may_vouch_for_a_year() -> None:
    calendar = WorkCalendar(
        extra_years=frozenset({2099}),
        holidays=frozenset({date(2099, 3, 2), date(2021, 5, 25)}),
        workdays=frozenset({date(2099, 3, 7), date(2021, 5, 29)}),
    )
    assert calendar.knows(2099)
    assert calendar.is_workday(date(2099, 3, 3)) and not calendar.is_workday(date(2099, 3, 2))
    assert calendar.is_workday(date(2099, 3, 7)) and not calendar.is_workday(date(2099, 3, 8))
    # Its word also goes before the package's.
    assert not calendar.is_workday(date(2021, 5, 25)) and calendar.is_workday(date(2021, 5, 29))


def test_a_day_is_a_day_in_shanghai() -> None:
    evening = datetime(2021, 5, 25, 16, 30, tzinfo=UTC)
    assert local_day(evening) == date(2021, 5, 26) and local(evening).hour == 0
    assert at(date(2021, 5, 26), time(9, 2)) == datetime(2021, 5, 26, 1, 2, tzinfo=UTC)
