"""Word documents: paragraphs with the numbers Word gives them, tables with their merged cells."""

import io
import re
from collections.abc import Iterator
from zipfile import ZipFile

from lxml import etree

from bot.documents.notice.model import Block, Cell, GridBuilder, Paragraph, Table
from bot.documents.notice.numerals import in_chinese

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
_SKIPPED = {f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}delText", f"{_W}pPr", f"{_W}rPr", _FALLBACK}
_DEEPEST = 100  # tables within tables, text boxes within text boxes
_LEVEL = re.compile(r"%([1-9])")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


def read_docx(data: bytes) -> list[Block]:
    """The body of a package that was checked before. Raises whatever a broken part makes the libraries raise."""
    with ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        body = _parse(archive.read("word/document.xml")).find(f"{_W}body")
        numbers = _Numbers(
            _parse(archive.read("word/numbering.xml")) if "word/numbering.xml" in names else None,
            _parse(archive.read("word/styles.xml")) if "word/styles.xml" in names else None,
        )
    return list(_blocks(body, numbers, 0)) if body is not None else []


def _parse(xml: bytes) -> etree._Element:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def _blocks(parent: etree._Element, numbers: "_Numbers", depth: int) -> Iterator[Block]:
    if depth > _DEEPEST:
        raise RecursionError
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, numbers, depth)
        elif child.tag == f"{_W}tbl":
            yield _table(child, numbers, depth)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED and child.tag != f"{_W}sectPr":
            yield from _blocks(child, numbers, depth + 1)  # content controls, insertions, alternate content


def _paragraph(p: etree._Element, numbers: "_Numbers", depth: int) -> Iterator[Block]:
    text = numbers.of(p) + "".join(_text(p))
    style = p.find(f"{_W}pPr/{_W}pStyle")
    heading = style is not None and (style.get(f"{_W}val") or "").lower().startswith(("heading", "title", "1", "2"))
    for line in text.split("\n"):
        yield Paragraph(line.strip(), heading)
    for box in _boxes(p):
        yield from _blocks(box, numbers, depth + 1)


def _text(parent: etree._Element) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _SKIPPED and child.tag != f"{_W}txbxContent":
            yield from _text(child)


def _boxes(parent: etree._Element) -> Iterator[etree._Element]:
    for child in parent:
        if child.tag == f"{_W}txbxContent":
            yield child
        elif child.tag not in _SKIPPED:
            yield from _boxes(child)


def _table(table: etree._Element, numbers: "_Numbers", depth: int) -> Table:
    grid = GridBuilder()
    for row in _inside(table, "tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue  # struck out in the tracked changes
        grid.next_row()
        column = _number(row, "trPr/gridBefore")
        for tc in _inside(row, "tc"):
            width = max(1, _number(tc, "tcPr/gridSpan"))
            merge = tc.find(f"{_W}tcPr/{_W}vMerge")
            continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            above = grid.above(column) if continued else None
            if above is not None:
                grid.extend(above, column, width)
            else:
                grid.place(_cell(tc, numbers, depth), 1, width, column)
            column += width
    return grid.table()


def _cell(tc: etree._Element, numbers: "_Numbers", depth: int) -> Cell:
    blocks = tuple(_blocks(tc, numbers, depth + 1))
    inner = any(isinstance(block, Table) for block in blocks)
    return Cell(words_of(blocks), blocks=blocks if inner else ())


def words_of(blocks: tuple[Block, ...]) -> str:
    """The words of a cell, a line for each paragraph, and for each row of a table inside it."""
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines += (" ".join(dict.fromkeys(cell.text for cell in row)) for row in block.rows)
    return "\n".join(line for line in lines if line.strip())


def _inside(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    for child in parent:
        if child.tag == _W + tag:
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _inside(child, tag)


def _number(parent: etree._Element, path: str) -> int:
    found = parent.find("/".join(_W + step for step in path.split("/")))
    value = found.get(f"{_W}val", "0") if found is not None else "0"
    return min(int(value), 1000) if value.isdecimal() else 0


class _Numbers:
    """The numbers that Word shows before paragraphs and does not keep in their words."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list -> level -> format, text, start
        self._list_of: dict[str, str] = {}
        self._styled: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._learn(numbering)
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            if found := _num_pr(style.find(f"{_W}pPr")):
                self._styled[style.get(f"{_W}styleId", "")] = found

    def _learn(self, numbering: etree._Element) -> None:
        for abstract in numbering.iter(f"{_W}abstractNum"):
            levels = self._levels.setdefault(abstract.get(f"{_W}abstractNumId", ""), {})
            for level in abstract.iter(f"{_W}lvl"):
                values = {
                    name: found.get(f"{_W}val", "") if (found := level.find(_W + name)) is not None else ""
                    for name in ("numFmt", "lvlText", "start")
                }
                start = int(values["start"]) if values["start"].isdecimal() else 1
                levels[int(level.get(f"{_W}ilvl", "0"))] = (values["numFmt"], values["lvlText"], start)
        for num in numbering.iter(f"{_W}num"):
            abstract_id = num.find(f"{_W}abstractNumId")
            if abstract_id is not None:
                self._list_of[num.get(f"{_W}numId", "")] = abstract_id.get(f"{_W}val", "")

    def of(self, p: etree._Element) -> str:
        """The number shown before the paragraph, which is counted by this; "" where none is."""
        properties = p.find(f"{_W}pPr")
        found = _num_pr(properties)
        if found is None and properties is not None and (style := properties.find(f"{_W}pStyle")) is not None:
            found = self._styled.get(style.get(f"{_W}val", ""))
        if found is None:
            return ""
        num, level = found
        levels = self._levels.get(self._list_of.get(num, ""), {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(num, {})
        counts[level] = counts.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            which = int(match[1]) - 1
            kind, _, start = levels.get(which, ("decimal", "", 1))
            return _written(counts.get(which, start), kind)

        return "" if levels[level][0] in ("bullet", "none") else _LEVEL.sub(shown, levels[level][1])


def _num_pr(properties: etree._Element | None) -> tuple[str, int] | None:
    num = properties.find(f"{_W}numPr/{_W}numId") if properties is not None else None
    if properties is None or num is None:
        return None
    return num.get(f"{_W}val", "0"), _number(properties, "numPr/ilvl")


def _written(number: int, kind: str) -> str:
    if "hinese" in kind or kind in ("japaneseCounting", "taiwaneseCounting", "ideographDigital"):
        return in_chinese(number)
    if kind.startswith("decimalEnclosedCircle") and 1 <= number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    if kind in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr(ord("A" if kind == "upperLetter" else "a") + number - 1)
    return str(number)
