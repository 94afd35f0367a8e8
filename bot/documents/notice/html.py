"""Pages: what a browser would show of them, paragraphs and tables in their order."""

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from bot.documents.notice.docx import words_of
from bot.documents.notice.model import Block, Cell, GridBuilder, Paragraph, Table

_MAX_TAGS = 300_000
_HIDDEN = frozenset(
    "script style head noscript template select textarea nav button iframe".split()  # noqa: SIM905  # a list of tags reads better
)
_BLOCKS = frozenset(
    "p div section article h1 h2 h3 h4 h5 h6 li ul ol dl dt dd center blockquote pre form header footer main tr td th "  # noqa: SIM905
    "tbody thead body hr title figure".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3"})


def read_html(text: str) -> list[Block]:
    """Raises OverflowError at a page with too many tags, and etree.ParserError or ValueError at an empty one."""
    if text.count("<") > _MAX_TAGS:
        raise OverflowError
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    page = lxml_html.document_fromstring(text.replace("\0", ""), parser=parser)
    return _Flow().read(page)


class _Flow:
    """Collects the words between two block borders into a paragraph."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._words: list[str] = []

    def read(self, element: etree._Element) -> list[Block]:
        self._walk(element)
        self._end()
        return self._blocks

    def _walk(self, element: etree._Element, *, heading: bool = False) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in _HIDDEN or "display:none" in (element.get("style") or "").replace(" ", "").lower():
            return
        if tag == "br":
            self._end(heading=heading)
        elif tag == "table":
            self._end()
            self._blocks.append(_table(element))
        else:
            if tag in _BLOCKS:
                self._end()
            self._words.append(element.text or "")
            for child in element:
                self._walk(child, heading=heading or tag in _HEADINGS)
                self._words.append(child.tail or "")
            if tag in _BLOCKS:
                self._end(heading=heading or tag in _HEADINGS)

    def _end(self, *, heading: bool = False) -> None:
        text = " ".join("".join(self._words).split())
        self._words = []
        if text:
            self._blocks.append(Paragraph(text, heading))


def _table(table: etree._Element) -> Table:
    grid = GridBuilder()
    for row in _rows(table):
        grid.next_row()
        for cell in row:
            if cell.tag in ("td", "th"):
                blocks = tuple(_Flow().read(cell))
                inner = any(isinstance(block, Table) for block in blocks)
                words = Cell(words_of(blocks), blocks=blocks if inner else ())
                grid.place(words, _span(cell, "rowspan"), _span(cell, "colspan"))
    return grid.table()


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), 1000) if value.isdecimal() else 1
