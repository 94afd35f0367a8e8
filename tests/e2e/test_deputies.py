"""A角 and B角 (DESIGN §2): who steps in for a first contact that cannot be reached, and with what."""

from support.world import World


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
