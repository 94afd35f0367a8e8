"""The verbs of the chat as data (DESIGN §6, "Chat"): what people type, how it is used, what words may follow.

Help texts print `usage` and `example`; the parser reads the rest. Who may use a verb is decided elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum


class Verb(StrEnum):
    """What a message asks for."""

    HELP = "help"
    TASKS = "tasks"  # the list, or one item
    ACK = "ack"  # 收到 and its kin
    WHY = "why"
    MORE = "more"  # the next page of the list last shown
    SIGN = "sign"
    PROGRESS = "progress"
    SUBMIT = "submit"
    UNDO = "undo"
    EXTEND = "extend"
    EXEMPT = "exempt"
    DISPUTE = "dispute"
    PENDING = "pending"
    APPROVE = "approve"
    RETURN = "return"
    URGE = "urge"
    AGREE = "agree"
    REFUSE = "refuse"
    OVERDUE = "overdue"
    STATS = "stats"
    LEDGER = "ledger"
    PEOPLE = "people"
    ASSIGN = "assign"  # names the units of a 待明确 row
    START = "start"  # starts a trigger deadline
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"  # withdraws an item (撤销); not ABORT
    CLOSE = "close"
    NOTICE = "notice"
    UNREAD = "unread"
    STOP_NOTICE = "stop_notice"
    RECALL = "recall"  # takes a notice back from the phones
    BULLETIN = "bulletin"
    REPORT = "report"  # the year-end report, to look at
    HAND_IN = "hand_in"  # 报送: confirms it
    TAKE_BACK = "take_back"  # 撤回报送
    HANDED_IN = "handed_in"  # who has
    MATERIAL = "material"  # the paragraph for the annual report
    IMPORT = "import"  # the file sent last is a notice with a list
    QUESTIONS = "questions"  # what the import has to ask
    ANSWER = "answer"
    HAND_OUT = "hand_out"  # 交办: the list that was previewed
    OVERRULE = "overrule"  # what was refused as personal data is none, or must be public
    CONFIRM = "confirm"
    ABORT = "abort"  # 取消: leaves the open question; changes nothing
    LINK = "link"  # a link alone, or beside a number: evidence, no verb was said


class Units(Enum):
    """What a unit name beside a verb is."""

    NONE = "none"
    STAND_IN = "stand_in"  # the office acting for a unit; from anybody else it may be part of their words
    NAMED = "named"  # the units acted upon: unknown names and groups are told apart, too


class Doubt(StrEnum):
    """Why words that look like an act are none (DESIGN §3, rule 9)."""

    QUESTION = "question"
    NEGATION = "negation"
    CONDITION = "condition"
    PROMISE = "promise"


@dataclass(frozen=True)
class VerbInfo:
    """One verb. `words` are what people type, `label` first. `changes`: state or messages follow from it. `number`: it
    needs an item. `free`: the words after it are the person's reason, kept whatever they say; else `doubts` in them
    keep the act from happening. `alone`: may be said with words but without an item, where one is open."""

    verb: Verb
    words: tuple[str, ...]
    usage: str
    example: str
    changes: bool = False
    number: bool = False
    units: Units = Units.NONE
    dated: bool = False
    free: bool = False
    alone: bool = False
    doubts: frozenset[Doubt] = frozenset()

    @property
    def label(self) -> str:
        return self.words[0]

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.words[1:]


_DONE = frozenset({Doubt.NEGATION, Doubt.CONDITION, Doubt.PROMISE})
_SURE = frozenset({Doubt.NEGATION, Doubt.CONDITION})
_LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html"


def _item(
    verb: Verb,
    words: tuple[str, ...],
    usage: str,
    example: str,
    *,
    units: Units = Units.STAND_IN,
    dated: bool = False,
    free: bool = False,
    alone: bool = False,
    doubts: frozenset[Doubt] = frozenset(),
) -> VerbInfo:
    """A verb that acts on an item."""
    return VerbInfo(verb, words, usage, example, True, not alone, units, dated, free, alone, doubts)


VERBS: tuple[VerbInfo, ...] = (
    VerbInfo(Verb.HELP, ("帮助", "help", "start"), "帮助", "帮助"),
    VerbInfo(Verb.TASKS, ("任务", "tasks", "show"), "任务 [编号]", "任务 12", units=Units.NAMED),
    VerbInfo(Verb.ACK, ("收到",), "收到", "收到", changes=True),
    VerbInfo(Verb.WHY, ("为什么",), "为什么", "为什么"),
    VerbInfo(Verb.MORE, ("下一页", "更多"), "下一页", "下一页"),
    _item(Verb.SIGN, ("签收",), "签收 编号…|全部", "签收 12、13", doubts=_SURE),
    _item(Verb.PROGRESS, ("进展",), "进展 编号 文字", "进展 21 机制文件正在会签", free=True),
    _item(
        Verb.SUBMIT,
        ("完成",),
        "完成 编号 链接… [说明]",
        f"完成 34 {_LINK}",
        doubts=_DONE,
    ),
    _item(Verb.UNDO, ("撤回",), "撤回 编号", "撤回 34", doubts=_DONE),
    _item(
        Verb.EXTEND,
        ("延期", "申请延期"),
        "延期 编号 日期 理由",
        "延期 21 2021-12-10 机制文件还在会签",
        dated=True,
        free=True,
    ),
    _item(Verb.EXEMPT, ("不涉及", "申请不涉及"), "不涉及 编号 理由", "不涉及 9 本单位没有独立预算", free=True),
    _item(Verb.DISPUTE, ("异议", "提出异议"), "异议 编号 理由", "异议 6 本单位只是配合单位", free=True),
    VerbInfo(Verb.PENDING, ("待审",), "待审", "待审"),
    _item(
        Verb.APPROVE,
        ("通过",),
        "通过 编号 单位[、单位…]|全部 [除…]",
        "通过 34 新民镇、澄溪镇",
        units=Units.NAMED,
        doubts=_SURE,
    ),
    _item(
        Verb.RETURN,
        ("退回",),
        "退回 编号 单位[、单位…]|全部 理由",
        "退回 34 高安镇 链接打不开",
        units=Units.NAMED,
        free=True,
    ),
    _item(Verb.URGE, ("催办",), "催办 编号 [单位]", "催办 34 新民镇", units=Units.NAMED),
    _item(
        Verb.AGREE,
        ("同意",),
        "同意 编号 单位 [理由]",
        "同意 21 新民镇",
        units=Units.NAMED,
        alone=True,
        doubts=frozenset({Doubt.CONDITION}),
    ),
    _item(
        Verb.REFUSE,
        ("不同意",),
        "不同意 编号 单位 [理由]",
        "不同意 21 新民镇 时间充足，请按期完成",
        units=Units.NAMED,
        alone=True,
        free=True,
    ),
    VerbInfo(Verb.OVERDUE, ("逾期",), "逾期", "逾期", units=Units.NAMED),
    VerbInfo(Verb.STATS, ("统计",), "统计", "统计", units=Units.NAMED),
    VerbInfo(Verb.LEDGER, ("台账",), "台账", "台账", units=Units.NAMED),
    VerbInfo(Verb.PEOPLE, ("人员",), "人员 单位", "人员 新民镇", units=Units.NAMED),
    _item(Verb.ASSIGN, ("指定",), "指定 编号 单位、单位…", "指定 2 县教委、县民政局", units=Units.NAMED),
    _item(Verb.START, ("起算",), "起算 编号 日期", "起算 38 2021-07-01", units=Units.NONE, dated=True, doubts=_DONE),
    _item(
        Verb.SUSPEND,
        ("中止",),
        "中止 编号 [单位] 理由",
        "中止 12 新民镇 撤并网页，暂缓办理",
        units=Units.NAMED,
        free=True,
    ),
    _item(Verb.RESUME, ("恢复",), "恢复 编号 [单位] 理由", "恢复 12 新民镇 网页已启用", units=Units.NAMED, free=True),
    _item(Verb.CANCEL, ("撤销",), "撤销 编号 [单位] 理由", "撤销 12 新民镇 职责已划转", units=Units.NAMED, free=True),
    _item(
        Verb.CLOSE,
        ("销号",),
        "销号 编号 单位 依据",
        "销号 34 新民镇 5月已在县政府网站公开",
        units=Units.NAMED,
        doubts=_DONE,
    ),
    VerbInfo(
        Verb.NOTICE,
        ("通知",),
        "通知 对象 内容 [附件]",
        "通知 各乡镇（街道） 请于11月10日前核对联络员名单",
        changes=True,
    ),
    VerbInfo(Verb.UNREAD, ("未读", "上次通知谁没回", "谁没回执", "谁没回"), "未读", "未读"),
    VerbInfo(Verb.STOP_NOTICE, ("停发",), "停发 [通知编号]", "停发", changes=True),
    VerbInfo(
        Verb.RECALL,
        ("撤回通知", "撤回 通知"),
        "撤回通知 编号",
        "撤回通知 3",
        changes=True,
        number=True,
        doubts=_DONE,
    ),
    VerbInfo(Verb.BULLETIN, ("通报",), "通报", "通报", units=Units.NAMED),
    VerbInfo(Verb.REPORT, ("年报", "报告", "完成情况报告"), "年报 [单位]", "年报", units=Units.NAMED),
    VerbInfo(Verb.HAND_IN, ("报送",), "报送", "报送", changes=True, units=Units.NAMED),
    VerbInfo(Verb.TAKE_BACK, ("撤回报送", "撤回 报送"), "撤回报送", "撤回报送", changes=True, units=Units.NAMED),
    VerbInfo(Verb.HANDED_IN, ("报送情况", "谁没报送", "谁还没报送"), "报送情况", "报送情况", units=Units.NAMED),
    VerbInfo(Verb.MATERIAL, ("年报素材", "素材"), "年报素材 [单位]", "年报素材", units=Units.NAMED),
    VerbInfo(Verb.IMPORT, ("导入", "导入清单", "导入任务清单"), "导入 [年份]", "导入", changes=True, doubts=_DONE),
    VerbInfo(Verb.QUESTIONS, ("问题", "看问题"), "问题", "问题"),
    VerbInfo(Verb.ANSWER, ("答", "回答"), "答 题号 内容", "答 3 县教委、县民政局", changes=True),
    VerbInfo(Verb.HAND_OUT, ("交办",), "交办", "交办", changes=True),
    VerbInfo(
        Verb.OVERRULE,
        ("误报", "确属误报"),
        "误报 六位编号 理由",
        "误报 483920 是对外公布的值班电话",
        changes=True,
        free=True,
        alone=True,
    ),
    VerbInfo(Verb.CONFIRM, ("确认", "确定"), "确认", "确认", changes=True),
    VerbInfo(Verb.ABORT, ("取消",), "取消", "取消"),
    VerbInfo(Verb.LINK, ("链接",), "链接", _LINK, changes=True),
)

_BY_VERB = {info.verb: info for info in VERBS}

CHANGING = frozenset(info.verb for info in VERBS if info.changes)
"""Verbs after which something is different; none of them may come from uncertain words (rule 9)."""


def info_of(verb: Verb) -> VerbInfo:
    return _BY_VERB[verb]


def spoken() -> Iterator[tuple[str, VerbInfo]]:
    """Every word that may lead a message with its verb, longest first, so that 不同意 is never read as 同意. An
    acknowledgement and a link have too many forms to be led by a word."""
    pairs = [(word, info) for info in VERBS if info.verb not in (Verb.ACK, Verb.LINK) for word in info.words]
    return iter(sorted(pairs, key=lambda pair: -len(pair[0])))
