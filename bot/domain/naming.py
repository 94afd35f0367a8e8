"""What a name in somebody else's document is to the directory: a unit it knows, a slip of the pen, or a new unit."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Prefix

from bot.domain.responsibility import Directory, is_drawn_line, resolve, suggest, tidy

_UNIT_ENDS = re.compile(
    r"(?:局|委|办|部|处|科|室|站|所|队|馆|院|会|厅|署|社|台|校|镇|乡|街道|中心|公司|集团|政府|法院|妇联|残联|工商联|文联"
    r"|科协|侨联|社科联|大厅|园区|高新区|开发区|银行|企业|热线|组|基地|医院|学校|总工会|团县委|移动|联通|电信)(?:（[^（）]+）)?$"
)
_NAMES_MANY = re.compile(r"^(?:各|有关|相关|其他|其余|全体|全县|全区|全市|所有)|(?:单位|部门|成员单位|主体|企业)$")
_NAMES_NOBODY = re.compile(
    r"(?:有关|相关|涉及|涉事|对应|其他|其余).*(?:单位|部门|乡镇|镇|街道|镇街|科室|机构|企业|主体)）?$"
)
_NO_NAME = re.compile(r"[。；;，,：:！？“”《》、\s]|负责|按照|牵头|配合|完成|落实|做好|推进|开展|\d{3,}(?!\d*政务)")
_ELSEWHERE = "市区省州旗"  # 市财政局 is no slip for 县财政局
_SHORT = 3  # characters of a name such as 永兴镇, of which one other makes another town
_LONGEST = 30  # characters of a unit's name
_SAME_HOUSE = 80.0  # per cent of equal characters: 县交通运输局 for 县交通局


class Kind(Enum):
    KNOWN = auto()  # a unit or a group of the directory
    LINE = auto()  # a drawn line: the lead units
    NOBODY = auto()  # 县政府有关部门: names nobody, to be asked
    SLIP = auto()  # so near to a known name that it is hardly another unit: to be asked
    NEW = auto()  # reads like a unit the directory does not have
    UNKNOWN = auto()  # none of these


@dataclass(frozen=True, slots=True)
class Recognised:
    """`candidates` are official names it may stand for, most likely first; also for a NEW one, if it resembles any."""

    kind: Kind
    candidates: tuple[str, ...] = ()


def recognise(name: str, directory: Directory) -> Recognised:
    """What a single name, as split from an expression, is. Only KNOWN is a match; everything else is for a person."""
    if is_drawn_line(name):
        return Recognised(Kind.LINE)
    word = tidy(name)
    if len(word) > 3 * _LONGEST:
        return Recognised(Kind.UNKNOWN)
    if resolve(word, directory) is not None:
        return Recognised(Kind.KNOWN)
    if word in directory.asks or (_NAMES_NOBODY.search(word) and not _NO_NAME.search(word)):
        return Recognised(Kind.NOBODY)
    near = suggest(word, directory)
    if _NAMES_MANY.search(word):
        groups = {group.name for group in directory.groups}
        return Recognised(Kind.UNKNOWN, tuple(found for found in near if found in groups))
    if not reads_like_a_unit(word):
        return Recognised(Kind.SLIP if near else Kind.UNKNOWN, near)
    slips = _one_off(word, directory)
    if slips and len(word) > _SHORT:
        return Recognised(Kind.SLIP, slips)
    return Recognised(Kind.NEW, slips or _same_house(word, directory))


def reads_like_a_unit(word: str) -> bool:
    """Whether the word ends as the name of a unit does (局, 委, 镇, 中心), whether or not the directory knows it."""
    return bool(2 < len(word) <= _LONGEST and _UNIT_ENDS.search(word) and not _NO_NAME.search(word))


def _one_off(word: str, directory: Directory) -> tuple[str, ...]:
    """Official names one character away from the word (县农业农委, 县商务局), those that begin most like it first."""
    near = process.extract(word, list(directory.meanings), scorer=OSA.distance, score_cutoff=1, limit=12)
    found = sorted((known for known, _, _ in near), key=lambda known: -Prefix.similarity(known, word))
    return _here(found, word, directory)


def _same_house(word: str, directory: Directory) -> tuple[str, ...]:
    near = process.extract(word, list(directory.meanings), scorer=fuzz.ratio, score_cutoff=_SAME_HOUSE, limit=6)
    return _here([known for known, _, _ in near], word, directory)


def _here(near: list[str], word: str, directory: Directory) -> tuple[str, ...]:
    """Official names of the near ones, without the county's own office where the word names the city's."""
    rest = word[1:] if word[0] in _ELSEWHERE else None
    kept = (known for known in near if rest is None or not known.endswith(rest))
    return tuple(dict.fromkeys(directory.meanings[known].name for known in kept))[:3]
