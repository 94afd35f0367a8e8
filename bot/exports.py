"""duban export: the ledger, the year-end report, the draft bulletin."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.console import Refusal, load_settings_or_fail, run, say, with_store
from bot.domain.policy import Policy
from bot.domain.responsibility import UnitName
from bot.store.engine import Store

FORMATS = {"ledger": ("xlsx", "csv", "json")}
NAMES = {"ledger": "台账"}


def export(
    what: Annotated[str, typer.Argument(help="ledger：台账")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件")],
    unit: Annotated[str | None, typer.Option("--unit", help="只要一个单位的")] = None,
    format: Annotated[str | None, typer.Option("--format", help="台账 xlsx、csv 或 json；默认看文件名")] = None,
) -> None:
    """导出台账。"""
    kind = format or output.suffix.lstrip(".").lower()
    if what not in FORMATS:
        known = "、".join(f"{word}（{name}）" for word, name in NAMES.items())
        typer.echo(f"不认识“{what}”：能导出 {known}", err=True)
        raise typer.Exit(2)
    formats = FORMATS[what]
    if kind not in formats:
        which = "、".join(formats)
        typer.echo(
            f"{NAMES[what]}的格式只能是 {which}，例如：duban export {what} -o {NAMES[what]}.{formats[0]}", err=True
        )
        raise typer.Exit(2)
    settings = load_settings_or_fail()

    async def write(store: Store, now: datetime) -> None:
        await _ledger(store, settings.policy, now, output, unit, kind)

    run(with_store(settings, write))


async def _ledger(store: Store, policy: Policy, now: datetime, output: Path, unit: str | None, kind: str) -> None:
    from bot.documents.ledger import write_csv, write_json
    from bot.services.ledger import ledger, ledger_title

    async with store.read() as session:
        wanted = await _unit(session, unit) if unit else None
        rows = await ledger(session, policy, now, [wanted.id] if wanted else [], with_history=kind == "json")
        title = await ledger_title(session)
    with _bar("写台账", len(rows)) as step:
        if kind == "xlsx":
            from bot.documents.workbook import write_xlsx

            write_xlsx(output, rows, f"{title}（{wanted.name}）" if wanted else title, now, step)
        elif kind == "csv":
            write_csv(output, rows, step)
        else:
            write_json(output, rows, step)
    say(f"台账已写到 {output}，共 {len(rows)} 行。")


async def _unit(session: AsyncSession, name: str) -> UnitName:
    """The unit an operator names. Raises Refusal with the nearest name."""
    from bot.domain.responsibility import resolve, suggest
    from bot.store import people

    directory = await people.directory(session)
    found = resolve(name, directory)
    for unit in directory.units:
        if unit.id == found:
            return unit
    near = suggest(name, directory)
    raise Refusal(f"不认识单位“{name}”{f'，是不是“{near[0]}”？' if near else ''}")


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows on a terminal how far a file has come."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(what, total=total)
        yield lambda done: progress.update(bar, completed=done)
