"""年报, 报送 and their kin: commands alone or beside a unit, and nothing else."""

from collections.abc import Callable

import pytest

from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.verbs import Verb

Say = Callable[[str], Command | NotUnderstood]


@pytest.mark.parametrize(
    ("text", "verb", "units"),
    [
        ("年报", Verb.REPORT, ()),
        ("报告", Verb.REPORT, ()),
        ("／完成情况报告。", Verb.REPORT, ()),
        ("年报 新民镇", Verb.REPORT, ("新民镇",)),
        ("年报新民镇人民政府", Verb.REPORT, ("新民镇",)),
        ("报送", Verb.HAND_IN, ()),
        ("报送 谢谢", Verb.HAND_IN, ()),
        ("报送 高峰镇", Verb.HAND_IN, ("高峰镇",)),
        ("撤回报送", Verb.TAKE_BACK, ()),
        ("撤回 报送 新民镇", Verb.TAKE_BACK, ("新民镇",)),
        ("报送情况", Verb.HANDED_IN, ()),
        ("谁还没报送？", Verb.HANDED_IN, ()),
        ("年报素材", Verb.MATERIAL, ()),
        ("素材 新民镇", Verb.MATERIAL, ("新民镇",)),
        ("通报", Verb.BULLETIN, ()),
        ("通报 新民镇、高峰镇", Verb.BULLETIN, ("新民镇", "高峰镇")),
    ],
)
def test_the_words_and_the_units_beside_them(say: Say, text: str, verb: Verb, units: tuple[str, ...]) -> None:
    said = say(text)
    assert isinstance(said, Command)
    assert (said.verb, said.units, said.targets, said.text) == (verb, units, (), "")


@pytest.mark.parametrize(
    "text",
    [
        "报告：34号还在办",
        "报告领导，18号在推进",
        "报告 34 已完成",
        "年报已经公开了",
        "年报 http://a.gov.cn/x.html",
        "报送完毕",
        "报送 全部",
        "报送了34号的材料",
        "报送新民镇的材料",
        "不报送",
        "还没报送",
        "等审核完再报送",
        "明天报送",
        "报送吗？",
        "撤回报送的材料 34",
        "报送情况说明",
        "转发：报送",
    ],
)
def test_words_around_them_make_them_something_else(say: Say, text: str) -> None:
    said = say(text)
    reports = (Verb.REPORT, Verb.HAND_IN, Verb.TAKE_BACK, Verb.HANDED_IN, Verb.MATERIAL)
    assert not isinstance(said, Command) or said.verb not in reports
