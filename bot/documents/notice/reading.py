"""From a document to a draft: which format, which rows, what must be asked. Pure, nothing in the file is trusted."""

import re
from itertools import pairwise
from pathlib import PurePath

from bot.documents.notice.assemble import assemble
from bot.documents.notice.errors import NoticeError
from bot.documents.notice.formats import read_blocks
from bot.documents.notice.head import Head, read_head
from bot.documents.notice.model import Block, Paragraph, Table
from bot.documents.notice.prose import prose_rows
from bot.documents.notice.ragged import is_ragged, ragged_rows
from bot.documents.notice.raw import RawRow
from bot.documents.notice.table import Place, header_at, header_in, table_rows
from bot.documents.notice.words import ASPECT, PART, clean, lines
from bot.domain.draft import ListDraft, Question
from bot.domain.responsibility import Directory

MAX_ROWS = 2000  # a city's list has three hundred

_NO_NOTICE = "没有找到任务清单：需要一张带“工作任务、责任单位”等表头的表格，或写明“责任单位：…”的条文"
_EMPTY = "清单是空的：表头下面没有内容，请核对文件"
_TOO_MANY = f"清单超过 {MAX_ROWS} 行，不像是任务清单，请核对文件"
_NO_YEAR = "看不出是哪一年的清单，请在标题里写明年份，或用 --year 指定"
_HEADING = re.compile(r".{2,60}")


def read_notice(data: bytes, filename: str, directory: Directory, *, year: int | None = None) -> ListDraft:
    """The draft of a notice's list, whatever its format; `filename` tells a macro file and may give a title.

    `year` wins over what the document says. Names in the rows are as written: `resolve` of the domain understands
    every one that is neither asked about nor among the new units. Raises NoticeError; its message is one Chinese line.
    """
    blocks = _flat(read_blocks(data, filename))
    raw, before, errors = _rows(blocks, directory)
    if len(raw) > MAX_ROWS:
        raise NoticeError(_TOO_MANY)
    if not raw:
        empty = any(isinstance(block, Table) and header_in(block) for block in blocks)
        raise NoticeError(_EMPTY if empty else _NO_NOTICE)
    paragraphs = [line for block in blocks for line in _around(block)]
    head = read_head(before, paragraphs, PurePath(filename).stem, year)
    if not head.years:
        raise NoticeError(_NO_YEAR)
    made = assemble(raw, directory, head.years[0], head.issued)
    return ListDraft(
        title=head.title,
        doc_no=head.doc_no,
        year=head.years[0],
        issue_date=head.issued,
        report_date=head.report,
        rows=tuple(made.rows),
        questions=(*_about_the_document(head), *made.questions),
        new_units=tuple(made.new_units),
        errors=tuple(errors),
    )


def _flat(blocks: list[Block]) -> list[Block]:
    """Tables that only lay out a page give way to what stands in them."""
    flat: list[Block] = []
    for block in blocks:
        inner = [cell for row in block.rows for cell in row if cell.blocks] if isinstance(block, Table) else []
        if isinstance(block, Table) and inner and not header_in(block):
            for cell in dict.fromkeys(cell for row in block.rows for cell in row):
                flat += _flat(list(cell.blocks)) if cell.blocks else [Paragraph(line) for line in lines(cell.text)]
        else:
            flat.append(block)
    return flat


def _rows(blocks: list[Block], directory: Directory) -> tuple[list[RawRow], list[str], list[str]]:
    """The rows of the document's tables, else of its text; the lines before the first; what could not be read."""
    place = Place()
    before: list[str] = []
    found: list[RawRow] = []
    errors: list[str] = []
    for block in blocks:
        if isinstance(block, Table):
            if is_ragged(block.lines):
                rows, lost = ragged_rows(block.lines, directory)
                errors += lost
            else:
                rows = table_rows(block, place)
            if not found:
                before += place.before
            place.before.clear()
            found += rows
        elif text := clean(block.text):
            if not found:
                before.append(text)
            if (PART.match(text) or ASPECT.match(text)) and len(text) <= 60:
                place.heading(text)
    if found:
        return _without_foreign_headings(found, before), before, errors
    texts = [line for block in blocks for line in _lines(block)]
    rows = prose_rows(texts, directory)
    return rows, texts[: _first_heading(texts)], errors


def _without_foreign_headings(rows: list[RawRow], before: list[str]) -> list[RawRow]:
    """Headings of the notice's own text (一、主要任务 … 二、工作要求) are not parts of the list that follows it."""
    foreign = {line for line in before if PART.match(line) or ASPECT.match(line)}
    last = next((line for line in reversed(before) if line in foreign), None)
    for row in rows:
        if row.part in foreign and row.part != (before[-1] if before else None):
            row.part = ""
        if row.aspect in foreign and row.aspect != last:
            row.aspect = ""
    return rows


def _first_heading(texts: list[str]) -> int:
    return next((index for index, text in enumerate(texts) if PART.match(text)), len(texts))


def _lines(block: Block) -> list[str]:
    if isinstance(block, Paragraph):
        return [text] if (text := clean(block.text)) else []
    cells = dict.fromkeys(cell for row in block.rows for cell in row)
    return [line for cell in cells for line in lines(cell.text)]


def _around(block: Block) -> list[str]:
    """The lines of a block that are about the document: of a list only what stands above its header. The cells of
    another table are joined row by row, for 成文日期 and its day are two."""
    if isinstance(block, Paragraph):
        return _lines(block)
    header = next((index for index in range(len(block.rows)) if header_at(block.rows, index)), None)
    joined = []
    for row in block.rows[:header]:
        cells = [clean(cell.text) for cell in dict.fromkeys(row)]
        joined += [*cells, *(label + value for label, value in pairwise(cells))]
    return [line for line in joined if line]


def _about_the_document(head: Head) -> list[Question]:
    questions = []
    if len(head.years) > 1:
        years = tuple(str(year) for year in head.years)
        text = f"清单是哪一年的？文件里有{'、'.join(years)}年，暂按 {years[0]} 年理解"
        questions.append(Question("list-year", None, "year", "、".join(years), text, years))
    if head.issued is None:
        text = "文件里没有找到印发日期，请填写"
        questions.append(Question("list-issue_date", None, "issue_date", "", text, ()))
    return questions
