"""The whole database as one file, and back: the same file for SQLite and PostgreSQL, taken while the service runs.

A zip: `manifest.json`, `tables/NAME.jsonl` with one row a line, `files/…` with the evidence people sent. What belongs
to a running process and not to the county's record stays out: the platform's token, the lease, the salt of card ids.
"""

import base64
import json
import os
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Column, Date, LargeBinary, Table, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from bot.store import migrate
from bot.store.base import Base, Moment
from bot.store.engine import Store
from bot.store.facts import SALT, TOKEN

FORMAT = 1
CHUNK = 500  # rows inserted in one statement
LONGEST_LINE = 8 * 1024 * 1024  # bytes; no row is as long
_NOT_KEPT = frozenset({"lease"})
_FACTS_NOT_KEPT = frozenset({TOKEN, SALT})

Step = Callable[[str], None]


class BackupError(RuntimeError):
    """The file cannot be written or restored; the message is one line that says what to do."""


@dataclass(frozen=True)
class Manifest:
    made_at: datetime
    schema: str
    rows: dict[str, int]
    files: int


def _tables() -> list[Table]:
    """In an order in which every row's parents come first."""
    return [table for table in Base.metadata.sorted_tables if table.name not in _NOT_KEPT]


async def dump(store: Store, target: Path, folder: Path, now: datetime, step: Step) -> Manifest:
    """Writes one consistent view of the database and the evidence files to `target`. Raises BackupError or OSError.

    The file appears under its name only when it is whole, readable by its owner alone: it holds people's names.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            async with _one_view(store) as connection:
                rows = {table.name: await _dump_table(connection, table, archive, step) for table in _tables()}
                schema = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            files = _dump_files(archive, folder)
            about = {"format": FORMAT, "made_at": now.isoformat(), "schema": schema, "rows": rows, "files": files}
            archive.writestr("manifest.json", json.dumps(about, ensure_ascii=False, indent=1))
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return Manifest(now, str(schema), rows, files)


def _one_view(store: Store) -> Any:
    if store.is_sqlite:
        return store.engine.connect()  # in WAL mode a transaction sees the moment at which it began
    return store.engine.execution_options(isolation_level="REPEATABLE READ").connect()


async def _dump_table(connection: AsyncConnection, table: Table, archive: zipfile.ZipFile, step: Step) -> int:
    step(table.name)
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
        result = await connection.stream(select(table).order_by(*table.primary_key.columns))
        async for row in result.mappings():
            if table.name == "fact" and row["key"] in _FACTS_NOT_KEPT:
                continue
            lines.write(json.dumps({k: _plain(v) for k, v in row.items()}, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _dump_files(archive: zipfile.ZipFile, folder: Path) -> int:
    found = [path for path in sorted((folder / "evidence").glob("*")) if path.is_file()]
    for path in found:
        archive.write(path, f"files/evidence/{path.name}", zipfile.ZIP_STORED)
    return len(found)


def read_manifest(source: Path) -> Manifest:
    """Raises BackupError for a file that is no backup, or one of a version this program does not know."""
    try:
        with zipfile.ZipFile(source) as archive:
            about = json.loads(archive.read("manifest.json"))
        if about["format"] != FORMAT:
            raise BackupError(f"{source} 由更新的版本备份：请用相应版本的程序恢复")
        rows = {str(name): int(count) for name, count in about["rows"].items()}
        return Manifest(datetime.fromisoformat(about["made_at"]), str(about["schema"]), rows, int(about["files"]))
    except FileNotFoundError:
        raise BackupError(f"没有这个文件：{source}") from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, EOFError) as error:
        raise BackupError(f"{source} 不是 duban 的备份文件，或者不完整") from error


async def is_empty(session: AsyncSession) -> bool:
    """Does the database hold nothing of anybody's?"""
    for table in _tables():
        if await session.scalar(select(func.count()).select_from(table)):
            return False
    return True


async def load(session: AsyncSession, source: Path, step: Step) -> None:
    """Puts the backup's rows in the place of whatever there is, inside the session's transaction. The schema is there.

    Raises BackupError; then nothing must be committed.
    """
    manifest = read_manifest(source)
    if manifest.schema not in migrate.known():
        raise BackupError(f"{source} 由更新的版本备份（结构 {manifest.schema}）：请先升级程序，再恢复")
    for table in reversed(_tables()):
        await session.execute(table.delete())
    with zipfile.ZipFile(source) as archive:
        for table in _tables():
            step(table.name)
            loaded = await _load_table(session, table, archive)
            if loaded != manifest.rows.get(table.name, 0):
                raise BackupError(f"{source} 不完整：{table.name} 应有 {manifest.rows.get(table.name, 0)} 行")
    if session.get_bind().dialect.name == "postgresql":
        await _count_on(session)


async def _load_table(session: AsyncSession, table: Table, archive: zipfile.ZipFile) -> int:
    count = 0
    try:
        with archive.open(f"tables/{table.name}.jsonl") as lines:
            async for chunk in _chunks(_rows(table, lines)):
                await session.execute(insert(table), chunk)
                count += len(chunk)
    except KeyError:
        return 0  # a table that a later version added
    except (ValueError, TypeError, zipfile.BadZipFile, EOFError) as error:
        raise BackupError(f"备份文件里的 {table.name} 读不出来：文件可能损坏") from error
    return count


def _rows(table: Table, lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    columns = {column.name: column for column in table.columns}
    while line := lines.readline(LONGEST_LINE):
        yield {name: _typed(columns[name], value) for name, value in json.loads(line).items() if name in columns}


async def _chunks(rows: Iterator[dict[str, Any]]) -> AsyncIterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _typed(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


async def _count_on(session: AsyncSession) -> None:
    """PostgreSQL gives new ids after the highest restored one."""
    for table in _tables():
        for column in table.primary_key.columns:
            found = text("SELECT pg_get_serial_sequence(:table, :column)")
            names = {"table": table.name, "column": column.name}
            if await session.scalar(found, names):
                highest = await session.scalar(select(func.max(column)))
                await session.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest, :used)"),
                    {**names, "highest": highest or 1, "used": highest is not None},
                )


def load_files(source: Path, folder: Path) -> int:
    """Puts the evidence files back beside what is there. Raises BackupError or OSError."""
    evidence = folder / "evidence"
    evidence.mkdir(parents=True, exist_ok=True)
    count = 0
    with zipfile.ZipFile(source) as archive:
        for entry in archive.infolist():
            path = Path(entry.filename)
            if path.parent != Path("files/evidence") or path.name in ("", ".", ".."):
                continue
            part = evidence / f".{path.name}.part"
            with archive.open(entry) as data, part.open("wb") as out:
                shutil.copyfileobj(data, out)
            part.replace(evidence / path.name)
            count += 1
    return count
