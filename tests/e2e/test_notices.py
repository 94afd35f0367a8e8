"""Notices from the office: who is meant, the attachment, the one reminder, and taking one back."""

from support.world import COUNTY, World

FORM = b"%PDF-1.4 a form to fill in"
TOWNS = len(next(group.members for group in COUNTY.groups if group.name == "各乡镇（街道）"))


async def test_the_office_knows_who_has_not_read_in_three_messages(world: World) -> None:
    await world.to("2021-05-25T09:40:00+08:00")
    office = world.office
    assert f"共 {TOWNS} 人" in await office.says("通知 各乡镇（街道） 请于6月10日前核对联络员名单")
    assert "已排队" in await office.says("确认")
    await world.who("新民镇").says("收到")
    asked = await office.says("上次通知谁没回？")
    assert f"1/{TOWNS} 人已回执" in asked and "高安镇" in asked and "新民镇" not in asked


async def test_a_notice_to_whoever_owes_an_item(corner: World) -> None:
    office, done, owing = corner.office, corner.who("新民镇"), corner.who("高峰镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await done.says("完成 34 http://www.dianjiang.gov.cn/t1.html")
    owing.look()
    preview = await office.says("通知 34未完成的单位 请本周内报送")
    assert "未完成 34 的单位" in preview and "请本周内报送" in preview
    await office.says("确认")
    assert "请本周内报送" in owing.gets() and done.gets_nothing()
    assert "未完成 34 的单位" in await office.says("通知 欠34的 请本周内报送")
    await office.says("取消")
    assert "没有 99 号任务" in await office.says("通知 欠99的 请报送")
    assert "未完成 34 的单位、新民镇" in await office.says("通知 没完成34的、新民镇 请报送")


async def test_a_file_goes_with_the_notice(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    town.look()
    assert "先把文件发到这里" in await office.says("通知 新民镇、高峰镇 请填表 附件")
    assert "通知 对象 内容 附件" in await office.sends("登记表.pdf", FORM)
    preview = await office.says("通知 新民镇、高峰镇 请填表 附件")
    assert "共 2 人" in preview and "附件：登记表.pdf" in preview
    assert town.gets_nothing()
    await office.says("确认")
    first, second = town.look()
    assert (
        "请填表" in first.text and "登记表.pdf" in first.text and (second.kind, second.text) == ("file", "登记表.pdf")
    )
    assert "通知 1" in await town.says("收到")
    assert "1/2 人已回执" in await office.says("未读")
    # Half an hour later the file is no longer the one that is meant.
    await corner.to("2021-05-25T10:31:00+08:00")
    assert "先把文件发到这里" in await office.says("通知 新民镇 请填表 附件")


async def test_who_has_not_answered_is_reminded_once_in_a_digest_that_goes_out_anyway(corner: World) -> None:
    office, town, reader = corner.office, corner.who("新民镇"), corner.who("高峰镇")
    lead = corner.who("县教委")
    await corner.to("2021-05-25T10:00:00+08:00")
    for one in (town, reader, lead):
        await one.says("收到")
    await office.says("通知 新民镇、高峰镇、县教委 请核对联络员名单")
    await office.says("确认")
    await reader.says("收到")
    for one in (town, lead, reader):
        one.look()
    await corner.morning("2021-05-26")  # three working days before the deadline of 34: a digest goes out
    (digest,) = town.look()
    assert "还有 3 个工作日到期" in digest.text and "还没有您的回执" in digest.text and "通知 1：请核对" in digest.text
    assert "回执" not in reader.gets()
    await corner.morning("2021-05-27", "2021-05-28")
    assert "回执" not in town.gets()
    assert "已记回执（通知 1）" in await town.says("收到")


async def test_nobody_gets_a_message_only_to_be_reminded(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("收到")
    await corner.morning("2021-06-01")
    await town.says("完成 34 http://www.dianjiang.gov.cn/t1.html")
    await corner.who("县司法局", "审核人").says("通过 34 新民镇")
    await corner.morning("2021-06-02")
    await office.says("通知 新民镇 请核对联络员名单")
    await office.says("确认")
    town.look()
    await corner.morning("2021-06-03", "2021-06-04")
    assert town.gets_nothing()


async def test_a_digest_that_reminds_is_answered_together_with_its_items(corner: World) -> None:
    """收到 signs what the digest lists and answers the notice it reminds of."""
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await office.says("通知 新民镇 请核对联络员名单")
    await office.says("确认")
    await corner.morning("2021-05-26", "2021-05-27", "2021-05-28")  # unsigned: asked again
    digests = [one for one in town.look() if "还没有您的回执" in one.text]
    assert len(digests) == 1
    answers = await town.says("收到") + await town.says("收到")
    assert "已签收" in answers and "已记回执（通知 1）" in answers


async def test_a_notice_is_taken_back_from_the_phones(corner: World) -> None:
    office, town, other = corner.office, corner.who("新民镇"), corner.who("高峰镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("收到")
    await office.says("通知 新民镇、高峰镇 请于6月31日前报送")
    await office.says("确认")
    card = town.card("6月31日")
    preview = await office.says("撤回 通知 1")
    assert "从 2 人的手机上收回" in preview and "6月31日" in preview
    assert "正在撤回通知 1：2 人" in await office.says("确认")
    assert [m.state for m in corner.platform.inbox(other.userid) if "6月31日" in m.text] == ["recalled"]
    assert "已从 2 人的手机上收回" in await office.says("未读 1")
    # Nobody is asked for a 收到 any more, and a press that was on its way changes nothing.
    assert "没有等您回执" in await town.says("收到")
    await corner.callback(
        town.userid,
        MsgType="event",
        Event="template_card_event",
        EventKey="read:1",
        TaskId=str(card.body["task_id"]),
        ResponseCode="late",
    )
    await corner.settle()
    assert "已由县政府办公室撤回" in town.gets()
    assert "已经撤回过了" in await office.says("撤回通知 1")
    assert "只能由县政府办公室" in await town.says("撤回通知 1")


async def test_after_a_day_a_notice_cannot_be_taken_back(corner: World) -> None:
    office = corner.office
    await corner.to("2021-05-25T10:00:00+08:00")
    await office.says("通知 新民镇 请核对")
    await office.says("确认")
    await corner.to("2021-05-26T10:01:00+08:00")
    assert "超过 24 小时" in await office.says("撤回通知 1")
    assert "还没有发过" not in await office.says("未读")


async def test_what_has_not_left_is_taken_back_too(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-05-25T18:30:00+08:00")
    town.look()
    await office.says("通知 新民镇 请核对")
    await office.says("确认")
    assert "还没发出的 1 人不再发" in await office.says("撤回通知 1")
    await office.says("确认")
    await corner.morning("2021-05-26")
    assert "请核对" not in town.gets()
