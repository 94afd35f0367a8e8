"""From a document to a draft: which format, which rows, what must be asked. Pure, nothing in the file is trusted."""

from datetime import date
from pathlib import PurePath

from bot.documents.notice.assemble import assemble
from bot.documents.notice.docx import read_docx
from bot.documents.notice.errors import NoticeError
from bot.documents.notice.html import read_html
from bot.documents.notice.model import Block, Paragraph
from bot.documents.notice.raw import RawRow
from bot.documents.notice.table import Place, table_rows
from bot.documents.notice.text import decoded, read_text
from bot.documents.notice.words import ASPECT, PART, clean
from bot.documents.notice.xlsx import read_xlsx
from bot.documents.package import ZIP, Limits, check_package
from bot.domain.draft import ListDraft
from bot.domain.responsibility import Directory

MAX_FILE = 20 * 1024 * 1024  # bytes; a list with pictures in it has two


def read_notice(data: bytes, filename: str, directory: Directory, *, year: int | None = None) -> ListDraft:
    """The draft of a notice's list, whatever its format. `year` wins over what the document says.

    Raises NoticeError, whose message is one Chinese line.
    """
    raw: list[RawRow] = []
    place = Place()
    title = ""
    for block in read_blocks(data, filename):
        if isinstance(block, Paragraph):
            text = clean(block.text)
            if PART.match(text) or ASPECT.match(text):
                place.heading(text)
            elif not raw and text:
                title = text
        else:
            raw += table_rows(block, place)
    made = assemble(raw, directory, year or 2021, date(2021, 5, 25))
    return ListDraft(
        title,
        None,
        year or 2021,
        date(2021, 5, 25),
        None,
        tuple(made.rows),
        tuple(made.questions),
        tuple(made.new_units),
        (),
    )


def read_blocks(data: bytes, filename: str) -> list[Block]:
    if data.startswith(ZIP):
        if b"word/document.xml" in data:
            check_package(data, PurePath(filename).suffix, "word/document.xml", Limits(nodes=600_000, objects=600_000))
            return read_docx(data)
        check_package(data, PurePath(filename).suffix, "xl/workbook.xml", Limits())
        return read_xlsx(data)
    text = decoded(data)
    if text is None:
        raise NoticeError("打不开")
    return read_html(text) if "<table" in text.lower() else read_text(text)
