"""Files that must end in one clear line: `python hostile.py FOLDER`."""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from pathlib import Path

from docx import Document
from openpyxl import Workbook

HEAD = "<tr><td>序号</td><td>任务</td><td>牵头单位</td><td>责任单位</td></tr>"


def good_docx() -> bytes:
    out = io.BytesIO()
    word = Document()
    word.add_paragraph("某县2022年任务清单")
    word.add_table(2, 3)
    word.save(out)
    return out.getvalue()


def good_xlsx() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["序号", "任务", "牵头单位", "责任单位", "完成时限"])
    book.active.append([1, "任务甲", "县教委", "县民政局", "年底前"])
    book.save(out)
    return out.getvalue()


def rezip(data: bytes, name: str, content: bytes, *, add: tuple[str, bytes] | None = None) -> bytes:
    """The same archive with one member replaced (and one added)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info.filename))
        if add:
            new.writestr(*add)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LAUGH = '<!DOCTYPE lol [<!ENTITY a "' + "哈" * 100 + '">' + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(8)) + "]>"


def files() -> dict[str, bytes]:
    big = 300_000_000
    word, sheet = good_docx(), good_xlsx()
    pad = lambda n: b" " * n  # noqa: E731 - a short name for the padding below
    cells = "".join(f'<c r="A{n}"><v>1</v></c>' for n in range(1, 2))
    out = {
        "bomb.docx": rezip(word, "word/document.xml", f"<w:document {W}><w:body><w:p><w:r><w:t>".encode() + pad(big) + b"</w:t></w:r></w:p></w:body></w:document>"),
        "bomb2.docx": rezip(word, "word/document.xml", f"<w:document {W}><w:body>".encode() + b"<w:p/>" * 20_000_000 + b"</w:body></w:document>"),
        "bomb.xlsx": rezip(sheet, "xl/worksheets/sheet1.xml", f"<worksheet {S}><sheetData>".encode() + b"<row><c><v>1</v></c></row>" * 10_000_000 + b"</sheetData></worksheet>"),
        "strings.xlsx": rezip(sheet, "xl/sharedStrings.xml", f'<sst {S}>'.encode() + b"<si><t>1</t></si>" * 10_000_000 + b"</sst>"),
        "styles.docx": rezip(word, "word/styles.xml", f"<w:styles {W}>".encode() + b"<w:style/>" * 20_000_000 + b"</w:styles>"),
        "entities.docx": rezip(word, "word/document.xml", f'<?xml version="1.0"?>{LAUGH}<w:document {W}><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>'.encode()),
        "entities.xlsx": rezip(sheet, "xl/worksheets/sheet1.xml", f'<?xml version="1.0"?>{LAUGH}<worksheet {S}><sheetData><row><c t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'.encode()),
        "external.docx": rezip(word, "word/document.xml", f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>'.encode()),
        "entities.html": (LAUGH.replace("<!DOCTYPE lol", "<!DOCTYPE html") + f"<html><body><table>{HEAD}<tr><td>&i;</td></tr></table></body></html>").encode(),
        "macro.docm": rezip(word, "none", b"", add=("word/vbaProject.bin", b"\0" * 1000)),
        "macro.xlsm": rezip(sheet, "none", b"", add=("xl/vbaProject.bin", b"\0" * 1000)),
        "macro.docx": rezip(word, "none", b"", add=("word/vbaProject.bin", b"\0" * 1000)),
        "macro.xlsx": rezip(sheet, "none", b"", add=("xl/vbaProject.bin", b"\0" * 1000)),
        "fifty.txt": ("今天天气很好。\n" * 2_500_000).encode(),
        "fifty.docx": b"PK\3\4" + b"\0" * 50_000_000,
        "fifty.html": b"<html><body>" + b"<p>abc</p>" * 5_000_000,
        "fifty.xlsx": b"\0" * 50_000_000,
        "stored.docx": b"",
        "empty.txt": b"", "empty.docx": b"", "empty.xlsx": b"", "empty.html": b"", "blank.txt": " \n\t\n".encode(),
        "nul.txt": b"\0" * 1000, "random.txt": bytes((n * 7919) % 251 for n in range(5000)), "random.html": bytes((n * 7919) % 251 for n in range(5000)),
        "emptytable.docx": word,
        "emptytable.html": "<html><body><table></table></body></html>".encode(),
        "headeronly.html": f"<html><body><p>某县2022年任务清单</p><table>{HEAD}</table></body></html>".encode(),
        "prices.html": "<html><body><p>2022年3月农产品价格表</p><table><tr><td>序号</td><td>品名</td><td>单位</td><td>价格</td><td>备注</td></tr><tr><td>1</td><td>白菜</td><td>公斤</td><td>3.5</td><td></td></tr><tr><td>2</td><td>萝卜</td><td>公斤</td><td>2.0</td><td>产地直供</td></tr></table></body></html>".encode(),
        "phones.txt": "垫江县政府各部门通讯录\n序号\t单位\t联系人\t电话\n1\t县教委\t张三\t74512345\n2\t县民政局\t李四\t74512346\n".encode(),
        "novel.txt": ("第一章 风雪夜\n他推门进来，说：“县教委的人走了。”众人都不说话。\n一、二、三，他数着步子。2021年6月底前，雪停了。\n" * 2000).encode(),
        "letter.txt": "张三同志：\n你好！来信收到，所询事项正在办理。\n2021年5月3日\n".encode(),
        "notices.html": "<html><body><h1>关于召开会议的通知</h1><p>各乡镇：定于2021年5月3日召开会议，请准时参加。</p><table><tr><td>时间</td><td>地点</td><td>参会人员</td></tr><tr><td>9:00</td><td>会议室</td><td>县教委</td></tr></table></body></html>".encode(),
        "truncated.docx": word[: len(word) // 2], "truncated.xlsx": sheet[: len(sheet) // 2],
        "isxlsx.docx": sheet, "isdocx.xlsx": word, "istext.docx": "序号\t任务\n".encode(), "ispng.txt": b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 1000,
        "iszip.html": word, "ispdf.txt": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        "scan.pdf": b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "old.doc": ole(), "old.xls": ole(), "old.wps": ole(), "old.et": ole(), "locked.docx": ole(), "locked.xlsx": ole(),
        "noext": "某县的一个文件".encode(), "a.rtf": b"{\\rtf1 hello}", "a.zip": rezip(word, "none", b""), "a.odt": rezip(word, "none", b""), "a.csv": "a,b\n1,2\n".encode(),
        "million.html": f"<html><body><table>{HEAD}".encode() + (b"<tr>" + b"<td>1</td>" * 100 + b"</tr>") * 10_000 + b"</table></body></html>",
        "deep.html": b"<html><body>" + b"<div>" * 10_000 + f"<table>{HEAD}</table>".encode() + b"</div>" * 10_000,
        "deeptables.html": b"<html><body>" + b"<table><tr><td>" * 10_000 + b"x" + b"</td></tr></table>" * 10_000,
        "rowspan.html": f"<html><body><table>{HEAD}<tr><td rowspan=100000 colspan=100000>1</td><td rowspan=65534>a</td></tr></table></body></html>".encode(),
        "rowspans.html": f"<html><body><table>{HEAD}".encode() + b"<tr><td rowspan=65534 colspan=1000>1</td></tr>" * 1000 + b"</table></body></html>",
        "colspans.html": b"<html><body><table><tr>" + b"<td colspan=1000>a</td>" * 2000 + b"</tr></table></body></html>",
        "dimension.xlsx": rezip(sheet, "xl/worksheets/sheet1.xml", f'<worksheet {S}><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'.encode()),
        "merges.xlsx": rezip(sheet, "xl/worksheets/sheet1.xml", f'<worksheet {S}><sheetData><row r="1">{cells}</row></sheetData><mergeCells count="2000">'.encode() + b"".join(f'<mergeCell ref="A{n}:XFD1048576"/>'.encode() for n in range(1, 2001)) + b"</mergeCells></worksheet>"),
        "gridspan.docx": rezip(word, "word/document.xml", f'<w:document {W}><w:body><w:tbl><w:tblGrid/><w:tr><w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr><w:p><w:r><w:t>序号</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>'.encode()),
        "deep.docx": rezip(word, "word/document.xml", f"<w:document {W}><w:body>".encode() + b"<w:tbl><w:tr><w:tc>" * 5000 + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * 5000 + b"</w:body></w:document>"),
        "manycells.docx": rezip(word, "word/document.xml", f"<w:document {W}><w:body><w:tbl>".encode() + b"<w:tr><w:tc><w:p/></w:tc></w:tr>" * 300_000 + b"</w:tbl></w:body></w:document>"),
        "badzipname.docx": rezip(word, "none", b"", add=("../../etc/passwd", b"x")),
        "longline.txt": ("一" * 3_000_000).encode(), "brackets.txt": ("（" * 200_000).encode(), "labels.txt": ("（牵头单位：" * 100_000).encode(),
        "dates.txt": ("2021年6月底前、" * 200_000).encode(), "tabs.txt": b"\t" * 5_000_000, "controls.txt": "序号\t任务\t牵头单位\n1\t\x1b[31m红\x00\t县教委\n".encode(),
    }
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("word/document.xml", pad(60_000_000))
    out["stored.docx"] = stored.getvalue()
    return out


def ole() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HH", 0x3E, 3) + b"\xfe\xff" + b"\0" * 2000


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (folder / name).write_bytes(data)
