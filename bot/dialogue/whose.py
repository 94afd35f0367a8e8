"""Whose words they are: quotation marks, signatures, forwards, lists of others, instructions."""

import re
from collections.abc import Collection
from dataclasses import replace

from bot.dialogue import lexicon
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded

_RULES = lexicon.pattern_of(lexicon.RULES)


def without_quotes(folded: Folded) -> Folded:
    """What stands in quotation marks and tells of an act is somebody's words, not the sender's."""
    plain = re.sub(
        r"[“「『\"][^”」』\"\n]{0,200}[”」』\"]",
        lambda quoted: " " * len(quoted.group()) if _RULES.search(quoted.group()) else quoted.group(),
        folded.plain,
    )
    return replace(folded, plain=plain)


def without_signature(folded: Folded) -> Folded:
    signed = lexicon.SIGNATURE.search(folded.plain)
    if not signed or not signed.start() or _RULES.search(signed.group()):
        return folded
    return replace(folded, plain=folded.plain[: signed.start()], at=folded.at[: signed.start() + 1])


def foreign_words(plain: str, names: Names, units: Collection[str]) -> str:
    """The words that say that this is not the sender's own act, or ''."""
    for pattern in lexicon.FOREIGN:
        if found := pattern.search(plain):
            return found.group().strip()[:12]
    spoke = {speaker["who"] for speaker in lexicon.SPEAKER.finditer(plain)}
    if len(spoke) > 1 and all(lexicon.FILLER.fullmatch(who) for who in spoke):
        return min(spoke)  # one 王主任: is a salutation, two are a conversation
    for speaker in lexicon.SPEAKER.finditer(plain):
        who = speaker["who"]
        named = names.at(who, 0)
        own = named and named[0].name in units and named[1] == len(who)
        if not own and not lexicon.LABELS.search(who) and not lexicon.FILLER.fullmatch(who):
            return who
    return ""
