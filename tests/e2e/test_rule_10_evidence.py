"""Rule 10, evidence: a row with publishing paths is submitted with a link or a file; a row without them takes words."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
PDF = b"%PDF-1.4 a scanned page"


async def test_a_row_with_paths_asks_for_the_link_and_the_next_one_completes_it(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    answer = await town.says("完成 34 5月26日已在县政府网站公开")
    assert "34 法治政府建设年度报告 要有公开的链接或文件才能提交" in answer and "已记为进展" in answer
    # The words are kept; nothing else has changed.
    shown = await town.says("任务 34")
    assert "待签收" in shown and "5月26日已在县政府网站公开" in shown
    assert reviewer.gets_nothing()

    assert "已提交 34" in await town.says(LINK)
    card = reviewer.card("待审 34")
    assert "1 件" in card.text and LINK in await reviewer.presses(card, "看链接")
    assert "5月26日已在县政府网站公开" in await reviewer.says("任务 34 新民镇")


async def test_a_file_is_evidence_too(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    assert "链接或文件" in await town.says("完成 34")
    assert "已提交 34" in await town.sends("法治政府年报公开截图.pdf", PDF)
    assert "法治政府年报公开截图.pdf" in await reviewer.says("待审")
    (kept,) = (corner.settings.duban_data_dir / "evidence").iterdir()
    assert kept.read_bytes() == PDF and kept.suffix == ".pdf"


async def test_a_link_given_with_an_earlier_progress_is_enough(corner: World) -> None:
    town = corner.who("新民镇")
    assert "佐证 1 件" in await town.says(f"进展 34 先公开了这一篇 {LINK}")
    assert "办理中" in await town.says("任务 34")
    assert "已提交 34" in await town.says("完成 34")


async def test_after_a_return_new_evidence_is_asked_for(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert "要有公开的链接或文件" in await town.says("完成 34")
    assert "已提交 34" in await town.says(f"{LINK}?v=2")
    card = reviewer.card("待审 34")
    links = await reviewer.presses(card, "看链接")
    assert f"{LINK}?v=2" in links and links.count("http") == 1


async def test_a_row_without_paths_takes_words(world: World) -> None:
    """18 and 20 only mention a column in passing."""
    town = world.who("新民镇")
    await world.to("2021-05-25T15:00:00+08:00")
    assert "已提交 18" in await town.says("完成 18 已按要求开展解读12次")
    assert "已提交 20" in await town.says("完成 20 全年召开发布会4次，主要负责人参加2次")
    assert "已提交 21" in await town.says("完成 21")
    assert "已按要求开展解读12次" in await world.office.says("任务 18 新民镇")


async def test_several_links_and_words_are_all_kept_as_written(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    other = "http://www.cqsdj.gov.cn/bmjz/xmz/202105/t20210528_1.html"
    assert "已提交 34" in await town.says(f"完成 34 {LINK}，{other}，两个栏目都已公开")
    links = await reviewer.presses(reviewer.card("待审 34"), "看链接")
    assert LINK in links and other in links
    assert "两个栏目都已公开" in await town.says("任务 34")


async def test_another_persons_link_does_not_complete_it(corner: World) -> None:
    """The link belongs to whoever was asked for it; the deputy is asked which item theirs is for."""
    first, deputy = corner.who("新民镇"), corner.who("新民镇", nth=1)
    await corner.morning("2021-05-25")
    await first.says("完成 34")
    assert "哪一项" in await deputy.says(LINK)
    assert "待签收" in await first.says("任务 34")
    assert "已提交 34" in await deputy.says("34")


async def test_pictures_sent_one_after_another_belong_to_the_submission_the_first_one_made(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("完成 34")
    assert "已提交 34" in await town.sends("栏目一.jpg", PDF)
    assert "已补充到 34 法治政府建设年度报告 的佐证，这次 1 件，共 2 件" in await town.sends("栏目二.jpg", PDF)
    await corner.to("2021-05-25T10:25:00+08:00")
    assert "共 3 件" in await town.says(LINK)
    links = await reviewer.presses(reviewer.card("待审 34"), "看链接")
    assert all(name in links for name in ("栏目一.jpg", "栏目二.jpg", LINK))
    assert "补充佐证：栏目二.jpg" in await town.says("任务 34")
    # They go together: one 撤回 takes the submission back with all of them.
    assert "的“完成”，现在是“待签收”" in await town.says("撤回 34")
    assert "要有公开的链接或文件" in await town.says("完成 34")
    assert "已提交 34" in await town.sends("栏目三.jpg", PDF)
    await reviewer.says("通过 34 新民镇")
    assert "哪一项" in await town.sends("栏目四.jpg", PDF)
    assert await reviewer.says("任务 34 新民镇") and "栏目四" not in await reviewer.says("任务 34 新民镇")


async def test_what_follows_later_or_after_a_return_is_a_new_beginning(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("完成 34")
    await town.sends("栏目一.jpg", PDF)
    await reviewer.says("退回 34 新民镇 看不清")
    assert "已提交 34" in await town.sends("栏目二.jpg", PDF)
    await corner.to("2021-05-25T10:31:00+08:00")
    assert "哪一项" in await town.sends("栏目三.jpg", PDF)


async def test_pictures_nobody_asked_for_are_asked_about_together(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    assert "哪一项" in await town.sends("栏目一.jpg", PDF) and "哪一项" in await town.sends("栏目二.jpg", PDF)
    assert "已提交 34" in await town.says("34")
    assert "共 3 件" in await town.sends("栏目三.jpg", PDF)
    assert "等3件" in await reviewer.says("待审")


async def test_a_reviewer_told_in_the_morning_reads_of_every_picture_of_the_night(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T19:00:00+08:00")
    reviewer.look()
    await town.says("完成 34")
    for name in ("栏目一.jpg", "栏目二.jpg"):
        await town.sends(name, PDF)
    await corner.morning("2021-05-26")
    told = reviewer.gets()
    assert "栏目一.jpg" in told and "栏目二.jpg" in told
