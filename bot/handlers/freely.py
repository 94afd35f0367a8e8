"""What free words ask for: done where certain, else offered or asked about. One answer, and at most one question."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.dialogue.dates import span_at, spoken_day_at
from bot.dialogue.free import Reading, Said
from bot.dialogue.intents import Command, Target
from bot.dialogue.normalize import fold
from bot.dialogue.reasons import is_reason
from bot.dialogue.repair import repair
from bot.dialogue.verbs import Verb, info_of
from bot.domain.permissions import Right, may
from bot.domain.states import ALLOWED, Act, RequestKind
from bot.handlers import checking, managing, reporting
from bot.handlers.carried import as_json, command_from, with_day
from bot.handlers.context import Ctx, Refused
from bot.handlers.orders import ask_choice, named
from bot.handlers.targets import open_of, own, task_rows, theirs
from bot.services import conversation, report
from bot.services.views import my_last_subjects
from bot.store.items import ItemRow, items_by_id
from bot.texts import offers
from bot.texts.words import day

Handler = Callable[[Ctx, Command], Awaitable[str]]

_ACT = {
    Verb.SIGN: Act.SIGN,
    Verb.PROGRESS: Act.PROGRESS,
    Verb.SUBMIT: Act.SUBMIT,
    Verb.EXTEND: Act.EXTEND,
    Verb.EXEMPT: Act.EXEMPT,
    Verb.DISPUTE: Act.DISPUTE,
    Verb.UNDO: Act.UNDO,
    Verb.APPROVE: Act.APPROVE,
    Verb.RETURN: Act.RETURN,
    Verb.URGE: Act.URGE,
    Verb.AGREE: Act.AGREE,
    Verb.REFUSE: Act.REFUSE,
    Verb.SUSPEND: Act.SUSPEND,
    Verb.RESUME: Act.RESUME,
    Verb.ASSIGN: Act.NAME_UNITS,
}
_REQUESTS = {Verb.EXTEND: RequestKind.EXTEND, Verb.EXEMPT: RequestKind.EXEMPT, Verb.DISPUTE: RequestKind.DISPUTE}
_THEIRS = (Verb.APPROVE, Verb.RETURN, Verb.URGE, Verb.SUSPEND, Verb.RESUME)


async def _do(ctx: Ctx, command: Command) -> str:
    """The handler of the command; it decides again who may do what to which item."""
    verb = command.verb
    if verb in _REQUESTS:
        return await reporting.request(ctx, command, _REQUESTS[verb])
    if verb in _THEIRS:
        return await checking.act_on_theirs(ctx, command, _ACT[verb])
    if verb in (Verb.AGREE, Verb.REFUSE):
        return await checking.decide(ctx, command, verb is Verb.AGREE)
    return await _OWN[verb](ctx, command)


_OWN: dict[Verb, Handler] = {
    Verb.SIGN: reporting.sign,
    Verb.PROGRESS: reporting.progress,
    Verb.SUBMIT: reporting.submit,
    Verb.UNDO: reporting.undo,
    Verb.ASSIGN: managing.name_units,
}


async def carry_out(ctx: Ctx, reading: Reading) -> str:
    """Does what is certain, then offers or asks the rest."""
    parts: list[str] = []
    doubtful: list[Said] = []
    for one in _joined(reading.acts):
        said = await _unless_wrong(ctx, one)
        if said.certain or await _asks_anyway(ctx, said):
            parts.append(await _tried(ctx, said.command))
        else:
            doubtful.append(said)
    if doubtful:
        parts.append(await _ask(ctx, doubtful))
    return "\n".join(dict.fromkeys(parts))


def _joined(acts: Sequence[Said]) -> list[Said]:
    """18完成了，19完成了 is one report of two items."""
    joined: list[Said] = []
    for said in acts:
        last = joined[-1] if joined else None
        if last and said.command.verb in _REQUESTS and _same(said.command, last.command):
            joined[-1] = said if said.command.text else last  # said twice: 清单我们委没有职能，申请不涉及6号
            continue
        alike = last and replace(last.command, targets=()) == replace(said.command, targets=())
        if last and alike and last.certain == said.certain and said.command.targets and not said.choices:
            both = tuple(dict.fromkeys((*last.command.targets, *said.command.targets)))
            joined[-1] = replace(last, command=replace(last.command, targets=both))
        else:
            joined.append(said)
    return joined


def _same(one: Command, other: Command) -> bool:
    return (one.verb, one.targets) == (other.verb, other.targets)


async def _tried(ctx: Ctx, command: Command) -> str:
    """One of several acts may be refused while the others are done."""
    try:
        async with ctx.work.session.begin_nested():
            return await _do(ctx, command)
    except Refused as refusal:
        return refusal.text


async def _asks_anyway(ctx: Ctx, said: Said) -> bool:
    """A 完成 without the evidence it needs changes nothing but asks for it: a 确认 before that would be one question
    too many. A list is shown and waits in any case."""
    command = said.command
    if command.many:
        return True
    if command.verb in _THEIRS and command.targets and not command.units:
        return len(await theirs(ctx, command, _ACT[command.verb])) > 1
    if command.verb is not Verb.SUBMIT or not command.targets or command.links or said.perhaps_day:
        return False
    items = await own(ctx, command, Act.SUBMIT)
    return all([item.needs_evidence and not await report.has_evidence(ctx.work, item) for item in items])


async def _ask(ctx: Ctx, doubtful: Sequence[Said]) -> str:
    """One question about what is not certain: which item, by when, why, or whether it is meant so."""
    for said in doubtful:
        if not (said.command.targets or said.command.verb in (Verb.AGREE, Verb.REFUSE)):
            return await _which(ctx, said)
    offered = []
    for said in doubtful:
        offered.append(await _offer(ctx, said))
        if slot := _missing(ctx, offered[-1].command):
            return await ask_for(ctx, said.command, slot, offered[-1].items)
    waiting = {
        "said": [as_json(one.command) for one in offered],
        "shown": {str(item.id): item.submission for one in offered for item in one.items},
        "what": "；".join(one.line for one in offered),
    }
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, waiting)
    return offers.meant([one.line for one in offered], any(said.perhaps_day for said in doubtful))


async def _unless_wrong(ctx: Ctx, said: Said) -> Said:
    """A guess at the item spoken of last is dropped where nothing of the kind can be done to it."""
    if not said.guessed or said.command.verb in _THEIRS:
        return said
    try:
        await own(ctx, said.command, _ACT[said.command.verb])
    except Refused:
        return replace(said, command=replace(said.command, targets=()))
    return said


@dataclass(frozen=True)
class _Offer:
    command: Command
    items: Sequence[ItemRow]
    line: str


async def _offer(ctx: Ctx, said: Said) -> _Offer:
    """What would be done, in words. Raises Refused where it could not be done."""
    command, act = said.command, _ACT[said.command.verb]
    if command.verb is Verb.ASSIGN:
        return _Offer(
            command, (), offers.line("指定", [f"{command.targets[0]} 由 {'、'.join(command.units)} 办"], command)
        )
    if command.verb in (Verb.AGREE, Verb.REFUSE) and not await checking.has_request(ctx, command):
        verb = Verb.APPROVE if command.verb is Verb.AGREE else Verb.RETURN  # what was meant is the submission
        return await _offer(ctx, replace(said, command=replace(command, verb=verb)))
    if command.verb in (Verb.AGREE, Verb.REFUSE):
        line = offers.line(
            act.label, ["、".join([*map(str, command.targets), *command.units]) or "等您决定的申请"], command
        )
        return _Offer(command, (), line)
    if command.verb is Verb.UNDO:
        items = await _undoable(ctx, command)
    elif command.verb in _THEIRS:
        items = await theirs(ctx, command, act)
    else:
        items = await own(ctx, command, act)
    refs = [item.ref if command.verb in _THEIRS else named(ctx, item).ref for item in items]
    if command.verb in _THEIRS:
        refs = [f"{item.ref}（{item.unit}）" for item in items]
    command = with_day(ctx, command, items)
    return _Offer(command, items, offers.line(act.label, refs, command))


async def _undoable(ctx: Ctx, command: Command) -> list[ItemRow]:
    found: list[ItemRow] = []
    for target in command.targets:
        rows = [item for item in await task_rows(ctx, target) if may(ctx.member, Right.SEE_ITEM, item.scope)]
        mine = [item for item in rows if item.unit_id in ctx.member.acts_for] or rows
        found += mine[:1]
    return found


def _missing(ctx: Ctx, command: Command) -> str:
    """What a request still lacks: the day, or the reason."""
    if command.verb is Verb.EXTEND and command.when is None:
        return conversation.WHEN
    return (
        conversation.WORDS
        if command.verb in (*_REQUESTS, Verb.SUSPEND) and not is_reason(command.text, ctx.names)
        else ""
    )


async def ask_day(ctx: Ctx, item: ItemRow) -> str:
    """延期 was pressed: the day is asked for, then the reason."""
    await reporting.nothing_open(ctx, item)
    mine = ctx.member.acts_for == {item.unit_id} and not ctx.member.is_office
    command = Command(Verb.EXTEND, targets=(_target(item),), units=() if mine else (item.unit,))
    asked = await ask_for(ctx, command, conversation.WHEN, [item])
    return f"现在的时限是 {day(item.due)}。{asked}"


async def ask_for(ctx: Ctx, command: Command, slot: str, items: Sequence[ItemRow]) -> str:
    await conversation.expect(ctx.work, ctx.key, slot, {"said": as_json(command), "ids": [item.id for item in items]})
    refs = [named(ctx, item).ref for item in items]
    label = info_of(command.verb).label
    return offers.which_day(label, refs) if slot == conversation.WHEN else offers.why(label, refs)


async def _which(ctx: Ctx, said: Said) -> str:
    """Which item? 撤回 without one means what the person did last; anything else one of what their units still owe."""
    command, act = said.command, _ACT[said.command.verb]
    if command.verb is Verb.UNDO and not said.choices:
        if (last := await _last_acted_on(ctx)) is None:
            raise Refused(offers.NOTHING_TO_UNDO)
        return await _ask(ctx, [replace(said, command=replace(command, targets=(_target(last),)))])
    if command.verb in _THEIRS:
        return await _which_of_theirs(ctx, said)
    candidates = [item for item in await open_of(ctx) if item.state in ALLOWED.get(act, frozenset({item.state}))]
    likely = [item for item in candidates if any(t.number == item.number for t in said.choices)]
    return await ask_item(ctx, command, likely or candidates)


async def _which_of_theirs(ctx: Ctx, said: Said) -> str:
    """通过 or 退回 without a number means what waits for this person: all that was named units', or one of it."""
    command = said.command
    queue = [item for item in await checking.my_queue(ctx) if not command.units or item.unit in command.units]
    if not queue and command.verb is not Verb.URGE and await checking.has_request(ctx, command):
        verb = Verb.AGREE if command.verb is Verb.APPROVE else Verb.REFUSE  # what was meant is the request
        return await _ask(ctx, [replace(said, command=replace(command, verb=verb))])
    if not queue or command.verb not in (Verb.APPROVE, Verb.RETURN):
        raise Refused(f"请写明编号和单位，例如：{info_of(command.verb).example}")
    alike = {item.code for item in queue}
    if len(alike) == 1 and (len(queue) == 1 or len(queue) == len(command.units)):
        found = replace(command, targets=(_target(queue[0]),), units=tuple(item.unit for item in queue))
        return await _ask(ctx, [replace(said, command=found)])
    return await ask_item(ctx, command, queue)


async def ask_item(ctx: Ctx, command: Command, candidates: Sequence[ItemRow]) -> str:
    """Which of these? The answer goes on where this stopped."""
    label = info_of(command.verb).label
    text = offers.which(label, [named(ctx, item).line for item in candidates])
    if not candidates:
        return text
    return await ask_choice(ctx, {"said": as_json(command)}, candidates, f"{label}的是哪一项？", text)


def _target(item: ItemRow) -> Target:
    return Target(item.number, item.seq if item.code != str(item.number) else None)


async def _last_acted_on(ctx: Ctx) -> ItemRow | None:
    ids = await my_last_subjects(ctx.work.session, ctx.member.userid)
    return next(iter(await items_by_id(ctx.work.session, ids)), None) if ids else None


async def extend(ctx: Ctx, command: Command) -> str:
    """延期 with a day told from today (下周五) is offered with the day it means."""
    words = command.problem.words if command.problem else ""
    span = span_at(repair(fold(words))[0].plain, 0)
    if span and command.targets:
        text = command.text.replace(words, "", 1).strip(" ，,")
        return await _ask(ctx, [Said(replace(command, span=span[0], problem=None, text=text, words=text), False)])
    day = spoken_day_at(repair(fold(words))[0].plain, 0, ctx.work.today) if words else None
    if day is None or day.value is None or not command.targets:
        return await request(ctx, command)
    text = command.text.replace(words, "", 1).strip(" ，,到至")
    return await _ask(ctx, [Said(replace(command, when=day.value, problem=None, text=text, words=text), False)])


async def request(ctx: Ctx, command: Command) -> str:
    """不涉及 and 异议 of an item without a reason, 延期 without its day or reason: what is missing is asked for."""
    kind = _REQUESTS[command.verb]
    unread = command.problem is not None and command.problem.words
    if len(command.targets) == 1 and not command.many and not unread and (slot := _missing(ctx, command)):
        items = await own(ctx, command, _ACT[command.verb])
        await reporting.nothing_open(ctx, items[0])
        return await ask_for(ctx, command, slot, items)
    return await reporting.request(ctx, command, kind)


async def undo(ctx: Ctx, command: Command) -> str:
    """撤回 alone means what the person did last; that is shown first."""
    if command.targets or command.many or command.units:
        return await reporting.undo(ctx, command)
    return await _ask(ctx, [Said(command, False)])


# -- the answers


async def confirmed(ctx: Ctx, payload: dict[str, Any]) -> str:
    """确认: each act is done as it was offered, unless the item was handed in anew since."""
    shown = {int(item_id): submission for item_id, submission in payload["shown"].items()}
    rows = await items_by_id(ctx.work.session, sorted(shown))
    if any(item.submission != shown[item.id] for item in rows):
        raise Refused(offers.MOVED_ON)
    return "\n".join([await _tried(ctx, command_from(data)) for data in payload["said"]])


def lacking_link(payload: dict[str, Any]) -> Command | None:
    """The one 完成 that was offered, if a link would complete it."""
    offered = [command_from(data) for data in payload.get("said", [])]
    alone = len(offered) == 1 and offered[0].verb is Verb.SUBMIT and len(offered[0].targets) == 1
    return offered[0] if alone and not offered[0].links else None


async def with_links(ctx: Ctx, command: Command, links: tuple[str, ...]) -> str:
    """A link instead of 确认 says as much."""
    await conversation.forget(ctx.work, ctx.key)
    return await _do(ctx, replace(command, links=links))


async def instead(ctx: Ctx, payload: dict[str, Any], target: Target) -> str | None:
    """不是，是28号: the same of another item, offered anew. None where what waits was not one act on one item."""
    offered = [command_from(data) for data in payload.get("said", [])]
    if len(offered) != 1 or len(offered[0].targets) != 1:
        return None
    return await _ask(ctx, [Said(replace(offered[0], targets=(target,)), False)])


async def chosen(ctx: Ctx, data: dict[str, Any], items: Sequence[ItemRow], many: bool = False) -> str:
    """The item that was asked for, or several of one unit; `many` are shown as a list first."""
    mine = ctx.member.acts_for == {items[0].unit_id} and not ctx.member.is_office
    targets = tuple(_target(item) for item in items)
    command = replace(command_from(data), targets=targets, units=() if mine else (items[0].unit,), ranged=many)
    return await _go_on(ctx, command, items)


async def day_given(ctx: Ctx, data: dict[str, Any], ids: Sequence[int], text: str, today: date) -> str | None:
    """The day that was asked for; None where the words hold none."""
    meant = repair(fold(text))[0]
    places = range(len(meant.plain))
    days = [day for place in places if (day := spoken_day_at(meant.plain, place, today))]
    spans = [span for place in places if (span := span_at(meant.plain, place))]
    command, items = command_from(data), await items_by_id(ctx.work.session, ids)
    if days and days[0].value is not None:
        command, end = replace(command, when=days[0].value), days[0].end
    elif spans and not days:
        command, end = replace(command, span=spans[0][0]), spans[0][1]
    else:
        return None
    why = _WHY.match(meant.plain, end)
    if why and not command.text and is_reason(meant.said(why.start("why")), ctx.names):
        command = replace(command, text=meant.said(why.start("why")))
    return await _go_on(ctx, command, items)


# 12月20日吧，网站改版: what is told behind the day is the reason.
_WHY = re.compile(r"(?:之?前|吧|哈|嘛|就行|可以)*[\s,、;:。]+(?:因为|理由|原因)?[:,]? ?(?P<why>\S{3,})")


async def reason_given(ctx: Ctx, data: dict[str, Any], ids: Sequence[int], text: str) -> str:
    return await _go_on(ctx, replace(command_from(data), text=text), await items_by_id(ctx.work.session, ids))


async def _go_on(ctx: Ctx, command: Command, items: Sequence[ItemRow]) -> str:
    await conversation.forget(ctx.work, ctx.key)
    command = with_day(ctx, command, items)
    if slot := _missing(ctx, command):
        return await ask_for(ctx, command, slot, items)
    return await _do(ctx, command)
