"""Rosters as offices send them: good ones in every dress, bad ones refused in words that say what to do."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

import county
from bot.documents.roster import MAX_FILE, Roster, RosterError, RosterLine, read_roster

HEADER = "单位,姓名,账号,角色"
ROLES = "联络员、审核人、单位负责人、县办、县领导、审计"
ZHANG = RosterLine("新民镇", "张三", "zhangsan", "联络员", 2)
LI = RosterLine("县司法局", "李四", "lisi", "审核人", 3)
GOOD = f"{HEADER}\n新民镇,张三,zhangsan,联络员\n县司法局,李四,lisi,审核人\n"

Read = Callable[..., Roster]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a roster of these words or bytes, from a file of this name."""

    def reading(content: str | bytes, name: str = "people.csv") -> Roster:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_roster(path)

    return reading


@pytest.fixture
def problems(read: Read) -> Callable[..., tuple[str, ...]]:
    def refused(content: str | bytes, name: str = "people.csv") -> tuple[str, ...]:
        with pytest.raises(RosterError) as refusal:
            read(content, name)
        assert all("\n" not in problem for problem in refusal.value.problems)
        assert str(refusal.value).startswith(refusal.value.problems[0])
        return refusal.value.problems

    return refused


Problems = Callable[..., tuple[str, ...]]


def xlsx(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    """A workbook as openpyxl writes it: one sheet of these rows, or several by name."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, content in (sheets or {"名册": list(rows)}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


GOOD_ROWS = [line.split(",") for line in GOOD.splitlines()]
SHEET = "xl/worksheets/sheet1.xml"


def doctored(part: str, change: Callable[[bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """A good workbook with one part changed, or some added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(*GOOD_ROWS))) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for name in good.namelist():
            content = good.read(name)
            bad.writestr(name, change(content) if name == part else content)
        for name, content in (extra or {}).items():
            bad.writestr(name, content)
    return out.getvalue()


def unchanged(content: bytes) -> bytes:
    return content


# CSV


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_in_any_encoding_of_the_office(encoding: str, ending: str, read: Read) -> None:
    assert read(GOOD.replace("\n", ending).encode(encoding)).lines == (ZHANG, LI)


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
    assert problems(f"{HEADER}\n{'镇' * 101},{'张' * 101},{'a' * 65},{'联络员、' * 30}\n") == (
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


# what is wrong with files

NOT_A_TABLE = "这不是 CSV 或 XLSX 文件，请用表格软件另存为 .xlsx 或 CSV 后再试"
BROKEN = "这个 XLSX 文件已损坏，打不开，请用表格软件重新另存后再试"
TOO_BIG = "这个 XLSX 文件内容过多（可能有大片空白格式），请把四列内容复制到一个新表格后再试"
PASSWORD = "这个表格加了密码，请取消密码另存后再试"
MACROS = "这个表格带有宏，出于安全不读取，请另存为不带宏的 .xlsx 后再试"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def more_rows(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", xml + b"</sheetData>")


def after_rows(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", b"</sheetData>" + xml)


BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", NOT_A_TABLE),
    "text in UTF-16": (lambda: GOOD.encode("utf-16"), NOT_A_TABLE),
    "bytes of no encoding": (lambda: b"\xff\xfe\xfd,\x80", NOT_A_TABLE),
    "a zip of something else": (lambda: zipped(**{"word/document.xml": b"<a/>"}), NOT_A_TABLE),
    "an empty zip": (lambda: zipped(), NOT_A_TABLE),
    "an old workbook": (
        lambda: OLE + "Workbook".encode("utf-16-le"),
        "这是旧版 Office 文件（.xls），请另存为 .xlsx 或 CSV 后再试",
    ),
    "a workbook with a password": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "half a workbook": (lambda: xlsx(*GOOD_ROWS)[:-200], BROKEN),
    "macros": (lambda: doctored("", unchanged, {"xl/vbaProject.bin": b"\xd0\xcf"}), MACROS),
    "no manifest": (lambda: zipped(**{"xl/workbook.xml": b"<workbook/>"}), BROKEN),
    "a sheet that ends early": (lambda: doctored(SHEET, lambda content: content[:-30]), BROKEN),
    "a string that is not there": (lambda: doctored(SHEET, more_rows(b'<row><c t="s"><v>99</v></c></row>')), BROKEN),
    "a number that is none": (lambda: doctored(SHEET, more_rows(b'<row r="x"><c><v>1</v></c></row>')), BROKEN),
    "entities": (lambda: doctored(SHEET, lambda content: BOMB + content), BROKEN),
    "entities in the manifest": (lambda: doctored("[Content_Types].xml", lambda content: BOMB + content), BROKEN),
    "a zip bomb": (lambda: doctored("", unchanged, {"xl/media/image1.png": bytes(60_000_000)}), TOO_BIG),
    "a thousand parts": (lambda: doctored("", unchanged, {f"x/{n}": b"" for n in range(1000)}), TOO_BIG),
    "a million cells": (lambda: doctored(SHEET, more_rows(b"<row>" + b"<c/>" * 1_000_000 + b"</row>")), TOO_BIG),
    "a million rows": (lambda: doctored(SHEET, more_rows(b'<row ht="1"/>' * 1_000_000)), TOO_BIG),
    "a row far away": (lambda: doctored(SHEET, more_rows(b'<row r="2000000000"><c><v>1</v></c></row>')), TOO_BIG),
    "many attributes": (lambda: doctored(SHEET, more_rows(b'<row a="" b="" c="" d="" e="" f=""/>' * 80_000)), TOO_BIG),
    "many merged cells": (lambda: doctored(SHEET, after_rows(b'<mergeCell ref="A1:B1"/>' * 60_000)), TOO_BIG),
    "a long text": (lambda: doctored(SHEET, more_rows(b"<row><c><v>" + b"x" * 6_000_000 + b"</v></c></row>")), TOO_BIG),
    "a long attribute": (lambda: doctored(SHEET, more_rows(b'<row a="' + b"x" * 3_000_000 + b'"/>')), TOO_BIG),
    "a long comment": (lambda: doctored(SHEET, after_rows(b"<!--" + b"x" * 40_000_000 + b"-->")), TOO_BIG),
    "hidden in a picture": (
        lambda: doctored("", unchanged, {"xl/media/1.png": b"<a>" + b"<b/>" * 60_000 + b"</a>"}),
        TOO_BIG,
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read_is_one_line(case: str, problems: Problems) -> None:
    content, problem = FILES[case]
    assert problems(content(), "people.xlsx") == (problem,)


def test_a_workbook_that_may_hold_macros_is_refused_by_its_name(problems: Problems) -> None:
    assert problems(xlsx(*GOOD_ROWS), "people.XLSM") == (MACROS,)


def test_a_zip_with_a_password_is_refused_as_such(problems: Problems) -> None:
    content = bytearray(xlsx(*GOOD_ROWS))
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the flag "encrypted" of the first part in the directory
    assert problems(bytes(content)) == (PASSWORD,)


def test_a_directory_that_understates_its_parts_is_refused(problems: Problems) -> None:
    content = bytearray(doctored(SHEET, more_rows(b"<row/>" * 1000)))
    entry = content.index(SHEET.encode(), content.index(b"PK\x01\x02")) - 46
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")  # its size unpacked
    assert problems(bytes(content)) == (BROKEN,)


def test_a_packing_that_no_spreadsheet_uses_is_refused(problems: Problems) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(*GOOD_ROWS))) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_LZMA) as odd:
        for name in good.namelist():
            odd.writestr(name, good.read(name))
    assert problems(out.getvalue()) == (BROKEN,)


def test_a_file_that_is_too_large_is_refused_unread(problems: Problems, read: Read) -> None:
    (problem,) = problems(b" " * (MAX_FILE + 1))
    assert problem == "名册文件超过 5 MB，不像是名册，请只保留四列内容后再试"
    assert read(GOOD.encode() + b"\n" * (MAX_FILE - len(GOOD.encode()))).lines


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path / "none.csv", f"找不到名册文件 {tmp_path / 'none.csv'}"),
        (tmp_path, f"{tmp_path} 是文件夹，请写明名册文件"),
    ):
        with pytest.raises(RosterError) as refusal:
            read_roster(path)
        assert refusal.value.problems == (problem,)


PEAK = """
import sys
from pathlib import Path
from bot.documents.roster import RosterError, read_roster
try:
    read_roster(sys.argv[1])
except RosterError:
    pass
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""

# Each just below a limit, so that it is read to its end.
HEAVY: dict[str, Callable[[], bytes]] = {
    "cells": lambda: doctored(SHEET, more_rows(b"<row>" + b"<c/>" * 399_000 + b"</row>")),
    "objects": lambda: doctored(
        SHEET, after_rows(b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 49_000 + b"</mergeCells>")
    ),
    "styles": lambda: doctored(
        "xl/styles.xml", lambda content: content.replace(b"</fonts>", b"<font/>" * 49_000 + b"</fonts>")
    ),
    "theme": lambda: doctored("xl/theme/theme1.xml", lambda _: b" " * 49_000_000),
    "fields": lambda: b"ab," * (MAX_FILE // 3),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("case", HEAVY)
def test_no_file_takes_more_than_200_megabytes(case: str, tmp_path: Path) -> None:
    path = tmp_path / "heavy"
    path.write_bytes(HEAVY[case]())
    run = subprocess.run([sys.executable, "-c", PEAK, str(path)], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 200 * 1024  # KiB
