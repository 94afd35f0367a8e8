"""The ledger (台账): every assignment with all its dates, as json or csv (DESIGN §6, "Ledger columns"); as xlsx in
`bot.documents.workbook`.

The writers stream: rows are taken one at a time, and no more than one is held.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from bot.documents.outgoing import Target, opened, printable
from bot.domain.calendar import local

Progress = Callable[[int], None]  # is told, after each row, how many rows are written
Value = str | int | date | datetime | None
_T = TypeVar("_T")

COLUMNS = {
    "编号": "code",
    "部分": "part",
    "方面": "aspect",
    "具体事项": "item",
    "牵头单位": "leads",
    "责任单位": "unit",
    "办结时限": "due",
    "状态": "state",
    "灯": "light",
    "签收时间": "signed_at",
    "提交时间": "submitted_at",
    "销号时间": "closed_at",
    "延期次数": "extensions",
    "佐证": "evidence",
    "退回原因": "return_reason",
}
"""The columns in the order of the contract, each with the field of LedgerRow it shows."""

LEDGER = "台账"
_STARTS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act on an item: who did what when; `words` is what the person wrote (内容)."""

    at: datetime
    who: str
    act: str
    words: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One assignment, or a row without known responsible units (`unit` empty, state 待明确).

    `leads` are names, one each: every one has a sheet. `due` is the deadline in force. `state` and `light` are the
    words of DESIGN §2. Moments are aware (stored in UTC, shown in Asia/Shanghai).
    """

    code: str
    part: str
    aspect: str
    item: str
    leads: tuple[str, ...]
    unit: str
    due: date | None
    state: str
    light: str
    signed_at: datetime | None = None
    submitted_at: datetime | None = None
    closed_at: datetime | None = None
    extensions: int = 0
    evidence: tuple[str, ...] = ()
    return_reason: str = ""
    node_title: str = ""
    history: tuple[HistoryEntry, ...] = ()


def code_key(code: str) -> tuple[int, ...]:
    """Sorts 编号 as people count: 2, 10, 31, 31-1, 31-2. Raises ValueError for what is no number."""
    return tuple(int(step) for step in code.split("-"))


def write_json(target: Target, rows: Iterable[LedgerRow], progress: Progress | None = None) -> None:
    """One array of objects keyed by column name, then 节点 and 记录; what has not happened is null.

    Dates are ISO, times ISO in Asia/Shanghai to the second. Raises NotWritten where a path cannot be written.
    """
    with opened(target, LEDGER) as out:
        separator = b"[\n"
        for record in counted(map(_record, rows), progress):
            out.write(separator + json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
            separator = b",\n"
        out.write(b"\n]\n" if separator == b",\n" else b"[]\n")


def write_csv(target: Target, rows: Iterable[LedgerRow], progress: Progress | None = None) -> None:
    """UTF-8 with a mark for Excel, CRLF, dates and times as in json. Raises NotWritten where a path cannot be written.

    A cell that a spreadsheet would run as a formula starts with an apostrophe: what is in it came from the chat.
    """
    with opened(target, LEDGER) as out:
        text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
        try:
            writer = csv.writer(text, lineterminator="\r\n")
            writer.writerow(COLUMNS)
            for values in counted(map(values_of, rows), progress):
                writer.writerow([_csv_cell(value) for value in values])
        finally:
            text.detach()  # the file belongs to whoever opened it


def counted(rows: Iterable[_T], progress: Progress | None) -> Iterator[_T]:
    """The rows, each told of to `progress` once it is written."""
    for count, row in enumerate(rows, 1):
        yield row
        if progress:  # reached when the next row is asked for: this one is written
            progress(count)


def values_of(row: LedgerRow) -> list[Value]:
    """One value per column; a list of words is one text, the same in all three formats."""
    return [
        row.code,
        row.part,
        row.aspect,
        row.item,
        "、".join(row.leads),
        row.unit,
        row.due,
        row.state,
        row.light,
        _shown(row.signed_at),
        _shown(row.submitted_at),
        _shown(row.closed_at),
        row.extensions,
        "\n".join(row.evidence),
        row.return_reason,
    ]


def _shown(moment: datetime | None) -> datetime | None:
    return None if moment is None else here(moment)


def here(moment: datetime) -> datetime:
    """An aware moment in Asia/Shanghai. Raises ValueError for one without a zone."""
    if moment.tzinfo is None:  # astimezone() would take it for the machine's own time
        raise ValueError(f"a ledger takes aware moments, not {moment}")
    return local(moment)


def _iso(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _record(row: LedgerRow) -> dict[str, object]:
    record: dict[str, object] = dict(zip(COLUMNS, map(_iso, values_of(row)), strict=True))
    record["节点"] = row.node_title
    record["记录"] = [
        {"时间": _iso(_shown(entry.at)), "人员": entry.who, "动作": entry.act, "内容": entry.words}
        for entry in row.history
    ]
    return record


def _csv_cell(value: Value) -> str | int | None:
    plain = _iso(value)
    if not isinstance(plain, str):
        return plain
    text = printable(plain)  # a spreadsheet shows neither control characters nor half characters
    return f"'{text}" if text.startswith(_STARTS_FORMULA) else text
