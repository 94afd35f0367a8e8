"""Whose turn it is to write on SQLite, which has one writer."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """One at a time. Whoever is in haste goes before all others but one: a callback is answered after it is stored, and
    must not wait for everybody's longer work; and those must come forward while callbacks pour in."""

    def __init__(self) -> None:
        self._taken = False
        self._hasty_last = False
        self._hasty: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, hasty: bool = False) -> AsyncIterator[None]:
        await self._take(hasty)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, hasty: bool) -> None:
        if not self._taken:
            self._taken, self._hasty_last = True, hasty
            return
        come: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._hasty if hasty else self._others).append(come)
        try:
            await come
        except asyncio.CancelledError:
            if come.done() and not come.cancelled():
                self._pass_on()  # it came at the very moment nobody wanted it any more
            raise
        self._hasty_last = hasty

    def _pass_on(self) -> None:
        queues = (self._others, self._hasty) if self._hasty_last else (self._hasty, self._others)
        for queue in queues:
            while queue:
                come = queue.popleft()
                if not come.done():
                    come.set_result(None)
                    return
        self._taken = False
