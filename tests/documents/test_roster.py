"""Rosters as offices send them: good ones in every dress, and bad lines refused in words that say what to do."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from rosters import (
    GOOD,
    GOOD_ROWS,
    HEADER,
    LI,
    ROLES,
    SHEET,
    ZHANG,
    Problems,
    Read,
    after_rows,
    doctored,
    more_rows,
    xlsx,
)

import county
from bot.documents.roster import RosterError, RosterLine, read_roster

# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_in_any_encoding_of_the_office(encoding: str, ending: str, read: Read) -> None:
    assert read(GOOD.replace("\n", ending).encode(encoding)).lines == (ZHANG, LI)


def test_quotes_around_the_cells_of_a_marked_file(read: Read) -> None:
    quoted = "\n".join('"' + line.replace(",", '","') + '"' for line in GOOD.splitlines())
    assert read(quoted.encode("utf-8-sig")).lines == (ZHANG, LI)


def test_a_rare_character_of_gb18030_in_a_name(read: Read) -> None:
    assert read(GOOD.replace("张三", "张㼆𠮷").encode("gb18030")).lines[0].name == "张㼆𠮷"


def test_columns_in_any_order_extra_ones_ignored_blank_lines_skipped(read: Read) -> None:
    roster = read(
        "备注,角色,账号,电话,姓名,单位\n"
        "\n"
        ",联络员, zhangsan ,13800000000,\u3000张三\u3000, 新民镇\u3000\n"
        ",,,,,\n"
        "只有备注,,,,,\n"
        "x,审核人,lisi\u200b,,李四,县司法局,多出来的一格\n"
    )
    assert roster.lines == (
        RosterLine("新民镇", "张三", "zhangsan", "联络员", 3),
        RosterLine("县司法局", "李四", "lisi", "审核人", 6),
    )


def test_blanks_that_only_align_a_name_are_not_part_of_it(read: Read) -> None:
    roster = read(
        "单 位,姓　名,账号,角色\n新 民 镇,王　伟,wangwei,联络员\n新民镇,王伟,wangwei,审核人\n新民镇,Tom  Li,t,审计\n"
    )
    assert [(line.unit, line.name) for line in roster.lines] == [("新民镇", "王伟")] * 2 + [("新民镇", "Tom Li")]


def test_a_title_above_the_header(read: Read) -> None:
    roster = read(f"垫江县督办人员名册,,,\n填表人：王尚文,,,\n{GOOD}")
    assert [(line.name, line.line_no) for line in roster.lines] == [("张三", 4), ("李四", 5)]


@pytest.mark.parametrize(
    "cell", ["联络员、审核人", '"联络员,审核人"', "联络员 / 审核人", "联络员；审核人、", '"联络员\n审核人"']
)
def test_several_roles_in_a_cell_are_several_lines(cell: str, read: Read) -> None:
    roster = read(f"{HEADER}\n新民镇,张三,zhangsan,{cell}\n")
    assert roster.lines == (ZHANG, RosterLine("新民镇", "张三", "zhangsan", "审核人", 2))


def test_repetitions_collapse_and_accounts_are_compared_without_case(read: Read) -> None:
    roster = read(
        f"{HEADER}\n"
        "新民镇,张三,ZhangSan,联络员\n"
        "新民镇,张三,zhangsan,联络员、联络员\n"
        "新民镇,张三,ZHANGSAN,审核人\n"
        "沙坪镇,张三,zhangsan,联络员\n"
    )
    assert roster.lines == (
        RosterLine("新民镇", "张三", "ZhangSan", "联络员", 2),
        RosterLine("新民镇", "张三", "ZhangSan", "审核人", 4),
        RosterLine("沙坪镇", "张三", "ZhangSan", "联络员", 5),
    )


def test_the_lines_of_a_cell_with_breaks_are_counted(problems: Problems) -> None:
    assert problems(f'{HEADER}\n"新民\n镇",张三,zhangsan,联络员\n新民镇,李四,lisi,队长\n')[0].startswith("第 4 行：")


def test_the_county_s_own_roster_is_read_whole() -> None:
    people = Path(county.__file__).parent / "dianjiang" / "people.csv"
    lines = read_roster(people).lines
    assert len(lines) == len(people.read_text(encoding="utf-8").splitlines()) - 1
    assert {line.role_label for line in lines} == set(ROLES.split("、"))


# XLSX


def test_xlsx_as_a_spreadsheet_writes_it(read: Read) -> None:
    assert read(xlsx(*GOOD_ROWS), "people.xlsx").lines == (ZHANG, LI)


def test_the_content_tells_the_format_and_not_the_name(read: Read) -> None:
    assert read(xlsx(*GOOD_ROWS), "people.csv").lines == read(GOOD, "people.xlsx").lines


def test_numbers_are_accounts_without_a_point(read: Read) -> None:
    roster = read(
        xlsx(
            ["账号", "单位", "姓名", "角色", "身份证"],
            [1001, "新民镇", "张三", "联络员", 511222199001010000],
            [13800000000.0, "新民镇", "李四", "联络员", None],
            ["007", "新民镇", "王五", "联络员", date(2021, 1, 1)],
        ),
    )
    assert [line.userid for line in roster.lines] == ["1001", "13800000000", "007"]


@pytest.mark.parametrize("stored", ["1001", "1001.0", "1.001E3", "1.001e+3"])
def test_numbers_are_accounts_however_they_are_stored(stored: str, read: Read) -> None:
    words = "".join(f'<c t="inlineStr"><is><t>{word}</t></is></c>' for word in ("新民镇", "王五"))
    row = f'<row r="4">{words}<c><v>{stored}</v></c><c t="inlineStr"><is><t>审计</t></is></c></row>'
    assert read(doctored(SHEET, more_rows(row.encode()))).lines[2] == RosterLine("新民镇", "王五", "1001", "审计", 4)


def test_what_openpyxl_only_warns_of_is_no_matter(read: Read) -> None:
    extension = (
        b'<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst>'  # a drop-down list, as Excel writes it
    )
    assert read(doctored(SHEET, after_rows(extension))).lines == (ZHANG, LI)


def test_an_account_the_spreadsheet_rounded_is_not_taken(problems: Problems) -> None:
    rounded = "被表格改成了科学计数，请把这一列设为文本格式后重填"
    sheet = xlsx(HEADER.split(","), ["新民镇", "张三", 1234567890123456789, "联络员"])
    assert problems(sheet) == (f"第 2 行：账号“1.23456789012346E+18”{rounded}",)
    assert problems(f"{HEADER}\n新民镇,张三,1.38E+10,联络员\n") == (f"第 2 行：账号“1.38E+10”{rounded}",)


def test_blank_rows_and_columns_of_a_sheet_do_not_matter(read: Read) -> None:
    rows = [[], [None, *GOOD_ROWS[0]], [], [None, *GOOD_ROWS[1]], [" ", "\u3000"], [None, *GOOD_ROWS[2], "备注"]]
    assert [line.line_no for line in read(xlsx(*rows)).lines] == [4, 6]


def test_the_sheet_with_the_columns_is_found(read: Read, problems: Problems) -> None:
    notes = [["填写说明"], ["一人一行"]]
    assert read(xlsx(说明=notes, 空表=[], 名册=GOOD_ROWS)).lines == (ZHANG, LI)
    assert problems(xlsx(说明=notes))[0].startswith("缺少列：单位、姓名、账号、角色")


def test_a_hidden_sheet_is_not_read(read: Read, tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.worksheets[0]
    hidden.sheet_state = "hidden"
    hidden.append(GOOD_ROWS[0])
    hidden.append(["旧单位", "旧人", "old", "联络员"])
    visible = book.create_sheet("名册")
    for row in GOOD_ROWS:
        visible.append(row)
    book.active = visible
    book.save(tmp_path / "two.xlsx")
    assert read_roster(str(tmp_path / "two.xlsx")).lines == (ZHANG, LI)


# what is wrong with lines


def test_everything_wrong_is_told_at_once(problems: Problems) -> None:
    assert problems(
        f"{HEADER}\n"
        "新民镇,张三,zhangsan,联络员\n"
        "新民镇,李四,,联络员\n"
        ",王五,wangwu,\n"
        "新民镇,赵六,ZhangSan,队长、审核人、A角\n"
        "新民镇,,nobody,联络员\n"
    ) == (
        "第 3 行：账号为空",
        "第 4 行：单位为空",
        "第 4 行：角色为空",
        f"第 5 行：角色“队长”不认识，只能填 {ROLES}",
        f"第 5 行：角色“A角”不认识，只能填 {ROLES}",
        "第 5 行：账号“zhangsan”在第 2 行是“张三”，这里是“赵六”",
        "第 6 行：姓名为空",
    )


def test_the_error_names_the_first_problem_and_counts_the_rest(read: Read) -> None:
    with pytest.raises(RosterError, match=r"^第 2 行：单位为空（共 2 处问题）$"):
        read(f"{HEADER}\n,张三,zhangsan,联络员\n,李四,lisi,联络员\n")


@pytest.mark.parametrize("account", ["@all", "zhang|li", "zhang san", "张\u3000三", "#N/A", "a\u202eb"])
def test_an_account_that_would_address_others_or_nobody(account: str, problems: Problems) -> None:
    (problem,) = problems(f"{HEADER}\n新民镇,张三,{account},联络员\n")
    assert problem.startswith("第 2 行：账号“")
    assert problem.endswith("不能用：不能有空格、竖线或看不见的字符，不能以 @ 或 # 开头")


def test_lengths_nobody_means(problems: Problems, read: Read) -> None:
    assert read(f"{HEADER}\n{'镇' * 100},{'张' * 100},{'a' * 64},联络员\n").lines
    assert problems(f"{HEADER}\n{'镇' * 101},{'张' * 101},{'a' * 65},{'队长、' * 40}\n") == (
        "第 2 行：单位超过 100 个字",
        "第 2 行：姓名超过 100 个字",
        "第 2 行：角色超过 100 个字",
        "第 2 行：账号“aaaaaaaaaaaaaaaaaaaa…”过长，最多 64 字节",
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("姓名,账号\n张三,zs\n", "缺少列：单位、角色。表头应有 单位、姓名、账号、角色 四列"),
        ("新民镇,张三,zs,联络员\n", "缺少列：单位、姓名、账号、角色。表头应有 单位、姓名、账号、角色 四列"),
        ("单位，姓名，账号，角色\n", "缺少列：单位、姓名、账号、角色。表头应有 单位、姓名、账号、角色 四列"),
        ("单位,姓名,账号,角色,姓名\n", "第 1 行：列 姓名 出现了不止一次"),
        (f"{HEADER}\n,,,\n", "名册里没有人：表头下面没有内容"),
        ("", "名册是空的"),
        ("\ufeff\n \n,,\n", "名册是空的"),
        (
            f'{HEADER}\n新民镇,张三,zs,联络员\n"新民镇,李四,ls,联络员\n新民镇,王五,ww,审计\n',
            "第 3 行：引号没有配对，或一格内容过长",
        ),
        (f"{HEADER}\n{'x' * 200_000}\n", "第 2 行：引号没有配对，或一格内容过长"),
        (HEADER + "\n新民镇,张三,zs,联络员" * 10_000, "名册超过 10000 行，不像是名册，请核对文件"),
    ],
)
def test_a_csv_that_is_no_roster(content: str, problem: str, problems: Problems) -> None:
    assert problems(content) == (problem,)
