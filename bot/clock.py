"""The only place that reads the time. Everything else is told what time it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def real_now() -> datetime:
    """The machine's time, aware, UTC. The platform's tokens and callbacks live in it whatever the clock below says."""
    return datetime.now(UTC)


class RealClock:
    """Time as it is."""

    virtual = False
    speed = 1.0

    def now(self) -> datetime:
        return real_now()

    def real_seconds_until(self, moment: datetime) -> float | None:
        """Seconds on the wall until `moment`; 0 if it is past, None if it never comes by itself."""
        return max(0.0, (moment - self.now()).total_seconds())


class VirtualClock:
    """A clock one can turn (DUBAN_CLOCK): runs `speed` virtual seconds a second from `start`, and jumps forward."""

    virtual = True

    def __init__(self, start: datetime, speed: float = 1.0, ticks: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._ticks = ticks
        self._base = start.astimezone(UTC)
        self._since = ticks()

    def now(self) -> datetime:
        return self._base + timedelta(seconds=(self._ticks() - self._since) * self.speed)

    def jump(self, moment: datetime) -> None:
        """Moves the clock forward to `moment`; never back, so one that is past by now changes nothing."""
        self._base = max(moment.astimezone(UTC), self.now())
        self._since = self._ticks()

    def real_seconds_until(self, moment: datetime) -> float | None:
        ahead = (moment - self.now()).total_seconds()
        if ahead <= 0:
            return 0.0
        return ahead / self.speed if self.speed > 0 else None


Clock = RealClock | VirtualClock


@dataclass(frozen=True)
class Moved:
    """What happened while a virtual clock was turned: digests planned, messages the platform took."""

    planned: int
    sent: int
