"""A notice to thousands: calls for up to a thousand people, progress, 停发, and each person's own history after all."""

from datetime import timedelta

from sqlalchemy import insert
from support.world import COUNTY_POLICY, World

from bot.store.tables import Member, Post
from sandbox.people import Person

PEOPLE = 2_300


async def crowd(world: World, unknown: int = 0) -> list[str]:
    """That many more contacts of 新民镇 on the roster; the platform does not know the first `unknown` of them."""
    userids = [f"crowd_{number}" for number in range(PEOPLE)]
    for userid in userids[unknown:]:
        world.platform.contacts.add(Person(userid, userid, "新民镇", "新民镇 · 联络员"))
    (unit,) = await world.rows("SELECT id FROM unit WHERE name = '新民镇'")
    async with world.service.store.write() as session:
        await session.execute(insert(Member), [{"key": one, "userid": one, "name": one} for one in userids])
        posts = [
            {"member_key": one, "role": "contact", "unit_id": unit.id, "unit": "新民镇", "position": 1_000 + place}
            for place, one in enumerate(userids)
        ]
        await session.execute(insert(Post), posts)
    return userids


async def test_everybody_gets_it_once_in_three_calls(corner: World) -> None:
    userids = await crowd(corner, unknown=2)
    await corner.to("2021-05-25T09:30:00+08:00")
    before = corner.platform.state()["sent"]
    office = corner.office
    preview = await office.says("通知 全体 请核对联络员名单")
    everybody = PEOPLE + int((await corner.rows("SELECT count(*) FROM member WHERE key NOT LIKE 'crowd%'"))[0][0]) - 1
    assert f"{everybody} 人" in preview
    await office.says("确认")
    await corner.to("2021-05-25T09:35:00+08:00")
    calls = await corner.rows("SELECT state FROM outbox WHERE kind = 'broadcast'")
    assert [row.state for row in calls] == ["sent"] * 3
    for userid in (userids[2], userids[1_500], userids[-1], corner.who("高峰镇").userid):
        assert sum("请核对联络员名单" in message.text for message in corner.platform.inbox(userid)) == 1
    sent = corner.platform.state()["sent"] - before
    assert everybody - 2 <= sent <= everybody + 6  # the office's answers are messages, too

    # Whom the platform does not know is a failed row of their own.
    failed = await corner.rows("SELECT member_key FROM outbox WHERE kind = 'text' AND state = 'failed'")
    assert {row.member_key for row in failed} == {"crowd_0", "crowd_1"}
    reader = corner.phone(userids[1_500])
    assert "通知 1" in await reader.says("收到")
    assert "请核对联络员名单" in await reader.says("为什么")
    unread = await office.says("未读")
    assert "正在发送" not in unread and f"{everybody - 1} 人未回" in unread


async def test_a_broadcast_that_was_not_sent_yet_can_be_stopped(corner: World) -> None:
    await crowd(corner)
    await corner.to("2021-05-25T18:30:00+08:00")  # it leaves in the morning
    office = corner.office
    await office.says("通知 全体 请核对联络员名单")
    await office.says("确认")
    progress = await office.says("未读")
    assert "正在发送：已发 0 人" in progress and "停发 1" in progress
    assert "0 人已经发出" in await office.says("停发")
    await corner.to("2021-05-26T09:50:00+08:00")
    assert await corner.rows("SELECT state FROM outbox WHERE kind = 'broadcast' AND state <> 'cancelled'") == []
    assert "没有可以停的" in await office.says("停发 1")
    assert "只能由县政府办公室" in await corner.who("高峰镇").says("停发 1")


async def test_whoever_is_over_their_limit_gets_it_a_little_later(corner: World) -> None:
    userids = await crowd(corner)
    await corner.to("2021-05-25T09:30:00+08:00")
    busy = corner.phone(userids[7])
    for _ in range(20):
        await corner.platform.say(busy.userid, "帮助")
    await corner.settle()
    busy.look()
    office = corner.office
    await office.says("通知 全体 请核对联络员名单")
    await office.says("确认")
    busy.gets_nothing()
    assert corner.phone(userids[8]).gets()
    await corner.to("2021-05-25T09:32:00+08:00")
    assert busy.gets().count("请核对联络员名单") == 1
    assert corner.platform.state()["discarded"] == 0


async def confirmed_by_hand(world: World) -> None:
    """The office has confirmed a notice to everybody, nothing has left, and from now on nothing does by itself."""
    await world.to("2021-05-25T09:30:00+08:00")
    await world.office.says("通知 全体 请核对联络员名单")
    await world.restart(duban_roles="web,worker")
    await world.platform.say(world.office.userid, "确认")
    await world.service.worker.drain()
    await world.execute("UPDATE outbox SET state = 'cancelled' WHERE lane = 0 AND state = 'pending'")


async def test_a_call_made_anew_holds_others_back_and_loses_nobody(corner: World) -> None:
    """Refused for longer than the platform tells repeats, it is made anew, and somebody else is over their limit."""
    userids = await crowd(corner)
    await confirmed_by_hand(corner)
    delivery, clock = corner.service.delivery, corner.service.clock
    assert await corner.service.lease.renew()
    await delivery._take_over()

    def wrote_much_to(userid: str) -> None:
        for _ in range(COUNTY_POLICY.member_per_hour):
            delivery._claims._members.took(userid, clock.now())

    corner.platform.faults.plant({"api": "message/send", "errcode": -1, "times": 100_000})
    wrote_much_to(userids[7])
    await delivery.drain()
    clock.jump(clock.now() + timedelta(hours=4))  # type: ignore[union-attr]
    corner.platform.faults.clear()
    wrote_much_to(userids[8])
    await delivery.drain()
    await corner.restart()
    await corner.to("2021-05-25T14:40:00+08:00")
    for userid in (userids[7], userids[8], userids[9]):
        assert sum("请核对联络员名单" in message.text for message in corner.platform.inbox(userid)) == 1, userid


async def test_a_call_that_failed_is_told_as_the_people_in_it(corner: World) -> None:
    await crowd(corner)
    await confirmed_by_hand(corner)
    corner.platform.faults.plant({"api": "message/send", "errcode": 45002})
    await corner.service.delivery.drain()
    await corner.restart()
    assert "近 7 天发送失败 1000 条" in await corner.office.says("统计")
