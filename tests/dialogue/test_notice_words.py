"""通知 对象 内容 [立即]: whom it is for, and the body kept exactly."""

from collections.abc import Callable

import pytest

from bot.dialogue.intents import Audience, Command
from bot.dialogue.verbs import Verb
from bot.domain.people import Role

Understand = Callable[[str], Command]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("全体", [Audience(everyone=True)]),
        ("所有人", [Audience(everyone=True)]),
        ("各乡镇（街道）", [Audience(group="各乡镇（街道）")]),
        ("各乡镇(街道)", [Audience(group="各乡镇（街道）")]),
        ("新民镇、沙坪镇和高安镇", [Audience(unit="新民镇"), Audience(unit="沙坪镇"), Audience(unit="高安镇")]),
        ("联络员", [Audience(role=Role.CONTACT)]),
        ("全体审核人", [Audience(role=Role.REVIEWER)]),
        ("各乡镇联络员、县教委", [Audience(group="各乡镇（街道）", role=Role.CONTACT), Audience(unit="县教委")]),
        ("各部门负责人", [Audience(group="县政府各部门", role=Role.HEAD)]),
    ],
)
def test_whom_a_notice_is_for(written: str, meant: list[Audience], command: Understand) -> None:
    for text in (f"通知 {written} 请于11月10日前报送", f"/通知　{written}：请于11月10日前报送"):
        said = command(text)
        assert said.verb is Verb.NOTICE
        assert list(said.audience) == meant
        assert (said.text, said.urgent, said.unknown_units) == ("请于11月10日前报送", False, ())


def test_the_body_is_kept_exactly(command: Understand) -> None:
    body = "请各单位：\n 1. 核对名单；\n 2. 完成 34 http://a.gov.cn/x。\n谁还没交？　县教委、12号（除13）"
    said = command(f"通知 全体 {body}")
    assert said.text == body
    assert said.links == ("http://a.gov.cn/x",)
    assert said.targets == ()


@pytest.mark.parametrize(
    "text",
    ["通知 全体 停水通知 立即", "通知 全体 立即 停水通知", "通知 全体【立即】停水通知", "通知 全体 停水通知[立即]"],
)
def test_at_once(text: str, command: Understand) -> None:
    said = command(text)
    assert (said.urgent, said.text) == (True, "停水通知")


def test_at_once_as_a_word_of_the_body_is_no_marker(command: Understand) -> None:
    said = command("通知 全体 立即上报，请立即")
    assert (said.urgent, said.text) == (False, "立即上报，请立即")


def test_an_unknown_audience_is_told_apart(command: Understand) -> None:
    said = command("通知 新民镇、新明镇 请报送")
    assert (said.audience, said.unknown_units, said.text) == ((Audience(unit="新民镇"),), ("新明镇",), "请报送")
    assert command("通知 明天开会").unknown_units == ("明天开会",)
    assert command("通知").audience == ()
    assert command("通知 全体").text == ""
