"""Plain text: lines with tabs are a table, everything else paragraphs."""

import codecs
from contextlib import suppress

from bot.documents.notice.model import Block, Cell, Paragraph, Table


def decoded(data: bytes) -> str | None:
    """The words of a text file in the encodings in use, None where it is no text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-16")
        return None
    if b"\0" in data:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return data.decode(encoding)
    return None


def read_text(text: str) -> list[Block]:
    blocks: list[Block] = []
    rows: list[list[str]] = []
    for line in [*text.splitlines(), ""]:
        if "\t" in line:
            rows.append(line.split("\t"))
            continue
        if line.strip():
            if rows:
                blocks.append(_table(rows))
                rows = []
            blocks.append(Paragraph(line.strip()))
    if rows:
        blocks.append(_table(rows))
    return blocks


def _table(rows: list[list[str]]) -> Table:
    width = max(map(len, rows))
    return Table(tuple(tuple(Cell(text.strip()) for text in [*row, *[""] * (width - len(row))]) for row in rows))
