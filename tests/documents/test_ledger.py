"""The ledger's files, opened again the way people and scripts open them."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import pytest
from ledgers import LINK, MADE_AT, ROW, UNRESOLVED
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.documents.ledger import COLUMNS, LedgerRow, code_key, write_csv, write_json
from bot.documents.sheets import MAX_CELL
from bot.documents.workbook import write_xlsx
from bot.domain.states import Light

CONTRACT = (
    "编号 部分 方面 具体事项 牵头单位 责任单位 办结时限 状态 灯 签收时间 提交时间 销号时间 延期次数 佐证 退回原因"
)


def workbook(rows: Iterable[LedgerRow]) -> Workbook:
    out = io.BytesIO()
    write_xlsx(out, rows, "垫江县2021年政务公开任务台账", MADE_AT)
    return load_workbook(out)


def table(sheet: Worksheet) -> list[dict[str, Any]]:
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def of_rows(book: Workbook) -> list[Worksheet]:
    """The sheets with the contract's columns."""
    return [sheet for sheet in book.worksheets if sheet.title not in ("汇总", "一览")]


def csv_rows(rows: Iterable[LedgerRow]) -> list[dict[str, str]]:
    out = io.BytesIO()
    write_csv(out, rows)
    return list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))


def json_rows(rows: Iterable[LedgerRow]) -> Any:
    out = io.BytesIO()
    write_json(out, rows)
    return json.loads(out.getvalue())


def test_the_columns_are_those_of_the_contract() -> None:
    assert list(COLUMNS) == CONTRACT.split()
    assert [*COLUMNS.values(), "node_title", "history"] == [field.name for field in fields(LedgerRow)]
    assert list(csv_rows([ROW])[0]) == CONTRACT.split()
    assert list(json_rows([ROW])[0]) == [*CONTRACT.split(), "节点", "记录"]
    assert [list(row) for row in table(workbook([ROW])["台账"])] == [CONTRACT.split()]
    assert workbook([ROW]).sheetnames[0] == "台账"  # a script that takes the first sheet finds the rows


def test_codes_sort_as_people_count() -> None:
    assert sorted(["31-2", "10", "32", "2", "31-1", "31-10", "31"], key=code_key) == [
        "2",
        "10",
        "31",
        "31-1",
        "31-2",
        "31-10",
        "32",
    ]
    with pytest.raises(ValueError, match="三"):
        code_key("三")


# json


def test_json_tells_everything_in_the_time_of_the_county() -> None:
    assert json_rows([ROW]) == [
        {
            "编号": "31-1",
            "部分": "三、紧扣强基础抓基层深化政务公开",
            "方面": "(一)做好政务信息管理工作",
            "具体事项": "更新县政府门户网站“履职依据”中“行政法规”“市政府规章”文本",
            "牵头单位": "县政府办公室、县司法局",
            "责任单位": "新民镇",
            "办结时限": "2021-06-30",
            "状态": "已退回",
            "灯": "红",
            "签收时间": "2021-11-03T00:30:59+08:00",
            "提交时间": "2021-11-03T09:00:00+08:00",
            "销号时间": None,
            "延期次数": 2,
            "佐证": f"{LINK}\n截图.png",
            "退回原因": "链接打不开",
            "节点": "行政法规文本",
            "记录": [
                {"时间": "2021-11-03T00:30:59+08:00", "人员": "张三", "动作": "签收", "内容": "收到"},
                {
                    "时间": "2021-11-03T10:00:00+08:00",
                    "人员": "李四",
                    "动作": "退回",
                    "内容": "链接打不开，\n请“重报”",
                },
            ],
        }
    ]


def test_json_is_one_array_for_none_one_and_many_and_reads_as_chinese() -> None:
    assert json_rows([]) == []
    assert [row["编号"] for row in json_rows([ROW, UNRESOLVED])] == ["31-1", "13"]
    assert json_rows([UNRESOLVED])[0]["责任单位"] == ""
    out = io.BytesIO()
    write_json(out, [ROW])
    assert "新民镇".encode() in out.getvalue()


# csv


def test_csv_opens_in_excel_and_in_scripts() -> None:
    out = io.BytesIO()
    write_csv(out, [ROW, UNRESOLVED])
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    assert out.getvalue().count(b"\r\n") == 3
    first, second = csv_rows([ROW, UNRESOLVED])
    assert first["办结时限"] == "2021-06-30"
    assert first["签收时间"] == "2021-11-03T00:30:59+08:00"
    assert first["佐证"] == f"{LINK}\n截图.png"
    assert first["延期次数"] == "2"
    assert (second["责任单位"], second["签收时间"], second["状态"]) == ("", "", "待明确")


FORMULAS = ["=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x","y")']


@pytest.mark.parametrize("words", FORMULAS)
def test_words_of_the_chat_never_run_as_a_formula(words: str) -> None:
    row = replace(ROW, return_reason=words)
    assert csv_rows([row])[0]["退回原因"] == "'" + words
    cell = workbook([row])["台账"]["O2"]
    assert cell.data_type == "s"
    assert cell.value == words.replace("\r", "\n")  # XML knows no bare carriage return
    assert json_rows([row])[0]["退回原因"] == words


def test_words_of_the_chat_are_no_markup_and_no_link() -> None:
    rich = "<r><t>甲</t></r>"
    sheet = workbook([replace(ROW, return_reason=rich, evidence=("http://a.gov.cn/",))])["台账"]
    assert sheet["O2"].value == "＜" + rich[1:]
    assert sheet["N2"].value == "http://a.gov.cn/" and sheet["N2"].hyperlink is None


def test_a_dash_is_no_formula() -> None:
    assert csv_rows([replace(ROW, unit="—————")])[0]["责任单位"] == "—————"


# xlsx


def test_xlsx_keeps_dates_as_dates_and_codes_as_words() -> None:
    sheet = workbook([ROW, replace(ROW, code="12"), UNRESOLVED])["台账"]
    row, twelve, unresolved = table(sheet)
    assert row["办结时限"] == datetime(2021, 6, 30)  # noqa: DTZ001 - a cell has no zone
    assert sheet["G2"].number_format == "yyyy-mm-dd"
    assert f"{row['签收时间']:%Y-%m-%d %H:%M:%S}".startswith("2021-11-03 00:30:")
    assert sheet["J2"].number_format == "yyyy-mm-dd hh:mm"
    assert (row["编号"], twelve["编号"]) == ("31-1", "12")
    assert row["延期次数"] == 2
    assert row["牵头单位"] == "县政府办公室、县司法局"
    assert row["佐证"] == f"{LINK}\n截图.png"
    assert (unresolved["责任单位"], unresolved["签收时间"], unresolved["状态"]) == (None, None, "待明确")


def test_each_lead_unit_has_a_sheet_with_its_rows() -> None:
    rows = [
        ROW,
        replace(ROW, code="32", leads=("县司法局",)),
        replace(ROW, code="33", leads=("县司法局", "县司法局")),
        UNRESOLVED,
    ]
    book = workbook(rows)
    assert book.sheetnames == ["台账", "汇总", "一览", "县政府办公室", "县司法局"]
    codes = {sheet.title: [row["编号"] for row in table(sheet)] for sheet in of_rows(book)}
    assert codes == {"台账": ["31-1", "32", "33", "13"], "县政府办公室": ["31-1"], "县司法局": ["31-1", "32", "33"]}
    assert table(book["县司法局"])[0] == table(book["台账"])[0]


def test_every_sheet_is_ready_to_read_and_to_print() -> None:
    for sheet in of_rows(workbook([ROW, UNRESOLVED, replace(ROW, code="32")])):
        last = sheet.max_row
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == f"A1:O{last}"
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (8, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # one is the format's own
        assert sheet.print_title_rows == "$1:$1"
        assert int(sheet.column_dimensions["D"].width) == 30  # and what Excel adds for the margins
        assert int(sheet.column_dimensions["I"].width) == 5
        assert sheet["D2"].alignment.wrap_text
        assert sheet["A1"].font.bold
        assert not sheet["A2"].font.bold
        assert not sheet.merged_cells.ranges  # a filter takes a merged cell for empty but in its first row
        assert sheet.oddHeader.center.text.strip().startswith("垫江县2021年政务公开任务台账")
        assert sheet.oddFooter.left.text == "制表时间 2021-12-31 16:05"


def test_each_light_has_its_colour_and_no_other_cell_has_one() -> None:
    rows = [replace(ROW, code=str(number), light=light.value) for number, light in enumerate(Light, 1)]
    sheet = workbook([*rows, *rows])["台账"]
    colours = {sheet.cell(row, 9).value: sheet.cell(row, 9).fill.fgColor.rgb for row in range(2, 7)}
    assert colours == {"绿": "FFC6EFCE", "黄": "FFFFEB9C", "红": "FFFFC7CE", "蓝": "FFBDD7EE", "灰": "FFD9D9D9"}
    assert [sheet.cell(row, 9).fill.fgColor.rgb for row in range(7, 12)] == list(colours.values())
    assert sheet["H2"].fill.fill_type is None


def test_characters_no_file_can_hold_are_shown_as_such() -> None:
    row = replace(ROW, item="规划\x0b纲要\x00\ud83d\uffff😀", history=())
    assert table(workbook([row])["台账"])[0]["具体事项"] == "规划\ufffd纲要\ufffd\ufffd\ufffd😀"
    assert csv_rows([row])[0]["具体事项"] == "规划\ufffd纲要\ufffd\ufffd\ufffd😀"
    assert json_rows([row])[0]["具体事项"] == "规划\x0b纲要\x00?\uffff😀"


def test_words_that_look_like_an_escape_are_escaped_for_excel() -> None:
    row = replace(ROW, evidence=("http://a.gov.cn/t_x2021_1.html", "t_x20211102_1.html"))
    assert table(workbook([row])["台账"])[0]["佐证"] == "http://a.gov.cn/t_x005F_x2021_1.html\nt_x20211102_1.html"


@pytest.mark.parametrize(("char", "count"), [("字", 40_000), ("😀", 20_000)])
def test_a_text_no_cell_can_hold_is_cut_and_says_so(char: str, count: int) -> None:
    value = table(workbook([replace(ROW, return_reason=char * count)])["台账"])[0]["退回原因"]
    assert MAX_CELL - 1 <= len(value.encode("utf-16-le")) // 2 <= MAX_CELL
    assert value.endswith(char + "…（内容过长，已截断）")
    whole = table(workbook([replace(ROW, return_reason="字" * MAX_CELL)])["台账"])[0]["退回原因"]
    assert whole == "字" * MAX_CELL


def test_sheet_names_are_ones_excel_accepts() -> None:
    long = "县委宣传部" * 8
    leads = (
        "县委/宣传部[新闻办]:*?\\",
        long + "甲",
        long + "乙",
        "台账",
        "History",
        "'办公室'",
        "",
        "ABC",
        "abc",
        "A\x01B\nC",
    )
    names = workbook([replace(ROW, leads=leads)]).sheetnames
    assert names == [
        "台账",
        "汇总",
        "一览",
        "县委_宣传部_新闻办_____",
        long[:31],
        long[:28] + "(2)",
        "台账(2)",
        "History(2)",
        "_办公室_",
        "未写明",
        "ABC",
        "abc(2)",
        "A_B_C",
    ]


def test_a_title_with_codes_of_its_own_stays_a_title() -> None:
    out = io.BytesIO()
    write_xlsx(out, [ROW], "&P R&D " + "很长" * 300, MADE_AT)
    heading = load_workbook(out)["台账"].oddHeader.center.text.strip()
    assert heading.startswith("＆P R＆D 很长")
    assert len(heading) == 180


def test_the_file_says_when_it_was_made_by_the_clock_it_was_given() -> None:
    properties = workbook([ROW]).properties
    assert properties.created == properties.modified == MADE_AT.replace(tzinfo=None)
    assert properties.title == "垫江县2021年政务公开任务台账"


def test_no_rows_make_a_ledger_with_a_header() -> None:
    book = workbook([])
    assert book.sheetnames == ["台账", "汇总", "一览"]
    assert table(book["台账"]) == []
    assert csv_rows([]) == []


# what it adds up to


def test_the_summary_counts_by_state_light_and_lead_and_draws_it() -> None:
    closed = replace(ROW, code="32", leads=("县司法局",), state="已销号", light="蓝")
    book = workbook([ROW, closed, replace(closed, code="33"), UNRESOLVED])
    sheet = book["汇总"]
    cells = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    for line in (["已退回", 1], ["已销号", 2], ["待明确", 1], ["蓝（已销号）", 2], ["红（逾期）", 1], ["合计", 4]):
        assert line in cells
    start = next(number for number, row in enumerate(cells) if row and row[0] == "牵头单位")
    lines = list(sheet.iter_rows(min_row=start + 2, values_only=True))
    by_lead = {row[0]: dict(zip(cells[start], row, strict=False)) for row in lines if row[0]}
    assert by_lead["县司法局"] == by_lead["县司法局"] | {"合计": 3, "红灯": 1, "蓝灯": 2, "已销号": 2, "已退回": 1}
    assert by_lead["县政府办公室"] == by_lead["县政府办公室"] | {"合计": 1, "红灯": 1, "蓝灯": None}
    assert list(by_lead)[:3] == ["县政府办公室", "县司法局", "合计"]  # in the list's order: nobody is ranked
    assert len(sheet._charts) == 2  # type: ignore[attr-defined]  # openpyxl keeps them under no public name


def test_the_overview_has_one_line_an_item_with_parts_merged_as_in_the_notice() -> None:
    other = replace(ROW, unit="高峰镇", state="已销号", light="蓝")
    sheet = workbook([ROW, other, replace(ROW, code="31-2", part=ROW.part, aspect="(二)"), UNRESOLVED])["一览"]
    lines = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[2]]
    assert [(row[2], *row[6:]) for row in lines] == [
        ("31-1", 2, 1, 0, 1, 1, 0, "新民镇"),
        ("31-2", 1, 0, 0, 1, 1, 0, "新民镇"),
        ("13", 0, 0, 0, 0, 0, 0, "（责任单位待明确）"),
    ]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:M1", "A2:M2", "A4:A5"}
    assert sheet.print_title_rows == "$3:$3"
