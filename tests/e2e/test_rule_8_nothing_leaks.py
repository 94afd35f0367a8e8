"""Rule 8, nothing leaks: everybody sees and changes what is theirs, and what must not be kept is kept nowhere."""

import os

import pytest
from support import files
from support.leaks import kept
from support.sabotage import refusing
from support.world import World

from bot.services.files import drop_unused
from scheduler.ticker import Ticker

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
ID_CARD = "11010519491231002X"
BANK_CARD = "6222020200112233446"
MOBILE = "13812345678"


async def states(world: World) -> dict[str, int]:
    return {
        str(state): number
        for state, number in await world.rows("SELECT state, count(*) FROM assignment GROUP BY state")
    }


NOT_THEIRS = (
    *(
        f"完成 33 {LINK}",
        "签收 43",
        "进展 32 正在办",
        "延期 43 2021-12-10 来不及",
        "不涉及 33 没有",
        "异议 33 不是我们",
    ),
    *("签收 34 高峰镇", f"完成 34 高峰镇 {LINK}", "通过 34 高峰镇", "退回 34 高峰镇 不行", "催办 34 高峰镇"),
)
NOT_A_CONTACTS = (
    *(
        "中止 34 新民镇 停",
        "恢复 34 新民镇 好",
        "撤销 34 新民镇 不办",
        "销号 34 新民镇 办过",
        "指定 2 新民镇",
        "起算 38 2021-07-01",
    ),
    *("通知 全体 大家好", "未读", "逾期", "统计", "台账", "人员 高峰镇", "待审"),
)


@pytest.mark.parametrize("refused", [NOT_THEIRS, NOT_A_CONTACTS])
async def test_a_contact_touches_only_what_their_unit_owes(corner: World, refused: tuple[str, ...]) -> None:
    town, before = corner.who("新民镇"), await states(corner)
    for words in refused:
        answer = await town.says(words)
        assert any(no in answer for no in ("不能", "只能由", "没有交办")), f"{words}: {answer}"
    assert await states(corner) == before
    assert await corner.rows("SELECT count(*) FROM audit WHERE actor = :who", who=town.userid) == [(0,)]
    assert "没有交办" in await town.says("任务 33")
    # Of a row that many owe, their own part.
    shown = await town.says("任务 34")
    assert "【新民镇】" in shown and "高峰镇" not in shown


async def test_a_reviewer_sees_and_checks_what_their_unit_leads(corner: World) -> None:
    town, lead, other = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县教委", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    for words in ("通过 34 新民镇", "退回 34 新民镇 不行", "催办 34 高峰镇", "同意 34 新民镇"):
        assert "只能由" in await other.says(words), words
    assert LINK not in await other.says("任务 34") + await other.says("待审")
    assert LINK in await lead.says("待审") and "高峰镇" in await lead.says("任务 34 高峰镇")
    # Leading a row is not owing it.
    assert "没有交办" in await lead.says(f"完成 34 {LINK}")
    assert "只能由" in await lead.says("中止 34 新民镇 停")
    assert "待审核" in await town.says("任务 34")


@pytest.mark.parametrize(("unit", "role"), [("县政府", "县领导"), ("县审计局", "审计")])
async def test_supervisors_and_auditors_read_and_change_nothing(corner: World, unit: str, role: str) -> None:
    reader, before = corner.who(unit, role), await states(corner)
    assert "7 个单位" in await reader.says("任务 34") and "共 " in await reader.says("统计")
    assert "现在没有逾期事项" in await reader.says("逾期") and "台账已生成" in await reader.says("台账")
    for words in (
        *(
            "签收 34",
            "签收 34 新民镇",
            f"完成 34 新民镇 {LINK}",
            "通过 34 新民镇",
            "退回 34 新民镇 不行",
            "催办 34 新民镇",
        ),
        *(
            "同意 34 新民镇",
            "指定 2 县教委",
            "中止 34 新民镇 停",
            "销号 34 新民镇 办过",
            "通知 全体 大家好",
            "人员 新民镇",
        ),
    ):
        answer = await reader.says(words)
        assert any(no in answer for no in ("不能", "只能由", "没有交办")), f"{words}: {answer}"
    assert await states(corner) == before


async def test_a_button_is_no_way_around_the_rights(corner: World) -> None:
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    for button in lead.card("待审 34").buttons:
        press = {"EventKey": button.key, "TaskId": "d1-1", "ResponseCode": f"code-{button.key}"}
        await corner.callback(town.userid, MsgType="event", Event="template_card_event", **press)
        await corner.settle()
        assert "只能由" in town.gets()
    assert "待审核" in await town.says("任务 34")


async def test_help_shows_only_what_the_asker_may_do(corner: World) -> None:
    shown = {
        role: await corner.who(unit, role).says("帮助")
        for unit, role in (("新民镇", "联络员"), ("县司法局", "审核人"), ("县政府", "县领导"), ("县政府办公室", "县办"))
    }
    assert "完成" in shown["联络员"] and not any(verb in shown["联络员"] for verb in ("通过 ", "台账", "通知 "))
    assert "通过 " in shown["审核人"] and not any(verb in shown["审核人"] for verb in ("进展 ", "台账", "通知 对象"))
    assert "台账" in shown["县领导"] and not any(verb in shown["县领导"] for verb in ("进展 ", "通过 ", "通知 对象"))
    assert all(verb in shown["县办"] for verb in ("通过", "台账", "通知", "指定")) and shown["县办"].count("\n") < 15
    assert "通知 对象" in await corner.office.says("帮助 县办")
    assert "通过 编号" in await corner.office.says("帮助 审核")
    asked_for_more = await corner.who("新民镇").says("帮助 县办")
    assert "通知" not in asked_for_more and "完成 编号" in asked_for_more


async def test_a_button_of_somebody_elses_card_tells_nothing(corner: World) -> None:
    """A key put together by hand, and a card kept by somebody who is a reviewer no longer."""
    town, peak, reviewer = corner.who("新民镇"), corner.who("高峰镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    card = reviewer.card("待审 34")
    ((number,),) = await corner.rows("SELECT id FROM assignment WHERE state = 'submitted'")
    await corner.roster(("县司法局", "曾峰", "sifa_zengfeng", "审核人"))
    await corner.roster(("高峰镇", "金冬梅", reviewer.userid, "联络员"), ("高峰镇", "崔静", peak.userid, "联络员"))
    for label in ("通过", "退回", "看链接"):
        answer = await reviewer.presses(card, label)
        assert "只能由审核" in answer and "34" not in answer and "新民镇" not in answer and LINK not in answer
    await corner.office.says("通过 34 新民镇")
    for index, key in enumerate(
        (f"approve:{number}:1", f"agree:{number}:1", f"links:{number}:1", "approve:1:" + "9" * 30)
    ):
        peak.look()
        fields = {
            "MsgType": "event",
            "Event": "template_card_event",
            "EventKey": key,
            "TaskId": "t",
            "ResponseCode": f"c{index}",
        }
        assert await corner.callback(peak.userid, **fields) == 200
        await corner.settle()
        answer = peak.gets()
        assert ("只能由审核" in answer or "不认识这个按钮" in answer) and "34" not in answer, answer


async def test_a_stranger_learns_how_to_be_registered_and_nothing_else(corner: World) -> None:
    stranger = corner.who("沙坪镇")  # on the platform, not on this roster
    for words in ("任务", f"完成 34 {LINK}", "台账", "帮助"):
        answer = await stranger.says(words)
        assert "还没有登记" in answer and "34" not in answer
    await corner.morning("2021-05-25")
    assert stranger.gets_nothing()
    assert await corner.rows("SELECT 1 FROM audit WHERE actor = :who", who=stranger.userid) == []


@pytest.mark.parametrize(
    ("words", "what", "secret"),
    [
        (f"进展 18 名单：张三 {ID_CARD}", "身份证号", ID_CARD),
        (f"进展 18 补贴打到 {BANK_CARD}", "银行卡号", BANK_CARD),
        (f"退回 18 新民镇 请联系 {MOBILE}", "手机号", MOBILE),
        (f"通知 全体 附名单 {ID_CARD[:6]} {ID_CARD[6:14]} {ID_CARD[14:]}", "身份证号", ID_CARD[6:14]),
        (f"完成 34 http://www.cqsdj.gov.cn/list?id={ID_CARD}", "身份证号", ID_CARD),
        ("进展 18 机密★10年 会议纪要", "密级标志", "会议纪要"),
    ],
)
async def test_personal_data_and_secrets_are_refused_and_kept_nowhere(
    corner: World, capfd: pytest.CaptureFixture[str], words: str, what: str, secret: str
) -> None:
    """Not in the answer, not in any table, not in the log; and before it is handled only sealed."""
    person = corner.office
    await corner.restart(duban_roles="web")
    await corner.platform.say(person.userid, words)
    assert len(await corner.rows("SELECT 1 FROM inbox WHERE sealed IS NOT NULL")) == 1
    assert secret not in await kept(corner)

    await corner.restart()
    await corner.settle()
    answer = person.gets()
    assert what in answer and "没有处理" in answer and secret not in answer
    assert await corner.rows("SELECT sealed FROM inbox") == [(None,)]
    everything = await kept(corner)
    assert secret not in everything and ("已隐去" in everything and what in everything)
    assert await corner.rows("SELECT count(*) FROM audit WHERE act IN ('progress', 'return', 'submit')") == [(0,)]
    out, err = capfd.readouterr()
    assert secret not in out + err


async def test_a_file_named_after_a_person_is_refused(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("完成 34")
    answer = await town.sends(f"补贴名单{ID_CARD}.xlsx", b"PK\x03\x04 not really a workbook")
    assert "身份证号" in answer and ID_CARD not in answer
    assert ID_CARD not in await kept(corner)
    assert "待签收" in await town.says("任务 34")
    assert not [path for path in corner.settings.duban_data_dir.rglob("*") if ID_CARD in path.name]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("补贴名单.xlsx", files.xlsx("张三", ID_CARD), "文件里有身份证号"),
        ("会议纪要.docx", files.docx("机密★10年", "会议纪要"), "文件里有密级标志"),
        ("公开情况.pdf", files.pdf(f"call {MOBILE}"), "文件里有手机号"),
        ("名单.csv", f"张三,{BANK_CARD}".encode(), "文件里有银行卡号"),
        ("加密.pdf", files.pdf("x", password="1234"), "文件加了密码"),
        ("年报.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "另存为 .docx"),
        ("炸弹.docx", files.archive({"[Content_Types].xml": b"", "word/document.xml": b" " * 20_000_000}), "内容太多"),
    ],
)
async def test_what_a_file_holds_is_looked_at_before_it_is_kept(
    corner: World, capfd: pytest.CaptureFixture[str], name: str, data: bytes, says: str
) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("完成 34")
    answer = await town.sends(name, data)
    assert says in answer and "没有保存" in answer and "链接" in answer
    assert not [path for path in corner.settings.duban_data_dir.rglob("*") if path.is_file()]
    assert await corner.rows("SELECT 1 FROM evidence") == []
    everything = answer + await kept(corner) + "".join(capfd.readouterr())
    assert not any(secret in everything for secret in (ID_CARD, BANK_CARD, MOBILE, "会议纪要\n"))
    # The question is still open, and a clean file answers it.
    assert "已提交 34" in await town.sends("公开截图.docx", files.docx("咨询电话 023-74501234，已于5月27日公开"))


async def test_nobodys_words_become_a_link_on_somebody_elses_phone(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    bait = '<a href="http://evil.example/">点这里登录</a>'
    await corner.morning("2021-05-25")
    await town.says(f"延期 34 2021-07-10 {bait}")
    await town.says("完成 34")
    await town.sends("<a href=x>截图</a>.docx", files.docx("已公开"))
    await reviewer.says(f"退回 34 新民镇 {bait}")
    await corner.office.says(f"通知 新民镇 {bait}")
    await corner.office.says("确认")
    shown = await town.says("任务 34") + await reviewer.says("任务 34 新民镇")
    assert "点这里登录" in shown
    for phone in (town, reviewer, corner.office):
        everything = [message for message in corner.platform.inbox(phone.userid) if not message.mine]
        assert [m.text for m in everything if "<" in m.text] == []
        assert any("＜a href" in message.text for message in everything)


async def test_a_file_nobody_handed_in_does_not_stay_for_ever(corner: World) -> None:
    town, folder = corner.who("新民镇"), corner.settings.duban_data_dir / "evidence"
    await corner.morning("2021-05-25")
    await town.sends("哪一项的.docx", files.docx("没有说是哪一项"))
    await town.says("取消")
    await town.says("完成 34")
    assert "已提交 34" in await town.sends("公开截图.docx", files.docx("已公开"))
    await town.says("完成 31-1")
    await town.sends("发错了.docx", files.docx("发错了"))
    await town.says("撤回 31-1")
    assert len(list(folder.iterdir())) == 3
    ((used,),) = await corner.rows("SELECT stored_as FROM evidence WHERE name = '公开截图.docx'")
    days = corner.settings.policy.raw_text_days
    await drop_unused(corner.service.store, corner.settings.duban_data_dir, days)
    assert len(list(folder.iterdir())) == 3
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    await drop_unused(corner.service.store, corner.settings.duban_data_dir, days)
    assert [path.name for path in folder.iterdir()] == [used.removeprefix("evidence/")]


async def test_raw_words_are_kept_for_thirty_days(corner: World) -> None:
    """The hourly tidying, at two moments: it runs in real time, for which no story waits."""
    town, service = corner.who("新民镇"), corner.service
    ticker = Ticker(
        service.engine,
        service.store,
        service.lease,
        corner.settings.policy,
        service.clock.now,
        corner.settings.duban_data_dir,
    )
    await town.says("进展 18 方案已经起草")
    async with refusing(corner, "audit", when="NEW.act = 'sign'"):
        await town.says("签收 34")  # fails, and is parked as it came, sealed
    kept_now = "SELECT words, sealed IS NULL FROM inbox ORDER BY id"
    await corner.to("2021-06-24T08:00:00+08:00")
    await ticker._tidy()
    assert await corner.rows(kept_now) == [("进展 18 方案已经起草", True), (None, False)]
    await corner.to("2021-06-24T09:00:00+08:00")
    await ticker._tidy()
    assert await corner.rows(kept_now) == [(None, True), (None, True)]
    assert "方案已经起草" in await town.says("任务 18")  # the item's history is not raw text
