"""Item numbers as people write them: 12, 31-1, 12号, 第12项, 18-21, 12、13. Other numbers are none (rule 9)."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogue.intents import Target

_MARK = r"(?P<{}> ?(?:号(?![文令])|项|条)(?:任务|事项)?)?"
_NODE = r"第 ?(?P<node>[1-3一二三]) ?个?(?:时间)?节点"
_SINGLE = re.compile(
    rf"(?:(?:任务|事项) ?)?(?P<nth>第 ?)?(?P<first>\d{{1,4}})(?!\d){_MARK.format('mark')}(?: ?的? ?{_NODE})?"
)
NODE = re.compile(_NODE)
_RANGE = re.compile(
    rf"(?:(?:任务|事项) ?)?(?P<nth>第 ?)?(?P<first>\d{{1,4}}){_MARK.format('inner')}"
    rf"(?P<dash> ?(?:-{{1,5}}|~{{1,3}}|[至到]) ?)第? ?(?P<last>\d{{1,4}})(?!\d){_MARK.format('mark')}"
)
_LONGEST_RANGE = 200  # items; a longer one is a slip of the thumb
_YEARS = range(1900, 2100)
# What looks like a number of an item and is none: document numbers, days, times, shares, telephone numbers.
OTHER_NUMBERS = re.compile(
    r"[〔\[(] ?\d{4} ?[〕\])] ?第? ?\d+ ?号?|\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?[日号]?"
    r"|\d{1,2} ?月 ?\d{1,2} ?[日号]?|\d+[:.]\d+|\d+ ?[%‰]|\d{5,}|\d{3,4}-\d{5,}|\d{4} ?年"
)
_START = re.compile(r"(?<![\d*])(?:第 ?)?\d")


@dataclass(frozen=True)
class Items:
    """What one expression names. `marked`: 号 or 第 says that it is an item. `dashed`: it is of the form 12-10, `until`
    of the form 12至15."""

    targets: tuple[Target, ...]
    end: int
    marked: bool
    dashed: bool = False
    until: bool = False
    ranged: bool = False


def items_at(plain: str, place: int, ends: Callable[[int], bool], until: bool = True) -> Items | None:
    """The items named at `place`. `ends` says whether a number may end there; one with 号 may end anywhere. With
    `until`, 至 makes a range; beside a day it leads to that day instead."""
    for pattern, read in ((_RANGE, _range), (_SINGLE, _single)):
        match = pattern.match(plain, place)
        items = read(match) if match else None
        if items and (items.marked or ends(items.end)) and (until or not items.until):
            return items
    return None


def items_in(plain: str) -> tuple[Target, ...]:
    """Items that prose clearly speaks of, by 号 or 第: only good for an answer, never to act on."""
    text = OTHER_NUMBERS.sub(lambda match: "*" * len(match.group()), plain)
    found: dict[Target, None] = {}
    place = 0
    while start := _START.search(text, place):
        items = items_at(text, start.start(), lambda _: False)
        found.update(dict.fromkeys(items.targets if items else ()))
        place = items.end if items else start.end()
    return tuple(found)


def _single(match: re.Match[str]) -> Items | None:
    number = int(match["first"])
    marked = _marked(match)
    if marked is None or (number in _YEARS and not marked):
        return None
    if match["node"]:
        return Items((Target(number, node_of(match)),), match.end(), True)
    return Items((Target(number),), match.end(), marked)


def node_of(match: re.Match[str]) -> int:
    """第二个节点 → 2."""
    said = match["node"]
    return int(said) if said.isdecimal() else "一二三".index(said) + 1


def _range(match: re.Match[str]) -> Items | None:
    first, last = int(match["first"]), int(match["last"])
    marked = _marked(match)
    if marked is None or match["last"].startswith("0") or {first, last} & set(_YEARS):
        return None
    if match["dash"] == "-" and last <= min(first, 9) and not match["inner"]:
        return Items((Target(first, last),), match.end(), marked, dashed=True)
    if first < last <= first + _LONGEST_RANGE:
        targets = tuple(Target(number) for number in range(first, last + 1))
        until = match["dash"].strip() in ("至", "到")
        return Items(targets, match.end(), marked, dashed=True, until=until, ranged=True)
    return None


def _marked(match: re.Match[str]) -> bool | None:
    """Whether 号 or 第 marks the number; None where 项 or 条 alone count things (12项 are twelve)."""
    mark = (match["mark"] or "").strip()
    if mark[:1] in ("项", "条") and not match["nth"]:
        return None
    return bool(mark)
