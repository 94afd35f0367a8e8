"""The answer to "which one?": a number, a unit's name, or both, and nothing else."""

import re
from dataclasses import dataclass

from bot.dialogue.intents import Target
from bot.dialogue.names import Names
from bot.dialogue.normalize import fold

_GAP = r"[\s,、;:。.!~()]*"
_NUMBER = re.compile(
    rf"{_GAP}(?:(?:第 ?)?(?P<number>\d{{1,4}})(?: ?- ?(?P<node>\d))?(?: ?号)?)?{_GAP}(?:吧|的|那个)?{_GAP}"
)


@dataclass(frozen=True)
class Choice:
    """`unit` is the official name."""

    target: Target | None
    unit: str | None


def choice_in(text: str, names: Names) -> Choice | None:
    """What the words choose, or None where they say anything else."""
    plain = fold(text).plain
    places = ((place, names.at(plain, place)) for place in range(len(plain)))
    found = next(((place, named) for place, named in places if named and not named[0].group), None)
    unit = None
    if found:
        place, (name, end) = found
        unit, plain = name.name, f"{plain[:place]} {plain[end:]}"
    number = _NUMBER.fullmatch(plain)
    if number is None or not (unit or number["number"]):
        return None
    target = (
        Target(int(number["number"]), int(number["node"]) if number["node"] else None) if number["number"] else None
    )
    return Choice(target, unit)
