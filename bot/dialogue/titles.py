"""Items named by their title in free words: 预算决算那个, 政务新媒体, 第三方平估."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from bot.dialogue.intents import Target
from bot.dialogue.normalize import fold

# What people call a thing -> words of its title.
CALLED = {
    "年报": "年度报告",
    "法治年度报告": "法治政府建设年度报告",
    "法治报告": "法治政府建设年度报告",
    "预算决算": "预决算",
    "预算和决算": "预决算",
    "市场准入清单": "市场准入负面清单",
    "新闻发布会": "新闻发布",
    "发布会": "新闻发布",
    "收费标准": "信息处理费",
    "公众号": "政务新媒体",
    "微信号": "政务新媒体",
    "一卡通": "一卡通",
    "欠薪": "工资拖欠",
    "环保": "环境污染",
    "食药": "食品药品",
    "十四五规划": "国民经济和社会发展规划",
}
# Words of so many titles, or of so much else, that they name nothing.
_COMMON = frozenset(
    [
        "政务公",
        "务公开",
        "政府",
        "信息",
        "公开",
        "工作",
        "方面",
        "任务",
        "落实",
        "管理",
        "内容",
        "加强",
        "通过",
        "更新",
        "建设",
        "政务",
        "服务",
        "规范",
        "办理",
        "正确",
        "机制",
        "各种",
        "县政",
        "公开工",
        "任务落",
        "政策",
        "对待",
        "领域",
        "开展",
        "网站",
        "县政府",
        "政府信息",
        "信息公开",
        "政府信息公开",
        "政务公开",
        "公开信息",
        "发布",
        "公开内容",
        "建设和",
        "基本",
        "基本信息",
        "监督",
        "情况",
        "注重",
        "力度",
        "渠道",
        "保障",
        "部门",
        "发放",
        "相关",
        "措施",
        "形式",
        "申请",
        "涉及",
        "不涉及",
        "门户网站",
        "门户网",
        "政府门户网站",
        "县政府门户网站",
        "府门户网站",
    ]
)
_WORD = re.compile(r"[一-鿿a-z0-9]{2,}")
_LONGEST = 12  # characters of a piece
_NEAR = 78  # of 100: how like a title words must be that share no piece with it
_NEAR_LEAST = 4  # characters
_CLEAR = 1.25  # times better than the next


@dataclass(frozen=True)
class Entry:
    """An item somebody may speak of."""

    target: Target
    title: str


@dataclass(frozen=True)
class Named:
    """The items that words may name, one if it is clear, and where these words stand."""

    entries: tuple[Entry, ...]
    spans: tuple[tuple[int, int], ...]
    words: str


@dataclass(frozen=True)
class Book:
    """The titles of the items a person may speak of."""

    entries: tuple[Entry, ...] = ()

    @property
    def _plain(self) -> tuple[str, ...]:
        return tuple(entry.title for entry in self.entries)

    @property
    def _pieces(self) -> dict[str, frozenset[int]]:
        return _index(self._plain).pieces

    def find(self, plain: str) -> Named | None:
        """The items whose titles the words speak of, the likeliest; several where none stands out."""
        spans = list(self._spans(plain))
        if not spans:
            return self._near(plain)
        scores: dict[int, float] = defaultdict(float)
        for start, end, piece in spans:
            places = self._pieces[piece]
            for place in places:
                scores[place] += (end - start) / len(places)
        best = max(scores.values())
        likely = [place for place, score in scores.items() if score * _CLEAR >= best]
        words = "、".join(dict.fromkeys(plain[start:end] for start, end, _ in spans))
        return self._named(likely, [(start, end) for start, end, _ in spans], words)

    def _spans(self, plain: str) -> Iterable[tuple[int, int, str]]:
        """Pieces of titles in the words, the longest from left to right: (start, end, piece)."""
        place = 0
        while place < len(plain) - 1:
            found = self._called_at(plain, place) or self._piece_at(plain, place)
            if found:
                yield place, found[0], found[1]
            place = found[0] if found else place + 1

    def _called_at(self, plain: str, place: int) -> tuple[int, str] | None:
        for word, title in CALLED.items():
            if plain.startswith(word, place) and title in self._pieces:
                return place + len(word), title
        return None

    def _piece_at(self, plain: str, place: int) -> tuple[int, str] | None:
        if plain[place : place + 2] not in self._starts:
            return None
        for length in range(min(_LONGEST, len(plain) - place), 1, -1):
            piece = plain[place : place + length]
            if piece in self._pieces:
                return place + length, piece
        return None

    @property
    def _starts(self) -> frozenset[str]:
        return _index(self._plain).starts

    def _near(self, plain: str) -> Named | None:
        """A title that was misspelt all through."""
        words = max(_WORD.findall(plain), key=len, default="")
        if len(words) < _NEAR_LEAST:
            return None
        likeness = [(fuzz.partial_ratio(words, title), place) for place, title in enumerate(self._plain)]
        best = max(likeness, default=(0.0, 0))
        if best[0] < _NEAR or sum(1 for ratio, _ in likeness if ratio * 1.1 >= best[0]) > 1:
            return None
        return self._named([best[1]], [], words)

    def _named(self, places: Iterable[int], spans: Iterable[tuple[int, int]], words: str) -> Named:
        return Named(tuple(self.entries[place] for place in sorted(places)), tuple(spans), words)


@dataclass(frozen=True)
class _Index:
    """Every piece of a title that can name something -> the places of the titles that have it; how pieces begin."""

    pieces: dict[str, frozenset[int]]
    starts: frozenset[str]


@lru_cache(maxsize=16)  # towns share their titles; a department has its own
def _index(titles: tuple[str, ...]) -> _Index:
    found: dict[str, set[int]] = defaultdict(set)
    for place, title in enumerate(titles):
        for word in _WORD.findall(fold(title).plain):
            for start in range(len(word) - 1):
                for end in range(start + 2, min(len(word), start + _LONGEST) + 1):
                    if word[start:end] not in _COMMON:
                        found[word[start:end]].add(place)
    pieces = {piece: frozenset(places) for piece, places in found.items()}
    return _Index(pieces, frozenset(piece[:2] for piece in pieces))
