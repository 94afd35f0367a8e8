"""What a phone keyboard makes of a command, brought to one form for reading; the words themselves stay as written."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

LIMIT = 5000  # characters that are read; a person's message is far shorter
_DASHES = frozenset("‐‑‒–—―−─﹣－")
_TILDES = frozenset("〜～∼")
_ASCII_LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


@dataclass(frozen=True)
class Folded:
    """A text in two forms. `plain` is for syntax: half-width, lower-case ASCII, every dash `-`, nothing invisible.
    `at[i]` is where `plain[i]` stands in `written`, with one entry more for the end."""

    written: str
    plain: str
    at: tuple[int, ...]
    cut: bool = False

    def said(self, start: int, end: int | None = None) -> str:
        """What the person wrote between two places of `plain`, without blanks around it."""
        stop = len(self.plain) if end is None else end
        return self.written[self.at[start] : self.at[stop]].strip()

    def after(self, start: int) -> "Folded":
        """The rest of the text, as if it had come alone."""
        return fold(self.written[self.at[start] :])


def fold(text: str) -> Folded:
    """Reads at most LIMIT characters; `cut` says that there were more."""
    written = text[:LIMIT]
    kept = [(index, folded) for index, char in enumerate(written) if (folded := fold_char(char))]
    plain = "".join(char for _, char in kept).translate(_ASCII_LOWER)
    return Folded(written, plain, (*(index for index, _ in kept), len(written)), len(text) > LIMIT)


@lru_cache(maxsize=8192)
def fold_char(char: str) -> str:
    """One character in its half-width form, '' if it is invisible. Never more than one character, so places survive."""
    category = unicodedata.category(char)
    if char == "\n":
        return char
    if category == "Cf":
        return ""
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    if char in _DASHES:
        return "-"
    if char in _TILDES:
        return "~"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "No":  # ① and ² are not digits of a number
        return char
    half = unicodedata.normalize("NFKC", char)
    return half if len(half) == 1 else char
