"""Plain text: paragraphs, and tables drawn with tabs, bars or blanks."""

import codecs
import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress

from bot.documents.notice.headings import field_of, is_header
from bot.documents.notice.model import MAX_COLUMNS, MAX_SLOTS, Block, Cell, Paragraph, Table

_MAX_LINES = 30_000
_MAX_LINE = 100_000  # characters; a row of a list parted by tabs has two thousand
_RULE = re.compile(r"[\s|｜+:=─━┄│┼├┤┌┐└┘┬┴-]*")
_BLANKS = re.compile(r"\S+(?:[ \u3000](?=\S)\S+)*")  # two blanks part columns, one does not
_END = re.compile(r"</p>|<br\s*/?>|</div>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_BAR = re.compile(r"[|｜│]")


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
    """Paragraphs and tables. Raises OverflowError at more than 30,000 lines or at one without end."""
    lines = text.splitlines()
    if len(lines) > _MAX_LINES or max(map(len, lines), default=0) > _MAX_LINE:
        raise OverflowError
    blocks: list[Block] = []
    index = 0
    while index < len(lines):
        for read in (_tabbed, _barred, _spaced, _with_commas):
            table, taken = read(lines, index)
            if table is not None:
                blocks.append(table)
                index += taken
                break
        else:
            blocks += (Paragraph(line) for line in _words(_HEADING.sub("", lines[index])).splitlines() if line.strip())
            index += 1
    return blocks


def _tabbed(lines: Sequence[str], start: int) -> tuple[Table | None, int]:
    """Rows of cells parted by tabs. Blank lines between them are page breaks, not ends."""
    rows: list[list[str]] = []
    taken = 0
    for index in range(start, len(lines)):
        line = lines[index]
        if "\t" in line:
            rows.append(line.split("\t"))
            taken = index + 1 - start
        elif line.strip():
            break
    return (_table(rows), taken) if rows else (None, 0)


def _barred(lines: Sequence[str], start: int) -> tuple[Table | None, int]:
    rows: list[list[str]] = []
    offset = 0
    for offset in range(len(lines) - start):
        line = lines[start + offset]
        if len(_BAR.findall(line)) < 2 and not (rows and _RULE.fullmatch(line) and line.strip()):
            break
        if not _RULE.fullmatch(line):
            rows.append(_BAR.split(line.strip().strip("|｜│")))
        elif not rows and offset > 1:
            break
    else:
        offset = len(lines) - start
    return (_table(rows), offset) if len(rows) > 1 else (None, 0)


def _spaced(lines: Sequence[str], start: int) -> tuple[Table | None, int]:
    """Columns that stand under their headings. A line without a number goes on with the row above."""
    header = list(_pieces(lines[start]))
    if not _heads([text for _, text in header]):
        return None, 0
    starts = [at for at, _ in header]
    numbered = field_of(header[0][1]) == "number"
    rows = [[text for _, text in header]]
    for offset in range(1, len(lines) - start):
        pieces = list(_pieces(lines[start + offset]))
        if len(pieces) < 2 and not (numbered and pieces and pieces[0][0] >= starts[1]):
            return _table(rows), offset
        cells = [""] * len(starts)
        for at, text in pieces:
            column = min(range(len(starts)), key=lambda column: abs(starts[column] - at))
            cells[column] += text
        if numbered and not cells[0] and len(rows) > 1:
            rows[-1] = [above + below for above, below in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return _table(rows), len(lines) - start


def _pieces(line: str) -> Iterator[tuple[int, str]]:
    """Words parted by two blanks or more, each with the column of the screen it begins at."""
    for match in _BLANKS.finditer(line):
        yield sum(1 + (unicodedata.east_asian_width(char) in "WF") for char in line[: match.start()]), match[0]


def _with_commas(lines: Sequence[str], start: int) -> tuple[Table | None, int]:
    header = lines[start].split(",")
    if not _heads(header):
        return None, 0
    rows = [header]
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if line.count(",") < len(header) - 1:
            break
        rows.append([cell.strip('"') for cell in re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', line)])
    return _table(rows), len(rows)


def _heads(cells: Sequence[str]) -> bool:
    fields = [field_of(cell) for cell in cells]
    return 2 < len(cells) <= MAX_COLUMNS and None not in fields and is_header(fields)


def _table(rows: list[list[str]]) -> Table:
    width = min(max(map(len, rows)), MAX_COLUMNS)
    if width * len(rows) > MAX_SLOTS:
        raise OverflowError
    lines = tuple(tuple(map(_words, row[:MAX_COLUMNS])) for row in rows)
    full = ([*row, *[""] * (width - len(row))][:width] for row in rows)
    return Table(tuple(tuple(Cell(_words(text)) for text in row) for row in full), True, lines)


def _words(text: str) -> str:
    """The words of a cell, without the tags that a recognised scan carries along."""
    return html.unescape(_TAG.sub("", _END.sub("\n", text))).strip()
