"""帮助: only what the asker may do, with an example each."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = "督办：回复下面的话就能办事（方括号里可省略）"

# What the commands that stand alone are for.
WHAT = {
    "收到": "签收晨报里的新交办，或给通知回执",
    "为什么": "上一条提醒的依据",
    "帮助": "看这份说明",
    "待审": "等您审核的提交和申请",
    "逾期": "谁的哪项逾期了几天",
    "统计": "全县办到哪一步",
    "台账": "发来全部事项的表格文件",
    "年报 [单位]": "看本单位（县办：全县）的完成情况报告",
    "报送": "看过报告后确认报送",
    "撤回报送": "县办收阅之前收回",
    "报送情况": "哪些单位还没报送",
    "年报素材 [单位]": "写进政府信息公开年度报告的一段话",
    "通报": "逾期较久事项的通报代拟稿，由人审定印发",
    "未读": "上一条通知谁还没回执",
    "撤回通知 编号": "24 小时内把通知从手机上收回",
    "问题": "正在导入的清单要您定的问题",
    "交办": "按预览导入清单并交办",
    "停发 [通知编号]": "还没发出去的通知不再发",
}


@dataclass(frozen=True)
class Part:
    """The commands of one role: `name` as one asks for it (帮助 审核), usage and example of each."""

    name: str
    note: str
    commands: tuple[tuple[str, str], ...]


def help_text(now: Sequence[str], parts: Sequence[Part]) -> str:
    """`now`: what waits for the asker at this moment."""
    lines = [*_now(now), HEAD]
    for one in parts:
        lines.append(f"【{one.name}{one.note}】")
        lines += [_line(usage, example) for usage, example in one.commands]
    return "\n".join(lines)


def overview(now: Sequence[str], parts: Sequence[Part]) -> str:
    """The words alone, a line for each part."""
    words = [f"【{one.name}】{'、'.join(usage.split(' ')[0] for usage, _ in one.commands)}" for one in parts]
    asks = "｜".join(f"帮助 {one.name}" for one in parts)
    return "\n".join([*_now(now), "督办能办这些事：", *words, f"写法和例子回复：{asks}"])


def _now(steps: Sequence[str]) -> list[str]:
    return ["【现在】", *(f"· {step}" for step in steps)] if steps else []


def _line(usage: str, example: str) -> str:
    if usage in WHAT:
        return f"· {usage}：{WHAT[usage]}"
    if usage == example:
        return f"· {usage}"
    return f"· {usage}\n  例：{example}"
