"""A small world for stories: the real service over HTTP, a platform to live on, people with phones, a clock to turn."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.app import Service, running
from bot.documents.county import load_county
from bot.documents.roster import read_roster
from bot.domain.calendar import SHANGHAI, local
from bot.services import county as county_service
from bot.services import roster
from bot.services.work import Work
from bot.settings import Settings, load_settings
from bot.store import migrate
from bot.store.engine import Store
from bot.store.facts import remember_time
from sandbox.credentials import DEMO
from sandbox.messages import Message
from sandbox.people import load_people
from sandbox.platform import Platform
from sandbox.server import create_app

START = datetime(2021, 5, 25, 8, 50, tzinfo=SHANGHAI)

COUNTY = load_county("dianjiang")


async def prepare(url: str, with_roster: bool = True, start: datetime = START) -> None:
    """Creates the schema and loads the county on a fresh database."""
    store = Store(url)
    try:
        await migrate.upgrade(store)
        await remember_time(store, start)
        async with store.write() as session:
            work = Work(session, start, COUNTY_POLICY)
            await county_service.load(work, COUNTY)
            if with_roster:
                await roster.apply(work, roster_lines(COUNTY.people_path))
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

    def gets_nothing(self) -> bool:
        new = self.look()
        assert not new, "\n---\n".join(message.text for message in new)
        return True


@dataclass
class World:
    service: Service
    platform: Platform
    bot_url: str
    settings: Settings
    http: aiohttp.ClientSession
    phones: dict[str, Phone] = field(default_factory=dict)

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

    def now(self) -> datetime:
        return local(self.service.clock.now())


@asynccontextmanager
async def world_on(url: str, folder: Path, **overrides: object) -> AsyncIterator[World]:
    """Starts the service on a prepared database, and a platform beside it. The clock stands still until turned."""
    async with AsyncExitStack() as stack:
        api_socket, bot_socket = _listening(), _listening()
        api, bot_url = _address(api_socket), _address(bot_socket)
        settings = load_settings(
            **{
                **{name.lower(): value for name, value in DEMO.environment(api).items()},
                "duban_database_url": url,
                "duban_data_dir": folder,
                "duban_policy": COUNTY.policy_path,
                "duban_clock": START,
                "duban_clock_speed": 0,
                **overrides,
            }
        )
        clock: list[Service] = []
        platform = Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=load_people(COUNTY.people_path),
            callback_url=f"{bot_url}/wecom/callback",
            now=lambda: local(clock[0].clock.now()) if clock else START,
        )
        await _serve(stack, create_app(platform, bot_url), api_socket)
        service = await stack.enter_async_context(running(settings))
        clock.append(service)
        await _serve(stack, service.app, bot_socket)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield World(service, platform, bot_url, settings, http)


def _listening() -> socket.socket:
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


def _address(bound: socket.socket) -> str:
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


async def _serve(stack: AsyncExitStack, app: web.Application, where: socket.socket) -> None:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, where).start()
