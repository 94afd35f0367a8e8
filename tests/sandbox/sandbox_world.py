"""The sandbox and a tiny bot, each on a port of its own, joined as in real life."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from aiohttp.test_utils import TestServer
from echo_bot import EchoBot

from sandbox.clock import SHANGHAI
from sandbox.credentials import DEMO
from sandbox.crypto import Envelope
from sandbox.people import Person
from sandbox.platform import Platform
from sandbox.server import create_app

PEOPLE = [
    Person("xinmin", "王娟", "新民镇", "新民镇 · 联络员"),
    Person("sifa", "金冬梅", "县司法局", "县司法局 · 审核人"),
    Person("fuban", "王尚文", "县政府办公室", "县政府办公室 · 县办"),
    Person("lingdao", "卢丽华", "县政府", "县政府 · 县领导"),
    Person("ShaPing", "李勇", "沙坪镇", "沙坪镇 · 联络员"),
]


class Hand:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.moment = datetime(2021, 5, 25, 9, 20, tzinfo=SHANGHAI)

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **span: float) -> None:
        self.moment += timedelta(**span)


class World:
    """The sandbox and its bot, running."""

    def __init__(self, platform: Platform, bot: EchoBot, address: str) -> None:
        self.platform = platform
        self.bot = bot
        self.address = address


@asynccontextmanager
async def run_world(
    hand: Hand, virtual: bool = False, now: Callable[[], datetime] | None = None
) -> AsyncIterator[World]:
    """`virtual` gives the bot a clock that can be turned; the platform shows its time unless `now` is another."""
    bot = EchoBot(Envelope(DEMO.token, DEMO.aes_key, DEMO.corp_id), DEMO.agent_id, DEMO.secret)
    bot.clock = hand.moment if virtual else None
    async with TestServer(bot.app()) as bot_server:
        bot_url = str(bot_server.make_url("")).rstrip("/")
        platform = Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=PEOPLE,
            callback_url=f"{bot_url}/wecom/callback",
            now=now or (lambda: bot.clock or hand()),
            wall=hand,
        )
        async with TestServer(create_app(platform, bot_url)) as sandbox:
            bot.api = str(sandbox.make_url("")).rstrip("/")
            yield World(platform, bot, bot.api)
