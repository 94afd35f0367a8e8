"""Opening a link somebody sent, safely: judged addresses only, each redirect anew, within limits of size and time.

No cookies, no credentials, nothing of the environment. What aiohttp raises carries addresses: none of it leaves here.
"""

import asyncio
import socket
import ssl
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.domain.links import Page, Reach, Trouble
from bot.evidence.guard import Guard
from bot.evidence.page import ADDRESS, Body, clean, judge

USER_AGENT = "duban-link-check/1.0 (opens links handed in as evidence; no crawler)"
HOPS = 6  # addresses opened for one link, redirects included
TOTAL = 30.0  # seconds for one link, redirects included
QUIET = 10.0  # seconds to connect, and between two pieces of an answer
RECEIVED = 2 * 1024 * 1024  # bytes read of one answer; what is longer is cut off
UNPACKED = 4 * 1024 * 1024  # bytes of it after unpacking
AT_ONCE = 4  # links opened side by side
PER_HOST = 2  # of them, of one host
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADERS = {
    "User-Agent": USER_AGENT,
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip",
}

AddressInfo = tuple[Any, ...]
Lookup = Callable[..., list[tuple[Any, ...]]]


class _Stopped(Exception):  # it is an answer, not an error
    """The link could not be looked at."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


class Fetcher:
    """Through a `proxy` names are looked up, and addresses judged, by the proxy. `lookup`: the system's, or another."""

    def __init__(self, guard: Guard, proxy: str = "", lookup: Lookup = socket.getaddrinfo) -> None:
        self._guard = guard
        self._proxy = proxy or None
        # Its own threads: a name server that does not answer must not hold up those of the service.
        self._threads = ThreadPoolExecutor(2 * AT_ONCE, "links")
        self._resolver = _Resolver(self._threads, lookup)
        self._tls = ssl.create_default_context()
        self._all = asyncio.Semaphore(AT_ONCE)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def look(self, link: str) -> Page:
        """What is behind the link, after all redirects; whatever goes wrong is a Page that says so."""
        try:
            url = URL(link)
        except ValueError:
            return _unreached(Trouble.ADDRESS)
        host = self._hosts.setdefault(url.raw_host or "", asyncio.Semaphore(PER_HOST))
        async with host, self._all:
            try:
                async with asyncio.timeout(TOTAL):
                    return await self._follow(url)
            except TimeoutError:
                return _unreached(Trouble.TIMEOUT)
            except _Stopped as stopped:
                return _unreached(stopped.trouble)

    async def _follow(self, url: URL) -> Page:
        for _ in range(HOPS):
            if trouble := self._guard.objection(str(url), resolves=self._proxy is None):
                raise _Stopped(trouble)
            got = await self._get(url)
            if isinstance(got, URL):
                url = got
                continue
            loop = asyncio.get_running_loop()
            page, refreshed = await loop.run_in_executor(self._threads, judge, got)
            if not refreshed:
                return page
            url = _joined(url, refreshed)
        return replace(_unreached(Trouble.LOOP), final=clean(str(url), ADDRESS))

    async def _get(self, url: URL) -> Body | URL:
        """One answer, or where it redirects to. Raises _Stopped and TimeoutError."""
        refused: list[str] = []
        connector = aiohttp.TCPConnector(
            resolver=self._resolver,
            use_dns_cache=False,
            force_close=True,
            limit=1,
            happy_eyeballs_delay=None,
            ssl=self._tls,
            # The last place before a connection is made, for names and literal addresses alike.
            socket_factory=None if self._proxy else self._judging(url.raw_host or "", refused),
        )
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                    trust_env=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=QUIET, sock_read=QUIET),
                    headers=_HEADERS,
                ) as session,
                session.get(url, allow_redirects=False, proxy=self._proxy) as answer,
            ):
                if answer.status in _REDIRECTS:
                    if not (there := answer.headers.get("Location")):
                        raise _Stopped(Trouble.STATUS)
                    return _joined(url, there)
                return await self._body(answer)
        except aiohttp.ClientError as error:
            raise _Stopped(Trouble.INTERNAL if refused else _trouble(error)) from None
        except ValueError:  # an address or a header no client can make sense of
            raise _Stopped(Trouble.ADDRESS) from None
        except RuntimeError:  # what uvloop says of some failed connections
            raise _Stopped(Trouble.BROKEN) from None

    def _judging(self, host: str, refused: list[str]) -> Callable[[AddressInfo], socket.socket]:
        def make(info: AddressInfo) -> socket.socket:
            family, kind, protocol, _, address = info
            if not self._guard.permits(str(address[0]), host):
                refused.append(str(address[0]))
                raise OSError("the address is not public")
            return socket.socket(family, kind, protocol)

        return make

    async def _body(self, answer: aiohttp.ClientResponse) -> Body:
        parts: list[bytes] = []
        room = RECEIVED
        async for part in answer.content.iter_any():
            parts.append(part[:room])
            room -= len(parts[-1])
            if not room:
                break  # the rest stays where it is; the connection ends with the session
        packed = answer.headers.get("Content-Encoding", "").strip().lower()
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(self._threads, _unpacked, b"".join(parts), packed)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip()
        return Body(answer.status, str(answer.url), kind, answer.charset, body)


class _Resolver(AbstractResolver):
    def __init__(self, threads: ThreadPoolExecutor, lookup: Lookup) -> None:
        self._threads = threads
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        def ask() -> list[tuple[Any, ...]]:
            return self._lookup(host, port, family=family, type=socket.SOCK_STREAM)

        found = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        return [
            ResolveResult(
                hostname=host, host=address[0], port=port, family=of, proto=protocol, flags=socket.AI_NUMERICHOST
            )
            for of, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """The threads are the fetcher's."""


def _unpacked(body: bytes, packed: str) -> bytes:
    """At most UNPACKED bytes. Raises _Stopped for what cannot be unpacked."""
    if packed in ("", "identity"):
        return body
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise _Stopped(Trouble.UNREADABLE)
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # with a head of either kind, or without
        try:
            return zlib.decompressobj(window).decompress(body, UNPACKED)
        except zlib.error:
            continue
    raise _Stopped(Trouble.UNREADABLE)


def _joined(base: URL, there: str) -> URL:
    try:
        return base.join(URL(there.strip()))
    except ValueError:
        raise _Stopped(Trouble.ADDRESS) from None


def _trouble(error: aiohttp.ClientError) -> Trouble:
    match error:
        case aiohttp.InvalidURL():
            return Trouble.ADDRESS
        case aiohttp.ServerTimeoutError():
            return Trouble.TIMEOUT
        case aiohttp.ClientSSLError():
            return Trouble.CERTIFICATE
        case aiohttp.ClientConnectorDNSError():
            return Trouble.NO_NAME
        case aiohttp.ClientConnectorError() | aiohttp.ClientHttpProxyError():
            return Trouble.NO_CONNECTION
    return Trouble.BROKEN


def _unreached(trouble: Trouble) -> Page:
    return Page(Reach.UNREACHED, trouble=trouble)
