"""What the office alone says: 指定, 起算, 人员; and the ledger."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from bot.dialogue.intents import Command
from bot.domain.permissions import Right, Scope, may
from bot.domain.responsibility import expand
from bot.handlers.context import Ctx, Refused
from bot.handlers.paging import show
from bot.handlers.reporting import date_problem
from bot.handlers.targets import WHO, named_units
from bot.services import manage
from bot.store import people
from bot.store.tables import Node, Task, TaskLead, TaskList
from bot.texts import answers, lists
from bot.texts.pages import Listing
from bot.texts.words import day, names


async def _task(ctx: Ctx, command: Command, usage: str) -> Task:
    if not command.targets:
        raise Refused(f"请写明编号，例如：{usage}")
    task = await ctx.work.session.scalar(select(Task).where(Task.number == command.targets[0].number).with_for_update())
    if task is None:
        raise Refused(f"没有 {command.targets[0].number} 号任务。")
    return task


async def name_units(ctx: Ctx, command: Command) -> str:
    usage = "指定 2 县教委、县民政局"
    task = await _task(ctx, command, usage)
    query = select(TaskLead.unit_id).where(TaskLead.task_id == task.id)
    leads = frozenset((await ctx.work.session.scalars(query)).all())
    if not may(ctx.member, Right.NAME_UNITS, Scope(None, leads)):
        raise Refused(answers.not_allowed("指定", WHO[Right.NAME_UNITS]))
    units = named_units(ctx, command)
    if not units:
        raise Refused(f"请写明单位，例如：{usage}")
    if task.held:
        raise Refused(f"{task.number} {task.item} 的{task.held}还没有明确，先不交办。县政府办公室可回复：问题")
    if not task.unknown and not expand(task.responsible_text, ctx.directory, tuple(leads)).unknown:
        raise Refused(f"{task.number} {task.item} 的责任单位在清单里写明了，不用指定。")
    return await _name(ctx, task, units)


async def _name(ctx: Ctx, task: Task, units: Sequence[int]) -> str:
    words = names((ctx.unit_name(unit) for unit in units), 60)
    made = await manage.name_units(ctx.work, task, units, words)
    named = list(dict.fromkeys(item.unit for item in made))
    if not named:
        return f"{task.number} {task.item}：这些单位先前都已交办，没有改动。"
    already = len(units) - len(named)
    tail = f"（另 {already} 个单位先前已交办）" if already else ""
    return f"已指定 {task.number} {task.item}：{names(named, 12)}{tail}，将随下一次晨报交办。"


_STARTS = (Node.trigger.is_not(None), Node.removed_at.is_(None))


async def start(ctx: Ctx, command: Command) -> str:
    if not may(ctx.member, Right.MANAGE):
        raise Refused(answers.not_allowed("起算", WHO[Right.MANAGE]))
    task = await _task(ctx, command, "起算 38 2021-07-01")
    node = await ctx.work.session.scalar(select(Node).where(Node.task_id == task.id, *_STARTS))
    if node is None or node.trigger is None:
        raise Refused(f"{task.number} {task.item} 的时限不用起算，就是 {task.deadline_text or '清单写明的日期'}。")
    if command.when is None:
        raise Refused(answers.bad_date(date_problem(command.problem), "起算", str(task.number)))
    await _refuse_absurd(ctx, task, command.when)
    due = await manage.start(ctx.work, node, command.when, int(node.trigger.strip("+m")))
    waiting = "责任单位还没有明确，请再回复：指定 " + str(task.number) + " 单位" if task.unknown else ""
    return f"{task.number} {task.item} 自 {day(command.when)} 起算，时限为 {day(due)}。{waiting}"


async def _refuse_absurd(ctx: Ctx, task: Task, day_named: date) -> None:
    """A slip of the thumb in the year would move everybody's deadline out of sight."""
    year = (await ctx.work.session.scalars(select(TaskList.year).where(TaskList.id == task.list_id))).one()
    if not year - 1 <= day_named.year <= year + 2:
        allowed = f"应在 {year - 1} 年到 {year + 2} 年之间"
        raise Refused(f"{day(day_named)} 不像是 {task.number} 号任务的起算日期（{allowed}），什么都没有改。")


async def roster(ctx: Ctx, command: Command) -> str:
    if not may(ctx.member, Right.SEE_PEOPLE):
        raise Refused(answers.not_allowed("人员", WHO[Right.SEE_PEOPLE]))
    units = named_units(ctx, command)
    if not units:
        raise Refused("请写明单位，例如：人员 新民镇")
    everybody = await people.members(ctx.work.session)
    reachable = {key for unit in (await people.unit_people(ctx.work.session)).values() for key in unit.contacts}
    blocks = []
    for unit in units:
        of_unit = [
            (post.role.label, member.name, member.userid, key in reachable or post.role.value != "contact")
            for key, member in everybody.items()
            for post in member.posts
            if post.unit_id == unit
        ]
        blocks.append(lists.unit_people(ctx.unit_name(unit), of_unit))
    return await show(ctx, command, Listing("", tuple(blocks)))
