"""The database: one engine, reads and writes, and what SQLite and PostgreSQL need to behave alike."""

import errno
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.store.turns import Turns
from bot.texts.causes import database_cause

SQLITE_BUSY = 15_000  # milliseconds a command-line process waits for the service's write to end
POOL_SIZE = 10
CONNECT_TIMEOUT = 10.0  # seconds
COMMAND_TIMEOUT = 60.0  # seconds; a database that does not answer must not hold the service up for ever

# A process that is stopped in the middle of a transaction must not keep its locks: others wait for them.
_SERVER_SETTINGS = {"idle_in_transaction_session_timeout": "6000", "statement_timeout": "60000"}  # milliseconds

_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.DeadlockDetectedError,
    asyncpg.InterfaceError,
)

# A folder that cannot be written is no database that is away: asking again every second would mend nothing.
_OF_FILES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO})

# An error of the database must not carry people's words into the log or a parked message (rule 8).
_QUIET: dict[str, Any] = {"hide_parameters": True}

_writing: ContextVar[bool] = ContextVar("duban_writing", default=False)


class DatabaseError(RuntimeError):
    """The database cannot be used; the message is one line that says what to do."""


class Store:
    """Sessions on the one database. On SQLite writes queue inside the process, not at the file's lock."""

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _engine(self.url, self.is_sqlite)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._turns = Turns()
        self._appending: AsyncConnection | None = None

    @property
    def path(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent view; nothing is written."""
        async with self._sessions() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        if self.is_sqlite:
            async with self._turns.turn():
                token = _writing.set(True)
                try:
                    async with self._sessions.begin() as session:
                        yield session
                finally:
                    _writing.reset(token)
        else:
            async with self._sessions.begin() as session:
                yield session

    async def append(self, statement: str, values: Sequence[Any]) -> None:
        """SQLite only: one statement, a transaction of its own, on disk when this returns.

        A session goes to the driver's thread eight times for that, and under load each time waits for the
        interpreter's lock; this goes once. Raises sqlite3.Error, and then nothing was written.
        """
        async with self._turns.turn(hasty=True):
            if self._appending is None:
                self._appending = await self.engine.connect()
            driver = (await self._appending.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute(statement, values)

    async def close(self) -> None:
        if self._appending is not None:
            await self._appending.close()
        await self.engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except Exception as error:
        raise DatabaseError("DUBAN_DATABASE_URL 写法不对，应如 sqlite+aiosqlite:///duban.db") from error
    if parsed.drivername in ("sqlite", "postgresql"):
        parsed = parsed.set(
            drivername={"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}[parsed.drivername]
        )
    if parsed.drivername not in ("sqlite+aiosqlite", "postgresql+asyncpg"):
        raise DatabaseError("DUBAN_DATABASE_URL 只支持 sqlite+aiosqlite:/// 与 postgresql+asyncpg://")
    return parsed


def _engine(url: URL, is_sqlite: bool) -> AsyncEngine:
    if not is_sqlite:
        return create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={
                "timeout": CONNECT_TIMEOUT,
                "command_timeout": COMMAND_TIMEOUT,
                "server_settings": _SERVER_SETTINGS,
            },
            **_QUIET,
        )
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0, **_QUIET)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: `_begin_sqlite` says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # An acknowledged message must survive a power cut, so every commit reaches the disk (rule 7).
        "synchronous=FULL",
        "foreign_keys=ON",
        "case_sensitive_like=ON",  # as PostgreSQL's; and only so a prefix is looked up in an index
        f"busy_timeout={SQLITE_BUSY}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A write takes its lock at the start: a read that later writes could not wait for it, only fail.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


async def run_sync(store: Store, work: Callable[..., Any]) -> Any:
    """Runs synchronous code (migrations) on a connection of the engine. Raises DatabaseError."""

    async def go(connection: AsyncConnection) -> Any:
        return await connection.run_sync(work)

    token = _writing.set(True)
    try:
        async with store.engine.begin() as connection:
            return await go(connection)
    except OSError as error:
        raise DatabaseError("数据库连不上：请检查 DUBAN_DATABASE_URL 和数据库服务") from error
    except DBAPIError as error:
        said = first_line(error.orig or error)
        raise DatabaseError(f"数据库用不了，请检查 DUBAN_DATABASE_URL：{said}") from error
    finally:
        _writing.reset(token)


def is_away(error: BaseException) -> bool:
    """Is it the database that failed, and not what was asked of it? Then asking again later may do."""
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _OF_FILES):
        return False
    if isinstance(error, OSError | TimeoutError | PoolTimeout | OperationalError | InterfaceError):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(getattr(error.orig, "__cause__", None), _AWAY)
    return isinstance(error, _AWAY)


def first_line(error: object) -> str:
    """What a driver says, as one line, in Chinese where that is known."""
    return database_cause((str(error).strip().splitlines() or [type(error).__name__])[0])
