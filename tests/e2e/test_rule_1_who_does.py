"""Rule 1, who does: groups expand, a drawn line means the leads, and what nobody knows is asked, never guessed."""

import io
from collections import Counter

from openpyxl import load_workbook
from support.world import Phone, World

DEPARTMENTS, TOWNS = 20, 26


async def ledger_of(person: Phone) -> list[dict[str, object]]:
    """What is in the 台账 this person is sent."""
    person.look()
    await person.says("台账")
    file = [m for m in person.world.platform.inbox(person.userid) if m.kind == "file"][-1]
    data = person.world.platform.media.get(file.body["media_id"]).data
    header, *lines = load_workbook(io.BytesIO(data), read_only=True)["台账"].iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


async def test_every_unit_has_its_own_items_and_unknown_ones_wait(world: World) -> None:
    rows = await ledger_of(world.office)
    units = Counter(str(row["编号"]) for row in rows if row["责任单位"])
    row_53 = units.pop("53")
    assert (sum(units.values()), row_53) == (1034, DEPARTMENTS + TOWNS)

    # 34 names two groups, 4 one of them, 31 has two deadlines, 24 names a unit by its other name and a group.
    assert units["34"] == DEPARTMENTS + TOWNS and units["4"] == TOWNS
    assert units["31-1"] == units["31-2"] == DEPARTMENTS + TOWNS
    assert {row["责任单位"] for row in rows if row["编号"] == "24"} >= {"县人力社保局", "新民镇"} and units["24"] == 27

    # A drawn line, long, short or low, means the lead units themselves.
    assert units["17"] == 7 and units["32"] == DEPARTMENTS
    assert [row["责任单位"] for row in rows if row["编号"] in ("33", "37", "43")] == [
        "县司法局",
        "县政府办公室",
        "县教委",
    ]

    # 县政府有关部门 and a lost cell name nobody: once in the ledger, with nobody beside them.
    waiting = [row for row in rows if row["状态"] == "待明确"]
    assert [row["编号"] for row in waiting] == ["2", "8", "13", "38"]
    assert not any(row["责任单位"] for row in waiting) and not {"2", "8", "13", "38"} & set(units)

    # What is known of a mixed expression is handed out: the towns of 20 and 39, and none of the departments.
    for code in ("20", "39"):
        of_row = {str(row["责任单位"]) for row in rows if row["编号"] == code}
        assert len(of_row) == TOWNS and not any(unit.startswith("县") for unit in of_row)


async def test_people_see_what_their_unit_owes_and_what_waits(world: World) -> None:
    office, town = world.office, world.who("新民镇")
    assert "【新民镇】" in await town.says("任务 20")
    shown = await office.says("任务 20")
    assert "26 个单位" in shown and "【待明确】县政府有关部门" in shown
    assert "（原文缺失）" in await office.says("任务 13")
    assert "43 教育领域" in await world.who("县教委").says("任务")

    # 2 is nobody's yet: who might be meant learns nothing of it, and may not take it.
    assert "没有交办" in await world.who("县民政局").says("任务 2")
    assert "还没有明确" in await world.who("县民政局").says("完成 2 http://www.cqsdj.gov.cn/a/t1.html")
    assert await world.rows("SELECT 1 FROM evidence") == []


async def test_the_office_or_the_lead_names_the_units_of_a_row(corner: World) -> None:
    office, lead = corner.office, corner.who("县发展改革委", "审核人")
    # A name that is nearly right is asked about, not taken.
    assert "是不是“县教委”" in await office.says("指定 2 县教育")
    assert "只能由牵头单位审核人或县政府办公室" in await corner.who("新民镇").says("指定 2 新民镇")
    assert "只能由牵头单位审核人或县政府办公室" in await corner.who("县司法局", "审核人").says("指定 2 县教委")
    assert await corner.rows("SELECT 1 FROM assignment a JOIN node n ON n.id = a.node_id WHERE n.code = '2'") == []

    answer = await lead.says("指定 2 教委、县民政局")  # an alias and a name
    assert "已指定 2 专项规划" in answer and "县教委、县民政局" in answer
    assert "写明了" in await office.says("指定 34 县财政局")

    await corner.morning("2021-05-25")
    assert "2 专项规划" in corner.who("县教委").gets()
    shown = await office.says("任务 2")
    assert "【县教委】" in shown and "【县民政局】" in shown and "待明确" not in shown


async def test_the_rest_of_a_mixed_row_is_handed_out_when_it_is_known(world: World) -> None:
    office = world.office
    assert "26 个单位先前已交办" not in await office.says("指定 20 县教委、新民镇")
    shown = await office.says("任务 20")
    assert "27 个单位" in shown and "待明确" not in shown
    assert "20 注重通过新闻发布" in await world.who("县教委").says("任务 20")
    # The town that had it already has it once.
    again = "SELECT count(*) FROM assignment a JOIN node n ON n.id = a.node_id JOIN unit u ON u.id = a.unit_id"
    assert await world.rows(f"{again} WHERE n.code = '20' AND u.name = '新民镇'") == [(1,)]


async def test_a_trigger_deadline_counts_from_the_day_the_office_enters(world: World) -> None:
    office = world.office
    answer = await office.says("起算 38 2021-07-01")
    assert "2021-10-01" in answer and "指定 38" in answer
    await office.says("指定 38 县教委")
    assert "时限 2021-10-01" in await world.who("县教委").says("任务 38")


async def test_a_trigger_deadline_is_near_its_list_and_moves_no_closed_item(world: World) -> None:
    office = world.office
    await office.says("指定 38 县教委、县民政局")
    await office.says("销号 38 县教委 上线前已办")
    for absurd in ("1021-07-01", "2019-12-31", "2024-01-01", "9999-12-31"):
        answer = await office.says(f"起算 38 {absurd}")
        assert "应在 2020 年到 2023 年之间" in answer and "什么都没有改" in answer
    due = "SELECT u.name, a.due FROM assignment a JOIN node n ON n.id = a.node_id JOIN unit u ON u.id = a.unit_id"
    before = {name: str(day) for name, day in await world.rows(f"{due} WHERE n.code = '38'")}
    assert set(before.values()) == {"2021-12-31"}
    assert "2021-10-01" in await office.says("起算 38 2021-07-01")
    after = {name: str(day) for name, day in await world.rows(f"{due} WHERE n.code = '38'")}
    assert after == {"县教委": "2021-12-31", "县民政局": "2021-10-01"}
