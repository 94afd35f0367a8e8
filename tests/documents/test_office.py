"""Every file we hand out opens in LibreOffice and prints as it should."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from ledgers import MADE_AT, ROW, UNRESOLVED
from support import office
from test_papers import FACTS, LATE, LIST, TODAY

from bot.documents.papers import write_papers
from bot.documents.workbook import write_xlsx
from bot.domain.states import Light
from bot.texts.bulletin import bulletin
from bot.texts.yearend import DRAFT, unit_report

pytestmark = pytest.mark.skipif(
    office.program() is None,
    reason="SKIPPED PART: LibreOffice was not found (apt install libreoffice-calc-nogui libreoffice-writer-nogui)",
)

NASTY = "=cmd|'/c calc'!A1\x00\x0b<r>甲</r> _x0041_ \ud83d " + "很长" * 20_000


def test_the_ledger_prints_on_a3_with_its_header_and_page_numbers_on_every_page(tmp_path: Path) -> None:
    rows = [
        replace(ROW, code=str(number), unit=f"第{number}镇", light=list(Light)[number % 5]) for number in range(1, 150)
    ]
    file = tmp_path / "ledger.xlsx"
    write_xlsx(file, [*rows, UNRESOLVED, replace(ROW, code="151", return_reason=NASTY)], "垫江县台账", MADE_AT)
    pages = office.pages(file, tmp_path)
    assert {office.size_mm(page) for page in pages} == {(420, 297)}
    texts = [page.extract_text() for page in pages]
    main = [text for text in texts if "垫江县台账" in text and "汇总" not in text and "一览" not in text]
    assert len(main) > 6 and all("编号" in text and "退回原因" in text for text in main)  # as wide as one page
    assert all(f"第 {number} 页，共 {len(pages)} 页" in text for number, text in enumerate(texts, 1))
    summary = next(text for text in texts if "垫江县台账汇总" in text)
    assert "各状态项数" in summary and "各牵头单位事项的灯" in summary  # the charts are drawn
    assert any("垫江县台账一览" in text for text in texts)
    assert "第149镇" in "".join(texts)


def test_a_report_prints_on_a4_with_page_numbers(tmp_path: Path) -> None:
    file = tmp_path / "report.docx"
    facts = [*FACTS, replace(FACTS[3], code="99", said=NASTY[:3000])]
    papers = [unit_report(unit, LIST, 2021, facts, TODAY, DRAFT) for unit in ("新民镇", "高峰镇")]
    write_papers(file, papers, "报告", MADE_AT)
    pages = office.pages(file, tmp_path)
    assert {office.size_mm(page) for page in pages} == {(210, 297)}
    texts = [page.extract_text() for page in pages]
    assert all(f"— {number} —" in text for number, text in enumerate(texts, 1))
    whole = "".join("".join(texts).split())
    for words in (
        "新民镇关于2021年",
        "高峰镇关于2021年",
        "县政府办公室：",
        "一、总体情况",
        "2021年12月30日",
        "t20211102_10000123",
    ):
        assert words in whole


def test_a_bulletin_prints_with_its_mark_on_every_page(tmp_path: Path) -> None:
    file = tmp_path / "bulletin.docx"
    late = [replace(LATE, unit=f"第{number}镇") for number in range(12)]
    write_papers(file, [bulletin(LIST, 2021, 10, late, date(2021, 6, 16))], "通报", MADE_AT)
    texts = [page.extract_text() for page in office.pages(file, tmp_path)]
    assert len(texts) > 1 and all("代拟稿" in text for text in texts)
