"""PostgreSQL goes away and comes back; of two processes on it one dies, or stands still. Nothing lost or double."""

import asyncio
import os
import signal
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import asyncpg
import pytest
from aiohttp import web
from support import postgres
from support.world import CORNER, START, prepare

from bot.store.tables import Outbox
from chaos.figures import Tell
from chaos.killable import SEND
from chaos.lives import PATIENCE, Clock, Life, Nursery, nursery, within
from chaos.scene import WRITERS, Scene, add_writers, scene_on
from chaos.verdict import judge

pytestmark = pytest.mark.postgres

SEED = os.environ.get("DUBAN_SEED", "20210525")
LONG = os.environ.get("DUBAN_LONG") == "1"
TIMES = 5 if LONG else 2
TALKING = 10
CONNECTIONS = 40  # of the server; a process keeps up to ten
TEMPLATE = "corner"
SOMEBODY = "xinmin_wangjuan"  # who is not of the crowd


@pytest.fixture(scope="module")
def own() -> Iterator[postgres.Cluster]:
    """A server that may be hurt, with the corner of the county and its writers loaded."""
    if postgres.binaries() is None:
        pytest.skip("SKIPPED PART: PostgreSQL's server binaries were not found (apt install postgresql)")
    with postgres.cluster(f"-c max_connections={CONNECTIONS}") as cluster:
        asyncio.run(_template(cluster))
        yield cluster


async def _template(cluster: postgres.Cluster) -> None:
    await _admin(cluster, f"CREATE DATABASE {TEMPLATE}")
    await prepare(cluster.url(TEMPLATE), county=CORNER)
    await add_writers(cluster.url(TEMPLATE))


async def _admin(cluster: postgres.Cluster, statement: str) -> None:
    connection = await asyncpg.connect(_plain(cluster.url("postgres")))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


class Town:
    """Two seats on one database, people who talk, and what a test does to the processes."""

    def __init__(self, scene: Scene, parents: list[Nursery], stack: AsyncExitStack) -> None:
        self.scene = scene
        self.parents = parents
        self.stack = stack
        self.lives: dict[int, Life] = {}

    async def start(self, seat: int = 0) -> Life:
        life = await self.stack.enter_async_context(self.scene.living(self.parents[seat], seat))
        await within(life.answers(), "a process did not start")
        assert life.ready.is_set(), f"a process ended with {life.code}; see {self.parents[seat].log}"
        self.lives[seat] = life
        return life

    async def seen(self, more: int) -> None:
        """Until that many more messages are on phones: what was done before is over, and the load is on."""
        goal = self.scene.platform.counters["sent"] + more

        phones = self.scene.platform.mailbox.subscribe()

        async def arrive() -> None:
            while self.scene.platform.counters["sent"] < goal:
                await phones.get()

        try:
            await within(arrive(), f"{more} more messages did not arrive", 2 * PATIENCE)
        finally:
            self.scene.platform.mailbox.unsubscribe(phones)

    async def strike_the_sender(self, how: signal.Signals) -> int:
        """Hits the process that sends at the moment the platform has its message and it has no answer. → its seat"""
        struck: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def strike(request: web.Request, _response: web.StreamResponse) -> None:
            if request.path == SEND and not struck.done():
                os.kill(self.lives[self.scene.sender].pid, how)
                struck.set_result(self.scene.sender)

        self.scene.answered = strike
        try:
            return int(await within(struck, "nobody sent anything"))
        finally:
            self.scene.answered = None

    async def sends(self, seat: int) -> float:
        """Seconds until this seat sends its next message."""
        began = time.monotonic()
        sent = asyncio.Event()

        async def listen(request: web.Request, _response: web.StreamResponse) -> None:
            if request.path == SEND and self.scene.sender == seat:
                sent.set()

        self.scene.answered = listen
        try:
            await within(sent.wait(), "the other process did not take over", 2 * PATIENCE)
        finally:
            self.scene.answered = None
        return time.monotonic() - began

    async def over(self) -> str:
        """Without any help: everybody gets their answers, everything leaves, and it was right."""
        async with self.scene.hush():
            await self.scene.nothing_waits(Outbox.not_before < self.scene.clock(), seconds=2 * PATIENCE)
            # What waits for the next working day has its own test; here it is nobody's loss.
            verdict = await judge(self.scene, waiting_allowed=True)
        assert not verdict.faults, "\n".join(verdict.faults)
        return str(verdict)


@pytest.fixture
async def town(own: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Town]:
    name = f"chaos_{uuid.uuid4().hex[:12]}"
    await _admin(own, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    noon = START.replace(hour=12, minute=30)
    async with AsyncExitStack() as stack:
        scene = await stack.enter_async_context(scene_on(own.url(name), tmp_path / "files", Clock(noon), processes=2))
        parents = [await stack.enter_async_context(nursery(tmp_path, f"seat{seat}")) for seat in range(2)]
        lives = await stack.enter_async_context(AsyncExitStack())
        await stack.enter_async_context(scene.crowd([userid for userid, _ in WRITERS], TALKING, SEED))
        yield Town(scene, parents, lives)


async def test_the_database_restarts_under_load(town: Town, own: postgres.Cluster, tell: Tell) -> None:
    await town.start()
    for _ in range(TIMES):
        await town.seen(20)
        await asyncio.to_thread(own.restart)
    await town.seen(20)
    tell(f"PostgreSQL restarted {TIMES} times under load: {await town.over()}")
    assert not town.lives[0].over.is_set()


async def test_connections_are_cut_under_load(town: Town, tell: Tell) -> None:
    await town.start()
    url, cut = _plain(town.scene.settings["duban_database_url"]), 0
    for _ in range(5 * TIMES):
        await town.seen(5)
        cut += await _cut(url)
    await town.seen(20)
    tell(f"{cut} connections to PostgreSQL cut under load: {await town.over()}")
    assert cut > 0 and not town.lives[0].over.is_set()


async def _cut(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(
            await connection.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    finally:
        await connection.close()


async def test_no_connection_is_to_be_had_for_a_while(town: Town, tell: Tell) -> None:
    """Somebody else takes every connection the server has; the service's own are cut and not to be had again."""
    await town.start()
    await town.seen(20)
    url, greedy = _plain(town.scene.settings["duban_database_url"]), []
    try:
        await within(_take_all(url, greedy), "the service keeps its connections")
        # Not stored means not acknowledged.
        refused = await town.scene.platform.say(SOMEBODY, "任务")
        assert refused.state == "failed"
    finally:
        for one in greedy:
            await one.close()
    await town.scene.say(SOMEBODY, "任务")
    await town.seen(20)
    tell(f"all {len(greedy)} connections of PostgreSQL taken by somebody else for a while: {await town.over()}")
    assert not town.lives[0].over.is_set()


async def _take_all(url: str, taken: list[asyncpg.Connection]) -> None:
    """Returns when nobody else has a connection to this database, nor can have one."""
    others = "datname = current_database() AND pid <> ALL($1::int[])"
    while True:
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                taken.append(await asyncpg.connect(url))
        own = [one.get_server_pid() for one in taken]
        if not await taken[0].fetchval(f"SELECT count(*) FROM pg_stat_activity WHERE {others}", own):
            return
        await taken[0].execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}", own)


async def test_the_sender_is_killed_and_the_other_goes_on(town: Town, tell: Tell) -> None:
    for seat in range(2):
        await town.start(seat)
    pauses = []
    for number in range(TIMES):
        await town.seen(20)
        dead = await town.strike_the_sender(signal.SIGKILL)
        pauses.append(await town.sends(1 - dead))
        await within(town.lives[dead].over.wait(), "a process did not die")
        await town.seen(20)
        if number < TIMES - 1:  # the last one's work is the other's for good
            await town.start(dead)
    shown = ", ".join(f"{pause:.1f}" for pause in pauses)
    tell(f"the process that sends killed {TIMES} times; seconds until the other sent: {shown}; {await town.over()}")


async def test_the_sender_stands_still_and_comes_back(town: Town, tell: Tell) -> None:
    for seat in range(2):
        await town.start(seat)
    pauses = []
    for _ in range(TIMES):
        await town.seen(20)
        still = await town.strike_the_sender(signal.SIGSTOP)
        try:
            pauses.append(await town.sends(1 - still))
            await town.seen(20)
        finally:
            os.kill(town.lives[still].pid, signal.SIGCONT)
        await town.seen(20)
    shown = ", ".join(f"{pause:.1f}" for pause in pauses)
    tell(f"the process that sends stopped {TIMES} times; seconds until the other sent: {shown}; {await town.over()}")
    assert not any(life.over.is_set() for life in town.lives.values())
