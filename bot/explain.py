"""`duban understand`: how a message would be read, and why. Changes nothing and sends nothing."""

from collections.abc import Sequence
from datetime import datetime

from bot.dialogue.commands import parse
from bot.dialogue.free import Reading, understand
from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.names import Names
from bot.dialogue.verbs import info_of
from bot.domain.calendar import local_day
from bot.domain.people import ROLE_OF_LABEL, Member
from bot.domain.policy import Policy
from bot.domain.responsibility import Directory, resolve
from bot.evidence.scan import describe, scan
from bot.handlers.speaking import speaker_of
from bot.store import people
from bot.store.engine import Store

_KINDS = {
    "question": "是问句",
    "negation": "是否定",
    "condition": "有条件",
    "promise": "是打算",
    "quote": "不是本人的话",
    "several": "几件事分不开",
    "no_target": "没说哪一项",
    "unclear_number": "分不清哪个数字是编号",
    "number": "只有编号",
    "polite": "客气话",
    "empty": "空的",
    "unknown": "没看懂",
}


async def show(store: Store, policy: Policy, now: datetime, text: str, who: str, explained: bool) -> str:
    """The reading of one message by `who` (an account, or unit and role). Raises LookupError for somebody unknown."""
    findings = scan(text)
    if findings:
        return f"不读：有{describe(findings)}"
    async with store.read() as session:
        directory = await people.directory(session)
        member = await _member(await people.members(session), directory, who)
        speaker = await speaker_of(session, member, directory, now, policy.context_minutes)
    names, today = Names.of(directory, stems=True), local_day(now)
    said = parse(text, names if speaker.checks else Names.of(directory), today)
    if isinstance(said, Command):
        return "\n".join([f"命令：{_command(said)}", *(["依据：动词打头的固定写法"] if explained else [])])
    reading = understand(text, names, today, speaker)
    return "\n".join([*_told(reading, said), *([f"  {line}" for line in reading.trace] if explained else [])])


async def _member(members: dict[str, Member], directory: Directory, who: str) -> Member:
    if who.lower() in members:
        return members[who.lower()]
    label = next((label for label in sorted(ROLE_OF_LABEL, key=len, reverse=True) if who.endswith(label)), None)
    if label is not None:
        unit = resolve(who.removesuffix(label), directory)
        for member in members.values():
            if any(post.role is ROLE_OF_LABEL[label] and post.unit_id == unit for post in member.posts):
                return member
    raise LookupError(f"名单里没有“{who}”：请写账号，或单位加角色（如 新民镇联络员）")


def _told(reading: Reading, said: NotUnderstood) -> Sequence[str]:
    if reading.acts:
        return [
            f"{'直接办' if act.certain else '先问再办'}：{_command(act.command)}"
            + (f"（可能是 {'、'.join(map(str, act.choices))}）" if act.choices else "")
            for act in reading.acts
        ]
    if reading.look:
        return [f"查看：{_command(reading.look)}，不改动"]
    kind = reading.kind if reading.kind.value != "unknown" else said.kind
    return [f"不改动：{_KINDS[kind.value]}"]


def _command(command: Command) -> str:
    parts = [info_of(command.verb).label, "、".join(map(str, command.targets)), *command.units]
    parts += ["全部"] if command.all else []
    parts += [f"除 {'、'.join(map(str, command.excluded))}"] if command.excluded else []
    parts += [str(command.when)] if command.when else []
    return " ".join(part for part in [*parts, *command.links, command.text] if part)
