"""The words of an HTML page and what its head says, in time linear in its length: nothing in it is trusted."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 1_000_000  # characters of markup looked at; a long article has a tenth of that
HEAD = 100_000  # characters in which the tags of the head are looked for
TEXT = 200_000  # characters of words kept

# What nobody sees. Its end is looked for once, so that a page full of beginnings costs no more than its length.
_HIDDEN = re.compile(r"<(?:!--|script\b|style\b|template\b|noscript\b|textarea\b)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]*)>|<[!?/][^<>]*>")
_META = re.compile(r"<meta\b((?:[^<>\"']|\"[^\"]{0,1000}\"|'[^']{0,1000}'){0,300})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]{0,1000})\"|'([^']{0,1000})'|([^\s\"'<>]{1,500}))")
_TITLE = re.compile(r"<title\b[^<>]{0,200}>([^<]{0,500})", re.IGNORECASE)
_PASSWORD = re.compile(r"\btype\s{0,9}=\s{0,9}[\"']?password\b", re.IGNORECASE)
_INLINE = frozenset(["a", "b", "big", "em", "font", "i", "label", "s", "small", "span", "strong", "sub", "sup", "u"])
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?(?:\n ?)+")
_SEPARATOR = re.compile(r"\s?(?:>>|[>＞»›])\s?")


@dataclass(frozen=True)
class Markup:
    """`meta`: name in lower case → content. `text`: the visible words, a block a line. `linked`: characters of them
    inside links, `links` how many those are. `refresh`: the content of a meta refresh."""

    meta: Mapping[str, str]
    title: str
    heading: str
    text: str
    linked: int
    links: int
    password: bool
    refresh: str


def read(source: str) -> Markup:
    shown = _without_hidden(source[:LONGEST])
    metas = [_attributes(found[1]) for found in _META.finditer(shown[:HEAD])]
    named = {one["name"].lower(): one["content"] for one in reversed(metas) if one.get("name") and one.get("content")}
    named |= {one["property"].lower(): one["content"] for one in metas if one.get("property") and one.get("content")}
    refresh = next((m.get("content", "") for m in metas if m.get("http-equiv", "").lower() == "refresh"), "")
    title = _TITLE.search(shown[:HEAD])
    body = re.search(r"<body\b", shown, re.IGNORECASE)
    walked = _walk(shown[body.start() :] if body else shown)
    return Markup(
        meta={name: one_line(value) for name, value in named.items()},
        title=one_line(html.unescape(title[1])) if title else "",
        heading=walked.heading,
        text=walked.text,
        linked=walked.linked,
        links=walked.links,
        password=walked.password,
        refresh=refresh.strip(),
    )


def one_line(words: str) -> str:
    return " ".join(words.split())


def _without_hidden(source: str) -> str:
    lower = source.lower()
    if len(lower) != len(source):  # a few capitals become two characters
        lower = source
    parts: list[str] = []
    done = 0
    while found := _HIDDEN.search(source, done):
        parts.append(source[done : found.start()])
        end = "-->" if found[0] == "<!--" else f"</{found[0][1:].lower()}"
        at = lower.find(end, found.end())
        if at < 0:
            return "".join(parts)
        done = at + len(end) if end == "-->" else source.find(">", at) + 1
        if done <= 0:
            return "".join(parts)
        parts.append(" ")
    return "".join([*parts, source[done:]])


def _attributes(inside: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(inside)
    }


@dataclass
class _Walked:
    text: str = ""
    heading: str = ""
    linked: int = 0
    links: int = 0
    password: bool = False


def _walk(body: str) -> _Walked:
    seen = _Walked()
    parts: list[str] = []
    done, in_link, heading_from = 0, False, -1
    for tag in _TAG.finditer(body):
        words = body[done : tag.start()]
        done = tag.end()
        parts.append(words)
        if in_link:
            seen.linked += len(words.strip())
        name = (tag[2] or "").lower()
        if name == "a":
            in_link = not tag[1]
            seen.links += in_link
        elif name == "h1" and not seen.heading:
            if not tag[1]:
                heading_from = len(parts)
            elif heading_from >= 0:
                seen.heading = one_line(html.unescape("".join(parts[heading_from:])))[:500]
        elif name == "input" and _PASSWORD.search(tag[3]):
            seen.password = True
        if name not in _INLINE:
            parts.append("\n")
    parts.append(body[done:])
    text = _BLANKS.sub(" ", html.unescape("".join(parts)))
    seen.text = _SEPARATOR.sub(">", _LINES.sub("\n", text)).strip()[:TEXT]
    return seen
