"""Databases and worlds. What a machine lacks is skipped loudly; `.ci/run` lets nothing be skipped."""

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import asyncpg
import pytest
from support import postgres
from support.world import World, prepare, world_on

BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


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


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, postgres.Cluster | None], str]:
    """A database with the county loaded, made once for each backend: copied, not made again, for each test."""
    made: dict[str, str] = {}

    def make(backend: str, cluster: postgres.Cluster | None) -> str:
        if backend not in made:
            if cluster is None:
                path = tmp_path_factory.mktemp("prepared") / "duban.db"
                asyncio.run(prepare(f"sqlite+aiosqlite:///{path}"))
                made[backend] = str(path)
            else:
                name = f"prepared_{uuid.uuid4().hex[:8]}"
                asyncio.run(_admin(cluster, f"CREATE DATABASE {name}"))
                asyncio.run(prepare(cluster.url(name)))
                made[backend] = name
        return made[backend]

    return make


@pytest.fixture
def database_url(
    backend: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    prepared: Callable[[str, postgres.Cluster | None], str],
) -> str:
    """A database of this test's own, with the county loaded and the demo's people on the roster."""
    if backend == "sqlite":
        shutil.copy(prepared(backend, None), tmp_path / "duban.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'duban.db'}"
    cluster: postgres.Cluster = request.getfixturevalue("pg")
    name = f"test_{uuid.uuid4().hex[:12]}"
    template = prepared(backend, cluster)
    asyncio.run(_admin(cluster, f"CREATE DATABASE {name} TEMPLATE {template}"))
    return cluster.url(name)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """The service on the county's list at 08:50 on 2021-05-25, before the first digest."""
    async with world_on(database_url, tmp_path / "files") as one:
        yield one


@pytest.fixture
def start_world(database_url: str, tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[World]]:
    """Starts the service, perhaps several times on one database: a restart is two of these."""

    def start(**overrides: object) -> AbstractAsyncContextManager[World]:
        return world_on(database_url, tmp_path / "files", **overrides)

    return start
