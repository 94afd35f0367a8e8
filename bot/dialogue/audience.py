"""通知 对象 内容 [立即]: whom a notice is for. The 对象 ends at the first blank; what follows is kept as written."""

import re

from bot.dialogue.intents import Audience, Command, Target
from bot.dialogue.links import links_in
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded
from bot.dialogue.verbs import Verb
from bot.domain.people import ROLE_OF_LABEL, Role

_EVERYONE = re.compile(r"(?:全体|所有)(?:人员|单位|人|同志)?|各单位|全县(?!各)")
_ROLES = ROLE_OF_LABEL | {"负责人": Role.HEAD}
_ROLE = re.compile(rf"(?:的|各|全体|所有)?({'|'.join(sorted(_ROLES, key=len, reverse=True))})")
_ITEM = r"(?P<{0}>\d{{1,4}})(?: ?- ?(?P<{0}_node>\d))? ?号?(?:任务|事项)? ?"
_NOT_YET = r"(?:还|尚)?(?:未|没有?)(?:完成|办结|办完|提交|上?报|交)"
_WHO = r"(?:的(?:各?单位|乡镇|部门)|的?(?:各?单位|人)?(?![一-鿿]))"
_OWES = re.compile(
    rf"(?:欠|(?:所有)?{_NOT_YET}) ?{_ITEM.format('first')}{_WHO}"
    rf"|{_ITEM.format('second')}{_NOT_YET}了?{_WHO}"
)
_HOW_MANY = re.compile(r"(?:全县|这|我县)?(?:的)? ?(?:\d{1,3}|[一二三四五六七八九十]{1,3}) ?个")
_ATTACHED = re.compile(r"(?:[\[【(]附件[\]】)]|(?<=\s)附件)\s*$")
_GAP = re.compile(r"[\s,、:;]*")
_AND = re.compile(r" ?[、和及与] ?")
_COMMA = re.compile(r" ?, ?")
_PART_ENDS = re.compile(r"[\s,、:;]|$")
_WORD = re.compile(r"[^\s,、:;。!?]+")
_AT_ONCE = re.compile(r"[\s,、:;]*(?:[\[【(]立即[\]】)]|立即(?=[\s,:;]|$))")
_AT_ONCE_LAST = re.compile(r"(?:[\[【(]立即[\]】)]|(?<=\s)立即)\s*$")
_TOLD = re.compile(r"(?:都|统一)?发(?:一?[个条])?通知[\s,:;]*")
_BODY_GAP = re.compile(r"[\s,:;]*")


def speaks_to(plain: str, place: int, names: Names) -> bool:
    """Does a known 对象 begin here (通知全体…)?"""
    return _part(plain, place, names) is not None


def notice(folded: Folded, place: int, names: Names) -> Command:
    """The command behind 通知. Unknown 对象 stand in `unknown_units`; without any 对象 or 内容 these are empty."""
    plain = folded.plain
    urgent = False
    if early := _AT_ONCE.match(plain, place):
        urgent, place = True, early.end()
    gap = _GAP.match(plain, place)
    place = gap.end() if gap else place
    audience: dict[Audience, None] = {}
    unknown: dict[str, None] = {}
    begin: int | None = place
    while begin is not None:
        part = _part(plain, begin, names)
        if part:
            audience[part[0]] = None
            place = part[1]
        elif word := _WORD.match(plain, begin):
            unknown[folded.said(begin, word.end())] = None
            place = word.end()
        else:
            break
        begin = _next_part(plain, place, names)
    if late := _AT_ONCE.match(plain, place):
        urgent, place = True, late.end()
    gap = _BODY_GAP.match(plain, place)
    if told := _TOLD.match(plain, gap.end() if gap else place):
        gap = told  # 给各部门发通知，…
    place = gap.end() if gap else place
    end = len(plain)
    last = _AT_ONCE_LAST.search(plain, place)
    end = last.start() if last else end
    attached = _ATTACHED.search(plain, place, end)
    end = attached.start() if attached else end
    text = folded.said(place, end)
    return Command(
        Verb.NOTICE,
        audience=tuple(audience),
        unknown_units=tuple(unknown),
        urgent=urgent or last is not None,
        attached=attached is not None,
        links=tuple(dict.fromkeys(link.url for link in links_in(folded))),
        text=text,
        words=text,
    )


def _next_part(plain: str, place: int, names: Names) -> int | None:
    """Where the 对象 goes on: after 、 or 和, and after a comma if a known one follows and ends there."""
    joined = _AND.match(plain, place)
    if joined and (plain[joined.start() : joined.end()].strip() == "、" or _part(plain, joined.end(), names)):
        return joined.end()
    comma = _COMMA.match(plain, place)
    part = _part(plain, comma.end(), names) if comma else None
    return comma.end() if comma and part and _PART_ENDS.match(plain, part[1]) else None


def _part(plain: str, place: int, names: Names) -> tuple[Audience, int] | None:
    """One 对象 and where it ends: everyone, a unit or a group, a role, or the role in a unit or group, who owes 34."""
    if owes := _OWES.match(plain, place):
        which = "first" if owes["first"] else "second"
        node = owes[f"{which}_node"]
        return Audience(owes=Target(int(owes[which]), int(node) if node else None)), owes.end()
    counted = _HOW_MANY.match(plain, place)  # 26个乡镇: the group; the preview says how many people that are
    named = names.at(plain, counted.end()) if counted else names.at(plain, place)
    named = named if named and (not counted or named[0].group) else None
    everyone = _EVERYONE.match(plain, place)
    end = named[1] if named else everyone.end() if everyone else place
    spoken = _ROLE.match(plain, end)
    role = _ROLES[spoken.group(1)] if spoken else None
    if named:
        name = named[0].name
        part = Audience(group=name, role=role) if named[0].group else Audience(unit=name, role=role)
    elif role:
        part = Audience(role=role)
    elif everyone:
        # 各单位 means whoever speaks for each unit, 全体 everybody on the roster.
        part = Audience(everyone=True, role=Role.CONTACT if "单位" in everyone.group() else None)
    else:
        return None
    return part, spoken.end() if spoken else end
