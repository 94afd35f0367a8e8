"""What a unit says of its own items: 签收, 进展, 完成, 撤回, 延期, 不涉及, 异议."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.dialogue.intents import Command, Problem, Trouble
from bot.dialogue.reasons import is_reason
from bot.dialogue.verbs import info_of
from bot.domain.permissions import Right, may, right_to
from bot.domain.states import ALLOWED, Act, RequestKind, State
from bot.handlers.context import Ctx, Refused
from bot.handlers.orders import Order, ask_which, checker_name, confirm_first, named, order_from, perform
from bot.handlers.targets import WHO, all_own, named_units, open_of, own, same_of_units, task_rows
from bot.services import conversation, report, requests
from bot.services.conversation import Pending
from bot.services.report import Proof
from bot.services.views import evidence
from bot.store.items import ItemRow, items_by_id
from bot.texts import answers
from bot.texts.words import bullet_list

LONGEST_EXTENSION = timedelta(days=366)  # beyond it the year is a slip of the thumb


def proofs_of(ctx: Ctx, command: Command) -> tuple[Proof, ...]:
    links = tuple(Proof("link", link) for link in command.links)
    return (*links, ctx.proof) if ctx.proof else links


async def sign(ctx: Ctx, command: Command) -> str:
    if command.many or command.bare:
        items = await all_own(ctx, command, Act.SIGN)
        return await confirm_first(ctx, Order(Act.SIGN, _ids(items)), items)
    if several := await same_of_units(ctx, command, Act.SIGN):
        return await ask_which(ctx, Order(Act.SIGN, ()), several, "签收的是")
    items = await own(ctx, command, Act.SIGN)
    return await perform(ctx, Order(Act.SIGN, _ids(items)))


async def progress(ctx: Ctx, command: Command) -> str:
    words = _words(ctx, command)
    order = Order(Act.PROGRESS, (), words or "佐证", proofs_of(ctx, command))
    if words and (several := await same_of_units(ctx, command, Act.PROGRESS)):
        return await ask_which(ctx, order, several, "进展的是")
    items = await own(ctx, command, Act.PROGRESS)
    if not words and not command.links:
        raise Refused(f"请写上进展内容，例如：进展 {items[0].code} 机制文件正在会签")
    return await perform(ctx, replace(order, ids=_ids(items)))


async def submit(ctx: Ctx, command: Command) -> str:
    if command.many:
        items = await all_own(ctx, command, Act.SUBMIT)
        order = Order(Act.SUBMIT, _ids(items), command.text, proofs_of(ctx, command))
        lacking = [item.code for item in items if item.needs_evidence]
        extra = f"其中 {'、'.join(lacking[:20])} 还要逐项发链接。" if lacking and not command.links else ""
        return await confirm_first(ctx, order, items, extra)
    if not command.targets:
        return await submit_asked(ctx, proofs_of(ctx, command), command.text)
    order = Order(Act.SUBMIT, (), _words(ctx, command), proofs_of(ctx, command))
    if several := await same_of_units(ctx, command, Act.SUBMIT):
        return await ask_which(ctx, order, several, "完成的是")
    items = await own(ctx, command, Act.SUBMIT)
    return await perform(ctx, replace(order, ids=_ids(items), own=_own_links(command, items)))


def _own_links(command: Command, items: Sequence[ItemRow]) -> dict[int, tuple[Proof, ...]]:
    """完成 34 链接 35 链接: the links of each item, in the order in which they were named."""
    each = zip(items, command.each, strict=True) if command.each else ()
    return {item.id: tuple(Proof("link", link) for link in links) for item, (_, links) in each}


async def submit_asked(ctx: Ctx, proofs: Sequence[Proof], words: str = "") -> str:
    """A bare 完成, a link or a file: for the item last asked about if that is exactly one, else asks (rule 11)."""
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending and pending.kind in (conversation.EVIDENCE, conversation.ITEM):
        ids = [int(i) for i in pending.payload["ids"]]
        found = [
            i for i in await items_by_id(ctx.work.session, ids, lock=True) if may(ctx.member, Right.REPORT, i.scope)
        ]
        asked = [item for item in found if item.state in ALLOWED[Act.SUBMIT]]
        if len(asked) == 1:
            said = words or str(pending.payload.get("words", ""))
            answer = await perform(ctx, Order(Act.SUBMIT, (asked[0].id,), said, tuple(proofs)))
            return await expect_more(ctx, asked[0].id, answer)
        if proofs and found and _just_submitted(found[0], pending):
            there = (await evidence(ctx.work.session, found[:1])).get(found[0].id, [])
            if not {proof.name for proof in proofs} <= {
                one.name for one in there
            }:  # the same link again is for another item
                return await _add(ctx, found[0], proofs)
    if pending and pending.kind == conversation.CHOICE and proofs and "order" in pending.payload:
        proofs = (*order_from(pending.payload["order"]).proofs, *proofs)  # the next picture of the same lot
    candidates = await open_of(ctx)
    if not candidates:
        raise Refused(answers.which_item("完成", []))
    topic = await conversation.topic(ctx.work.session, ctx.key, ctx.work.now, ctx.work.policy.context_minutes)
    candidates.sort(key=lambda item: topic is None or item.number != topic.number)  # spoken of last, first
    order = Order(Act.SUBMIT, (), words, tuple(proofs))
    return await ask_which(ctx, order, candidates, "完成的是" if not proofs else "这个佐证是")


async def expect_more(ctx: Ctx, item_id: int, answer: str) -> str:
    """After a link or file that was asked for: what follows it belongs to the same submission, for half an hour."""
    (item,) = await items_by_id(ctx.work.session, [item_id])
    if item.state is State.SUBMITTED:
        payload = {"ids": [item.id], "submission": item.submission}
        await conversation.expect(ctx.work, ctx.key, conversation.ITEM, payload)
    return answer


def _just_submitted(item: ItemRow, pending: Pending) -> bool:
    return item.state in ALLOWED[Act.ADD] and item.submission == pending.payload.get("submission")


async def _add(ctx: Ctx, item: ItemRow, proofs: Sequence[Proof]) -> str:
    await report.add(ctx.work, item, proofs)
    total = len((await evidence(ctx.work.session, [item]))[item.id])
    return await expect_more(ctx, item.id, answers.added(named(ctx, item), len(proofs), total))


async def undo(ctx: Ctx, command: Command) -> str:
    """撤回: the person's own last act on the item, whatever their role."""
    if not command.targets or command.many:
        raise Refused("撤回请写明编号，一次几项就写几个，例如：撤回 34　或　撤回 18、19")
    units = set(named_units(ctx, command)) if ctx.member.is_office or ctx.member.reviews_for else set()
    answer = ""
    for target in dict.fromkeys(command.targets):
        rows = [item for item in await task_rows(ctx, target) if may(ctx.member, Right.SEE_ITEM, item.scope)]
        rows = [item for item in rows if not units or item.unit_id in units]
        if not rows:
            raise Refused(f"{target} 不是您的事项，没有可以撤回的操作。")
        for item in reversed(rows):
            if done := await report.last_done(ctx.work, item):
                right = right_to(done.act, done.found)
                if not may(ctx.member, right, item.scope):  # the role they did it in may be gone
                    raise Refused(answers.not_allowed(f"撤回 {item.code} 的{done.act.label}", WHO[right]))
                state = await report.undo(ctx.work, item, done)
                waits = await requests.open_request(ctx.work, item)
                again = f"{RequestKind(waits.kind).label}申请仍在等决定。" if waits else ""
                answer += answers.undone(f"{item.ref}（{item.unit}）", done.act.label, state.label) + again + "\n"
                break
            if may(ctx.member, Right.CHECK, item.scope) and (taken := await requests.take_back(ctx.work, item)):
                answer += answers.undone(f"{item.ref}（{item.unit}）", taken.act.label, taken.state.label) + "\n"
                answer += "申请重新等待决定，在 待审 里。\n"
                break
        else:
            raise Refused(answers.cannot_undo(rows[0].ref))
    await conversation.forget(ctx.work, ctx.key)
    return answer.strip()


async def request(ctx: Ctx, command: Command, kind: RequestKind) -> str:
    act = requests.ACT_OF[kind]
    if not command.targets:
        example = info_of(command.verb).example
        listed = [f"· {named(ctx, item).line}" for item in await open_of(ctx)]
        raise Refused(f"请写明编号，例如：{example}\n您单位可以申请的有：\n{bullet_list(listed)}")
    items = await own(ctx, command, act)
    if len(items) > 1:
        raise Refused(f"申请请一项一项提，例如：{kind.label} {items[0].code} …")
    item = items[0]
    new_due = _new_due(ctx, command, item) if kind is RequestKind.EXTEND else None
    reason = _words(ctx, command)
    if not is_reason(reason, ctx.names):
        usage = {
            RequestKind.EXTEND: answers.extend_usage(item.code),
            RequestKind.EXEMPT: f"请写明理由，例如：不涉及 {item.code} 本单位没有这项职责",
            RequestKind.DISPUTE: f"请写明理由，例如：异议 {item.code} 本单位只是配合单位",
        }
        raise Refused(usage[kind])
    await nothing_open(ctx, item)
    await requests.ask(ctx.work, item, kind, reason, new_due)
    checker = await checker_name(ctx, item)
    deciders = checker if checker == "县政府办公室" else f"{checker}或县政府办公室"
    detail = f"{item.due} → {new_due}" if new_due else ""
    return answers.asked(named(ctx, item).ref, kind.label, deciders, detail)


async def nothing_open(ctx: Ctx, item: ItemRow) -> None:
    """Raises Refused where a request of this item waits already."""
    there = await requests.open_request(ctx.work, item)
    if there is not None:
        raise Refused(answers.already_asked(named(ctx, item), RequestKind(there.kind).label, there.at))


def _new_due(ctx: Ctx, command: Command, item: ItemRow) -> date:
    if command.when is None:
        raise Refused(answers.bad_date(date_problem(command.problem), "延期", item.code))
    # An earlier day is passed on as it is: who decides sees both, and only the person knows which they meant.
    if command.when == item.due:
        raise Refused(f"{item.ref} 现在的时限就是 {command.when}，不需要延期。")
    if command.when <= ctx.work.today:
        raise Refused(f"新时限 {command.when} 已经过去，请写一个以后的日期。")
    if command.when > max(item.due, ctx.work.today) + LONGEST_EXTENSION:
        raise Refused(
            f"新时限 {command.when} 比现在的时限 {item.due} 晚一年以上，没有提交。"
            "请核对年份；确实要这么久，请联系县政府办公室。"
        )
    return command.when


def date_problem(problem: Problem | None) -> str:
    if problem is None or problem.trouble is Trouble.NO_DATE:
        return "没有看到日期。"
    if problem.trouble is Trouble.NO_YEAR:
        return f"“{problem.words}”没有年份，不能确定是哪一年。"
    return f"“{problem.words}”不是有效的日期。"


def _words(ctx: Ctx, command: Command) -> str:
    """The person's own words. A unit's name before them is part of them, unless it says for which unit they are."""
    mine = ctx.member.acts_for
    one_of_several = len(mine) > 1 and all(ctx.unit_id(name) in mine for name in command.units)
    for_a_unit = ctx.member.is_office or one_of_several
    return (command.text if for_a_unit else command.words or command.text).strip()


def _ids(items: Sequence[ItemRow]) -> tuple[int, ...]:
    return tuple(item.id for item in items)
