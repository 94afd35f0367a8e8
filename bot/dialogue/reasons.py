"""Is it a reason? Thanks, an acknowledgement or a placeholder is none."""

import re

from bot.dialogue.acks import acknowledges
from bot.dialogue.names import Names
from bot.dialogue.normalize import fold
from bot.dialogue.reader import POLITE

# Possessive: what repeats must not be tried in every possible way.
_PLACEHOLDER = re.compile(
    r"(?:知道了|不知道|不清楚|没有|暂无|如题|同上|随便|可以|好吧|理由|原因|[无没略行是对的吧嗯哦]|[\s,、;:。.!?~])*+"
)
_WORD = re.compile(r"[一-鿿a-z]")
_LEAST = 2  # characters: 重复, 错栏


def is_reason(text: str, names: Names) -> bool:
    plain = fold(text).plain.strip()
    if POLITE.fullmatch(plain) or _PLACEHOLDER.fullmatch(plain) or acknowledges(plain, names) is not None:
        return False
    return len(_WORD.findall(plain)) >= _LEAST
