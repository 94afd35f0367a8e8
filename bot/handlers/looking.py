"""What only looks: 帮助, 任务, 逾期, 统计, 台账, 为什么."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from bot.dialogue.intents import Command
from bot.dialogue.verbs import Verb, info_of
from bot.domain.calendar import local
from bot.domain.people import Role
from bot.domain.permissions import Right, Scope, may
from bot.domain.states import OPEN, State
from bot.handlers.context import Ctx, Refused
from bot.handlers.paging import show
from bot.handlers.targets import WHO, WORKS, named_units
from bot.services import conversation, linkviews, waiting
from bot.services.views import (
    HISTORY_ACTS,
    days_late,
    days_left,
    evidence,
    figures,
    history,
    item_light,
    last_message,
    open_requests,
    unresolved_tasks,
    waiting_for,
)
from bot.store import live
from bot.store.items import ItemRow, every_item, items_of_task, items_of_units
from bot.store.tables import Assignment, Task, TaskLead
from bot.texts import answers, lists
from bot.texts.help import Part, help_text, overview
from bot.texts.pages import Block, Listing
from bot.texts.words import clock, day, names, time_left

EVERYBODY = (Verb.TASKS, Verb.ACK, Verb.WHY, Verb.HELP)
CONTACT = (Verb.SIGN, Verb.PROGRESS, Verb.SUBMIT, Verb.UNDO, Verb.EXTEND, Verb.EXEMPT, Verb.DISPUTE)
REVIEWER = (Verb.PENDING, Verb.APPROVE, Verb.RETURN, Verb.URGE, Verb.AGREE, Verb.REFUSE)
LEAD_ALSO = (Verb.ASSIGN, Verb.OVERDUE)
AT_THE_END = (Verb.REPORT, Verb.HAND_IN)  # of the year; what else there is the report itself says
HEAD = (Verb.OVERRULE,)
COUNTY = (Verb.OVERDUE, Verb.STATS, Verb.LEDGER, Verb.REPORT, Verb.HANDED_IN, Verb.MATERIAL)
WORST = 3  # rows named in 统计
SHORT = 2  # parts of 帮助 that one screen shows with an example each
OFFICE = (
    Verb.PEOPLE,
    Verb.ASSIGN,
    Verb.START,
    Verb.SUSPEND,
    Verb.RESUME,
    Verb.CANCEL,
    Verb.CLOSE,
    Verb.NOTICE,
    Verb.UNREAD,
    Verb.STOP_NOTICE,
    Verb.RECALL,
    Verb.BULLETIN,
    Verb.IMPORT,
    Verb.QUESTIONS,
    Verb.ANSWER,
    Verb.HAND_OUT,
)


async def show_help(ctx: Ctx, command: Command) -> str:
    """What the asker may do; somebody with several parts gets an overview of one screen, and each part by its name."""
    member = ctx.member
    parts: list[Part] = [_part("查看", "", EVERYBODY)]
    if member.acts_for:
        own = CONTACT + AT_THE_END + (HEAD if Role.HEAD in member.roles else ())
        parts.append(_part("办理", "（本单位事项）", own))
    if member.reviews_for or member.is_office:
        parts.append(_part("审核", "（牵头事项）", REVIEWER + (() if member.is_office else LEAD_ALSO)))
    if member.sees_all:
        parts.append(_part("全县", "情况", COUNTY))
    if member.is_office:
        parts.append(_part("县办", "（也可代单位办理：编号后写单位，如 完成 34 新民镇 链接）", OFFICE))
    wanted = [one for one in parts if one.name in command.raw]
    if wanted:
        return help_text([], wanted)
    return overview(await _now(ctx), parts) if len(parts) > SHORT else help_text(await _now(ctx), parts)


def _part(name: str, note: str, verbs: Sequence[Verb]) -> Part:
    return Part(name, note, tuple((info_of(verb).usage, info_of(verb).example) for verb in verbs))


async def _now(ctx: Ctx) -> list[str]:
    """What this person could do at this moment, first of all."""
    waiting = await conversation.pending(ctx.work, ctx.key)
    steps = [OPEN_QUESTION[waiting.kind]] if waiting is not None and waiting.kind in OPEN_QUESTION else []
    if ctx.member.acts_for:
        mine = await items_of_units(ctx.work.session, ctx.member.acts_for)
        unsigned = sum(1 for item in mine if item.state is State.DISPATCHED)
        returned = sum(1 for item in mine if item.state is State.RETURNED)
        steps += [f"{unsigned} 项还没签收，回复：签收 全部"] if unsigned else []
        steps += [f"{returned} 项被退回，回复：任务"] if returned else []
    if ctx.member.reviews_for:
        waits = len(await waiting_for(ctx.work.session, ctx.member.reviews_for))
        steps += [f"{waits} 项等您单位审核，回复：待审"] if waits else []
    return steps


OPEN_QUESTION = {
    conversation.CONFIRM: "刚才的事等您回复：确认 或 取消",
    conversation.EVIDENCE: "请把链接（或文件）发来，收到即提交",
    conversation.WORDS: "请直接写理由，或回复：取消",
    conversation.FILE: "刚才的文件请回复：佐证 或 导入",
    conversation.CHOICE: "请回复刚才列出的编号或单位，或回复：取消",
}


async def tasks(ctx: Ctx, command: Command) -> str:
    if command.targets:
        return "\n\n".join([await _one(ctx, number, command) for number in _numbers(command)])
    units = frozenset(named_units(ctx, command))
    if units and not ctx.member.sees_all:
        units &= ctx.member.acts_for
    blocks = []
    for unit in sorted(units or ctx.member.acts_for):
        rows = await items_of_units(ctx.work.session, [unit])
        blocks.append(_unit_list(ctx, unit, rows))
    step = "看要求回复：任务 编号；办完回复：完成 编号 链接"
    parts = [await show(ctx, command, Listing("", tuple(blocks), step))] if blocks else []
    if ctx.page > 1:
        return "\n\n".join(parts)
    if ctx.member.reviews_for and not units:
        parts.append(await _led(ctx))
    if ctx.member.sees_all and not units:
        parts.append(await _county(ctx, "全县"))
    if not parts:
        raise Refused("您的名单信息里没有单位，看不到事项。请联系县政府办公室核对人员名单。")
    return "\n\n".join(parts)


def _numbers(command: Command) -> list[int]:
    return list(dict.fromkeys(target.number for target in command.targets))[:3]


def _unit_list(ctx: Ctx, unit: int, rows: Sequence[ItemRow]) -> Block:
    today = ctx.work.today
    seen = [
        lists.Seen(
            item,
            item_light(item, ctx.work.policy, today),
            days_left(item, ctx.calendar, today),
            days_late(item, ctx.calendar, today),
        )
        for item in rows
        if item.state in OPEN
    ]
    waiting = sum(1 for item in rows if item.state is State.SUBMITTED)
    closed = sum(1 for item in rows if item.state is State.CLOSED)
    return lists.own(ctx.unit_name(unit), seen, waiting, closed)


async def _led(ctx: Ctx) -> str:
    led = select(TaskLead.task_id).where(TaskLead.unit_id.in_(sorted(ctx.member.reviews_for)))
    rows = [
        item
        for item in await every_item(ctx.work.session)
        if item.task_id in set((await ctx.work.session.scalars(led)).all())
    ]
    where = f"{ctx.unit_names(ctx.member.reviews_for)}牵头"
    return await _figures(ctx, where, rows, 0) + "\n回复 待审 看要审核的，回复 逾期 看谁逾期"


async def _county(ctx: Ctx, where: str) -> str:
    rows = await every_item(ctx.work.session)
    words = await _figures(ctx, where, rows, len(await unresolved_tasks(ctx.work.session)))
    return f"{words}\n看某项回复：任务 编号；全部逾期回复：逾期"


async def _figures(ctx: Ctx, where: str, rows: Sequence[ItemRow], unresolved: int) -> str:
    policy, today = ctx.work.policy, ctx.work.today
    found = figures(rows, unresolved, policy, today)
    by_code: dict[str, list[tuple[ItemRow, int]]] = {}
    for item, days in _late(ctx, rows):
        by_code.setdefault(item.code, []).append((item, days))
    worst = [
        lists.Worst(code, late[0][0].title, len(late), max(days for _, days in late)) for code, late in by_code.items()
    ]
    worst.sort(key=lambda row: (-row.units, -row.days))
    waiting = [item.submitted_on for item in rows if item.state is State.SUBMITTED and item.submitted_on]
    undecided = lists.Undecided(
        submissions=len(waiting),
        long=sum(1 for since in waiting if ctx.calendar.between(since, today) >= policy.review_office),
        days=policy.review_office,
        requests=await open_requests(ctx.work.session, [item.id for item in rows]),
    )
    return lists.figures(
        where,
        found.total,
        found.by_state,
        found.by_light,
        found.overdue,
        found.stalled,
        found.unresolved,
        worst[:WORST],
        undecided,
    )


def _late(ctx: Ctx, rows: Iterable[ItemRow]) -> list[tuple[ItemRow, int]]:
    """What is owed and overdue, with the working days."""
    late = [(item, days_late(item, ctx.calendar, ctx.work.today)) for item in rows if item.state in OPEN]
    return [(item, days) for item, days in late if days]


async def stand_of(ctx: Ctx, command: Command) -> str:
    """Who, until when, in which state: the answer to a question about an item (20通过了没, 34好久到期)."""
    number = _numbers(command)[0]
    return await _one(ctx, number, command, brief=True)


async def _one(ctx: Ctx, number: int, command: Command, brief: bool = False) -> str:
    session = ctx.work.session
    task = await session.scalar(select(Task).where(Task.number == number))
    rows = await items_of_task(session, number)
    if task is None:
        numbers = sorted((await session.scalars(select(Task.number))).all())
        raise Refused(answers.no_such_task(number, numbers[0], numbers[-1]) if numbers else "任务清单还没有导入。")
    units = named_units(ctx, command)
    leads = frozenset((await session.scalars(select(TaskLead.unit_id).where(TaskLead.task_id == task.id))).all())
    mine = [item for item in rows if may(ctx.member, Right.SEE_ITEM, item.scope)]
    if not mine and not may(ctx.member, Right.SEE_ITEM, Scope(None, leads)):
        raise Refused(answers.not_yours(f"{task.number} {task.item}", ctx.own_unit))
    nodes = {target.node for target in command.targets if target.number == number} - {None}
    mine = [i for i in mine if (not units or i.unit_id in units) and (not nodes or i.seq in nodes)]
    own = [item for item in mine if item.unit_id in ctx.member.acts_for]
    shown = mine if units else (own or mine)
    await conversation.speak_of(ctx.work, ctx.key, conversation.Topic(number, None))
    if brief:
        return await _detail(ctx, task, shown, brief=True)
    if len(shown) == 1 and len(_numbers(command)) == 1 and shown[0].state in OPEN and own:
        ctx.cards.append(shown[0])
    return await _detail(ctx, task, shown)


async def item_detail(ctx: Ctx, item: ItemRow) -> str:
    """What 任务 12 says of one unit's item."""
    return await _detail(ctx, await ctx.work.session.get_one(Task, item.task_id), [item])


async def _detail(ctx: Ctx, task: Task, rows: Sequence[ItemRow], brief: bool = False) -> str:
    paths = [f"{path['site']}：{path['column']}" if path["column"] else path["site"] for path in task.paths]
    entries: list[lists.Entry] = []
    if len(rows) <= 2:
        status = [line for item in rows for line in await _status(ctx, item)]
        for past in (await history(ctx.work.session, [item.id for item in rows])).values():
            entries += [
                lists.Entry(e.at, e.actor_name, HISTORY_ACTS.get(e.act, e.act), e.words)
                for e in past
                if e.act != "dispatch"
            ]
    else:
        status = _spread(ctx, rows)
    if task.unknown:
        waiting = "、".join(name or "（原文缺失）" for name in task.unknown)
        status.append(f"【待明确】{waiting}：等县政府办公室（或牵头单位）指定")
    if task.held:
        status.append(f"【待明确】{task.held}：等县政府办公室答复，之前不交办")
    step = _step(rows[0]) if len(rows) == 1 and rows[0].unit_id in ctx.member.acts_for else ""
    note = task.note if ctx.member.is_office else ""
    title = f"{task.number} {task.item}"
    if brief:
        step = f"要求和公开路径回复：任务 {task.number}"
        return lists.detail(title, [], [], task.lead_text, status, entries[-2:], step)
    return lists.detail(title, task.measures, paths, task.lead_text, status, entries, step, note)


def _step(item: ItemRow) -> str:
    """The buttons of the item's card in words."""
    if item.state not in OPEN:
        return WORKS[item.state].replace("编号", item.code)
    signing = [f"签收 {item.code}"] if item.state is State.DISPATCHED else []
    return "回复：" + "｜".join([*signing, f"完成 {item.code} 链接", f"延期 {item.code} 日期 理由"])


async def _status(ctx: Ctx, item: ItemRow) -> list[str]:
    today = ctx.work.today
    left, late = days_left(item, ctx.calendar, today), days_late(item, ctx.calendar, today)
    lamp = lists.lamp(item_light(item, ctx.work.policy, today))
    when = f"（{time_left(left, late)}）" if item.state in OPEN else ""
    node = f" {item.code} {item.node_title}" if item.code != str(item.number) else ""
    lines = [f"【{item.unit}{node}】{lamp} {item.state.label}，时限 {day(item.due)}{when}"]
    if item.extensions:
        lines.append(f"已延期 {item.extensions} 次")
    if item.state is State.RETURNED and item.return_reason:
        lines.append(f"退回理由：{item.return_reason}")
    proofs = (await evidence(ctx.work.session, [item])).get(item.id, [])
    lines += [f"佐证：{proof}" for proof in await linkviews.lines(ctx.work, item, proofs[:5])]
    return lines


def _spread(ctx: Ctx, rows: Sequence[ItemRow]) -> list[str]:
    """A row with many units: how many stand where, and who is late."""
    lines = []
    for code in dict.fromkeys(item.code for item in rows):
        of_node = [item for item in rows if item.code == code]
        by_state = {state: [i for i in of_node if i.state is state] for state in State}
        counts = "，".join(f"{state.label} {len(found)}" for state, found in by_state.items() if found)
        head = f"{code} " if code != str(of_node[0].number) else ""
        lines.append(f"【{head}时限 {day(of_node[0].due)}】{len(of_node)} 个单位：{counts}")
        late = [i.unit for i in of_node if i.state in OPEN and days_late(i, ctx.calendar, ctx.work.today)]
        if late:
            lines.append(f"逾期：{names(late, 12)}")
        for state in (State.SUBMITTED, State.RETURNED):
            if by_state[state]:
                lines.append(f"{state.label}：{names([i.unit for i in by_state[state]], 12)}")
    return lines


def _need_county(ctx: Ctx, what: str) -> None:
    if not may(ctx.member, Right.SEE_COUNTY):
        raise Refused(answers.not_allowed(what, WHO[Right.SEE_COUNTY]))


async def overdue(ctx: Ctx, command: Command) -> str:
    if not may(ctx.member, Right.SEE_LATE):
        raise Refused(answers.not_allowed("逾期", WHO[Right.SEE_LATE]))
    units = set(named_units(ctx, command))
    rows = [
        item
        for item in await every_item(ctx.work.session, live.watched, Assignment.state.in_([str(s) for s in OPEN]))
        if may(ctx.member, Right.SEE_ITEM, item.scope) and (not units or item.unit_id in units)
    ]
    late = _late(ctx, rows)
    urges = any(may(ctx.member, Right.URGE, item.scope) for item, _ in late)
    return await show(ctx, command, lists.overdue(late, urges, may(ctx.member, Right.SEE_COUNTY)))


async def stats(ctx: Ctx, command: Command) -> str:
    _need_county(ctx, "统计")
    units = named_units(ctx, command)
    if not units:
        county = await _county(ctx, "全县")
        trouble = await waiting.trouble(ctx.work) if ctx.member.is_office else []
        return "\n".join([county, *trouble])
    rows = await items_of_units(ctx.work.session, units)
    return await _figures(ctx, names(ctx.unit_name(unit) for unit in units), rows, 0)


async def ledger(ctx: Ctx, command: Command) -> str:
    _need_county(ctx, "台账")
    named_units(ctx, command)  # refuses a name nobody knows
    if ctx.made is None or ctx.made.file is None:
        raise Refused("台账没有生成成功，请稍后再发一次。")
    ctx.files.append(ctx.made.file)
    return f"台账已生成（{ctx.made.file.name}），文件随后发出。"


async def why(ctx: Ctx, _command: Command) -> str:
    row = await last_message(ctx.work.session, ctx.key)
    if row is None or row.sent_at is None:
        return "还没有主动给您发过提醒或通知；您收到的都是对您消息的答复。"
    rules = list(dict.fromkeys(line[3] for line in row.payload.get("lines", []) if line[3])) or [row.reason]
    first = (row.words or "").split("\n", 1)[0]
    return f"{clock(row.sent_at)} 发给您的“{first}”，依据：\n" + "\n".join(f"· {rule}" for rule in rules[:12])


def greeting(ctx: Ctx) -> str:
    """The first words to somebody who opens the application."""
    posts = "、".join(dict.fromkeys(f"{post.unit}{post.role.label}" for post in ctx.member.posts))
    first = "任务" if Role.CONTACT in ctx.member.roles or not ctx.member.reviews_for else "待审"
    hour = local(ctx.work.now).hour
    hello = "早上好" if hour < 12 else "下午好"
    return f"{ctx.member.name}，{hello}。您在督办里是{posts}。\n回复 {first} 看您的事项，回复 帮助 看能做什么。"
