"""The only place that reads the time: real, or virtual and turned by hand."""

from datetime import UTC, datetime, timedelta

from bot.clock import RealClock, VirtualClock, real_now
from bot.domain.calendar import SHANGHAI

START = datetime(2021, 5, 25, 9, 0, tzinfo=SHANGHAI)


class Ticks:
    """Seconds of a machine that has just started."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_virtual_clock_runs_at_its_speed_from_its_start() -> None:
    ticks = Ticks()
    clock = VirtualClock(START, 60.0, ticks)
    assert clock.now() == START and clock.now().tzinfo is UTC
    ticks.now += 2
    assert clock.now() == START + timedelta(minutes=2)


def test_a_clock_of_speed_nought_stands_still_until_it_is_turned() -> None:
    ticks = Ticks()
    clock = VirtualClock(START, 0.0, ticks)
    ticks.now += 3600
    assert clock.now() == START
    clock.jump(START + timedelta(days=1))
    ticks.now += 3600
    assert clock.now() == START + timedelta(days=1)


def test_it_jumps_forward_and_runs_on_from_there() -> None:
    ticks = Ticks()
    clock = VirtualClock(START, 1.0, ticks)
    ticks.now += 10
    clock.jump(START + timedelta(hours=5))
    ticks.now += 1
    assert clock.now() == START + timedelta(hours=5, seconds=1)


def test_it_never_goes_back() -> None:
    ticks = Ticks()
    clock = VirtualClock(START, 1.0, ticks)
    ticks.now += 10
    clock.jump(START + timedelta(seconds=9))
    assert clock.now() == START + timedelta(seconds=10)


def test_how_long_until_a_moment_on_the_wall() -> None:
    ticks = Ticks()
    later = START + timedelta(minutes=10)
    assert VirtualClock(START, 60.0, ticks).real_seconds_until(later) == 10.0
    assert VirtualClock(START, 0.0, ticks).real_seconds_until(later) is None
    assert VirtualClock(START, 0.0, ticks).real_seconds_until(START) == 0.0
    assert VirtualClock(later, 60.0, ticks).real_seconds_until(START) == 0.0


def test_real_time_is_aware_and_in_utc() -> None:
    before = real_now()
    assert before.tzinfo is UTC
    assert before <= RealClock().now() <= real_now()
    assert RealClock().real_seconds_until(before) == 0.0
    assert 0 < RealClock().real_seconds_until(real_now() + timedelta(minutes=1)) <= 60
