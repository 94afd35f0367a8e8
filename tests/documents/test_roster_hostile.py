"""Files that are no rosters, broken, locked, or made to exhaust the machine: one line each, and little memory."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from rosters import GOOD, GOOD_ROWS, SHEET, Problems, Read, after_rows, doctored, more_rows, unchanged, xlsx, zipped

from bot.documents.roster import MAX_FILE, RosterError, read_roster

NOT_A_TABLE = "这不是 CSV 或 XLSX 文件，请用表格软件另存为 .xlsx 或 CSV 后再试"
BROKEN = "这个 XLSX 文件已损坏，打不开，请用表格软件重新另存后再试"
TOO_BIG = "这个 XLSX 文件内容过多（可能有大片空白格式），请把四列内容复制到一个新表格后再试"
PASSWORD = "这个表格加了密码，请取消密码另存后再试"
MACROS = "这个表格带有宏，出于安全不读取，请另存为不带宏的 .xlsx 后再试"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


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
