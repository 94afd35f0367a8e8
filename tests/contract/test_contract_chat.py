"""The chat words of DESIGN §6, said by people with phones to a service that knows nothing of this test."""

import io
import json
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from contract.machine import Served, click_xml

SITE = "http://www.dianjiang.gov.cn/zwgk/t20210601_"
ID_NUMBER = "11010519491231002X"
CARD_NUMBER = "6222020200112233446"


def entry(served: Served, number: str, unit: str) -> dict[str, Any]:
    """One line of the ledger, as the operator's export has it while the service runs."""
    done = served.machine.run("export", "ledger", "--unit", unit, "-o", "look.json")
    assert done.code == 0, done
    rows = json.loads((served.machine.home / "look.json").read_text(encoding="utf-8"))
    return dict(next(row for row in rows if row["编号"] == number))


def seen(served: Served, number: str, unit: str) -> str:
    """The same as the auditor sees it in the chat."""
    return served.phone("auditor").says(f"任务 {number} {unit}")


class TestEverybody:
    @pytest.mark.parametrize("words", ["帮助", "/help", "／帮助", "START", " help ", "帮助。"])
    def test_help_in_every_spelling(self, served: Served, words: str) -> None:
        answer = served.phone("guixi_a").says(words)
        assert "完成 " in answer
        assert "签收" in answer

    def test_help_shows_only_what_the_asker_may_do(self, served: Served) -> None:
        helps = {user: served.phone(user).says("帮助") for user in ("xinmin_b", "wangxin_rev", "leader", "office_1")}
        assert "完成 " in helps["xinmin_b"]
        assert "通过 " not in helps["xinmin_b"]
        assert "通知 " not in helps["xinmin_b"]
        assert "退回 " in helps["wangxin_rev"]
        assert "起算" not in helps["wangxin_rev"]
        assert "台账" in helps["leader"]
        assert "签收 " not in helps["leader"]
        assert "未读" in helps["office_1"]
        assert "通报" in helps["office_1"] and not any("· 通报" in helps[who] for who in helps if who != "office_1")

    @pytest.mark.parametrize("words", ["任务 34", "／任务　３４", "show 34", "/Show 34", "任务34", "任务：34"])
    def test_one_item_in_every_spelling(self, served: Served, words: str) -> None:
        answer = served.phone("guixi_a").says(words)
        for part in ("34 法治政府建设年度报告", "2021年5月31日前", "政府信息公开目录", "县司法局", "待签收"):
            assert part in answer
        assert "时限 2021-05-31" in answer

    def test_the_list_of_a_unit(self, served: Served) -> None:
        answer = served.phone("guixi_a").says("tasks")
        assert "桂溪街道" in answer
        assert answer.index("34 ") < answer.index("31-1 ") < answer.index("31-2 ")

    def test_a_stranger_is_told_how_to_be_registered_and_nothing_else(self, served: Served) -> None:
        stranger = served.phone("who_is_this")
        for words in ("任务", "任务 34", "完成 34 http://www.dianjiang.gov.cn/a.html", "你好"):
            answer = stranger.says(words)
            assert "登记" in answer
            assert "法治" not in answer

    def test_why(self, served: Served) -> None:
        assert "规则" in served.phone("guixi_a").says("为什么")

    def test_words_that_are_no_command_change_nothing(self, served: Served) -> None:
        town = served.phone("guixi_a")
        for words in ("今天天气不错", "完成了吗？", "34号还没完成", "等审核完就算完成", "？？？", "1" * 400, "😀"):
            assert town.says(words)
        assert "待签收" in town.says("任务 34")

    def test_a_menu_entry_is_said_by_its_key(self, served: Served) -> None:
        served.peer.wait(lambda: bool(served.peer.menus), "the menu")
        person = served.phone("jiaowei_a")
        entries = [sub for top in served.peer.menus[-1]["button"] for sub in top.get("sub_button", [top])]
        for leaf in entries:
            if leaf["type"] == "click":
                person.new()
                served.deliver(click_xml("jiaowei_a", leaf["key"]))
                served.settle()
                assert len(person.new()) == 1, leaf


class TestContact:
    def test_sign_progress_submit_undo(self, served: Served) -> None:
        town = served.phone("xinmin_b")  # the deputy may act like the first contact
        assert "已签收 34" in town.says("签收 34")
        assert "已记录 34" in town.says("进展 34 报告正在会签")
        assert "链接" in town.says("完成 34")
        submitted = town.says(f"{SITE}1.html")
        assert "已提交 34" in submitted
        assert "县司法局" in submitted
        assert "待审核" in town.says("任务 34")
        assert "已撤回" in town.says("撤回 34")
        row = entry(served, "34", "新民镇")
        assert (row["状态"], row["佐证"]) == ("办理中", "")
        assert [(e["人员"], e["动作"], e["内容"]) for e in row["记录"] if e["人员"] != "系统"][:3] == [
            ("王二", "签收", ""),
            ("王二", "进展", "报告正在会签"),
            ("王二", "完成", ""),
        ]
        assert re.fullmatch(r"2021-05-25T09:\d\d:\d\d\+08:00", row["签收时间"])

    def test_words_suffice_where_a_row_has_no_paths_and_an_unsigned_item_is_signed_by_it(self, served: Served) -> None:
        town = served.phone("chengxi_a")
        assert "已提交 18" in town.says("完成 18 已在每期政策发布时同步解读")
        row = entry(served, "18", "澄溪镇")
        assert row["状态"] == "待审核"
        assert row["签收时间"] == row["提交时间"] != ""

    def test_a_number_without_node_is_the_earliest_one_left(self, served: Served) -> None:
        town = served.phone("chengxi_a")
        assert "31-1" in town.says(f"完成 31 {SITE}31.html")
        assert "31-2" in town.says(f"完成 31 {SITE}32.html")
        assert "31-3" in town.says("任务 31-3") or "没有" in town.says("签收 31-3")

    def test_several_at_once_and_everything_wait_for_a_yes(self, served: Served) -> None:
        unit = served.phone("caizheng_a")
        shown = unit.says("签收 全部")
        assert "20 项" in shown
        assert "确认" in shown
        assert "待签收" in unit.says("任务 41")
        assert "已签收 20 项" in unit.says("确认")
        assert "没有" in unit.says("确认")

    def test_taking_it_back_before_the_yes(self, served: Served) -> None:
        unit = served.phone("shangwu_a")
        assert "确认" in unit.says("签收 全部")
        assert "取消" in unit.says("取消")
        assert "待签收" in unit.says("任务 6")

    def test_what_does_not_exist_or_is_not_theirs(self, served: Served) -> None:
        town = served.phone("xinmin_b")
        assert "没有 99" in town.says("完成 99 http://www.dianjiang.gov.cn/a.html")
        assert "没有 0 " in town.says("任务 0")
        for words in ("任务 6", f"完成 6 {SITE}6.html", "签收 6", "延期 6 2022-02-01 理由"):
            assert "没有交办给新民镇" in town.says(words)
        assert "不能" in town.says("签收 34 澄溪镇")

    @pytest.mark.parametrize("day", ["2021-02-30", "2021-13-01", "那天", "2021-06-32"])
    def test_a_bad_date_says_how_to_write_one(self, served: Served, day: str) -> None:
        answer = served.phone("xinmin_head").says(f"延期 21 {day} 还在会签")
        assert "2021-12-10" in answer
        assert "日期" in answer

    def test_without_reason_or_in_the_past(self, served: Served) -> None:
        head = served.phone("xinmin_head")
        assert "理由" in head.says("延期 21 2022-01-20")
        assert "过去" in head.says("延期 34 2021-05-01 忘了")

    def test_the_roles_of_others(self, served: Served) -> None:
        town = served.phone("xinmin_b")
        for words in (
            "通过 34 新民镇", "退回 34 澄溪镇 不好", "催办 34 澄溪镇", "同意 21 澄溪镇", "待审", "逾期", "统计", "台账",
            "人员 新民镇", "指定 2 县教委", "起算 38 2021-07-01", "中止 34 新民镇 x", "撤销 34 新民镇 x",
            "销号 34 新民镇 x", "通知 全体 大家好", "未读",
        ):  # fmt: skip
            assert "只能由" in town.says(words), words

    def test_too_long(self, served: Served) -> None:
        town = served.phone("gaoan_b")
        assert "太长" in town.says("进展 35 " + "长" * 5000)
        assert "待签收" in seen(served, "35", "高安镇")

    def test_a_file_named_beside_an_item_is_its_evidence(self, served: Served) -> None:
        town = served.phone("gaoan_a")
        assert "链接" in town.says("完成 9")
        answer = town.sends("专栏截图.png", b"\x89PNG" + b"1" * 3000)
        assert "已提交 9" in answer
        assert "专栏截图.png" in answer
        assert "专栏截图.png" in seen(served, "9", "高安镇")
        kept = [path for path in (served.machine.home / "data").rglob("*.png") if path.read_bytes().endswith(b"111")]
        assert len(kept) == 1

    def test_a_file_out_of_the_blue_is_asked_about(self, served: Served) -> None:
        answer = served.phone("sifa_a").sends("报告.docx", b"PK" + b"0" * 500)
        assert "34 " in answer
        assert "编号" in answer
        assert "已提交 34" in served.phone("sifa_a").says("34")

    def test_a_file_that_cannot_be_fetched(self, served: Served) -> None:
        served.peer.faults["media/get"] = [{"errcode": 40007, "errmsg": "invalid media_id"}]
        assert "文件" in served.phone("gaoan_b").sends("x.pdf", b"0" * 100)


class TestPersonalData:
    def test_is_refused_and_kept_nowhere_in_clear(self, served: Served) -> None:
        town = served.phone("guixi_a")
        for words in (
            f"进展 35 名单：张三 {ID_NUMBER} 补贴300元",
            f"进展 35 张三 {CARD_NUMBER}",
            f"延期 35 2022-01-10 {ID_NUMBER}",
            ID_NUMBER,
            f"{ID_NUMBER} " + "长" * 3000,
            "进展 35 联系张三 13912345678",
            f"完成 35 {SITE}{ID_NUMBER}.html",
        ):
            answer = town.says(words)
            assert "个人信息" in answer, words
            assert ID_NUMBER not in answer
        assert "个人信息" in served.phone("office_1").says(f"通知 各乡镇（街道） 补贴名单 {ID_NUMBER}")
        assert "个人信息" in town.sends(f"{ID_NUMBER}.xlsx", b"PK" + ID_NUMBER.encode() * 20)
        stranger = served.phone("somebody").says(f"我的号码是 {ID_NUMBER}")
        assert ID_NUMBER not in stranger
        assert "待签收" in town.says("任务 35")
        served.settle()
        secrets = (ID_NUMBER.encode(), ID_NUMBER[:-1].encode(), CARD_NUMBER.encode(), b"13912345678")
        for path in served.machine.home.rglob("*"):
            if path.is_file():
                found = [secret for secret in secrets if secret in path.read_bytes()]
                assert not found, path.name
        sent = json.dumps([message.text for message in served.peer.messages], ensure_ascii=False)
        assert ID_NUMBER not in sent

    def test_a_secrecy_marking_is_refused_too(self, served: Served) -> None:
        assert "密" in served.phone("guixi_a").says("进展 35 机密★10年 关于有关事项的通知")


class TestReviewer:
    def test_return_again_and_approve(self, served: Served) -> None:
        town, reviewer = served.phone("guixi_a"), served.phone("caizheng_rev")
        assert "已提交 9" in town.says(f"完成 9 {SITE}9.html")
        queue = reviewer.says("待审")
        assert "9 预决算信息" in queue
        assert "桂溪街道" in queue
        assert "理由" in reviewer.says("退回 9 桂溪街道")
        assert "已退回" in reviewer.says("链接打不开")
        assert "链接打不开" in town.gets()
        assert "已退回" in seen(served, "9", "桂溪街道")
        assert "已提交 9" in town.says(f"完成９　{SITE}10.html，请查收")
        assert "已通过并销号" in reviewer.says("通过 9 桂溪街道")
        row = entry(served, "9", "桂溪街道")
        assert (row["状态"], row["灯"], row["佐证"]) == ("已销号", "蓝", f"{SITE}10.html")
        assert row["销号时间"]
        assert "已销号" in town.says(f"完成 9 {SITE}11.html")

    def test_a_long_reason_arrives(self, served: Served) -> None:
        """A message has 2048 bytes, a reason up to 2000 characters: cut on the phone, whole in the item."""
        town, reviewer = served.phone("XinMin_A"), served.phone("caizheng_rev")
        assert "已提交 9" in town.says(f"完成 9 {SITE}9.html")
        reason = "栏目名称与要求不一致，" * 150
        assert "已退回" in reviewer.says(f"退回 9 新民镇 {reason}")
        told = town.gets()
        assert "栏目名称与要求不一致" in told
        assert "完成 9" in told
        assert reason[-40:] in seen(served, "9", "新民镇")

    def test_several_units_and_all(self, served: Served) -> None:
        office, reviewer = served.phone("office_1"), served.phone("sifa_rev")
        for unit in ("沙坪镇", "周嘉镇", "普顺镇", "永安镇"):
            assert "已提交 34" in office.says(f"完成 34 {unit} {SITE}{ord(unit[0])}.html")
        assert "已通过并销号 2 项" in reviewer.says("通过 34 沙坪镇、周嘉镇")
        shown = reviewer.says("通过 34 全部")
        assert "普顺镇" in shown
        assert "永安镇" in shown
        assert "确认" in shown
        assert "已通过并销号 " in reviewer.says("确认")
        assert "已销号" in seen(served, "34", "永安镇")

    def test_what_is_not_theirs(self, served: Served) -> None:
        reviewer = served.phone("wangxin_rev")
        assert "只能由" in reviewer.says("通过 34 新民镇")
        assert "只能由" in reviewer.says("销号 21 新民镇 早已完成")
        assert "不认识单位" in reviewer.says("通过 21 火星镇")
        assert "待签收" in reviewer.says("通过 21 新民镇")

    def test_nobody_checks_their_own(self, served: Served) -> None:
        """县司法局 owes 34 and leads it: the office checks that one."""
        assert "县政府办公室" in served.phone("sifa_a").says(f"完成 33 {SITE}33.html")
        assert "只能由" in served.phone("sifa_rev").says("通过 33 县司法局")
        assert "已通过" in served.phone("office_1").says("通过 33 县司法局")

    def test_an_extension_and_its_decision(self, served: Served) -> None:
        town, reviewer, office = served.phone("gaoan_b"), served.phone("wangxin_rev"), served.phone("office_1")
        assert "县委网信办" in town.says("延期 21 2022-01-20 网信办机制文件还在会签")
        assert "2022-01-20" in office.gets()
        assert "已有" in town.says("延期 21 2022-02-20 再晚些")
        agreed = reviewer.says("同意 21 高安镇")
        assert "2022-01-20" in agreed
        assert "已有决定" in office.says("同意 21 高安镇")
        row = entry(served, "21", "高安镇")
        assert (row["办结时限"], row["延期次数"]) == ("2022-01-20", 1)

    def test_an_earlier_day_is_asked_for_as_it_is(self, served: Served) -> None:
        """The deciders see both days; only the person knows what they meant."""
        town, reviewer = served.phone("chengxi_a"), served.phone("wangxin_rev")
        assert "2021-11-20" in town.says("申请延期到11月20日，21号，原因：网信办机制文件还在会签")
        assert "不同意" in reviewer.says("不同意 21 澄溪镇 按原时限办")
        assert "时限 2021-12-31" in seen(served, "21", "澄溪镇")

    def test_bare_yes_where_one_request_is_open(self, served: Served) -> None:
        town, reviewer = served.phone("XinMin_A"), served.phone("caizheng_rev")
        assert "已提交 41" in town.says("不涉及 41 本单位没有收费事项")
        assert "同意" in reviewer.says("同意")
        assert "不涉及" in seen(served, "41", "新民镇")

    def test_urging_one_and_everybody(self, served: Served) -> None:
        reviewer, contact, head = (served.phone(user) for user in ("wangxin_rev", "XinMin_A", "xinmin_head"))
        assert "已催办 21" in reviewer.says("催办 21 新民镇")
        assert "21 政务舆情" in contact.gets()
        shown = reviewer.says("催办 22")
        assert "新民镇" in shown
        assert "确认" in shown
        assert contact.gets() == ""
        done = reviewer.says("确认")
        assert "联系不上" in done  # units without a contact are named
        assert "22 疫情防控" in contact.gets()
        assert head.gets() == ""


class TestOffice:
    def test_naming_the_units_of_a_row(self, served: Served) -> None:
        office = served.phone("office_1")
        assert "2 " in office.says("待审")
        assert "已指定 2" in office.says("指定 2 县教委、县民政局")
        assert "待签收" in seen(served, "2", "县教委")
        assert "待签收" in seen(served, "2", "县民政局")
        assert "已指定 2" in office.says("指定 2 县商务委")  # one that was forgotten can be added
        assert "写明了" in office.says("指定 34 县商务委")
        assert "不认识单位" in office.says("指定 8 火星局")

    def test_starting_a_trigger(self, served: Served) -> None:
        office = served.phone("office_1")
        assert "2021-10-01" in office.says("起算 38 2021-07-01")
        assert "26" in office.says("指定 38 各乡镇（街道）")
        assert entry(served, "38", "大石乡")["办结时限"] == "2021-10-01"
        assert "日期" in office.says("起算 38 2021-07-32")
        assert "不用起算" in office.says("起算 34 2021-07-01")

    def test_suspend_resume_cancel_close(self, served: Served) -> None:
        office = served.phone("office_1")
        for words, state, light in (
            ("中止 30 桂阳街道 网页撤并", "已中止", "⚪灰"),
            ("恢复 30 桂阳街道 网页启用", "待签收", "🟢绿"),
            ("撤销 30 桂阳街道 职责划转", "已撤销", "⚪灰"),
            ("销号 35 桂阳街道 5月已在县政府网站公开", "已销号", "🔵蓝"),
        ):
            verb, number, unit, _ = words.split(" ")
            assert f"已{verb}" in office.says(words)
            assert f"{light} {state}" in seen(served, number, unit)
        assert "5月已在县政府网站公开" in str(entry(served, "35", "桂阳街道")["记录"])

    def test_the_reason_is_asked_for(self, served: Served) -> None:
        office = served.phone("office_1")
        assert "理由" in office.says("中止 36 桂阳街道")
        assert "已中止" in office.says("等机构改革")
        assert "等机构改革" in seen(served, "36", "桂阳街道")

    def test_a_whole_row_waits_for_a_yes(self, served: Served) -> None:
        office = served.phone("office_1")
        shown = office.says("中止 42 等市里新规定")
        assert "确认" in shown
        assert "46 项" in shown
        assert "取消" in office.says("取消")
        assert "待签收" in seen(served, "42", "桂阳街道")

    def test_reopening(self, served: Served) -> None:
        office = served.phone("office_1")
        assert "已销号" in office.says("销号 52 桂阳街道 材料已存档")
        assert "已退回" in office.says("退回 52 桂阳街道 第三方评估又发现问题")
        assert "已退回" in seen(served, "52", "桂阳街道")

    def test_acting_for_a_unit_needs_its_name(self, served: Served) -> None:
        office = served.phone("office_1")
        assert "单位" in office.says(f"完成 34 {SITE}34.html")
        assert "不认识单位" in office.says("人员 火星镇")
        assert "XinMin_A" in office.says("人员 新民镇")
        assert "沙坪镇" in office.says("人员 沙坪镇")

    def test_a_notice_its_receipts_and_who_is_missing(self, served: Served) -> None:
        office, town = served.phone("office_1"), served.phone("XinMin_A")
        preview = office.says("通知 各乡镇（街道） 请于6月10日前核对联络员名单")
        assert "4 人" in preview
        assert "请于6月10日前核对联络员名单" in preview
        assert town.new() == []
        assert "已排队" in office.says("确认")
        assert "请于6月10日前核对联络员名单" in town.gets()
        assert "回执" in town.says("收到")
        unread = office.says("未读")
        assert "1/4" in unread
        assert "澄溪镇李一" in unread
        assert "新民镇王一" not in unread

    def test_figures_overdue_and_the_ledger_as_a_file(self, served: Served) -> None:
        for user in ("office_1", "leader", "auditor"):
            person = served.phone(user)
            assert "已销号" in person.says("统计")
            assert "逾期" in person.says("逾期")
            assert ".xlsx" in person.says("台账")
            file = [message for message in served.peer.inbox(user) if message.kind == "file"][-1]
            book = load_workbook(io.BytesIO(file.data))
            rows = list(book.worksheets[0].iter_rows(values_only=True))
            head = next(number for number, row in enumerate(rows) if row[0] == "编号")
            assert len([row for row in rows[head + 1 :] if row[0]]) >= 1084
            book.close()

    def test_those_who_only_read(self, served: Served) -> None:
        for user in ("leader", "auditor"):
            person = served.phone(user)
            assert "法治政府建设年度报告" in person.says("任务 34")
            for words in ("签收 34", "完成 34 新民镇 http://a.gov.cn/x.html", "通过 34 新民镇", "销号 34 新民镇 x"):
                assert re.search("只能由|没有交办", person.says(words)), words


def test_an_account_is_the_same_in_any_case(served: Served) -> None:
    assert "新民镇" in served.phone("XINMIN_A").says("任务")
