"""Commands for whoever keeps the service running: what waits, a copy of everything, and back."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.console import load_settings_or_fail, progress, run, say, with_store
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
