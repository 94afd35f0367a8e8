"""Requests that were decided: whoever decided may think again while nothing has come of it."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def test_a_granted_extension_is_taken_back_by_whoever_granted_it(corner: World) -> None:
    town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("延期 34 2021-07-30 等市里的样本")
    assert "已同意" in await lead.says("同意 34 新民镇")
    assert "2021-07-30" in await town.says("任务 34")
    assert "没有可以撤回的操作" in await office.says("撤回 34 新民镇")
    answer = await lead.says("撤回 34 新民镇")
    assert "已撤回对 34 法治政府建设年度报告（新民镇） 的“同意”" in answer and "重新等待决定" in answer
    shown = await town.says("任务 34")
    assert "时限 2021-05-31" in shown and "已延期" not in shown
    assert "申请延期 34 新民镇" in await lead.says("待审")
    # Nobody had read of the decision, so nobody reads that it was withdrawn; the request is decided anew.
    assert "已不同意" in await office.says("不同意 34 新民镇 请按期完成")
    await corner.morning("2021-05-26")
    told = town.gets()
    assert "申请：不同意（请按期完成）" in told and "同意，新时限" not in told and "已撤回" not in told


async def test_a_granted_exemption_is_taken_back_and_whoever_read_of_it_hears_so(corner: World) -> None:
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("签收 34")
    await town.says("不涉及 34 本单位没有这项职责")
    await lead.says("同意 34 新民镇")
    await corner.morning("2021-05-26")
    assert "不涉及申请：同意" in town.gets()
    assert "现在是“办理中”" in await lead.says("撤回 34 新民镇")
    await corner.morning("2021-05-27")
    assert "34 法治政府建设年度报告 的申请：先前的“同意”已撤回，重新等待决定" in town.gets()


async def test_what_has_been_acted_on_stays_decided(corner: World) -> None:
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("延期 34 2021-07-30 等市里的样本")
    await lead.says("不同意 34 新民镇 时间充足")
    await town.says(f"完成 34 {LINK}")
    assert "没有可以撤回的操作" in await lead.says("撤回 34 新民镇")
    assert "待审核" in await town.says("任务 34")


async def test_what_was_taken_back_stands_in_nobodys_way(corner: World) -> None:
    """The decision is withdrawn: whoever asked may withdraw the request, and whoever handed in the submission."""
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("延期 34 2021-07-30 等市里的样本")
    await lead.says("同意 34 新民镇")
    assert "没有可以撤回的操作" in await town.says("撤回 34")
    await lead.says("撤回 34 新民镇")
    assert "的“申请延期”" in await town.says("撤回 34")
    assert "申请延期 34" not in await lead.says("待审")
    await town.says(f"完成 34 {LINK}")
    await lead.says("通过 34 新民镇")
    assert "没有可以撤回的操作" in await town.says("撤回 34")
    await lead.says("撤回 34 新民镇")
    assert "的“完成”" in await town.says("撤回 34")
    assert "待签收" in await town.says("任务 34")
