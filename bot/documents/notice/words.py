"""Words as a draft keeps them, and the numbers that stand before headings."""

import re
import unicodedata

_TO_FULL_WIDTH = str.maketrans("()", "（）")
_WIDE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")  # a blank beside a Chinese character only aligns
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CHINESE = "一二三四五六七八九十百"

PART = re.compile(rf"(?:第?[{_CHINESE}]{{1,4}}(?:部分|章|篇|编)|[{_CHINESE}]{{1,4}}、)")
ASPECT = re.compile(rf"（[{_CHINESE}]{{1,4}}）、?|第[{_CHINESE}]{{1,4}}节")
ITEM = re.compile(r"\d{1,3}(?:[.．、](?!\d)|(?=[\u4e00-\u9fff《“]))|（\d{1,3}）|\d{1,3}）|[①-⑳]")


def clean(text: str) -> str:
    """One line with full-width brackets and without the blanks that only align; those between Latin words stay."""
    shown = "".join(
        char for char in text.translate(_INVISIBLE) if not (unicodedata.category(char) == "Cc" and char not in "\t\n\r")
    )
    narrow = "".join(
        unicodedata.normalize("NFKC", char) if "０" <= char <= "ｚ" and char.isalnum() else char for char in shown
    )
    return _WIDE.sub("", " ".join(narrow.split())).translate(_TO_FULL_WIDTH)


def lines(text: str) -> list[str]:
    """The filled lines of a cell, each cleaned."""
    return [line for line in map(clean, text.splitlines()) if line]


def without_number(heading: str) -> str:
    """A heading without the number before it."""
    for pattern in (PART, ASPECT, ITEM):
        if match := pattern.match(heading):
            return heading[match.end() :].lstrip("、.．")
    return heading
