"""Cards with buttons, and their text twins where a deployment has no cards (WECOM_CARDS)."""

from pathlib import Path

import pytest

from contract.conftest import FIRST_LOOK, fresh_service
from contract.machine import Answer, Served, press_xml

LINK = "http://www.dianjiang.gov.cn/zwgk/t20210601_1.html"


def updates_of(served: Served, user: str) -> list[str]:
    """What this person's cards were turned into."""
    return [update["button"]["replace_name"] for update in served.peer.updates if update["userids"] == [user]]


class TestSubmission:
    def test_the_card_its_buttons_and_the_second_reviewer(self, served: Served) -> None:
        town, one, two = (served.phone(user) for user in ("gaoan_a", "sifa_rev", "sifa_rev2"))
        assert "已提交 34" in town.says(f"完成 34 {LINK}")
        card = one.card()
        assert list(card.buttons) == ["通过", "退回", "看链接"]
        for part in ("34", "法治政府建设年度报告", "高安镇", "2021-05-31"):
            assert part in card.text
        assert two.card().text == card.text
        assert LINK in one.presses(card, "看链接")
        assert "理由" in one.presses(card, "退回")
        assert "已退回" in one.says("公开的是旧年度")
        assert "公开的是旧年度" in town.gets()
        assert "已退回" in updates_of(served, "sifa_rev2")[-1]
        stale = two.presses(two.card(), "通过")
        assert "过时" in stale
        assert "已退回" in stale
        assert "已提交 34" in town.says(f"完成 34 {LINK}?again")
        assert "已通过并销号" in two.presses(two.card(), "通过")
        assert "已通过" in updates_of(served, "sifa_rev")[-1]
        # The button of the first submission, pressed weeks later, does nothing to the second.
        assert "过时" in one.presses(card, "退回")
        assert "已销号" in town.says("任务 34")

    def test_two_clicks_are_one_act(self, served: Served) -> None:
        town, reviewer = served.phone("guixi_a"), served.phone("caizheng_rev")
        assert "已提交 9" in town.says(f"完成 9 {LINK}")
        card = reviewer.card()
        reviewer.new()
        first, second = (press_xml("caizheng_rev", *served.peer.press(card, "通过")) for _ in range(2))
        assert served.deliver(first) == served.deliver(first) == served.deliver(second) == Answer(200, b"")
        served.settle()
        answers = [message.text for message in reviewer.new()]
        assert len(answers) == 2
        assert sum("已通过并销号" in answer for answer in answers) == 1
        assert sum("过时" in answer for answer in answers) == 1

    def test_only_the_first_of_a_queue_is_told_at_once(self, served: Served) -> None:
        reviewer = served.phone("wangxin_rev")
        assert "已提交 21" in served.phone("XinMin_A").says("完成 21 制度已印发")
        assert "新民镇" in reviewer.gets()
        assert "已提交 21" in served.phone("chengxi_a").says("完成 21 制度已印发")
        assert "已提交 22" in served.phone("chengxi_a").says("完成 22 制度已印发")
        assert reviewer.gets() == ""
        queue = reviewer.says("待审")
        assert "新民镇" in queue
        assert "澄溪镇" in queue
        assert "确认" in reviewer.says("通过 21 全部")
        assert "已通过并销号 2 项" in reviewer.says("确认")
        assert "已通过" in reviewer.says("通过 22 澄溪镇")
        assert "已提交 23" in served.phone("guixi_a").says("完成 23 制度已印发")
        assert "桂溪街道" in reviewer.gets()

    @pytest.mark.parametrize("key", ["approve:999999:1", "approve", "approve:x:y", "links:1:1:1", "：" * 300])
    def test_a_key_nobody_made(self, served: Served, key: str) -> None:
        person = served.phone("sifa_rev")
        assert served.deliver(press_xml("sifa_rev", key, "task-1", "code-x")) == Answer(200, b"")
        served.settle()
        assert "过时" in person.gets()

    def test_a_button_in_the_wrong_hands(self, served: Served) -> None:
        town, thief = served.phone("guixi_a"), served.phone("chengxi_a")
        assert "已提交 41" in town.says(f"完成 41 {LINK}")
        key, task_id, _ = served.peer.press(served.phone("caizheng_rev").card(), "通过")
        served.deliver(press_xml("chengxi_a", key, task_id, "code-y"))
        served.settle()
        assert "只能由" in thief.gets()
        assert "待审核" in town.says("任务 41")


class TestRequestsAndNotices:
    def test_a_request_is_decided_once_by_lead_or_office(self, served: Served) -> None:
        town, lead, office = (served.phone(user) for user in ("xinmin_head", "wangxin_rev", "office_1"))
        assert "已提交 24" in town.says("延期 24 2022-01-31 等上级文件")
        for phone in (lead, office):
            card = phone.card()
            assert list(card.buttons) == ["同意", "不同意"]
            assert "2022-01-31" in card.text
            assert "等上级文件" in card.text
        assert "不同意" in office.presses(office.card(), "不同意")
        assert "不同意" in updates_of(served, "wangxin_rev")[-1]
        assert "过时" in lead.presses(lead.card(), "同意")
        assert "时限 2021-12-31" in town.says("任务 24")

    def test_a_notice_is_answered_by_its_button(self, served: Served) -> None:
        office, town = served.phone("office_1"), served.phone("chengxi_a")
        assert "1 人" in office.says("通知 澄溪镇 请报送联络员")
        assert "已排队" in office.says("确认")
        card = town.card()
        assert list(card.buttons) == ["收到"]
        assert "请报送联络员" in card.text
        assert "回执" in town.presses(card, "收到")
        assert "全部收到" in office.says("未读")


def test_text_twins_say_the_same(prepared: Path, tmp_path: Path) -> None:
    with fresh_service(prepared, tmp_path, WECOM_CARDS="text") as served:
        served.to(FIRST_LOOK)
        town, reviewer, office = (served.phone(user) for user in ("gaoan_a", "sifa_rev", "office_1"))
        assert "已提交 34" in town.says(f"完成 34 {LINK}")
        twin = reviewer.gets()
        for part in ("34 法治政府建设年度报告", "高安镇", "2021-05-31", LINK, "通过 34 高安镇", "退回 34 高安镇"):
            assert part in twin
        assert "已退回" in reviewer.says("退回 34 高安镇 公开的是旧年度")
        assert "已提交 34" in town.says(f"完成 34 {LINK}?again")
        assert "已通过" in reviewer.says("通过 34 高安镇")
        assert "已提交 21" in town.says("延期 21 2022-01-31 等上级文件")
        asked = office.gets()
        for part in ("21 政务舆情", "高安镇", "2022-01-31", "2021-12-31", "等上级文件", "同意 21 高安镇", "不同意"):
            assert part in asked
        assert "同意" in office.says("同意 21 高安镇")
        assert "1 人" in office.says("通知 高安镇 请报送联络员")
        assert "已排队" in office.says("确认")
        assert "收到" in town.gets()
        assert "回执" in town.says("收到")
        assert {message.kind for message in served.peer.messages} == {"text"}
        assert not served.peer.updates
