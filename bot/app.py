"""The composition root: builds the parts and joins them; nothing else does."""

import asyncio
import contextlib
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import web

from bot import health
from bot.clock import Clock, VirtualClock, real_now
from bot.evidence.fetching import Fetcher
from bot.evidence.guard import guard_of
from bot.handlers.dispatch import Dispatcher
from bot.handlers.preparing import Preparer
from bot.http import create_app
from bot.inbox import Intake, Worker
from bot.linkwork import LinkChecker
from bot.services.menu import plan_menu
from bot.services.overrules import Marks
from bot.settings import Settings, SettingsError
from bot.start import check_schema, make_clock
from bot.store.engine import Store
from bot.store.facts import Tokens, remember_time
from bot.store.lease import Lease, only_process
from bot.texts.causes import system_cause
from bot.wecom.client import WecomClient
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.transport import ssl_context
from scheduler.delivery import Delivery
from scheduler.engine import Engine
from scheduler.ticker import Ticker
from scheduler.timemachine import TimeTravel

log = structlog.get_logger()

Loop = Callable[[], Coroutine[object, object, None]]


@dataclass(frozen=True)
class Service:
    """The running parts."""

    store: Store
    clock: Clock
    app: web.Application
    lease: Lease
    delivery: Delivery
    engine: Engine
    worker: Worker
    links: LinkChecker | None  # None where links are not checked, or not by this process
    machine: TimeTravel | None


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Service]:
    """Builds the service and starts its loops; stops them at the end. Raises SettingsError or DatabaseError."""
    settings.check_platform()
    settings.check_clock()
    store = Store(settings.duban_database_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        stack.enter_context(only_process(store))
        await check_schema(store)
        clock = await make_clock(store, settings)
        http = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        service, loops = await _build(settings, store, clock, http, stack)
        for loop in loops:
            task = asyncio.create_task(loop())
            stack.push_async_callback(_cancel, task)
        yield service
        if isinstance(clock, VirtualClock):
            await remember_time(store, clock.now())


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _build(
    settings: Settings, store: Store, clock: Clock, http: aiohttp.ClientSession, stack: AsyncExitStack
) -> tuple[Service, list[Loop]]:
    policy = settings.policy
    try:
        crypto = CallbackCrypto(settings.wecom_callback_token, settings.wecom_encoding_aes_key, settings.wecom_corp_id)
        tls: ssl.SSLContext | None = ssl_context(settings.wecom_ca_file)
    except ValueError as error:
        raise SettingsError(str(error)) from None
    agent_id = settings.wecom_agent_id or 0
    client = WecomClient(
        http,
        base_url=settings.wecom_api_base,
        corp_id=settings.wecom_corp_id,
        secret=settings.wecom_secret,
        agent_id=agent_id,
        token_store=Tokens(store),
        real_now=real_now,
        tls=tls,
    )
    settings.make_data_dir()
    lease = Lease(store)
    stack.push_async_callback(lease.release)
    delivery = Delivery(
        store,
        lease,
        client,
        clock,
        policy,
        agent_id=agent_id,
        cards=settings.wecom_cards == "template",
        data_dir=settings.duban_data_dir,
        real_now=real_now,
    )
    intake = Intake(store, clock)
    engine = Engine(store, lease, policy, clock.now, delivery.wake.set)
    marks = Marks(settings.wecom_encoding_aes_key)
    preparer = Preparer(store, crypto, client, clock, policy, settings.duban_data_dir, marks, delivery.wake.set)
    dispatcher = Dispatcher(store, preparer, clock, policy, delivery.wake.set)
    worker = Worker(store, intake.stored, dispatcher.handle, dispatcher.give_up, lambda: not lease.schema_differs)
    roles = settings.roles
    machine = None
    loops: list[Loop] = []
    links = None
    if "worker" in roles:
        loops.append(worker.run)
        if policy.check_links:
            # On a virtual clock nothing public is opened: it is a rehearsal, on somebody's own machine.
            fetcher = Fetcher(guard_of(policy.link_allowed, listed_only=clock.virtual), settings.duban_http_proxy)
            links = LinkChecker(store, fetcher, clock, policy, real_now, lambda: not lease.schema_differs)
            loops.append(links.run)
    if "scheduler" in roles:
        await plan_menu(store, policy, clock.now())
        await lease.renew()
        loops += [lease.run, delivery.run]
        stack.push_async_callback(delivery.stop)
        ticker = Ticker(engine, store, lease, policy, clock.now, settings.duban_data_dir)
        remember = _remembering(store, clock) if isinstance(clock, VirtualClock) else None
        ticker.start(clock.virtual, remember)
        stack.push_async_callback(ticker.stop)
    else:
        loops.append(lease.watch)
    if isinstance(clock, VirtualClock) and "scheduler" in roles:
        settle = worker.drain if "worker" in roles else _nothing_to_settle
        machine = TimeTravel(
            clock, policy, engine, delivery, lease, settle, lambda moment: remember_time(store, moment), asyncio.Lock()
        )
    app = create_app(
        crypto if "web" in roles else None,
        intake if "web" in roles else None,
        lambda: health.checks(store, policy, clock.now(), delivery.health, engine.unknown_year),
        lambda: health.metrics(store, policy, clock.now(), delivery.health.errors),
        clock,
        machine,
    )
    return Service(store, clock, app, lease, delivery, engine, worker, links, machine), loops


async def _nothing_to_settle() -> int:
    return 0


def _remembering(store: Store, clock: VirtualClock) -> Callable[[], Awaitable[None]]:
    async def remember() -> None:
        if clock.speed > 0:
            await remember_time(store, clock.now())

    return remember


async def serve(settings: Settings, ready: Callable[[str], None]) -> None:
    """Runs until cancelled. Calls `ready` with the address once callbacks are answered."""
    async with running(settings) as service:
        runner = web.AppRunner(service.app, access_log=None, handle_signals=False, shutdown_timeout=5.0)
        await runner.setup()
        try:
            try:
                site = web.TCPSite(runner, settings.duban_host, settings.duban_port)
                await site.start()
            except OSError as error:
                raise SettingsError(
                    f"端口 {settings.duban_port} 用不了（{system_cause(error)}）：请换 DUBAN_PORT 或停掉占用它的程序"
                ) from None
            # What was made so far stays: the collector looking through it again and again would hold up callbacks.
            gc.collect()
            gc.freeze()
            ready(f"http://{settings.duban_host}:{settings.duban_port}")
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
