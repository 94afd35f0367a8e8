"""Rule 3, time is an argument: working days in Shanghai, quiet hours, and a year nobody knows."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
Begin = Callable[..., AbstractAsyncContextManager[World]]


async def test_at_night_people_are_answered_and_nobody_else_is_disturbed(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T17:31:00+08:00")
    assert "已提交 34" in await town.says(f"完成 34 {LINK}")
    await corner.to("2021-05-26T09:01:00+08:00")
    assert reviewer.gets_nothing()
    await corner.morning("2021-05-26")
    assert "待审" in reviewer.gets()


async def test_nothing_is_sent_on_days_off_and_days_worked_instead_are_working_days(corner_from: Begin) -> None:
    """Sunday 2021-09-26 is worked for the National Day holiday, 2021-10-01 to 10-07."""
    async with corner_from("2021-09-24T18:00:00") as corner:
        town, reviewer = corner.who("新民镇"), corner.who("县政府办公室", "审核人")
        await corner.morning("2021-09-25")
        assert town.gets_nothing()
        await corner.morning("2021-09-26")
        assert "新交办" in town.gets()
        await corner.to("2021-10-02T10:00:00+08:00")
        reviewer.look()
        assert "已提交 31-2" in await town.says(f"完成 31-2 {LINK}")
        await corner.to("2021-10-08T09:01:00+08:00")
        assert town.gets_nothing() and reviewer.gets_nothing()
        await corner.morning("2021-10-08")
        assert "待审" in reviewer.gets()


async def test_a_deadline_on_a_sunday_is_reminded_of_on_the_friday_before_in_one_line(corner_from: Begin) -> None:
    """31-2, due 2021-10-31."""
    async with corner_from("2021-10-22T08:50:00") as corner:
        town, lead = corner.who("新民镇"), corner.who("县政府办公室", "审核人")
        await corner.morning("2021-10-22")
        await town.says("签收 31-2")
        heard: dict[str, str] = {}
        for day in ("2021-10-25", "2021-10-26", "2021-10-27", "2021-10-28", "2021-10-29", "2021-11-01", "2021-11-02"):
            await corner.morning(day)
            heard[day] = "\n".join(line for line in town.gets().split("\n") if "31-2" in line)
            if day == "2021-10-29":
                assert "到期日为休息日，在此前最后一个工作日提醒" in await town.says("为什么")
        assert [day for day, lines in heard.items() if lines] == ["2021-10-27", "2021-10-29", "2021-11-01"]
        assert heard["2021-10-29"].count("31-2") == 1
        # The deadline stays as stated, and late is counted from the first working day after it.
        assert "时限 2021-10-31" in await town.says("任务 31")
        assert "逾期 2 个工作日" in await town.says("任务 31")
        assert "逾期" in lead.gets()


async def test_a_row_without_a_date_of_its_own_is_due_on_the_report_date(corner: World) -> None:
    assert "时限 2021-12-31" in await corner.who("新民镇").says("任务 18")
    assert "时限 2021-05-31" in await corner.who("新民镇").says("任务 34")


async def test_people_read_shanghai_time_and_the_store_keeps_utc(corner: World) -> None:
    await corner.to("2021-05-26T07:30:00+08:00")  # still the 25th in UTC
    town = corner.who("新民镇")
    await town.says("签收 34")
    assert "2021-05-26 07:30" in await town.says("任务 34")
    ((stored,),) = await corner.rows("SELECT signed_at FROM assignment WHERE signed_at IS NOT NULL")
    moment = datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored
    assert moment == datetime(2021, 5, 25, 23, 30, tzinfo=UTC)
    if isinstance(stored, str):
        assert stored.startswith("2021-05-25 23:30")


async def test_a_year_the_calendar_does_not_know_is_a_failure_everybody_sees(corner_from: Begin) -> None:
    async with corner_from("2027-01-05T08:50:00") as corner:
        async with corner.http.get(f"{corner.bot_url}/readyz") as answer:
            checks = {check["name"]: check for check in (await answer.json())["checks"]}
            assert answer.status == 503
        assert not checks["工作日历"]["ok"] and "2027" in checks["工作日历"]["detail"]
        # Nothing is sent on a day that may be a holiday, and whoever asks is told why there is no answer.
        await corner.morning("2027-01-06")
        assert corner.platform.state()["sent"] == 0
        town = corner.who("新民镇")
        assert "还没有 2027 年的放假安排" in await town.says(f"完成 34 {LINK}")
        assert await corner.rows("SELECT count(*) FROM assignment WHERE state <> 'dispatched'") == [(0,)]


async def test_only_the_office_sends_at_night_and_only_at_once_by_its_own_word(corner: World) -> None:
    await corner.to("2021-05-25T20:00:00+08:00")
    office, town = corner.office, corner.who("新民镇")
    town.look()
    assert "5月26日 09:02" in await office.says("通知 新民镇 请核对联络员名单")
    await office.says("确认")
    assert town.gets_nothing()
    assert "立即发出" in await office.says("通知 新民镇 立即 今晚有暴雨，请值守")
    assert town.gets_nothing()  # not before somebody has said 确认
    await office.says("确认")
    assert "今晚有暴雨" in town.gets()
    ((after,),) = await corner.rows("SELECT after FROM audit WHERE act = 'notice' AND words LIKE '%暴雨%'")
    assert "true" in str(after).lower() and "emergency" in str(after)
    assert "只能由县政府办公室" in await town.says("通知 全体 立即 大家好")
    await corner.morning("2021-05-26")
    assert "请核对联络员名单" in town.gets()


async def test_what_missed_its_morning_waits_for_the_next_one(corner: World) -> None:
    """A platform away from 09:02 until the evening: nothing leaves at night, and tomorrow's digest says it all."""
    town = corner.who("新民镇")
    corner.platform.faults.plant({"api": "message/send", "status": 500, "times": 10_000})
    await corner.to("2021-05-25T17:29:00+08:00")
    town.gets_nothing()
    corner.platform.faults.clear()
    await corner.to("2021-05-25T22:00:00+08:00")
    town.gets_nothing()
    await corner.to("2021-05-26T08:59:00+08:00")
    town.gets_nothing()
    await corner.to("2021-05-26T09:20:00+08:00")
    assert "34 法治政府建设年度报告" in town.gets()
