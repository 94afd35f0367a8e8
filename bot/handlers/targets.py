"""From the numbers and units of a command to the assignments it means, as far as this person may touch them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from bot.dialogue.intents import Command, Target
from bot.dialogue.verbs import info_of
from bot.domain.permissions import RIGHT_OF, Right, may, right_to
from bot.domain.responsibility import suggest
from bot.domain.states import ALLOWED, OPEN, Act, State
from bot.handlers.context import Ctx, Refused
from bot.store.items import ItemRow, items, items_of_task, items_of_units
from bot.store.tables import Assignment, Task
from bot.texts import answers

WHO = {
    Right.REPORT: "责任单位的联络员、负责人或县政府办公室",
    Right.CHECK: "牵头单位审核人或县政府办公室",
    Right.REOPEN: "县政府办公室",
    Right.URGE: "牵头单位审核人或县政府办公室",
    Right.NAME_UNITS: "牵头单位审核人或县政府办公室",
    Right.MANAGE: "县政府办公室",
    Right.IMPORT: "县政府办公室",
    Right.BROADCAST: "县政府办公室",
    Right.DRAFT: "县政府办公室",
    Right.SEE_LATE: "审核人、县政府办公室、县领导和审计",
    Right.SEE_COUNTY: "县政府办公室、县领导和审计",
    Right.SEE_QUEUE: "审核人和县政府办公室",
    Right.SEE_PEOPLE: "县政府办公室",
}

WORKS = {
    State.DISPATCHED: "可回复 签收 或 完成。",
    State.IN_PROGRESS: "办完请回复 完成 编号 链接。",
    State.SUBMITTED: "正在等审核；发错了可回复 撤回 编号。",
    State.RETURNED: "改好后请回复 完成 编号 链接。",
    State.CLOSED: "已办结，不用再报；如需重办请联系县政府办公室。",
    State.NOT_APPLICABLE: "已认定不涉及。",
    State.SUSPENDED: "由县政府办公室 恢复 后再办。",
    State.CANCELLED: "已撤销，不用再办。",
}


WORKS_FOR_OTHERS = {
    State.DISPATCHED: "责任单位还没有提交，可回复 催办 编号 单位。",
    State.IN_PROGRESS: "责任单位还没有提交，可回复 催办 编号 单位。",
    State.SUBMITTED: "可回复 通过 或 退回。",
    State.RETURNED: "责任单位还没有重新提交，可回复 催办 编号 单位。",
    State.CLOSED: "已办结；刚才点错了可回复 撤回 编号，要重办由县政府办公室 退回。",
    State.NOT_APPLICABLE: "要重办由县政府办公室 退回。",
    State.SUSPENDED: "县政府办公室可回复 恢复 编号 单位。",
    State.CANCELLED: "已撤销；县政府办公室刚撤销的可回复 撤回 编号。",
}


async def task_rows(ctx: Ctx, target: Target) -> list[ItemRow]:
    """All assignments of a row, or of one of its nodes. Raises Refused for a number that does not exist."""
    found = await items_of_task(ctx.work.session, target.number, lock=True)
    if not found:
        await _refuse_unknown(ctx, target)
    if target.node is None:
        return found
    of_node = [item for item in found if item.seq == target.node and (item.code != str(item.number) or item.seq == 1)]
    if not of_node:
        raise Refused(answers.no_such_node(str(target), sorted({item.code for item in found})))
    return of_node


async def _refuse_unknown(ctx: Ctx, target: Target) -> None:
    session = ctx.work.session
    task = await session.scalar(select(Task).where(Task.number == target.number))
    if task is not None:
        raise Refused(
            f"{task.number} {task.item} 的责任单位还没有明确，暂未交办。县政府办公室可回复：指定 {task.number} 单位"
        )
    low, high = (await session.execute(select(func.min(Task.number), func.max(Task.number)))).one()
    if low is None:
        raise Refused("任务清单还没有导入，请联系县政府办公室。")
    raise Refused(answers.no_such_task(target.number, low, high))


def named_units(ctx: Ctx, command: Command) -> list[int]:
    """The units a command names, groups taken apart, exclusions left out. Raises Refused for a name nobody knows."""
    if command.unknown_units:
        near = suggest(command.unknown_units[0], ctx.directory)
        raise Refused(answers.unknown_units(command.unknown_units, near))
    ids = [ctx.unit_id(name) for name in command.units]
    for group in command.groups:
        ids += ctx.group_ids(group)
    out = {ctx.unit_id(name) for name in command.excluded_units}
    return [unit for unit in dict.fromkeys(ids) if unit not in out]


async def own(ctx: Ctx, command: Command, act: Act) -> list[ItemRow]:
    """The items a unit's person (or the office for a unit) means, one for each number."""
    if not command.targets:
        raise Refused(f"请写明编号，例如：{info_of(command.verb).example}")
    units = await _acting_units(ctx, command, act)
    chosen: list[ItemRow] = []
    for target in dict.fromkeys(command.targets):
        rows = await task_rows(ctx, target)
        chosen.append(_own_item(ctx, rows, units, act, command))
    for item in chosen:
        check(ctx, item, act)
    return chosen


async def _acting_units(ctx: Ctx, command: Command, act: Act) -> frozenset[int]:
    """The units this command acts for; empty where the office named none."""
    mine = ctx.member.acts_for
    if ctx.member.is_office:
        named = named_units(ctx, command)
        return frozenset(named) if named else mine
    others = [name for name in command.units if ctx.unit_id(name) not in mine]
    if others and mine and act not in _FREE:
        raise Refused(f"您只能操作{ctx.unit_names(mine)}的事项，不能代{others[0]}操作。")
    if others or not command.units:
        return mine
    return frozenset(ctx.unit_id(name) for name in command.units)


_FREE = frozenset({Act.PROGRESS, Act.EXTEND, Act.EXEMPT, Act.DISPUTE})
"""Beside these the name of another unit is part of the person's own words."""


async def same_of_units(ctx: Ctx, command: Command, act: Act) -> list[ItemRow]:
    """The items one number may mean to somebody who acts for several units and named none; empty where it is clear."""
    mine = ctx.member.acts_for
    named = command.units if act not in _FREE else [name for name in command.units if ctx.unit_id(name) in mine]
    if len(mine) < 2 or ctx.member.is_office or len(command.targets) != 1 or named:
        return []
    rows = [item for item in await task_rows(ctx, command.targets[0]) if item.unit_id in mine]
    ready = _one_node_each([item for item in rows if item.state in ALLOWED[act]], act)
    return ready if len(ready) > 1 else []


def _own_item(ctx: Ctx, rows: list[ItemRow], units: frozenset[int], act: Act, command: Command) -> ItemRow:
    mine = [item for item in rows if item.unit_id in units]
    if not mine:
        if ctx.member.is_office and not units:
            holders = {item.unit_id for item in rows}
            if len(holders) == 1:
                return node_for(rows, act)
            raise Refused(answers.need_unit(rows[0].number, act.label, rows[0].unit))
        where = ctx.unit_names(units) or ctx.own_unit
        raise Refused(answers.not_yours(rows[0].ref, where))
    if len({item.unit_id for item in mine}) > 1:
        ready = [item for item in mine if item.state in ALLOWED[act]]
        if len({item.unit_id for item in ready}) != 1:
            several = "、".join(dict.fromkeys(item.unit for item in mine))
            raise Refused(f"{answers.need_unit(rows[0].number, act.label, mine[0].unit)}（{several} 都有这一项）")
        mine = ready
    return node_for(mine, act)


def node_for(rows: Sequence[ItemRow], act: Act) -> ItemRow:
    """A number without node means the earliest node the act can be done to, else the earliest not yet submitted."""
    states = ALLOWED.get(act, OPEN)
    for wanted in (states, OPEN):
        for item in rows:
            if item.state in wanted:
                return item
    return rows[-1]


def check(ctx: Ctx, item: ItemRow, act: Act) -> None:
    """Raises Refused unless this person may do this to this item as it stands."""
    right = right_to(act, item.state)
    if not may(ctx.member, right, item.scope):
        if right is Right.REPORT:
            raise Refused(answers.not_yours(item.ref, ctx.own_unit))
        raise Refused(answers.not_allowed(f"{act.label} {item.code} {item.unit}", WHO[right]))
    if act in ALLOWED and item.state not in ALLOWED[act]:
        works = WORKS if right is Right.REPORT else WORKS_FOR_OTHERS
        next_step = works[item.state].replace("编号", item.code)
        raise Refused(answers.not_in_state(f"{item.ref}（{item.unit}）", item.state.label, act.label, next_step))


async def all_own(ctx: Ctx, command: Command, act: Act) -> list[ItemRow]:
    """全部, ranges and exclusions of a unit's person: every item of theirs the act can be done to."""
    units = await _acting_units(ctx, command, act)
    rows = [item for item in await items_of_units(ctx.work.session, units) if item.state in ALLOWED[act]]
    if command.targets and not command.all:
        wanted = set(command.targets)
        rows = [item for item in rows if _meant(item, wanted)]
    out = set(command.excluded)
    return [item for item in rows if not _meant(item, out) and may(ctx.member, RIGHT_OF[act], item.scope)]


def _meant(item: ItemRow, targets: Iterable[Target]) -> bool:
    return any(target.number == item.number and target.node in (None, item.seq) for target in targets)


async def theirs(ctx: Ctx, command: Command, act: Act) -> list[ItemRow]:
    """The items of other units a reviewer or the office means: number and units."""
    if not command.targets:
        usage = info_of(command.verb)
        raise Refused(f"请写明编号和单位，例如：{usage.example}")
    chosen: list[ItemRow] = []
    units = named_units(ctx, command)
    for target in dict.fromkeys(command.targets):
        rows = await task_rows(ctx, target)
        chosen += _their_items(ctx, rows, units, act, command)
    for item in chosen:
        check(ctx, item, act)
    return chosen


_WHOLE_ROW = frozenset({Act.URGE, Act.SUSPEND, Act.RESUME, Act.CANCEL})
"""Without a unit these mean everybody who still has the item (催办 12 [新民镇]); 确认 comes before it is done."""


def _their_items(ctx: Ctx, rows: list[ItemRow], units: list[int], act: Act, command: Command) -> list[ItemRow]:
    right = RIGHT_OF[act]
    if not any(may(ctx.member, right, item.scope) for item in rows):
        raise Refused(answers.not_allowed(f"{act.label} {rows[0].ref}", WHO[right]))
    ready = [item for item in rows if item.state in ALLOWED[act] and may(ctx.member, right, item.scope)]
    if not units:
        out = {ctx.unit_id(name) for name in command.excluded_units}
        ready = _one_node_each([item for item in ready if item.unit_id not in out], act)
        if command.all or command.excluded_units or len(ready) == 1 or (ready and act in _WHOLE_ROW):
            return ready
        if not ready:
            raise Refused(f"{rows[0].ref} 现在没有可以{act.label}的事项。回复 任务 {rows[0].number} 看进展。")
        listed = "、".join(item.unit for item in ready[:12])
        raise Refused(f"{answers.need_unit(rows[0].number, act.label, ready[0].unit)}\n可选：{listed}，或 全部")
    chosen = []
    for unit in units:
        of_unit = [item for item in rows if item.unit_id == unit]
        if not of_unit:
            if command.groups:
                continue
            raise Refused(answers.unit_without_item(rows[0].ref, ctx.unit_name(unit)))
        one = node_for(of_unit, act)
        if command.groups and one not in ready:
            continue
        chosen.append(one)
    return chosen


def _one_node_each(rows: list[ItemRow], act: Act) -> list[ItemRow]:
    by_unit: dict[int, list[ItemRow]] = {}
    for item in rows:
        by_unit.setdefault(item.unit_id, []).append(item)
    return [node_for(of_unit, act) for of_unit in by_unit.values()]


async def open_of(ctx: Ctx) -> list[ItemRow]:
    """What this person's units still owe, the nearest deadline first."""
    if not ctx.member.acts_for:
        return []
    states = [str(state) for state in OPEN]
    found = await items(
        ctx.work.session, Assignment.unit_id.in_(sorted(ctx.member.acts_for)), Assignment.state.in_(states)
    )
    return sorted(found, key=lambda item: item.due)
