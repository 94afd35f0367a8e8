"""Personal data and secrecy markings in words and links (DESIGN §3, rule 8). A hit is refused, never kept in clear."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from bot.dialogue.normalize import fold_char


class Kind(StrEnum):
    """What was found; the value is what people read."""

    ID = "身份证号"
    CARD = "银行卡号"
    MOBILE = "手机号"
    MARKING = "密级标志"


@dataclass(frozen=True)
class Finding:
    """Where in the text it stands: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def scan(text: str) -> tuple[Finding, ...]:
    """Everything that must not be kept, in order, without overlaps. Takes time linear in the length of the text.

    What is found early is blanked out for the later searches, so a card is not also reported as the number inside it.
    """
    view = "".join(fold_char(char) or " " for char in text)
    found: list[Finding] = []
    for search in (_ids_in_one_piece, _ids_in_pieces, _cards, _mobiles, _markings):
        if search is _cards:
            # Document ids in links carry such digits by the thousand; only an identity number is certain there.
            view = _blank(view, _links(_blank(text, _spans(found))))
        hits = list(search(view))
        found += hits
        view = _blank(view, _spans(hits))
    return tuple(sorted(found, key=lambda finding: finding.start))


def redact(text: str) -> str:
    """The text with every finding replaced by what it was, such as 〔已隐去身份证号〕."""
    parts: list[str] = []
    done = 0
    for finding in scan(text):
        parts += [text[done : finding.start], f"〔已隐去{finding.kind}〕"]
        done = finding.end
    return "".join([*parts, text[done:]])


def describe(findings: Sequence[Finding]) -> str:
    """The kinds found, each once, without any value: 身份证号、银行卡号."""
    return "、".join(dict.fromkeys(finding.kind.value for finding in findings))


_GONE = "\0"  # neither digit, letter nor blank: ends every number and every link


def _blank(view: str, spans: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        parts += [view[done:start], _GONE * (end - start)]
        done = end
    return "".join([*parts, view[done:]])


def _spans(findings: Sequence[Finding]) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in findings]


# Read from the text as written: a link ends where Chinese punctuation begins.
_LINK = re.compile(r"(?i:https?[:：]//|www\.)[!-~]+")


def _links(text: str) -> list[tuple[int, int]]:
    return [link.span() for link in _LINK.finditer(text)]


# --- identity numbers -------------------------------------------------------------------------------------------------

_ID_LENGTH = 18
_ID_DIGITS = re.compile(r"\d{17,}[xX]?")
_ID_RUN = re.compile(r"\d[\d\s.·-]*[xX]?")
_PIECE = re.compile(r"[\dxX]+")
# The first two digits of an identity number: the provinces of GB/T 2260.
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*codes)
)
_CENTURIES = ("18", "19", "20")


def _is_id(number: str) -> bool:
    """Check digit, birthday and province. Not the county: tables of those lag behind the numbers people are given."""
    if number[:2] not in _PROVINCES or number[6:8] not in _CENTURIES:
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return ric.calc_check_digit(number) == number[-1].upper()


def _ids_in_one_piece(view: str) -> Iterator[Finding]:
    """Also inside a longer run of digits and inside links: chance makes one of forty thousand digit runs an ID."""
    for run in _ID_DIGITS.finditer(view):
        start = run.start()
        while start + _ID_LENGTH <= run.end():
            number = view[start : start + _ID_LENGTH]
            if number[:-1].isdigit() and _is_id(number):
                yield Finding(Kind.ID, start, start + _ID_LENGTH)
                start += _ID_LENGTH
            else:
                start += 1


def _ids_in_pieces(view: str) -> Iterator[Finding]:
    """Written with blanks, dots, dashes or line breaks anywhere; it must begin and end where a piece does."""
    for run in _ID_RUN.finditer(view):
        pieces = [(piece.start(), piece.end()) for piece in _PIECE.finditer(view, run.start(), run.end())]
        first = 0
        while first < len(pieces):
            last = _last_piece(pieces, first, _ID_LENGTH)
            if last is not None:
                number = "".join(view[start:end] for start, end in pieces[first : last + 1])
                if number[:-1].isdigit() and _is_id(number):
                    yield Finding(Kind.ID, pieces[first][0], pieces[last][1])
                    first = last
            first += 1


def _last_piece(pieces: Sequence[tuple[int, int]], first: int, length: int) -> int | None:
    """The piece at which exactly `length` characters are full, or None where it would end inside a piece."""
    total = 0
    for index in range(first, min(first + length, len(pieces))):
        start, end = pieces[index]
        total += end - start
        if total >= length:
            return index if total == length else None
    return None


# --- bank cards and mobile numbers ------------------------------------------------------------------------------------

_GROUPED = re.compile(r"\d+(?:[ -]{1,3}\d+)*")
_DIGITS = re.compile(r"\d+")
_CARD = re.compile(r"(?:62|4|5|35|37|9558)\d*")
_CARD_LENGTHS = range(16, 20)
_SHORT_CARD = re.compile(r"37\d{13}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
# A dot also parts amounts, versions and days: it joins a mobile number in its usual groups only.
_DOTTED_MOBILE = re.compile(
    r"(?<![\d.A-Za-z_])(?:(?:\+|00)?86[ .·-]{0,2})?(1[3-9]\d)[ ]?[.·][ ]?(\d{4})[ ]?[.·][ ]?(\d{4})(?![A-Za-z_]|\.?\d)"
)
_FRACTION = re.compile(r"\.\d{1,4}(?!\d)")
_LEAST_GROUP = 3  # people write 4-4-4-4 and 3-4-4; lists of item numbers have one or two digits
_SHORTEST, _LONGEST = 11, 19
_CHINA = "86"
_WORD = re.compile(r"[A-Za-z_]")
_JOINT = re.compile(r"_")


def _cards(view: str) -> Iterator[Finding]:
    return _numbers(view, Kind.CARD, _is_card, _WORD)


def _mobiles(view: str) -> Iterator[Finding]:
    yield from _numbers(view, Kind.MOBILE, _is_mobile, _JOINT)
    for match in _DOTTED_MOBILE.finditer(view):
        if _is_mobile(match.groups()):
            yield Finding(Kind.MOBILE, match.start(), match.end())


def _is_card(groups: Sequence[str]) -> bool:
    number = "".join(groups)
    if any(len(group) < _LEAST_GROUP for group in groups[:-1]):
        return False
    usual = len(number) in _CARD_LENGTHS and _CARD.fullmatch(number)
    return bool(usual or _SHORT_CARD.fullmatch(number)) and luhn.is_valid(number)


def _is_mobile(groups: Sequence[str]) -> bool:
    head = groups[0].removeprefix("00")
    if head == _CHINA:
        groups = groups[1:]
    elif len(head) > len(_CHINA) and head.startswith(_CHINA):
        groups = [head.removeprefix(_CHINA), *groups[1:]]
    number = "".join(groups)
    if not _MOBILE.fullmatch(number) or any(len(group) < _LEAST_GROUP for group in groups):
        return False
    parsed = phonenumbers.parse(number, "CN")
    mobile = phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
    return mobile and phonenumbers.is_valid_number(parsed)


def _numbers(
    view: str, kind: Kind, fits: Callable[[Sequence[str]], bool], barred: re.Pattern[str]
) -> Iterator[Finding]:
    """Numbers written in whole groups of digits that are not part of a longer word (`barred` beside them)."""
    for run in _GROUPED.finditer(view):
        groups = [group.span() for group in _DIGITS.finditer(view, run.start(), run.end())]
        first = 0
        while first < len(groups):
            last = _fitting(view, groups, first, fits, barred)
            if last is not None:
                yield Finding(kind, groups[first][0], groups[last][1])
                first = last
            first += 1


def _fitting(
    view: str,
    groups: Sequence[tuple[int, int]],
    first: int,
    fits: Callable[[Sequence[str]], bool],
    barred: re.Pattern[str],
) -> int | None:
    """The last group of the longest number that begins with group `first`, or None."""
    start = groups[first][0]
    if start and barred.match(view[start - 1]):
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
            and fits([view[a:b] for a, b in groups[first : last + 1]])
            and not _continues(view, end, barred)
        ):
            best = last
        if length < _LEAST_GROUP and view[start:end] != _CHINA:
            break
    return best


def _continues(view: str, end: int, barred: re.Pattern[str]) -> bool:
    """Is the number part of a longer word or a decimal fraction?"""
    return bool(barred.match(view[end : end + 1])) or bool(_FRACTION.match(view, end))


# --- secrecy markings -------------------------------------------------------------------------------------------------

_LEVEL = r"(?:绝[ ]{0,4}密|机[ ]{0,4}密|秘[ ]{0,4}密)"
_TERM = r"(?:\d{1,2}[ ]?(?:年|个?月)|长期)"
_MARKING = re.compile(
    # 机密★10年: the star is the marking, wherever it stands
    rf"{_LEVEL}[ ]?级?[ ]?[★☆⭐*](?:[ ]?{_TERM})?"
    # 秘密级, but not 机密级别 as a word of prose
    rf"|{_LEVEL}[ ]?级(?!别)"
    # 密级：机密
    rf"|密级[ ]?[:为是]?[ ]?{_LEVEL}"
    # 秘密 10年, but not 商业秘密 3年; it may follow another marking
    rf"|(?:(?<![一-鿿])|(?<=[级年月期密])){_LEVEL}[ ]?\(?[ ]?{_TERM}\)?"
    # standing alone as a heading or a stamp: 【机密】, a line of its own, a word of its own. In a sentence the words
    # are ordinary (商业秘密, 保守秘密), and 绝密、机密、秘密 as a list speaks of markings without being one.
    rf"|(?<![^\s:(\[【〔「“\"]){_LEVEL}(?![^\s,.:;!?。)\]】〕」”\"])"
)


def _markings(view: str) -> Iterator[Finding]:
    for match in _MARKING.finditer(view):
        yield Finding(Kind.MARKING, match.start(), match.end())
