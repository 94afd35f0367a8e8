"""A platform that outlives the service, and people who talk to whatever life of it there is."""

import asyncio
import random
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import select, text
from support.world import CORNER_UNITS, COUNTY, COUNTY_POLICY, START, roster_lines

from bot.services import roster
from bot.services.work import Work
from bot.store.engine import Store
from bot.store.tables import Inbox, Outbox
from chaos.balancer import balancer
from chaos.killable import SEND
from chaos.lives import PATIENCE, Clock, Life, Nursery, within
from sandbox import api
from sandbox.credentials import DEMO
from sandbox.people import Person, load_people
from sandbox.platform import Platform

TOWNS = ("新民镇", "高峰镇", "桂阳街道")
EACH = 12  # more contacts for each town: only the first gets its digests, all may write
MANY = 80
OPEN = ("pending", "sending")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_{token}.html"

Writers = Sequence[tuple[str, str]]  # userid, town


def writers(each: int) -> Writers:
    return [(f"w{town}_{number:02}", name) for town, name in enumerate(TOWNS) for number in range(each)]


WRITERS = writers(EACH)


async def add_writers(url: str, more: Writers = WRITERS) -> None:
    """More contacts, on the roster of a database with the corner of the county loaded."""
    lines = [line for line in roster_lines(COUNTY.people_path) if line.unit in CORNER_UNITS]
    lines += [roster.Line(town, f"联络{userid[1:]}", userid, "联络员", 0) for userid, town in more]
    store = Store(url)
    try:
        async with store.write() as session:
            await roster.apply(Work(session, START, COUNTY_POLICY), lines)
    finally:
        await store.close()


def listening(port: int = 0) -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", port))
    return found


@dataclass(frozen=True)
class Seat:
    """Where one process sits: the platform's address it is told, and the port it answers on."""

    api: str
    port: int


Hook = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


@dataclass
class Scene:
    """`up` is set while a life answers callbacks. `answered` runs on a call the platform did, before its answer."""

    platform: Platform
    clock: Clock
    settings: dict[str, Any]
    http: aiohttp.ClientSession
    seats: Sequence[Seat]
    store: Store  # the test's own look at the database
    up: asyncio.Event = field(default_factory=asyncio.Event)
    answered: Hook | None = None
    sender: int = 0  # the seat that sent last
    accepted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # userid → ids acknowledged
    free: asyncio.Event = field(default_factory=asyncio.Event)  # people may speak
    gate: asyncio.Semaphore = field(default_factory=asyncio.Semaphore)  # how many at a time
    at_once: int = 1
    living_now: int = 0

    @asynccontextmanager
    async def living(self, nursery: Nursery, seat: int = 0, **order: Any) -> AsyncIterator[Life]:
        """One life; `up` follows it. It is killed at the end of the block if it still lives."""
        own = {"wecom_api_base": self.seats[seat].api, "duban_port": self.seats[seat].port}
        life = await nursery.begin({**self.settings, **own}, clock=self.clock.as_order(), **order)
        watching = asyncio.create_task(self._follow(life))
        try:
            yield life
        finally:
            await life.end()
            await watching

    async def _follow(self, life: Life) -> None:
        await life.answers()
        if life.ready.is_set():
            self.living_now += 1
            self.up.set()
            await life.over.wait()
            self.living_now -= 1
        if not self.living_now:
            self.up.clear()

    @asynccontextmanager
    async def crowd(self, userids: Sequence[str], at_once: int, seed: object) -> AsyncIterator[None]:
        """People who talk in turns, a few at a time."""
        self.gate, self.at_once = asyncio.Semaphore(at_once), at_once
        talks = [asyncio.create_task(self._talk(userid, seed)) for userid in userids]
        try:
            yield
        finally:
            for talk in talks:
                talk.cancel()
            for ended in await asyncio.gather(*talks, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    async def _talk(self, userid: str, seed: object) -> None:
        """Says one thing or two, waits for the answers, goes on."""
        dice = random.Random(f"{seed}{userid}")
        while True:
            await self.free.wait()
            async with self.gate:
                if not self.free.is_set():
                    continue
                for _ in range(dice.choice((1, 1, 2))):
                    await self.say(userid, words(dice))
                await self._answered(userid)

    @asynccontextmanager
    async def hush(self) -> AsyncIterator[None]:
        """In the block nobody says anything, and everybody has all the answers."""
        self.free.clear()
        try:
            for _ in range(self.at_once):
                await within(self.gate.acquire(), "somebody still waits for an answer", 2 * PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}: {await self.unanswered()}") from None
        try:
            yield
        finally:
            self.free.set()
            for _ in range(self.at_once):
                self.gate.release()

    async def unanswered(self) -> list[str]:
        """What was acknowledged and never answered, and what the database says of it."""
        inbox = {row.key: row.state for row in await self.rows(select(Inbox.key, Inbox.state))}
        sent = await self.rows(select(Outbox.key, Outbox.state, Outbox.msgid))
        outbox = {row.key: row.state for row in sent}
        shared = Counter(row.msgid for row in sent)
        same = {row.key for row in sent if row.msgid and shared[row.msgid] > 1}
        lost = []
        for userid, ids in self.accepted.items():
            for number in ids if len(self.platform.inbox(userid)) < len(ids) else ():
                key, answer = f"msg-{number}", f"reply:msg-{number}:0"
                states = inbox.get(key, "not in the history"), outbox.get(answer, "no answer")
                if states != ("done", "sent") or answer in same:
                    became_one = ", one on the phone with another" if answer in same else ""
                    lost.append(f"{key} of {userid}: {', '.join(states)}{became_one}")
        return lost

    async def _answered(self, userid: str) -> None:
        expected = len(self.accepted[userid])
        await self.platform.mailbox.wait_for(userid, lambda _: len(self.platform.inbox(userid)) >= expected)

    async def say(self, userid: str, said: str) -> None:
        """Says something; what was not taken is sent again until it is."""
        await self.up.wait()
        message = await self.platform.say(userid, said)
        while message.state != "sent":
            await asyncio.sleep(0.02)  # a person's thumb is not faster
            await self.up.wait()
            message = await self.platform.retry(userid, message.id)
        self.accepted[userid].append(message.id)

    async def turn(self, moment: datetime | None = None) -> None:
        """An operator turns the service's clock (to the present if nothing is said). It may die of it."""
        now = (moment or self.clock()).isoformat()
        try:
            async with self.http.post(f"http://127.0.0.1:{self.seats[0].port}/clock", json={"now": now}) as answer:
                await answer.read()
        except aiohttp.ClientError:
            return

    async def lease_over(self) -> None:
        """The time after which another process may send is over. Waiting for it has a test of its own."""
        if not self.store.is_sqlite:
            async with self.store.write() as session:
                await session.execute(text("UPDATE lease SET expires_at = now() - interval '1 second'"))

    async def rows(self, query: Any) -> Sequence[Any]:
        async with self.store.engine.connect() as connection:
            return list(await connection.execute(query))

    async def nothing_waits(self, *which: Any, seconds: float = PATIENCE) -> None:
        """Until no row of the outbox (of those `which` says) is to be sent any more."""
        query = select(Outbox.key, Outbox.state, Outbox.error).where(Outbox.state.in_(OPEN), *which).limit(5)
        left: Sequence[Any] = ()

        async def look() -> None:
            nonlocal left
            while left := await self.rows(query):  # noqa: ASYNC110  # the database tells nobody
                await asyncio.sleep(0.05)

        try:
            await within(look(), "messages did not leave", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {[tuple(row) for row in left]}") from None


def words(dice: random.Random) -> str:
    """What a contact writes. Every one is a message of its own and asks for one answer."""
    token = "".join(dice.choices(LETTERS, k=10))
    kind = dice.random()
    if kind < 0.7:
        return f"进展 34 正在起草 {token}"
    if kind < 0.85:
        return "任务"
    if kind < 0.95:
        return f"完成 34 {LINK.format(token=token)}"
    return "撤回 34"


def people() -> list[Person]:
    """Everybody of the county and the writers, as the platform's directory has them."""
    return [
        *load_people(COUNTY.people_path),
        *(Person(userid, f"联络{userid[1:]}", town, town) for userid, town in writers(MANY)),
    ]


@asynccontextmanager
async def scene_on(url: str, folder: Path, clock: Clock, processes: int = 1) -> AsyncIterator[Scene]:
    """A platform on an address of loopback for each process (so it can tell them apart), and their ports."""
    async with AsyncExitStack() as stack:
        reserved, sockets = ([listening() for _ in range(processes)] for _ in range(2))
        for one in reserved:
            stack.callback(one.close)
        seats = [Seat(f"http://127.0.0.1:{_port(api)}", _port(own)) for api, own in zip(sockets, reserved, strict=True)]
        front = seats[0].port if processes == 1 else await stack.enter_async_context(balancer([s.port for s in seats]))
        platform = Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=people(),
            callback_url=f"http://127.0.0.1:{front}/wecom/callback",
            now=clock,
        )
        stack.push_async_callback(platform.close)
        store = Store(url)
        stack.push_async_callback(store.close)
        settings = {
            **{name.lower(): value for name, value in DEMO.environment(seats[0].api).items()},
            "duban_database_url": url,
            "duban_data_dir": folder,
            "duban_policy": COUNTY.policy_path,
            "duban_host": "127.0.0.1",
            "duban_link_check": "off",
        }
        http = await stack.enter_async_context(aiohttp.ClientSession())
        scene = Scene(platform, clock, settings, http, seats, store)
        scene.free.set()
        await _serve_platform(stack, scene, sockets)
        yield scene


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


async def _serve_platform(stack: AsyncExitStack, scene: Scene, sockets: Sequence[socket.socket]) -> None:
    ports = [_port(one) for one in sockets]

    async def cgi_bin(request: web.Request) -> web.StreamResponse:
        response = await api.serve(request, scene.platform)
        if request.path == SEND:
            scene.sender = ports.index(request.url.port or 0)
        if scene.answered is not None:
            await scene.answered(request, response)
        return response

    app = web.Application(client_max_size=api.BODY_BYTES)
    app.router.add_route("*", "/cgi-bin/{api:.+}", cgi_bin)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    for one in sockets:
        await web.SockSite(runner, one).start()
