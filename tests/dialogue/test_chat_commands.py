"""Every command of the chat (DESIGN §6), as contacts, reviewers and the office type it."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.dialogue.intents import Command, Kind, NotUnderstood, Target, Trouble
from bot.dialogue.verbs import VERBS, Verb, VerbInfo, info_of

Say = Callable[[str], Command | NotUnderstood]
Understand = Callable[[str], Command]
LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html"

NUMBER_IS_OPTIONAL = (Verb.TASKS, Verb.AGREE, Verb.REFUSE, Verb.STOP_NOTICE)


def numbers(command: Command | NotUnderstood) -> list[str]:
    return [str(target) for target in command.targets]


@pytest.mark.parametrize("info", VERBS, ids=lambda info: info.verb)
def test_the_example_of_every_verb_is_understood(info: VerbInfo, command: Understand) -> None:
    said = command(info.example)
    assert said.verb is info.verb
    assert said.problem is None
    assert not said.unknown_units
    assert bool(said.targets) == info.number or info.verb in NUMBER_IS_OPTIONAL


def test_verbs_have_one_meaning_each() -> None:
    words = [word for info in VERBS for word in info.words]
    assert len(words) == len(set(words))
    assert {info.verb for info in VERBS} == set(Verb)
    assert all(info.usage.startswith(info.label) for info in VERBS)


@pytest.mark.parametrize(
    ("text", "verb", "targets"),
    [
        ("任务", Verb.TASKS, []),
        ("／任务　１２", Verb.TASKS, ["12"]),
        ("/任务 12。", Verb.TASKS, ["12"]),
        ("Show 12", Verb.TASKS, ["12"]),
        ("/TASKS", Verb.TASKS, []),
        ("ｈｅｌｐ", Verb.HELP, []),
        ("start", Verb.HELP, []),
        ("任务\u200b12", Verb.TASKS, ["12"]),
        ("签收 全部", Verb.SIGN, []),
        ("完成 18", Verb.SUBMIT, ["18"]),
        ("完成　18、19，21", Verb.SUBMIT, ["18", "19", "21"]),
        ("完成 18和19", Verb.SUBMIT, ["18", "19"]),
        ("完成 第12项、第13项", Verb.SUBMIT, ["12", "13"]),
        ("完成 任务12", Verb.SUBMIT, ["12"]),
        ("完成 31-1", Verb.SUBMIT, ["31-1"]),
        ("完成 31—2、18", Verb.SUBMIT, ["31-2", "18"]),
        ("撤回 12", Verb.UNDO, ["12"]),
        ("通过12新民镇", Verb.APPROVE, ["12"]),
    ],
)
def test_numbers_and_forms(text: str, verb: Verb, targets: list[str], command: Understand) -> None:
    said = command(text)
    assert (said.verb, numbers(said)) == (verb, targets)


def test_a_node_is_kept_apart_from_a_range(command: Understand) -> None:
    assert command("签收 31-2").targets == (Target(31, 2),)
    assert not command("签收 31-2").many
    span = command("签收 18—21号（除20）")
    assert numbers(span) == ["18", "19", "21"]
    assert numbers_of(span.excluded) == ["20"]
    assert span.ranged
    assert span.many


def numbers_of(targets: tuple[Target, ...]) -> list[str]:
    return [str(target) for target in targets]


@pytest.mark.parametrize(
    "text", ["签收 全部", "签收 除了12", "完成 18-21", "通过 12 全部", "催办 34 各乡镇", "除了35号，其余都完成了"]
)
def test_many_at_once_is_marked_for_confirmation(text: str, command: Understand) -> None:
    assert command(text).many


def test_only_an_exclusion_means_all_the_others(command: Understand) -> None:
    said = command("签收 除了12、13号，其余全部")
    assert said.all
    assert not said.targets
    assert numbers_of(said.excluded) == ["12", "13"]


def test_a_submission_with_its_links_and_a_remark(command: Understand) -> None:
    said = command(f"完成 34 {LINK}，https://a.gov.cn/x?y=1&z=%E4 栏目名称：年度报告，请查收")
    assert said.links == (LINK, "https://a.gov.cn/x?y=1&z=%E4")
    assert said.text == "栏目名称：年度报告，请查收"
    assert command(f"完成 34 {LINK} 请查收，谢谢").text == ""
    assert numbers(command(f"完成4{LINK}")) == ["4"]
    assert numbers(command(f"完成 {LINK} 34")) == ["34"]


@pytest.mark.parametrize("text", ["完成", "完成。", f"完成 {LINK}", "已完成，谢谢", "撤回", "同意", "签收"])
def test_a_bare_verb(text: str, command: Understand) -> None:
    assert command(text).bare


def test_the_office_names_the_unit_after_the_number(command: Understand) -> None:
    said = command(f"完成 34 新民镇 {LINK}")
    assert (numbers(said), said.units, said.links) == (["34"], ("新民镇",), (LINK,))
    said = command("延期 34 新民镇 2021-12-10 栏目未建成")
    assert (said.units, said.when, said.text) == (("新民镇",), date(2021, 12, 10), "栏目未建成")
    said = command("销号 34 新民镇 2021年5月30日已公开")
    assert (said.units, said.text) == (("新民镇",), "2021年5月30日已公开")


def test_a_units_name_may_be_part_of_what_a_contact_says(command: Understand) -> None:
    said = command("进展 21 县委网信办 已反馈会签意见")
    assert said.units == ("县委网信办",)
    assert said.words == "县委网信办 已反馈会签意见"
    assert command("进展 21 县委网信办已反馈").text == "县委网信办已反馈"
    assert command("异议 6 发改委牵头，我们只配合").units == ()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("进展 12 已和3个部门对接，完成率50%", "已和3个部门对接，完成率50%"),
        ("进展 12 （一）方案ＡＢ已印发；预计下周完成。", "（一）方案ＡＢ已印发；预计下周完成。"),
        ("进展 12 根据〔2021〕50号文件", "根据〔2021〕50号文件"),
        ("进展 12 2021-11-02已公开", "2021-11-02已公开"),
        ("进展 12 11月2日已公开", "11月2日已公开"),
        ("进展 12 电话023-74512345", "电话023-74512345"),
        ("进展12：已形成初稿", "已形成初稿"),
        ("不涉及 12 我单位\n无此职能👨‍👩‍👧", "我单位\n无此职能👨‍👩‍👧"),
        ("退回 34 高安镇 未按要求公开", "未按要求公开"),
        ("中止 12 撤并网页", "撤并网页"),
        ("进展 12 1.已制定方案；2.已印发", "1.已制定方案；2.已印发"),
        ("进展 12\n1、已制定方案\n2、已印发", "1、已制定方案\n2、已印发"),
        ("进展 12 第3次会议已开", "第3次会议已开"),
        ("退回 12 新民镇 前期公开的链接打不开", "前期公开的链接打不开"),
        ("通过 12 新民镇 材料齐全，没有问题", "材料齐全，没有问题"),
        ("销号 34 新民镇 5月31日前已公开", "5月31日前已公开"),
        ("不同意 21 新民镇 时间够，请于12月1日前完成", "时间够，请于12月1日前完成"),
    ],
)
def test_free_words_are_kept_as_written(text: str, kept: str, command: Understand) -> None:
    said = command(text)
    assert said.text == kept
    assert len(said.targets) == 1


@pytest.mark.parametrize(
    "text",
    [
        "退回 34 高安镇 链接打不开",
        "退回34号 高安镇，链接打不开",
        "退回34号高安镇链接打不开",
        "退回 高安镇 34号：链接打不开",
        "/退回　３４　高安镇；链接打不开",
    ],
)
def test_a_return_in_any_order(text: str, command: Understand) -> None:
    said = command(text)
    assert (said.verb, numbers(said), said.units, said.text) == (Verb.RETURN, ["34"], ("高安镇",), "链接打不开")


def test_units_of_a_review(command: Understand) -> None:
    assert command("通过 12 新民镇，澄溪镇").units == ("新民镇", "澄溪镇")
    assert command("通过 12 新民镇 澄溪镇、高安镇").units == ("新民镇", "澄溪镇", "高安镇")
    assert command("通过 12 县委宣传部(县政府新闻办)").units == ("县委宣传部（县政府新闻办）",)
    assert command("通过 12 全部").all
    assert command("34 全部通过").all
    assert command("通过 34 全部 除高安镇").excluded_units == ("高安镇",)
    towns = command("通过 34 各乡镇 除高安镇")
    assert (towns.groups, towns.excluded_units, towns.all) == (("各乡镇（街道）",), ("高安镇",), False)
    assert not command("签收 12、13 全部").all  # sums up what was named
    assert command("催办 34 各乡镇 (街道)").groups == ("各乡镇（街道）",)
    mistyped = command("通过 12 新民镇、新明镇")
    assert (mistyped.units, mistyped.unknown_units) == (("新民镇",), ("新明镇",))
    assert command("通过 12 新民").unknown_units == ("新民",)


def test_requests_are_decided_with_or_without_words(command: Understand) -> None:
    assert command("不同意").verb is Verb.REFUSE
    assert command("不同意 21 新民镇 时间够").text == "时间够"
    assert command("不同意，理由不充分").text == "理由不充分"
    assert command("同意 21 新民镇").units == ("新民镇",)


def test_naming_units_of_a_row(command: Understand) -> None:
    said = command("指定 2 县教委、县民政局、教育局、各乡镇")
    assert (said.units, said.groups, said.unknown_units) == (("县教委", "县民政局"), ("各乡镇（街道）",), ("教育局",))
    assert command("人员 新明镇").unknown_units == ("新明镇",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-12-10", date(2021, 12, 10)),
        ("2021/12/10", date(2021, 12, 10)),
        ("２０２１．１２．１０", date(2021, 12, 10)),
        ("2021年12月10日", date(2021, 12, 10)),
        ("12月10日", date(2021, 12, 10)),
        ("12月10号", date(2021, 12, 10)),
        ("12.10", date(2021, 12, 10)),
        ("到12月10日", date(2021, 12, 10)),
        ("至 12月10日", date(2021, 12, 10)),
        ("11月3日", date(2021, 11, 3)),
        ("11月2日", date(2022, 11, 2)),
        ("1.10", date(2022, 1, 10)),
        ("2月29日", date(2024, 2, 29)),
    ],
)
def test_days_of_an_extension(written: str, meant: date, command: Understand) -> None:
    for text in (f"延期 21 {written} 人手不够", f"延期 21 {written}，人手不够"):
        said = command(text)
        assert (numbers(said), said.when, said.problem, said.text) == (["21"], meant, None, "人手不够")


@pytest.mark.parametrize(
    ("text", "trouble", "words"),
    [
        ("延期 12 2021-02-30 人手不够", Trouble.BAD_DATE, "2021-02-30"),
        ("延期 12 2月30日 人手不够", Trouble.BAD_DATE, "2月30日"),
        ("延期 12 明天后天", Trouble.BAD_DATE, "明天后天"),
        ("延期 12 下周三 人手不够", Trouble.BAD_DATE, "下周三"),
        ("延期 12 到15号 人手不够", Trouble.BAD_DATE, "15号"),
        ("延期 12 12-10 人手不够", Trouble.BAD_DATE, "12-10"),
        ("延期 12 10-12 人手不够", Trouble.BAD_DATE, "10-12"),
        ("延期 12 人手不够", Trouble.NO_DATE, ""),
        ("延期 12", Trouble.NO_DATE, ""),
        ("起算 38", Trouble.NO_DATE, ""),
        ("起算 38 7月1日", Trouble.NO_YEAR, "7月1日"),
    ],
)
def test_a_day_that_cannot_be_read_is_never_guessed(
    text: str, trouble: Trouble, words: str, command: Understand
) -> None:
    said = command(text)
    assert said.when is None
    assert said.problem is not None
    assert (said.problem.trouble, said.problem.words) == (trouble, words)
    assert len(said.targets) == 1


def test_the_day_may_come_after_the_reason(command: Understand) -> None:
    assert command("延期 12 人手不够 2021-12-10").when == date(2021, 12, 10)
    said = command("延期 12 因11月3日开会冲突，申请延至2021年12月10日")
    assert (said.when, said.text) == (date(2021, 12, 10), "因11月3日开会冲突，申请延至2021年12月10日")
    assert command("延期 12 12.5万元预算未下达 2021-12-10").when == date(2021, 12, 10)


@pytest.mark.parametrize(
    "text",
    [
        "34号已完成",
        "已完成 34",
        "34完成",
        "完成了 34",
        "34已完成。",
        f"34号任务已上传，链接：{LINK}，请查收",
        "任务34已完成，见附件",
    ],
)
def test_near_misses_of_a_submission_are_understood(text: str, command: Understand) -> None:
    said = command(text)
    assert (said.verb, numbers(said)) == (Verb.SUBMIT, ["34"])


def test_other_near_misses(command: Understand) -> None:
    assert command("签收一下 12").verb is Verb.SIGN
    assert command("全部签收").all
    said = command("通过了 12 新民镇")
    assert (said.verb, said.units) == (Verb.APPROVE, ("新民镇",))
    assert command("18、19都完成了").all is False


@pytest.mark.parametrize(
    "text", ["收到", "收到！", "收到谢谢", "好的", "已阅", "知道了", "OK", "1", "１。", "新民镇收到", "👌", "确认收到"]
)
def test_acknowledgements(text: str, command: Understand) -> None:
    said = command(text)
    assert (said.verb, said.targets) == (Verb.ACK, ())


@pytest.mark.parametrize(
    "text",
    [
        "好的收到",
        "好，已收到",
        "嗯，尽快办理",
        "好的，马上落实",
        "收到，已转相关科室",
        "收到，争取月底前完成",
        "收到，没问题",
        "已收到通知，谢谢领导",
    ],
)
def test_an_acknowledgement_may_promise(text: str, command: Understand) -> None:
    assert command(text).verb is Verb.ACK


def test_a_chain_list_acknowledges_and_names_no_items(command: Understand) -> None:
    said = command("#接龙\n请回复收到\n1. 新民镇 张三收到\n2、沙坪镇 收到\n３．周嘉镇 已收到")
    assert (said.verb, said.targets, said.units) == (Verb.ACK, (), ("新民镇", "沙坪镇", "周嘉镇"))


def test_links_alone_and_beside_a_number(command: Understand, say: Say) -> None:
    said = command(f"链接：{LINK}，请查收")
    assert (said.verb, said.links, said.targets) == (Verb.LINK, (LINK,), ())
    assert numbers(command(f"34 {LINK}")) == ["34"]
    only = say("34、35")
    assert isinstance(only, NotUnderstood)
    assert (only.kind, numbers(only)) == (Kind.NUMBER, ["34", "35"])


@pytest.mark.parametrize("text", ["确认", "确定。", "取消", "为什么", "为什么？"])
def test_answers_stand_alone(text: str, command: Understand, say: Say) -> None:
    assert command(text).verb in (Verb.CONFIRM, Verb.ABORT, Verb.WHY)
    assert isinstance(say(f"{text.rstrip('？。')} 12"), NotUnderstood)


def test_words_that_only_begin_like_a_verb_are_no_command(say: Say) -> None:
    for text in (
        "完成情况",
        "通过率",
        "通知书已收到",
        "统计表",
        "帮助我",
        "任务清单",
        "helpful",
        "同意你的看法",
        "进展顺利",
    ):
        assert isinstance(say(text), NotUnderstood), text


def test_a_message_keeps_its_raw_words_and_says_when_it_was_cut(say: Say) -> None:
    said = say("  进展 12 " + "好" * 6000)
    assert isinstance(said, Command)
    assert said.cut
    assert len(said.raw) == 5000
    assert not say(" 任务 ").cut
    assert say(" 任务 ").raw == " 任务 "


def test_help_texts_have_what_they_print() -> None:
    assert info_of(Verb.SUBMIT).label == "完成"
    assert info_of(Verb.TASKS).aliases == ("tasks", "show")


@pytest.mark.parametrize(
    "text",
    [
        "完成 34 http://a.gov.cn/1 35 http://a.gov.cn/2",
        "完成\n34 http://a.gov.cn/1\n35：http://a.gov.cn/2。",
        "完成 34号链接 http://a.gov.cn/1，35号链接 http://a.gov.cn/2",
    ],
)
def test_each_item_has_its_own_links(text: str, command: Understand) -> None:
    said = command(text)
    assert [(str(target), links) for target, links in said.each] == [
        ("34", ("http://a.gov.cn/1",)),
        ("35", ("http://a.gov.cn/2",)),
    ]


def test_what_is_left_out_of_all(command: Understand) -> None:
    assert command("通过 全部 除存疑").sure_only and command("通过 34 除存疑的").sure_only
    both = command("通过 全部 除34、高安镇")
    assert both.all and numbers_excluded(both) == ["34"] and both.excluded_units == ("高安镇",)


def numbers_excluded(said: Command) -> list[str]:
    return [str(target) for target in said.excluded]


@pytest.mark.parametrize("text", ["通知 34未完成的单位 请抓紧", "通知 欠34的：请抓紧", "通知34号还没完成的单位 请抓紧"])
def test_a_notice_to_whoever_owes_an_item(text: str, command: Understand) -> None:
    said = command(text)
    assert [str(part.owes) for part in said.audience] == ["34"] and said.text == "请抓紧"


@pytest.mark.parametrize(
    "text", ["通知 新民镇 请填表 附件", "通知 新民镇 请填表【附件】", "通知 新民镇 请填表 附件 立即"]
)
def test_a_notice_with_the_file_sent_before(text: str, command: Understand) -> None:
    said = command(text)
    assert said.attached and said.text.startswith("请填")
