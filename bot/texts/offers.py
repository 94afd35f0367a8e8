"""Short questions about what was not certain, and what is offered for 确认."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from bot.texts.words import bullet_list, day, short

NOTHING_TO_UNDO = "没有找到您刚才的操作，什么都没有改。撤回请写明编号，例如：撤回 34"
MOVED_ON = "刚才列出之后又有新的提交，什么都没有改。请回复 待审 看过再办。"
WHICH_WORK = "没看出说的是哪一项，没有改动任何事项。要记下来请写编号，例如：进展 21 机制文件正在会签"
NO_DAY = "没有看到日期，什么都没有改。请写新的时限（如 2021-12-10、12月10日、下周五），或回复 取消。"
_NAMED = 12  # items that one line names
_YES_OR_NO = "回复 确认 执行，回复 取消 放弃。"


class Asked(Protocol):
    """What an offer needs of a command."""

    @property
    def when(self) -> date | None: ...
    @property
    def text(self) -> str: ...
    @property
    def links(self) -> tuple[str, ...]: ...


def line(label: str, refs: Sequence[str], asked: Asked) -> str:
    """完成 35 政府网站、政务新媒体: one act, as it would be done."""
    shown = "、".join(short(ref, 40) for ref in refs[:_NAMED]) + (f" 等 {len(refs)} 项" if len(refs) > _NAMED else "")
    parts = [f"{label} {shown}"]
    if asked.when:
        parts.append(f"到 {day(asked.when)}")
    if asked.text:
        parts.append(f"：{short(asked.text, 60)}")
    if asked.links:
        parts.append(f"，佐证 {len(asked.links)} 件")
    return "".join(parts)


def meant(lines: Sequence[str], perhaps_day: bool) -> str:
    head = "您是要：" if len(lines) == 1 else "您是要办这几件：\n"
    told = lines[0] if len(lines) == 1 else bullet_list([f"· {one}" for one in lines])
    note = "（“号”前的数字我当作编号；如果说的是日期，请回复 取消。）\n" if perhaps_day else ""
    return f"{head}{told}\n{note}{_YES_OR_NO}"


def which(label: str, refs: Sequence[str]) -> str:
    if not refs:
        return f"您单位现在没有可以{label}的事项。回复 任务 看全部。"
    return f"{label}的是哪一项？请回复编号：\n{bullet_list([f'· {ref}' for ref in refs])}\n回复 取消 放弃。"


def which_day(label: str, refs: Sequence[str]) -> str:
    named = "、".join(short(ref, 40) for ref in refs)
    return f"{label} {named}：延到哪一天？请回复日期（如 2021-12-10、12月10日、下周五），或回复 取消。"


def why(label: str, refs: Sequence[str]) -> str:
    return f"{label} {'、'.join(short(ref, 40) for ref in refs)}：请回复理由，或回复 取消。"


def answer_to_question(usage: str, example: str) -> str:
    return f"这是一个问题，我没有改动任何事项。\n写法：{usage}，例如：{example}"


def what_about(code: str) -> str:
    return f"没看出要对 {code} 做什么，没有改动任何事项。\n例如：完成 {code} 链接　进展 {code} 文字　任务 {code}"


def which_link(codes: Sequence[str]) -> str:
    named = " 链接 ".join(codes[:4])
    return f"{'、'.join(codes)} 各是哪个链接，我分不清，没有改动任何事项。\n请写成：完成 {named} 链接"


def not_yet(codes: Sequence[str]) -> str:
    return f"您说的是 {'、'.join(codes)} 还没办完，我没有改动任何事项。要记一笔请回复：进展 {codes[0]} 文字"
