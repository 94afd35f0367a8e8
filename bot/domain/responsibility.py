"""Who does and who checks: responsible expressions, unit names and checkers (DESIGN §3, rules 1 and 2)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

DASHES = "-_‐‑‒–—―−─━－＿"
_DRAWN_LINE = re.compile(f"[{re.escape(DASHES)}]+")
_SEPARATORS = frozenset("、，,;；\n\r")
_TO_FULL_WIDTH = str.maketrans("()", "（）")
_COUNTY = re.compile(r"^(?!各|全|本|我|市|省|区)[\u4e00-\u9fff]{2,3}(?=县[\u4e00-\u9fff]{2})")
_TOWNS = re.compile(r"(?:全县)?各(?:[乡镇街道村（）、和及]|人民政府|政府|办事处|党委|党工委)+")
_TOWN_PART = re.compile(r"(?:全县)?各?(?:乡镇|镇乡|镇|乡|街道|镇街)(?:人民政府|政府|办事处|党委|党工委)?")
_SHORT_FORMS = (
    ("委员会", "委"),
    ("人民政府", "政府"),
    ("办公室", "办"),
    ("监督管理", "监管"),
    ("和", ""),
    ("与", ""),
)
_NEAR = 60.0  # per cent of equal characters: one wrong character in a name of three is still near
_SUGGESTIONS = 3


@dataclass(frozen=True)
class UnitName:
    """A unit and the words people use for it."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupName:
    """A word that stands for several units; `unit_ids` in directory order."""

    name: str
    aliases: tuple[str, ...]
    unit_ids: tuple[int, ...]


@dataclass(frozen=True)
class Directory:
    """Everything a name can mean. `ask` holds the expressions that name nobody, such as 县政府有关部门."""

    units: tuple[UnitName, ...]
    groups: tuple[GroupName, ...]
    ask: frozenset[str] = frozenset()

    @cached_property
    def meanings(self) -> dict[str, UnitName | GroupName]:
        """Tidied name or alias -> what it means. An official name wins over an alias; an alias that could mean two
        things means none, because nobody is guessed in."""
        everything: tuple[UnitName | GroupName, ...] = (*self.units, *self.groups)
        aliases: dict[str, UnitName | GroupName] = {}
        doubtful: set[str] = set()
        for entry in everything:
            for alias in map(tidy, entry.aliases):
                if aliases.setdefault(alias, entry) is not entry:
                    doubtful.add(alias)
        found = {alias: entry for alias, entry in aliases.items() if alias not in doubtful}
        return found | {tidy(entry.name): entry for entry in everything}

    @cached_property
    def plain_meanings(self) -> dict[str, UnitName | GroupName]:
        """Plain form -> what it means, for names written longer or shorter than the directory has them."""
        found: dict[str, UnitName | GroupName] = {}
        doubtful: set[str] = set()
        for word, entry in self.meanings.items():
            if found.setdefault(plain_form(word), entry) is not entry:
                doubtful.add(plain_form(word))
        return {word: entry for word, entry in found.items() if word not in doubtful}

    @cached_property
    def asks(self) -> frozenset[str]:
        return frozenset(map(tidy, self.ask))


@dataclass(frozen=True)
class Expansion:
    """`units` owe the work, in the order of the expression, each once. `unknown` are the parts that named nobody, as
    written (brackets full-width): while it is not empty the row waits as 待明确. A lost cell is `('',)`."""

    units: tuple[int, ...]
    unknown: tuple[str, ...]

    @property
    def resolved(self) -> bool:
        return not self.unknown


def tidy(name: str) -> str:
    """A name as it is compared and kept: half-width letters and digits, full-width brackets, no blanks."""
    plain = unicodedata.normalize("NFKC", name)
    visible = (char for char in plain if not char.isspace() and unicodedata.category(char) != "Cf")
    return "".join(visible).translate(_TO_FULL_WIDTH)


def expand(expression: str, directory: Directory, leads: tuple[int, ...]) -> Expansion:
    """Reads a responsible expression by rule 1; `leads` are the lead units, for whom a drawn line stands."""
    units: dict[int, None] = {}
    unknown: dict[str, None] = {}
    for part in with_towns_joined(_parts(expression)):
        found = _members(part, directory, leads)
        units.update(dict.fromkeys(found))
        if not found:
            unknown[part] = None
    if not units and not unknown:
        unknown[""] = None
    return Expansion(tuple(units), tuple(unknown))


def resolve(name: str, directory: Directory) -> int | tuple[int, ...] | None:
    """The id of the unit, the ids of the group's members, or None. A longer official form counts (垫江县财政局,
    县商务委员会), a near spelling never."""
    word = tidy(name)
    if word in directory.asks:
        return None
    entry = directory.meanings.get(word) or directory.plain_meanings.get(plain_form(word))
    if isinstance(entry, GroupName):
        return entry.unit_ids
    return entry.id if entry else None


def with_towns_joined(parts: Iterable[str]) -> list[str]:
    """各乡镇人民政府、街道办事处 is one expression although its parts are two."""
    joined: list[str] = []
    for part in parts:
        if joined and _TOWN_PART.fullmatch(part) and _TOWN_PART.fullmatch(joined[-1]):
            joined[-1] += "、" + part
        else:
            joined.append(part)
    return joined


def plain_form(name: str) -> str:
    """A tidied name without the county's own name and in the short forms of offices; all ways of saying "all towns and
    streets" are one."""
    if _TOWNS.fullmatch(name) and "街" in name and ("镇" in name or "乡" in name):
        return "各乡镇（街道）"
    word = _COUNTY.sub("", name)
    for long, short in _SHORT_FORMS:
        word = word.replace(long, short)
    return word


def is_drawn_line(text: str) -> bool:
    """Whether a part of an expression is nothing but a line, which stands for the lead units."""
    return bool(_DRAWN_LINE.fullmatch("".join(text.split())))


def suggest(name: str, directory: Directory) -> tuple[str, ...]:
    """Official names spelled much like `name`, nearest first, at most three: to ask "did you mean", never to act on."""
    found = process.extract(
        tidy(name), list(directory.meanings), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=4 * _SUGGESTIONS
    )
    return tuple(dict.fromkeys(directory.meanings[word].name for word, _, _ in found))[:_SUGGESTIONS]


def checkers(leads: tuple[int, ...], lead_is_group: bool, unit: int) -> frozenset[int]:
    """The units whose reviewers check this unit's item; empty means the office checks (rule 2).

    Nobody closes their own item: a unit that leads is left out, and where a group leads each member would check itself.
    """
    return frozenset() if lead_is_group else frozenset(leads) - {unit}


def _members(part: str, directory: Directory, leads: tuple[int, ...]) -> tuple[int, ...]:
    if _DRAWN_LINE.fullmatch(part):
        return leads
    found = resolve(part, directory)
    return (found,) if isinstance(found, int) else found or ()


def _parts(expression: str) -> Iterator[str]:
    """The tidied parts. A separator inside brackets belongs to the name, unless a bracket is never closed."""
    closed = _balanced(expression)
    depth = 0
    part = ""
    for char in expression:
        if char in _SEPARATORS and not (closed and depth):
            yield from filter(None, [_tidy_part(part)])
            part = ""
            continue
        depth += (char in "(（") - (char in ")）")
        part += char
    yield from filter(None, [_tidy_part(part)])


def _tidy_part(part: str) -> str:
    # A drawn line is kept as drawn: NFKC would leave some of its dashes and change others.
    bare = "".join(part.split())
    return bare if _DRAWN_LINE.fullmatch(bare) else tidy(part)


def _balanced(expression: str) -> bool:
    depth = 0
    for char in expression:
        depth += (char in "(（") - (char in ")）")
        if depth < 0:
            return False
    return depth == 0
