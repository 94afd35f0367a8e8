"""Addresses in a message. One ends where Chinese text, a bracket that is not its own or closing punctuation begins."""

import re
from collections import Counter
from dataclasses import dataclass

from bot.dialogue.normalize import Folded, fold_char

_BODY = r"(?:(?!https?://)[!-;=?-~])"  # ASCII without blanks, < and >; two addresses may be glued together
_LINK = re.compile(
    rf"https?://(?=[a-z0-9]){_BODY}+"
    rf"|(?<![a-z0-9.@/-])(?:www\.[a-z0-9-]{_BODY}*|[a-z0-9.-]{{1,100}}\.gov\.cn(?![a-z0-9.-])(?:[/?:]{_BODY}*)?)",
    re.IGNORECASE,
)
_OPENING = {")": "(", "]": "[", "}": "{"}
_CLOSING = frozenset(".,;:!?'\"|*")
_TYPED_WIDE = frozenset(":/.")  # keyboards set to Chinese make http：//


@dataclass(frozen=True)
class Link:
    """An address and where it stands in `plain`."""

    url: str
    start: int
    end: int


def links_in(folded: Folded) -> tuple[Link, ...]:
    """Every address in order. One without a scheme (www.…, ….gov.cn/…) gets `http://`."""
    view = _view(folded)
    found = []
    for match in _LINK.finditer(view):
        address = _without_tail(match.group())
        url = address if "://" in address[:8] else f"http://{address}"
        found.append(Link(url, match.start(), match.start() + len(address)))
    return tuple(found)


def _view(folded: Folded) -> str:
    """As long as `plain`, but capitals and Chinese punctuation stay: the former matter in a path, the latter end it."""
    return "".join(_as_typed(folded.written[place]) for place in folded.at[:-1])


def _as_typed(char: str) -> str:
    half = fold_char(char)
    return half if half.isalnum() or half in _TYPED_WIDE else char


def _without_tail(address: str) -> str:
    counts = Counter(address)
    end = len(address)
    while end:
        last = address[end - 1]
        if last not in _CLOSING and not (last in _OPENING and counts[last] > counts[_OPENING[last]]):
            break
        counts[last] -= 1
        end -= 1
    return address[:end]
