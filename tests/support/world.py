"""A small world for stories: the real service over HTTP, a platform to live on, people with phones, a clock to turn."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import text as sql

from bot.app import Service, running
from bot.documents.county import load_county
from bot.documents.roster import read_roster
from bot.domain.calendar import SHANGHAI, local
from bot.domain.county import County
from bot.services import county as county_service
from bot.services import roster
from bot.services.work import Work
from bot.settings import Settings, load_settings
from bot.store import migrate
from bot.store.engine import Store
from bot.store.facts import remember_time
from sandbox.callbacks import message_xml
from sandbox.credentials import DEMO
from sandbox.messages import Message
from sandbox.people import load_people
from sandbox.platform import Platform
from sandbox.server import create_app

START = datetime(2021, 5, 25, 8, 50, tzinfo=SHANGHAI)

COUNTY = load_county("dianjiang")

# A corner of the county: its real rows, but groups of few members and only their people. Stories about time live here,
# because every morning of the whole county writes to some fifty people.
CORNER_UNITS = (
    *("新民镇", "高峰镇", "桂阳街道"),
    *("县政府办公室", "县司法局", "县发展改革委", "县教委"),
)
CORNER_TASKS = (2, 18, 19, 31, 32, 33, 34, 43)


def _corner(county: County) -> County:
    groups = tuple(replace(g, members=tuple(m for m in g.members if m in CORNER_UNITS)) for g in county.groups)
    tasks = tuple(task for task in county.task_list.tasks if task.number in CORNER_TASKS)
    return replace(county, groups=groups, task_list=replace(county.task_list, tasks=tasks))


CORNER = _corner(COUNTY)


async def prepare(
    url: str, with_roster: bool = True, start: datetime = START, county: County = COUNTY, without: Sequence[str] = ()
) -> None:
    """Creates the schema and loads the county (or a part of it) on a fresh database; `without` are accounts that are
    on no roster."""
    store = Store(url)
    try:
        await migrate.upgrade(store)
        await remember_time(store, start)
        async with store.write() as session:
            work = Work(session, start, COUNTY_POLICY)
            await county_service.load(work, county)
            if with_roster:
                lines = roster_lines(COUNTY.people_path)
                if county is CORNER:
                    lines = [line for line in lines if line.unit in (*CORNER_UNITS, "县政府", "县审计局")]
                await roster.apply(work, [line for line in lines if line.userid not in without])
    finally:
        await store.close()


def roster_lines(path: Path) -> list[roster.Line]:
    return [roster.Line(r.unit, r.name, r.userid, r.role_label, r.line_no) for r in read_roster(path).lines]


COUNTY_POLICY = load_settings(duban_policy=COUNTY.policy_path).policy


@dataclass
class Phone:
    """One person. `says` gives the bot's answers to it; `gets` what came by itself since the last look."""

    world: "World"
    userid: str
    seen: int = 0

    async def says(self, text: str) -> str:
        """Types a text; the bot's answers, joined."""
        self.look()
        sent = await self.world.platform.say(self.userid, text)
        assert sent.state == "sent", sent.error
        await self.world.settle()
        return "\n".join(message.text for message in self.look())

    async def sends(self, name: str, data: bytes) -> str:
        """Sends a file."""
        self.look()
        await self.world.platform.send_media(self.userid, name, data)
        await self.world.settle()
        return "\n".join(message.text for message in self.look())

    async def presses(self, message: Message, label: str) -> str:
        """Presses the button of a card by its label."""
        self.look()
        key = next(button.key for button in message.buttons if button.text == label)
        await self.world.platform.press(self.userid, message.id, key)
        await self.world.settle()
        return "\n".join(message.text for message in self.look())

    def look(self) -> list[Message]:
        """What came from the bot since the last look."""
        new = [m for m in self.world.platform.inbox(self.userid) if m.number > self.seen]
        self.seen = max([self.seen, *(m.number for m in new)])
        return new

    def gets(self) -> str:
        return "\n".join(message.text for message in self.look())

    def card(self, words: str) -> Message:
        """The newest card on this phone with these words on it, as it looks now."""
        cards = [m for m in self.world.platform.inbox(self.userid) if m.kind == "template_card" and words in m.text]
        assert cards, f"no card with {words!r}"
        return cards[-1]

    def gets_nothing(self) -> bool:
        new = self.look()
        assert not new, "\n---\n".join(message.text for message in new)
        return True


@dataclass
class World:
    """The platform and everybody's phones live as long as the world; the service may stop and start in between."""

    platform: Platform
    http: aiohttp.ClientSession
    port: int  # of the service
    given: dict[str, object]
    service: Service = field(init=False)
    settings: Settings = field(init=False)
    phones: dict[str, Phone] = field(default_factory=dict)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def bot_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, **overrides: object) -> None:
        """Starts the service, at the same address as before."""
        listening = _listening(self.port)
        self._running.callback(listening.close)
        self.settings = load_settings(**{**self.given, **overrides})
        self.service = await self._running.enter_async_context(running(self.settings))
        await _serve(self._running, self.service.app, listening)

    async def stop(self) -> None:
        """The service is gone, whatever it was doing; what people send meanwhile is not taken."""
        gone, self._running = self._running, AsyncExitStack()
        await gone.aclose()

    async def restart(self, **overrides: object) -> None:
        await self.stop()
        await self.start(**overrides)

    def phone(self, userid: str) -> Phone:
        return self.phones.setdefault(userid, Phone(self, userid))

    def who(self, unit: str, role: str = "联络员", nth: int = 0) -> Phone:
        """新民镇, 联络员 → that person's phone."""
        lines = [line for line in roster_lines(COUNTY.people_path) if line.unit == unit and line.role == role]
        return self.phone(lines[nth].userid)

    @property
    def office(self) -> Phone:
        return self.who("县政府办公室", "县办")

    async def settle(self) -> None:
        """Until everything that came in is handled and everything due has been tried."""
        await self.service.worker.drain()
        await self.service.delivery.drain()

    async def to(self, moment: str) -> dict[str, object]:
        """Turns the clock to a wall-clock time in Shanghai, the way an operator would."""
        async with self.http.post(f"{self.bot_url}/clock", json={"now": moment}) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def morning(self, *days: str) -> None:
        """Turns the clock to 09:16 of each day: whatever the morning has to say has been said."""
        for day in days:
            await self.to(f"{day}T09:16:00+08:00")

    def now(self) -> datetime:
        return local(self.service.clock.now())

    async def callback(self, userid: str, **fields: str | int) -> int:
        """Something the platform says of this person that no phone would send, or sends a second time → HTTP status."""
        head = {"ToUserName": DEMO.corp_id, "FromUserName": userid, "CreateTime": 1_637_000_000}
        xml = message_xml({**head, **fields, "AgentID": DEMO.agent_id})
        envelope = self.platform.envelope
        encrypted = envelope.encrypt(xml.encode())
        query = {"timestamp": "1637000000", "nonce": "story"}
        query["msg_signature"] = envelope.signature(query["timestamp"], query["nonce"], encrypted)
        outer = message_xml({"ToUserName": DEMO.corp_id, "AgentID": str(DEMO.agent_id), "Encrypt": encrypted})
        async with self.http.post(f"{self.bot_url}/wecom/callback", params=query, data=outer.encode()) as answer:
            return answer.status

    async def roster(self, *lines: tuple[str, str, str, str]) -> None:
        """A new roster for the units it names: 单位, 姓名, 账号, 角色."""
        async with self.service.store.write() as session:
            work = Work(session, self.service.clock.now(), COUNTY_POLICY)
            await roster.apply(work, [roster.Line(*line, number) for number, line in enumerate(lines, 1)])

    async def rows(self, query: str, **values: object) -> list[Any]:
        """What the database holds, in its own types: for what no phone shows."""
        async with self.service.store.engine.connect() as connection:
            return list(await connection.execute(sql(query), values))

    async def execute(self, *statements: str) -> None:
        """Somebody with the database's password does this behind the service's back."""
        async with self.service.store.write() as session:
            for statement in statements:
                await (await session.connection()).exec_driver_sql(statement)


@asynccontextmanager
async def world_on(url: str, folder: Path, **overrides: object) -> AsyncIterator[World]:
    """Starts the service on a prepared database, and a platform beside it. The clock stands still until turned."""
    async with AsyncExitStack() as stack:
        api_socket, reserved = _listening(), _listening()
        stack.callback(reserved.close)  # keeps the service's port for it while it is down
        api, port = f"http://127.0.0.1:{_port(api_socket)}", _port(reserved)
        given: dict[str, object] = {
            **{name.lower(): value for name, value in DEMO.environment(api).items()},
            "duban_database_url": url,
            "duban_data_dir": folder,
            "duban_policy": COUNTY.policy_path,
            "duban_clock": START,
            "duban_clock_speed": 0,
            "duban_link_check": "off",
            **overrides,
        }
        worlds: list[World] = []
        platform = Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=load_people(COUNTY.people_path),
            callback_url=f"http://127.0.0.1:{port}/wecom/callback",
            now=lambda: worlds[0].now(),
        )
        await _serve(stack, create_app(platform, f"http://127.0.0.1:{port}"), api_socket)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        world = World(platform, http, port, given)
        worlds.append(world)
        stack.push_async_callback(world.stop)
        await world.start()
        yield world


def _listening(port: int = 0) -> socket.socket:
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind(("127.0.0.1", port))
    return found


def _port(bound: socket.socket) -> int:
    return int(bound.getsockname()[1])


async def _serve(stack: AsyncExitStack, app: web.Application, where: socket.socket) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, where).start()
