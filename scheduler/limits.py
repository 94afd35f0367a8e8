"""How much may be sent (WECOM.md, "Rates"), to one person and by the application as a whole.

The platform silently discards what is over a person's limit and blocks the API for a minute or an hour when its own is
broken, so ours are lower, and what is over them waits. All of it is rebuilt from what was sent: a restart or another
process taking over does not reset it.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from bot.domain.policy import Policy

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class MemberLimits:
    """Sliding windows per person, on the service's clock.

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
        self._sent.clear()
        self._sent_real.clear()
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


class ApiLimit:
    """Sliding windows over the calls of message/send, in real time: that is how the platform counts them."""

    def __init__(self, policy: Policy, real_now: Callable[[], datetime]) -> None:
        self._limits = ((policy.api_per_minute, MINUTE), (policy.api_per_hour, HOUR))
        self._real_now = real_now
        self._calls: deque[datetime] = deque()

    def rebuild(self, calls: Iterable[datetime]) -> None:
        """`calls`: when something was sent within the last hour, oldest first."""
        self._calls = deque(calls)

    def took(self) -> None:
        self._calls.append(self._real_now())

    def free(self) -> int:
        """How many calls may be made now."""
        now = self._real_now()
        while self._calls and self._calls[0] <= now - HOUR:
            self._calls.popleft()
        return max(0, min(most - self._within(window, now) for most, window in self._limits))

    def wait(self) -> timedelta:
        """How long until a call may be made; zero when one may be now."""
        now = self._real_now()
        return max(
            (
                self._calls[len(self._calls) - most] + window - now
                for most, window in self._limits
                if len(self._calls) >= most
            ),
            default=timedelta(),
        )

    def _within(self, window: timedelta, now: datetime) -> int:
        """How many calls were made within `window`; they are in order, so the end is searched backwards by halves."""
        low, high = 0, len(self._calls)
        while low < high:
            middle = (low + high) // 2
            if self._calls[middle] > now - window:
                high = middle
            else:
                low = middle + 1
        return len(self._calls) - low


class DayLimit:
    """Person-times a day for the whole application: the platform allows 200 for each account."""

    PER_ACCOUNT = 200

    def __init__(self) -> None:
        self._day: date | None = None
        self._sent = 0
        self.accounts = 0

    def rebuild(self, day: date, sent: int, accounts: int) -> None:
        self._day, self._sent, self.accounts = day, sent, accounts

    def took(self, day: date) -> None:
        if day != self._day:
            self._day, self._sent = day, 0
        self._sent += 1

    def reached(self, day: date) -> bool:
        return day == self._day and self._sent >= self.PER_ACCOUNT * self.accounts
