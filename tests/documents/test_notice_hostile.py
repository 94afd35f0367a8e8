"""Files that are no notices, broken, locked, or made to exhaust the machine: one line each, and little memory."""

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from notices import county_directory, docx, page, text, xlsx

from bot.documents.notice import NoticeError, read_notice

NO_NOTICE = "没有找到任务清单：需要一张带“工作任务、责任单位”等表头的表格，或写明“责任单位：…”的条文"
EMPTY_LIST = "清单是空的：表头下面没有内容，请核对文件"
EMPTY = "文件是空的，请核对后再试"
BROKEN = "这个文件已损坏，打不开，请用 Word 或表格软件重新另存为 .docx 或 .xlsx 后再试"
TOO_MUCH = "文件内容过多，不像是通知，请只保留正文和清单后再试"
TOO_LARGE = "文件超过 20 MB，不像是通知，请只保留正文和清单后再试"
MACROS = "这个文件带有宏，出于安全不读取，请另存为不带宏的 .docx 或 .xlsx 后再试"
PASSWORD = "这个文件加了密码，请取消密码另存后再试"
OLD = "这是旧版 Office 或 WPS 文件（.doc、.xls、.wps、.et），请用 Word 另存为 .docx（表格另存为 .xlsx）后再试"
UNKNOWN = "不认识这种文件，请另存为 .docx、.xlsx、网页（.html）或纯文本（.txt）后再试"
PDF = "PDF 里的表格读不准，请向发文单位要 Word 原稿，或用 Word、WPS 打开后另存为 .docx 再试"
NO_YEAR = "看不出是哪一年的清单，请在标题里写明年份，或用 --year 指定"

HEADER = ["序号", "工作任务", "牵头单位", "责任单位", "完成时限"]
GOOD = [HEADER, ["1", "公开目录", "县政府办公室", "县政府各部门", "6月底前"]]
TITLE = "某县2022年政务公开任务清单"
WORD = "word/document.xml"
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
BOMB = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


def doctored(good: bytes, part: str, change: Callable[[bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """A good file with one part changed, or some added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def in_body(xml: bytes) -> bytes:
    return doctored(docx(TITLE, GOOD), WORD, lambda content: content.replace(b"</w:body>", xml + b"</w:body>"))


def in_sheet(xml: bytes, before: bytes = b"</sheetData>") -> bytes:
    return doctored(xlsx([[TITLE], *GOOD]), SHEET, lambda content: content.replace(before, xml + before))


def novel() -> bytes:
    return docx("第一章 缘起\n" + "话说天下大势，分久必合，合久必分。由他牵头，众人负责粮草。\n" * 200)


FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("a.docx", lambda: b"", EMPTY),
    "blanks": ("a.txt", lambda: b" \r\n\t\n" * 50, EMPTY),
    "a picture": ("a.jpg", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 9, UNKNOWN),
    "a novel": ("a.docx", novel, NO_NOTICE),
    "a novel as text": ("a.txt", lambda: "却说曹操引兵追赶，各部将领分头负责。\n".encode() * 500, NO_NOTICE),
    "marks of pupils": (
        "a.xlsx",
        lambda: xlsx([["姓名", "语文", "数学"], ["张三", "99", "98"]]),
        NO_NOTICE,
    ),
    "who is on duty": (
        "a.docx",
        lambda: docx("2022年值班表", [["日期", "值班人员", "联系电话"], ["5月1日", "张三", "74612345"]]),
        NO_NOTICE,
    ),
    "goods": ("a.html", lambda: page([["品名", "数量", "单价"], ["纸", "20", "15"]]), NO_NOTICE),
    "what was bought": (
        "a.xlsx",
        lambda: xlsx(
            [
                ["2022年采购表"],
                ["项目名称", "单位", "数量", "金额", "责任部门"],
                ["打印纸", "箱", "20", "3000", "县财政局"],
            ]
        ),
        NO_NOTICE,
    ),
    "what is built": (
        "a.docx",
        lambda: docx(
            "2022年重点项目表", [["项目名称", "建设地点", "总投资", "开工时间"], ["大桥", "城南", "3亿", "5月"]]
        ),
        NO_NOTICE,
    ),
    "a list without rows": ("a.docx", lambda: docx(TITLE, [HEADER]), EMPTY_LIST),
    "a list with blank rows": ("a.xlsx", lambda: xlsx([HEADER, [""] * 5, ["1", "", "", "", ""]]), EMPTY_LIST),
    "no year anywhere": ("a.docx", lambda: docx("任务清单", GOOD), NO_YEAR),
    "an old document": ("a.doc", lambda: OLE + "WordDocument".encode("utf-16-le"), OLD),
    "an old workbook by another name": ("a.docx", lambda: OLE + "Workbook".encode("utf-16-le"), OLD),
    "a password": ("a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), PASSWORD),
    "a pdf": ("a.pdf", lambda: b"%PDF-1.7\n" + bytes(100), PDF),
    "rich text": (
        "a.rtf",
        lambda: b"{\\rtf1 abc}",
        "这是 RTF 文件，请用 Word 另存为 .docx（表格另存为 .xlsx）后再试",
    ),
    "a saved page in one file": (
        "a.mht",
        lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n",
        "这是单一文件网页（.mht），请用 Word 另存为 .docx（表格另存为 .xlsx）后再试",
    ),
    "a zip of something else": ("a.zip", lambda: zipped({"a.txt": b"x"}), UNKNOWN),
    "macros by name": ("a.docm", lambda: docx(TITLE, GOOD), MACROS),
    "macros by another name": (
        "a.docx",
        lambda: doctored(docx(TITLE, GOOD), "", bytes, {"word/vbaProject.bin": b"\xd0\xcf"}),
        MACROS,
    ),
    "macros in a workbook": ("a.xlsm", lambda: xlsx(GOOD), MACROS),
    "half a document": ("a.docx", lambda: docx(TITLE, GOOD)[:-300], BROKEN),
    "half a workbook": ("a.xlsx", lambda: xlsx(GOOD)[:-300], BROKEN),
    "a document that ends early": ("a.docx", lambda: doctored(docx(TITLE, GOOD), WORD, lambda x: x[:-40]), BROKEN),
    "entities in a document": ("a.docx", lambda: doctored(docx(TITLE, GOOD), WORD, lambda x: BOMB + x), BROKEN),
    "a file outside": ("a.docx", lambda: doctored(docx(TITLE, GOOD), WORD, lambda x: OUTSIDE + x), BROKEN),
    "entities in a workbook": ("a.xlsx", lambda: doctored(xlsx(GOOD), SHEET, lambda x: BOMB + x), BROKEN),
    "entities in the numbering": (
        "a.docx",
        lambda: doctored(docx(TITLE, GOOD), "word/numbering.xml", lambda x: BOMB + x),
        BROKEN,
    ),
    "a zip bomb": (
        "a.docx",
        lambda: doctored(docx(GOOD), "", bytes, {"word/media/1.png": bytes(60_000_000)}),
        TOO_MUCH,
    ),
    "a million runs": ("a.docx", lambda: in_body(b"<w:p>" + b"<w:r/>" * 1_000_000 + b"</w:p>"), TOO_MUCH),
    "tables in tables": (
        "a.docx",
        lambda: in_body(b"<w:tbl><w:tr><w:tc>" * 200 + b"</w:tc></w:tr></w:tbl>" * 200),
        BROKEN,
    ),
    "a table as wide as the world": (
        "a.docx",
        lambda: in_body(
            b"<w:tbl><w:tr>" + b'<w:tc><w:tcPr><w:gridSpan w:val="60"/></w:tcPr></w:tc>' * 200 + b"</w:tr></w:tbl>"
        ),
        TOO_MUCH,
    ),
    "a million cells": ("a.xlsx", lambda: in_sheet(b"<row>" + b"<c/>" * 1_000_000 + b"</row>"), TOO_MUCH),
    "a row far away": ("a.xlsx", lambda: in_sheet(b'<row r="2000000000"><c><v>1</v></c></row>'), TOO_MUCH),
    "50 megabytes": ("a.docx", lambda: bytes(50_000_000), TOO_LARGE),
    "a page of tags": ("a.html", lambda: b"<html><body>" + b"<b>" * 400_000, TOO_MUCH),
    "a line without end": ("a.txt", lambda: ("2021年6月底前、" * 20_000).encode(), TOO_MUCH),
    "a cell without end": (
        "a.html",
        lambda: page(TITLE, [HEADER, ["1", "公开，" * 20_000, "", "县教委", ""]]),
        TOO_MUCH,
    ),
    "much text": ("a.txt", lambda: ("公开目录。" * 700_000).encode(), TOO_MUCH),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_is_no_notice_is_one_line(case: str) -> None:
    name, content, line = FILES[case]
    with pytest.raises(NoticeError) as refusal:
        read_notice(content(), name, county_directory())
    assert str(refusal.value) == line


def test_the_good_file_is_good() -> None:
    for name, data in (("a.docx", docx(TITLE, GOOD)), ("a.xlsx", xlsx([[TITLE], *GOOD])), ("a.txt", text(TITLE, GOOD))):
        assert len(read_notice(data, name, county_directory()).rows) == 1


def test_a_sheet_that_claims_to_be_endless_is_read_as_far_as_it_is_filled() -> None:
    data = doctored(
        xlsx([[TITLE], *GOOD]),
        SHEET,
        lambda content: content.replace(b'<dimension ref="A1:E3"', b'<dimension ref="A1:XFD1048576"').replace(
            b"</sheetData>",
            b'<row r="90000"><c r="XFD90000"><v>1</v></c></row></sheetData>'
            b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        ),
    )
    with pytest.raises(NoticeError):  # one cell over everything is no list
        read_notice(data, "a.xlsx", county_directory())


MEASURED = """
import sys
from pathlib import Path
from bot.documents.notice import NoticeError, read_notice
from bot.domain.responsibility import Directory
try:
    read_notice(Path(sys.argv[1]).read_bytes(), sys.argv[1], Directory((), ()))
except NoticeError:
    pass
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""

LINE = b"<tr><td>1</td><td>a</td><td>b</td><td>c</td></tr>"
# Each just below a limit, so that it is read to its end.
HEAVY: dict[str, tuple[str, Callable[[], bytes]]] = {
    "runs": ("a.docx", lambda: in_body(b"<w:p>" + b'<w:r a="b"/>' * 299_000 + b"</w:p>")),
    "paragraphs": ("a.docx", lambda: in_body(b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 190_000)),
    "a long text": ("a.docx", lambda: in_body(b"<w:p><w:r><w:t>" + b"a" * 4_900_000 + b"</w:t></w:r></w:p>")),
    "parts that are not read": (
        "a.docx",
        lambda: doctored(docx(GOOD), "", bytes, {"word/media/1.png": bytes(49_000_000)}),
    ),
    "cells": ("a.xlsx", lambda: in_sheet(b"<row>" + b"<c/>" * 390_000 + b"</row>")),
    "rows": ("a.xlsx", lambda: in_sheet(b"<row><c><v>1</v></c><c><v>1</v></c></row>" * 60_000)),
    "merged cells": (
        "a.xlsx",
        lambda: in_sheet(b"<mergeCells>" + b'<mergeCell ref="A1:B2"/>' * 49_000 + b"</mergeCells>", b"</worksheet>"),
    ),
    "rows of a page": ("a.html", lambda: b"<html><table>" + LINE * 29_000),
    "spans of a page": ("a.html", lambda: b"<html><table>" + b'<tr><td rowspan="900" colspan="60">a</td></tr>' * 3),
    "tags of a page": ("a.html", lambda: b"<html><body>" + b"<p>a" * 290_000),
    "deep tags": ("a.html", lambda: b"<html><body>" + b"<div>" * 200_000),
    "tables and lines by turns": ("a.txt", lambda: b"a\tb\nc\n" * 14_000),
    "headings of columns": ("a.txt", lambda: "工作任务  责任单位  完成时限\n\n".encode() * 14_000),
    "lines": ("a.txt", lambda: b"a\tb\tc\n" * 29_000),
    "numbers": ("a.txt", lambda: "1.公开。".encode() * 400_000),
    "a list of long cells": (
        "a.html",
        lambda: page(
            TITLE,
            [
                HEADER,
                *[["1", "2022年6月前、12月底前每年1次" * 20, "县教委、" * 50, "县民政局、" * 50, "6月底前；" * 50]]
                * 60,
            ],
        ),
    ),
    "one long cell": (
        "a.html",
        lambda: page(
            TITLE,
            [HEADER, ["1", "1.在2022年6月前印发3个月内每年" * 20_000, "县教委" * 90_000, "县", "6月底前" * 90_000]],
        ),
    ),
    "50 megabytes": ("a.docx", lambda: bytes(50_000_000)),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("case", HEAVY)
def test_no_file_takes_more_than_200_megabytes(case: str, tmp_path: Path) -> None:
    name, content = HEAVY[case]
    path = tmp_path / name
    path.write_bytes(content())

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (10, 10))  # seconds; a runaway is killed, and fails the test

    run = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True, preexec_fn=limited
    )
    assert int(run.stdout) < 200 * 1024  # KiB
