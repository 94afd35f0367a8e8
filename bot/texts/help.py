"""帮助: only what the asker may do, with an example each."""

from collections.abc import Sequence

HEAD = "督办：回复下面的话就能办事（方括号里可省略）"


def help_text(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> str:
    """`groups`: heading and (usage, example) of each command."""
    lines = [HEAD]
    for heading, commands in groups:
        lines.append(f"【{heading}】")
        lines += [usage if usage == example else f"· {usage}\n  例：{example}" for usage, example in commands]
    return "\n".join(lines)
