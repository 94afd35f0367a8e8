"""Time for the platform: real time, or a clock that follows the bot's."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def real_now() -> datetime:
    """This moment, in Shanghai's zone."""
    return datetime.fromtimestamp(time.time(), SHANGHAI)


def parse_moment(text: str) -> datetime:
    """An ISO moment in Shanghai's zone; one without a zone is taken as Shanghai time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI)


class FollowingClock:
    """Shows real time until it is told of another clock, and from then on that clock's time.

    For a platform that runs in a process of its own and learns the bot's virtual time only by asking.
    """

    def __init__(self) -> None:
        self._told: datetime | None = None
        self._told_at = 0.0
        self._speed = 1.0

    def follow(self, now: datetime, speed: float) -> None:
        """The other clock shows `now` at this moment and makes `speed` seconds a second."""
        self._told, self._told_at, self._speed = now, time.monotonic(), speed

    def __call__(self) -> datetime:
        if self._told is None:
            return real_now()
        return self._told + timedelta(seconds=(time.monotonic() - self._told_at) * self._speed)
