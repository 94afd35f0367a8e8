"""Words after which nothing may change: questions, negations, conditions, promises, other people's words (rule 9).

All patterns look at folded text and have bounded repetitions, so that they take linear time.
"""

import re
from collections.abc import Collection

from bot.dialogue.normalize import Folded
from bot.dialogue.verbs import Doubt

_GAP = r"[^,。;、\s]{0,6}"  # a few words of the same clause
_DOING = (
    r"(?:完成|办结|收到|公开|公布|发布|上传|报送|提交|落实|通过|签收|同意|审核|到位|结束|更新"
    r"|做|弄|搞|好|交|报|发(?![生现展放])|传)"
)

_PATTERNS = {
    Doubt.QUESTION: re.compile(
        r"\?|[吗呢]|怎么|如何|什么|为何|啥|哪|几[项个条天]|几[\s。.!~]*$|谁(?=[^,。;]{0,8}(?:没|申请|报|交|办|有|在))|多少|是否|是不是|能不能|可不可以|要不要|有没有"
        r"|对不对|行不行|(?:没有?|吧|嘛)[\s。.!,~]*$"
        # dialect
        r"|咋|啷个|怎样|好久|好多|(?<![要对来])(?:不|没得)[\s。.!~]*$|[能要可会行得][^,。;\s]{0,12}不 ?,"
    ),
    Doubt.NEGATION: re.compile(
        rf"(?:未|没|尚|还不|暂不|暂时不|不能|无法|不会|没法|(?<![分特级类个])别(?!的|人|处)|不要|不用|不是|并非){_GAP}{_DOING}"
        rf"|不{_DOING}|还在|正在|还差|还剩|还缺|不算|不对|作废|[发搞]错|除外|[以之]外"
        # hindered, or done in part only
        r"|困难|难度|来不及|赶不上|做不[了到完]|[完弄做办打]不[了成完开]|延期|延后|推迟|暂缓|失败|无效|错误|(?<!没)有问题"
        r"|莫得(?!问题)|没得(?!问题)|还没|没[办弄搞做整]|还[要得](?![知悉])|[完弄做办搞]不[成完倒]"
        r"|一半|大半|部分|基本|初步|差不多|快[要了]|接近|\d ?%|百分之"
    ),
    Doubt.CONDITION: re.compile(
        r"如果|假如|假设|要是|若(?!干)|只要|一旦|除非|的话|倘若|前提|就算|才算|才[能行]|再(?:完成|算|报|签)"
        r"|需要|必须|应该|应当|要先|先要|但(?!是?已)|不过|仅限|只(?:能|到|限|同意)"
        r"|等(?![已均都的])[^,。;\s]{0,16}(?:再|就|才|后|完|好了)|待[^,。;\s]{0,16}(?:后|再|完|审|批|定|签)"
    ),
    Doubt.PROMISE: re.compile(
        r"预计|预期|打算|拟[于在将]|将[于在会]|(?:计划|准备)(?=[于在下明本近\d])|保证(?=[在于按完\d])|争取|力争|即将"
        r"|(?:下班|[周月年]底?|周[一二三四五六日天末]|下[周月]|明天|[上下]午)之?前(?![已均都就])"
        r"|(?:肯定|一定)(?:能?完|能|会)"
        r"|[周月天日年]之?内(?![容部设])|[一二两三四五六七八九十\d] ?个?(?:天|工作日|周|星期|月)(?:之|以)?后"
        r"|下来(?:研究|落实|弄|办|处理)|研究一下"
        r"|(?<!请)(?:尽快|尽量|马上|立刻|抓紧)|[明后]天|下个?[周月]|[月年]底|稍后|晚点|待会|回头(?!看)|(?<!社)会[在尽]"
        # 11.5前完成, but not 已于5月31日前公开
        r"|(?<![于\d年月.-])(?:\d{1,4}[年月.-]){0,2}\d{1,2} ?[号日月]?[之以]?前(?![已均都就])"
    ),
}

_MILD_QUESTION = re.compile(r"(?:\?|[吗呢])[\s。.!,~]*$")
_QUOTATION_END = re.compile(r"」[ \t]*\n[ \t]*(?:- ?){3,}[ \t]*(?:\n|$)")
_FOREIGN = re.compile(r"[「『【“\"'>]|(?:转发?|转自|转达|原文|fwd?)[ ]?:|转发\s|\(转")


def doubts_in(plain: str, looked_for: Collection[Doubt] = frozenset(Doubt)) -> Doubt | None:
    """The first doubt, in the order of `Doubt`, or None."""
    return next((doubt for doubt in Doubt if doubt in looked_for and _PATTERNS[doubt].search(plain)), None)


def ends_as_question(plain: str) -> bool:
    """The mark or particle of a question at the very end: enough doubt even where the words are a reason."""
    return bool(_MILD_QUESTION.search(plain))


def own_words(folded: Folded) -> Folded | None:
    """The sender's own words: without a quotation before them, None where all of it is somebody else's.

    The platform puts a quotation in 「…」 and a line of dashes. The last such line counts: what is quoted may itself
    hold a quotation, and must never be taken for the sender's words.
    """
    plain = folded.plain.lstrip()
    if plain.startswith("「"):
        ends = list(_QUOTATION_END.finditer(folded.plain))
        if ends:
            return own_words(folded.after(ends[-1].end()))
    return None if _FOREIGN.match(plain) else folded
