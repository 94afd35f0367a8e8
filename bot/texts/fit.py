"""Words into the platform's sizes, which count bytes of UTF-8 and are cut silently by the platform when exceeded.

Nothing is ever cut inside a link or inside what a reader sees as one character: an emoji family, a flag, a keycap, a
letter with its marks. The clusters are those of Unicode's text segmentation (UAX 29) as far as people send them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from unicodedata import category

MESSAGE_BYTES = 2048  # one text message of the platform
ANSWER_BYTES = MESSAGE_BYTES - 24  # leaves room for the number that tells a repeated answer from the one before

_LARGEST_CODE_POINT = 4  # bytes of UTF-8
_JOINER = "\u200d"
_LINK = re.compile(
    # Only printable ASCII belongs to an address: a link ends before Chinese punctuation and before a quote.
    r"<a\s[^<>\n]{1,2048}>[^<>\n]{0,512}</a>|(?:https?://|www\.)[!#-;=?-~]+",
    re.IGNORECASE,
)


def size(text: str) -> int:
    """Bytes of UTF-8. A lone surrogate, which no text should hold, counts as three instead of raising."""
    return len(text.encode("utf-8", "surrogatepass"))


def fit(text: str, limit: int = MESSAGE_BYTES) -> tuple[str, ...]:
    """Split a text into messages of at most `limit` bytes, to be sent in order.

    Breaks between lines where it can, else inside the line that does not fit. Only line breaks at a seam are dropped;
    a part is never blank, because the platform refuses an empty message, so a blank text gives no parts at all.
    A link longer than `limit` stands alone in as many parts as it needs, cut like any other text: together they are
    the whole link, and no other words can be taken for a piece of it. So is a cluster longer than `limit` cut.
    Raises ValueError for a limit below 4 bytes, in which not every character fits.
    """
    if limit < _LARGEST_CODE_POINT:
        raise ValueError(f"a limit of {limit} bytes cannot hold every character")
    if size(text) <= limit:
        return (text,) if text.strip() else ()
    parts = _Parts(limit)
    for number, line in enumerate(text.split("\n")):
        parts.add_line(line, lead="\n" if number else "")
    parts.close()
    return tuple(parts.done)


def clip(text: str, limit_bytes: int, ellipsis: str = "…") -> str:
    """The text itself where it fits, else its beginning and the ellipsis, together at most `limit_bytes` bytes.

    A link that does not fit whole is left out whole: half a link leads nowhere. Empty where not even the ellipsis fits.
    """
    if size(text) <= limit_bytes:
        return text
    room = limit_bytes - size(ellipsis)
    if room < 0:
        return ""
    kept: list[str] = []
    for atom in _atoms(text):
        room -= size(atom)
        if room < 0:
            break
        kept.append(atom)
    return "".join(kept).rstrip() + ellipsis


def fill(head: str, lines: Sequence[str], tail_of: Callable[[int], str], limit: int = MESSAGE_BYTES) -> str:
    """The head and as many whole lines as fit, in order; where some are left, the tail for their number ends it.

    `tail_of(3)` is for instance 另有 3 项，回复 任务. An empty head takes no line. At most `limit` bytes: where
    even the head and the tail alone are too long, the head is clipped, then the tail.
    """
    opening = [head] if head else []
    fitting = _how_many([*opening, *lines], limit) - len(opening)
    if fitting == len(lines):
        return "\n".join([*opening, *lines])
    for taken in range(fitting, -1, -1):
        filled = "\n".join([*opening, *lines[:taken], tail_of(len(lines) - taken)])
        if size(filled) <= limit:
            return filled
    if not lines:
        return clip(head, limit)
    tail = clip(tail_of(len(lines)), limit)
    short_head = clip(head, limit - size(tail) - 1)
    return f"{short_head}\n{tail}" if short_head else tail


def _how_many(lines: Sequence[str], limit: int) -> int:
    """How many of the first lines fit, joined by line breaks."""
    used = -1  # the first line has no break before it
    for count, line in enumerate(lines):
        used += 1 + size(line)
        if used > limit:
            return count
    return len(lines)


class _Parts:
    """Collects pieces into parts of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.done: list[str] = []
        self._pieces: list[str] = []
        self._used = 0  # bytes

    def add_line(self, line: str, lead: str) -> None:
        if size(lead + line) <= self.limit - self._used:
            self._append(lead + line)
        elif size(line) <= self.limit:
            self.close()
            self._append(line)
        else:
            for atom in _atoms(line):
                self._add_atom(atom, lead)
                lead = ""

    def close(self) -> None:
        part = "".join(self._pieces).strip("\r\n")
        if part.strip():
            self.done.append(part)
        self._pieces.clear()
        self._used = 0

    def _add_atom(self, atom: str, lead: str) -> None:
        if size(atom) > self.limit:
            self._add_apart(atom)
            return
        if size(lead + atom) > self.limit - self._used:
            self.close()
            lead = ""
        self._append(lead + atom)

    def _add_apart(self, atom: str) -> None:
        self.close()
        for char in atom:
            if size(char) > self.limit - self._used:
                self.close()
            self._append(char)
        self.close()

    def _append(self, piece: str) -> None:
        self._pieces.append(piece)
        self._used += size(piece)


def _atoms(text: str) -> Iterator[str]:
    """What must stay whole, in order: links, and the clusters between them."""
    start = 0
    for link in _LINK.finditer(text):
        yield from _clusters(text[start : link.start()])
        yield link.group()
        start = link.end()
    yield from _clusters(text[start:])


def _clusters(text: str) -> Iterator[str]:
    start = 0
    paired = False  # is the last flag letter already the second of its flag?
    for end in range(1, len(text) + 1):
        if end < len(text) and _continues(text[end - 1], text[end], paired):
            paired = _is_flag_letter(text[end])
        else:
            yield text[start:end]
            start, paired = end, False


def _continues(last: str, char: str, paired: bool) -> bool:
    """Does `char` belong to the cluster that ends with `last`?"""
    if last == "\r" or char == "\n":
        return last == "\r" and char == "\n"
    if last == _JOINER:
        return True
    if _is_flag_letter(char):  # two make a flag, a third begins the next one
        return _is_flag_letter(last) and not paired
    return (
        category(char) in ("Mn", "Mc", "Me")  # marks, variation selectors, the keycap
        or char in ("\u200c", _JOINER)
        or "\U0001f3fb" <= char <= "\U0001f3ff"  # skin tones
        or "\U000e0020" <= char <= "\U000e007f"  # the letters inside a region's flag
        or "\u1160" <= char <= "\u11ff"  # vowels and finals of a decomposed Hangul syllable
    )


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
