"""What of a command is kept while the bot waits for an answer, and the day a stretch of time leads to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.dialogue.dates import Span, months_on
from bot.dialogue.intents import Command, Target
from bot.dialogue.verbs import Verb
from bot.handlers.context import Ctx
from bot.store.items import ItemRow


def with_day(ctx: Ctx, command: Command, items: Sequence[ItemRow]) -> Command:
    """延期三天: three days beyond the deadline, or beyond today where it has passed."""
    if command.span is None or command.when is not None or len(items) != 1:
        return command
    start, span = max(items[0].due, ctx.work.today), command.span
    if span.unit == "月":
        day = months_on(start, span.count)
    elif span.unit == "工作日":
        day = ctx.calendar.add(start, span.count)
    else:
        day = start + timedelta(days=span.count)
    return replace(command, when=day, span=None)


def as_json(command: Command) -> dict[str, Any]:
    """What of a command free words can hold."""
    return {
        "verb": str(command.verb),
        "targets": [[target.number, target.node] for target in command.targets],
        "units": list(command.units),
        "links": list(command.links),
        "when": command.when.isoformat() if command.when else None,
        "span": [command.span.count, command.span.unit] if command.span else None,
        "text": command.text,
    }


def command_from(data: dict[str, Any]) -> Command:
    return Command(
        Verb(data["verb"]),
        targets=tuple(Target(number, node) for number, node in data["targets"]),
        units=tuple(data["units"]),
        links=tuple(data["links"]),
        when=date.fromisoformat(data["when"]) if data["when"] else None,
        span=Span(*data["span"]) if data.get("span") else None,
        text=data["text"],
        words=data["text"],
    )
