"""Official papers: laid out after GB/T 9704, and readable whatever people wrote."""

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.oxml.ns import qn
from docx.shared import Pt

from bot.documents.outgoing import NotWritten
from bot.documents.papers import write_papers
from bot.domain.states import State
from bot.texts.bulletin import Late, bulletin
from bot.texts.paper import Kind, Paper, Paragraph, numeral, paper_from
from bot.texts.yearend import DRAFT, Fact, county_report, material, sum_of, unit_report

MADE_AT = datetime(2021, 12, 30, 2, 0, tzinfo=UTC)
TODAY = date(2021, 12, 30)
LIST = "垫江县2021年政务公开工作要点任务清单"
LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html"
REFUSED = "申请延期至2021年12月20日（理由：等文件），未获同意"
PART, NEXT = "一、紧扣开好局", "二、紧扣强基础"


def fact(code: str, state: State, part: str = PART, **more: object) -> Fact:
    known: dict[str, object] = {"unit": "新民镇", "due": date(2021, 10, 31), **more}
    return Fact(code, f"第{code}项", part, state=state, **known)  # type: ignore[arg-type]  # the tests name the fields


FACTS = [
    fact("4", State.CLOSED, submitted_on=date(2021, 10, 29), closed_on=date(2021, 11, 1), links=(LINK,)),
    fact("9", State.CLOSED, submitted_on=date(2021, 11, 9), closed_on=date(2021, 11, 10), files=("图",), said="办了"),
    fact("12", State.SUBMITTED, submitted_on=date(2021, 12, 1), links=(LINK,)),
    fact("18", State.IN_PROGRESS, NEXT, late=43, said="初稿已起草\n正在会签", asked=REFUSED),
    fact("21", State.RETURNED, NEXT, late=3, why="链接打不开"),
    fact("23", State.NOT_APPLICABLE, NEXT, why="没有房地产企业"),
    fact("30", State.DISPATCHED, NEXT),
]  # fmt: skip


def opened(*papers: Paper) -> DocumentObject:
    out = io.BytesIO()
    write_papers(out, papers, "报告", MADE_AT)
    return Document(out)


def lines(paper: Paper) -> list[str]:
    return [one.text for one in paper.body]


# what is said


def test_a_report_says_what_is_done_with_links_and_what_is_not_with_reasons() -> None:
    paper = unit_report("新民镇", LIST, 2021, FACTS, TODAY)
    assert (paper.title, paper.to, paper.by, paper.day) == (
        "新民镇关于2021年政务公开工作任务\n完成情况的报告", "县政府办公室：", "新民镇", TODAY,
    )  # fmt: skip
    assert lines(paper) == [
        f"按照《{LIST}》要求，现将我单位任务完成情况报告如下。",
        "一、总体情况",
        "交办我单位任务7项。截至2021年12月30日，已完成（销号）2项，已报完成、待审核1项，未完成3项，不涉及、中止或撤销1项。",
        "二、已完成事项",
        "（一）紧扣开好局",
        "1．第4项（任务4）。时限2021年10月31日，2021年10月29日报完成，2021年11月1日销号。",
        f"公开链接：{LINK}",
        "2．第9项（任务9）。时限2021年10月31日，2021年11月9日报完成，2021年11月10日销号。",
        "佐证材料：图",
        "落实情况：办了。",
        "三、已报完成、待审核事项",
        "（一）紧扣开好局",
        "1．第12项（任务12）。时限2021年10月31日，2021年12月1日报完成。",
        f"公开链接：{LINK}",
        "四、未完成事项及原因",
        "（一）紧扣强基础",
        "1．第18项（任务18）。时限2021年10月31日，办理中，逾期43个工作日。",
        "申请延期至2021年12月20日（理由：等文件），未获同意。",
        "进展：初稿已起草 正在会签。",
        "2．第21项（任务21）。时限2021年10月31日，已退回，逾期3个工作日。",
        "退回原因：链接打不开。",
        "进展：台账中没有进展记录。",
        "3．第30项（任务30）。时限2021年10月31日，待签收。",
        "进展：台账中没有进展记录。",
        "五、不涉及、中止和撤销事项",
        "（一）紧扣强基础",
        "1．第23项（任务23）。不涉及。原因：没有房地产企业。",
        "六、纳入政府信息公开工作年度报告的内容",
        material("新民镇", LIST, 2021, FACTS, TODAY),
        "特此报告。",
    ]
    assert lines(unit_report("新民镇", LIST, 2021, FACTS[:1], TODAY))[-4:-2] == [
        f"公开链接：{LINK}",
        "三、纳入政府信息公开工作年度报告的内容",
    ]  # no part for what there is none of


def test_the_paragraph_for_the_annual_report_has_the_years_figures() -> None:
    assert material("新民镇", LIST, 2021, FACTS, TODAY) == (
        f"2021年，新民镇按照《{LIST}》推进政务公开工作，共承担任务7项，截至2021年12月30日完成2项，完成率33.3%，"
        "其中在规定时限内完成1项，公开相关信息1条。其余1项已报完成、正在审核，3项尚未完成，1项经审核不涉及或已中止、撤销。"
    )
    assert "%" not in material("新民镇", LIST, 2021, [FACTS[5]], TODAY)  # nothing was owed
    assert material("新民镇", LIST, 2021, [], TODAY).endswith("共承担任务0项，截至2021年12月30日完成0项。")
    assert sum_of(FACTS).on_time == 1


def test_the_countys_report_names_who_has_not_finished_and_who_has_not_reported() -> None:
    other = fact("18", State.IN_PROGRESS, NEXT, unit="高峰镇")
    ordered = [*FACTS[:4], other, *FACTS[4:]]
    said = lines(county_report(LIST, 2021, ordered, ["新民镇"], ["高峰镇"], TODAY))
    assert "应报送完成情况报告的单位2个，已报送1个，未报送1个：高峰镇。" in said
    assert "涉及3个事项，交办3项，已完成（销号）2项，已报完成、待审核1项。" in said
    assert "1．第18项（任务18）。时限2021年10月31日，2个单位未完成：新民镇（逾期43个工作日）、高峰镇。" in said


LATE = Late("34", "法治政府建设年度报告", "新民镇", date(2021, 5, 31), 11, (date(2021, 5, 28), date(2021, 6, 1)))


def test_a_bulletin_states_facts_and_leaves_number_and_date_to_a_person() -> None:
    other = Late("9", "预决算信息", "高峰镇", date(2021, 5, 31), 12, (date(2021, 6, 1),), "等批复", date(2021, 6, 3))
    paper = bulletin(LIST, 2021, 10, [LATE, other], date(2021, 6, 16))
    assert paper.day is None and paper.mark.startswith("代拟稿")
    assert lines(paper)[1:8] == [
        "一、新民镇",
        "1．法治政府建设年度报告（任务34）。时限2021年5月31日，逾期11个工作日。",
        "提醒送达2次：5月28日、6月1日。",
        "单位没有在平台上作说明。",
        "二、高峰镇",
        "1．预决算信息（任务9）。时限2021年5月31日，逾期12个工作日。",
        "提醒送达1次：6月1日。",
    ]
    assert "单位说明（6月3日）：等批复。" in lines(paper)
    assert "没有逾期10个工作日以上" in lines(bulletin(LIST, 2021, 10, [], TODAY))[0]


def test_what_is_kept_of_a_paper_is_the_paper() -> None:
    for paper in (unit_report("新民镇", LIST, 2021, FACTS, TODAY, DRAFT), bulletin(LIST, 2021, 10, [LATE], TODAY)):
        assert paper_from(paper.as_json()) == paper


def test_parts_are_numbered_the_chinese_way() -> None:
    assert [numeral(number) for number in (1, 9, 10, 11, 20, 46)] == ["一", "九", "十", "十一", "二十", "四十六"]


# how it looks


def test_it_is_laid_out_as_an_official_paper() -> None:
    document = opened(unit_report("新民镇", LIST, 2021, FACTS, TODAY, DRAFT))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    sizes = (section.page_width, section.page_height, *margins)
    assert [round(size.mm) for size in sizes if size] == [210, 297, 37, 35, 28, 26]
    assert section.header.paragraphs[0].text == DRAFT == section.even_page_header.paragraphs[0].text
    title, to, opening, part, *_ = document.paragraphs
    assert [(p.runs[0].font.size, font_of(p)) for p in (title, to, part)] == [
        (Pt(22), "方正小标宋简体"), (Pt(16), "仿宋_GB2312"), (Pt(16), "黑体"),
    ]  # fmt: skip
    section_line = next(p for p in document.paragraphs if p.text.startswith("（一）"))
    assert font_of(section_line) == "楷体_GB2312"
    assert opening.paragraph_format.line_spacing == Pt(29) and opening.paragraph_format.first_line_indent == Pt(32)
    assert [p.text for p in document.paragraphs[-2:]] == ["新民镇", "2021年12月30日"]
    assert "PAGE" in section.footer._element.xml and "PAGE" in section.even_page_footer._element.xml
    assert document.core_properties.created == MADE_AT.replace(tzinfo=UTC)


def font_of(paragraph: object) -> str:
    fonts = paragraph.runs[0]._r.rPr.rFonts  # type: ignore[attr-defined]  # the library has no name for it
    return str(fonts.get(qn("w:eastAsia")))


def test_elements_stand_in_the_formats_order() -> None:
    """Word calls a file broken for less."""
    order = ["pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "wordWrap", "spacing", "ind", "jc"]
    for paragraph in opened(unit_report("新民镇", LIST, 2021, FACTS, TODAY)).paragraphs:
        names = [child.tag.partition("}")[2] for child in paragraph._p.pPr if child.tag != qn("w:sectPr")]
        assert names == sorted(names, key=order.index)


def test_several_papers_each_begin_a_page_and_keep_their_own_mark() -> None:
    papers = [unit_report(unit, LIST, 2021, FACTS, TODAY, mark) for unit, mark in (("新民镇", ""), ("高峰镇", DRAFT))]
    document = opened(*papers)
    assert [section.header.paragraphs[0].text for section in document.sections] == ["", DRAFT]
    assert document.sections[1].start_type.name == "NEW_PAGE"


WORDS = ["=cmd|'/c calc'!A1", "a\x00b\x0b\x1f", "\ud83d", "<w:p/>&amp;]]>", "甲\r\n乙", "字" * 40_000]


@pytest.mark.parametrize("words", WORDS)
def test_whatever_people_wrote_the_file_opens(words: str) -> None:
    paper = Paper(words, words, (Paragraph(words, Kind.PART), Paragraph(words)), words[:20], TODAY)
    out = io.BytesIO()
    write_papers(out, [paper], "报告", MADE_AT)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
    assert len(Document(out).paragraphs) == 6


def test_a_target_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match=r"^通报代拟稿写不进 .*：目录不存在$"):
        write_papers(tmp_path / "missing" / "a.docx", [bulletin(LIST, 2021, 10, [], TODAY)], "通报代拟稿", MADE_AT)
    assert list(tmp_path.iterdir()) == []
