"""The paragraphs of a text as their author meant them: cut ones whole again, headings that run on parted."""

import re
from collections.abc import Iterator, Sequence

from bot.documents.notice.words import ASPECT, ITEM, PART

_CUT_AFTER = ("，", "、", "；", ",", "“", "《", "（")
_ENDS = ("。", "；", ";", "：", ":", "！", "？", "）", "】", "]")
_RUN_ON = re.compile(r"(?P<heading>[^。]{2,40}。)(?P<first>(?:1[.．、](?!\d)|（1）).+)")


def paragraphs(lines: Sequence[str]) -> list[str]:
    """`lines` put together where a line was broken within a sentence or a bracket, and parted behind a heading that
    has its first item in the same line (（一）夯实基础。1.建设政务云。…)."""
    whole: list[str] = []
    for line in lines:
        if whole and _goes_on(whole[-1], line):
            whole[-1] += line
        else:
            whole.append(line)
    return [part for line in whole for part in _parted(line)]


def _goes_on(above: str, line: str) -> bool:
    if _is_numbered(line):
        return False
    if above.endswith(_CUT_AFTER) or above.count("（") > above.count("）"):
        return True
    begun = above.rpartition("。")[2] if "。" in above else "："
    whole = not begun or "：" in begun or above.endswith(_ENDS)  # what stands behind a label has no 。 at its end
    return not whole and not line.startswith(("（", "【", "[")) and any(mark in line for mark in "，。；")


def _parted(line: str) -> Iterator[str]:
    match = _RUN_ON.fullmatch(line) if PART.match(line) or ASPECT.match(line) else None
    if match:
        yield match["heading"].rstrip("。")
        yield match["first"]
    else:
        yield line


def _is_numbered(line: str) -> bool:
    return any(number.match(line) for number in (PART, ASPECT, ITEM))
