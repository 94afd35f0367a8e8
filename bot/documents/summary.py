"""汇总 and 一览: what the ledger adds up to, as tables with charts, and item by item in the notice's own order.

These two sheets are read and printed, not filtered: here cells are merged as in the notice (docs/decisions/0026). Lead
units stand in the order of the list; nobody is ranked (rule 6).
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.documents.sheets import BODY, FILLS, GRID, HEAD, TITLE, lay_out, merge, put, row_height
from bot.documents.tally import LIGHTS, STATES, Counts, OneItem, Tally

_MEANS = {"绿": "进度正常", "黄": "临近时限", "红": "逾期", "蓝": "已销号", "灰": "不涉及、中止、撤销、待明确"}
_LEAD_COLUMNS = ("牵头单位", "合计", *(f"{light}灯" for light in LIGHTS), *STATES)
_SUMMARY_WIDTHS = (26, *([8.5] * (len(_LEAD_COLUMNS) - 1)), 3, *([9] * 9))
_CHART_AT = len(_LEAD_COLUMNS) + 1  # column
_BY_STATE = 3  # row of the table's header
_BY_LIGHT = _BY_STATE + len(STATES) + 4
_BY_LEAD = _BY_LIGHT + len(LIGHTS) + 3
_NOTE = "一项有几个牵头单位的，在每个牵头单位各计一次；合计按项计。"
# A chart's colours are read from further away than a cell's.
_CHART_FILLS = {"绿": "#70AD47", "黄": "#FFC000", "红": "#E15759", "蓝": "#5B9BD5", "灰": "#A5A5A5"}

_OVERVIEW = (
    *("部分", "方面", "编号", "具体事项", "牵头单位", "办结时限"),
    *("单位数", "已销号", "待审核", "未完成", "逾期", "不涉及等", "未完成单位"),
)
_OVERVIEW_WIDTHS = (20, 20, 7, 40, 26, 12, 8, 8, 8, 8, 8, 9, 60)
_NUMBERS = frozenset(range(6, 12))


class _Looks:
    """The formats of one workbook's counting sheets."""

    def __init__(self, book: Any) -> None:
        def look(**more: str | int) -> Any:
            return book.add_format({**BODY, **GRID, **more})

        self.title = book.add_format({**BODY, **TITLE})
        self.note = book.add_format({**BODY, "align": "center", "text_wrap": 0})
        self.small = book.add_format({**BODY, "text_wrap": 0})
        self.head = look(**HEAD, align="center")
        self.words = look(align="left")
        self.middle = look(align="center")
        self.day = look(align="center", num_format="yyyy-mm-dd")
        self.number = look(align="center")
        self.total = look(align="center", bold=1)
        self.lights = {light: look(align="center", bg_color=fill) for light, fill in FILLS.items()}


def write_summary(book: Any, sheet: Any, tally: Tally, title: str, made_at: datetime) -> None:
    """Counts by state, by light and by lead unit, each light in its colour, with two charts."""
    looks = _Looks(book)
    lay_out(sheet, f"{title}汇总", made_at, _SUMMARY_WIDTHS)
    sheet.set_header("")  # the title stands on the sheet itself
    _head(sheet, looks, f"{title}汇总", made_at, len(_SUMMARY_WIDTHS))
    _counts(sheet, looks, _BY_STATE, "状态", [(state, tally.whole.states[state], looks.middle) for state in STATES])
    _counts(
        sheet,
        looks,
        _BY_LIGHT,
        "灯",
        [(f"{light}（{_MEANS[light]}）", tally.whole.lights[light], looks.lights[light]) for light in LIGHTS],
    )
    _leads(sheet, looks, tally)
    _state_chart(book, sheet)
    if tally.leads:
        _lead_chart(book, sheet, len(tally.leads))


def _head(sheet: Any, looks: _Looks, title: str, made_at: datetime, columns: int) -> None:
    sheet.set_row(0, 36)
    put(sheet, 0, 0, title, looks.title)
    when = f"制表时间：{made_at.year}年{made_at.month}月{made_at.day}日 {made_at:%H:%M}　　单位：项"
    put(sheet, 1, 0, when, looks.note)
    for row in (0, 1):
        merge(sheet, row, 0, row, columns - 1)


def _counts(sheet: Any, looks: _Looks, first: int, what: str, counts: list[tuple[str, int, Any]]) -> None:
    for column, words in enumerate((what, "项数")):
        put(sheet, first, column, words, looks.head)
    for row, (words, count, look) in enumerate(counts, first + 1):
        put(sheet, row, 0, words, look)
        put(sheet, row, 1, count, looks.number)
    row = first + len(counts) + 1
    put(sheet, row, 0, "合计", looks.total)
    put(sheet, row, 1, sum(count for _, count, _ in counts), looks.total)


def _leads(sheet: Any, looks: _Looks, tally: Tally) -> None:
    for column, words in enumerate(_LEAD_COLUMNS):
        look = looks.lights[words[0]] if words[0] in FILLS and words.endswith("灯") else looks.head
        put(sheet, _BY_LEAD, column, words, look)
    row = _BY_LEAD
    for row, (lead, counts) in enumerate(tally.leads.items(), _BY_LEAD + 1):
        put(sheet, row, 0, lead, looks.words)
        for column, number in enumerate(_numbers(counts), 1):
            put(sheet, row, column, number or None, looks.number)
    row += 1
    put(sheet, row, 0, "合计", looks.total)
    for column, number in enumerate(_numbers(tally.whole), 1):
        put(sheet, row, column, number, looks.total)
    put(sheet, row + 1, 0, _NOTE, looks.small)


def _numbers(counts: Counts) -> Iterator[int]:
    yield counts.total
    yield from (counts.lights[light] for light in LIGHTS)
    yield from (counts.states[state] for state in STATES)


def _state_chart(book: Any, sheet: Any) -> None:
    chart = book.add_chart({"type": "column"})
    first, last = _BY_STATE + 1, _BY_STATE + len(STATES)
    chart.add_series(
        {
            "name": "项数",
            "categories": [sheet.name, first, 0, last, 0],
            "values": [sheet.name, first, 1, last, 1],
            "data_labels": {"value": True},
            "fill": {"color": "#44546A"},
            "gap": 60,
        }
    )
    chart.set_title({"name": "各状态项数", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 1000, "height": 390})
    sheet.insert_chart(_BY_STATE, 3, chart, {"x_offset": 10})


def _lead_chart(book: Any, sheet: Any, leads: int) -> None:
    chart = book.add_chart({"type": "bar", "subtype": "stacked"})
    first, last = _BY_LEAD + 1, _BY_LEAD + leads
    for place, light in enumerate(LIGHTS):
        chart.add_series(
            {
                "name": f"{light}（{_MEANS[light]}）",
                "categories": [sheet.name, first, 0, last, 0],
                "values": [sheet.name, first, 2 + place, last, 2 + place],
                "fill": {"color": _CHART_FILLS[light]},
                "gap": 40,
            }
        )
    chart.set_title({"name": "各牵头单位事项的灯", "name_font": {"size": 12}})
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"size": 8}})
    chart.set_x_axis({"major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}, "num_font": {"size": 8}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 620, "height": max(360, 24 * leads + 110)})
    sheet.insert_chart(_BY_LEAD, _CHART_AT, chart)


def write_overview(book: Any, sheet: Any, tally: Tally, title: str, made_at: datetime) -> None:
    """One line an item, in the notice's order, with parts and aspects merged."""
    looks = _Looks(book)
    lay_out(sheet, f"{title}一览", made_at, _OVERVIEW_WIDTHS)
    sheet.set_header("")
    _head(sheet, looks, f"{title}一览", made_at, len(_OVERVIEW))
    for column, words in enumerate(_OVERVIEW):
        put(sheet, 2, column, words, looks.head)
    items = list(tally.items.items())
    for row, (code, one) in enumerate(items, 3):
        line = _line(code, one)
        sheet.set_row(row, row_height((str(value), width) for value, width in zip(line, _OVERVIEW_WIDTHS, strict=True)))
        for column, value in enumerate(line):
            look = looks.day if column == 5 else looks.middle if column == 2 or column in _NUMBERS else looks.words
            put(sheet, row, column, value, looks.lights["红"] if column == 10 and value else look)
    _merge(sheet, items, 0, lambda one: one.part)
    _merge(sheet, items, 1, lambda one: (one.part, one.aspect))
    sheet.freeze_panes(3, 0)
    sheet.repeat_rows(2)


def _line(code: str, one: OneItem) -> list[Any]:
    counts, owing = one.counts, one.owing
    units = "全部" if len(owing) == counts.total > 1 else "、".join(owing)
    if counts.states["待明确"] == counts.total:
        units = "（责任单位待明确）"
    return [
        *(one.part, one.aspect, code, one.item, "、".join(one.leads), one.due),
        *(counts.total - counts.states["待明确"], counts.states["已销号"], counts.states["待审核"], len(owing)),
        *(counts.lights["红"], counts.nobodys, units),
    ]


def _merge(sheet: Any, items: list[tuple[str, OneItem]], column: int, same: Callable[[OneItem], object]) -> None:
    """Runs of equal cells become one."""
    row = 3
    for _, run in groupby(items, key=lambda entry: same(entry[1])):
        last = row + len(list(run)) - 1
        merge(sheet, row, column, last, column)
        row = last + 1
