"""完成 34 链接 35 链接: several items in one message, each with links of its own."""

import re

from bot.dialogue.intents import Command, Target
from bot.dialogue.links import links_in
from bot.dialogue.normalize import Folded
from bot.dialogue.verbs import Verb

_NUMBER = re.compile(r"[\s,、;:。!]*(?:第 ?)?(\d{1,4})(?: ?- ?(\d))? ?号?(?:任务|事项)?[\s,、;:]*(?:链接|网址)?[\s:]*")
_GAP = re.compile(r"[\s,、;:。!]*")


def pairs(folded: Folded, place: int) -> Command | None:
    """The command where from `place` on there is nothing but number, links, number, links, each number once; else
    nobody could say which link is for which item."""
    plain = folded.plain
    links = {link.start: link for link in links_in(folded)}
    each: dict[Target, tuple[str, ...]] = {}
    while place < len(plain):
        number = _NUMBER.match(plain, place)
        if number is None:
            return None
        target = Target(int(number[1]), int(number[2]) if number[2] else None)
        place = number.end()
        urls: list[str] = []
        while link := links.get(place):
            urls.append(link.url)
            gap = _GAP.match(plain, link.end)
            place = gap.end() if gap else link.end
        if not urls or target in each:
            return None
        each[target] = tuple(urls)
    return Command(Verb.SUBMIT, tuple(each), each=tuple(each.items())) if len(each) > 1 else None
