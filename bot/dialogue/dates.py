"""Days as people write them in a command (11月20日, 12.10, 2021/12/10). Words like 下周三 are recognised, not read."""

import re
from dataclasses import dataclass
from datetime import date

_FULL = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?!\d) ?[日号]?")
_SHORT = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2})(?!\d) ?[日号]?|(\d{1,2})[./](\d{1,2})(?![\d%‰/]|\.\d| ?[万亿元个倍版])")
_VAGUE = re.compile(
    r"\d{4} ?年(?: ?\d{1,2} ?月)?[底初末中]?|\d{1,2} ?月(?:份|底|初|末|中旬|上旬|下旬)?|\d{1,2} ?[号日]|\d{1,2}-\d{1,2}"
    r"|[今明后]天|大后天|[本这下]{1,2}个?(?:周|星期|礼拜|月|季度)[一二三四五六日天底末]?|[月年]底前?|[今明后]年|春节后?|节后"
    r"|[一二三四五六七八九十两几\d]{1,3} ?个?(?:天|工作日|周|星期|月)(?:以?后|内)?"
)
_LEAP_CYCLE = 8  # years until the 29th of February surely comes again


@dataclass(frozen=True)
class Day:
    """A date-like piece of text up to `end`. `value` is None for a day that does not exist."""

    value: date | None
    end: int
    has_year: bool


def day_at(plain: str, place: int, today: date) -> Day | None:
    """The date that begins at `place`. One without a year is the next such day, today included, never a past one."""
    full = _FULL.match(plain, place)
    if full:
        year, month, day = map(int, full.groups())
        return Day(_day(year, month, day), full.end(), True)
    short = _SHORT.match(plain, place)
    if not short:
        return None
    month, day = (int(group) for group in short.groups() if group is not None)
    if short.group(1) is None and not (1 <= month <= 12 and 1 <= day <= 31):
        return None  # a decimal number
    return Day(_next(month, day, today), short.end(), False)


def vague_day_at(plain: str, place: int) -> int | None:
    """The end of words for a day that are not read as one (明天, 下周三, 月底, 三天后), several in a row included."""
    end = place
    while (match := _VAGUE.match(plain, end)) and match.end() > end:
        end = match.end()
    return end if end > place else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(month: int, day: int, today: date) -> date | None:
    days = (_day(year, month, day) for year in range(today.year, today.year + _LEAP_CYCLE + 1))
    return next((found for found in days if found and found >= today), None)
