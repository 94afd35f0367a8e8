"""Personal data and secrecy markings in words and links (DESIGN §3, rule 8). A hit is refused, never kept in clear."""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from bot.dialogue.normalize import fold_char
from bot.evidence import identity, numbers
from bot.evidence.findings import Finding, Kind, named, spans
from bot.evidence.markings import markings

__all__ = ["Finding", "Kind", "describe", "kinds_of", "redact", "scan"]

_GONE = "\0"  # neither digit, letter nor blank: ends every number and every link
# Read from the text as written: a link ends where Chinese punctuation begins.
_LINK = re.compile(r"(?i:https?[:：]//|www\.)[!-~]+")
_PARTS = re.compile(r"[/?&=]")
ESCAPED_AGAIN = 3  # times an address may have been escaped on its way
# Digits spelled out: long enough to be a number, which no year and no amount is. 幺 is how one reads out a 1.
_SPELLED = re.compile(r"[〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{11,}[xX]?")
_DIGIT = str.maketrans("〇○零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789")


def scan(text: str) -> tuple[Finding, ...]:
    """Everything that must not be kept, in order, without overlaps. Takes time linear in the length of the text.

    What is found early is blanked out for the later searches, so a card is not also reported as the number inside it.
    """
    return _scan(text, unfold=True)


def redact(text: str) -> str:
    """The text with every finding replaced by what it was, such as 〔已隐去身份证号〕. Of a text that bears a marking
    nothing is left: which of its words are the secret, nobody can tell."""
    findings = scan(text)
    if any(finding.kind is Kind.MARKING for finding in findings):
        return f"〔全文已隐去：有{describe(findings)}〕"
    parts: list[str] = []
    done = 0
    for finding in findings:
        parts += [text[done : finding.start], f"〔已隐去{finding.kind}〕"]
        done = finding.end
    return "".join([*parts, text[done:]])


def kinds_of(findings: Sequence[Finding]) -> tuple[Kind, ...]:
    """The kinds found, each once, the most certain first."""
    return tuple(kind for kind in Kind if any(finding.kind is kind for finding in findings))


def describe(findings: Sequence[Finding]) -> str:
    """The kinds found, each once, without any value."""
    return named(kinds_of(findings))


def _scan(text: str, unfold: bool) -> tuple[Finding, ...]:
    view = "".join(fold_char(char) or " " for char in text)
    view = _SPELLED.sub(lambda run: run.group().translate(_DIGIT), view)
    found: list[Finding] = []
    for search in (identity.in_one_piece, identity.in_pieces, numbers.cards_anywhere, identity.old):
        view = _note(found, search(view), view)
    # Ids of documents stand in links by the thousand: the searches below would find a card or a telephone in some.
    links = [link.span() for link in _LINK.finditer(_blank(text, spans(found)))]
    for start, end in links:
        found += _in_link(text, view, start, end, unfold)
    view = _blank(view, links)
    for later in (numbers.cards, numbers.mobiles, markings):
        view = _note(found, later(view), view)
    return tuple(sorted(found, key=lambda finding: finding.start))


def _in_link(text: str, view: str, start: int, end: int, unfold: bool) -> Iterator[Finding]:
    """What an address says once its escapes are read (…/%E6%9C%BA%E5%AF%86.pdf), or by a parameter's name."""
    inside = _unescaped(text[start:end]) if unfold and "%" in text[start:end] else ""
    hidden = (*_scan(inside, unfold=False), *markings(_PARTS.sub("|", inside)))
    if hidden:
        yield Finding(kinds_of(hidden)[0], start, end)
    else:
        yield from numbers.in_link(view, start, end)


def _unescaped(link: str) -> str:
    for _ in range(ESCAPED_AGAIN):
        link = unquote(link)
    return link


def _note(found: list[Finding], hits: Iterator[Finding], view: str) -> str:
    new = list(hits)
    found += new
    return _blank(view, spans(new))


def _blank(view: str, places: Sequence[tuple[int, int]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end in sorted(places):
        parts += [view[done:start], _GONE * (end - start)]
        done = end
    return "".join([*parts, view[done:]])
