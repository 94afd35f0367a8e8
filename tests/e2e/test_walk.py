"""One item's life, as the people of it live it."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def test_the_walk(world: World) -> None:
    town, reviewer, office = world.who("新民镇"), world.who("县司法局", "审核人"), world.office
    await world.to("2021-05-25T09:16:00+08:00")
    first = town.gets()
    assert "新交办" in first and "34 法治政府建设年度报告" in first

    tasks = await town.says("任务")
    assert "34 法治政府建设年度报告" in tasks and "待签收" in tasks
    assert "已签收 34 法治政府建设年度报告" in await town.says("签收 34")
    assert "链接" in await town.says("完成 34")
    assert "已提交 34" in await town.says(LINK)

    card = reviewer.look()[-1]
    assert "待审 34" in card.text and [b.text for b in card.buttons] == ["通过", "退回", "看链接"]
    assert LINK in await reviewer.presses(card, "看链接")
    assert "理由" in await reviewer.presses(card, "退回")
    assert "已退回" in await reviewer.says("标题写错了年份")
    assert "标题写错了年份" in town.gets()

    assert "已提交 34" in await town.says(f"完成 34 {LINK}")
    again = reviewer.look()[-1]
    assert "已通过并销号" in await reviewer.presses(again, "通过")
    shown = await town.says("任务 34")
    assert "已销号" in shown
    assert "销号" in await office.says("任务 34 新民镇")
