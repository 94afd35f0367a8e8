"""What people look at: pages of about a screen each, everything on one of them, nobody else's rows."""

import re

import openpyxl
from support.world import COUNTY, World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
TOWNS = next(group.members for group in COUNTY.groups if group.name == "各乡镇（街道）")


def fits_a_screen(answer: str) -> bool:
    return len(answer.encode()) <= 2048 and len(answer.split("\n")) <= 22


async def test_a_long_queue_has_pages_that_together_are_whole(world: World) -> None:
    """26 towns have handed in 34: their reviewer turns the pages by number and by 下一页."""
    await world.execute(
        "UPDATE assignment SET state = 'submitted', signed_at = dispatched_at, submitted_at = dispatched_at,"
        " submission = 1 WHERE node_id IN (SELECT id FROM node WHERE code = '34')"
    )
    reviewer = world.who("县司法局", "审核人")
    first = await reviewer.says("待审")
    assert "■ 34 法治政府建设年度报告" in first and "（第 1/3 页，下一页回复：待审 2）" in first
    second, third = await reviewer.says("下一页"), await reviewer.says("更多")
    assert "■ 34 法治政府建设年度报告" in second and "（续）" in second and "（第 3/3 页）" in third
    assert second in await reviewer.says("待审 2") and third in await reviewer.says("待审3")
    assert all(fits_a_screen(page) for page in (first, second, third))
    listed = re.findall(r"^· (\S+) ", "\n".join((first, second, third)), re.MULTILINE)
    assert len(listed) == len(set(listed)) and set(TOWNS) <= set(listed)
    assert "最后一页" in await reviewer.says("下一页")


async def test_a_town_reads_its_items_in_pages_and_keeps_its_open_question(world: World) -> None:
    town = world.who("新民镇")
    assert "没有正在看的清单" in await town.says("下一页")
    assert "确认" in await town.says("签收 全部")
    first, second = await town.says("任务"), await town.says("下一页")
    assert (
        "待办 27 项" in first
        and "下一页回复：下一页" in first
        and "待办 27 项，待审核 0 项，已销号 0 项（续）" in second
    )
    lines = re.findall(r"^🟢绿 (\S+) ", "\n".join((first, second)), re.MULTILINE) + re.findall(r"🟡黄 (\S+) ", first)
    assert len(lines) == len(set(lines)) == 27
    assert fits_a_screen(first) and fits_a_screen(second)
    assert "已签收 27 项" in await town.says("确认")


async def test_a_reviewer_lists_what_is_late_in_the_rows_their_unit_leads(corner: World) -> None:
    await corner.morning("2021-06-03")
    lead, other, office = corner.who("县司法局", "审核人"), corner.who("县教委", "审核人"), corner.office
    late = await lead.says("逾期")
    assert "🔴红 34 法治政府建设年度报告，逾期 3 个工作日" in late and "催办 34" in late and "台账" not in late
    assert "现在没有逾期事项" in await other.says("逾期")
    assert "高峰镇" not in await lead.says("逾期 新民镇") and "台账" in await office.says("逾期")
    reader = await corner.who("县政府", "县领导").says("逾期")
    assert "逾期 3 个工作日" in reader and "催办" not in reader
    assert "只能由" in await corner.who("新民镇").says("逾期") and "只能由" in await lead.says("台账")


async def test_the_ledger_of_a_unit_holds_its_rows_alone(corner: World) -> None:
    office = corner.office
    assert "台账新民镇20210525.xlsx" in await office.says("台账 新民镇")
    (made,) = (corner.settings.duban_data_dir / "out").glob("*.xlsx")
    rows = list(openpyxl.load_workbook(made).active.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if "责任单位" in row)
    assert {row[rows[head].index("责任单位")] for row in rows[head + 1 :] if row[0]} == {"新民镇"}
    assert "不认识单位" in await office.says("人员 新民乡镇")


async def test_the_figures_are_one_screen_with_what_is_late_and_what_waits(corner: World) -> None:
    await corner.morning("2021-05-31")
    await corner.who("新民镇").says(f"完成 34 {LINK}")
    await corner.who("高峰镇").says("延期 34 2021-07-30 等市里的样本")
    await corner.morning("2021-06-08")
    for reader in (corner.who("县政府", "县领导"), corner.who("县审计局", "审计"), corner.office):
        shown = await reader.says("统计")
        assert "逾期单位最多的任务：\n· 34 法治政府建设年度报告：6 个单位，最长 6 个工作日" in shown
        assert "等决定：待审核 1 项（1 项已等 5 个工作日以上），申请 1 件" in shown
        assert "🔴红 6" in shown and fits_a_screen(shown)


async def test_the_people_of_a_group_come_in_pages(world: World) -> None:
    office = world.office
    pages = [await office.says("人员 各乡镇")]
    while "下一页回复：下一页" in pages[-1]:
        pages.append(await office.says("下一页"))
    assert len(pages) > 1 and all(fits_a_screen(page) for page in pages)
    named = re.findall(r"^(\S+)：$", "\n".join(pages), re.MULTILINE)
    assert sorted(named) == sorted(TOWNS)
