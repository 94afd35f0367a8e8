"""How people say it, as data: the senses of free words, one rule a line with a name and an example.

To teach the service another way of saying something, add a rule here and a message to tests/dialogue/corpus.tsv. A rule
never changes anything by itself: `bot.dialogue.free` weighs it together with items, doubts and whose words they are.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.dialogue.verbs import Verb


class Sense(StrEnum):
    """What a piece of a message speaks of."""

    DONE = "done"
    DOING = "doing"  # work that goes on: a 进展
    SIGN = "sign"
    EXTEND = "extend"
    EXEMPT = "exempt"
    DISPUTE = "dispute"
    UNDO = "undo"
    APPROVE = "approve"
    RETURN = "return"
    URGE = "urge"
    AGREE = "agree"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    ASSIGN = "assign"


VERB_OF = {
    Sense.DONE: Verb.SUBMIT,
    Sense.DOING: Verb.PROGRESS,
    Sense.SIGN: Verb.SIGN,
    Sense.EXTEND: Verb.EXTEND,
    Sense.EXEMPT: Verb.EXEMPT,
    Sense.DISPUTE: Verb.DISPUTE,
    Sense.UNDO: Verb.UNDO,
    Sense.APPROVE: Verb.APPROVE,
    Sense.RETURN: Verb.RETURN,
    Sense.URGE: Verb.URGE,
    Sense.AGREE: Verb.AGREE,
    Sense.REFUSE: Verb.REFUSE,
    Sense.SUSPEND: Verb.SUSPEND,
    Sense.RESUME: Verb.RESUME,
    Sense.ASSIGN: Verb.ASSIGN,
}


@dataclass(frozen=True)
class Rule:
    """`strong`: the contract's own word; said of a numbered item and with nothing unknown beside it, it acts at once.
    The others are offered and wait for 确认."""

    sense: Sense
    name: str
    words: re.Pattern[str]
    example: str
    strong: bool = False


def _rule(sense: Sense, name: str, words: str, example: str, strong: bool = False) -> Rule:
    return Rule(sense, name, re.compile(words), example, strong)


_NOW = r"(?:已经?|均已?|都已?|全部|早就|刚刚?|刚才)?"
_END = r"(?:了|咯|啦|哒|喽|嘞)?"
_MAKE = r"[搞弄做整办填报传发挂改交建写配]"
_PUT = (
    r"(?:规范|完善|健全|清理|梳理|挂出去|公开|公示|发布|上传|报送|上报|提交|更新|上网|上线|挂网|印发|落实|整改|办毕"
    r"|解决|处置|处理|结束)"
)

PARTLY = "办了一部分"

# The first rule that matches at a place wins, so the longer and the more special stand first.
RULES: tuple[Rule, ...] = (
    _rule(
        Sense.REFUSE,
        "不同意",
        r"不同意|不(?:批准|准予|予批准|批|准|予?同意)|延期不行",
        "不同意新民镇21号延期，时间充足",
        True,
    ),
    _rule(Sense.RETURN, "不通过", r"(?:审核)?(?:不|不予|没法)通过", "高安镇34号不通过，链接打不开"),
    _rule(Sense.RETURN, "退回", r"退回(?:去|来)?|驳回", "34高安镇退回去，网址点不开", True),
    _rule(
        Sense.RETURN, "打回", r"打回(?:去|来|重[做报])?|返工|重新(?:报|做|弄)一?[下次遍]?", "34号高安镇打回去，内容不全"
    ),
    _rule(
        Sense.EXEMPT,
        "不涉及",
        r"不涉及(?!个人|隐私|国家|秘密|敏感)|不适用(?:于)?",
        "23号我镇不涉及，没有房地产企业",
        True,
    ),
    _rule(Sense.RETURN, "退一下", r"退(?:一下|一哈|了|掉|给)|(?:材料|内容)?(?:不行|不合格|不合要求)", "退一下新民镇34"),
    _rule(
        Sense.EXEMPT,
        "没有这项职能",
        r"(?:没有|没得|莫得|无|不属于|不是)[^,。;\s]{0,6}(?:职能|职责|业务)(?:范围)?|没有?得?这[项个](?:工作|任务|业务|职能)"
        r"|与我们?(?:镇|乡|街道|局|委|办|单位)?(?:无关|没关系)|跟我们[^,。;\s]{0,4}没(?:得)?关系",
        "我们没得这项职能",
    ),
    _rule(
        Sense.EXEMPT,
        "没有这种情况",
        r"(?:从来?|一直|都)?(?:没有?|没得|莫得|不存在)(?:过)?[这此](?:个|种|类|方面)?(?:的)?(?:情况|事情?|问题|业务)",
        "42没得这个情况",
    ),
    _rule(Sense.DISPUTE, "异议", r"(?:提出|提|有)?异议", "对41号有异议，收费归财政局管", True),
    _rule(
        Sense.DISPUTE,
        "不归我们",
        r"不(?:该|应该|归|由)我[们镇乡局委办][^,。;\s]{0,6}|不是我们[^,。;\s]{0,3}(?:牵头|负责|的事)"
        r"|只(?:是)?配合|(?:这|应该|该)是?[^,。;\s]{1,10}的事|(?:是|由|归)[^,。;\s]{1,12}(?:牵头|负责|管)(?=$|[,。;\s的])",
        "市场准入清单是发改委牵头，我们商务委只配合",
    ),
    _rule(
        Sense.UNDO,
        "发错了",
        r"(?:发|报|点|弄|填|传|搞|交|说|写)错|不算数?(?=$|[,。;!\s了哈])|不作数|作废|撤了",
        "刚才发错了，34号那个不算",
    ),
    _rule(Sense.UNDO, "撤回", r"撤回(?:来|去)?|撤销|撤下来", "刚刚19报错了，麻烦撤回一下", True),
    _rule(
        Sense.EXTEND,
        "延期",
        r"(?:申请|请求|要求)?(?:延期|延迟|延后|延长|顺延|推迟|展期|宽限|往后推|往后延|[延缓](?=[到至几一两]))(?:办理|完成|报送|上报|提交)?",
        "20号申请延期到11月底，场地没定下来",
        True,
    ),
    _rule(Sense.URGE, "催办", r"催(?:办|促|一下|一哈|下|哈)", "催一下高峰镇21号", True),
    _rule(
        Sense.URGE,
        "催",
        r"催(?=[^,。;]{0,12}(?:[镇乡局委]|街道|\d))|提醒(?:一下|下)?(?=[^,。;]{0,12}(?:[镇乡局委]|街道))",
        "催新民镇34号",
    ),
    _rule(Sense.SIGN, "签收", rf"{_NOW}签收(?:一下|一哈|哈)?{_END}", "34号我们签收了", True),
    _rule(Sense.SIGN, "收到", rf"{_NOW}(?:收到|已阅|收悉|知晓|知悉|晓得|知道){_END}", "收到18号任务"),
    _rule(Sense.SIGN, "接收", rf"{_NOW}(?:接收|领取|认领){_END}", "接收34号"),
    _rule(
        Sense.DOING,
        "一次",
        r"算[^,。;]{0,8}一[次场]|[又再]?(?:召开|举办|举行|开展|开|办)了?(?:[一两二三四]|第?\d{1,2})[场次]"
        r"|(?:召开|举办|举行)[^,。;]{0,10}\d{1,2} ?[场次]",
        "今天开了新闻发布会，算20号一次，局长参加的",
    ),
    _rule(Sense.DOING, "进展", r"进展(?:情况|如下)?(?= ?[:,]|$)", "21号进展：已完成初稿", True),
    _rule(
        Sense.DOING,
        "还在办",
        r"(?:还|正)在(?!\?)|(?:持续|动态|一直在?|常态化|长期)(?:更新|公开|推进|开展|坚持)|在(?=[弄搞做整办]|走|推进|推动|会签|修改|整改|收集|整理|对接|准备|起草|审核|公示|征求)"
        r"|(?:推进|办理|进行|会签|整改|审核|公示|起草|征求意见|修改|编制|拟定|筹备|审批|对接)中"
        r"|(?:已经?)?(?:报|送|交)(?!完|好|错)[^,。;\s\d]{0,12}(?:会签|审[核批查定]?|征求意见|盖章|签字)"
        r"|(?:方案|初稿|机制|文件|材料)已(?:经)?(?:起草|拟定|报|送|印发|形成)|送(?:审|签)了",
        "21号还在会签",
    ),
    _rule(Sense.DONE, "请销号", r"(?:请|申请)(?:领导|予以|给予)?销号", "23到29都没有舆情，请销号"),
    _rule(
        Sense.APPROVE, "通过", rf"{_NOW}(?:审核|审查|予以|可以|同意)?(?:通过|销号){_END}", "34号高安镇审核通过", True
    ),
    _rule(Sense.APPROVE, "没问题", r"没(?:有|得)?问题|无误|(?:可以|行|要得)(?=$|[,。!了哈])", "新民镇的34没问题"),
    _rule(Sense.AGREE, "同意", r"同意|批准|准予", "同意新民镇21号延期", True),
    _rule(
        Sense.DOING,
        PARTLY,
        r"(?:[搞弄做建写整办报发传]|完成|公开|发布|上传|更新)(?:了|到|得)?(?:一半|大半|大部分|一?部分|一些|几个"
        r"|(?:百分之)?[一二三四五六七八九十\d]{1,3}[成%])|分(?:[两二三几]|多)批|第[一二三]批"
        r"|(?:差不多|基本上?|快要?|就快|接近|大体上?|大致)(?:要|就|都|已经?)?(?:[搞弄做建写整办]?(?:完|好|齐)|完成|办结|落实)"
        rf"{_END}",
        "36专栏建了一半",
    ),
    _rule(
        Sense.DONE, "完成", rf"{_NOW}(?:完成|办结)(?!率|情况|时[间限]|进?度|量|目标|不){_END}", "35号任务已完成", True
    ),
    _rule(
        Sense.DONE,
        "完毕",
        rf"{_NOW}(?:办理|处理|落实|整改|自查|排查|检查|核对|验收|{_PUT})(?:完毕|完成|到位){_END}",
        "28号任务办理完毕",
    ),
    _rule(Sense.DONE, "交差", rf"(?:可以)?交差{_END}|搞伸展{_END}|done|finished", "40规范了，可以交差了"),
    _rule(Sense.DONE, "搞归一", rf"{_NOW}{_MAKE}?(?:归一|巴适|撇脱|醒豁){_END}", "40搞归一了哈"),
    _rule(Sense.DONE, "弄完", rf"{_NOW}(?:{_MAKE}|{_PUT})(?:完|好|起|定|妥|上网|上去|网上){_END}(?!不)", "22号弄完了"),
    _rule(
        Sense.DONE,
        "已公开",
        rf"(?:已经?|均已?|都已?|全部|早就|刚刚?){_PUT}{_END}|{_PUT}(?:了|咯|啦)|(?:{_MAKE}|{_PUT})过了?",
        "34号已上网",
    ),
    _rule(
        Sense.DONE,
        "发了",
        rf"(?:已经?|都|早就)?(?:{_MAKE}|上|结|归)(?:了|咯|啦)|(?:已经?|都|均)(?:报|发|传|交|挂){_END}"
        r"|(?:挂|发|放|传|登)在?网上|好(?:了|啦|咯)|[✅✔☑👌]|ok(?:了|啦)?(?![a-z])",
        "34号发了",
    ),
)

CHECKERS: tuple[Rule, ...] = (
    _rule(
        Sense.ASSIGN, "由谁负责", r"由(?=[^,。;\s]{2,24}(?:负责|承办|办理|牵头|来[办做弄]))", "2号由教委和民政局负责"
    ),
    _rule(Sense.SUSPEND, "中止", r"(?:先|暂时)?(?:中止|暂停|停办)(?:办理|一下)?", "把34高安镇的中止，机构合并"),
    _rule(Sense.RESUME, "恢复", r"(?:重新)?恢复(?:办理|一下)?", "34高安镇恢复"),
    _rule(Sense.RETURN, "退", r"退(?=$|[,。;!?.\s])|重新?(?:上?传|发|报|做|弄|提供|提交)", "高安34退，打不开"),
    _rule(Sense.APPROVE, "可以销号", r"(?:可以|请|予以|给予)销号", "34高安可以销号"),
    _rule(Sense.AGREE, "准了", r"准了|批了|准许|(?:可以|能|准)(?=[延缓])|准(?=$|[,。;!])", "新民那个延期准了"),
    _rule(
        Sense.APPROVE,
        "过",
        r"(?<![经通不超难错])(?:都|全|就|可以|算)?过(?:了|掉|关)?(?=吧?哈?$|[,。;!?.\s])|放行|(?<![a-z])ok(?![a-z])(?:了|啦|的)?"
        r"|(?:都|全部)?(?:可以|行|要得)(?:了|的|吧)?(?=$|[,。!哈])|[✅✔👌]",
        "高安的34过",
    ),
)
"""What only those say who approve and return: their 过 and ok are no report. They stand before the others."""

AFTERWARDS = re.compile(
    r"[,。;\s]?[^,。;]{0,4}(?:链接|网址|佐证|材料|截图|附件|照片)[^,。;]{0,6}(?:稍后|随后|等[一下哈]|晚点|马上|待会|一会|下午|明天|再)[^,。;]{0,6}"
)
"""Only the evidence is promised: it is asked for anyway."""

FORECAST = re.compile(
    r"预计|估计|[搞弄做整办填报传发挂改交](?:完|好|定)?|完成|办结|公开|公示|发布|上传|提交|落实|解决|更新|出(?:台|文|机制)?|开展|召开|开(?!通|始)"
)
"""What somebody may intend to do: beside a promise and an item it is a 进展."""

EVERYTHING = re.compile(
    r"(?:全|都)(?=过|通过|可以|退)|全部|所有|(?:其余|其他|其它|剩下|余下|别)的?(?=[^,。;]{0,4}(?:都|全|均|完|好|[搞弄办]))|(?:任务|事项)都|都(?=完成|[搞弄办整做]|好了|签收|没得问题)"
)
WORK = re.compile(FORECAST.pattern + r"|方案|机制|会议|开会|[会培]训|推进会|文件|公示|学习|传达|宣传|检查")
"""Words of work: perhaps a 进展 of an item that was not named."""

THE_OTHERS = re.compile(r"\s*(?:其余|其他|其它|剩下|余下|别的|另外)")

NONE_LEFT = re.compile(
    r"(?:没有|没得|莫得|不存在|无)[^,。;\s\d]{0,2}(?:未|没|没有|没得)(?:完成|办结|搞完|弄完|办|报|交|弄|搞)[^,。;\s\d]{0,3}(?:的|事项|任务)"
)
"""没有未完成的: everything is done."""

SIGN_THE_REST = re.compile(r"没签收的?(?:都|全部)?[^,。;\s]{0,3}签收")

# -- whose words

FOREIGN = (
    re.compile(
        r"(?<![一-鿿])[一-鿿]{1,3}(?:主任|科长|局长|书记|镇长|乡长|县长|部长|老师)(?:说|讲|要求|强调|喊|让|表示)"
    ),
    re.compile(r"(?:他们?|她|人家|群里(?:头|面)?|领导|有人|别个|隔壁|听|据)说"),
    re.compile(
        r"(?:^|\n)[-=\s]*(?:转发?|转自|转达)(?:[:\s【]|县|市|消息|通知)"
        r"|(?:^|\n)-{3,}|聊天记录|原文 ?:|原文如下|通知 ?:|通知如下|接龙"
    ),
    re.compile(r"@所有人|@全体|各(?:单位|乡镇|部门|位)[^,。;]{0,8}(?:请|要|须|于|在)"),
    re.compile(
        r"(?:^|[,。;!:\s])请(?!查收|审[核阅定批]|领导|放心|知悉|予以|问|看|求|帮|撤|协助)"
        r"[^,。;\n]{0,24}(?:完成|报送|上报|反馈|落实|公开|办结|提交)"
    ),
    re.compile(r"(?:^|\n) ?[一-鿿]{2,4}[ \t]{1,3}(?:\d{1,2}[-/月]\d{1,2}日? ?)?\d{1,2}:\d{2}"),
    re.compile(
        r"(?:^|\n) ?\d{1,2} ?[.、)] ?[一-鿿]{2,8}[镇乡道局委][^\n]{0,20}\n ?\d{1,2} ?[.、)] ?[一-鿿]{2,8}[镇乡道局委]"
    ),
)
"""Forwarded, reported or somebody's instruction: never the sender's own act."""

SPEAKER = re.compile(r"(?:^|\n) ?(?P<who>[一-鿿a-z]{2,8}) ?:")
LABELS = re.compile(
    r"进展|原因|理由|说明|报告|汇报|链接|网址|地址|佐证|已完成|完成|办结|补录|补报|更正|任务|事项|编号|回复|反馈|备注|附件|情况|关于|答|如下|见下|申请"
)
"""张三：36号已完成 is somebody speaking; 报告：36号已完成 is not."""

SIGNATURE = re.compile(
    r"(?:\n|[。!;] ?)(?:-{2,4}|- ?-)? ?[^\n,。:;\d]{2,24}(?:办公室|党政办|街道|[镇乡局委办科室])"
    r"[ \t]*[^\n,。:;\d]{0,6}[ \t]*(?:\d{4}年\d{1,2}月\d{1,2}日)?\s*$"
)

# -- words beside an act that say nothing against it

FILLER = re.compile(
    r"报告领导|向?您?(?:报告|汇报)(?:一下)?|各位领导|领导|您好|你好|早上好|下午好|(?:[一-鿿]{1,2})(?:主任|科长|局长|老师|姐|哥)|辛苦|麻烦"
    r"|我们?(?:单位|镇|乡|街道|局|委|办|中心)?|本(?:单位|镇|乡|街道|局|委)|这边|任务|工作|事项|项目|这几项|关于|特此|现在?|目前"
    r"|(?:任务)?完成情况|情况如下|如下|按时|按要求|按期|如期|保质保量"
    r"|昨天|今天|上午|下午|刚才|刚刚|已经?|早就|都|均|也|就|全部?|是|的|把|将|要|请|帮忙?|一下|一哈|那个|这个|该项|此项"
    r"|查收|审[核阅定批]|予以|谢谢|感谢|多谢|放心|以上|如下|见下|链接|网址|地址|佐证|附件|详?见|没有问题|没得问题|没问题"
    r"|[了哈啊哦呀啦噻嘛咯哟喽嘞呢吧吔]|\[[^\[\]\n]{1,6}\]|[🌹👌🙏👍💪🤝😊😄🎉✅]|[\s,、;:。.!~()和及与跟以及第号项条-]"
)

GREETING = re.compile(
    r"(?=.*(?:好|在|人|喂|哈|h))(?:您好|你好|大家好|早上好|下午好|早|各位|领导|老师|同志|在吗|在不在|在没在|有人(?:吗|没得|在吗)?|哈喽|喂|hello|hi"
    r"|[了哈啊哦呀嘛嘞?\s,.。!~])+"
)
POLITE = re.compile(
    r"(?=[^\[]*[一-鿿🌹👌🙏👍💪🤝😊😄🎉])(?:谢谢|感谢|多谢|辛苦|麻烦|您好|你好|早上好|下午好|领导|各位|大家|没得问题|莫得问题|没问题|不客气|[您你了哈啊哦呀嘛]|\[[^\[\]\n]{1,6}\]"
    r"|[🌹👌🙏👍💪🤝😊😄🎉]|[\s,、;:。.!~])+"
)
"""Thanks and greetings, and nothing else."""

TOPIC = re.compile(
    r"(?:上面|刚才|刚刚|前面|刚说)?的?(?:这|那|此|该|本)(?:个|项|一项|条)(?:任务|事项|工作)?|上面的|上一[个项]"
)
"""What points at the item spoken of last."""

MEASURE = re.compile(
    r" ?(?:[户家个人次天条件份篇张元万亿名期批届轮场位年月日分时级类种样起例宗处所座笔幅台套米亩岁%‰号文]"
    r"|点(?!错)|公里|小时|分钟|工作日|周|企业|信息|项(?!任务))"
)
"""What follows a number that counts and names no item. 号 and 项 are looked at before."""

# -- questions that have an answer

LIST_ASKED = re.compile(
    r"(?:还|都|我们|单位|镇)?(?:剩|差|欠|有|余)(?:下|得|到)?(?:了)?(?:几|哪|多少|好多|啥)|(?:哪些|哪几|几|多少|好多)[项个]?[^,。;]{0,3}(?:没|未|任务|事项|欠|逾期)"
    r"|任务(?:有哪些|清单|列表)|清单发|没[交报办完弄搞]的|有没得|还有啥|有啥(?:子)?任务|欠几项|(?:那些|哪些)[^,。;]{0,3}(?:到期|要交)|(?:快|要)到期"
)
OVERDUE_ASKED = re.compile(r"逾期|超期|过期")
STATS_ASKED = re.compile(r"统计|(?:总体|整体|全县|全部)[^,。;]{0,4}(?:情况|进度|怎么样)|完成率(?:多少|是)")
PENDING_ASKED = re.compile(
    r"看[^,。;]{0,8}(?:交|报)的|(?:谁|哪些|哪个|有没有)[^,。;]{0,8}申请|申请[^,。;]{0,4}(?:哪些|谁)|待审|(?:有|还)[^,。;]{0,6}(?:要|没|未)审|审核的有"
)
LEDGER_ASKED = re.compile(r"台[账帐]")
HANDED_IN_ASKED = re.compile(r"(?:谁|哪[些个几])[^,。;]{0,6}(?:没|未)[^,。;]{0,4}报送|报送(?:情况|了几家)")
REPORT_ASKED = re.compile(r"(?:看|要|发|生成|导出)[^,。;]{0,6}完成情况报告|完成情况报告[^,。;]{0,4}(?:看|发|生成|导出)")
PEOPLE_ASKED = re.compile(
    r"(?:联络员|联系人|负责人|审核人)[^,。;]{0,4}(?:谁|哪个|哪位)|(?:谁|哪个)是[^,。;]{0,8}(?:联络员|联系人|负责人)"
)
HOW_ASKED = re.compile(r"怎么|咋个?|啷个|如何|不会(?:用|弄|报)|怎样|教一?下")
WHY_ASKED = re.compile(r"为(?:什么|啥子?|何)[^,。;]{0,4}(?:发|给|收|通知|提醒)")
SHOW_ASKED = re.compile(r"看|查|要求|什么情况|情况|详情|内容|时限|截止|到期|期限|状态|谁审|哪个审|栏目")


def pattern_of(rules: Iterable[Rule]) -> re.Pattern[str]:
    """All these rules as one pattern whose groups are named r0, r1, …"""
    return re.compile("|".join(f"(?P<r{i}>{rule.words.pattern})" for i, rule in enumerate(rules)))
