"""Rule 5, escalation: what is late climbs by steps, fairly, and only where the unit was reminded.

The item is 34, due on Monday 2021-05-31. The working days after it are 06-01 (1), 06-03 (3), 06-09 (7) and 06-15 (10):
the Dragon Boat festival is from 06-12 to 06-14.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

from support.world import Phone, World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
Begin = Callable[..., AbstractAsyncContextManager[World]]
DAYS = (
    *("2021-06-01", "2021-06-02", "2021-06-03", "2021-06-04", "2021-06-07", "2021-06-08", "2021-06-09", "2021-06-10"),
    *("2021-06-11", "2021-06-15", "2021-06-16"),
)
OTHERS = ("高峰镇", "桂阳街道", "县政府办公室", "县司法局", "县发展改革委", "县教委")


async def only_the_town_is_late(corner: World) -> None:
    """Everybody else's 34 is done, so that a line about 34 is about 新民镇."""
    for unit in OTHERS:
        await corner.office.says(f"销号 34 {unit} 上线前已公开")


async def mornings(corner: World, days: Iterable[str], *phones: Phone) -> dict[str, list[str]]:
    """Day → what each phone read that morning about 34 of 新民镇."""
    heard = {}
    for day in days:
        for phone in phones:
            phone.look()
        await corner.morning(day)
        heard[day] = [about_34(phone.gets()) for phone in phones]
    return heard


def about_34(words: str) -> str:
    """Each line that names item 34, with its heading; what is only good to know left out."""
    lines, heading = [], ""
    for line in words.split("请知悉：")[0].split("\n"):
        if line.endswith("：") or line.startswith("【"):
            heading = line
        if line.startswith("· 34 ") or ("、34 " in line and line.startswith("· ")):
            lines.append(f"{heading}{line}")
    return "\n".join(lines)


async def test_late_items_climb_after_1_3_7_and_10_working_days(corner: World) -> None:
    town, lead, head = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("新民镇", "单位负责人")
    await only_the_town_is_late(corner)
    await corner.morning("2021-05-31")
    heard = await mornings(corner, DAYS, town, lead, corner.office, head)

    def days_of(person: int) -> list[str]:
        return [day for day, words in heard.items() if words[person]]

    # On 06-08 the town is reminded of 31-1 and reads of 34 beside it; 06-15 tells it of the proposed bulletin.
    assert days_of(0) == ["2021-06-01", "2021-06-03", "2021-06-08", "2021-06-15"]
    assert days_of(1) == ["2021-06-01", "2021-06-03"]
    assert days_of(2) == ["2021-06-03", "2021-06-15"]
    assert days_of(3) == ["2021-06-09"]
    assert "逾期 1 个工作日" in heard["2021-06-01"][0] and "你单位牵头的事项逾期" in heard["2021-06-01"][1]
    assert "新民镇" in heard["2021-06-03"][2] and "逾期 7 个工作日" in heard["2021-06-09"][3]
    # 06-15 is the week's first working day: the weekly list, and the proposal of a bulletin, which a person decides.
    assert "本周清单" in heard["2021-06-15"][2] and "建议考虑通报（由人决定）" in heard["2021-06-15"][2]

    later = await mornings(corner, ["2021-06-18", "2021-06-21", "2021-06-22"], corner.office)
    assert [day for day, (words,) in later.items() if "本周清单" in words] == ["2021-06-21"]
    assert "本周清单" in later["2021-06-21"][0] and "通报" not in later["2021-06-21"][0]


async def test_a_submission_stops_the_clock_and_waits_for_its_lead(corner: World) -> None:
    town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await only_the_town_is_late(corner)
    await corner.morning("2021-06-01")
    assert "逾期" in about_34(lead.gets())
    await town.says(f"完成 34 {LINK}")
    days = ["2021-06-02", "2021-06-03", "2021-06-04", "2021-06-07", "2021-06-08", "2021-06-09"]
    heard = await mornings(corner, days, town, lead, office)
    assert not any(words[0] for words in heard.values())
    assert {day: words[1] for day, words in heard.items() if words[1]} == {
        "2021-06-04": "待审超过时限（1 项）：· 34 法治政府建设年度报告，已等 3 个工作日：新民镇"
    }
    assert {day: words[2] for day, words in heard.items() if words[2]} == {
        "2021-06-08": "牵头单位未审（1 项）：· 34 法治政府建设年度报告，已等 5 个工作日：县司法局（新民镇 报）"
    }


async def test_an_item_returned_after_its_deadline_has_three_working_days_of_grace(corner: World) -> None:
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await only_the_town_is_late(corner)
    await corner.morning("2021-05-31")
    await town.says(f"完成 34 {LINK}")
    await corner.to("2021-06-04T15:00:00+08:00")
    await lead.says("退回 34 新民镇 链接打不开")
    heard = await mornings(corner, ["2021-06-07", "2021-06-08", "2021-06-09", "2021-06-10"], lead, corner.office)
    # 06-07, 06-08 and 06-09 are the grace; 06-10 is stage 1 of what follows.
    assert [day for day, words in heard.items() if words[0]] == ["2021-06-10"]
    assert not any(words[1] for words in heard.values())


async def test_nothing_is_escalated_about_a_unit_that_was_not_reached(corner: World) -> None:
    """Nobody at 桂阳街道 can be reached; the deputy at 新民镇 can, when the first contact cannot."""
    first, deputy = corner.who("新民镇"), corner.who("新民镇", nth=1)
    lonely, lead, office = corner.who("桂阳街道"), corner.who("县司法局", "审核人"), corner.office
    for unit in ("高峰镇", "县政府办公室", "县司法局", "县发展改革委", "县教委"):
        await office.says(f"销号 34 {unit} 上线前已公开")
    corner.platform.unlicensed |= {first.userid, lonely.userid}
    await corner.morning("2021-05-25")
    assert first.gets_nothing() and lonely.gets_nothing()
    assert "34 法治政府" in deputy.gets()  # the same morning
    office.look()

    told: dict[str, list[str]] = {}
    for day in ("2021-05-26", "2021-05-27", "2021-05-28", "2021-05-31", *DAYS[:4]):
        lead.look()
        await corner.morning(day)
        told[day] = [line for line in office.gets().split("\n") if "联系不上" in line]
        assert "桂阳街道" not in about_34(lead.gets())
    assert all(len(lines) <= 1 for lines in told.values())  # one line a day for all such units
    named = [day for day, lines in told.items() if lines and "桂阳街道" in lines[0]]
    assert named and named[0] <= "2021-05-28" and any(day >= "2021-06-01" for day in named)
    assert not any("新民镇" in line for lines in told.values() for line in lines)
    # The deputy was reminded, so the town's item climbs.
    assert "新民镇" in about_34("\n".join(m.text for m in corner.platform.inbox(lead.userid)))


async def test_a_unit_without_any_contact_is_named_to_the_office_and_blamed_nowhere(corner_from: Begin) -> None:
    """桂阳街道 still has a head: reminders are none of theirs, and nothing climbs to them unheard."""
    async with corner_from("2021-05-25T08:50:00", without=("guiyang_wenying",)) as corner:
        lead, office = corner.who("县司法局", "审核人"), corner.office
        await corner.morning("2021-05-25")
        assert "联系不上（没有联络员或消息送不到）：桂阳街道" in office.gets()
        await corner.morning("2021-06-03")
        assert "桂阳街道" not in "\n".join(about_34(m.text) for m in corner.platform.inbox(lead.userid))
        assert "桂阳街道" not in about_34(office.gets())
        await corner.morning("2021-06-10")
        assert corner.who("桂阳街道", "单位负责人").gets_nothing()
        assert "联系不上（没有联络员）：34 法治政府建设年度报告（桂阳街道）" in await office.says("催办 34 桂阳街道")


async def test_after_an_outage_only_the_highest_stage_is_sent(corner: World) -> None:
    town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    head = corner.who("新民镇", "单位负责人")
    await only_the_town_is_late(corner)
    await corner.morning("2021-05-31")
    await corner.stop()
    await corner.start(duban_clock="2021-06-10T08:50:00+08:00")
    heard = await mornings(corner, ["2021-06-10", "2021-06-11"], town, lead, office, head)
    # It is the 8th working day. The head hears of stage 7; nobody gets a line for each stage that was missed.
    assert "逾期 8 个工作日" in heard["2021-06-10"][3]
    assert all(words.count("34 法治政府") == 1 and "逾期 8 个工作日" in words for words in heard["2021-06-10"])
    assert not any(heard["2021-06-11"])
    stages = await corner.rows(
        "SELECT s.key, s.outcome FROM stage s JOIN assignment a ON a.id = s.assignment_id"
        " JOIN unit u ON u.id = a.unit_id JOIN node n ON n.id = a.node_id"
        " WHERE n.code = '34' AND u.name = '新民镇' AND s.key LIKE 'escalate-%'"
    )
    assert dict(stages) == {"escalate-1": "superseded", "escalate-3": "superseded", "escalate-7": "delivered"}


async def test_a_list_loaded_beside_deadlines_already_past_blames_nobody(corner_from: Begin) -> None:
    async with corner_from("2022-01-10T08:50:00") as corner:
        town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
        await corner.morning("2022-01-10")
        assert "34 法治政府" in town.gets()
        lead.look(), office.look()
        await corner.morning("2022-01-28")
        assert town.gets_nothing() and lead.gets_nothing() and office.gets_nothing()


async def test_what_nobody_checks_stays_on_the_offices_weekly_list(corner: World) -> None:
    office = corner.office
    await only_the_town_is_late(corner)
    await corner.who("新民镇").says(f"完成 34 {LINK}")
    days = ["2021-05-28", "2021-06-01", "2021-06-02", "2021-06-07", "2021-06-08", "2021-06-15"]
    heard = await mornings(corner, days, office)
    assert {day: words[0] for day, words in heard.items() if words[0]} == {
        "2021-06-01": "牵头单位未审（1 项）：· 34 法治政府建设年度报告，已等 5 个工作日：县司法局（新民镇 报）",
        "2021-06-07": "本周清单：待审较久（1 项）：· 34 法治政府建设年度报告，已等 9 个工作日：县司法局（新民镇 报）",
        "2021-06-15": "本周清单：待审较久（1 项）：· 34 法治政府建设年度报告，已等 14 个工作日：县司法局（新民镇 报）",
    }
    assert "新民镇" in await office.says("待审")  # what it is sent there for


async def test_a_late_unit_reads_of_its_item_in_every_digest_it_gets_and_gets_none_for_that_alone(
    corner: World,
) -> None:
    town = corner.who("新民镇")
    await only_the_town_is_late(corner)
    await corner.morning("2021-05-31")
    heard = await mornings(corner, ["2021-06-01", "2021-06-03", "2021-06-04", "2021-06-07"], town)
    assert [bool(words[0]) for words in heard.values()] == [True, True, False, False]
    await corner.office.says("催办 34 新民镇")
    await corner.morning("2021-06-08")  # 31-1 has 15 working days left
    digest = town.gets()
    assert "31-1" in digest and "· 34 法治政府建设年度报告，逾期 6 个工作日" in digest


async def test_the_unit_hears_that_a_bulletin_is_proposed(corner: World) -> None:
    town = corner.who("新民镇")
    await only_the_town_is_late(corner)
    await corner.morning("2021-05-31", *DAYS[:-2])
    town.look()
    await corner.morning("2021-06-15")
    said = town.gets()
    assert "逾期 10 个工作日，已提请县政府办公室考虑通报（由人决定）（1 项）：\n· 34 法治政府建设年度报告" in said
