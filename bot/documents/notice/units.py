"""Cells that name units: who leads, who is responsible, who helps, in the words of the document."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.documents.notice.words import clean
from bot.domain.naming import Kind, reads_like_a_unit, recognise
from bot.domain.responsibility import Directory, is_drawn_line, tidy

_NONE = re.compile(r"[/／\\]+|无")
_LABEL = re.compile(
    r"(?P<role>牵头|主办|主责|责任|承办|落实|实施|配合|协办|协助|参与|参加)(?:责任)?(?:单位|部门|科室|主体|股室)(?:为|是)?[：:]\s*"
)
# What closes a list of names and says what they do; the longest wording first.
_MARKER = re.compile(
    r"(?P<lead>(?:共同|联合)?(?:为)?(?:牵头|主办|总牵头|统筹)(?:单位|部门)?(?:负责|抓总|组织|统筹|协调|落实|实施)?)"
    r"|(?P<with>会同)"
    r"|(?:按照?|根据)(?:各自)?(?:职责|职能|任务)?(?:和)?(?:职责|分工)*(?P<own>负责|落实|推进|抓好落实|组织实施|做好|配合)?(?:落实|推进|实施)?"
    r"|(?P<support>(?:积极|密切|协同|予以)?(?:配合|协助|协办|参与|参加|协同)(?:单位|部门|落实|实施|推进|做好)?)"
    r"|(?P<does>(?:分别|具体|共同|分级|分工)?(?:负责|承办|组织实施|抓好落实|落实|实施)(?:落实|实施|推进)?)"
)
_SUFFIX = re.compile(r"（(?P<role>牵头|主办|总牵头|责任|配合|协办|协助)(?:单位|部门)?）")
_SPLIT = re.compile(r"[、，,;；。/／|]+")
_OPEN = re.compile(r"(?:等(?:有关|相关|县级|县直)?(?:部门|单位|部门单位|部门和单位)?|等等)$")
_LEADING = re.compile(r"^(?:由|请|以及|及|和|与|并|其中|其他由)+(?=[\u4e00-\u9fff]{2})")
_TRAILING = re.compile(r"(?:各自|分别|为|的|要|应|予以|共同)+$")
_AND = re.compile(r"和|与|及|以及")
_ROLES = {"牵头": "lead", "主办": "lead", "主责": "lead", "总牵头": "lead"} | dict.fromkeys(
    ("配合", "协办", "协助", "参与", "参加"), "support"
)
_MARKS = {"lead": "\x02", "responsible": "\x03", "support": "\x04"}  # stand for （牵头） behind a name


@dataclass(slots=True)
class Named:
    """Names as written, each once, by what they do. `open_ended`: a list that ends with 等."""

    lead: list[str] = field(default_factory=list)
    responsible: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    open_ended: bool = False

    def add(self, role: str, names: list[str]) -> None:
        kept: list[str] = getattr(self, role)
        kept += [name for name in names if name not in kept]


def read_units(text: str, directory: Directory, role: str) -> Named:
    """The names of a cell. `role` is what its column says of them; 牵头, 配合 and the like inside the cell win."""
    named = Named()
    if _NONE.fullmatch(text.strip()):
        return named
    if is_drawn_line(text) and text.strip():
        named.add(role, ["".join(text.split())])
        return named
    for piece_role, words in _labelled(_joined(text, directory), role):
        _read(words, directory, piece_role, named)
    return named


def _labelled(text: str, role: str) -> list[tuple[str, str]]:
    """Pieces of the cell with the role that a label (牵头单位：) gives them."""
    found: list[tuple[str, str]] = []
    start = 0
    for match in _LABEL.finditer(text):
        found.append((role, text[start : match.start()]))
        role = _ROLES.get(match["role"], "responsible")
        start = match.end()
    return [*found, (role, text[start:])]


def _read(text: str, directory: Directory, role: str, named: Named) -> None:
    """Names, and markers that say what the names before them do."""
    if len(_parts(text)) == 1 and _is_known(tidy(text), directory):
        named.add(role, [tidy(text)])
        return
    text = _SUFFIX.sub(lambda match: _MARKS[_ROLES.get(match["role"], "responsible")], text)
    start = 0
    after_lead = False
    for match in _markers(text, directory):
        names = text[start : match.start()]
        start = match.end()
        if match["lead"] or match["with"]:
            _names(names, directory, "lead", named)
            after_lead = after_lead or bool(match["with"])
        elif match["support"] or match["own"] == "配合":
            _names(names, directory, "support", named)
        else:
            _names(names, directory, "responsible" if named.lead or (role == "lead" and named.lead) else role, named)
    _names(text[start:], directory, "support" if after_lead else role, named)


def _markers(text: str, directory: Directory) -> list[re.Match[str]]:
    """Markers that close a list of names, not words inside a name (县城乡统筹发展中心)."""
    found: list[re.Match[str]] = []
    start = 0
    for match in _MARKER.finditer(text):
        if not match[0] or match.start() < start:
            continue
        before = _LEADING.sub("", _SPLIT.split(text[start : match.start()])[-1])
        after = _SPLIT.split(text[match.start() :])[0]
        whole = before + after
        if _is_known(whole, directory):
            continue
        closes = match.end() == len(text) or text[match.end()] in "，,、；;。"
        if closes or _is_name(_OPEN.sub("", before), directory) or _is_known(before, directory):
            found.append(match)
            start = match.end()
    return found


def _names(text: str, directory: Directory, role: str, named: Named) -> None:
    for part in _parts(text):
        given = role
        for marked, mark in _MARKS.items():
            if mark in part:
                part, given = part.replace(mark, ""), marked
        bare = _TRAILING.sub("", _LEADING.sub("", part))
        short = _OPEN.sub("", bare)
        if short != bare and recognise(bare, directory).kind is not Kind.KNOWN:
            named.open_ended = True
            bare = short
        if bare:
            named.add(given, _apart(bare, directory))


def _parts(text: str) -> list[str]:
    """Split at separators outside brackets."""
    parts, depth, part = [], 0, ""
    balanced = text.count("（") == text.count("）")
    for char in text:
        if _SPLIT.match(char) and not (depth and balanced):
            parts.append(part)
            part = ""
            continue
        depth += (char == "（") - (char == "）")
        part += char
    return [name if is_drawn_line(name) else tidy(name) for name in [*parts, part] if name.strip("：: ")]


def _apart(name: str, directory: Directory) -> list[str]:
    """Two names joined by 和, if that is what they are."""
    known = _known(directory)
    if known(name):
        return [name]
    for match in _AND.finditer(name):
        halves = [name[: match.start()], name[match.end() :]]
        if all(_is_whole_name(half, directory) for half in halves):  # 县发展|和|改革局 is one
            return halves
    return [name]


def _joined(text: str, directory: Directory) -> str:
    """The cell in one line: a line break or a blank parts two names, or cuts one in two."""
    pieces = [piece for line in text.splitlines() for piece in line.split() if piece]
    joined = ""
    for piece in map(clean, pieces):
        if not joined:
            joined = piece
            continue
        before = re.split(r"[、，,;；：:]", joined)[-1]
        after = re.split(r"[、，,;；：:（]", piece)[0]
        cut = not before or joined.count("（") > joined.count("）") or piece[0] in "、，,;；）（：:"
        whole = _is_known(before + after, directory)
        apart = _is_known(before, directory) and _is_known(after, directory)
        joined += piece if cut or (whole and not apart) or not _is_whole_name(before, directory) else "、" + piece
    return joined


def _known(directory: Directory) -> Callable[[str], bool]:
    return lambda name: _is_known(name, directory)


def _is_known(name: str, directory: Directory) -> bool:
    return bool(name) and recognise(name, directory).kind in (Kind.KNOWN, Kind.NOBODY, Kind.LINE)


def _is_name(name: str, directory: Directory) -> bool:
    return bool(name) and recognise(name, directory).kind in (Kind.KNOWN, Kind.NEW, Kind.SLIP)


def _is_whole_name(name: str, directory: Directory) -> bool:
    """A name that can stand alone; 县经济 and 县发展, which only resemble one, are the beginning of a longer one."""
    return _is_known(name, directory) or (_is_name(name, directory) and reads_like_a_unit(tidy(name)))
