"""What voice input, a thumb and another script make of words, put right for reading; as data that a person can extend.

`at` of the result still leads back to what was written, so that what is quoted is always the person's own.
"""

import re
from collections.abc import Iterable

from bot.dialogue.normalize import Folded

# What voice input and pinyin keyboards write -> what was said. Both sides are of one length.
CONFUSED = {
    "玩成": "完成",
    "完城": "完成",
    "完成城": "完成了",
    "万成": "完成",
    "以完成": "已完成",
    "己完成": "已完成",
    "一完成": "已完成",
    "以经": "已经",
    "己经": "已经",
    "已近完成": "已经完成",
    "已竟": "已经",
    "办节": "办结",
    "半结": "办结",
    "办洁": "办结",
    "钱收": "签收",
    "千收": "签收",
    "签手": "签收",
    "签受": "签收",
    "前收": "签收",
    "收道": "收到",
    "受到": "收到",
    "言期": "延期",
    "沿期": "延期",
    "延其": "延期",
    "烟期": "延期",
    "车回": "撤回",
    "撤会": "撤回",
    "彻回": "撤回",
    "通国": "通过",
    "同过": "通过",
    "推回": "退回",
    "腿回": "退回",
    "审合": "审核",
    "上船": "上传",
    "上穿": "上传",
    "公开拉": "公开啦",
    "发步": "发布",
    "发不了": "发布了",
    "不设及": "不涉及",
    "不射及": "不涉及",
    "不社及": "不涉及",
    "一意": "异议",
    "意义": "异议",
    "异意": "异议",
    "崔办": "催办",
    "瑞办": "催办",
    "认务": "任务",
    "人务": "任务",
    "台帐": "台账",
    "任物": "任务",
    "预决蒜": "预决算",
    "育情": "舆情",
    "于情": "舆情",
    "鱼情": "舆情",
    "政策解毒": "政策解读",
    "平估": "评估",
    "网占": "网站",
    "网战": "网站",
    "勒个": "这个",
    "嘞个": "这个",
    "勒项": "这项",
    "搞贵一": "搞归一",
    "正归一": "整归一",
}
# Right in most sentences; put right only where nothing before or after says that they mean themselves.
_MEANT = {
    "一意": r"(?<!进)(?<!统)一意",
    "意义": r"(?<=有)意义(?=,|$)",
    "受到": r"^受到",
    "前收": r"^前收",
    "推回": r"推回(?=\d)",
    "发不了": r"(?<=已)发不了",
    "同过": r"(?<!共)同过",
    "一完成": r"(?<!逐)(?<!第)(?<!之)(?<!统)一完成",
    "于情": r"(?<=务)于情",
}
_VOICE = tuple(
    (re.compile(_MEANT.get(wrong, re.escape(wrong))), right)
    for wrong, right in sorted(CONFUSED.items(), key=lambda pair: -len(pair[0]))
)

# Traditional -> simplified, of the characters that official messages use.
TRADITIONAL = (
    "項项進进機机會会簽签號号開开發发佈布務务檔档網网鏈链結结辦办過过審审請请領领導导單单縣县鎮镇鄉乡處处長长報报協协調调統统計计劃划總总財财預预決决監监環环護护衛卫學学習习醫医療疗險险應应實实際际質质變变動动態态"
    "數数據据資资訊讯傳传達达對对於于與与為为從从來来個个這这裡里還还沒没無无後后時时間间關关門门問问題题難难點点電电話话聯联絡络員员責责範范圍围權权職职業业產产農农場场規规則则標标準准條条約约書书記记錄录讀读寫写"
    "詢询諮咨認认證证說说語语讓让論论議议異异見见現现復复覆复複复雜杂專专欄栏優优勢势黨党團团體体評评訓训練练負负擔担費费額额補补貼贴貸贷債债稅税幣币銀银錢钱購购買买賣卖價价貨货運运輸输車车軍军飛飞東东風风雲云雙双"
    "歲岁級级組组織织維维緊紧線线續续終终縮缩編编綜综經经營营製制劑剂剛刚創创別别劇剧劉刘勞劳勵励區区參参衝冲幹干幫帮並并庫库廣广廳厅廠厂張张強强彙汇徵征徹彻憑凭懷怀戶户拋抛換换損损擇择擴扩攝摄攬揽敗败斷断晉晋晝昼"
    "暫暂曆历楊杨極极構构樣样樹树橋桥檢检歡欢歷历歸归殘残滅灭漁渔漢汉潔洁濟济濱滨災灾爭争牆墙獎奖獨独獲获畢毕當当疊叠癥症盡尽確确礦矿禮礼種种積积穩稳窮穷節节築筑簡简籌筹糧粮納纳紀纪純纯紅红細细紹绍給给絕绝聲声聽听"
    "肅肃脫脱興兴舉举舊旧艱艰藝艺葉叶蓋盖薦荐藥药蘇苏虛虚衆众術术裝装視视覽览觀观觸触訂订討讨訪访設设許许訴诉診诊詳详試试該该誌志誤误課课談谈諾诺謝谢識识譯译豐丰貢贡貫贯貿贸賞赏賬账賴赖贊赞趕赶跡迹蹤踪軟软較较載载"
    "輔辅輕轻輪轮輯辑轄辖轉转連连遊游違违遞递遠远適适選选遲迟遺遗邊边郵邮鄧邓釋释針针銷销鋪铺錯错鍵键鎖锁鏡镜鐵铁鑒鉴閉闭閱阅隊队階阶隨随隱隐雖虽離离靈灵靜静響响頁页頂顶順顺須须頒颁頓顿頭头頻频顧顾顯显飯饭飲饮養养"
    "餘余館馆駐驻騙骗驗验驚惊鬆松鬥斗麗丽齊齐齡龄妳你咗了嘅的喺在唔不係是冇没啲些"
)
_SIMPLIFIED = {ord(old): new for old, new in zip(TRADITIONAL[::2], TRADITIONAL[1::2], strict=True)}

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = re.compile(
    r"[二三四五六七八九]?十[一二三四五六七八九]?|[二三四五][〇零一二三四五六七八九]|[一二三四五六七八九]"
)
_NUMERALS = r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_JOINTS = r"(?:[、,和与到至\-~ ]|以及)"
_SPOKEN = re.compile(
    # marked by 号, 项, 月 or 日, alone or several in a row; or a tens numeral beside a joint or a verb of its own
    rf"{_NUMERALS}(?:{_JOINTS}?{_NUMERALS}){{0,12}}(?= ?(?:号|[月日](?!常)))"
    rf"|[二三四五][〇零一二三四五六七八九](?=号)"
    rf"|(?:(?<=第)|(?<=任务)){_NUMERALS}(?=[项条号完已都、,和]|任务|$)"
    r"|[二三四五]十[一二三四五六七八九]?(?:[、,和与到至][二三四五]十[一二三四五六七八九]?){0,6}"
    r"(?= ?[都已均完全也办、,到至])"
    r"|[二三四五]十[一二三四五六七八九]?(?=项)"
    rf"|(?:^|(?<=[\s,。;]))十[一二三四五六七八九](?= ?(?:已|都|完成|办结|[弄搞做办]))"
)


def repair(folded: Folded) -> tuple[Folded, tuple[str, ...]]:
    """The words as they were meant, and what was put right (for an explanation)."""
    plain = folded.plain.translate(_SIMPLIFIED)
    notes: list[str] = []
    for pattern, right in _VOICE:
        if found := pattern.search(plain):
            notes.append(f"{found.group()}→{right}")
            plain = pattern.sub(right, plain)
    return _numerals(Folded(folded.written, plain, folded.at, folded.cut), notes), tuple(notes)


def _numerals(folded: Folded, notes: list[str]) -> Folded:
    """Chinese numerals that count items, months or days become digits."""
    chars: list[str] = []
    places: list[int] = []
    done = 0
    for spoken in _SPOKEN.finditer(folded.plain):
        _copy(folded, done, spoken.start(), chars, places)
        digits = _digits(spoken.group())
        notes.append(f"{spoken.group()}→{digits}")
        chars.append(digits)
        places += [folded.at[spoken.start()]] * len(digits)
        done = spoken.end()
    if not done:
        return folded
    _copy(folded, done, len(folded.plain), chars, places)
    return Folded(folded.written, "".join(chars), (*places, folded.at[-1]), folded.cut)


def _copy(folded: Folded, start: int, end: int, chars: list[str], places: list[int]) -> None:
    chars.append(folded.plain[start:end])
    places += folded.at[start:end]


def _digits(words: str) -> str:
    """十八十九 → 18、19; what stands between numerals stays."""
    pieces: list[str] = []
    place = 0
    for numeral in _NUMERAL.finditer(words):
        between = words[place : numeral.start()]
        pieces += [between or ("、" if pieces else ""), str(number(numeral.group()))]
        place = numeral.end()
    return "".join([*pieces, words[place:]])


def number(numeral: str) -> int:
    """十 → 10, 二十一 → 21, 三五 → 35."""
    tens, ten, ones = numeral.partition("十")
    if ten:
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return _value(_DIGITS[char] for char in numeral)


def _value(digits: Iterable[int]) -> int:
    value = 0
    for digit in digits:
        value = 10 * value + digit
    return value
