"""Roster files for the tests: good ones, and good ones with something done to them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook

from bot.documents.roster import Roster, RosterLine

Read = Callable[..., Roster]
Problems = Callable[..., tuple[str, ...]]

HEADER = "单位,姓名,账号,角色"
ROLES = "联络员、审核人、单位负责人、县办、县领导、审计"
ZHANG = RosterLine("新民镇", "张三", "zhangsan", "联络员", 2)
LI = RosterLine("县司法局", "李四", "lisi", "审核人", 3)
GOOD = f"{HEADER}\n新民镇,张三,zhangsan,联络员\n县司法局,李四,lisi,审核人\n"


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
