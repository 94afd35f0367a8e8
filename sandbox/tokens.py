"""What lets a caller in: access tokens of the app and one-time OAuth codes of a person. Both live in real time."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sandbox.errors import ApiError, Json, require

TOKEN_LIFE = timedelta(seconds=7200)
CODE_LIFE = timedelta(minutes=5)


class Tokens:
    """One token at a time: asking again within its life gives the same one, as on the platform."""

    def __init__(self, corp_id: str, secret: str, wall: Callable[[], datetime]) -> None:
        self._corp_id = corp_id
        self._secret = secret
        self._wall = wall
        self._current = ""
        self._until: dict[str, datetime] = {}

    def grant(self, corp_id: str, secret: str) -> Json:
        """The answer of gettoken. Raises ApiError 40013 (corp) or 40001 (secret)."""
        require(corp_id == self._corp_id, 40013, "invalid corpid")
        require(secret == self._secret, 40001, "invalid credential")
        now = self._wall()
        if self._until.get(self._current, now) <= now:
            self._current = secrets.token_urlsafe(160)  # 214 characters, as long as the platform's
            self._until[self._current] = now + TOKEN_LIFE
        left = self._until[self._current] - now
        return {"access_token": self._current, "expires_in": int(left.total_seconds())}

    def check(self, token: str | None) -> None:
        """Raises ApiError 41001 (none given), 40014 (not ours) or 42001 (expired)."""
        if not token:
            raise ApiError(41001, "access_token missing")
        require(token in self._until, 40014, "invalid access_token")
        require(self._until[token] > self._wall(), 42001, "access_token expired")

    def revoke(self) -> None:
        """The platform may end a token before its time."""
        self._until.pop(self._current, None)
        self._current = ""


class OAuthCodes:
    """Codes that tell a web page who opened it: once, within five minutes."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._codes: dict[str, tuple[str, datetime]] = {}

    def issue(self, userid: str) -> str:
        code = secrets.token_urlsafe(32)
        self._codes[code] = (userid, self._wall() + CODE_LIFE)
        return code

    def redeem(self, code: str) -> str:
        """The person behind the code. Raises ApiError 40029 for one unknown, used or too old."""
        userid, until = self._codes.pop(code, ("", self._wall()))
        require(until > self._wall(), 40029, "invalid code")
        return userid
