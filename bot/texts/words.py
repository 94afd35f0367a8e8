"""The small words every message is made of."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from bot.domain.calendar import local

TITLE = 26  # characters of a title where several stand in one message


def short(title: str, limit: int = TITLE) -> str:
    """A title that fits a list; cut on a character with an ellipsis."""
    return title if len(title) <= limit else title[: limit - 1] + "…"


def day(value: date) -> str:
    return f"{value.year}-{value.month:02d}-{value.day:02d}"


def moment(value: datetime) -> str:
    return local(value).strftime("%Y-%m-%d %H:%M")


def clock(value: datetime) -> str:
    here = local(value)
    return f"{here.month}月{here.day}日 {here:%H:%M}"


def names(values: Iterable[str], most: int = 6, counted: str = "个") -> str:
    """新民镇、澄溪镇 等 5 个: the first few, and how many there are."""
    listed = list(values)
    if len(listed) <= most:
        return "、".join(listed)
    return "、".join(listed[:most]) + f" 等 {len(listed)} {counted}"


SCREEN = 15  # lines of one answer that a phone shows without scrolling


def bullet_list(lines: Sequence[str], most: int = SCREEN) -> str:
    """One a line; the rest counted."""
    shown = list(lines[:most])
    if len(lines) > most:
        shown.append(f"……另有 {len(lines) - most} 项")
    return "\n".join(shown)


NEAR = 15  # working days; what is further away is told by its date alone


def time_left(days_left: int, days_late: int) -> str:
    """还有 4 个工作日 / 今天到期 / 逾期 3 个工作日; a far deadline needs no more than its date."""
    if days_late > 0:
        return f"逾期 {days_late} 个工作日"
    if days_left <= 0:
        return "今天到期"
    return f"还有 {days_left} 个工作日" if days_left <= NEAR else "时间充裕"


_NO_MARKUP = str.maketrans("<>", "＜＞")


def without_markup(text: str) -> str:
    """The platform shows <a href> in a text as a link: nobody's words may become one on somebody else's phone."""
    return text.translate(_NO_MARKUP)
