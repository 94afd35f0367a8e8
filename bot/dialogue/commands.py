"""Words → intents, pure: `parse` reads one chat message (DESIGN §6, "Chat"; §3, rule 9).

The order is one of certainty: other people's words are put aside, then an acknowledgement, then a leading verb, then
near misses made of known pieces only. Whatever is left changes nothing and says what it looked like.
"""

import re
from dataclasses import replace
from datetime import date

from bot.dialogue.acks import acknowledges, chain_list
from bot.dialogue.doubts import doubts_in, own_words
from bot.dialogue.exact import exact
from bot.dialogue.intents import Command, Kind, NotUnderstood
from bot.dialogue.items import items_in
from bot.dialogue.links import links_in
from bot.dialogue.loose import link_or_number, loose
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded, fold
from bot.dialogue.verbs import Units, Verb, spoken

_SLASH = re.compile(r"[\s/]*/[\s/]*")


def parse(text: str, names: Names, today: date) -> Command | NotUnderstood:
    """What the message asks for. Never raises; takes time linear in the length of the text, of which 5,000 characters
    are read. `today` (Asia/Shanghai) gives a day without a year its year."""
    folded = fold(text)
    own = own_words(folded)
    result = _read(own, names, today) if own else NotUnderstood(Kind.QUOTE)
    return replace(result, raw=folded.written, cut=folded.cut)


def _read(folded: Folded, names: Names, today: date) -> Command | NotUnderstood:
    blank = len(folded.plain) - len(folded.plain.lstrip())
    slash = _SLASH.match(folded.plain)
    if blank or slash:
        folded = folded.after(slash.end() if slash else blank)
    if not folded.plain.strip():
        return NotUnderstood(Kind.EMPTY)
    units = acknowledges(folded.plain, names)
    if units is None:
        units = chain_list(folded.plain, names)
    if units is not None:
        return Command(Verb.ACK, units=units)
    found = exact(folded, names, today)
    if isinstance(found, Command) and not (found.verb is Verb.TASKS and found.text):
        return found
    if found is None or isinstance(found, Command) or found.kind is Kind.NO_TARGET:
        found = loose(folded, names, today) or found or link_or_number(folded, names, today)
    return found or _doubtful(folded, names)


def _doubtful(folded: Folded, names: Names) -> NotUnderstood:
    """What the words look like, and what in them an answer can hold on to."""
    plain = folded.plain
    links = links_in(folded)
    for link in links:
        plain = f"{plain[: link.start]}{' ' * (link.end - link.start)}{plain[link.end :]}"
    doubt = doubts_in(plain)
    return NotUnderstood(
        Kind(doubt.value) if doubt else Kind.UNKNOWN,
        next(
            (info.verb for word, info in spoken() if info.changes and info.units is not Units.NONE and word in plain),
            None,
        ),
        items_in(plain),
        _units_in(plain, names),
        tuple(dict.fromkeys(link.url for link in links)),
    )


def _units_in(plain: str, names: Names) -> tuple[str, ...]:
    found: dict[str, None] = {}
    place = 0
    while place < len(plain):
        named = names.at(plain, place)
        if named and not named[0].group:
            found[named[0].name] = None
        place = named[1] if named else place + 1
    return tuple(found)
