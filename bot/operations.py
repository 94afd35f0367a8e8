"""Commands for whoever keeps the service running: what waits, a period tried out, a copy of everything, and back."""

import json
import logging
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.console import (
    Refusal,
    fail,
    load_settings_or_fail,
    log_from,
    progress,
    progress_bar,
    run,
    say,
    until_stopped,
    with_store,
)
from bot.settings import Settings

WAITING = ("pending", "sending")
ENDED = ("failed", "unknown")


def outbox(
    problems: Annotated[bool, typer.Option("--problems", help="只看发送失败和可能未送达的")] = False,
    limit: Annotated[int, typer.Option(help="最多几条", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """还没发出的消息：为什么、预计什么时候发。"""
    from bot.services import waiting
    from bot.store.engine import Store

    async def look(store: Store, now: datetime) -> None:
        async with store.read() as session:
            found = await waiting.entries(session, now, ENDED if problems else WAITING, limit)
        if as_json:
            say(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=datetime.isoformat))
            return
        for one in found:
            say(waiting.line(one))
        if not found:
            say("没有发送失败或可能未送达的消息。" if problems else "没有等待发送的消息。")
        elif len(found) == limit:
            say(f"只列了最早的 {limit} 条，要看更多请加 --limit")

    run(with_store(load_settings_or_fail(), look))


def rehearse(
    since: Annotated[str, typer.Option("--from", help="第一天，如 2021-05-25")],
    until: Annotated[str, typer.Option("--to", help="最后一天，如 2021-12-31")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON：每条消息、每天、每人")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到文件：.xlsx、.csv（每条消息一行）或 .json")
    ] = None,
) -> None:
    """在数据库的副本上预演一段时间：没有人回复的话，每天会给谁发什么。什么都不发，什么都不改。"""
    from bot.documents.rehearsal import FORMATS

    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        typer.echo("--from 和 --to 应是日期，如 --from 2021-05-25 --to 2021-12-31", err=True)
        raise typer.Exit(2) from None
    if output is not None and output.suffix.lower() not in FORMATS:
        typer.echo("-o 的文件名应以 .xlsx、.csv 或 .json 结尾，例如：-o 预演.xlsx", err=True)
        raise typer.Exit(2)
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        fail(f"写不了 {output}：没有这个目录，或者它本身就是目录")  # before minutes are spent
    run(until_stopped(_rehearse(load_settings_or_fail(), first, last, as_json, output)))


async def _rehearse(settings: Settings, first: date, last: date, as_json: bool, output: Path | None) -> None:
    from bot.documents import rehearsal as files
    from bot.domain.calendar import local_day
    from bot.rehearsal import CannotRehearse, check
    from bot.rehearsal import rehearse as run_through
    from bot.store.engine import Store
    from bot.texts import rehearsals

    async def look(store: Store, now: datetime) -> None:
        try:
            check(settings.policy, first, last)
            begin = min(first, local_day(now))
            with log_from(logging.ERROR), progress_bar("预演", (last - begin).days + 1) as step:
                done = await run_through(
                    store, settings, now, first, last, lambda day: step((day - begin).days + 1, str(day))
                )
        except CannotRehearse as error:
            raise Refusal(str(error)) from None
        if output is not None:
            files.write(output, done)
        if as_json:
            say(files.as_json(done))
            return
        for line in rehearsals.lines(done):
            say(line)
        if output is not None:
            say(f"全部消息已写到 {output}。")

    await with_store(settings, look)


def backup(file: Annotated[Path, typer.Argument(help="写到哪个文件，如 duban-2026-11-22.zip")]) -> None:
    """备份数据库和佐证文件，服务运行时也可以。"""
    from bot.store import backup as store_backup
    from bot.store.engine import Store

    settings = load_settings_or_fail()

    async def write(store: Store, now: datetime) -> None:
        with progress("备份") as step:
            made = await store_backup.dump(store, file, settings.duban_data_dir, now, step)
        say(f"已备份到 {file}：{sum(made.rows.values())} 行，{made.files} 个佐证文件。")

    run(with_store(settings, write))


def restore(
    file: Annotated[Path, typer.Argument(help="duban backup 写的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="替换数据库里现有的内容")] = False,
) -> None:
    """从备份恢复。先停服务；恢复后，备份之后可能已经发出的消息不会自动重发。"""

    run(_restore(load_settings_or_fail(), file, replace))


async def _restore(settings: Settings, file: Path, replace: bool) -> None:
    from sqlalchemy.exc import DBAPIError

    from bot.services import restored
    from bot.services.work import Work
    from bot.start import clock_from
    from bot.store import backup as store_backup
    from bot.store import migrate
    from bot.store.engine import DatabaseError, Store, first_line
    from bot.store.facts import time_reached
    from bot.store.lease import being_served, only_process

    about = store_backup.read_manifest(file)
    settings.make_data_dir()
    store = Store(settings.duban_database_url)
    try:
        with only_process(store), progress("恢复") as step:
            await migrate.upgrade(store)
            if await being_served(store):
                raise store_backup.BackupError("服务正在运行：请先停掉所有 duban serve，再恢复")
            async with store.write() as session:
                if not replace and not await store_backup.is_empty(session):
                    raise store_backup.BackupError("数据库里已有内容，没有恢复。确实要替换，请加 --replace")
                await store_backup.load(session, file, step)
                clock = clock_from(settings, await time_reached(session))
                # In the same transaction: nothing of it may be sent before it is known what must not be.
                ended = await restored.settle(Work(session, clock.now(), settings.policy))
            files = store_backup.load_files(file, settings.duban_data_dir)
    except DBAPIError as error:
        raise DatabaseError(f"数据库用不了：{first_line(error.orig or error)}") from error
    finally:
        await store.close()
    say(f"已恢复 {about.made_at:%Y-%m-%d %H:%M} 的备份：{sum(about.rows.values())} 行，{files} 个佐证文件。")
    if ended:
        say(f"有 {ended} 条消息在备份时等待发送，可能已经发出，没有自动重发（duban outbox --problems）。")
