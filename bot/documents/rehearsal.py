"""A rehearsal as json, csv or xlsx. The file appears under its name only when it is whole."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import uuid4

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bot.domain.calendar import local
from bot.domain.rehearsal import Rehearsal, Sent

_MESSAGES = ("时间", "单位", "姓名", "账号", "角色", "类别", "依据", "内容")
_DAYS = ("日期", "消息", "人数", "最长（字节）")
_PEOPLE = ("单位", "姓名", "账号", "角色", "消息", "有消息的天数", "一天最多")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run

Cell = str | int


def write(path: Path, done: Rehearsal) -> None:
    """By the ending of `path`: one of FORMATS. Raises OSError."""
    data = FORMATS[path.suffix.lower()](done)
    partial = path.parent / f".{uuid4().hex}.part"
    try:
        partial.write_bytes(data)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def as_json(done: Rehearsal) -> str:
    """Messages in order, days with messages, everybody on the roster."""
    told = {
        "from": done.first.isoformat(),
        "to": done.last.isoformat(),
        "messages": [
            {
                "send_at": local(one.at).isoformat(),
                "userid": one.person.userid,
                "name": one.person.name,
                "unit": one.person.units,
                "roles": one.person.roles,
                "kind": one.kind,
                "rule": one.rule,
                "text": one.text,
            }
            for one in done.messages
        ],
        "days": [
            {"date": one.day.isoformat(), "messages": one.messages, "people": one.people, "longest_bytes": one.longest}
            for one in done.days()
        ],
        "people": [
            {
                "userid": load.person.userid,
                "name": load.person.name,
                "unit": load.person.units,
                "roles": load.person.roles,
                "messages": load.messages,
                "days": load.days,
                "most_a_day": load.most,
            }
            for load in done.loads()
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _json(done: Rehearsal) -> bytes:
    return as_json(done).encode()


def _csv(done: Rehearsal) -> bytes:
    """One line a message, with a mark for Excel."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_MESSAGES)
    for one in done.messages:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in _row(one)])
    return text.getvalue().encode("utf-8-sig")


def _xlsx(done: Rehearsal) -> bytes:
    book = Workbook(write_only=True)
    _sheet(book, "每日", _DAYS, ((one.day.isoformat(), one.messages, one.people, one.longest) for one in done.days()))
    people = (
        (
            *(load.person.units, load.person.name, load.person.userid, load.person.roles),
            *(load.messages, load.days, load.most),
        )
        for load in done.loads()
    )
    _sheet(book, "每人", _PEOPLE, people)
    _sheet(book, "消息", _MESSAGES, map(_row, done.messages))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _row(one: Sent) -> tuple[str, ...]:
    who = one.person
    return (f"{local(one.at):%Y-%m-%d %H:%M}", who.units, who.name, who.userid, who.roles, one.kind, one.rule, one.text)


def _sheet(book: Workbook, title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(head):
        sheet.column_dimensions["ABCDEFGHIJ"[place]].width = 60 if name == "内容" else 18
    for row in (head, *rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _NOT_XML.sub("\ufffd", value) if isinstance(value, str) else value)
            if isinstance(value, str) and value:
                cell.data_type = "s"  # words stay words: =… is no formula
            cells.append(cell)
        sheet.append(cells)


FORMATS: dict[str, Callable[[Rehearsal], bytes]] = {".json": _json, ".csv": _csv, ".xlsx": _xlsx}
"""File endings and what makes them."""
