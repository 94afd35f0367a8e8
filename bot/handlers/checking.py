"""What those who check say: 待审, 通过, 退回, 催办, 同意, 不同意."""

from sqlalchemy import select

from bot.dialogue.intents import Command
from bot.dialogue.reasons import is_reason
from bot.domain.permissions import Right, may
from bot.domain.states import Act, RequestKind, State
from bot.handlers.context import Ctx, Refused
from bot.handlers.orders import Order, confirm_first, perform
from bot.handlers.paging import show
from bot.handlers.targets import WHO, check, named_units, task_rows, theirs
from bot.services import queue, requests
from bot.services.views import parked, unresolved_tasks, waiting_for
from bot.store import live
from bot.store.items import ItemRow, items, items_by_id
from bot.store.people import unit_people
from bot.store.tables import Assignment, Request
from bot.texts import answers, lists
from bot.texts.words import bullet_list, names


async def pending(ctx: Ctx, command: Command) -> str:
    if not may(ctx.member, Right.SEE_QUEUE):
        raise Refused(answers.not_allowed("待审", WHO[Right.SEE_QUEUE]))
    mine = await my_queue(ctx)
    waiting = await queue.waiting(ctx.work, mine)
    if len(waiting) > lists.LONG_QUEUE and command.targets:
        wanted = [one for one in waiting if one.item.number == command.targets[0].number]
        if wanted:
            return await show(ctx, command, lists.queue_of_item(wanted), by_number=False)
    open_requests = await _my_requests(ctx)
    unresolved = await unresolved_tasks(ctx.work.session) if ctx.member.is_office else []
    listing = lists.queue(
        waiting,
        [(item, RequestKind(request.kind).label, request.reason) for request, item in open_requests],
        [f"{task.number} {task.item}" for task in unresolved],
        await parked(ctx.work.session) if ctx.member.is_office else 0,
    )
    return await show(ctx, command, listing)


async def my_queue(ctx: Ctx) -> list[ItemRow]:
    """Submissions this person is to check: of their leads; for the office those no reviewer can check or has checked
    for so long that the office was told (rule 5)."""
    session = ctx.work.session
    if ctx.member.reviews_for:
        mine = [i for i in await waiting_for(session, ctx.member.reviews_for) if may(ctx.member, Right.CHECK, i.scope)]
        if not ctx.member.is_office:
            return mine
    else:
        mine = []
    staffed = {unit for unit, people in (await unit_people(session)).items() if people.reviewers}
    waiting = await items(session, live.watched, Assignment.state == State.SUBMITTED)
    offices = [item for item in waiting if not item.checkers & staffed or _with_the_office(ctx, item)]
    return list({item.id: item for item in (*mine, *offices)}.values())


def _with_the_office(ctx: Ctx, item: ItemRow) -> bool:
    since = item.submitted_on
    return since is not None and ctx.calendar.between(since, ctx.work.today) >= ctx.work.policy.review_office


async def _my_requests(ctx: Ctx) -> list[tuple[Request, ItemRow]]:
    found = (await ctx.work.session.scalars(select(Request).where(live.undecided).order_by(Request.id))).all()
    rows = {item.id: item for item in await items_by_id(ctx.work.session, [r.assignment_id for r in found])}
    return [
        (request, rows[request.assignment_id])
        for request in found
        if may(ctx.member, Right.CHECK, rows[request.assignment_id].scope)
    ]


async def act_on_theirs(ctx: Ctx, command: Command, act: Act) -> str:
    """通过, 退回, 催办 and the office's acts: on named units at once, on many after 确认."""
    whole_queue = act in (Act.APPROVE, Act.RETURN) and not command.targets and command.all
    chosen = await _of_queue(ctx, command, act) if whole_queue else await theirs(ctx, command, act)
    doubts = await queue.waiting(ctx.work, chosen) if command.many and act in (Act.APPROVE, Act.RETURN) else []
    if command.sure_only:
        chosen, doubts = [one.item for one in doubts if not one.doubts], []
        if not chosen:
            raise Refused("这些提交都存疑，没有可以一起办的。回复 待审 逐项看。")
    order = Order(act, tuple(item.id for item in chosen), command.text.strip())
    if act is Act.RETURN and command.many and not is_reason(order.words, ctx.names):
        raise Refused(f"退回多个单位请一起写明理由，例如：退回 {chosen[0].number} 全部 链接打不开")
    if command.many or (not command.units and len(chosen) > 1):
        said = [_left_out(command), lists.doubtful(doubts) if act is Act.APPROVE else ""]
        said.append(f"理由：{order.words}" if order.words else "")
        return await confirm_first(ctx, order, chosen, "\n".join(filter(None, said)))
    return await perform(ctx, order)


async def _of_queue(ctx: Ctx, command: Command, act: Act) -> list[ItemRow]:
    """通过 全部, 退回 全部 理由: this person's whole queue, or the named units' part of it, but what is left out."""
    if not may(ctx.member, Right.SEE_QUEUE):
        raise Refused(answers.not_allowed(f"{act.label} 全部", WHO[Right.CHECK]))
    units = named_units(ctx, command)
    out = {ctx.unit_id(name) for name in command.excluded_units}
    chosen = [
        item
        for item in await my_queue(ctx)
        if (not units or item.unit_id in units)
        and item.unit_id not in out
        and not any(target.number == item.number and target.node in (None, item.seq) for target in command.excluded)
    ]
    if not chosen:
        raise Refused("没有等您审核的提交，什么都没有改。回复 待审 看全部。")
    return chosen


def _left_out(command: Command) -> str:
    said = [f"{target} 号" for target in command.excluded] + list(command.excluded_units)
    said += ["存疑的"] if command.sure_only else []
    return f"不含：{names(said, 12)}" if said else ""


async def decide(ctx: Ctx, command: Command, agreed: bool) -> str:
    """同意, 不同意: with number and unit, or bare where exactly one request is open for this person."""
    if command.targets:
        item, request = await _named_request(ctx, command)
    else:
        units = named_units(ctx, command)
        mine = [(request, item) for request, item in await _my_requests(ctx) if not units or item.unit_id in units]
        if not mine:
            raise Refused("现在没有等您决定的申请。")
        if len(mine) > 1:
            verb = "同意" if agreed else "不同意"
            lines = [f"· {item.code} {item.unit}：{RequestKind(r.kind).label}" for r, item in mine]
            raise Refused(
                f"有 {len(mine)} 个申请等您决定，请写明是哪一个（如 {verb} {mine[0][1].code} "
                f"{mine[0][1].unit}）：\n" + bullet_list(lines)
            )
        request, item = mine[0]
    check(ctx, item, Act.AGREE)
    await requests.decide(ctx.work, item, request, agreed, command.text.strip())
    return answers.decided(item.ref, item.unit, RequestKind(request.kind).label, agreed, request.new_due)


async def has_request(ctx: Ctx, command: Command) -> bool:
    """Is there a request that these words may decide?"""
    units, numbers = named_units(ctx, command), {target.number for target in command.targets}
    return any(
        (not units or item.unit_id in units) and (not numbers or item.number in numbers)
        for _, item in await _my_requests(ctx)
    )


async def _named_request(ctx: Ctx, command: Command) -> tuple[ItemRow, Request]:
    units = named_units(ctx, command)
    everything = await task_rows(ctx, command.targets[0])
    rows = [item for item in everything if may(ctx.member, Right.CHECK, item.scope)]
    if not rows:
        raise Refused(answers.not_allowed(f"决定 {everything[0].code} 的申请", WHO[Right.CHECK]))
    for item in rows:
        if units and item.unit_id not in units:
            continue
        request = await requests.open_request(ctx.work, item)
        if request is not None:
            return item, request
    raise Refused(await _no_request(ctx, rows, units))


async def _no_request(ctx: Ctx, rows: list[ItemRow], units: list[int]) -> str:
    last = await ctx.work.session.scalar(
        select(Request)
        .where(
            Request.assignment_id.in_([item.id for item in rows if not units or item.unit_id in units]),
            Request.state.in_(["agreed", "refused"]),
        )
        .order_by(Request.id.desc())
        .limit(1)
    )
    if last is None:
        return f"{rows[0].ref} 没有等待决定的申请。"
    verdict = "同意" if last.state == "agreed" else "不同意"
    return f"{rows[0].ref} 的{RequestKind(last.kind).label}申请已有决定：{verdict}。"
