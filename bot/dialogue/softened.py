"""A statement's text without the words that look like a doubt beside what is said, and are none."""

import re

from bot.dialogue import lexicon
from bot.dialogue.lexicon import Rule, Sense
from bot.dialogue.mentions import Kind
from bot.dialogue.statements import REQUESTS, Statement

OF_CHECKERS = frozenset(
    {Sense.APPROVE, Sense.RETURN, Sense.URGE, Sense.AGREE, Sense.REFUSE, Sense.SUSPEND, Sense.RESUME, Sense.ASSIGN}
)
_COMFORT = re.compile(r"(?:没有|没得|莫得|没|无)(?:任何|什么|啥)?(?:问题|误)|(?:没有|无|没得)(?:遗留|其他)问题")
_NOTHING_HAPPENED = re.compile(
    r"(?:未|没有?|无|莫得|没得)(?:再)?(?:发生|出现|产生|接到|收到|相关|涉及)[^,。;\s]{0,12}|无[^,。;\s]{0,8}(?:舆情|事项|情况)"
    r"|(?:从来?|一直|目前|都)?(?:没有?|没得|莫得)(?!完|办|弄|搞|报|交)[^,。;\s]{0,10}(?:情况|舆情|现象|事件|投诉|案件|纠纷)"
)
_MASK = "＃"  # stands for the words of a title


def without_comfort(text: str) -> str:
    """Without 没有问题 and 链接稍后发: neither denies nor promises the act."""
    return lexicon.AFTERWARDS.sub("", _COMFORT.sub("", text))


def softened(text: str, rule: Rule | None) -> str:
    """Without what doubts nothing beside this sense: 撤了嘛 asks for it, 同意延期 is about a 延期."""
    text = re.sub(r"(?:这|那|以上|上面|前面|上述)(?:的)?几[项个条]|几天", "", text)
    if rule is None or rule.sense in (Sense.DONE, Sense.DOING):
        return _NOTHING_HAPPENED.sub("", text)
    if rule.sense in REQUESTS:
        text = re.sub(r"没得[\s。.!~]*$", "", text)
    if rule.sense is Sense.APPROVE:
        text = re.sub(r"[吧哈][\s。.!~]*$", "", text)  # 都过了吧: who says so decides
    text = re.sub(r"嘛[\s。.!,~]*$", "", text)
    return re.sub(r"延期|延后|推迟|不涉及|异议", "", text) if rule.sense in OF_CHECKERS else text


def named_apart(plain: str, statement: Statement) -> str:
    """The text without the words of titles: 公开 in a title reports nothing."""
    for clause in statement.clauses:
        for mention in clause.of(Kind.TITLE):
            plain = f"{plain[: mention.start]}{_MASK * (mention.end - mention.start)}{plain[mention.end :]}"
    return plain
