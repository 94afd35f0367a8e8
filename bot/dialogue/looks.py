"""Questions that a list or an item answers: 还有几项没交, 34号怎么报, 哪些单位逾期了."""

from bot.dialogue import lexicon
from bot.dialogue.intents import Command, Target
from bot.dialogue.mentions import Clause, Kind
from bot.dialogue.speaker import Speaker
from bot.dialogue.verbs import Verb

_MOST = 1  # items shown to one question


def look(plain: str, found: list[Clause], targets: tuple[Target, ...], speaker: Speaker, asks: bool) -> Command | None:
    """What the words want to see, or None. Without a question mark they must say that they want to look."""
    units = tuple(dict.fromkeys(m.unit.name for c in found for m in c.of(Kind.UNIT) if m.unit))
    if (verb := _of_the_county(plain, speaker)) is not None:
        return Command(verb, units=units if verb in (Verb.PEOPLE, Verb.TASKS) else ())
    numbered = any(clause.targets for clause in found)
    if lexicon.LIST_ASKED.search(plain) and not numbered:
        return Command(Verb.TASKS, units=units if speaker.sees_all else ())
    if targets and (asks or lexicon.SHOW_ASKED.search(plain)) and (numbered or len(targets) == 1):
        return Command(Verb.TASKS, targets=targets[:_MOST])
    if units and asks and speaker.sees_all and not any(clause.senses for clause in found):
        return Command(Verb.TASKS, units=units)  # 高安镇现在怎么样
    if lexicon.WHY_ASKED.search(plain):
        return Command(Verb.WHY)
    if lexicon.HOW_ASKED.search(plain) and not targets and not any(clause.senses for clause in found):
        return Command(Verb.HELP)
    return None


def _of_the_county(plain: str, speaker: Speaker) -> Verb | None:
    if lexicon.LEDGER_ASKED.search(plain) and speaker.sees_all:
        return Verb.LEDGER
    if lexicon.HANDED_IN_ASKED.search(plain) and speaker.sees_all:
        return Verb.HANDED_IN
    if lexicon.REPORT_ASKED.search(plain):
        return Verb.REPORT
    if lexicon.PEOPLE_ASKED.search(plain) and speaker.office:
        return Verb.PEOPLE
    if lexicon.PENDING_ASKED.search(plain) and (speaker.checks or speaker.office):
        return Verb.PENDING
    if lexicon.OVERDUE_ASKED.search(plain):
        return Verb.OVERDUE if speaker.sees_all or speaker.checks else Verb.TASKS
    if lexicon.STATS_ASKED.search(plain) and speaker.sees_all:
        return Verb.STATS
    return None
