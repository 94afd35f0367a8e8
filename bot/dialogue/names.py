"""Names and aliases of units and groups, as the parser looks them up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.normalize import fold
from bot.domain.responsibility import Directory, UnitName

# What makes another word of a town's short name: 高峰期, 提高安全生产, 沙坪坝, 太平洋.
_LONGER = re.compile(r"[期值洋间坝政众居营宿头油化镇乡街县]|全(?!部|都|是|过|已)|生(?!怕)|主(?!任)")
_BEFORE = "提早晚创"
_KINDS = ("街道", "镇", "乡")


@dataclass(frozen=True)
class Name:
    """The official name behind a word."""

    name: str
    group: bool


@dataclass(frozen=True)
class Names:
    """Folded word -> what it names. Build it once per directory; `starts` keeps the search short. `stems` are the forms
    that are short for a town (高安 for 高安镇)."""

    forms: Mapping[str, Name]
    longest: int
    starts: frozenset[str]
    stems: frozenset[str] = frozenset()

    @classmethod
    def of(cls, directory: Directory, stems: bool = False) -> "Names":
        """With `stems`, towns may be called by their short names: for free words, and for those who check towns."""
        forms = {
            form: Name(entry.name, not isinstance(entry, UnitName))
            for word, entry in directory.meanings.items()
            for form in _forms(fold(word).plain)
        }
        short = _stems(directory, forms) if stems else {}
        forms |= short
        return cls(forms, max(map(len, forms), default=0), frozenset(form[0] for form in forms), frozenset(short))

    def at(self, plain: str, place: int) -> tuple[Name, int] | None:
        """The longest name that begins at `place`, and where it ends."""
        if plain[place : place + 1] not in self.starts:
            return None
        for length in range(min(self.longest, len(plain) - place), 0, -1):
            word = plain[place : place + length]
            name = self.forms.get(word)
            if name is not None and not (word in self.stems and _goes_on(plain, place, place + length)):
                return name, place + length
        return None


def _goes_on(plain: str, start: int, end: int) -> bool:
    """Is the short name only a piece of another word?"""
    return _LONGER.match(plain, end) is not None or plain[max(0, start - 1) : start] in tuple(_BEFORE)


def _stems(directory: Directory, taken: Mapping[str, Name]) -> dict[str, Name]:
    """高安 → 高安镇, where it is one town's alone."""
    found: dict[str, list[Name]] = {}
    for unit in directory.units:
        kind = next((kind for kind in _KINDS if unit.name.endswith(kind)), "")
        stem = unit.name.removesuffix(kind)
        if kind and len(stem) > 1 and stem not in taken:
            found.setdefault(stem, []).append(Name(unit.name, False))
    return {stem: names[0] for stem, names in found.items() if len(names) == 1}


def _forms(word: str) -> set[str]:
    """With and without a blank before a bracket: 各乡镇 (街道)."""
    return {word, word.replace("(", " (")} - {""}
