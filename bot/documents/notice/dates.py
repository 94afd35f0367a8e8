"""Dates as notices write them: 2021年6月底前, 11月中旬, 第三季度, 2020年7月-10月.

What can be read in two ways gives both.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.documents.notice.numerals import to_int

_NUMERAL = re.compile(r"[〇○零一二三四五六七八九十]{1,4}(?=[年月日号])")
_TIMES = re.compile(
    r"[一二两三四五六七八九十]{1,3}(?=次|场|期|篇|轮|个月|个工作日|个季度|年内|周内|日内|天内|[-至到][一二三四五六七八九十]年内)"
)
_QUARTER_NUMERAL = re.compile(r"([一二三四])(?=季度)")
_QUARTERS = re.compile(r"第?([一二三四1-4])(?:季度)?[、和及]第?([一二三四1-4])季度")
_MONTHS = re.compile(r"(?<!\d)(1[0-2]|[1-9])[、和](?=(?:1[0-2]|[1-9])月)")
_ISO = re.compile(r"(?<![\d.])(20\d\d)[-./](1[0-2]|0?[1-9])(?:[-./](3[01]|[12]\d|0?[1-9]))?日?(?![\d.])")
_SHORT = re.compile(
    r"(?<![\d.年月])(1[0-2]|0?[1-9])\.(3[01]|[12]\d|0?[1-9])(?=日?(?:之|以)?前|$)|^(1[0-2]|0?[1-9])/(3[01]|[12]\d|0?[1-9])(?=前?$)"
)

_YEAR = r"(?:(?P<year{n}>20\d\d)年度?|(?P<other{n}>[今本当明次翌])年度?)"
_EXPRESSIONS = (
    # 2020-2024年, 2021年至2022年
    r"(?P<years>(?<!\d)20\d\d(?:年(?:底|末)?)?(?:-|至|到)(?P<last>20\d\d)年(?:底|末|度)?(?!\d{1,2}月|第?[1-4]季|[上下]半年))",
    # 2021年6月, 10月31日, 7-10月, 6月1日-15日
    rf"(?P<month>{_YEAR.format(n=1)}?(?:(?:1[0-2]|0?[1-9])(?:-|至|到))?(?P<m>1[0-2]|0?[1-9])月份?"
    r"(?:(?:(?:3[01]|[12]\d|0?[1-9])[日号]?(?:-|至|到))?(?P<d>3[01]|[12]\d|0?[1-9])(?:[日号]|(?=前))"
    r"|(?P<edge>月?底|末|上旬|中旬|下旬|初|中|内)?))",
    rf"(?P<quarter>{_YEAR.format(n=2)}?第?(?P<q>[1-4])季度(?:末|底|内)?(?P<qend>末|底)?)",
    rf"(?P<half>{_YEAR.format(n=3)}?(?P<h>[上下])半年(?:末|底|内)?)",
    r"(?P<end>(?:(?P<year4>20\d\d)|(?P<other4>[今本当明次翌]))?(?:年(?:年)?)?(?:年底|年末|年终|年度?内|年中|年初|全年|(?<!月)底(?=前|完)))",
    r"(?P<whole>(?P<year5>20\d\d)年度?)(?!\d{1,2}月)",
)
_BEFORE = r"(?:(?P<before>之前|以前|前)|(?P<after>之后|以后|后|起|开始))?"
_DATE = re.compile(rf"(?<!每)(?<!\d)(?:{'|'.join(_EXPRESSIONS)})(?:末|底)?{_BEFORE}")
_RANGE = re.compile(r"[日号]?(?:起|开始)?(?:-|至|到)")
_DASHES = re.compile(r"\s*[-–—―~～－〜]+\s*")


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text. One candidate is what it means, several are what it may mean, none: only a beginning or a
    time without a day. `closed`: said as a deadline (前, 底, 内), not only as a time."""

    start: int
    end: int
    written: str
    candidates: tuple[date, ...]
    closed: bool
    kind: str


def normalised(text: str) -> str:
    """Digits for Chinese numerals, one kind of dash, 年月日 for dates in digits; for reading, not for showing."""
    plain = _QUARTERS.sub(r"第\1季度、第\2季度", _DASHES.sub("-", text))
    plain = _ISO.sub(lambda m: f"{m[1]}年{int(m[2])}月" + (f"{int(m[3])}日" if m[3] else ""), plain)
    plain = _SHORT.sub(lambda m: f"{m[1] or m[3]}月{m[2] or m[4]}日", plain)
    plain = _MONTHS.sub(r"\1月、", plain)
    for pattern in (_NUMERAL, _TIMES, _QUARTER_NUMERAL):
        plain = pattern.sub(lambda m: str(number) if (number := to_int(m[0])) is not None else m[0], plain)
    return plain


def dates_in(text: str, year: int) -> Iterator[Found]:
    """The dates of a normalised text in their order. One without a year has that of the date before it in the text,
    else `year`. Of a range only the end is given."""
    current = year
    waiting: list[Found] = []
    for match in _DATE.finditer(text):
        said = next((match[f"year{n}"] for n in range(1, 6) if match[f"year{n}"]), None) or match["last"]
        other = next((match[f"other{n}"] for n in range(1, 5) if match[f"other{n}"]), None)
        current = int(said) if said else year + 1 if other in ("明", "次", "翌") else year if other else current
        found = _found(match, current)
        if (
            waiting
            and not _RANGE.fullmatch(text[waiting[-1].end : found.start])
            and not (waiting[-1].kind == "after" and _RANGE.fullmatch("起" + text[waiting[-1].end : found.start]))
        ):
            yield waiting.pop()
        waiting = [found]
    yield from waiting


def _found(match: re.Match[str], year: int) -> Found:
    before, after = bool(match["before"]), bool(match["after"])
    first, last, closed = _span(match, year)
    kind = "year" if match["whole"] else "date"
    if after:
        candidates: tuple[date, ...] = ()
        kind = "after"
    elif match["d"] and int(match["d"]) > last.day:
        candidates = (last, last + timedelta(days=1))  # 6月31日: there is no such day
        kind = "either"
    elif first is None:
        candidates = (last,)
        kind = "vague" if match["edge"] == "初" or (match["end"] or "").endswith(("年中", "年初")) else kind
    elif before:
        # 6月前 may leave June out or count it in; 10月中旬前 may mean its first or its last day.
        candidates = (first, last)
        kind = "either"
    else:
        candidates = (last,)
    return Found(match.start(), match.end(), match[0], candidates, closed or before, kind)


def _span(match: re.Match[str], year: int) -> tuple[date | None, date, bool]:
    """What 前 would mean if the span were left out (None where it is a day or an end), its last day, whether 底, 内 or
    a day closes it."""
    tail = match[0].removesuffix(match["before"] or match["after"] or "")
    ends = tail.endswith(("底", "末", "内"))
    if match["month"]:
        month = int(match["m"])
        last = month_end(year, month)
        if match["d"]:
            return None, date(year, month, min(int(match["d"]), last.day)), False
        if ends:
            return None, last, True
        edge = match["edge"]
        before_month = date(year, month, 1) - timedelta(days=1)
        if edge in ("上旬", "初"):
            return (before_month if edge == "上旬" else None), date(year, month, 10), False
        if edge == "中旬":
            return date(year, month, 10), date(year, month, 20), False
        if edge == "下旬":
            return date(year, month, 20), last, False
        return before_month, last, False
    if match["quarter"]:
        month = 3 * int(match["q"])
        start = date(year, month - 2, 1) - timedelta(days=1)
        return (None if ends else start), month_end(year, month), ends
    if match["half"]:
        half = match["h"] == "上"
        start = date(year - 1, 12, 31) if half else date(year, 6, 30)
        return (None if ends else start), date(year, 6, 30) if half else date(year, 12, 31), ends
    if match["end"]:
        day = date(year, 6, 30) if tail.endswith("年中") else date(year, 12, 31)
        return None, day, tail.endswith(("底", "末", "终", "内"))
    return (None if ends else date(year - 1, 12, 31)), date(year, 12, 31), ends


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """The same day some months later, the last of the month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = month_end(day.year + year, month + 1)
    return last.replace(day=min(day.day, last.day))
