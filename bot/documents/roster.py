"""The roster: who the people are, from a CSV or XLSX file with the columns 单位, 姓名, 账号, 角色 (DESIGN §6).

The file comes from whoever edits it, so it is read with suspicion: sizes are checked before anything is unpacked, and
everything wrong with the lines is told at once. Whether a unit exists is for the caller to say.
"""

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from bot.documents.package import ENCRYPTED, OLE, ZIP, Limits, PackageError, Trouble, check_package
from bot.domain.people import ROLE_OF_LABEL
from bot.texts.causes import system_cause

MAX_FILE = 5 * 1024 * 1024  # bytes
MAX_LINES = 10_000
MAX_ACCOUNT = 64  # bytes, the platform's limit for a userid
MAX_WORDS = 100  # characters of a cell that we keep

_NAMES = ("单位", "姓名", "账号", "角色")
_TITLE_ROWS = 5  # offices like to put a title above the header
_ROLES = "、".join(ROLE_OF_LABEL)
_BETWEEN_ROLES = re.compile(r"[、，,；;/／\s]+")
_GAP_IN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_SCIENTIFIC = re.compile(r"\d+(\.\d+)?[Ee]\+\d+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))  # ride along with what is copied from a page or a chat

_MAX_SHEETS = 10  # visible ones looked at
_MAX_SHEET_ROWS = 100_000
_MAX_COLUMNS = 64
_EXACT_DIGITS = 15  # digits of a number a spreadsheet keeps

_NOT_A_TABLE = "这不是 CSV 或 XLSX 文件，请用表格软件另存为 .xlsx 或 CSV 后再试"
_OLD = "这是旧版 Office 文件（.xls），请另存为 .xlsx 或 CSV 后再试"
_PASSWORD = "这个表格加了密码，请取消密码另存后再试"
_BROKEN = "这个 XLSX 文件已损坏，打不开，请用表格软件重新另存后再试"
_TOO_BIG = "这个 XLSX 文件内容过多（可能有大片空白格式），请把四列内容复制到一个新表格后再试"
_MACROS = "这个表格带有宏，出于安全不读取，请另存为不带宏的 .xlsx 后再试"
_LIMITS = Limits()
_TROUBLES = {
    Trouble.MACROS: _MACROS,
    Trouble.PASSWORD: _PASSWORD,
    Trouble.TOO_BIG: _TOO_BIG,
    Trouble.BROKEN: _BROKEN,
    Trouble.OTHER: _NOT_A_TABLE,
}


class RosterError(Exception):
    """The roster cannot be used. `problems` are all of them, a Chinese line each; the text names the first."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__(problems[0] + (f"（共 {len(problems)} 处问题）" if len(problems) > 1 else ""))


@dataclass(frozen=True)
class RosterLine:
    """One role of one person at one unit. `userid` as first written in the file; `line_no` counts the file's rows."""

    unit: str
    name: str
    userid: str
    role_label: str
    line_no: int


@dataclass(frozen=True)
class Roster:
    lines: tuple[RosterLine, ...]


@dataclass(frozen=True)
class _Row:
    line_no: int
    cells: list[str]


def read_roster(path: str | Path) -> Roster:
    """The people of a file, in its order; exact repetitions once, several roles in one cell as several lines.

    The first rows may be a title; columns may stand in any order, others are ignored, and so are blank lines. CSV is
    UTF-8 or GB18030; of an xlsx the first visible sheet that has the columns counts. Userids are compared without case.
    Raises RosterError.
    """
    data = _read(Path(path))
    if data.startswith(ZIP):
        rows = _xlsx_rows(data, Path(path).suffix)
    elif data.startswith(OLE):
        raise RosterError(_PASSWORD if ENCRYPTED in data else _OLD)
    else:
        rows = _filled(_csv_cells(data))
    if not rows:
        raise RosterError("名册是空的")
    return _people(rows)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError as error:
        raise RosterError(f"找不到名册文件 {path}") from error
    except IsADirectoryError as error:
        raise RosterError(f"{path} 是文件夹，请写明名册文件") from error
    except PermissionError as error:
        raise RosterError(f"没有权限读取名册文件 {path}") from error
    except OSError as error:
        raise RosterError(f"读不了名册文件 {path}：{system_cause(error)}") from error
    if len(data) > MAX_FILE:
        raise RosterError(f"名册文件超过 {MAX_FILE // 1024**2} MB，不像是名册，请只保留四列内容后再试")
    return data


def _csv_cells(data: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    line_no = 1
    try:
        for cells in reader:
            yield line_no, cells
            line_no = reader.line_num + 1
    except csv.Error as error:
        # Without strict a lost quote would swallow the people after it in silence.
        raise RosterError(f"第 {line_no} 行：引号没有配对，或一格内容过长") from error


def _decoded(data: bytes) -> str:
    if b"\0" not in data:
        for encoding in ("utf-8-sig", "gb18030"):
            with suppress(UnicodeDecodeError):
                return data.decode(encoding)
    raise RosterError(_NOT_A_TABLE)


def _filled(cells: Iterable[tuple[int, Sequence[object]]]) -> list[_Row]:
    """The rows in which something is written."""
    rows: list[_Row] = []
    for line_no, values in cells:
        if not any(values):
            continue
        texts = [_text(value) for value in values[:_MAX_COLUMNS]]
        if any(texts):
            rows.append(_Row(line_no, texts))
        if len(rows) > MAX_LINES:
            raise RosterError(f"名册超过 {MAX_LINES} 行，不像是名册，请核对文件")
    return rows


def _text(value: object) -> str:
    """A cell as it was meant: no blanks around it, an account that the spreadsheet took for a number without .0."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= 10**_EXACT_DIGITS:
            return f"{value:.{_EXACT_DIGITS - 1}E}"  # the digits after these are lost: not to be taken for an account
        if value == int(value):
            return str(int(value))
    return str(value).translate(_INVISIBLE).strip()


def _people(rows: list[_Row]) -> Roster:
    header, missing = _header(rows)
    if missing:
        raise RosterError(f"缺少列：{'、'.join(missing)}。表头应有 {'、'.join(_NAMES)} 四列")
    places = _places(rows[header])
    reading = _Reading()
    for row in rows[header + 1 :]:
        wanted = [row.cells[place] if place < len(row.cells) else "" for place in places]
        if any(wanted):
            reading.take(row.line_no, *wanted)
    if reading.problems:
        raise RosterError(*reading.problems)
    if not reading.lines:
        raise RosterError("名册里没有人：表头下面没有内容")
    return Roster(tuple(reading.lines.values()))


def _header(rows: list[_Row]) -> tuple[int, list[str]]:
    """Which of the first rows is the header, and which columns it lacks."""
    found = [set(_NAMES) & {_joined(cell) for cell in row.cells} for row in rows[:_TITLE_ROWS]]
    header = max(range(len(found)), key=lambda index: len(found[index]))
    return header, [name for name in _NAMES if name not in found[header]]


def _places(row: _Row) -> list[int]:
    """Where in the header the four columns are. Raises RosterError."""
    cells = [_joined(cell) for cell in row.cells]
    if twice := [name for name in _NAMES if cells.count(name) > 1]:
        raise RosterError(f"第 {row.line_no} 行：列 {'、'.join(twice)} 出现了不止一次")
    return [cells.index(name) for name in _NAMES]


def _joined(words: str) -> str:
    """A name without the blanks that only align it (王　伟), and with single ones where they part words."""
    return " ".join(_GAP_IN_CHINESE.sub("", words).split())


class _Reading:
    """Collects the lines of the roster and everything that is wrong with them."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str, str], RosterLine] = {}
        self.problems: list[str] = []
        self._first: dict[str, RosterLine] = {}  # of each account, by its userid without case

    def take(self, line_no: int, unit: str, name: str, userid: str, roles: str) -> None:
        unit, name = _joined(unit), _joined(name)
        labels = [label for label in _BETWEEN_ROLES.split(roles) if label] if len(roles) <= MAX_WORDS else []
        written = {"单位": unit, "姓名": name, "账号": userid, "角色": roles}
        wrong = [
            *(f"{column}为空" for column, words in written.items() if not words),
            *(f"{column}超过 {MAX_WORDS} 个字" for column, words in written.items() if len(words) > MAX_WORDS),
            *_wrong_with_account(userid[: MAX_WORDS + 1]),
            *(f"角色{_quoted(label)}不认识，只能填 {_ROLES}" for label in labels if label not in ROLE_OF_LABEL),
        ]
        if userid and name:
            first = self._first.setdefault(userid.casefold(), RosterLine(unit, name, userid, "", line_no))
            userid = first.userid
            if first.name != name:
                wrong.append(
                    f"账号{_quoted(userid)}在第 {first.line_no} 行是{_quoted(first.name)}，这里是{_quoted(name)}"
                )
        self.problems += [f"第 {line_no} 行：{problem}" for problem in wrong]
        for label in labels:
            self.lines.setdefault((unit, userid, label), RosterLine(unit, name, userid, label, line_no))


def _wrong_with_account(userid: str) -> list[str]:
    if _SCIENTIFIC.fullmatch(userid):
        return [f"账号{_quoted(userid)}被表格改成了科学计数，请把这一列设为文本格式后重填"]
    if len(userid.encode()) > MAX_ACCOUNT and len(userid) <= MAX_WORDS:
        return [f"账号{_quoted(userid)}过长，最多 {MAX_ACCOUNT} 字节"]
    # @all would address everybody, and a bar two accounts at once.
    if not userid.isprintable() or set(userid) & set(" |") or userid.startswith(("@", "#")):
        return [f"账号{_quoted(userid)}不能用：不能有空格、竖线或看不见的字符，不能以 @ 或 # 开头"]
    return []


def _quoted(text: str) -> str:
    shown = "".join(char if char.isprintable() else "□" for char in text[:20])
    return f"“{shown}…”" if len(text) > 20 else f"“{shown}”"


def _xlsx_rows(data: bytes, suffix: str) -> list[_Row]:
    try:
        check_package(data, suffix, "xl/workbook.xml", _LIMITS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, of which we read none
            return _sheet_rows(data)
    except PackageError as error:
        raise RosterError(_TROUBLES[error.trouble]) from error
    except RosterError:
        raise
    except Exception as error:  # zipfile and openpyxl raise whatever a broken part makes them stumble over
        raise RosterError(_BROKEN) from error


def _sheet_rows(data: bytes) -> list[_Row]:
    """The filled rows of the first visible sheet that has the columns, else of the first that is not empty."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    first: list[_Row] = []
    try:
        for sheet in [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"][:_MAX_SHEETS]:
            values = sheet.iter_rows(min_row=1, max_row=_MAX_SHEET_ROWS, max_col=_MAX_COLUMNS, values_only=True)
            rows = _filled(enumerate(values, start=1))
            if rows and not _header(rows)[1]:
                return rows
            first = first or rows
    finally:
        book.close()
    return first
