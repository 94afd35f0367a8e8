"""Secrecy markings (密级标志) and stamps that keep a paper inside the house (内部资料 不得外传).

In a sentence the words are ordinary (商业秘密, 保守秘密, 内部审计): only their use as a marking counts.
"""

import re
from collections.abc import Iterator

from bot.evidence.findings import Finding, Kind

_LEVEL = r"(?:绝[ ]{0,4}密|机[ ]{0,4}密|秘[ ]{0,4}密)"
_TERM = r"(?:\d{1,2}[ ]?(?:年|个?月)|长期|启用前)"
_ALONE_FROM = r"(?<![^\s\0:|(\[【〔「“\"])"
_ALONE_TO = r"(?![^\s,.:;!?。|)\]】〕」”\"])"
_PAPER = r"内部(?:资料|文件|材料|刊物|使用|传阅|掌握)"
_NEVER = r"(?:不得|不准|不可|请勿|切勿|严禁|禁止|勿)"
_OUT = r"(?:对?外传|外泄|外借|公开|转发|传播|扩散|复[制印]|翻[印拍]|上网)"
_MARKING = re.compile(
    # 机密★10年: the star is the marking, wherever it stands
    rf"(?:{_LEVEL}|商密)[ ]?级?[ ]?[★☆⭐*](?:[ ]?{_TERM})?"
    # 秘密级, but not 机密级别 as a word of prose
    rf"|{_LEVEL}[ ]?级(?!别)"
    # 密级：机密
    rf"|密级[ ]?[:为是]?[ ]?{_LEVEL}"
    # 秘密 10年, but not 商业秘密 3年; it may follow another marking
    rf"|(?:(?<![一-鿿])|(?<=[级年月期密])){_LEVEL}[ ]?\(?[ ]?{_TERM}\)?"
    # standing alone as a heading or a stamp: 【机密】, a line of its own, a word of its own. In a sentence the words
    # are ordinary (商业秘密, 保守秘密), and 绝密、机密、秘密 as a list speaks of markings without being one.
    rf"|{_ALONE_FROM}{_LEVEL}{_ALONE_TO}"
    # 内部资料 不得外传
    rf"|{_PAPER}[\s,.:;!。)\]】]{{0,3}}(?:{_NEVER}{_OUT}|注意保[存密]|会后收回|阅后(?:收回|销毁))"
    # （内部资料）
    rf"|[(\[【〔]{_PAPER}[)\]】〕]"
    # （此件不公开）, as documents of a government office say
    rf"|[此本]件(?:不公开|不予公开)"
    # 【严禁外传】
    rf"|{_ALONE_FROM}{_NEVER}对?外[传泄]{_ALONE_TO}"
)


def markings(view: str) -> Iterator[Finding]:
    for match in _MARKING.finditer(view):
        yield Finding(Kind.MARKING, match.start(), match.end())
