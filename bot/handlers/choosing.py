"""Which one is meant? The question with its candidates, and the answer: a button, a number, a unit, or several."""

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.choices import Choice
from bot.dialogue.intents import Target
from bot.handlers import freely
from bot.handlers.carried import command_from
from bot.handlers.context import Ctx, Refused
from bot.handlers.orders import ask_which, order_from, perform
from bot.handlers.reporting import expect_more
from bot.services import choices, conversation
from bot.services.conversation import Pending
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Outbox
from bot.texts import answers


async def chosen_in_words(ctx: Ctx, pending: Pending, choice: Choice) -> str:
    """A number, a unit's name, or both."""
    rows = await items_by_id(ctx.work.session, pending.payload["ids"])
    found = [item for item in rows if choice.target is None or _is(item, choice.target)]
    found = [item for item in found if choice.unit in (None, item.unit)]
    if not found:
        said = " ".join(str(part) for part in (choice.target, choice.unit) if part)
        raise Refused(f"{said} 不在刚才列出的事项里，请从中选一个，或回复 取消。")
    if len({item.unit for item in found}) > 1 or (choice.target is None and len(found) > 1):
        if "said" in pending.payload:
            return await freely.ask_item(ctx, command_from(pending.payload["said"]), found)
        return await ask_which(ctx, order_from(pending.payload["order"]), found, "")
    return await chosen(ctx, pending, found[:1])


async def several_chosen(ctx: Ctx, pending: Pending, targets: Sequence[Target]) -> str:
    """24和26: each must be one of the candidates, and one item only."""
    rows = await items_by_id(ctx.work.session, pending.payload["ids"])
    found = [[item for item in rows if _is(item, target)][:1] for target in targets]
    for target, one in zip(targets, found, strict=True):
        if not one:
            raise Refused(f"{target} 不在刚才列出的事项里，请从中选，或回复 取消。")
    if len({item.unit for item in rows}) > 1:
        raise Refused("列出的事项分属几个单位，请一个一个选：回复编号和单位。")
    return await chosen(ctx, pending, [item for one in found for item in one])


async def nth_chosen(ctx: Ctx, pending: Pending, place: int) -> str:
    """第一个: as they were listed, counted from 0; -1 is the last one."""
    ids = pending.payload["ids"]
    if place >= len(ids):
        raise Refused(f"只列出了 {len(ids)} 项，请从中选一个，或回复 取消。")
    return await chosen(ctx, pending, await items_by_id(ctx.work.session, [ids[place]]))


async def all_chosen(ctx: Ctx, pending: Pending) -> str:
    """都是: every candidate; the list is shown once more and waits for 确认."""
    rows = await items_by_id(ctx.work.session, pending.payload["ids"])
    if "said" not in pending.payload or len({item.unit for item in rows}) > 1:
        raise Refused("请从列出的事项里选一个，或回复 取消。")
    return await freely.chosen(ctx, pending.payload["said"], rows, many=True)


async def chosen(ctx: Ctx, pending: Pending, items: Sequence[ItemRow]) -> str:
    """What waited for its item goes on with this one, or these."""
    became = f"已选 {'、'.join(item.code for item in items)}"
    await conversation.forget(ctx.work, ctx.key, became if len(became) <= _LABEL else "已选定")
    if "said" in pending.payload:
        return await freely.chosen(ctx, pending.payload["said"], items)
    order = order_from(pending.payload["order"])
    answer = await perform(ctx, replace(order, ids=tuple(item.id for item in items)))
    return await expect_more(ctx, items[0].id, answer) if order.proofs and len(items) == 1 else answer


async def pressed(ctx: Ctx, item_id: int, card: Outbox | None) -> tuple[str, str]:
    """A candidate's button; the second part is what a card says that did not know yet that its question is over."""
    pending = await _asked(ctx, card)
    if pending is None or item_id not in pending.payload["ids"]:
        return answers.stale(_OVER), choices.OVER
    return await chosen(ctx, pending, await items_by_id(ctx.work.session, [item_id])), ""


async def dropped(ctx: Ctx, card: Outbox | None) -> tuple[str, str]:
    """取消 on the card."""
    if await _asked(ctx, card) is None:
        return answers.stale(_OVER), choices.OVER
    await conversation.forget(ctx.work, ctx.key, "已取消")
    return answers.CANCELLED, ""


async def _asked(ctx: Ctx, card: Outbox | None) -> Pending | None:
    """The question of this card, if it is still the one that waits."""
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending is None or pending.kind != conversation.CHOICE or card is None:
        return None
    return pending if card.about == choices.about(pending.payload["asked"]) else None


def _is(item: ItemRow, target: Target) -> bool:
    return item.number == target.number and target.node in (None, item.seq)


_LABEL = 10  # characters of a button
_OVER = "这个问题已经答过，或者过了时间"
