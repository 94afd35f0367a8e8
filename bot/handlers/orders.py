"""An order: one act on resolved items. Done at once, or kept until 确认; checked again when it is done."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bot.dialogue.reasons import is_reason
from bot.domain.permissions import may, right_to
from bot.domain.states import ALLOWED, Act, State
from bot.domain.timing import in_window
from bot.handlers.context import Ctx
from bot.services import audience, choices, conversation, manage, report, review
from bot.services.report import Proof
from bot.services.views import days_late, days_left, urged_today
from bot.services.work import Work
from bot.store.items import ItemRow, items_by_id
from bot.texts import answers
from bot.texts.words import bullet_list


@dataclass(frozen=True)
class Order:
    act: Act
    ids: tuple[int, ...]
    words: str = ""
    proofs: tuple[Proof, ...] = ()
    own: Mapping[int, tuple[Proof, ...]] = field(default_factory=dict)  # item id -> proofs for it alone
    shown: Mapping[int, int] = field(default_factory=dict)  # item id -> the submission the person saw

    def as_json(self) -> dict[str, Any]:
        return {
            "act": str(self.act),
            "ids": list(self.ids),
            "words": self.words,
            "proofs": [asdict(proof) for proof in self.proofs],
            "own": {str(item_id): [asdict(proof) for proof in proofs] for item_id, proofs in self.own.items()},
            "shown": {str(item_id): submission for item_id, submission in self.shown.items()},
        }

    def showing(self, items: Sequence[ItemRow]) -> "Order":
        return replace(self, shown={item.id: item.submission for item in items})


def order_from(data: dict[str, Any]) -> Order:
    return Order(
        Act(data["act"]),
        tuple(data["ids"]),
        data["words"],
        tuple(Proof(**proof) for proof in data["proofs"]),
        {int(item_id): tuple(Proof(**proof) for proof in own) for item_id, own in data.get("own", {}).items()},
        {int(item_id): submission for item_id, submission in data["shown"].items()},
    )


async def confirm_first(ctx: Ctx, order: Order, items: Sequence[ItemRow], extra: str = "") -> str:
    """Shows what an order on many items will touch, and waits (DESIGN §6)."""
    if not items:
        return f"没有可以{order.act.label}的事项，什么都没有改。回复 任务 看您的事项。"
    codes = "、".join(dict.fromkeys(item.code for item in items[:6])) + ("…" if len(items) > 6 else "")
    what = f"{order.act.label} {codes}，共 {len(items)} 项"
    waiting = {"order": order.showing(items).as_json(), "what": what}
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, waiting)
    whose = {item.unit for item in items}
    name = f"（{items[0].unit}）" if len(whose) == 1 and not _their_own(ctx, items[0]) else ""
    return answers.confirm(f"将{order.act.label}{name}", items, extra)


async def ask_which(ctx: Ctx, order: Order, candidates: Sequence[ItemRow], what: str) -> str:
    """Asks which item an order is for; the next number or unit says it (rule 11)."""
    by_unit = len({item.code for item in candidates}) == 1
    text = answers.which_item(what, [named(ctx, item) for item in candidates], "单位" if by_unit else "编号")
    return await ask_choice(ctx, {"order": order.as_json()}, candidates, f"{what}哪一项？", text)


async def ask_choice(ctx: Ctx, waiting: Mapping[str, Any], candidates: Sequence[ItemRow], what: str, text: str) -> str:
    """Keeps what `waiting` for its item, and puts the question: `text`, and a card with buttons where cards work."""
    ctx.question = choices.question(ctx.work, what, candidates, text)
    payload = {**waiting, "ids": [item.id for item in candidates], "asked": ctx.question.asked}
    await conversation.expect(ctx.work, ctx.key, conversation.CHOICE, payload)
    return text


async def perform(ctx: Ctx, order: Order) -> str:
    """Does an order and says what changed. Items that moved on since they were shown are left alone and named."""
    found = await items_by_id(ctx.work.session, order.ids, lock=True)
    if len(found) == 1:
        await speak_of(ctx, found[0])
    ready, left, newer = sort_out(ctx, order, found)
    parts = [await _DO[order.act](ctx, order, ready)] if ready else []
    parts += leftovers(left, newer)
    return "\n".join(part for part in parts if part) or answers.NOTHING_DONE


def sort_out(ctx: Ctx, order: Order, found: Sequence[ItemRow]) -> tuple[list[ItemRow], list[str], list[str]]:
    """What of these can be done as it was shown; in words, what has moved on, and what was handed in anew since."""
    newer = [item for item in found if order.shown.get(item.id, item.submission) != item.submission]
    ready = [item for item in found if item not in newer and _still_possible(ctx, item, order.act)]
    left = [item for item in found if item not in newer and item not in ready]
    return (
        ready,
        [f"{item.code}（{item.unit} {item.state.label}）" for item in left],
        [f"{item.code}（{item.unit}）" for item in newer],
    )


def leftovers(left: Sequence[str], newer: Sequence[str]) -> list[str]:
    lines = [f"未处理 {len(left)} 项，状态已变：{'、'.join(left[:8])}"] if left else []
    if newer:
        lines.append(f"未处理 {len(newer)} 项，刚才列出之后又有新的提交，请看过再办：{'、'.join(newer[:8])}")
    return lines


async def speak_of(ctx: Ctx, item: ItemRow) -> None:
    """The answer is about this one item: 这个 means it from now on."""
    node = item.seq if item.code != str(item.number) else None
    await conversation.speak_of(ctx.work, ctx.key, conversation.Topic(item.number, node))


def _still_possible(ctx: Ctx, item: ItemRow, act: Act) -> bool:
    return may(ctx.member, right_to(act, item.state), item.scope) and item.state in ALLOWED[act]


async def _sign(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    for item in items:
        await report.sign(ctx.work, item)
    today, first = ctx.work.today, items[0]
    left, late = days_left(first, ctx.calendar, today), days_late(first, ctx.calendar, today)
    return answers.signed([(named(ctx, item), item.due) for item in items], left, late)


async def _progress(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    for item in items:
        await report.note(ctx.work, item, order.words, order.proofs)
    newly = items[0].state is State.DISPATCHED
    return answers.noted([named(ctx, item) for item in items], newly, len(order.proofs))


async def _submit(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    """完成. A row with publishing paths needs a link or a file; without one the words are kept and it is asked for."""
    done: list[tuple[answers.Named, str]] = []
    lacking: list[ItemRow] = []
    each: list[list[str]] = []
    for item in items:
        proofs = order.own.get(item.id, order.proofs)
        if item.needs_evidence and not proofs and not await report.has_evidence(ctx.work, item):
            lacking.append(item)
            continue
        await report.submit(ctx.work, item, order.words, proofs)
        done.append((named(ctx, item), await checker_name(ctx, item)))
        each.append([proof.name for proof in proofs] if item.id in order.own else [])
    lines = [answers.submitted(done, [proof.name for proof in order.proofs], each)] if done else []
    if lacking:
        lines.append(await _ask_evidence(ctx, order, lacking))
    elif lines:
        await conversation.forget(ctx.work, ctx.key)
    return "\n".join(lines)


async def _ask_evidence(ctx: Ctx, order: Order, lacking: Sequence[ItemRow]) -> str:
    if order.words:
        for item in lacking:
            await report.note(ctx.work, item, order.words, signs=False)
    if len(lacking) == 1:
        await conversation.expect(
            ctx.work, ctx.key, conversation.EVIDENCE, {"ids": [lacking[0].id], "words": order.words}
        )
        return answers.needs_evidence(named(ctx, lacking[0]).ref, bool(order.words))
    refs = "、".join(item.code for item in lacking)
    return f"{refs} 要有公开的链接或文件才能提交，请逐项发：完成 {named(ctx, lacking[0]).call} 链接"


def _their_own(ctx: Ctx, item: ItemRow) -> bool:
    return ctx.member.acts_for == {item.unit_id} and not ctx.member.is_office


def named(ctx: Ctx, item: ItemRow) -> answers.Named:
    """The unit is left out only for somebody who speaks for no other."""
    if _their_own(ctx, item):
        return answers.Named(item.ref, item.code)
    return answers.Named(item.ref, item.code, item.unit)


async def checker_name(ctx: Ctx, item: ItemRow) -> str:
    """Who checks, in words: the lead units, or the office where none of them can."""
    people = await audience.checkers(ctx.work.session, item)
    office = await audience.office(ctx.work.session)
    if not item.checkers or (people and set(people) <= set(office)):
        return "县政府办公室"
    return ctx.unit_names(item.checkers)


async def _approve(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    for item in items:
        await review.approve(ctx.work, item, order.words)
    return answers.approved(items)


async def _return(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    if not is_reason(order.words, ctx.names):
        return await ask_reason(ctx, order, items)
    for of_unit in _by_unit(items):
        await review.send_back(ctx.work, of_unit, order.words)
    at_once = in_window(ctx.calendar, ctx.work.policy, ctx.work.now)
    return answers.sent_back(items, order.words, at_once)


async def ask_reason(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    await conversation.expect(ctx.work, ctx.key, conversation.WORDS, {"order": order.showing(items).as_json()})
    where = f"{items[0].code} {items[0].unit}"
    head = f"{order.act.label} {items[0].ref}（{items[0].unit}）：" if len(items) == 1 else ""
    return head + answers.reason_needed(order.act.label, where)


async def _urge(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
    """At most once a day for an item of a unit, whoever asks: the second time it is said who has."""
    reached: list[ItemRow] = []
    unreachable: list[ItemRow] = []
    before = await urged_today(ctx.work.session, items, ctx.work.today)
    for of_unit in _by_unit([item for item in items if item.id not in before]):
        sent = await review.urge(ctx.work, of_unit)
        (reached if sent else unreachable).extend(of_unit)
    return answers.urged(reached, unreachable, [(item, before[item.id]) for item in items if item.id in before])


def _by_unit(items: Sequence[ItemRow]) -> list[list[ItemRow]]:
    found: dict[int, list[ItemRow]] = {}
    for item in items:
        found.setdefault(item.unit_id, []).append(item)
    return list(found.values())


Do = Callable[[Ctx, Order, Sequence[ItemRow]], Awaitable[str]]
Manage = Callable[[Work, ItemRow, str], Awaitable[None]]


def _managed(service: Manage, needs_reason: bool) -> Do:
    async def do(ctx: Ctx, order: Order, items: Sequence[ItemRow]) -> str:
        if needs_reason and not is_reason(order.words, ctx.names):
            return await ask_reason(ctx, order, items)
        for item in items:
            await service(ctx.work, item, order.words)
        lines = bullet_list([f"· {line}" for line in answers.by_item(items)])
        return f"已{order.act.label} {len(items)} 项：\n{lines}"

    return do


_DO: dict[Act, Do] = {
    Act.SIGN: _sign,
    Act.PROGRESS: _progress,
    Act.SUBMIT: _submit,
    Act.APPROVE: _approve,
    Act.RETURN: _return,
    Act.URGE: _urge,
    Act.SUSPEND: _managed(manage.suspend, needs_reason=True),
    Act.RESUME: _managed(manage.resume, needs_reason=False),
    Act.CANCEL: _managed(manage.cancel, needs_reason=True),
    Act.CLOSE: _managed(manage.close, needs_reason=True),
}


async def resolve_words(ctx: Ctx, data: dict[str, Any], words: str) -> str:
    """The reason that was asked for has come."""
    await conversation.forget(ctx.work, ctx.key)
    return await perform(ctx, replace(order_from(data), words=words))
