"""Notices of next year, as an office would send them: small documents, and drafts of the same shape for pure tests."""

from collections.abc import Sequence
from datetime import date
from html import escape

from bot.domain.draft import DraftNode, DraftRow, ListDraft, Question
from support.files import archive

TITLE = "关于印发垫江县2021年下半年政务公开重点任务清单的通知"
NUMBER = "垫江府办发〔2021〕66号"
HEADER = ("序号", "工作任务", "具体举措", "牵头单位", "责任单位", "完成时限")

Row = tuple[str, str, str, str, str]  # 工作任务, 具体举措, 牵头单位, 责任单位, 完成时限

ROWS: tuple[Row, ...] = (
    ("公开惠企政策", "1.梳理惠企政策并在县政府网站公开。", "县发展改革委", "县教委、县司法局", "2021年9月30日前"),
    ("更新办事指南", "1.更新乡镇办事指南。", "县政府办公室", "各乡镇（街道）", "2021年10月31日前"),
    ("公开义务教育招生信息", "1.公开招生范围和结果。", "县教委", "——", "2021年8月31日前"),
)


def _cells(number: str, rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [HEADER, *((str(at), *row) for at, row in enumerate(rows, 1))]


def _before(title: str, number: str) -> tuple[str, ...]:
    return (
        title,
        number,
        "各乡镇人民政府、街道办事处，县政府各部门：",
        "现将清单印发给你们，请认真贯彻执行。",
        "垫江县人民政府办公室",
        "2021年7月1日",
    )


def docx(rows: Sequence[Row] = ROWS, title: str = TITLE, number: str = NUMBER) -> bytes:
    """A Word document with the notice's head and its list as one table."""
    lines = "".join(
        "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in line) + "</w:tr>"
        for line in _cells(number, rows)
    )
    body = "".join(map(_paragraph, _before(title, number))) + f"<w:tbl>{lines}</w:tbl>"
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return archive(
        {
            "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>'.encode(),
        }
    )


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def html(rows: Sequence[Row] = ROWS, title: str = TITLE, number: str = NUMBER) -> bytes:
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in _cells(number, rows)
    )
    head = "".join(f"<p>{escape(line)}</p>" for line in _before(title, number))
    return f"<html><meta charset=utf-8><body>{head}<table>{lines}</table></body></html>".encode()


def row(number: int, item: str = "", **given: object) -> DraftRow:
    """A row with everything but what is `given` left empty."""
    empty: dict[str, object] = {
        "part": "",
        "aspect": "",
        "item": item,
        "measures": (f"{item}的举措。",),
        "paths": (),
        "mentioned_paths": (),
        "lead": ("县教委",),
        "responsible": ("新民镇",),
        "nodes": (),
        "recurrence": None,
        "deadline_text": "",
        "unresolved": False,
        "note": "",
    }
    return DraftRow(number=number, **{**empty, **given})  # type: ignore[arg-type]


def due(text: str, title: str = "办结") -> tuple[DraftNode, ...]:
    return (DraftNode(title, date.fromisoformat(text)),)


def question(key: str, at: int | None, about: str, written: str = "", *candidates: str) -> Question:
    return Question(key, at, about, written, f"第 {at} 行：{about}？", candidates)


def draft(*rows: DraftRow, questions: Sequence[Question] = (), new_units: Sequence[str] = ()) -> ListDraft:
    issued = date(2021, 7, 1)
    return ListDraft(TITLE, NUMBER, 2021, issued, None, rows, tuple(questions), tuple(new_units), ())
