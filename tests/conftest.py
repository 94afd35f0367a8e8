"""Databases and worlds. What a machine lacks is skipped loudly; `.ci/run` lets nothing be skipped."""

import asyncio
import os
import re
import shutil
import uuid
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest
import structlog
from support import postgres
from support.world import CORNER, COUNTY, World, prepare, world_on

from bot.domain.county import County

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
WHOLE = 1_000  # tests; fewer were asked for by name, and none of them is put off
SHARE = 3  # of the stories on PostgreSQL a run of everything tells one in so many; DUBAN_LONG=1 tells them all
# Where the two databases lock, claim and hand over differently, both are always asked.
ALWAYS = ("delivery", "delivery_troubles", "rule_7_nothing_is_lost", "deputies", "slices", "presses", "broadcasts")
_STORY = re.compile(r"tests/e2e/test_(\w+)\.py::.*\[postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every story is told on SQLite; twenty minutes do not suffice for all of them on PostgreSQL as well."""
    if os.environ.get("DUBAN_LONG") == "1" or len(items) < WHOLE:
        return
    left = [item for item in items if _put_off(item.nodeid)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if not _put_off(item.nodeid)]


def _put_off(nodeid: str) -> bool:
    story = _STORY.search(nodeid)
    return story is not None and story[1] not in ALWAYS and zlib.crc32(nodeid.encode()) % SHARE != 0


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """As the service writes them: structlog's default for a terminal paints every local of a traceback, for seconds."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )


@pytest.fixture(scope="session")
def pg() -> Iterator[postgres.Cluster]:
    if postgres.binaries() is None:
        pytest.skip("SKIPPED PART: PostgreSQL's server binaries were not found (apt install postgresql)")
    with postgres.cluster() as running:
        yield running


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def _admin(cluster: postgres.Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.url("postgres").replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


Prepare = Callable[[str, postgres.Cluster | None, County], str]
StartWorld = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepare:
    """A database with a county loaded, made once for each backend: copied, not made again, for each test."""
    made: dict[tuple[str, bool], str] = {}

    def make(backend: str, cluster: postgres.Cluster | None, county: County) -> str:
        wanted = (backend, county is COUNTY)
        if wanted not in made:
            if cluster is None:
                path = tmp_path_factory.mktemp("prepared") / "duban.db"
                asyncio.run(prepare(f"sqlite+aiosqlite:///{path}", county=county))
                made[wanted] = str(path)
            else:
                name = f"prepared_{uuid.uuid4().hex[:8]}"
                asyncio.run(_admin(cluster, f"CREATE DATABASE {name}"))
                asyncio.run(prepare(cluster.url(name), county=county))
                made[wanted] = name
        return made[wanted]

    return make


def _database(request: pytest.FixtureRequest, county: County | None) -> str:
    """A database of one test's own: a copy of the prepared one, or one without a schema where there is no county."""
    backend: str = request.getfixturevalue("backend")
    prepared: Prepare = request.getfixturevalue("prepared")
    name = f"test_{uuid.uuid4().hex[:12]}"
    if backend == "sqlite":
        path = request.getfixturevalue("tmp_path") / f"{name}.db"
        if county is not None:
            shutil.copy(prepared(backend, None, county), path)
        return f"sqlite+aiosqlite:///{path}"
    cluster: postgres.Cluster = request.getfixturevalue("pg")
    template = f" TEMPLATE {prepared(backend, cluster, county)}" if county is not None else ""
    asyncio.run(_admin(cluster, f"CREATE DATABASE {name}{template}"))
    return cluster.url(name)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, backend: str) -> str:
    """A database of this test's own, with the county loaded and the demo's people on the roster."""
    return _database(request, COUNTY)


@pytest.fixture
def corner_url(request: pytest.FixtureRequest, backend: str) -> str:
    """The same with a corner of the county only: a few rows, units and people."""
    return _database(request, CORNER)


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, backend: str) -> str:
    """A database of this test's own without a schema."""
    return _database(request, None)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on the county's list at 08:50 on 2021-05-25, before the first digest."""
    async with world_on(database_url, tmp_path / "files") as one:
        yield one


@pytest.fixture
async def corner(corner_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The same in a corner of the county: for stories in which many mornings pass."""
    async with world_on(corner_url, tmp_path / "files") as one:
        yield one


@pytest.fixture
def corner_from(empty_url: str, tmp_path: Path) -> StartWorld:
    """Loads the corner at a moment of its own and starts there; `without` are accounts to leave off the roster."""

    @asynccontextmanager
    async def begin(moment: str, without: tuple[str, ...] = (), **overrides: object) -> AsyncIterator[World]:
        start = datetime.fromisoformat(f"{moment}+08:00")
        await prepare(empty_url, start=start, county=CORNER, without=without)
        async with world_on(empty_url, tmp_path / "files", duban_clock=start, **overrides) as one:
            yield one

    return begin


@pytest.fixture
def start_world(database_url: str, tmp_path: Path) -> StartWorld:
    """Starts the service, perhaps several times on one database: a restart is two of these."""

    def start(**overrides: object) -> AbstractAsyncContextManager[World]:
        return world_on(database_url, tmp_path / "files", **overrides)

    return start
