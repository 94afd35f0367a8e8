"""The draft bulletin (通报): what is late, what was reminded and when it arrived, what the unit said. Facts only.

Units stand in the order of the directory: nobody is ranked, nobody's speed is scored (rule 6). A person issues, numbers
and dates it; here stands nothing that only a person may decide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.texts.paper import Paper, Parts, chinese_day
from bot.texts.yearend import OFFICE

MARK = "代拟稿：由县政府办公室审定、编号、签发后印发"


@dataclass(frozen=True)
class Late:
    """One item that rule 5 proposes. `reminded`: days on which a reminder arrived at the unit; `said`: the unit's words
    with their day; `asked`: its last request, in words."""

    code: str
    title: str
    unit: str
    due: date
    days: int  # working days overdue
    reminded: tuple[date, ...]
    said: str = ""
    said_on: date | None = None
    asked: str = ""
    returned: str = ""  # why it was sent back, where it was


def bulletin(list_title: str, year: int, days: int, late: Sequence[Late], today: date) -> Paper:
    """`late` in the order of the directory; `days`: from how many working days on an item is proposed (rule 5)."""
    parts = Parts()
    if not late:
        parts.plain(f"截至{chinese_day(today)}，没有逾期{days}个工作日以上且提醒已经送达的事项。")
    else:
        units = len({one.unit for one in late})
        parts.plain(
            f"按照《{list_title}》要求，县政府办公室对任务落实情况进行了跟踪检查。截至{chinese_day(today)}，"
            f"{units}个单位的{len(late)}项任务逾期{days}个工作日以上，均已提醒并送达。现将有关情况通报如下。"
        )
        for unit, group in groupby(late, key=lambda one: one.unit):
            parts.part(unit)
            for number, one in enumerate(group, 1):
                _tell(parts, number, one)
        parts.plain("请以上单位抓紧办理，办结后通过督办平台报送。")
    return Paper(
        f"关于{year}年政务公开工作任务\n逾期未完成情况的通报", "各责任单位：", tuple(parts.body), OFFICE, None, MARK
    )


def _tell(parts: Parts, number: int, one: Late) -> None:
    parts.plain(f"{number}．{one.title}（任务{one.code}）。时限{chinese_day(one.due)}，逾期{one.days}个工作日。")
    parts.plain(f"提醒送达{len(one.reminded)}次：{'、'.join(_day(day) for day in one.reminded)}。")
    if one.returned:
        parts.plain(f"审核退回原因：{_end(one.returned)}")
    if one.asked:
        parts.plain(_end(one.asked))
    when = f"（{_day(one.said_on)}）" if one.said_on else ""
    parts.plain(f"单位说明{when}：{_end(one.said)}" if one.said else "单位没有在平台上作说明。")


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _end(words: str) -> str:
    text = " ".join(words.split())
    return text if text.endswith(("。", "！", "？", ".", "!", "?")) else f"{text}。"
