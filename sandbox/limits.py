"""The platform's rates. Every function takes the moment as an argument; moments never go back."""

import hashlib
from collections import Counter, deque
from datetime import datetime, timedelta

from sandbox.errors import Json

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

MEMBER_LIMITS = ((MINUTE, 30), (HOUR, 1000))
API_LIMITS = ((MINUTE, 10_000), (HOUR, 150_000))

DUPLICATE_SECONDS = 1800  # when the request names no interval
DUPLICATE_SECONDS_MAX = 14_400


class MemberQuota:
    """30 messages a minute and 1,000 an hour to one member; the platform says nothing about the excess."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[datetime]] = {}

    def admit(self, userid: str, now: datetime) -> bool:
        """Count one message to this member; False means it is to be discarded."""
        sent = self._sent.setdefault(userid, deque())
        while sent and sent[0] <= now - HOUR:
            sent.popleft()
        for span, limit in MEMBER_LIMITS:
            if len(sent) >= limit and sent[-limit] > now - span:
                return False
        sent.append(now)
        return True


class ApiQuota:
    """10,000 calls a minute and 150,000 an hour per API; a breach closes that API for a minute or an hour."""

    def __init__(self) -> None:
        self._calls: dict[str, Counter[tuple[timedelta, int]]] = {}
        self._closed_until: dict[str, datetime] = {}

    def admit(self, api: str, now: datetime) -> bool:
        """Count one call; False means errcode 45009."""
        if self._closed_until.get(api, now) > now:
            return False
        windows = {span: int(now.timestamp() // span.total_seconds()) for span, _ in API_LIMITS}
        calls = self._calls.get(api, Counter())
        calls = self._calls[api] = Counter({key: n for key, n in calls.items() if key[1] == windows[key[0]]})
        for span, limit in API_LIMITS:
            calls[span, windows[span]] += 1
            if calls[span, windows[span]] > limit:
                self._closed_until[api] = now + span
                return False
        return True


class DuplicateCheck:
    """Recognises a request by its bytes and gives the answer it got the first time."""

    def __init__(self) -> None:
        self._seen: dict[bytes, tuple[datetime, Json]] = {}

    def earlier(self, raw: bytes, interval: timedelta, now: datetime) -> Json | None:
        """The answer these bytes got within the last `interval`, if they were checked then too."""
        at, answer = self._seen.get(hashlib.sha256(raw).digest(), (now - interval, None))
        return answer if at > now - interval else None

    def remember(self, raw: bytes, answer: Json, now: datetime) -> None:
        longest = timedelta(seconds=DUPLICATE_SECONDS_MAX)
        if len(self._seen) > 10_000:
            self._seen = {key: kept for key, kept in self._seen.items() if kept[0] > now - longest}
        self._seen[hashlib.sha256(raw).digest()] = (now, answer)
