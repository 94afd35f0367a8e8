"""The access token: one per application, shared by all replicas, fetched as rarely as possible."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.wecom.errors import ErrorClass, WecomError

# After a refusal of gettoken nobody asks again for this long: a wrong secret tried many times gets the server's address
# banned for an hour, and one try an hour neither prolongs a ban nor misses what was repaired in the console.
REFUSED_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StoredToken:
    value: str = field(repr=False)  # at most 512 bytes
    expires_at: datetime  # aware; in real time, where platform tokens live


class TokenStore(Protocol):
    """Where the replicas share the token."""

    async def get(self) -> StoredToken | None:
        """The token in force, expired or not."""
        ...

    async def replace(self, old: str | None, new: StoredToken) -> StoredToken:
        """Stores `new` if the stored value is still `old` (None: nothing stored). Returns what is stored afterwards."""
        ...


class TokenKeeper:
    """Hands out the token. However many calls need a fresh one, one request fetches it and all share its outcome."""

    def __init__(
        self, fetch: Callable[[], Awaitable[StoredToken]], store: TokenStore, real_now: Callable[[], datetime]
    ) -> None:
        """`fetch` asks the platform; it raises PlatformError, of class SETTINGS when the platform refuses for good."""
        self._fetch = fetch
        self._store = store
        self._real_now = real_now
        self._token: StoredToken | None = None
        self._refresh: asyncio.Task[StoredToken] | None = None
        self._refused: tuple[WecomError, datetime] | None = None

    async def current(self) -> str:
        """A token believed to be valid. Raises what `fetch` raises."""
        return await self.other_than(None)

    async def other_than(self, rejected: str | None) -> str:
        """A token after the platform rejected one.

        Asks the platform only if the stored token is still the rejected one, so it may return a token another replica
        fetched. Returns the rejected token itself if the platform insists on it. Raises what `fetch` raises.
        """
        if self._token is not None and self._usable(self._token, rejected):
            return self._token.value
        token = await self._joined(rejected)
        if token.value == rejected:  # joined a refresh that had begun before this rejection was known
            token = await self._joined(rejected)
        return token.value

    def _usable(self, token: StoredToken, rejected: str | None) -> bool:
        return token.value != rejected and self._real_now() < token.expires_at

    async def _joined(self, rejected: str | None) -> StoredToken:
        if self._refresh is None or self._refresh.done():
            self._refresh = asyncio.create_task(self._renewed(rejected))
            self._refresh.add_done_callback(_retrieve)
        # Shielded: the first caller giving up must not take the token away from the others.
        return await asyncio.shield(self._refresh)

    async def _renewed(self, rejected: str | None) -> StoredToken:
        stored = await self._store.get()
        if stored is None or not self._usable(stored, rejected):
            fetched = await self._fetched()
            stored = await self._store.replace(stored.value if stored else None, fetched)
        self._token = stored
        return stored

    async def _fetched(self) -> StoredToken:
        if self._refused is not None:
            error, until = self._refused
            if self._real_now() < until:
                raise WecomError(error.errcode, error.errmsg, error.cls)
        try:
            return await self._fetch()
        except WecomError as error:
            if error.cls is ErrorClass.SETTINGS:
                self._refused = error, self._real_now() + REFUSED_PAUSE
            raise


def _retrieve(task: asyncio.Task[StoredToken]) -> None:
    """Marks a failure as seen even if every caller has gone; whoever still waits gets it raised."""
    if not task.cancelled():
        task.exception()
