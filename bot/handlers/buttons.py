"""A pressed button of a card: does what its words would do, once; a stale press changes nothing and says so."""

import re

from sqlalchemy import select

from bot.domain.permissions import RIGHT_OF, Right, may
from bot.domain.states import ALLOWED, Act, RequestKind, State
from bot.handlers import choosing, freely
from bot.handlers.context import Ctx, Refused
from bot.handlers.looking import item_detail
from bot.handlers.orders import Order, ask_reason, perform
from bot.services import linkviews, notices, requests
from bot.services.prompts import evidence_of
from bot.services.work import Lane
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Outbox, Request
from bot.texts import answers
from bot.texts.words import bullet_list


async def pressed(ctx: Ctx, key: str, task_id: str, response_code: str) -> str:
    """`key` is verb:item:number as `services.prompts` made it; `response_code` lets the pressed card be updated."""
    known = _KEY.fullmatch(key)
    if known is not None and known["verb"] != "read":
        # The item before the card: of two who press at once one waits here, and neither for the other's card.
        await items_by_id(ctx.work.session, [int(known["first"])], lock=True)
    card = await _remember_code(ctx, task_id, response_code)
    if known is None:
        raise Refused(answers.stale("不认识这个按钮"))
    if known["verb"] == "choose":
        answer, settled = await choosing.pressed(ctx, int(known["first"]), card)
    elif known["verb"] == "drop":
        answer, settled = await choosing.dropped(ctx, card)
    else:
        answer, settled = await _BUTTONS[known["verb"]](ctx, int(known["first"]), int(known["second"] or 0))
    if settled and card is not None and card.response_code:
        # Settled by somebody else before: this person's card did not know yet.
        await _grey(ctx, card, settled)
    return answer


async def _remember_code(ctx: Ctx, task_id: str, response_code: str) -> Outbox | None:
    """Every press brings a fresh code; the one before is spent."""
    number = task_id.rpartition("-")[2]
    if not number.isdecimal() or len(number) > 18:
        return None
    card = await ctx.work.session.scalar(select(Outbox).where(Outbox.id == int(number), Outbox.member_key == ctx.key))
    if card is not None and response_code:
        card.response_code = response_code
    return card


async def _grey(ctx: Ctx, card: Outbox, became: str) -> None:
    await ctx.work.send(
        f"settle:{card.id}:{card.response_code}"[:200],
        Lane.REPLY,
        "card_update",
        ctx.key,
        {"response_code": card.response_code, "replace_name": became},
        "卡片状态更新",
    )
    card.response_code = None


async def _item(ctx: Ctx, item_id: int, act: Act) -> ItemRow:
    """The item, for those who may do this to it; to others not even its name is said (rule 8)."""
    found = await items_by_id(ctx.work.session, [item_id], lock=True)
    if not found or not may(ctx.member, RIGHT_OF[act], found[0].scope):
        raise Refused(answers.NOT_YOUR_ITEM if RIGHT_OF[act] is Right.REPORT else answers.NOT_YOUR_BUTTON)
    return found[0]


def _moved_on(item: ItemRow) -> tuple[str, str]:
    return answers.stale(f"{item.ref}（{item.unit}）现在是“{item.state.label}”"), item.state.label


def _as_it_stands(ctx: Ctx, item: ItemRow) -> tuple[str, str]:
    """An item's card that did not know yet is shown as the item stands."""
    ctx.work.changed.add(item.subject)
    return _moved_on(item)[0], ""


async def _sign(ctx: Ctx, item_id: int, _submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.SIGN)
    if item.state not in ALLOWED[Act.SIGN]:
        return _as_it_stands(ctx, item)
    return await perform(ctx, Order(Act.SIGN, (item.id,))), ""


async def _done(ctx: Ctx, item_id: int, submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.SUBMIT)
    if item.state not in ALLOWED[Act.SUBMIT] or item.submission != submission:
        return _as_it_stands(ctx, item)
    return await perform(ctx, Order(Act.SUBMIT, (item.id,))), ""


async def _extend(ctx: Ctx, item_id: int, _submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.EXTEND)
    if item.state not in ALLOWED[Act.EXTEND]:
        return _as_it_stands(ctx, item)
    return await freely.ask_day(ctx, item), ""


async def _show(ctx: Ctx, item_id: int, _submission: int) -> tuple[str, str]:
    return await item_detail(ctx, await _item(ctx, item_id, Act.SUBMIT)), ""


async def _approve(ctx: Ctx, item_id: int, submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.APPROVE)
    if item.state is not State.SUBMITTED or item.submission != submission:
        return _moved_on(item)
    return await perform(ctx, Order(Act.APPROVE, (item.id,))), ""


async def _return(ctx: Ctx, item_id: int, submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.RETURN)
    if item.state is not State.SUBMITTED or item.submission != submission:
        return _moved_on(item)
    return await ask_reason(ctx, Order(Act.RETURN, (item.id,)), [item]), ""


async def _links(ctx: Ctx, item_id: int, submission: int) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.APPROVE)
    if item.state is not State.SUBMITTED or item.submission != submission:
        return _moved_on(item)
    links = await linkviews.lines(ctx.work, item, await evidence_of(ctx.work, item, submission))
    shown = bullet_list(links) if links else "没有链接或文件（本项凭文字说明即可）"
    return f"{item.ref}（{item.unit}）的佐证：\n{shown}", ""


async def _decide(ctx: Ctx, item_id: int, request_id: int, agreed: bool) -> tuple[str, str]:
    item = await _item(ctx, item_id, Act.AGREE)
    request = await ctx.work.session.get(Request, request_id, with_for_update=True)
    if request is None or request.assignment_id != item.id:
        return answers.stale("申请已不存在"), "已失效"
    if request.state != "open":
        became = {"agreed": "已同意", "refused": "不同意", "withdrawn": "已撤回"}[request.state]
        return answers.stale(f"{item.ref}（{item.unit}）的申请{became}"), became
    await requests.decide(ctx.work, item, request, agreed, "")
    kind = RequestKind(request.kind).label
    return answers.decided(item.ref, item.unit, kind, agreed, request.new_due), ""


async def _agree(ctx: Ctx, item_id: int, request_id: int) -> tuple[str, str]:
    return await _decide(ctx, item_id, request_id, True)


async def _refuse(ctx: Ctx, item_id: int, request_id: int) -> tuple[str, str]:
    return await _decide(ctx, item_id, request_id, False)


async def _read(ctx: Ctx, notice_id: int, _unused: int) -> tuple[str, str]:
    if await notices.read(ctx.work, ctx.key, notice_id) is None:
        if await notices.was_recalled(ctx.work, ctx.key, notice_id):
            return answers.RECALLED, "已撤回"
        raise Refused(answers.stale("没有发给您的这个通知"))
    return answers.read(notice_id), "已收到"


_BUTTONS = {
    "sign": _sign,
    "done": _done,
    "extend": _extend,
    "show": _show,
    "approve": _approve,
    "return": _return,
    "links": _links,
    "agree": _agree,
    "refuse": _refuse,
    "read": _read,
}

# Nine digits fit the ids of both databases.
_KEY = re.compile(rf"(?P<verb>choose|drop|{'|'.join(_BUTTONS)}):(?P<first>[0-9]{{1,9}})(?::(?P<second>[0-9]{{1,9}}))?")
