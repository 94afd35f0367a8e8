"""Official papers as docx, laid out after GB/T 9704—2012 (党政机关公文格式).

A4 with margins of 37, 35, 28 and 26 mm, 22 lines of 28 characters a page: body 仿宋 三号, parts 黑体, sections 楷体,
title 小标宋 二号; page numbers 四号 between dashes. Fonts have the standard's own names; a machine without them
takes the ones named beside them in the font table, and then its own. Links stay words: what people sent is no address
that a file should open by itself.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as DocParagraph

from bot.documents.outgoing import Target, opened, printable
from bot.texts.paper import Kind, Paper, chinese_day

SONG, FANG_SONG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
THIRD, SECOND, FOURTH = Pt(16), Pt(22), Pt(14)  # 三号, 二号, 四号
PITCH = Pt(29)  # 225 mm of text in 22 lines
TWO_CHARACTERS = Pt(32)
TITLE = 255  # characters the format keeps of a title among a file's properties
_LINK = re.compile(r"https?://")

_FONTS = {
    SONG: "方正小标宋_GBK;小标宋;STZhongsong;华文中宋;SimSun;宋体;Noto Serif CJK SC",
    FANG_SONG: "仿宋;FangSong;STFangsong;华文仿宋;FandolFang;Noto Serif CJK SC",
    KAI: "楷体;KaiTi;STKaiti;华文楷体;AR PL UKai CN;Noto Serif CJK SC",
    HEI: "SimHei;STHeiti;Noto Sans CJK SC",
}
"""What a reader may take where a font is missing."""


def write_papers(target: Target, papers: Sequence[Paper], what: str, made_at: datetime) -> None:
    """One paper or more in one file, each beginning a page. `what` it is called, `made_at` aware. Raises NotWritten."""
    with opened(target, what) as out:
        document = _blank(papers[0].title, made_at)
        for place, paper in enumerate(papers):
            section = document.add_section(WD_SECTION.NEW_PAGE) if place else document.sections[0]
            for header in (section.header, section.even_page_header):
                header.is_linked_to_previous = False
                _run(header.paragraphs[0], paper.mark, HEI, FOURTH)
            _write(document, paper)
        document.save(out)


def _blank(title: str, made_at: datetime) -> DocumentObject:
    document = Document()
    properties = document.core_properties
    properties.title = printable(title.replace("\n", ""))[:TITLE]
    properties.author = properties.last_modified_by = "督办"
    properties.comments = ""
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    _name_fonts(document)
    normal = document.styles["Normal"]
    normal.font.size = THIRD
    _fonts(normal.element.get_or_add_rPr(), FANG_SONG)
    # Else a reader may take the signs of another language, with commas in the middle of the line.
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    _page_number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _page_number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    return document


def _write(document: DocumentObject, paper: Paper) -> None:
    title = _paragraph(document, paper.title, SONG, SECOND)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.line_spacing = Pt(33)
    title.paragraph_format.space_after = PITCH
    title.paragraph_format.keep_with_next = True
    if paper.to:
        _paragraph(document, paper.to)
    for place, one in enumerate(paper.body):
        font = {Kind.PART: HEI, Kind.SECTION: KAI, Kind.PLAIN: FANG_SONG}[one.kind]
        paragraph = _paragraph(document, one.text, font)
        paragraph.paragraph_format.first_line_indent = TWO_CHARACTERS
        paragraph.paragraph_format.keep_with_next = one.kind is not Kind.PLAIN or place >= len(paper.body) - 2
        if one.kind is Kind.PLAIN and not _LINK.search(one.text):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _sign(document, paper)


def _sign(document: DocumentObject, paper: Paper) -> None:
    """The signature over the date, both on the right, the date four characters from the edge; never alone on a page."""
    day = chinese_day(paper.day)
    width = sum(8 if char.isascii() else 16 for char in day) / 2
    for text, more in ((paper.by, width - 8 * len(paper.by)), (day, 0.0)):
        paragraph = _paragraph(document, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(max(0.0, 64 + more))
        paragraph.paragraph_format.keep_with_next = text is paper.by
        if text is paper.by:
            paragraph.paragraph_format.space_before = PITCH


def _paragraph(document: DocumentObject, text: str, font: str = FANG_SONG, size: Pt = THIRD) -> DocParagraph:
    paragraph = document.add_paragraph()
    look = paragraph.paragraph_format
    look.line_spacing_rule, look.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    look.space_before = look.space_after = Pt(0)
    look.widow_control = True
    # An address is one word: it may be broken anywhere, or it would leave half a line empty before it.
    # Put where the format's order wants it: not every reader forgives another one.
    after = ("w:spacing", "w:ind", "w:jc", "w:rPr")
    paragraph._p.get_or_add_pPr().insert_element_before(_element("w:wordWrap", "0"), *after)
    for number, line in enumerate(text.split("\n")):
        run = _run(paragraph, line, font, size)
        if number:
            run._r.insert(1, _element("w:br"))
    return paragraph


def _run(paragraph: DocParagraph, text: str, font: str, size: Pt) -> Any:
    run = paragraph.add_run(printable(text))
    run.font.size = size
    _fonts(run._r.get_or_add_rPr(), font)
    return run


def _fonts(properties: Any, font: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for script, name in (("eastAsia", font), ("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):
        fonts.set(qn(f"w:{script}"), name)


def _element(name: str, value: str | None = None) -> Any:
    element = OxmlElement(name)
    if value is not None:
        element.set(qn("w:val"), value)
    return element


def _page_number(paragraph: DocParagraph, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = side
    indent = Pt(14)  # one character from the edge
    if side is WD_ALIGN_PARAGRAPH.RIGHT:
        paragraph.paragraph_format.right_indent = indent
    else:
        paragraph.paragraph_format.left_indent = indent
    _run(paragraph, "— ", "宋体", FOURTH)
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "/>')
    paragraph._p.append(field)
    number = _run(paragraph, "1", "宋体", FOURTH)
    field.append(number._r)
    _run(paragraph, " —", "宋体", FOURTH)


def _name_fonts(document: DocumentObject) -> None:
    """Each font with the ones that may stand in for it."""
    table = next(part for part in document.part.package.iter_parts() if part.partname.endswith("/fontTable.xml"))
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{"swiss" if name == HEI else "roman"}"/><w:pitch w:val="variable"/></w:font>'
        for name, others in _FONTS.items()
    )
    table._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    )
