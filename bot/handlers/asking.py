"""A question in free words, answered with what it asks to see; nothing is changed."""

from collections.abc import Awaitable, Callable

from bot.dialogue.intents import Command
from bot.dialogue.verbs import Verb
from bot.handlers import checking, looking, managing, yearend
from bot.handlers.context import Ctx

Handler = Callable[[Ctx, Command], Awaitable[str]]


async def look(ctx: Ctx, command: Command, brief: bool) -> str:
    """What a question asks to see; `brief`: how an item stands, without its measures."""
    if brief and command.verb is Verb.TASKS and command.targets:
        return await looking.stand_of(ctx, command)
    return await _LOOK[command.verb](ctx, command)


_LOOK: dict[Verb, Handler] = {
    Verb.TASKS: looking.tasks,
    Verb.OVERDUE: looking.overdue,
    Verb.STATS: looking.stats,
    Verb.LEDGER: looking.ledger,
    Verb.HANDED_IN: yearend.handed_in,
    Verb.PENDING: checking.pending,
    Verb.PEOPLE: managing.roster,
    Verb.HELP: looking.show_help,
    Verb.WHY: looking.why,
}
