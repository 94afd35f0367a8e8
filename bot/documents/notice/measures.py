"""The work of a row: its numbered measures, and the 公开路径 block that says where to publish (DESIGN §3, rule 10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.documents.notice.numerals import to_int
from bot.documents.notice.words import clean
from bot.domain.county import PathData

_STYLES = (
    re.compile(r"(?P<n>\d{1,2})[.．、]\s*(?!\d{1,2}(?!\d))"),
    re.compile(r"[（(]\s*(?P<n>\d{1,2})\s*[）)]"),
    re.compile(r"(?P<n>[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳])"),
    re.compile(r"(?P<n>\d{1,2})[）)]"),
    re.compile(r"(?P<n>[一二三四五六七八九十]{1,3})、"),
    re.compile(r"[（(](?P<n>[一二三四五六七八九十]{1,3})[）)]、?"),
)
_MAY_PRECEDE = frozenset("。；;：:！？）)”」\n\t \u3000\xa0")  # before a number in the middle of a line
_PATHS = re.compile(r"(?:公开|发布)(?:路径|渠道|载体|栏目|位置)\s*[：:]")
_CHANNEL = re.compile(
    r"渠道|网站|网页|公开栏|公示栏|宣传栏|新媒体|公众号|微博|微信|栏目|平台|媒体|公报|专区|查阅点|客户端|APP|广播|电视|报刊"
)
_ROOT = re.compile(r"(?:县?政府信息公开|政务公开|政府信息公开目录|信息公开|首页|法定主动公开内容)[^>]{0,12}>")
_SHORT_FOR = re.compile(r"(?P<long>.+?)（(?:以下|下同)?(?:统|简)称[“\"](?P<short>[^”\"]+)[”\"]）$")
_CHANNEL_AND_MORE = re.compile(r"(?<=其他渠道)[\s\u3000]*(?=[\u4e00-\u9fff])")
_MENTIONED = re.compile(
    r"(?P<site>(?:县|区|市)?(?:人民)?政府(?:门户)?网站|门户网站|(?:县|区|市)?政府部门网页)“(?P<column>[^”]{2,80})”(?P<kind>栏目|专栏)?"
)
_GOES_ON = ("、", "，", ",", "“", "（", "和", "与", "的")
_ENDS = ("。", "；", ";", "：", ":", "！", "？", "”", "）")


@dataclass(frozen=True, slots=True)
class Work:
    """`measures` one entry per number or unnumbered paragraph, sub-items after line breaks; see `TaskData`."""

    measures: tuple[str, ...]
    paths: tuple[PathData, ...]
    mentioned: tuple[PathData, ...]
    blocks: int = 0  # of paths


def read_work(text: str, *, wrapped: bool = False, only_paths: bool = False) -> Work:
    """A cell of measures with any 公开路径 blocks in it. `wrapped`: its lines may be cut anywhere; `only_paths`: a cell
    of a column of publishing paths."""
    text = _CHANNEL_AND_MORE.sub("\n", text.replace("＞", ">").replace("&gt;", ">"))
    if only_paths:
        return Work((), tuple(_paths(_pieces([text]))), ())
    own: list[str] = []
    paths: list[PathData] = []
    blocks = 0
    rest = text
    while match := _PATHS.search(rest):
        own.append(rest[: match.start()])
        block, rest = _block(rest[match.end() :])
        blocks += 1
        paths += _paths(block)
    own.append(rest)
    measures = tuple(_numbered("\n".join(own), wrapped))
    return Work(measures, tuple(dict.fromkeys(paths)), () if paths else tuple(_mentioned(measures)), blocks)


def _block(text: str) -> tuple[list[str], str]:
    """The entries of a block of paths, and the text from where it is none any more."""
    pieces = _pieces([text])
    for index, piece in enumerate(pieces):
        if not _is_path(piece) or _PATHS.match(piece):
            return pieces[:index], "\n".join(pieces[index:])
    return pieces, ""


def _is_path(piece: str) -> bool:
    bare = _bare(piece)
    if "。" in bare or "；" in bare:
        return False
    return ">" in bare or (bool(_CHANNEL.search(bare)) and len(bare) <= 60) or not bare or bare.endswith(("：", ":"))


def _pieces(texts: list[str]) -> list[str]:
    """Entries of paths: a number, a line break, and a blank before another column begin a new one."""
    pieces: list[str] = []
    for line in "\n".join(texts).splitlines():
        fresh = True
        for start, end in _cuts(line):
            for word in line[start:end].split():
                previous = pieces[-1] if pieces and not fresh else ""
                goes_on = (
                    previous
                    and not _number_at(word)
                    and not (
                        ">" in previous and (_ROOT.match(clean(word)) or (_CHANNEL.search(word) and ">" not in word))
                    )
                )
                if goes_on:
                    pieces[-1] += word
                else:
                    pieces.append(word)
                fresh = False
            fresh = True
    return [clean(piece) for piece in pieces]


def _cuts(line: str) -> Iterator[tuple[int, int]]:
    """Where numbers part a line of paths. A number may follow anything here: blanks may have been lost."""
    found = {match.start() for style in _STYLES[:2] for match in style.finditer(line) if match.start()}
    starts = [0, *sorted(found)]
    yield from zip(starts, [*starts[1:], len(line)], strict=True)


def _number_at(text: str) -> re.Match[str] | None:
    return next((match for style in _STYLES if (match := style.match(text))), None)


def _bare(piece: str) -> str:
    match = _number_at(piece)
    return piece[match.end() :] if match else piece


def _paths(pieces: list[str]) -> Iterator[PathData]:
    site = ""
    for index, piece in enumerate(pieces):
        bare = _bare(piece).strip("；;。，")
        if not bare:
            continue
        head, mark, column = bare.replace(":", "：").partition("：")
        following = pieces[index + 1] if index + 1 < len(pieces) else ""
        if short := _SHORT_FOR.fullmatch(bare):
            yield PathData(short["short"], short["long"])
        elif mark and not column:
            site = head
            if ">" not in following:
                yield PathData(site, "")
        elif mark:
            site = head
            yield PathData(site, column)
        elif ">" in bare and site:
            yield PathData(site, bare)
        elif not (_STYLES[0].match(piece) and _STYLES[1].match(following)):  # 1.政府网站 before (1), (2) is a heading
            yield PathData(bare, "")
            site = bare if ">" in following and "：" not in following else ""


def _numbered(text: str, wrapped: bool) -> Iterator[str]:
    """Measures: each number of the outermost style begins one, each unnumbered paragraph is one."""
    style = _outermost(text)
    inner = [other for other in _STYLES if other is not style]
    current = ""
    expected = 1
    for line in _whole_lines(text, wrapped):
        starts = _in_order(line, style, expected) if style else []
        expected += len(starts)
        for start, end in _between(starts, len(line)):
            piece = line[start:end].strip()
            if not piece:
                continue
            numbered = start in starts
            sub = not numbered and current and any(other.match(piece) for other in inner)
            if sub:
                current += "\n" + _with_sub_items(piece, inner)
            else:
                if current:
                    yield current
                current = _with_sub_items(piece, inner)
    if current:
        yield current


def _between(starts: list[int], length: int) -> Iterator[tuple[int, int]]:
    edges = sorted({0, *starts, length})
    yield from pairwise(edges)


def _outermost(text: str) -> re.Pattern[str] | None:
    """The style of the first number 1 at the beginning of a line, else of two numbers in order within a line."""
    for line in text.splitlines():
        for style in _STYLES:
            if (match := style.match(line.strip())) and _value(match) == 1:
                return style
    return next((style for style in _STYLES[:3] if len(_in_order(text, style, 1)) > 1), None)


def _in_order(line: str, style: re.Pattern[str], expected: int) -> list[int]:
    """Where the numbers expected next stand in a line, at its beginning or after the end of a sentence."""
    starts = []
    for match in style.finditer(line):
        before = line[match.start() - 1] if match.start() else "\n"
        at_start = not line[: match.start()].strip()
        if before in _MAY_PRECEDE and (_value(match) == expected or (at_start and _value(match) >= expected)):
            starts.append(match.start())
            expected = _value(match) + 1
    return starts


def _value(match: re.Match[str]) -> int:
    number = match["n"]
    return ord(number) - ord("①") + 1 if "①" <= number <= "⑳" else to_int(number) or 0


def _with_sub_items(piece: str, styles: list[re.Pattern[str]]) -> str:
    """Line breaks before the numbers inside a measure, where they count from 1."""
    for style in styles:
        starts = _in_order(piece, style, 1)
        if len(starts) > 1 or (starts and starts[0] == 0):
            edges = sorted({0, *starts, len(piece)})
            return "\n".join(clean(piece[a:b]) for a, b in pairwise(edges) if piece[a:b].strip())
    return clean(piece)


def _whole_lines(text: str, wrapped: bool) -> list[str]:
    """Lines of the cell, put together again where a sentence was plainly cut."""
    whole: list[str] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        previous = whole[-1] if whole else ""
        cut = previous.endswith(_GOES_ON) or previous.count("“") > previous.count("”")
        if previous and not _number_at(line) and (cut or (wrapped and not previous.endswith(_ENDS))):
            whole[-1] += line
        else:
            whole.append(line)
    return whole


def _mentioned(measures: tuple[str, ...]) -> Iterator[PathData]:
    for measure in measures:
        for match in _MENTIONED.finditer(measure):
            if ">" in match["column"]:
                yield PathData(match["site"], match["column"])
            elif match["kind"]:
                yield PathData(match["site"], f"“{match['column']}”{match['kind']}")
