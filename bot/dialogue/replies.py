"""Answers to the questions of an import, as a tired person types them: 答 3 县教委、县民政局, 答 3 1, 答 3 跳过."""

import re
from calendar import monthrange
from datetime import date

from bot.dialogue.dates import day_at
from bot.dialogue.names import Names
from bot.dialogue.normalize import fold
from bot.domain.draft import Question
from bot.domain.settled import (
    IS_NEW,
    LEADS,
    LONGEST,
    NEW_UNIT,
    NO_DATE,
    SKIPPED,
    WHO,
    Trouble,
    Unclear,
)

_NUMBERED = re.compile(r"\s*(?:(?:回答|答) ?)?第? ?(\d{1,3})(?!\d|[-/年月])\s*(?:[题问号]|[.、:,)](?!\d))?\s*")
_VERB = re.compile(r"\s*(?:回答|答)\s*")
_SKIP = re.compile(r"(?:先)?(?:跳过|略过|以后再[说定]|暂不定?|先不定|待定|不知道|skip)[。.!]?")
_CHOICES = re.compile(r"\d{1,2}(?:[\s、,和]+\d{1,2})*")
_NO_DATE = re.compile(r"无|没有|没写|未写|无时限|没有时限|不限|不限时")
_LEADS = re.compile(r"(?:就是|由|是)?牵头单位(?:自己|办|办理)?|-+")
_IS_NEW = re.compile(r"(?:是)?新(?:的)?(?:单位|增|设|建)?|是的?|对")
_SAYS_NEW = re.compile(r"(?:是)?新(?:的)?单位")
_BETWEEN = re.compile(r"[\s、,;:.。和及与跟]+|以及")
_END_OF = re.compile(r"(?:(?P<year>\d{4}) ?年? ?)?(?:(?P<month>\d{1,2}) ?月份?[底末]|年?[底末])")
_BEFORE = re.compile(r"(?:[之以]?前)?[\s。.!]*")
_YEAR = re.compile(r"(\d{4}) ?年?")


def replies(text: str) -> tuple[tuple[int | None, str], ...]:
    """Number and words of every line; the number is None where none was written."""
    found: list[tuple[int | None, str]] = []
    for line in text.splitlines():
        folded = fold(line)
        if numbered := _NUMBERED.match(folded.plain):
            found.append((int(numbered[1]), folded.said(numbered.end())))
        elif line.strip():
            verb = _VERB.match(folded.plain)
            found.append((None, folded.said(verb.end() if verb else 0)))
    return tuple(found)


def answer_to(question: Question, words: str, names: Names, year: int) -> str | Unclear:
    """The answer as it is kept (`bot.domain.settled`), or why the words are none. A day without a year is of `year`."""
    folded = fold(words.strip())
    plain = folded.plain.strip()
    if not plain:
        return Unclear(Trouble.EMPTY)
    if _SKIP.fullmatch(plain):
        return SKIPPED
    if question.candidates and _CHOICES.fullmatch(plain):
        return _chosen(question, [int(number) for number in re.findall(r"\d+", plain)])
    if question.about in WHO:
        if question.written and _SAYS_NEW.fullmatch(plain):
            return IS_NEW
        if question.about == "responsible" and _LEADS.fullmatch(plain):
            return LEADS
        return _named(words, names)
    if question.about == NEW_UNIT:
        if _IS_NEW.fullmatch(plain):
            return IS_NEW
        named = _named(words, names, groups=False)
        return Unclear(Trouble.ONE_ONLY, words) if isinstance(named, str) and "、" in named else named
    if question.about == "deadline" and _NO_DATE.fullmatch(plain):
        return NO_DATE
    if question.about in ("deadline", "issue_date"):
        day = _day(plain, year)
        return day.isoformat() if day else Unclear(Trouble.NO_DAY, words)
    if question.about == "year":
        said = _YEAR.fullmatch(plain)
        return said[1] if said else Unclear(Trouble.NO_YEAR, words)
    return words.strip() if len(words) <= LONGEST.get(question.about, 1000) else Unclear(Trouble.TOO_LONG)


def _chosen(question: Question, numbers: list[int]) -> str | Unclear:
    wrong = next((number for number in numbers if not 1 <= number <= len(question.candidates)), None)
    if wrong is not None:
        return Unclear(Trouble.NO_CANDIDATE, str(wrong))
    if len(numbers) > 1 and question.about not in WHO:
        return Unclear(Trouble.ONE_ONLY)
    return "、".join(dict.fromkeys(question.candidates[number - 1] for number in numbers))


def _named(words: str, names: Names, groups: bool = True) -> str | Unclear:
    """Official names, whatever stands between them; whoever is not in the directory is not guessed."""
    folded = fold(words)
    found: dict[str, None] = {}
    place = 0
    while place < len(folded.plain):
        if gap := _BETWEEN.match(folded.plain, place):
            place = gap.end()
            continue
        named = names.at(folded.plain, place)
        if named is None or (named[0].group and not groups) or not _ends(folded.plain, named[1], names):
            end = _BETWEEN.search(folded.plain, place)
            return Unclear(Trouble.UNKNOWN_UNIT, folded.said(place, end.start() if end else None))
        found[named[0].name] = None
        place = named[1]
    return "、".join(found) if found else Unclear(Trouble.EMPTY)


def _ends(plain: str, place: int, names: Names) -> bool:
    """A name that goes on (县教委办公室) is another one."""
    return place == len(plain) or bool(_BETWEEN.match(plain, place)) or names.at(plain, place) is not None


def _day(plain: str, year: int) -> date | None:
    """A day of the calendar; what is told from today (下周五) is none."""
    if end := _END_OF.match(plain):
        month = int(end["month"] or 12)
        if not 1 <= month <= 12 or not _BEFORE.fullmatch(plain, end.end()):
            return None
        year = int(end["year"] or year)
        return date(year, month, monthrange(year, month)[1]) if year else None
    found = day_at(plain, 0, date(year, 1, 1))
    return found.value if found and _BEFORE.fullmatch(plain, found.end) else None
