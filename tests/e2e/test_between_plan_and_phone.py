"""A morning is planned at 09:02 and read minutes later: what happens in between (rules 4 and 5)."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
STAGES = (
    "SELECT s.key, s.outcome FROM stage s JOIN assignment a ON a.id = s.assignment_id JOIN unit u ON u.id = a.unit_id"
    " JOIN node n ON n.id = a.node_id WHERE n.code = '34' AND u.name = '新民镇' AND s.key NOT LIKE 'dispatch%'"
)


async def stages(corner: World) -> dict[str, str]:
    return {row.key: row.outcome for row in await corner.rows(STAGES)}


async def test_a_line_that_fell_out_of_a_digest_does_not_count_as_told(corner: World) -> None:
    """Handed in before the digest left, and taken back: the unit was not reminded, and the next morning it is."""
    town, office = corner.who("新民镇"), corner.office
    await corner.morning("2021-05-25", "2021-05-27")
    town.look()
    await corner.to("2021-05-28T09:02:00+08:00")
    assert (await stages(corner))["remind-1"] == "planned"
    await office.says(f"完成 34 新民镇 {LINK}")
    await corner.morning("2021-05-28")
    read = town.gets()
    assert "【督办晨报】5月28日" in read and "· 34 " not in read  # it has items to sign
    assert "remind-1" not in await stages(corner)
    assert "已撤回" in await office.says("撤回 34 新民镇")
    await corner.morning("2021-05-31")
    assert "34 法治政府" in town.gets()
    found = await stages(corner)
    assert (found["remind-1"], found["remind-0"]) == ("superseded", "delivered")


async def test_a_digest_that_was_dropped_leaves_nothing_planned(corner: World) -> None:
    town, office = corner.who("新民镇"), corner.office
    await corner.morning("2021-05-25")
    await town.says("签收 全部")
    await town.says("确认")
    await corner.morning("2021-05-27")
    town.look()
    await corner.to("2021-05-28T09:02:00+08:00")
    await office.says(f"完成 34 新民镇 {LINK}")
    await corner.morning("2021-05-28")
    assert town.gets_nothing()
    assert "planned" not in (await stages(corner)).values()
    await office.says("撤回 34 新民镇")
    await corner.morning("2021-05-31")
    assert "34 法治政府" in town.gets()


async def test_an_item_given_more_time_after_the_plan_is_not_called_late(corner: World) -> None:
    town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await corner.morning("2021-05-31")
    await town.says("延期 34 2021-06-21 材料还在会签")
    town.look()
    await corner.to("2021-06-01T09:02:00+08:00")
    assert (await stages(corner))["overdue-1"] == "planned"
    assert "同意" in await office.says("同意 34 新民镇")
    before = len(corner.platform.inbox(lead.userid))
    await corner.morning("2021-06-01")
    assert "逾期" not in town.gets()
    about_late = [message.text for message in corner.platform.inbox(lead.userid)[before:] if "逾期" in message.text]
    assert not any("新民镇" in text for text in about_late)
    assert {"overdue-1", "escalate-1"}.isdisjoint(await stages(corner))


async def test_a_deputy_with_a_digest_of_their_own_gets_no_second_one(corner: World) -> None:
    """The deputy of 新民镇 is the first contact of 高峰镇; what is handed on joins that digest, or waits a day."""
    first, deputy = corner.who("新民镇"), corner.who("新民镇", nth=1)
    await corner.roster(
        ("新民镇", "王娟", first.userid, "联络员"),
        ("新民镇", "汤浩然", deputy.userid, "联络员"),
        ("高峰镇", "汤浩然", deputy.userid, "联络员"),
    )
    corner.platform.unlicensed.add(first.userid)
    await corner.morning("2021-05-25", "2021-05-26")
    digests = [m for m in corner.platform.inbox(deputy.userid) if "督办晨报" in m.text]
    days = [m.at.date() for m in digests]
    assert len(set(days)) == len(days)
    assert any("34 新民镇 法治政府" in m.text for m in digests) or sum("34 法治政府" in m.text for m in digests) == 2
    assert any("高峰镇" in m.text for m in digests) or len(digests) == 2


async def test_who_moved_to_another_unit_hears_nothing_of_the_old_one(corner: World) -> None:
    """A new roster came in the evening: what waited for the morning goes to who acts for the unit now (rule 8)."""
    gone, now, office = corner.who("新民镇"), corner.who("新民镇", nth=1), corner.office
    await corner.morning("2021-05-25")
    await gone.says(f"完成 34 {LINK}")
    await corner.to("2021-05-25T18:00:00+08:00")
    await office.says("退回 34 新民镇 链接打不开")
    await corner.roster(("新民镇", "汤浩然", now.userid, "联络员"), ("高峰镇", "王娟", gone.userid, "联络员"))
    gone.look(), now.look()
    await corner.morning("2021-05-26")
    assert "链接打不开" in now.gets()
    assert all("链接打不开" not in message.text and "新民镇" not in message.text for message in gone.look())


async def test_who_moved_between_the_plan_and_the_phone_gets_no_line_of_the_old_unit(corner: World) -> None:
    gone, now = corner.who("新民镇"), corner.who("新民镇", nth=1)
    await corner.morning("2021-05-25", "2021-05-27")
    gone.look(), now.look()
    await corner.to("2021-05-28T09:02:00+08:00")
    assert (await stages(corner))["remind-1"] == "planned"
    await corner.roster(("新民镇", "汤浩然", now.userid, "联络员"), ("高峰镇", "王娟", gone.userid, "联络员"))
    await corner.morning("2021-05-28")
    assert gone.gets_nothing()
    assert "remind-1" not in await stages(corner)
    await corner.morning("2021-05-31")
    assert "34 法治政府" in now.gets()
