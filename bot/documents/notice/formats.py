"""Which format a file has, by its bytes and not by its name, and the way to its words."""

import re
from pathlib import PurePath

from bot.documents.notice.docx import read_docx
from bot.documents.notice.errors import NoticeError
from bot.documents.notice.html import read_html
from bot.documents.notice.model import Block, Paragraph
from bot.documents.notice.text import decoded, read_text
from bot.documents.notice.xlsx import read_xlsx
from bot.documents.package import ENCRYPTED, MACRO_SUFFIXES, OLE, ZIP, Limits, PackageError, Trouble, check_package

MAX_FILE = 20 * 1024 * 1024  # bytes; a list with pictures in it has two
MAX_TEXT = 3_000_000  # characters of a page or a text, markup included
MAX_WORDS = 1_000_000  # characters of all paragraphs and cells; a county's list has fifty thousand
MAX_PARAGRAPH = 30_000  # characters of one paragraph or cell; the longest of a county's list has one thousand

_SAVE_AS = "请用 Word 另存为 .docx（表格另存为 .xlsx）后再试"
_TOO_LARGE = f"文件超过 {MAX_FILE // 1024**2} MB，不像是通知，请只保留正文和清单后再试"
_TOO_MUCH = "文件内容过多，不像是通知，请只保留正文和清单后再试"
_EMPTY = "文件是空的，请核对后再试"
_OLD = f"这是旧版 Office 或 WPS 文件（.doc、.xls、.wps、.et），{_SAVE_AS}"
_PASSWORD = "这个文件加了密码，请取消密码另存后再试"
_MACROS = "这个文件带有宏，出于安全不读取，请另存为不带宏的 .docx 或 .xlsx 后再试"
_BROKEN = "这个文件已损坏，打不开，请用 Word 或表格软件重新另存为 .docx 或 .xlsx 后再试"
_UNKNOWN = "不认识这种文件，请另存为 .docx、.xlsx、网页（.html）或纯文本（.txt）后再试"
_RTF = f"这是 RTF 文件，{_SAVE_AS}"
_MHT = f"这是单一文件网页（.mht），{_SAVE_AS}"
# Its text layer has lost which words stand in which cell, and a list read from it would be guessed.
_PDF = "PDF 里的表格读不准，请向发文单位要 Word 原稿，或用 Word、WPS 打开后另存为 .docx 再试"

_TROUBLES = {
    Trouble.MACROS: _MACROS,
    Trouble.PASSWORD: _PASSWORD,
    Trouble.TOO_BIG: _TOO_MUCH,
    Trouble.BROKEN: _BROKEN,
    Trouble.OTHER: _UNKNOWN,
}
_WORD = "word/document.xml"
_SHEETS = "xl/workbook.xml"
_DOCX = Limits(nodes=600_000, objects=600_000)  # Word marks every few characters; kept in C, not as Python objects
_XLSX = Limits()
_MARKUP = re.compile(r"<(?:!doctype|html|body|table|div|p|span|meta)\b", re.IGNORECASE)


def read_blocks(data: bytes, filename: str) -> list[Block]:
    """The document's paragraphs and tables. Raises NoticeError."""
    if len(data) > MAX_FILE:
        raise NoticeError(_TOO_LARGE)
    if not data.strip(b"\0 \t\r\n"):
        raise NoticeError(_EMPTY)
    suffix = PurePath(filename).suffix.lower()
    if suffix in MACRO_SUFFIXES:
        raise NoticeError(_MACROS)
    try:
        blocks = _read(data, suffix)
        _weigh(blocks)
        return blocks
    except NoticeError:
        raise
    except PackageError as error:
        raise NoticeError(_TROUBLES[error.trouble]) from error
    except (OverflowError, RecursionError, MemoryError) as error:
        raise NoticeError(_TOO_MUCH) from error
    except Exception as error:  # zipfile, lxml and openpyxl raise whatever a broken part makes them stumble over
        raise NoticeError(_BROKEN) from error


def _weigh(blocks: list[Block]) -> None:
    """Raises OverflowError where there are more words than anybody could have written into a list."""
    total = 0
    for block in blocks:
        texts = [block] if isinstance(block, Paragraph) else dict.fromkeys(cell for row in block.rows for cell in row)
        for size in (len(one.text) for one in texts):
            total += size
            if size > MAX_PARAGRAPH or total > MAX_WORDS:
                raise OverflowError


def _read(data: bytes, suffix: str) -> list[Block]:
    if data.startswith(OLE):
        raise NoticeError(_PASSWORD if ENCRYPTED in data else _OLD)
    if data.startswith(ZIP):
        return _of_package(data, suffix)
    if b"%PDF-" in data[:1024]:
        raise NoticeError(_PDF)
    if data.startswith(b"{\\rtf"):
        raise NoticeError(_RTF)
    text = decoded(data)
    if text is None:
        raise NoticeError(_UNKNOWN)
    if len(text) > MAX_TEXT:
        raise NoticeError(_TOO_MUCH)
    if re.match(r"\s*MIME-Version:", text, re.IGNORECASE):
        raise NoticeError(_MHT)
    if _MARKUP.search(text[:5000]) and not _is_tabbed(text):
        return read_html(text)
    if len(text) > MAX_WORDS:
        raise NoticeError(_TOO_MUCH)
    return read_text(text)


def _is_tabbed(text: str) -> bool:
    """Text with tabs and a few tags in it (as recognised from a scan), not a page."""
    return "<html" not in text[:5000].lower() and "<table" not in text.lower() and "\t" in text


def _of_package(data: bytes, suffix: str) -> list[Block]:
    if _WORD.encode() in data:
        check_package(data, suffix, _WORD, _DOCX)
        return read_docx(data)
    check_package(data, suffix, _SHEETS, _XLSX)
    return read_xlsx(data)
