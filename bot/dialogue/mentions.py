"""Takes a message apart for free reading: clauses, and in each of them what it mentions.

Everything has its place, so that what is left over can be told from what was understood.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from bot.dialogue.dates import Span, span_at, spoken_day_at
from bot.dialogue.intents import Target
from bot.dialogue.items import NODE, OTHER_NUMBERS, Items, items_at, node_of
from bot.dialogue.lexicon import CHECKERS, EVERYTHING, FILLER, MEASURE, RULES, TOPIC, Rule, Sense, pattern_of
from bot.dialogue.links import links_in
from bot.dialogue.names import Name, Names
from bot.dialogue.normalize import Folded
from bot.dialogue.titles import Book, Named

_BREAK = re.compile(
    r"[,。;!?\n]+|(?<=[了完成结好毕]) +(?=第?\d)|(?<!\d)\.(?!\d)|(?<=\d)\.(?=\s|$)"
    # 18完成19完成20没有
    r"|(?<=[了完成结好毕])(?=第?\d{1,2}(?:-\d)?(?:号|项)? ?(?:任务|也|还|已经?|都|均)*"
    r"(?:完成|办结|[没未]|[弄搞做整办]))"
)
_SLASHED = re.compile(r"(?<![\d./])\d{1,2}(?:[./]\d{1,2})+(?![\d./]|[ ]?[%月号日])")
_NUMBERED_LINE = re.compile(r"(?:^|(?<=\n)) ?[1-9]\d? ?(?:[.)](?=[^\d\s])|、(?=[一-鿿]))")
_COUNTED = re.compile(r"(?:^|(?<=[\s,。;:]))(?P<n>[1-9]) ?[.、)] ?(?=\D|\d{1,2} ?(?:号|项|[^\d.、 ]))")
_EXCEPT = re.compile(r"\(? ?(?:除了|除去|除开|除掉|不含|不包括|不算|除)(?=[^,。;]{0,3}\d)")
_EXCEPT_UNIT = re.compile(r"\(? ?(?:除了?|除去|除开|除掉|不含|不包括|不算) ?")
EXCEPTED = re.compile(r"除外|[以之]外|不算在内|不在内")
_DATED = re.compile(r"[到至延] ?$")
_DIGIT = re.compile(r"(?:(?:任务|事项) ?)?(?:第 ?)?\d")
_RULES = pattern_of(RULES)
_CHECKING = (*CHECKERS, *RULES)
_CHECKERS = pattern_of(_CHECKING)
_FIRST_DAYS = 31


class Kind(Enum):
    """What a mention is."""

    ITEMS = "items"
    TITLE = "title"
    TOPIC = "topic"  # 这个, 上面那个
    UNIT = "unit"
    LINK = "link"
    DAY = "day"
    SPAN = "span"  # so much more time
    NODE = "node"  # 第二个节点
    NUMBER = "number"  # of no item
    SENSE = "sense"
    ALL = "all"
    EXCEPT = "except"


@dataclass(frozen=True)
class Mention:
    """One thing a clause speaks of; which of the fields is filled follows from `kind`."""

    kind: Kind
    start: int
    end: int
    items: Items | None = None
    counted: bool = False  # 27项: the 27th, or twenty-seven of them
    named: Named | None = None
    unit: Name | None = None
    url: str = ""
    day: date | None = None
    span: Span | None = None
    node: int = 0
    rule: Rule | None = None
    excluded: bool = False


@dataclass
class Clause:
    """A part of the message between two signs, with what it mentions in order."""

    start: int
    end: int
    sign: str  # what ends it
    mentions: list[Mention] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[Mention]:
        return [mention for mention in self.mentions if mention.kind in kinds]

    @property
    def senses(self) -> list[Rule]:
        return [mention.rule for mention in self.mentions if mention.rule]

    @property
    def targets(self) -> list[Target]:
        return [t for m in self.of(Kind.ITEMS) if m.items and not m.excluded for t in m.items.targets]

    @property
    def points(self) -> bool:
        """Does it speak of an item in any way?"""
        return bool(self.targets or self.of(Kind.TITLE, Kind.TOPIC))


def day_like(plain: str, mention: Mention) -> bool:
    """May the number be a day of the month (18号)?"""
    targets = mention.items.targets if mention.items else ()
    text = plain[mention.start : mention.end]
    return "号" in text and "第" not in text and "任务" not in text and any(t.number <= _FIRST_DAYS for t in targets)


def blank(folded: Folded) -> str:
    """The text with its links blanked: what an address spells is not said."""
    plain = folded.plain
    for link in links_in(folded):
        plain = f"{plain[: link.start]}{' ' * (link.end - link.start)}{plain[link.end :]}"
    return plain


def _unnumbered(plain: str) -> str:
    """1、35号已完成 2、36号已完成: numbers that count the lines 1, 2, 3 are blanked, and each begins a clause."""
    found = list(_COUNTED.finditer(plain))
    if len(found) < 2 or [int(count["n"]) for count in found] != list(range(1, len(found) + 1)):
        return plain
    for count in found:
        plain = f"{plain[: count.start()]}\n{' ' * (count.end() - count.start() - 1)}{plain[count.end() :]}"
    return plain


def clauses(folded: Folded, names: Names, book: Book, today: date, checks: bool = False) -> tuple[str, list[Clause]]:
    """The text as it was scanned, and its clauses. `checks`: as somebody says it who only approves and returns."""
    links = {link.start: link for link in links_in(folded)}
    plain = _SLASHED.sub(_separated, _unnumbered(blank(folded)))
    found: list[Clause] = []
    start = 0
    for sign in [*_BREAK.finditer(plain), None]:
        end = sign.start() if sign else len(plain)
        if plain[start:end].strip() or any(start <= place < end for place in links):
            clause = Clause(start, end, sign.group() if sign else "")
            ends = {place: links[place].end for place in links}
            clause.mentions += _scan(plain, clause, ends, names, today, checks)
            clause.mentions += [
                Mention(Kind.LINK, link.start, link.end, url=link.url)
                for link in links.values()
                if start <= link.start < end
            ]
            _add_title(plain, clause, book)
            clause.mentions.sort(key=lambda mention: mention.start)
            found.append(clause)
        start = sign.end() if sign else end
    return plain, found


def residue(plain: str, clause: Clause) -> Iterator[tuple[int, int]]:
    """The runs of a clause that nothing explains; harmless words explain themselves."""
    place = clause.start
    edges = [(mention.start, mention.end) for mention in clause.mentions] + [(clause.end, clause.end)]
    for start, end in edges:
        if start > place and FILLER.sub("", plain[place:start]).strip():
            yield place, start
        place = max(place, end)


def _separated(run: re.Match[str]) -> str:
    """35/36/39 and 35.36.39 are items; 11.20 and 12/10 are days."""
    numbers = [int(number) for number in re.split(r"[./]", run.group())]
    listed = len(numbers) > 2 or min(numbers) > 12
    return re.sub(r"[./]", "、", run.group()) if listed and min(numbers) > 0 else run.group()


def _scan(
    plain: str, clause: Clause, links: dict[int, int], names: Names, today: date, checks: bool
) -> Iterator[Mention]:
    place, end = clause.start, clause.end
    dated = any(
        rule.sense is Sense.EXTEND and rule.words.search(plain, clause.start, end) is not None for rule in RULES
    )
    excluding: Kind | None = None  # of what is left out: items, or units
    excepted = _excepted(plain, clause, names)
    while place < end:
        if place in links:
            place = links[place]
            continue
        mention = _mention_at(plain, place, end, names, today, dated, checks)
        if mention is None:
            place += 1
            continue
        if mention.kind in (Kind.SENSE, Kind.ALL):
            excluding = None
        elif mention.kind is Kind.EXCEPT:
            excluding = Kind.UNIT if mention.unit else Kind.ITEMS
            if mention.unit:
                mention = replace(mention, kind=Kind.UNIT, excluded=True)
        elif mention.kind in (excluding, excepted) and mention.kind in (Kind.ITEMS, Kind.UNIT):
            mention = replace(mention, excluded=True)
        elif mention.kind is Kind.ITEMS and excluding is Kind.UNIT:
            excluding = None
        yield mention
        place = max(mention.end, place + 1)


def _excepted(plain: str, clause: Clause, names: Names) -> Kind | None:
    """35除外 leaves an item out, 34高安镇除外 a unit."""
    found = EXCEPTED.search(plain, clause.start, clause.end)
    if found is None:
        return None
    named = any(names.at(plain, place) for place in range(clause.start, found.start()))
    return Kind.UNIT if named else Kind.ITEMS


def _mention_at(
    plain: str, place: int, end: int, names: Names, today: date, dated: bool, checks: bool
) -> Mention | None:
    if found := _EXCEPT.match(plain, place, end):
        return Mention(Kind.EXCEPT, place, found.end())
    if checks and (found := _EXCEPT_UNIT.match(plain, place, end)) and (left := names.at(plain, found.end())):
        return Mention(Kind.EXCEPT, place, left[1], unit=left[0])
    if dated and (span := span_at(plain, place)) and span[1] <= end:
        return Mention(Kind.SPAN, place, span[1], span=span[0])
    if (node := NODE.match(plain, place, end)) is not None:
        return Mention(Kind.NODE, place, node.end(), node=node_of(node))
    if plain[place].isdigit() or _DIGIT.match(plain, place, end):
        return _number_at(plain, place, today, dated and bool(_DATED.search(plain[max(0, place - 2) : place])))
    if (named := names.at(plain, place)) and named[1] <= end:
        return Mention(Kind.UNIT, place, named[1], unit=named[0])
    if (day := spoken_day_at(plain, place, today)) and day.end <= end:
        return Mention(Kind.DAY, place, day.end, day=day.value)
    if everything := EVERYTHING.match(plain, place, end):
        return Mention(Kind.ALL, place, everything.end())
    if said := (_CHECKERS if checks else _RULES).match(plain, place, end):
        rule = (_CHECKING if checks else RULES)[int(str(said.lastgroup)[1:])]
        return Mention(Kind.SENSE, place, said.end(), rule=rule) if said.end() > place else None
    if topic := TOPIC.match(plain, place, end):
        return Mention(Kind.TOPIC, place, topic.end())
    return None


def _number_at(plain: str, place: int, today: date, day_wanted: bool) -> Mention:
    """Items, a day, or a number of something else."""
    if place == 0 or plain[place - 1] == "\n":
        enumerated = _NUMBERED_LINE.match(plain, place)
        if enumerated:
            return Mention(Kind.NUMBER, place, enumerated.end())
    day = spoken_day_at(plain, place, today)
    if day and (day_wanted or not re.fullmatch(r"\d{1,2} ?[号日]", plain[place : day.end])):
        return Mention(Kind.DAY, place, day.end, day=day.value)
    if other := OTHER_NUMBERS.match(plain, place):
        return Mention(Kind.NUMBER, place, other.end())
    items = items_at(plain, place, lambda stop: _may_end(plain, stop))
    if items:
        return Mention(Kind.ITEMS, place, items.end, items=items)
    if counted := re.compile(r"(\d{1,2}) ?项(?!任务|工作|事项|信息|公开|内容|均|都|全)").match(plain, place):
        found = Items((Target(int(counted.group(1))),), counted.end(), marked=False)
        return Mention(Kind.ITEMS, place, counted.end(), items=found, counted=True)
    run = re.compile(r"(?:任务|事项)? ?第? ?\d+(?:[.,]\d+)?").match(plain, place)
    return Mention(Kind.NUMBER, place, max(run.end() if run else 0, place + 1))


def _may_end(plain: str, stop: int) -> bool:
    return (
        (not MEASURE.match(plain, stop) and not plain[stop : stop + 1].isascii())
        or plain[stop : stop + 1] in " ,:()-#"
        or plain.startswith("ok", stop)
    )


def _add_title(plain: str, clause: Clause, book: Book) -> None:
    """A title, where no number says which item is meant. What lies inside it is part of a name and says nothing."""
    if clause.of(Kind.ITEMS):
        return
    text = plain[clause.start : clause.end]
    for mention in clause.of(Kind.UNIT, Kind.LINK, Kind.DAY, Kind.NUMBER):
        start, end = mention.start - clause.start, mention.end - clause.start
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    named = book.find(text)
    if named is None:
        return
    spans = [(start + clause.start, end + clause.start) for start, end in named.spans]
    clause.mentions = [
        mention
        for mention in clause.mentions
        if not any(start <= mention.start and mention.end <= end for start, end in spans)
    ]
    shown = spans or [(clause.start, clause.start)]
    clause.mentions += [Mention(Kind.TITLE, start, end, named=named) for start, end in shown]
