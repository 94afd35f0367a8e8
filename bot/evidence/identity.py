"""Identity numbers: of 18 characters with a check digit (GB 11643), and the old ones of 15 digits without."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from bot.evidence.findings import Finding, Kind

_LENGTH = 18
_DIGITS = re.compile(r"\d{17,}[xX]?")
_RUN = re.compile(r"\d[\d\s.·-]*[xX]?")
_PIECE = re.compile(r"[\dxX]+")
# The first two digits of an identity number: the provinces of GB/T 2260.
_PROVINCES = frozenset(
    str(code)
    for codes in ((11, 16), (21, 24), (31, 38), (41, 47), (50, 55), (61, 66), (71, 72), (81, 84))
    for code in range(*codes)
)
_CENTURIES = ("18", "19", "20")
# Whole, or as county, birthday and number; no fraction of a larger number.
_OLD = re.compile(r"(?<!\d)(?<!\d\.)(\d{6})[ -]?(\d{6})[ -]?(\d{3})(?!\d)(?!\.\d)")


def in_one_piece(view: str) -> Iterator[Finding]:
    """Also inside a longer run of digits and inside links: chance makes one of forty thousand digit runs an ID."""
    for run in _DIGITS.finditer(view):
        start = run.start()
        while start + _LENGTH <= run.end():
            number = view[start : start + _LENGTH]
            if number[:-1].isdigit() and _is_id(number):
                yield Finding(Kind.ID, start, start + _LENGTH)
                start += _LENGTH
            else:
                start += 1


def in_pieces(view: str) -> Iterator[Finding]:
    """Written with blanks, dots, dashes or line breaks anywhere; it must begin and end where a piece does."""
    for run in _RUN.finditer(view):
        pieces = [(piece.start(), piece.end()) for piece in _PIECE.finditer(view, run.start(), run.end())]
        first = 0
        while first < len(pieces):
            last = _last_piece(pieces, first, _LENGTH)
            if last is not None:
                number = "".join(view[start:end] for start, end in pieces[first : last + 1])
                if number[:-1].isdigit() and _is_id(number):
                    yield Finding(Kind.ID, pieces[first][0], pieces[last][1])
                    first = last
            first += 1


def old(view: str) -> Iterator[Finding]:
    """Fifteen digits have no check digit: the county must be one there has been, the birthday one of the last century.
    Chance makes one of four thousand such runs of digits an old ID."""
    for match in _OLD.finditer(view):
        county, birthday, _ = match.groups()
        if _is_day(f"19{birthday}") and _is_county(county):
            yield Finding(Kind.OLD_ID, match.start(), match.end())


def _is_id(number: str) -> bool:
    """Check digit, birthday and province. Not the county: tables of those lag behind the numbers people are given."""
    if number[:2] not in _PROVINCES or number[6:8] not in _CENTURIES:
        return False
    try:
        ric.get_birth_date(number)
    except ValidationError:
        return False
    return ric.calc_check_digit(number) == number[-1].upper()


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _is_county(code: str) -> bool:
    """Any county that ever was: people keep the number they were given."""
    found = numdb.get("cn/loc").info(code)
    return len(found) > 1 and bool(found[1][1])


def _last_piece(pieces: Sequence[tuple[int, int]], first: int, length: int) -> int | None:
    """The piece at which exactly `length` characters are full, or None where it would end inside a piece."""
    total = 0
    for index in range(first, min(first + length, len(pieces))):
        start, end = pieces[index]
        total += end - start
        if total >= length:
            return index if total == length else None
    return None
