"""通过 or 退回 of hundreds of items: done in slices, each a transaction of its own, so that nobody waits for all of it.

How far it came is kept under the key of the message that confirmed it, in the transaction of each slice: after a crash
it goes on there, and the person gets one answer, at the end.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from bot.domain.states import Act
from bot.domain.timing import in_window
from bot.handlers.context import Ctx
from bot.handlers.orders import Order, leftovers, order_from, perform, sort_out
from bot.services import review
from bot.services.work import Work
from bot.store.facts import put
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Fact
from bot.texts import answers

SLICE = 40  # items of one transaction; the items of one unit stay together: it hears of them in one message

MOST_OF_A_UNIT = 60  # items a unit may have waiting at once, of one list


async def begin(ctx: Ctx, order: Order) -> str:
    """Does a confirmed order; a long one goes on in `ctx.unfinished`."""
    if len(order.ids) <= SLICE or order.act not in (Act.APPROVE, Act.RETURN):
        return await perform(ctx, order)
    rows = await items_by_id(ctx.work.session, order.ids)
    by_unit = [item.id for item in sorted(rows, key=lambda item: item.unit_id)]
    return await _advance(ctx, replace(order, ids=tuple(by_unit)), {"done": [], "left": [], "newer": []})


async def kept(work: Work) -> dict[str, Any] | None:
    """What this message has begun and not finished."""
    fact = await work.session.get(Fact, _key(work))
    return dict(fact.value) if fact is not None else None


async def go_on(ctx: Ctx, found: dict[str, Any]) -> str:
    return await _advance(ctx, order_from(found["order"]), found["so_far"])


async def drop(work: Work) -> None:
    fact = await work.session.get(Fact, _key(work))
    if fact is not None:
        await work.session.delete(fact)


async def _advance(ctx: Ctx, order: Order, so_far: dict[str, list[Any]]) -> str:
    rows = {
        item.id: item for item in await items_by_id(ctx.work.session, order.ids[: SLICE + MOST_OF_A_UNIT], lock=True)
    }
    now = _first([rows[item_id] for item_id in order.ids if item_id in rows])
    ready, left, newer = sort_out(ctx, order, now)
    if order.act is Act.APPROVE:
        for item in ready:
            await review.approve(ctx.work, item, order.words)
    else:
        for unit in dict.fromkeys(item.unit_id for item in ready):
            await review.send_back(ctx.work, [item for item in ready if item.unit_id == unit], order.words)
    so_far = {
        "done": [*so_far["done"], *(item.id for item in ready)],
        "left": [*so_far["left"], *left],
        "newer": [*so_far["newer"], *newer],
    }
    handled = {item.id for item in now}
    rest = tuple(item_id for item_id in order.ids if item_id not in handled)
    if rest and now:
        ctx.unfinished = True
        await put(ctx.work.session, _key(ctx.work), {"order": replace(order, ids=rest).as_json(), "so_far": so_far})
        return ""
    await drop(ctx.work)
    done = await items_by_id(ctx.work.session, so_far["done"])
    told = [_told(ctx, order, done)] if done else []
    return "\n".join([*told, *leftovers(so_far["left"], so_far["newer"])]) or answers.NOTHING_DONE


def _first(rows: Sequence[ItemRow]) -> list[ItemRow]:
    """A slice of them, and what else the last one's unit has right behind it."""
    size = min(SLICE, len(rows))
    while 0 < size < len(rows) and rows[size].unit_id == rows[size - 1].unit_id:
        size += 1
    return list(rows[:size])


def _told(ctx: Ctx, order: Order, done: Sequence[ItemRow]) -> str:
    if order.act is Act.APPROVE:
        return answers.approved(done)
    return answers.sent_back(done, order.words, in_window(ctx.calendar, ctx.work.policy, ctx.work.now))


def _key(work: Work) -> str:
    return f"slices:{sha256(str(work.message_key).encode()).hexdigest()[:32]}"
