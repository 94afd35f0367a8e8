"""Takes apart what stands beside a verb: items, units, links, a day, 全部 and exclusions, in any order."""

import re
from collections.abc import Callable
from datetime import date

from bot.dialogue.dates import Day, day_at
from bot.dialogue.intents import Command, Kind, NotUnderstood, Target
from bot.dialogue.items import items_at
from bot.dialogue.links import Link, links_in
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded
from bot.dialogue.verbs import Units, Verb, VerbInfo

_GAP = re.compile(r"(?:[\s,、;:。!~]|\.(?!\d))*")
_BOUNDARY = re.compile(r"[\s,、;。!?~()]|[:.](?!\d)|$")
_JOIN = re.compile(r"(?:以及|和|及|与|跟) ?")
_JOINED = re.compile(r"[、和及与跟]")
_NUMBER = re.compile(r"(?:第 ?)?\d")
_EVERYTHING = re.compile(r"(?:全部|所有|全体)(?:单位|任务|事项|项目)?")
_EXCEPT = re.compile(r"\(? ?(?:除了|除去|除开|不含|不包括|除) ?")
_EXCEPT_ENDS = re.compile(r"[以之]?外")
_DOUBTFUL = re.compile(r"存疑的?(?:单位|任务|事项|项目)?(?![一-鿿])")
_THE_OTHERS = re.compile(
    r" ?(?:[以之]?外|不算)? ?\)?[\s,]*(?:其余|其他|其它|剩下)?(?:单位|任务|事项|项目)?的?(?:全部|都|均)?"
)
_UNTIL = re.compile(r"(?:延期|延|改|推迟)?[至到] ?")
_REASON = re.compile(r"(?:原因|理由|说明|依据|事由) ?:")
_LINK_LABEL = re.compile(r"(?:链接|网址|地址|佐证)(?:如下)? ?[:,]? ?(?=https?:|www\.)")
_LIST_BEGINS = re.compile(r"1 ?[.、)](?=[^\d\s])")  # 进展 12 1.已制定方案；2.已印发
_UNKNOWN_UNIT = re.compile(r"[一-鿿()]{2,16}?(?:镇|乡|街道|局|委|委员会|办|办公室|中心|部|政府)(?![一-鿿(])")
_NOT_A_NAME = re.compile(r"[未没不的已在请是无把被吗吧呢]")
_ANY_NAME = re.compile(r"[^\s,、;:。!?~]+")
POLITE = re.compile(
    r"(?:请?(?:领导)?(?:查收|查看|审核|审阅|审批|审定)|谢谢|多谢|感谢|辛苦|麻烦|您好|你好|以上|如下|链接|网址|地址|佐证"
    r"|(?:详?见)?附件|[了哈啊哦啦您]|\[[^\[\]\n]{1,6}\]|[🌹👌🙏👍💪🤝]|[\s,、;:。.!~()])*"
)
"""Words and signs that say nothing about the work."""
_POLITE_WORD = re.compile(POLITE.pattern.removesuffix("*"))


class Reader:
    """One message, read once from a given place. Afterwards the fields hold what was found, and `rest` is where the
    words begin that are none of it; `trouble` says why it cannot be told apart."""

    def __init__(self, folded: Folded, names: Names, today: date, info: VerbInfo) -> None:
        self.folded = folded
        self.plain = folded.plain
        self.names = names
        self.today = today
        self.info = info
        self.links: tuple[Link, ...] = links_in(folded)
        self.targets: dict[Target, None] = {}
        self.units: dict[str, None] = {}
        self.groups: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.excluded: dict[Target, None] = {}
        self.excluded_units: dict[str, None] = {}
        self.sure_only = False
        self.everything = False
        self.ranged = False
        self.day: Day | None = None
        self.day_words = ""
        self.rest = 0
        self.trouble: Kind | None = None
        self._link_ends = {link.start: link.end for link in self.links}
        self._last = ""  # the kind of the last thing read
        self._gap = ""  # what stood between it and the next
        self._doubtful: int | None = None  # the end of a number that may belong to the words after it
        self._units_from: int | None = None  # where the units begin that stand right before the words

    def read(self, place: int) -> None:
        start = place
        while True:
            start = self.skip(place)
            reason = _REASON.match(self.plain, start)
            if reason:
                start, self._doubtful, self._units_from = self.skip(reason.end()), None, None
                break
            self._gap = self.plain[place:start]
            found = next(((name, end) for name, step in self.steps() if (end := step(start)) is not None), None)
            if found is None:
                break
            self._note(*found, start)
            place = found[1]
        self.rest = start
        if self._doubtful == place and not POLITE.fullmatch(self.plain, start):
            self.trouble = Kind.UNCLEAR_NUMBER

    def steps(self) -> tuple[tuple[str, Callable[[int], int | None]], ...]:
        """What may stand at a place, in the order in which it is tried; each answers where it ends, or None."""
        return (
            ("link", self._link),
            ("except", self._exclusion),
            ("all", self._all),
            ("day", self._day),
            ("items", self._items),
            ("unit", self._unit),
        )

    def skip(self, place: int) -> int:
        """Past separators and past 和 where another number or name follows."""
        gap = _GAP.match(self.plain, place)
        place = gap.end() if gap else place
        joined = self._joined(place)
        return joined if joined is not None else place

    def ends(self, place: int) -> bool:
        """May a number or a name end here?"""
        return bool(
            _BOUNDARY.match(self.plain, place)
            or place in self._link_ends
            or _EXCEPT.match(self.plain, place)
            or _EVERYTHING.match(self.plain, place)
            or self._joined(place) is not None
            or (self.info.dated and _UNTIL.match(self.plain, place))
        )

    def command(self, text: str) -> Command:
        """What was read, as a command with these free words."""
        words = text
        if self._units_from is not None:
            apart = self.info.verb is Verb.SUBMIT or not text
            units = self.folded.said(self._units_from, self.rest if apart else None)
            words = f"{units} {text}".strip() if apart else units
        return Command(
            verb=self.info.verb,
            targets=self._left(),
            units=tuple(self.units),
            groups=tuple(self.groups),
            unknown_units=tuple(self.unknown),
            all=self._all_meant(),
            ranged=self.ranged,
            excluded=tuple(self.excluded),
            excluded_units=tuple(self.excluded_units),
            sure_only=self.sure_only,
            links=self.urls,
            text=text,
            words=words,
        )

    def names_items(self) -> bool:
        """Is at least one item meant?"""
        return bool(self._left()) or (self._all_meant() and not self.targets)

    def bare(self) -> bool:
        """Was nothing read but links?"""
        named = self.targets or self.units or self.groups or self.unknown or self.excluded or self.excluded_units
        return not (named or self.everything or self.day)

    def refusal(self, kind: Kind) -> NotUnderstood:
        return NotUnderstood(kind, self.info.verb, tuple(self.targets), tuple(self.units), self.urls)

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(link.url for link in self.links))

    def _left(self) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target not in self.excluded)

    def _all_meant(self) -> bool:
        sums_up = self.targets and self.info.units is not Units.NAMED  # 签收 12、13 全部
        others = (self.excluded and not self.targets) or (
            (self.excluded_units or self.sure_only) and not (self.units or self.groups)
        )
        return bool((self.everything and not sums_up) or others)

    def _note(self, name: str, end: int, start: int) -> None:
        if name == "unit":
            self._units_from = start if self._units_from is None else self._units_from
        else:
            self._units_from = None
        if name != "items":
            self._doubtful = None
        self._last = name

    def _joined(self, place: int) -> int | None:
        match = _JOIN.match(self.plain, place)
        if match and (_NUMBER.match(self.plain, match.end()) or self.names.at(self.plain, match.end())):
            return match.end()
        return None

    def _link(self, place: int) -> int | None:
        """Links stand apart only in a 完成; elsewhere they are part of the person's words."""
        if self.info.verb not in (Verb.SUBMIT, Verb.LINK):
            return None
        label = _LINK_LABEL.match(self.plain, place)
        return self._link_ends.get(label.end() if label else place)

    def _all(self, place: int) -> int | None:
        match = _EVERYTHING.match(self.plain, place)
        if not match or not self.ends(match.end()):
            return None
        self.everything = True
        return match.end()

    def _day(self, place: int) -> int | None:
        if not self.info.dated or self.day:
            return None
        until = _UNTIL.match(self.plain, place)
        start = until.end() if until else place
        self.day = day_at(self.plain, start, self.today)
        if not self.day:
            return None
        self.day_words = self.folded.said(start, self.day.end)
        return self.day.end

    def _items(self, place: int) -> int | None:
        dated = self.info.dated
        items = items_at(self.plain, place, lambda end: self.ends(end) or self._unit_at(end), not dated)
        if not items or (dated and self.targets and items.dashed and not items.marked):
            return None  # beside a day, 12-10 may be one
        if self.targets and _LIST_BEGINS.match(self.plain, place) and "、" not in self._gap:
            return None
        if self.targets and self._last in ("unit", "link"):
            self.trouble = Kind.SEVERAL
        sure = not self.targets or (self._last == "items" and _JOINED.search(self._gap))
        self._doubtful = None if sure else items.end
        self.targets.update(dict.fromkeys(items.targets))
        self.ranged |= items.ranged
        return items.end

    def _exclusion(self, place: int) -> int | None:
        start = _EXCEPT.match(self.plain, place)
        if not start:
            return None
        end = self._excluded_at(start.end())
        if end is None:
            return None
        while (more := self._excluded_at(self.skip(end))) is not None:
            end = more
        others = _THE_OTHERS.match(self.plain, end)
        return others.end() if others else end

    def _excluded_at(self, place: int) -> int | None:
        def ends(stop: int) -> bool:
            return self.ends(stop) or bool(_EXCEPT_ENDS.match(self.plain, stop))

        items = items_at(self.plain, place, ends)
        if items:
            self.excluded.update(dict.fromkeys(items.targets))
            return items.end
        if self.info.units is Units.NAMED and (doubtful := _DOUBTFUL.match(self.plain, place)):
            self.sure_only = True
            return doubtful.end()
        named = self.names.at(self.plain, place)
        if named and not named[0].group and self.info.units is Units.NAMED:
            self.excluded_units[named[0].name] = None
            return named[1]
        return None

    def _unit(self, place: int) -> int | None:
        if self.info.units is Units.NONE:
            return None
        named = self.names.at(self.plain, place)
        if named is None:
            return self._unknown_unit(place)
        name, end = named
        if name.group and self.info.units is Units.STAND_IN:
            return None
        if not (self.ends(end) or _NUMBER.match(self.plain, end) or self._may_be_glued(name.group, end)):
            return None
        if self.units and self._last == "link":
            self.trouble = Kind.SEVERAL
        (self.groups if name.group else self.units)[name.name] = None
        return end

    def _may_be_glued(self, group: bool, end: int) -> bool:
        """退回34号高安镇链接打不开: the first unit of a review may be followed by words at once, but not by 以外."""
        acts = self.info.units is Units.NAMED and self.info.changes
        return acts and not group and not self.units and not _EXCEPT_ENDS.match(self.plain, end)

    def _unknown_unit(self, place: int) -> int | None:
        """A name that is not in the directory, told apart so that the answer can suggest a near one."""
        if self.info.units is not Units.NAMED:
            return None
        among_names = "、" in self._gap or not (self.units or self.groups or self.unknown or self.everything)
        if self.info.verb in (Verb.ASSIGN, Verb.PEOPLE) or (self.info.verb is Verb.APPROVE and among_names):
            match = _ANY_NAME.match(self.plain, place)  # nothing else can follow these verbs
        elif not among_names:
            return None
        else:
            match = _UNKNOWN_UNIT.match(self.plain, place)
        if not match or _NOT_A_NAME.search(match.group()) or _POLITE_WORD.match(match.group()):
            return None
        self.unknown[self.folded.said(place, match.end())] = None
        return match.end()

    def _unit_at(self, place: int) -> bool:
        return self.info.units is not Units.NONE and self.names.at(self.plain, place) is not None
