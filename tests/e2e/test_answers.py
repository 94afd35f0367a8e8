"""Answers name the item and its unit, fit a screen however many items they are about, and ask nobody twice a day."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


def fits_a_screen(answer: str) -> bool:
    return len(answer.encode()) <= 2048 and len(answer.split("\n")) <= 20


async def test_an_answer_about_many_items_is_one_line_an_item_and_fits_a_screen(world: World) -> None:
    town = world.who("新民镇")
    asked = await town.says("签收 全部")
    assert "将签收，共 27 项：" in asked and fits_a_screen(asked)
    # What has no line of its own stands with its number: nothing is touched unseen.
    assert "· 2" in asked and "……以及 " in asked
    signed = await town.says("确认")
    assert "已签收 27 项" in signed and "……另有 12 项" in signed and fits_a_screen(signed)

    assert fits_a_screen(await town.says(LINK)) and fits_a_screen(await town.says("延期"))
    await town.says("取消")

    await town.says("完成 全部 都已办好")
    done = await town.says("确认")
    assert "已提交 " in done and "要有公开的链接或文件才能提交" in done and fits_a_screen(done)
    assert done.count("发错了可回复") == 1


async def test_a_unit_is_urged_once_a_day_about_an_item_whoever_asks(corner: World) -> None:
    town, lead, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await corner.morning("2021-05-31", "2021-06-03")
    town.look()
    assert "已催办 34 法治政府建设年度报告（新民镇）" in await lead.says("催办 34 新民镇")
    assert "时限 2021-05-31，逾期 3 个工作日" in town.gets()
    again = await office.says("催办 34 新民镇、高峰镇")
    assert "今天已由" in again and "催办过，不再重复提醒：34 法治政府建设年度报告（新民镇）" in again
    assert "已催办 34 法治政府建设年度报告（高峰镇）" in again
    assert town.gets_nothing()
    await corner.to("2021-06-04T10:00:00+08:00")
    town.look()
    assert "已催办" in await office.says("催办 34 新民镇")
    assert "逾期 4 个工作日" in town.gets()


async def test_whoever_acts_for_a_unit_reads_its_name(corner: World) -> None:
    office = corner.office
    named = "34 法治政府建设年度报告（新民镇）"
    assert f"已签收 {named}" in await office.says("签收 34 新民镇")
    assert f"已记录 {named}" in await office.says("进展 34 新民镇 正在会签")
    assert f"{named} 要有公开的链接" in await office.says("完成 34 新民镇")
    done = await office.says(LINK)
    assert f"已提交 {named}" in done and "撤回 34 新民镇" in done
    assert "已撤回对 34 法治政府建设年度报告（新民镇）" in await office.says("撤回 34 新民镇")
    assert f"已提交 {named} 的延期申请" in await office.says("延期 34 新民镇 2021-07-30 等样本")
    assert "将签收（高峰镇），共 5 项" in await office.says("签收 高峰镇 全部")
    # A unit's own people know whose it is.
    own = await corner.who("高峰镇").says(f"完成 34 {LINK}")
    assert "已提交 34 法治政府建设年度报告，待县司法局审核" in own and "撤回 34" in own


async def test_a_contact_of_two_units_says_which_one(corner: World) -> None:
    await corner.execute(
        "INSERT INTO post (member_key, role, unit_id, unit, position)"
        " SELECT p.member_key, 'contact', u.id, u.name, 999 FROM post p, unit u"
        " WHERE p.unit = '新民镇' AND p.role = 'contact' AND u.name = '高峰镇'"
    )
    both = corner.who("新民镇")
    assert "或回复单位" in await both.says("签收 34")
    assert "已签收 34 法治政府建设年度报告（高峰镇）" in await both.says("签收 34 高峰镇")
    assert "已签收 34 法治政府建设年度报告（新民镇）" in await both.says("签收 34 新民镇")
    assert "您只能操作" in await both.says("签收 34 桂阳街道")
