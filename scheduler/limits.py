"""How much one person may be sent (WECOM.md, "Rates"): the platform silently discards what is over its own limits.

Nothing proactive goes over the policy's numbers (20 a minute, 600 an hour), counted on the service's clock. The room
between them and the platform's 30 and 1,000 is kept for answers, which are counted in real time: people wait for them,
and the platform counts them so.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.domain.policy import Policy

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ANSWERS_PER_MINUTE = 28
ANSWERS_PER_HOUR = 950


class MemberLimits:
    """Sliding windows per person. The state is rebuilt from what was sent, so a restart does not reset it."""

    def __init__(self, policy: Policy, real_now: Callable[[], datetime]) -> None:
        self._policy = policy
        self._real_now = real_now
        self._sent: dict[str, deque[datetime]] = defaultdict(deque)
        self._sent_real: dict[str, deque[datetime]] = defaultdict(deque)

    def rebuild(self, sent: Iterable[tuple[str, datetime]]) -> None:
        """`sent`: who was sent something when, within the last hour, oldest first."""
        for key, moment in sent:
            self._sent[key].append(moment)
            self._sent_real[key].append(moment)

    def free_at(self, key: str, now: datetime) -> datetime:
        """When something proactive may go to this person: `now`, or the moment a place frees."""
        limits = ((self._policy.member_per_minute, MINUTE), (self._policy.member_per_hour, HOUR))
        return _free_at(self._sent[key], now, limits)

    def answer_wait(self, key: str) -> timedelta:
        """How long an answer to this person must wait, in real time; zero nearly always."""
        real = self._real_now()
        limits = ((ANSWERS_PER_MINUTE, MINUTE), (ANSWERS_PER_HOUR, HOUR))
        return _free_at(self._sent_real[key], real, limits) - real

    def took(self, key: str, now: datetime) -> None:
        self._sent[key].append(now)
        self._sent_real[key].append(self._real_now())


def _free_at(sent: deque[datetime], now: datetime, limits: Iterable[tuple[int, timedelta]]) -> datetime:
    while sent and sent[0] <= now - HOUR:
        sent.popleft()
    free = now
    for most, window in limits:
        recent = [moment for moment in sent if moment > now - window]
        if len(recent) >= most:
            free = max(free, recent[len(recent) - most] + window)
    return free
