"""Bank cards and mobile numbers."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import phonenumbers
from stdnum import luhn

from bot.evidence.findings import Finding, Kind

_DIGITS = re.compile(r"\d+")
_FRACTION = re.compile(r"\.\d{1,4}(?!\d)")
_LEAST_GROUP = 3  # people write 4-4-4-4 and 3-4-4; lists of item numbers have one or two digits
_SHORTEST, _LONGEST = 11, 19
_CHINA = "86"
_OFFICE_TELEPHONES = frozenset({7, 8})  # digits

# The numbers of UnionPay and of the oldest large banks: what else begins so, hardly ever fits the check digit.
_CHINESE = r"(?:62\d{14,17}|(?:955[89]|601[34])\d{12,15})"
_CHINESE_CARD = re.compile(_CHINESE)
_ANYWHERE = re.compile(rf"(?<!\d)(?<!\d\.){_CHINESE}(?!\d)(?!\.\d)")
# What the other networks and the banks' own old series begin with.
_CARD = re.compile(r"(?:4|5|3[567]|60[123]|68580|69[04]|955|9400|9666|9688|9843|9988)\d*")
_CARD_LENGTHS = range(16, 20)
_SHORT_CARD = re.compile(r"(?:37|690755)\d*")  # American Express and an old series have fifteen digits

_MOBILE = re.compile(r"1[3-9]\d{9}")
# A dot also parts amounts, versions and days: it joins a mobile number in its usual groups only.
_DOTTED_MOBILE = re.compile(
    r"(?<![\d.A-Za-z_])(?:(?:\+|00)?86[ .·-]{0,2})?(1[3-9]\d)[ ]?[.·][ ]?(\d{4})[ ]?[.·][ ]?(\d{4})(?![A-Za-z_]|\.?\d)"
)
# In an address such digits are mostly the id of a page or a post; these say themselves what they are.
_NAMED = re.compile(
    r"(?i)[?&;][a-z_]{0,12}(?:(tel|phone|mobile|sjh|lxdh)|card|acc(?:oun)?t|bank|yhk|kahao)[a-z_]{0,8}="
    r"(?:00|\+|%2b)?(?:86)?(\d{11,19})(?!\d)"
)


@dataclass(frozen=True)
class _Shape:
    """How a kind of number is written: in whole groups of digits, not beside what `before` and `after` bar."""

    kind: Kind
    run: re.Pattern[str]
    fits: Callable[[Sequence[str], bool], bool]  # the groups, and whether a line ends between them
    before: re.Pattern[str]
    after: re.Pattern[str]


def cards_anywhere(view: str) -> Iterator[Finding]:
    """Chinese cards in one piece: also in links, in file names and beside letters."""
    for match in _ANYWHERE.finditer(view):
        if luhn.is_valid(match.group()):
            yield Finding(Kind.CARD, match.start(), match.end())


def in_link(view: str, start: int, end: int) -> Iterator[Finding]:
    """What a parameter of an address calls a telephone or a card."""
    for match in _NAMED.finditer(view, start, end):
        kind, fits = (Kind.MOBILE, _is_mobile) if match.group(1) else (Kind.CARD, _is_card)
        if fits([match.group(2)], False):
            yield Finding(kind, match.start(2), match.end(2))


def cards(view: str) -> Iterator[Finding]:
    """Any card, in pieces too. Ids of documents have such digits by the thousand: not in links, not beside letters."""
    return _numbers(view, _CARDS)


def mobiles(view: str) -> Iterator[Finding]:
    yield from _numbers(view, _MOBILES)
    for match in _DOTTED_MOBILE.finditer(view):
        if _is_mobile(match.groups(), broken=False):
            yield Finding(Kind.MOBILE, match.start(), match.end())


def _is_card(groups: Sequence[str], broken: bool) -> bool:
    number = "".join(groups)
    if any(len(group) < _LEAST_GROUP for group in groups[:-1]):
        return False
    if len(groups) > 1 and {len(group) for group in groups} <= _OFFICE_TELEPHONES:
        return False
    if not _CHINESE_CARD.fullmatch(number):
        usual = len(number) in _CARD_LENGTHS and _CARD.fullmatch(number)
        short = len(number) == min(_CARD_LENGTHS) - 1 and _SHORT_CARD.fullmatch(number)
        if broken or not (usual or short):
            return False
    return luhn.is_valid(number)


def _is_mobile(groups: Sequence[str], broken: bool) -> bool:
    head = groups[0].removeprefix("00")
    if head == _CHINA:
        groups = groups[1:]
    elif len(head) > len(_CHINA) and head.startswith(_CHINA):
        groups = [head.removeprefix(_CHINA), *groups[1:]]
    number = "".join(groups)
    if broken or not _MOBILE.fullmatch(number) or any(len(group) < _LEAST_GROUP for group in groups):
        return False
    parsed = phonenumbers.parse(number, "CN")
    mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    return mobile and phonenumbers.is_valid_number(parsed)


_WORD = re.compile(r"[A-Za-z_]")
_CARDS = _Shape(Kind.CARD, re.compile(r"\d+(?:(?:[ -]{1,3}|\n)\d+)*"), _is_card, _WORD, _WORD)
_MOBILES = _Shape(
    Kind.MOBILE,
    re.compile(r"\d+(?:[ -]{1,3}\d+)*"),
    _is_mobile,
    re.compile(r"[_¥]"),
    re.compile(r"_| ?[万亿]?元| ?[万亿]"),  # an amount of money
)


def _numbers(view: str, shape: _Shape) -> Iterator[Finding]:
    for run in shape.run.finditer(view):
        groups = [group.span() for group in _DIGITS.finditer(view, run.start(), run.end())]
        first = 0
        while first < len(groups):
            last = _fitting(view, groups, first, shape)
            if last is not None:
                yield Finding(shape.kind, groups[first][0], groups[last][1])
                first = last
            first += 1


def _fitting(view: str, groups: Sequence[tuple[int, int]], first: int, shape: _Shape) -> int | None:
    """The last group of the longest number that begins with group `first`, or None."""
    start = groups[first][0]
    if start and shape.before.match(view[start - 1]):
        return None
    best = None
    total = 0
    for last in range(first, len(groups)):
        length = groups[last][1] - groups[last][0]
        total += length
        if total > _LONGEST:
            break
        end = groups[last][1]
        if (
            total >= _SHORTEST
            and shape.fits([view[a:b] for a, b in groups[first : last + 1]], "\n" in view[start:end])
            and not shape.after.match(view, end)
            and not _FRACTION.match(view, end)
        ):
            best = last
        if length < _LEAST_GROUP and view[start:end] != _CHINA:
            break
    return best
