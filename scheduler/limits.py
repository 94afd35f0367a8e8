"""How much one person may be sent (WECOM.md, "Rates"): the platform silently discards what is over its own limits,
so ours are lower (20 a minute, 600 an hour), and what is over them waits.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.domain.policy import Policy

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class MemberLimits:
    """Sliding windows per person, on the service's clock. Rebuilt from what was sent: a restart does not reset them.

    An answer may also go as soon as real time allows it: on a virtual clock that stands still nobody should wait for
    an answer for ever, and the platform counts in real time.
    """

    def __init__(self, policy: Policy, real_now: Callable[[], datetime]) -> None:
        self._limits = ((policy.member_per_minute, MINUTE), (policy.member_per_hour, HOUR))
        self._real_now = real_now
        self._sent: dict[str, deque[datetime]] = defaultdict(deque)
        self._sent_real: dict[str, deque[datetime]] = defaultdict(deque)

    def rebuild(self, sent: Iterable[tuple[str, datetime]]) -> None:
        """`sent`: who was sent something when, within the last hour, oldest first."""
        for key, moment in sent:
            self._sent[key].append(moment)
            self._sent_real[key].append(moment)

    def wait(self, key: str, now: datetime) -> timedelta:
        """How long this person must be left alone, on the service's clock; zero nearly always."""
        return self._free_at(self._sent[key], now) - now

    def answer_wait(self, key: str, now: datetime) -> timedelta:
        """The same for an answer, on whichever clock is sooner."""
        real = self._real_now()
        return min(self.wait(key, now), self._free_at(self._sent_real[key], real) - real)

    def took(self, key: str, now: datetime) -> None:
        self._sent[key].append(now)
        self._sent_real[key].append(self._real_now())

    def _free_at(self, sent: deque[datetime], now: datetime) -> datetime:
        while sent and sent[0] <= now - HOUR:
            sent.popleft()
        free = now
        for most, window in self._limits:
            recent = [moment for moment in sent if moment > now - window]
            if len(recent) >= most:
                free = max(free, recent[len(recent) - most] + window)
        return free
