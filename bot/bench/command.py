"""The command: which figure, for how long, for whom to read."""

import asyncio
import logging
from typing import Annotated

import structlog
import typer

from bot.bench.report import BenchError, Report

WHAT = ("ack", "plan", "send", "export", "start", "understand")


def bench(
    what: Annotated[
        str, typer.Argument(help="ack 应答、plan 排程、send 晨报、export 台账、start 启动、understand 读懂消息")
    ],
    stored: Annotated[
        int,
        typer.Option(
            "--stored", min=0, help="ack：收件箱里先有多少条消息；plan、export：库里共有多少项（其余都已销号）"
        ),
    ] = 0,
    due: Annotated[int | None, typer.Option("--due", min=0, help="plan：同一天到期多少项，默认全部")] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, max=60, help="ack：每轮多少秒")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """在本机实测：应答速度、排程、晨报、台账、启动。用自己的临时目录，不碰正式的库。"""
    import uvloop

    if what not in WHAT:
        typer.echo(f"不认识“{what}”：能测 {'、'.join(WHAT)}", err=True)
        raise typer.Exit(2)
    # What the service under measurement has to say belongs to its own log, not between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    typer.echo("测量中，要几十秒；本机别的负载会让数字变差……", err=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_measure(what, stored, due, seconds))
    except (BenchError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(report.as_json() if as_json else report.as_text())


async def _measure(what: str, stored: int, due: int | None, seconds: float) -> Report:
    match what:
        case "ack":
            from bot.bench import ack

            return await ack.measure(seconds, stored)
        case "plan":
            from bot.bench import plan, scale

            return await scale.measure(stored, due) if stored else await plan.measure(due)
        case "send":
            from bot.bench import send

            return await send.measure()
        case "understand":
            from bot.bench import understand

            return understand.measure()
        case "export":
            from bot.bench import export

            return await export.measure(stored=stored)
        case _:
            from bot.bench import start

            return await start.measure()
