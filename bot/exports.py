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

FORMATS = {"ledger": ("xlsx", "csv", "json"), "report": ("docx",), "bulletin": ("docx",)}
NAMES = {"ledger": "台账", "report": "完成情况报告", "bulletin": "通报代拟稿"}


def export(
    what: Annotated[str, typer.Argument(help="ledger：台账；report：完成情况报告；bulletin：通报代拟稿")],
    output: Annotated[Path, typer.Option("-o", "--output", help="写到哪个文件")],
    unit: Annotated[str | None, typer.Option("--unit", help="只要一个单位的")] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="台账 xlsx、csv 或 json，报告和通报 docx；默认看文件名")
    ] = None,
) -> None:
    """导出台账、年终完成情况报告或通报代拟稿；服务运行时也可以。"""
    if what not in FORMATS:
        known = "、".join(f"{word}（{name}）" for word, name in NAMES.items())
        typer.echo(f"不认识“{what}”：能导出 {known}", err=True)
        raise typer.Exit(2)
    kind, formats = format or output.suffix.lstrip(".").lower(), FORMATS[what]
    if kind not in formats:
        example = f"duban export {what} -o {NAMES[what]}.{formats[0]}"
        typer.echo(f"{NAMES[what]}的格式只能是 {'、'.join(formats)}，例如：{example}", err=True)
        raise typer.Exit(2)
    settings = load_settings_or_fail()

    async def write(store: Store, now: datetime) -> None:
        if what == "ledger":
            await _ledger(store, settings.policy, now, output, unit, kind)
        elif what == "report":
            await _report(store, settings.policy, now, output, unit)
        else:
            await _bulletin(store, settings.policy, now, output, unit)

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


async def _report(store: Store, policy: Policy, now: datetime, output: Path, unit: str | None) -> None:
    from bot.documents.papers import write_papers
    from bot.services.papers import report_of, report_of_all
    from bot.services.yearend import NoList, latest_year

    try:
        async with store.read() as session:
            year = await latest_year(session)
            wanted = await _unit(session, unit) if unit else None
            if wanted is not None:
                papers = [await report_of(session, policy, now, year, wanted.id)]
            else:
                papers = await report_of_all(session, policy, now, year)
    except NoList as error:
        raise Refusal(str(error)) from None
    write_papers(output, papers, NAMES["report"], now)
    whose = wanted.name if wanted else f"全县及 {len(papers) - 1} 个单位"
    say(f"{year.year} 年完成情况报告已写到 {output}：{whose}。")


async def _bulletin(store: Store, policy: Policy, now: datetime, output: Path, unit: str | None) -> None:
    from bot.documents.papers import write_papers
    from bot.services.yearend import NoList, bulletin_of

    try:
        async with store.read() as session:
            wanted = await _unit(session, unit) if unit else None
            paper, late = await bulletin_of(session, policy, now, [wanted.id] if wanted else [])
    except NoList as error:
        raise Refusal(str(error)) from None
    write_papers(output, [paper], NAMES["bulletin"], now)
    units = len({one.unit for one in late})
    say(f"通报代拟稿已写到 {output}：{units} 个单位 {len(late)} 项。由人审定后印发，系统不发出通报。")


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
