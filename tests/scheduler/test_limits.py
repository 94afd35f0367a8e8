"""How much may be sent: to one person, by the application within a minute and an hour, and in a day."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.policy import Policy
from scheduler.limits import ApiLimit, DayLimit, MemberLimits

NOW = datetime(2021, 5, 25, 2, 0, tzinfo=UTC)
POLICY = Policy(member_per_minute=2, member_per_hour=3, api_per_minute=3, api_per_hour=5)
SECOND = timedelta(seconds=1)


class Wall:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_a_person_is_left_alone_until_the_window_has_room() -> None:
    limits = MemberLimits(POLICY, Wall())
    limits.took("wang", NOW)
    assert limits.wait("wang", NOW + SECOND) == timedelta()
    limits.took("wang", NOW + 10 * SECOND)
    assert limits.wait("wang", NOW + 20 * SECOND) == 40 * SECOND
    assert limits.wait("li", NOW + 20 * SECOND) == timedelta()
    limits.took("wang", NOW + 60 * SECOND)
    assert limits.wait("wang", NOW + timedelta(minutes=30)) == timedelta(minutes=30)  # three in the hour
    assert limits.wait("wang", NOW + timedelta(minutes=60)) == timedelta()


def test_an_answer_waits_on_whichever_clock_is_sooner() -> None:
    wall = Wall()
    limits = MemberLimits(POLICY, wall)
    for _ in range(2):
        limits.took("wang", NOW)  # a virtual clock that stands still
    wall.now += 50 * SECOND
    assert limits.wait("wang", NOW) == 60 * SECOND
    assert limits.answer_wait("wang", NOW) == 10 * SECOND


def test_what_was_sent_before_a_restart_counts() -> None:
    limits = MemberLimits(POLICY, Wall())
    limits.rebuild([("wang", NOW - 30 * SECOND), ("wang", NOW - 20 * SECOND)])
    assert limits.wait("wang", NOW) == 30 * SECOND
    limits.rebuild([])
    assert limits.wait("wang", NOW) == timedelta()


def test_the_application_keeps_below_both_windows() -> None:
    wall = Wall()
    api = ApiLimit(POLICY, wall)
    assert (api.free(), api.wait()) == (3, timedelta())
    for _ in range(3):
        api.took()
        wall.now += SECOND
    assert (api.free(), api.wait()) == (0, 57 * SECOND)
    wall.now = NOW + 60 * SECOND
    assert (api.free(), api.wait()) == (1, timedelta())
    api.took()
    wall.now = NOW + 90 * SECOND
    assert api.free() == 1  # five in the hour
    api.took()
    wall.now = NOW + timedelta(minutes=5)
    assert (api.free(), api.wait()) == (0, timedelta(minutes=55))
    wall.now = NOW + timedelta(minutes=60, seconds=1)
    assert api.free() == 2
    api.rebuild([wall.now - SECOND] * 3)
    assert api.free() == 0


def test_a_day_has_two_hundred_for_each_account() -> None:
    today = date(2021, 5, 25)
    day = DayLimit()
    day.rebuild(today, 399, 2)
    assert not day.reached(today)
    day.took(today)
    assert day.reached(today) and not day.reached(today + timedelta(days=1))
    day.took(today + timedelta(days=1))
    assert not day.reached(today + timedelta(days=1))
