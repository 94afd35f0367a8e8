"""What counts as a reason (退回, 延期, 不涉及 …)."""

import pytest

from bot.dialogue.names import Names
from bot.dialogue.reasons import is_reason

NONE = (
    *("", " ", "谢谢", "谢谢！", "好的", "好的，谢谢", "收到", "嗯嗯", "ok", "👌", "[OK]", "1", "12", "。。。"),
    *("无", "没有。", "如题", "辛苦了", "错", "是的" * 500),
)


@pytest.mark.parametrize("text", NONE)
def test_thanks_and_placeholders_are_none(names: Names, text: str) -> None:
    assert not is_reason(text, names)


@pytest.mark.parametrize(
    "text",
    [
        "链接打不开",
        "重复",
        "错栏",
        "没有这项职责",
        "本单位没有独立预算",
        "领导出差，谢谢",
        "好的栏目没有更新",
        "等上级文件",
        "no such page",
        "链接404",
        "不是本年度的报告，请重报，辛苦",
    ],
)
def test_a_reason_may_be_short_and_polite(names: Names, text: str) -> None:
    assert is_reason(text, names)
