"""收到 and its kin: short words that acknowledge and nothing else, and the chain lists of group chats."""

import re
from itertools import dropwhile

from bot.dialogue.doubts import doubts_in
from bot.dialogue.names import Names
from bot.dialogue.verbs import CHANGING, Doubt, info_of

_OWN = r"(?:我们?(?:单位|镇|乡|街道|局|委|办|中心)?|本单位)?"
_RECEIVED = r"(?:收到|收悉|已收|已阅|阅悉|知悉|知晓|知道|明白|了解|晓得)"
_ACK = re.compile(
    rf"{_OWN}(?:已经?|均已?)?(?:确认)?{_RECEIVED}(?:了|啦|哈|咯)?(?:{_RECEIVED})?(?:通知|文件|消息|信息|提醒|任务)?"
    rf"|(?:通知|文件|消息)(?:已经?)?{_RECEIVED}(?:了)?"
    r"|(?P<weak>好(?:的|嘞|滴|哒)?|要得嘛?|得行|嗯{1,3}(?:好的?)?|ok(?:ay)?|\[ok\]|👌)|照办|遵照执行"
)
_GREETING = re.compile(r"^(?:(?:您好|你好|早上好|上午好|下午好|领导好?|各位领导)[\s,。!~]+)+")
_ONE = re.compile(r"1[\s。.!]*")
_POLITE = re.compile(
    r"(?:谢谢|感谢|多谢|辛苦了?|您?领导|各位|大家|您|提醒|[。.!,~;、\s]|[哈啊哦呀嘛嘞]|\[[^\[\]\n]{1,6}\]|[🌹👌🙏👍💪🤝])*"
)
_SEPARATOR = re.compile(r"[\s。.!,~;:、]")
_COMFORT = re.compile(r"没得?问题|不客气|请?放心")
_UNSURE = re.compile(r"[\d?]|[不没未错疑]|但|可是|只是|除了|https?|www")
_HEADLINE = re.compile(r".{0,200}接龙.{0,200}")
_LINE = re.compile(r"\s*\d{1,3} ?[.、):,。]?\s*(.+)")
_LISTED = re.compile(r"\s*\d{1,3} ?[.、)]")
_PERSON = re.compile(r"[\s:,]*[一-鿿·]{0,6}?[\s:,]*")


def acknowledges(plain: str, names: Names) -> tuple[str, ...] | None:
    """Official names of the units said beside it (mostly none), or None where the words are no acknowledgement."""
    text = _GREETING.sub("", plain.strip())
    if _ONE.fullmatch(text):
        return ()
    units: tuple[str, ...] = ()
    named = names.at(text, 0)
    if named and not named[0].group:
        units = (named[0].name,)
        text = text[named[1] :].lstrip(" ,:")
    return units if _is_ack(text) else None


def chain_list(plain: str, names: Names) -> tuple[str, ...] | None:
    """A 接龙: numbered lines that all end in an acknowledgement. The units it names, or None where it is none."""
    lines = [line for line in plain.split("\n") if line.strip()]
    if lines and _HEADLINE.fullmatch(lines[0]):
        lines = list(dropwhile(lambda line: not _LINE.fullmatch(line), lines))
    units: dict[str, None] = {}
    for line in lines:
        numbered = _LINE.fullmatch(line)
        if not numbered:
            return None
        entry = numbered.group(1)
        named = names.at(entry, 0)
        rest = entry[named[1] :] if named else entry
        if not _line_acknowledges(rest):
            return None
        if named:
            units[named[0].name] = None
    # One line alone may as well speak of an item: 12 收到.
    alone = len(lines) == 1 and not (units and _LISTED.match(lines[0]))
    return tuple(units) if lines and not alone else None


def _line_acknowledges(rest: str) -> bool:
    """A person's name may stand before it: 新民镇 张三 收到."""
    text = rest.strip(" :,")
    if _is_ack(text):
        return True
    tail = re.search(rf"(?:已)?{_RECEIVED}", text)
    return bool(tail and _PERSON.fullmatch(text[: tail.start()]) and _is_ack(text[tail.start() :]))


def _is_ack(text: str) -> bool:
    """One or more acknowledgements (好的，收到), then perhaps harmless words after a separator."""
    place = last = 0
    weak = True
    while said := _ACK.match(text, place):
        last = said.end()
        weak = weak and said["weak"] is not None
        polite = _POLITE.match(text, last)
        place = polite.end() if polite else last
    rest = text[place:]
    if not last or not rest:
        return bool(last)
    if not _SEPARATOR.match(text, last) or not _harmless(rest):
        return False
    return not weak or doubts_in(rest, {Doubt.PROMISE}) is not None


def _harmless(rest: str) -> bool:
    """May these words follow? A promise may (好的，马上落实); what doubts, asks or reports something may not."""
    rest = _COMFORT.sub("", rest)
    if _UNSURE.search(rest) or doubts_in(rest, {Doubt.QUESTION, Doubt.NEGATION, Doubt.CONDITION}):
        return False
    acts = any(word in rest for verb in CHANGING for word in info_of(verb).words)
    return not acts or doubts_in(rest, {Doubt.PROMISE}) is not None
