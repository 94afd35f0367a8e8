"""Days as people write them: 11月20日, 12.10, 2021/12/10, and 下周三, 月底, 三天后 in free words.

An exact command reads the former only (`day_at`); the latter are recognised there and offered for 确认
(`spoken_day_at`).
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_FULL = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?!\d) ?[日号]?")
_SHORT = re.compile(r"(\d{1,2}) ?月 ?(\d{1,2})(?!\d) ?[日号]?|(\d{1,2})[./](\d{1,2})(?![\d%‰/]|\.\d| ?[万亿元个倍版])")
_VAGUE = re.compile(
    r"\d{4} ?年(?: ?\d{1,2} ?月)?[底初末中]?|\d{1,2} ?月(?:份|底|初|末|中旬|上旬|下旬)?|\d{1,2} ?[号日]|\d{1,2}-\d{1,2}"
    r"|[今明后]天|大后天|[本这下]{1,2}个?(?:周|星期|礼拜|月|季度)[一二三四五六日天底末]?|[月年]底前?|[今明后]年|春节后?|节后"
    r"|[一二三四五六七八九十两几\d]{1,3} ?个?(?:天|工作日|周|星期|月)(?:以?后|内)?"
)
_SPOKEN = re.compile(
    r"(?P<near>今|明|后|大后)天"
    r"|(?P<week>下下个?|下个?|本|这个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
    r"|(?:(?P<named>\d{1,2})月份?|(?P<month>下个?|本|这个?)?月)(?P<part>底|末)"
    r"|(?P<months>下个?|本|这个?)月 ?(?P<day>\d{1,2}) ?[号日]?"
    r"|(?P<year>年底|年末)"
    r"|(?P<count>\d{1,2}|[一二两三四五六七八九十]) ?个?(?P<unit>天|周|星期|礼拜|月)(?:之|以)?后"
    r"|(?P<bare>\d{1,2}) ?[号日]"
)
_SPAN = re.compile(
    r"(?<!\d)(?P<count>\d{1,2}|[一二两三四五六七八九十]|半) ?"
    r"(?:个?(?P<unit>天|工作日|周|星期|礼拜)|(?:个|(?<=半))(?P<months>月))"
    r"(?!之?以?[后内前底末份初中])"
)
_NEAR = {"今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 4}  # 周末: its last workday
_COUNTS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_LEAP_CYCLE = 8  # years until the 29th of February surely comes again


@dataclass(frozen=True)
class Span:
    """So much more time (三天, 一个星期). `unit` is 天, 工作日 or 月."""

    count: int
    unit: str


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


def spoken_day_at(plain: str, place: int, today: date) -> Day | None:
    """Like `day_at`, and also days told from today: 下周三, 月底, 三天后, 15号. Weeks begin on Monday."""
    if exact := day_at(plain, place, today):
        return exact
    said = _SPOKEN.match(plain, place)
    return Day(_told(said, today), said.end(), True) if said else None


def span_at(plain: str, place: int) -> tuple[Span, int] | None:
    """The stretch of time that begins at `place`, and where it ends: 三天, 一周, 半个月, 5个工作日."""
    said = _SPAN.match(plain, place)
    if said is None or (said["count"] == "半" and not said["months"]):
        return None
    if said["count"] == "半":
        return Span(15, "天"), said.end()
    count = int(said["count"]) if said["count"].isdecimal() else _COUNTS[said["count"]]
    weeks = said["unit"] in ("周", "星期", "礼拜")
    return Span(count * 7, "天") if weeks else Span(count, said["unit"] or "月"), said.end()


def months_on(day: date, months: int) -> date:
    """The same day some months on, or the month's last one."""
    year, month = _later(day, months)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _told(said: re.Match[str], today: date) -> date | None:
    if said["near"]:
        return today + timedelta(days=_NEAR[said["near"]])
    if said["weekday"]:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_ahead(said["week"]))
        return monday + timedelta(days=_WEEKDAYS[said["weekday"]])
    if said["part"]:
        if said["named"]:
            month = int(said["named"])
            return _month_end(today.year + (month < today.month), month)
        return _month_end(*_later(today, _ahead(said["month"])))
    if said["months"]:
        return _day(*_later(today, _ahead(said["months"])), int(said["day"]))
    if said["year"]:
        return date(today.year, 12, 31)
    if said["unit"]:
        count = int(said["count"]) if said["count"].isdecimal() else _COUNTS[said["count"]]
        if said["unit"] == "月":
            return _day(*_later(today, count), today.day)
        return today + timedelta(days=count * (1 if said["unit"] == "天" else 7))
    day = int(said["bare"])
    return _day(*_later(today, int(day < today.day)), day)


def _ahead(said: str | None) -> int:
    """How many weeks or months on: 下下周 → 2."""
    return (said or "").count("下")


def _later(today: date, months: int) -> tuple[int, int]:
    years, month = divmod(today.month - 1 + months, 12)
    return today.year + years, month + 1


def _month_end(year: int, month: int) -> date | None:
    return date(year, month, monthrange(year, month)[1]) if 1 <= month <= 12 else None
