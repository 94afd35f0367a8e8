"""Contacts (DESIGN §2): who steps in for an A角 that cannot be reached, and one person who is contact of two units."""

from support.world import Phone, World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def test_a_deputy_gets_the_units_part_of_a_digest_and_nothing_else(corner: World) -> None:
    """The first contact of 新民镇 is also a contact of 高峰镇, reviewer of 县司法局 and head at 桂阳街道."""
    many, town, peak = corner.who("新民镇"), corner.who("新民镇", nth=1), corner.who("高峰镇", nth=1)
    guiyang, office = corner.who("桂阳街道"), corner.office
    await corner.roster(
        ("新民镇", "王娟", many.userid, "联络员"),
        ("新民镇", "汤浩然", town.userid, "联络员"),
        ("高峰镇", "王娟", many.userid, "联络员"),
        ("高峰镇", "丁继红", peak.userid, "联络员"),
        ("桂阳街道", "文颖", guiyang.userid, "联络员"),
        ("桂阳街道", "王娟", many.userid, "单位负责人"),
        ("县司法局", "王娟", many.userid, "审核人"),
    )
    await corner.morning("2021-05-25", "2021-05-31")
    # A submission for the reviewer's queue that is not told at once, and one item each that the office closes.
    await office.says("销号 18 新民镇 上线前已办")
    await corner.to("2021-06-01T08:30:00+08:00")
    await guiyang.says("完成 18")
    await guiyang.says("签收 19")
    for phone in (many, town, peak):
        phone.look()
    corner.platform.unlicensed.add(many.userid)
    await corner.morning("2021-06-01")
    assert many.gets_nothing()

    of_town, of_peak = town.gets(), peak.gets()
    assert "· 34 法治政府建设年度报告，逾期 1 个工作日" in of_town and of_town.count("逾期 1 个工作日") == 1
    assert "· 34 法治政府建设年度报告，逾期 1 个工作日" in of_peak and of_peak.count("逾期 1 个工作日") == 1
    for words in (of_town, of_peak):
        assert not any(theirs in words for theirs in ("桂阳街道", "牵头", "待审", "请知悉", "本单位逾期")), words
    # Nobody was told what the lead was to hear: that stage is not delivered.
    lead_stage = await corner.rows("SELECT DISTINCT outcome FROM stage WHERE key = 'escalate-1'")
    assert ("delivered",) not in lead_stage


async def test_a_returned_item_that_waited_for_the_morning_reaches_the_deputy(corner: World) -> None:
    first, deputy = corner.who("新民镇"), corner.who("新民镇", nth=1)
    reviewer = corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await first.says("完成 34 http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html")
    await corner.to("2021-05-25T19:00:00+08:00")
    await reviewer.says("退回 34 新民镇 链接打不开")
    corner.platform.unlicensed.add(first.userid)
    deputy.look()
    await corner.morning("2021-05-26")
    assert first.gets_nothing()
    assert "理由：链接打不开" in deputy.gets()


async def test_a_notice_goes_on_to_the_deputy_who_answers_it(corner: World) -> None:
    first, deputy, office = corner.who("新民镇"), corner.who("新民镇", nth=1), corner.office
    await corner.morning("2021-05-25")
    corner.platform.unlicensed.add(first.userid)
    first.look(), deputy.look()
    await office.says("通知 新民镇 请核对联络员名单")
    await office.says("确认")
    await corner.to("2021-05-25T09:20:00+08:00")
    assert first.gets_nothing()
    assert "请核对联络员名单" in deputy.card("通知 1").text
    unread = await office.says("未读")
    assert "0/1 人已回执" in unread and "汤浩然" in unread
    assert "已记回执（通知 1）" in await deputy.presses(deputy.card("通知 1"), "收到")
    assert "通知 1 已全部收到（1 人）" in await office.says("未读")


async def test_a_notice_to_a_person_by_role_is_not_handed_on(corner: World) -> None:
    head, contact, office = corner.who("新民镇", "单位负责人"), corner.who("新民镇"), corner.office
    await corner.morning("2021-05-25")
    corner.platform.unlicensed.add(head.userid)
    head.look(), contact.look()
    await office.says("通知 新民镇单位负责人 请参加会议")
    await office.says("确认")
    await corner.to("2021-05-25T09:20:00+08:00")
    assert contact.gets_nothing()
    assert "代鑫" in await office.says("未读")


async def two_hats(corner: World) -> Phone:
    """One contact for 新民镇 and 高峰镇."""
    phone = corner.who("新民镇")
    await corner.roster(("新民镇", "王娟", phone.userid, "联络员"), ("高峰镇", "王娟", phone.userid, "联络员"))
    return phone


async def test_a_contact_of_two_units_is_asked_for_which_and_answers_by_name(corner: World) -> None:
    both = await two_hats(corner)
    asked = await both.says(f"完成 34 {LINK}")
    assert "或回复单位" in asked
    assert "34 法治政府建设年度报告" in asked and "新民镇" in asked and "高峰镇" in asked
    assert "已提交 34 法治政府建设年度报告（高峰镇）" in await both.says("高峰镇")
    # Of one unit it is done now, so the number alone is clear.
    assert "已签收 34 法治政府建设年度报告（新民镇）" in await both.says("签收 34")
    states = "SELECT u.name, a.state FROM assignment a JOIN unit u ON u.id = a.unit_id JOIN node n ON n.id = a.node_id"
    found = await corner.rows(f"{states} WHERE n.code = '34' AND u.name IN ('新民镇', '高峰镇') ORDER BY a.state")
    assert found == [("新民镇", "in_progress"), ("高峰镇", "submitted")]


async def test_a_contact_of_two_units_names_the_unit_in_the_command(corner: World) -> None:
    both = await two_hats(corner)
    assert "（新民镇）" in await both.says(f"完成 34 新民镇 {LINK}")
    assert "已签收 18 多方式开展政策解读（高峰镇）" in await both.says("签收 18 高峰镇")
    assert "（高峰镇）" in await both.says("延期 34 高峰镇 2021-07-10 领导还没签")
    assert "不能代桂阳街道操作" in await both.says("签收 18 桂阳街道")
    assert "新民镇、高峰镇 都有这一项" in await both.says("不涉及 31-2 没有这项职责")
    # A name beside a progress says for which unit it is, another unit's is part of the words.
    await both.says("进展 19 新民镇 已开通热线")
    assert "进展：已开通热线" in await corner.office.says("任务 19 新民镇")
    await both.says("进展 19 桂阳街道 那边已开通")
    await both.says("高峰镇")
    assert "进展：桂阳街道 那边已开通" in await corner.office.says("任务 19 高峰镇")


async def test_a_bare_link_of_a_contact_of_two_units_is_asked_about_line_by_line(corner: World) -> None:
    both = await two_hats(corner)
    asked = await both.says(LINK)
    labels = [button.text for button in both.card("哪一项").buttons]
    assert len(labels) == len(set(labels)) and "34 新民镇" in labels and "另有" in asked
    asked = await both.says("34")
    assert "或回复单位" in asked and len(both.card("哪一项").buttons) == 3
    assert "已提交 34 法治政府建设年度报告（新民镇）" in await both.says("新民镇")
    await both.says(LINK)
    assert "已提交 34 法治政府建设年度报告（高峰镇）" in await both.says("34 高峰镇")


async def test_the_digest_of_a_contact_of_two_units_names_the_unit(corner: World) -> None:
    both = await two_hats(corner)
    await corner.morning("2021-05-25")
    lines = [line for line in both.gets().split("\n") if "法治政府" in line]
    assert (
        sum("34 新民镇 法治政府" in line for line in lines) == sum("34 高峰镇 法治政府" in line for line in lines) == 1
    )
