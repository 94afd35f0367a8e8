"""`duban demo`: a WeCom to try it on, the service and the county's list, on a clock one can turn."""

import asyncio
import logging
import shutil
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import TextIO

import structlog
from aiohttp import web

from bot.app import Service, running
from bot.documents.county import load_county
from bot.documents.roster import read_roster
from bot.domain.calendar import SHANGHAI
from bot.domain.county import County
from bot.services import county as county_service
from bot.services import roster
from bot.services.work import Work
from bot.settings import Settings, SettingsError, load_settings
from bot.store import migrate
from bot.store.engine import Store
from bot.store.facts import remember_time
from sandbox.credentials import DEMO
from sandbox.people import load_people
from sandbox.platform import Platform
from sandbox.server import create_app

# Two minutes before the first morning's digests: they are there when the page is first opened.
START = datetime(2021, 5, 25, 9, 0, tzinfo=SHANGHAI)
FIRST_LOOK = datetime(2021, 5, 25, 9, 16, tzinfo=SHANGHAI)


async def run_demo(port: int, keep: bool, say: Callable[[str], None]) -> None:
    """Runs until cancelled. Starts afresh unless `keep`."""
    base = load_settings()
    folder = base.duban_data_dir / "demo"
    taken = _reserve(port)  # before anything of another demo could be touched
    if folder.exists() and not keep:
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    county = load_county("dianjiang")
    api = f"http://127.0.0.1:{port}"
    settings = _settings(folder, api, county)
    async with AsyncExitStack() as stack:
        log = stack.enter_context((folder / "demo.log").open("a", encoding="utf-8"))
        _log_to(log)
        if keep:
            say("接着上次：事项和进展都在；手机上的聊天记录不保存，从空白开始（经过可回复 任务 编号 看）")
        say("准备数据库和清单……")
        await _prepare(settings, county, say)
        service = await stack.enter_async_context(running(settings))
        bot_url = await _listen(stack, service.app, _reserve(0))
        platform = Platform(
            corp_id=DEMO.corp_id,
            secret=DEMO.secret,
            agent_id=DEMO.agent_id,
            token=DEMO.token,
            aes_key=DEMO.aes_key,
            people=load_people(county.people_path),
            callback_url=f"{bot_url}/wecom/callback",
            now=service.clock.now,
        )
        page = create_app(platform, bot_url)
        await _listen(stack, page, taken)
        await _first_morning(service)
        say(f"聊天页面：{api}/　（Ctrl-C 停止；再次运行从头开始，接着上次用 duban demo --keep）")
        say("演示不打开任何佐证链接（DUBAN_LINK_CHECK=off）")
        say(f"日志：{folder / 'demo.log'}")
        await asyncio.Event().wait()


def _log_to(file: TextIO) -> None:
    """What the service has to say belongs to a file, not between the lines for whoever tries the demo."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file))
    logging.basicConfig(stream=file, level=logging.WARNING, force=True)


def _settings(folder: Path, api: str, county: County) -> Settings:
    environment = {name.lower(): value for name, value in DEMO.environment(api).items()}
    return load_settings(
        **environment,
        duban_database_url=f"sqlite+aiosqlite:///{folder / 'duban.db'}",
        duban_data_dir=folder,
        duban_policy=county.policy_path,
        duban_clock=START,
        duban_clock_speed=1.0,
        duban_roles="web,worker,scheduler",
        duban_link_check="off",
    )


async def _prepare(settings: Settings, county: County, say: Callable[[str], None]) -> None:
    store = Store(settings.duban_database_url)
    try:
        await migrate.upgrade(store)
        await remember_time(store, START)
        async with store.write() as session:
            work = Work(session, START, settings.policy)
            loaded = await county_service.load(work, county)
            if not loaded.already:
                lines = read_roster(county.people_path).lines
                people = [
                    roster.Line(line.unit, line.name, line.userid, line.role_label, line.line_no) for line in lines
                ]
                await roster.apply(work, people)
                say(f"已交办 {loaded.dispatched} 项，名单 {len(people)} 条。")
    finally:
        await store.close()


async def _first_morning(service: Service) -> None:
    if service.clock.now() < FIRST_LOOK and service.machine is not None:
        await service.machine.move(FIRST_LOOK)


def _reserve(port: int) -> socket.socket:
    """A loopback port of our own. Raises SettingsError when somebody else has it."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(("127.0.0.1", port))
    except OSError:
        found.close()
        raise SettingsError(f"端口 {port} 被占用：请换一个，例如 duban demo --port {port + 10}") from None
    return found


async def _listen(stack: AsyncExitStack, app: web.Application, where: socket.socket) -> str:
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, where).start()
    return f"http://127.0.0.1:{where.getsockname()[1]}"
