"""Names and aliases of units and groups, as the parser looks them up."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.dialogue.normalize import fold
from bot.domain.responsibility import Directory, UnitName


@dataclass(frozen=True)
class Name:
    """The official name behind a word."""

    name: str
    group: bool


@dataclass(frozen=True)
class Names:
    """Folded word -> what it names. Build it once per directory; `starts` keeps the search short."""

    forms: Mapping[str, Name]
    longest: int
    starts: frozenset[str]

    @classmethod
    def of(cls, directory: Directory) -> "Names":
        forms = {
            form: Name(entry.name, not isinstance(entry, UnitName))
            for word, entry in directory.meanings.items()
            for form in _forms(fold(word).plain)
        }
        return cls(forms, max(map(len, forms), default=0), frozenset(form[0] for form in forms))

    def at(self, plain: str, place: int) -> tuple[Name, int] | None:
        """The longest name that begins at `place`, and where it ends."""
        if plain[place : place + 1] not in self.starts:
            return None
        for length in range(min(self.longest, len(plain) - place), 0, -1):
            name = self.forms.get(plain[place : place + length])
            if name is not None:
                return name, place + length
        return None


def _forms(word: str) -> set[str]:
    """With and without a blank before a bracket: 各乡镇 (街道)."""
    return {word, word.replace("(", " (")} - {""}
