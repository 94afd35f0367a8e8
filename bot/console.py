"""What every command shares: settings, the database, one clear line for what went wrong, progress."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import structlog
import typer

from bot.settings import Settings, SettingsError, load_settings
from bot.store.engine import DatabaseError, Store, first_line
from bot.texts.causes import system_cause

T = TypeVar("T")


class Refusal(Exception):  # an answer to the operator
    """Ends the command with exit 1 and this text."""


def say(text: str) -> None:
    typer.echo(text)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs one command. What the operator can mend is one line on stderr and exit 1."""
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(work)
    except Exception as error:
        line = _told(error)
        if line is None:
            raise
        fail(line)


def _told(error: Exception) -> str | None:
    """What an error means to the operator; None where it is ours. Looked up late: most commands need none of these."""
    from bot.documents.county import CountyError
    from bot.documents.outgoing import NotWritten
    from bot.documents.roster import RosterError
    from bot.domain.calendar import UnknownYear
    from bot.services.roster import RosterRefused
    from bot.store.backup import BackupError

    if isinstance(error, RosterRefused | RosterError):
        return "人员名单没有导入，什么都没有改：\n" + "\n".join(f"  {problem}" for problem in error.problems)
    if isinstance(
        error, SettingsError | DatabaseError | BackupError | CountyError | NotWritten | UnknownYear | Refusal
    ):
        return str(error)
    if isinstance(error, OSError):
        where = f"{error.filename}：" if error.filename else ""
        return f"文件或目录用不了：{where}{system_cause(error)}（请检查路径、权限和磁盘）"
    return None


def fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)


@contextlib.contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal what a long command is at."""
    from rich.console import Console

    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    with console.status(f"{what}……") as status:
        yield lambda step: status.update(f"{what}：{step}……")


@contextlib.contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Shows on a terminal how much of a long command is done, and what it is at."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        bar = shown.add_task(what, total=total)
        yield lambda done, at: shown.update(bar, completed=done, description=f"{what} {at}")


@contextlib.contextmanager
def log_from(level: int) -> Iterator[None]:
    """Only lines of this level and above: what a rehearsal's service has to say is not about the real one."""
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    try:
        yield
    finally:
        structlog.configure(wrapper_class=before)


def log_to_stderr(human: bool) -> None:
    """JSON lines for the service, readable ones for a person; never on stdout, which belongs to the command."""
    renderer = structlog.dev.ConsoleRenderer() if human else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


async def with_store(settings: Settings, work: Callable[[Store, datetime], Awaitable[T]]) -> T:
    """Runs `work` with the database and the time of its clock. Raises DatabaseError where there is no schema."""
    from sqlalchemy.exc import DBAPIError

    from bot.start import check_schema, make_clock

    store = Store(settings.duban_database_url)
    try:
        await check_schema(store)
        clock = await make_clock(store, settings)
        return await work(store, clock.now())
    except DBAPIError as error:
        raise DatabaseError(f"数据库用不了：{first_line(error.orig or error)}") from error
    finally:
        await store.close()


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Runs until SIGINT or SIGTERM; both end it cleanly."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    stopping = False

    def stop() -> None:
        nonlocal stopping
        stopping = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopping:
            raise


def load_settings_or_fail(**overrides: object) -> Settings:
    try:
        settings = load_settings(**overrides)
        _ = settings.policy
    except SettingsError as error:
        fail(str(error))
    return settings
