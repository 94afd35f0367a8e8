"""Uncertain words change nothing (DESIGN §3, rule 9)."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.dialogue.commands import parse
from bot.dialogue.intents import Command, Kind, NotUnderstood
from bot.dialogue.loose import FORMS
from bot.dialogue.names import Names
from bot.dialogue.normalize import fold
from bot.dialogue.verbs import CHANGING, VERBS, Verb, VerbInfo, info_of

Say = Callable[[str], Command | NotUnderstood]
TODAY = date(2021, 11, 3)

ACTS = [info for info in VERBS if info.changes and info.verb is not Verb.NOTICE]


def changes(result: Command | NotUnderstood) -> bool:
    return isinstance(result, Command) and result.verb in CHANGING


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("完成了吗？", Kind.QUESTION),
        ("完成 18？", Kind.QUESTION),
        ("完成 18了吗", Kind.QUESTION),
        ("完成 18 没有", Kind.QUESTION),
        ("通过 12 新民镇吗", Kind.QUESTION),
        ("退回 12 新民镇 为什么打不开？", Kind.QUESTION),
        ("签收 全部？", Kind.QUESTION),
        ("收到了吗", Kind.QUESTION),
        ("收到，12号怎么办", Kind.QUESTION),
        ("确认吗？", Kind.QUESTION),
        ("我们单位还有几项没交？", Kind.QUESTION),
        ("未完成 12", Kind.NEGATION),
        ("没有完成", Kind.NEGATION),
        ("还没完成12", Kind.NEGATION),
        ("18 未完成", Kind.NEGATION),
        ("完成 34 还没有上传", Kind.NEGATION),
        ("完成 18 21还在弄", Kind.NEGATION),
        ("通过 12 新民镇以外的", Kind.NEGATION),
        ("退回 12 新民镇以外 打不开", Kind.NEGATION),
        ("没收到", Kind.NEGATION),
        ("完成 18 有困难", Kind.NEGATION),
        ("完成 18 一半", Kind.NEGATION),
        ("完成 18 80%", Kind.NEGATION),
        ("通过 12 新民镇 链接打不开", Kind.NEGATION),
        ("不涉及 18、19除外", Kind.NEGATION),
        ("完成 18、19未完成", Kind.NEGATION),
        ("完成 18 需要盖章", Kind.CONDITION),
        ("完成 34号后我们会上报", Kind.CONDITION),
        ("退回 12 后要改哪里", Kind.CONDITION),
        ("异议 12 的理由", Kind.CONDITION),
        ("同意 21 新民镇 但只到12月5日", Kind.CONDITION),
        ("完成 18 需要什么材料", Kind.QUESTION),
        ("退回 12 是什么原因", Kind.QUESTION),
        ("催办 12 是什么意思", Kind.QUESTION),
        ("为什么退回我的", Kind.QUESTION),
        ("等审核完就算完成 12", Kind.CONDITION),
        ("等审核完成12", Kind.CONDITION),
        ("完成 12 待领导审核后", Kind.CONDITION),
        ("如果通过 12 新民镇", Kind.CONDITION),
        ("销号 34 新民镇 等审核完", Kind.CONDITION),
        ("同意 12 新民镇 只要月底能交", Kind.CONDITION),
        ("预计 18 完成", Kind.PROMISE),
        ("马上完成 18", Kind.PROMISE),
        ("争取月底完成18号", Kind.PROMISE),
        ("完成 34 预计下周", Kind.PROMISE),
        ("完成 34 11月10日前补链接", Kind.PROMISE),
        ("11.5前完成", Kind.PROMISE),
        ("转发：完成 18", Kind.QUOTE),
        ("【县财政局】完成 9", Kind.QUOTE),
        ("「完成 34」", Kind.QUOTE),
        ("“完成 18”", Kind.QUOTE),
        ("> 完成 18", Kind.QUOTE),
        ("「高峰镇王娟：完成 18」\n- - - - - -\n", Kind.EMPTY),
        ("完成 34 http://a.gov.cn/1 已公开 35 http://a.gov.cn/2", Kind.SEVERAL),
        ("完成 34 35 http://a.gov.cn/1 http://a.gov.cn/2", Kind.SEVERAL),
        ("完成 34 http://a.gov.cn/1\n完成 35 http://a.gov.cn/2", Kind.SEVERAL),
        ("通过 12 新民镇 退回 13 沙坪镇", Kind.SEVERAL),
        ("通过 12 新民镇 13 沙坪镇", Kind.SEVERAL),
        ("退回 12 新民镇 打不开\n通过 13 沙坪镇", Kind.SEVERAL),
        ("进展 12 20 家企业已公示", Kind.UNCLEAR_NUMBER),
        ("进展 12，13 已形成初稿", Kind.UNCLEAR_NUMBER),
        ("进展 12 11-2 已报", Kind.UNCLEAR_NUMBER),
        ("延期 12 15号 人手不够", Kind.UNCLEAR_NUMBER),
        ("退回 12 新民镇 3 个栏目打不开", Kind.UNCLEAR_NUMBER),
        ("18号完成", Kind.UNCLEAR_NUMBER),
        ("进展 已对接", Kind.NO_TARGET),
        ("通过 新民镇", Kind.NO_TARGET),
        ("完成 新民镇", Kind.NO_TARGET),
        ("完成 20 除20", Kind.NO_TARGET),
        ("王娟：完成 18", Kind.UNKNOWN),
        ("请完成 18", Kind.UNKNOWN),
        ("5月31号就已经公开了", Kind.UNKNOWN),
        ("34号已公开", Kind.UNKNOWN),  # without a link it may tell of anything
        ("收到，已完成", Kind.UNKNOWN),
        ("12 收到", Kind.UNKNOWN),
        ("好像收到了", Kind.UNKNOWN),
        ("嗯，我想想办法", Kind.UNKNOWN),
        ("确认一下", Kind.UNKNOWN),
        ("确认一下 12", Kind.UNKNOWN),
        ("", Kind.EMPTY),
        ("／ \u200b", Kind.EMPTY),
    ],
)
def test_it_changes_nothing_and_is_told_why(text: str, kind: Kind, say: Say) -> None:
    result = say(text)
    assert isinstance(result, NotUnderstood), result
    assert result.kind is kind
    assert result.raw == text


@pytest.mark.parametrize(
    "number",
    [
        "2021",
        "12.10",
        "12月10日",
        "2021-12-10",
        "13812345678",
        "〔2021〕50号",
        "12.5%",
        "12%",
        "12项",
        "3个",
        "12:30",
        "12/13",
    ],
)
@pytest.mark.parametrize("verb", ["完成", "签收", "撤回", "退回"])
def test_numbers_that_are_no_items_never_become_one(verb: str, number: str, say: Say) -> None:
    result = say(f"{verb} {number}")
    assert not changes(result)
    assert result.targets == ()


def test_a_number_inside_a_link_is_no_item(say: Say) -> None:
    result = say("完成 http://a.gov.cn/12号/34 18")
    assert isinstance(result, NotUnderstood)
    assert say("完成 http://a.gov.cn/34/35").targets == ()


def test_what_was_recognised_is_handed_on(say: Say) -> None:
    result = say("预计下周三完成21号，第22项和沙坪镇一起 http://a.gov.cn/x")
    assert isinstance(result, NotUnderstood)
    assert [str(target) for target in result.targets] == ["21", "22"]
    assert (result.verb, result.units, result.links) == (Verb.SUBMIT, ("沙坪镇",), ("http://a.gov.cn/x",))
    assert say("我方不同意这样安排").verb is Verb.REFUSE  # 不同意 is not 同意
    assert say("根据渝府办发〔2021〕50号文件，11月20号、74512345").targets == ()


def test_after_a_quotation_the_senders_own_words_count(say: Say) -> None:
    quotation = "「县政府办公室：34号请尽快完成」\n- - - - - - - - -\n"
    own = say(f"{quotation}完成 34 http://a.gov.cn/x")
    assert isinstance(own, Command)
    assert [str(target) for target in own.targets] == ["34"]
    nested = "「张三：「李四：好」\n- - - - - -\n完成 18」\n- - - - - -\n收到"
    assert say(nested) == Command(Verb.ACK, raw=nested)


@pytest.mark.parametrize("info", ACTS, ids=lambda info: info.verb)
@pytest.mark.parametrize(
    "around",
    [
        "转发：{}",
        "【新民镇】{}",
        "「王娟：{}」",
        "“{}”",
        "「王娟：{}」\n- - - - - -\n在吗",
        "王娟：{}",
        "{}？",
        "{}吗",
        "没有{}",
        "等他们{}再说",
        "预计{}",
        "请问{}",
    ],
)
def test_no_act_survives_doubt_or_another_mouth(info: VerbInfo, around: str, say: Say) -> None:
    assert not changes(say(around.format(info.example)))


WORDS = [word for info in VERBS for word in info.words]
OBJECTS = [
    "12",
    "34号",
    "31-1",
    "18-21",
    "新民镇",
    "县教委",
    "各乡镇",
    "新明镇",
    "http://a.gov.cn/x",
    "2021-12-10",
    "11.5",
]
SIGNS = ["？", "，", "、", " ", "\n", "「", "」", "- - - -", "/"]
PARTICLES = ["全部", "除了", "已", "了", "吗", "未", "等", "预计", "收到"]
PIECES = st.sampled_from([*WORDS, *OBJECTS, *SIGNS, *PARTICLES])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=12).map(" ".join)))
@example("延期 1 0月0日")
@example("\u0130完成")
def test_any_text_is_answered_and_acts_only_on_an_explicit_word(names: Names, text: str) -> None:
    result = parse(text, names, TODAY)
    assert result.raw == text
    if changes(result):
        assert isinstance(result, Command)
        assert _word_of(result.verb, fold(text).plain), result


def _word_of(verb: Verb, plain: str) -> bool:
    if verb is Verb.LINK:
        return "http" in plain or "www." in plain or "gov.cn" in plain
    if verb is Verb.ACK:
        return any(
            word in plain for word in ("收", "阅", "知", "明白", "了解", "好", "嗯", "ok", "1", "👌", "照办", "遵照")
        )
    forms = [form.words for form in FORMS if form.verb is verb]
    return any(word in plain for word in info_of(verb).words) or any(form.search(plain) for form in forms)


@given(
    st.text(alphabet="0123456789第号项、，。-—/ \n新民镇县教委今天开会请各位领导指示栏目年度报告的已经都", max_size=60)
)
def test_noise_without_a_verb_changes_nothing(names: Names, text: str) -> None:
    result = parse(text, names, TODAY)
    assert not changes(result) or (isinstance(result, Command) and result.verb is Verb.ACK and "1" in text)


@given(
    st.sampled_from(["完成", "通过", "签收", "撤回"]),
    st.sampled_from(["？", "吗", "了吗？", " 吧", "没有？"]),
    st.integers(1, 53),
)
def test_an_act_with_the_end_of_a_question_is_none(names: Names, verb: str, end: str, number: int) -> None:
    assert not changes(parse(f"{verb} {number}{end}", names, TODAY))


@pytest.mark.parametrize(
    "piece",
    [
        "完成 ",
        "1",
        "12、",
        "12 ",
        "新民镇",
        "收到",
        "「」\n- - -\n",
        "http://",
        "a.",
        "(",
        ")",
        "等",
        "11.5 ",
        "除12",
        "- ",
        "[啊]",
        "\n1.",
        "全",
        "谢谢",
        "县",
    ],
)
def test_long_messages_are_read_in_linear_time(piece: str, names: Names) -> None:
    def seconds(text: str) -> float:
        """On a processor: what else the machine does must not fail a guard against quadratic reading."""
        times = []
        for _ in range(3):
            begin = time.process_time()
            parse(text, names, TODAY)
            times.append(time.process_time() - begin)
        return min(times)

    for start in ("", "完成 12 ", "退回 ", "延期 1 ", "通知 ", "收到，"):
        assert seconds((start + piece * 5000)[:5000]) < 32 * max(seconds((start + piece * 625)[:625]), 0.005), start
