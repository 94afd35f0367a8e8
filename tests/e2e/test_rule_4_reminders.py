"""Rule 4, reminders: one message a morning, at the right stages, of what is still due when it leaves."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, time, timedelta

from support.world import CORNER, World, roster_lines

from bot.domain.calendar import WorkCalendar, local

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
Begin = Callable[..., AbstractAsyncContextManager[World]]


def working_days(first: str, last: str) -> list[str]:
    day, days = date.fromisoformat(first), []
    while day <= date.fromisoformat(last):
        if WorkCalendar().is_workday(day):
            days.append(day.isoformat())
        day += timedelta(days=1)
    return days


async def test_the_unit_hears_of_a_deadline_15_7_3_and_1_working_days_before_and_on_the_day(corner: World) -> None:
    """31-1, due 2021-06-30."""
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("签收 31-1")
    town.look()
    heard = {}
    for day in working_days("2021-05-26", "2021-06-30"):
        await corner.morning(day)
        heard[day] = "31-1" in town.gets()
    expected = ["2021-06-08", "2021-06-21", "2021-06-25", "2021-06-29", "2021-06-30"]
    assert [day for day, mentioned in heard.items() if mentioned] == expected


async def test_an_unsigned_item_is_asked_for_once(corner: World) -> None:
    town, heard = corner.who("高峰镇"), {}
    await corner.morning("2021-05-25")
    assert "18 多方式开展政策解读" in town.gets()
    for day in working_days("2021-05-26", "2021-06-07"):
        await corner.morning(day)
        heard[day] = town.gets()
    assert [day for day, words in heard.items() if "18 多方式" in words] == ["2021-05-28"]
    assert "尚未签收" in heard["2021-05-28"]


async def test_one_message_a_morning_whatever_roles_a_person_has(corner_from: Begin) -> None:
    """石维新 is 县办 and reviewer of 县政府办公室, the lead of 31-1, due 2021-06-30: three working days later what
    is late is news for the lead as well as for the office."""
    everybody = {line.userid for line in roster_lines(CORNER.people_path)}
    async with corner_from("2021-06-28T08:50:00") as corner:
        await corner.to("2021-07-05T09:01:00+08:00")
        for userid in everybody:
            corner.phone(userid).look()
        await corner.morning("2021-07-05")
        told = {userid: corner.phone(userid).look() for userid in everybody}
        both, office = corner.who("县政府办公室", "县办", 1), corner.office
    assert all(len(messages) <= 1 for messages in told.values())
    for person in (both, office):
        (digest,) = told[person.userid]
        assert "31-1 " in digest.text and digest.text.count("高峰镇") == 1  # once, though for two reasons
    for message in (message for messages in told.values() for message in messages):
        sent = local(message.at).time()
        assert time(9, 2) <= sent <= time(9, 15) and sent.minute % 30


async def test_on_the_first_morning_of_the_whole_list_what_does_not_fit_is_counted(world: World) -> None:
    await world.morning("2021-05-25")
    inboxes = [world.platform.inbox(line.userid) for line in roster_lines(CORNER.people_path)]
    digests = [inbox[-1] for inbox in inboxes if inbox]
    assert len(digests) == 46 and all(len(inbox) <= 1 for inbox in inboxes)  # 48 units, of which 46 owe something
    # Asked of the outbox: the platform cuts what is longer without a word.
    sizes = [len(words.encode()) for (words,) in await world.rows("SELECT words FROM outbox WHERE kind = 'digest'")]
    assert len(sizes) == 46 and max(sizes) <= 2048
    town = world.who("新民镇")
    first = town.gets()
    # Most urgent first; all 27 items of the town are named in the message or counted at its end.
    assert first.index("34 法治政府") < first.index("31-1") < first.index("31-2") < first.index("18 ")
    left = int(first.split("另有 ")[1].split(" 项，回复 任务")[0]) if "另有" in first else 0
    assert len(re.findall(r"(?:· |、)\d+(?:-\d)? ", first)) + left == 27
    listed = await town.says("任务")
    assert "待办 27 项" in listed
    assert listed.index("34 法治政府") < listed.index("31-1") < listed.index("31-2") < listed.index("18 ")


async def test_what_is_done_put_off_or_stopped_is_not_reminded_of(corner: World) -> None:
    """Three endings on the working day before 34 is due: none of these towns is reminded of it on the day."""
    town, other, third = corner.who("新民镇"), corner.who("高峰镇"), corner.who("桂阳街道")
    reviewer, office = corner.who("县司法局", "审核人"), corner.office
    await corner.morning("2021-05-28")
    assert all("34 法治政府" in phone.gets() for phone in (town, other, third))
    await town.says(f"完成 34 {LINK}")
    await other.says("延期 34 2021-07-30 等市里的样本")
    assert "已同意" in await reviewer.says("同意 34 高峰镇")
    assert "已中止" in await office.says("中止 34 桂阳街道 网页正在搬家")
    for phone in (town, other, third):
        phone.look()
    await corner.morning("2021-05-31")
    assert town.gets_nothing()
    # What became of it is good to know, and said once.
    assert other.gets().split("\n")[1:] == ["请知悉：", "· 34 法治政府建设年度报告 的延期申请：同意，新时限 2021-07-30"]
    assert third.gets().split("\n")[1:] == ["请知悉：", "· 34 法治政府建设年度报告 已中止：网页正在搬家"]


async def test_what_is_done_between_the_planning_and_the_sending_is_left_out(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("签收 34")
    await corner.to("2021-05-28T09:02:00+08:00")
    ((planned,),) = await corner.rows(
        "SELECT count(*) FROM outbox WHERE key = :key AND state = 'pending'", key=f"digest:2021-05-28:{town.userid}"
    )
    assert planned == 1, "the digest must be planned and wait for its minute for this story"
    await town.says(f"完成 34 {LINK}")
    await corner.morning("2021-05-28")
    later = town.gets()
    assert "尚未签收" in later and "34 法治政府" not in later


async def test_before_a_retry_the_state_is_checked_again(corner: World) -> None:
    """The first attempt fails, so the words are frozen; by the second there is nothing left to say."""
    await corner.morning("2021-05-25")
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await town.says(f"完成 34 {LINK}")
    reviewer.look()
    corner.platform.faults.plant({"api": "message/send", "errcode": -1, "times": 2})
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert await corner.rows("SELECT state FROM outbox WHERE key LIKE 'returned:%'") == [("pending",)]
    corner.platform.faults.clear()
    await town.says(f"完成 34 {LINK}")
    await corner.to("2021-05-25T12:00:00+08:00")
    assert await corner.rows("SELECT state FROM outbox WHERE key LIKE 'returned:%'") == [("cancelled",)]
    assert not any("【退回】" in message.text for message in corner.platform.inbox(town.userid))


async def test_the_first_submission_is_told_at_once_and_the_next_ones_wait(corner: World) -> None:
    await corner.morning("2021-05-25")
    reviewer = corner.who("县司法局", "审核人")
    for unit in ("新民镇", "高峰镇", "桂阳街道"):
        await corner.who(unit).says(f"完成 34 {LINK}")
    assert [message.text.split("\n")[1] for message in reviewer.look()] == ["新民镇 已报完成"]
    queue = await reviewer.says("待审")
    assert all(unit in queue for unit in ("新民镇", "高峰镇", "桂阳街道"))
    await corner.morning("2021-05-26")
    digest = reviewer.gets()
    assert "高峰镇" in digest and "桂阳街道" in digest and "新民镇" not in digest

    # An empty queue again: the next one is told at once.
    await reviewer.says("通过 34 新民镇、高峰镇、桂阳街道")
    reviewer.look()
    await corner.who("县教委").says(f"完成 34 {LINK}")
    assert "县教委" in reviewer.gets()


async def test_what_is_only_good_to_know_waits_for_the_morning(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await town.says(f"完成 34 {LINK}")
    await reviewer.says("通过 34 新民镇")
    await corner.to("2021-05-25T17:00:00+08:00")
    assert town.gets_nothing()
    await corner.morning("2021-05-26")
    assert "34 法治政府建设年度报告 已通过审核，销号" in town.gets()
    await corner.morning("2021-05-27")
    assert "已通过审核" not in town.gets()


async def test_what_came_overnight_is_one_message_with_the_morning(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await town.says(f"完成 34 {LINK}")
    await corner.to("2021-05-27T19:00:00+08:00")
    town.look()
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert town.gets_nothing()
    await corner.morning("2021-05-28")
    (digest,) = town.look()
    assert digest.text.startswith("【督办晨报】5月28日") and "链接打不开" in digest.text and "尚未签收" in digest.text
    # 34 is due on the next working day: its reminder and the return are one line.
    assert digest.text.count("34 法治政府") == 1 and "还有 1 个工作日到期" in digest.text


async def test_an_item_that_asks_somebody_to_act_is_told_at_once(corner: World) -> None:
    await corner.morning("2021-05-25")
    town, reviewer, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await town.says("延期 34 2021-06-18 等市里的样本")
    assert "申请延期" in reviewer.gets() and "申请延期" in office.gets()
    await town.says(f"完成 34 {LINK}")
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert "【退回】34" in town.gets()
    await reviewer.says("催办 34 高峰镇")
    assert "【催办】" in corner.who("高峰镇").gets()


async def test_why_names_the_rule_behind_the_last_message(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-28")
    answer = await town.says("为什么")
    assert "规则4" in answer and "前1个工作日" in answer
