"""What Word shows of a document beyond its plain words."""

import io
import zipfile
from collections.abc import Callable

from notices import UP, docx

from bot.documents.notice.docx import read_docx
from bot.documents.notice.model import Paragraph, Table


def changed(data: bytes, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()).encode() if name == "word/document.xml" else content)
    return out.getvalue()


def test_merged_cells_are_one_cell() -> None:
    (table,) = (
        block for block in read_docx(docx([["甲", "乙"], [UP, "丙"], ["丁", "戊"]])) if isinstance(block, Table)
    )
    assert table.rows[0][0] is table.rows[1][0]
    assert [cell.text for cell in table.rows[1]] == ["甲", "丙"]
    assert table.rows[0][0].height == 2


def test_cells_merged_as_older_programs_do_are_one_cell() -> None:
    data = changed(
        docx([["甲", "乙", "丙"]]),
        lambda xml: xml.replace("<w:tcPr>", '<w:tcPr><w:hMerge w:val="restart"/>', 1).replace(
            "<w:tcPr><w:tcW", "<w:tcPr><w:hMerge/><w:tcW", 1
        ),
    )
    (table,) = (block for block in read_docx(data) if isinstance(block, Table))
    row = table.rows[0]
    assert [cell.text for cell in row] == ["甲", "甲", "丙"]
    assert row[0] is row[1]


def test_line_breaks_and_tabs_stay() -> None:
    data = changed(docx("甲乙"), lambda xml: xml.replace("甲乙", "甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙"))
    assert [block.text for block in read_docx(data) if isinstance(block, Paragraph)] == ["甲", "乙\t丙"]


def test_words_in_a_content_control_are_read_and_struck_out_rows_are_not() -> None:
    data = changed(
        docx("甲", [["乙"], ["丙"]]),
        lambda xml: (
            xml.replace("<w:p><w:r><w:t>甲", "<w:sdt><w:sdtContent><w:p><w:r><w:t>甲")
            .replace("</w:p><w:tbl>", "</w:p></w:sdtContent></w:sdt><w:tbl>")
            .replace("<w:tr>", '<w:tr><w:trPr><w:del w:id="1" w:author="a"/></w:trPr>', 1)
        ),
    )
    blocks = read_docx(data)
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["甲"]
    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == [["丙"]]
