"""通知, 未读 and 收到."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.dialogue.intents import Audience, Command
from bot.domain.calendar import local
from bot.domain.people import Role
from bot.domain.permissions import Right, may
from bot.domain.planning import UnitPeople
from bot.domain.responsibility import suggest
from bot.domain.states import OPEN
from bot.handlers.context import Ctx, Refused
from bot.handlers.orders import named
from bot.handlers.reporting import submit_asked
from bot.handlers.targets import WHO, task_rows
from bot.services import broadcasts, conversation, notices
from bot.services.report import Proof
from bot.services.views import days_late, days_left
from bot.store import people
from bot.store.tables import Notice
from bot.texts import answers
from bot.texts.words import clock

BODY_BYTES = 1900  # what is left of 2048 for the words around it


async def draft(ctx: Ctx, command: Command) -> str:
    """Shows who will get it and when it leaves, and waits for 确认."""
    if not may(ctx.member, Right.BROADCAST):
        raise Refused(answers.not_allowed("通知", WHO[Right.BROADCAST]))
    usage = "例如：通知 各乡镇（街道） 请于11月10日前核对联络员名单"
    if command.unknown_units:
        near = suggest(command.unknown_units[0], ctx.directory)
        raise Refused(answers.unknown_units(command.unknown_units, near) + "\n" + usage)
    if not command.audience:
        raise Refused(f"请写明发给谁（全体、各乡镇（街道）、单位名称或角色）和内容，{usage}")
    if not command.text.strip():
        raise Refused(f"请写上通知内容，{usage}")
    file = await _attachment(ctx, command)
    if len(command.text.encode()) + len(file["name"].encode() if file else b"") > BODY_BYTES:
        raise Refused(f"通知内容太长（最多约 {BODY_BYTES // 3} 字）。请精简，或把正文做成文件另发。")
    told, name, unheard = await _recipients(ctx, command.audience)
    if not told:
        raise Refused(f"{name}：名单上没有人可以收。请先用 duban roster 更新人员名单。")
    if file and len(told) > broadcasts.TOGETHER:
        raise Refused(
            f"附件最多发给 {broadcasts.TOGETHER} 人，这条有 {len(told)} 人。请把文件放到网上，在通知里写链接。"
        )
    payload = {"told": told, "audience": name, "body": command.text.strip(), "urgent": command.urgent, "file": file}
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, {"notice": payload})
    leaves = _leaves(ctx, command.urgent)
    return answers.confirm_notice(name, len(told), leaves, command.text.strip(), unheard, file["name"] if file else "")


async def _attachment(ctx: Ctx, command: Command) -> dict[str, str] | None:
    """通知 … 附件: the file this person sent last."""
    if not command.attached:
        return None
    file = await conversation.last_file(ctx.work, ctx.key)
    if file is None:
        raise Refused("没有找到您刚才发来的文件。请先把文件发到这里，半小时内再发：通知 对象 内容 附件")
    return file


async def file_sent(ctx: Ctx, proof: Proof) -> str:
    """A file from the office: evidence where it was asked for, or the attachment of the notice to come."""
    await conversation.keep_file(ctx.work, ctx.key, proof.stored_as or "", proof.name)
    hint = "要随通知发出请回复：通知 对象 内容 附件"
    try:
        answer = await submit_asked(ctx, (proof,))
    except Refused:
        return f"收到文件 {proof.name}。{hint}\n要作某项的佐证，请先回复 完成 编号 单位，再发一次文件。"
    asked = await conversation.pending(ctx.work, ctx.key)
    return f"{answer}\n{hint}" if asked is not None and asked.kind == conversation.CHOICE else answer


def _leaves(ctx: Ctx, urgent: bool) -> str:
    moment = notices.leaves_at(ctx.work, urgent)
    if moment <= ctx.work.now:
        return "立即"
    return f"{clock(local(moment))} "


async def _recipients(ctx: Ctx, audience: tuple[Audience, ...]) -> tuple[dict[str, list[int]], str, list[str]]:
    """Accounts, each once, with the units they hear it for as their contact; the audience in words; units in it that
    nobody can be reached at.

    A unit means its first contact unless a role is named.
    """
    told: dict[str, list[int]] = {}
    words: list[str] = []
    unheard: dict[str, None] = {}
    there = await people.unit_people(ctx.work.session)
    for part in audience:
        found, name = await _part(ctx, part, there)
        for key, units in found.items():
            told[key] = [*told.get(key, []), *(unit for unit in units if unit not in told.get(key, []))]
        words.append(name)
        if part.role is None:
            unheard.update(
                {ctx.unit_name(u): None for u in await _units(ctx, part) if u not in there or not there[u].contacts}
            )
    told.pop(ctx.key, None)
    return told, "、".join(dict.fromkeys(words)), list(unheard)


async def _units(ctx: Ctx, part: Audience) -> tuple[int, ...]:
    if part.owes:
        rows = await task_rows(ctx, part.owes)
        owing = tuple(dict.fromkeys(item.unit_id for item in rows if item.state in OPEN))
        if not owing:
            raise Refused(f"{rows[0].ref} 没有未完成的单位，不用发。")
        return owing
    if part.unit:
        return (ctx.unit_id(part.unit),)
    return ctx.group_ids(part.group) if part.group else ()


async def _part(ctx: Ctx, part: Audience, there: Mapping[int, UnitPeople]) -> tuple[dict[str, list[int]], str]:
    session = ctx.work.session
    role = part.role.label if part.role else ""
    if part.everyone:
        if part.role is None:
            return {key: [] for key in await people.members(session)}, "全体"
        return _first_contacts(there, there), f"各单位{role}"
    if part.unit is None and part.group is None and part.owes is None:
        return {key: [] for key in (await people.with_role(session, part.role) if part.role else [])}, f"全体{role}"
    ids = await _units(ctx, part)
    name = f"未完成 {part.owes} 的单位" if part.owes else f"{part.unit or part.group}{role}"
    if part.role and part.role is not Role.CONTACT:
        return {key: [] for key in await people.with_role(session, part.role, ids)}, name
    return _first_contacts(there, ids), name


def _first_contacts(there: Mapping[int, UnitPeople], units: Iterable[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for unit in units:
        if unit in there and there[unit].contacts:
            found.setdefault(there[unit].contacts[0], []).append(unit)
    return found


async def confirmed(ctx: Ctx, payload: dict[str, Any]) -> str:
    if not may(ctx.member, Right.BROADCAST):  # the role may be gone since the preview
        raise Refused(answers.not_allowed("通知", WHO[Right.BROADCAST]))
    told = dict(payload["told"])
    urgent = bool(payload["urgent"])
    file = payload.get("file")
    notice = await notices.send(ctx.work, str(payload["audience"]), told, str(payload["body"]), urgent, file)
    return answers.notice_sent(notice.id, len(told), _leaves(ctx, urgent))


async def _notice(ctx: Ctx, command: Command, what: str) -> Notice:
    """The notice a command names, or the last one."""
    if not may(ctx.member, Right.BROADCAST):
        raise Refused(answers.not_allowed(what, WHO[Right.BROADCAST]))
    number = command.targets[0].number if command.targets else None
    notice = await notices.last_notice(ctx.work, number)
    if notice is None:
        raise Refused("还没有发过通知。" if number is None else f"没有通知 {number}。")
    return notice


async def stop(ctx: Ctx, command: Command) -> str:
    """停发: what of a notice has not left does not leave any more."""
    notice = await _notice(ctx, command, "停发")
    stopped = await broadcasts.stop(ctx.work, notice)
    sent, _ = await broadcasts.progress(ctx.work, notice)
    if not stopped:
        return f"通知 {notice.id} 已全部发出（{sent} 人），没有可以停的。要更正请再发一条通知。"
    return f"通知 {notice.id} 已停发：{sent} 人已经发出，{stopped} 人不再发。"


async def recall(ctx: Ctx, command: Command) -> str:
    """撤回通知: shows from how many phones it would vanish, and waits for 确认."""
    notice = await _notice(ctx, command, "撤回通知")
    found = await broadcasts.reach(ctx.work, notice)
    _, waiting = await broadcasts.progress(ctx.work, notice)
    gone = notice.state == "cancelled"
    if not found.messages and not waiting:
        said = "已经撤回过了" if gone else "发出已超过 24 小时，平台不能再撤回。要更正请再发一条通知"
        raise Refused(f"通知 {notice.id} {said}。回复 未读 {notice.id} 看结果。")
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, {"recall": notice.id})
    return answers.confirm_recall(notice.id, notice.body, found.people, waiting, found.late)


async def recall_confirmed(ctx: Ctx, number: int) -> str:
    if not may(ctx.member, Right.BROADCAST):
        raise Refused(answers.not_allowed("撤回通知", WHO[Right.BROADCAST]))
    notice = await ctx.work.session.get_one(Notice, number, with_for_update=True)
    found = await broadcasts.recall(ctx.work, notice)
    return answers.recalling(number, found.people, found.late)


async def unread(ctx: Ctx, command: Command) -> str:
    notice = await _notice(ctx, command, "未读")
    if notice.state == "cancelled":
        became = await broadcasts.recalled(ctx.work, notice)
        late = (await broadcasts.reach(ctx.work, notice)).late
        return answers.recalled(notice.id, became.get("sent", 0), _under_way(became), _not_back(became) + late)
    missing, total = await notices.unread(ctx.work, notice)
    everybody = await people.members(ctx.work.session)
    named = [f"{everybody[key].posts[0].unit}{everybody[key].name}" if key in everybody else key for key in missing]
    words = answers.unread(notice.id, named, total)
    sent, waiting = await broadcasts.progress(ctx.work, notice)
    return (
        f"正在发送：已发 {sent} 人，还有 {waiting} 人。不想再发请回复：停发 {notice.id}\n{words}" if waiting else words
    )


def _under_way(became: dict[str, int]) -> int:
    return became.get("pending", 0) + became.get("sending", 0)


def _not_back(became: dict[str, int]) -> int:
    return sum(became.values()) - became.get("sent", 0) - _under_way(became)


async def received(ctx: Ctx, _command: Command) -> str:
    """收到 answers the latest message that asked for it (rule 11)."""
    found = await notices.acknowledge(ctx.work, ctx.key, ctx.member.acts_for)
    if found is None:
        return answers.NO_WAITING_ASK
    if found.notice is not None:
        return answers.read(found.notice.id)
    also = "\n" + answers.read(*found.reminded) if found.reminded else ""
    if found.nothing_left:
        return "收到。晨报里的事项都已签收。" + also
    items = [(named(ctx, item), item.due) for item in found.signed]
    first = found.signed[0]
    today = ctx.work.today
    return answers.signed(items, days_left(first, ctx.calendar, today), days_late(first, ctx.calendar, today)) + also
