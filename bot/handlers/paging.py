"""Lists page by page: what was shown is remembered, so that 下一页 goes on."""

from bot.dialogue.intents import Command, Target
from bot.dialogue.verbs import Verb, info_of
from bot.handlers.context import Ctx, Refused
from bot.services import conversation
from bot.services.conversation import Shown
from bot.texts.pages import Listing, page

_WHOSE = ("units", "groups", "excluded_units")
_ITEMS = "items"


async def show(ctx: Ctx, command: Command, listing: Listing, by_number: bool = True) -> str:
    """The page asked for: by its number (待审 2), by 下一页, else the first. `by_number`: a number is no item's."""
    # 任务 2 is an item, and a list of named units has no short name: they have 下一页 alone.
    named = {name: list(getattr(command, name)) for name in _WHOSE}
    numbered = by_number and command.verb is not Verb.TASKS
    if not by_number:
        named[_ITEMS] = [str(target.number) for target in command.targets]
    number = command.targets[0].number if numbered and command.targets else ctx.page
    turn = f"{info_of(command.verb).label} {{}}" if numbered and not any(named.values()) else "下一页"
    found = page(listing, number, turn)
    await conversation.show(ctx.work, ctx.key, Shown(command.verb, named, found.number, found.last))
    return found.text


async def following(ctx: Ctx) -> Command:
    """The command that shows the next page; the number of that page goes into `ctx`. Refuses where there is none."""
    shown = await conversation.shown(ctx.work, ctx.key)
    if shown is None:
        raise Refused("没有正在看的清单。回复 任务、待审 或 逾期 从头看。")
    if shown.page >= shown.last:
        raise Refused("后面没有了，刚才已是最后一页。")
    ctx.page = shown.page + 1
    units, groups, excluded = (tuple(shown.named[name]) for name in _WHOSE)
    targets = tuple(Target(int(number)) for number in shown.named.get(_ITEMS, ()))
    return Command(Verb(shown.verb), targets, units=units, groups=groups, excluded_units=excluded)
