"""Rule 11, context: short words belong to what the bot last asked, for half an hour, and only if that is one thing."""

from support.world import World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"


async def test_a_bare_link_belongs_to_the_item_asked_about_for_half_an_hour(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("完成 34")
    await corner.to("2021-05-25T10:29:00+08:00")
    assert "已提交 34" in await town.says(LINK)

    await town.says("撤回 34")
    await town.says("完成 34")
    await corner.to("2021-05-25T11:00:00+08:00")
    answer = await town.says(LINK)
    assert "哪一项" in answer and "34：法治政府" in answer and "31-1：" in answer
    assert "待签收" in await town.says("任务 34")
    # The answer to the question is a number, and the link is not sent again.
    assert "已提交 34" in await town.says("34")


async def test_a_bare_done_is_asked_about_where_it_may_mean_several(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")  # the digest named five items
    answer = await town.says("完成")
    assert "哪一项" in answer and "18：" in answer and "34：" in answer
    assert "33" not in answer  # the candidates are the unit's own
    assert "不在刚才列出的事项里" in await town.says("33")
    assert "已提交 18" in await town.says("18")


async def test_a_bare_done_belongs_to_the_one_item_a_message_asked_about(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await corner.to("2021-05-25T10:00:00+08:00")
    await corner.office.says("催办 18 新民镇")
    assert "【催办】" in town.gets()
    assert "已提交 18" in await town.says("完成")

    # A message about two items asks about neither in particular.
    await corner.office.says("催办 19、34 新民镇")
    assert "19 加强政策咨询服务" in town.gets()
    assert "哪一项" in await town.says(LINK)


async def test_received_signs_what_the_digest_listed(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    assert "已签收 5 项" in await town.says("收到，谢谢")
    assert await corner.rows("SELECT count(*) FROM assignment WHERE state = 'in_progress'") == [(5,)]
    assert "没有等您回执或签收的消息" in await town.says("收到")


async def test_received_answers_the_latest_message_that_asked_for_it(corner: World) -> None:
    town, office = corner.who("新民镇"), corner.office
    await corner.morning("2021-05-25")
    await office.says("通知 新民镇 请核对联络员名单")
    await office.says("确认")
    assert "0/1 人已回执" in await office.says("未读")
    # The notice is the latest; the digest waits behind it.
    assert "已记回执（通知 1）" in await town.says("收到")
    assert "已全部收到" in await office.says("未读")
    assert await corner.rows("SELECT count(*) FROM assignment WHERE state <> 'dispatched'") == [(0,)]
    assert "已签收 5 项" in await town.says("收到")


async def test_received_is_no_answer_to_a_question(corner: World) -> None:
    """With a question open 收到 signs all the same, never asks back, and the question stays open."""
    town = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("完成 34")
    assert "已签收 5 项" in await town.says("好的，马上落实")
    assert "已提交 34" in await town.says(LINK)


async def test_an_act_is_taken_back_while_nobody_has_acted_on_it(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says("签收 34")
    await town.says(f"完成 34 {LINK}")
    card = reviewer.card("待审 34")
    answer = await town.says("撤回 34")
    assert "已撤回对 34 法治政府建设年度报告（新民镇） 的“完成”，现在是“办理中”" in answer
    assert reviewer.card("待审 34").replaced == "已撤回" and card.buttons
    assert "现在没有待审" in await reviewer.says("待审")
    assert "待签收" in await town.says("撤回 34")  # and the one before it
    assert "没有可以撤回的操作" in await town.says("撤回 34")

    await town.says(f"完成 34 {LINK}")
    await reviewer.says("退回 34 新民镇 链接打不开")
    assert "已有人接着处理" in await town.says("撤回 34")
    assert "已退回" in await town.says("任务 34")
    # The reviewer's own last act is theirs to take back.
    assert "现在是“待审核”" in await reviewer.says("撤回 34 新民镇")


async def test_a_colleague_cannot_take_back_what_somebody_else_did(corner: World) -> None:
    first, deputy = corner.who("新民镇"), corner.who("新民镇", nth=1)
    await first.says("签收 34")
    assert "没有可以撤回的操作" in await deputy.says("撤回 34")
    assert "办理中" in await first.says("任务 34")


async def test_a_progress_taken_back_takes_its_link_with_it(corner: World) -> None:
    town = corner.who("新民镇")
    await town.says(f"进展 34 先公开了这一篇 {LINK}")
    assert "“进展”" in await town.says("撤回 34")
    assert LINK not in (await town.says("任务 34")).split("【记录】")[0]
    assert "要有公开的链接或文件" in await town.says("完成 34")


async def test_a_submission_taken_back_leaves_the_link_of_the_progress_before_it(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"进展 34 先公开了这一篇 {LINK}")
    await town.says(f"完成 34 {LINK}?wrong")
    await town.says("撤回 34")
    shown = (await town.says("任务 34")).split("【记录】")[0]
    assert f"佐证：{LINK}\n" in f"{shown}\n" and "wrong" not in shown
    assert "已提交 34" in await town.says("完成 34")
    links = await reviewer.presses(reviewer.card("待审 34"), "看链接")
    assert LINK in links and "wrong" not in links
    await town.says("撤回 34")
    assert "“进展”" in await town.says("撤回 34")
    assert "要有公开的链接或文件" in await town.says("完成 34")


async def test_a_submission_taken_back_brings_back_the_request_it_ended(corner: World) -> None:
    town, reviewer, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await corner.morning("2021-05-25")
    await town.says("延期 34 2021-07-10 领导还没签")
    reviewer.look()
    await town.says(f"完成 34 {LINK}")
    assert "没有等您决定的申请" in await reviewer.says("同意")
    reviewer.look()
    assert "延期申请仍在等决定" in await town.says("撤回 34")
    assert reviewer.card("申请延期").buttons  # it is asked again
    assert "申请延期 34 新民镇" in await office.says("待审")
    assert "2021-07-10" in await reviewer.presses(reviewer.card("申请延期"), "同意")
    assert "2021-07-10" in await town.says("任务 34")

    await town.says("不涉及 18 没有这项职责")
    await office.says("销号 18 新民镇 上线前已办")
    assert "申请不涉及 18" not in await office.says("待审")
    await office.says("撤回 18 新民镇")
    assert "申请不涉及 18 新民镇" in await office.says("待审")


async def test_whoever_lost_a_role_cannot_take_back_what_they_did_in_it(corner: World) -> None:
    """They still see the item, as the reviewer of its lead or as a contact; that is not enough."""
    town, reviewer, spare = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县司法局", "审核人", 1)
    await town.says(f"完成 34 {LINK}")
    await reviewer.says("通过 34 新民镇")
    await corner.roster(
        ("新民镇", "金冬梅", reviewer.userid, "联络员"),
        ("新民镇", "王娟", town.userid, "单位负责人"),
        ("县司法局", "曾峰", spare.userid, "审核人"),
    )
    answer = await reviewer.says("撤回 34")
    assert "只能由牵头单位审核人或县政府办公室操作" in answer
    assert "已销号" in await town.says("任务 34")

    await town.says("完成 18 已办结")
    await corner.roster(("新民镇", "汤浩然", "xinmin_tanghaoran", "联络员"), ("县审计局", "王娟", town.userid, "审计"))
    assert "只能由责任单位" in await town.says("撤回 18")
    assert "待审核" in await town.says("任务 18 新民镇")


async def test_an_act_on_many_items_waits_for_a_plain_yes(corner: World) -> None:
    town = corner.who("新民镇")
    asked = await town.says("签收 全部")
    assert "将签收，共 5 项" in asked and "· 34 法治政府" in asked and "确认" in asked
    # A question in between is answered and leaves the other open.
    answer = await town.says("全部是哪些？")
    assert "没有改动" in answer and "还有一件事等您" in answer
    assert "34 法治政府" in await town.says("任务 34")
    assert await corner.rows("SELECT count(*) FROM assignment WHERE state <> 'dispatched'") == [(0,)]
    assert "已签收 5 项" in await town.says("确认")
    assert "没有等待确认的事" in await town.says("确认")

    assert "将完成，共 2 项" in await town.says("完成 18-19 已办结")
    assert "已取消" in await town.says("取消")
    assert await corner.rows("SELECT count(*) FROM assignment WHERE state = 'submitted'") == [(0,)]


async def test_a_yes_that_comes_too_late_does_nothing(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("签收 全部")
    await corner.to("2021-05-25T10:31:00+08:00")
    assert "没有等待确认的事" in await town.says("确认")
    assert await corner.rows("SELECT count(*) FROM assignment WHERE state <> 'dispatched'") == [(0,)]


async def test_what_moved_on_before_the_yes_is_left_alone_and_named(corner: World) -> None:
    town = corner.who("新民镇")
    await town.says("签收 全部")
    await corner.office.says("中止 34 新民镇 网页正在搬家")
    answer = await town.says("确认")
    assert "已签收 4 项" in answer and "未处理 1 项" in answer and "34（新民镇 已中止）" in answer


async def test_a_yes_is_for_what_was_shown_not_for_what_was_handed_in_since(corner: World) -> None:
    town, peak = corner.who("新民镇"), corner.who("高峰镇")
    reviewer = corner.who("县司法局", "审核人")
    for phone in (town, peak):
        await phone.says(f"完成 34 {LINK}")
    assert "共 2 项" in await reviewer.says("通过 34 全部")
    await town.says("撤回 34")
    await town.says(f"完成 34 {LINK}?v=2")
    answer = await reviewer.says("确认")
    assert "已通过并销号：34 法治政府建设年度报告（高峰镇）" in answer
    assert "又有新的提交" in answer and "34（新民镇）" in answer
    assert "待审核" in await town.says("任务 34")


async def test_a_reason_is_for_the_submission_whose_button_was_pressed(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    assert "理由" in await reviewer.presses(reviewer.card("待审 34"), "退回")
    await town.says("撤回 34")
    await town.says(f"完成 34 {LINK}?v=2")
    assert "又有新的提交" in await reviewer.says("链接打不开")
    assert "待审核" in await town.says("任务 34")


async def test_a_restart_keeps_the_question(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    await town.says("完成 34 已公开")
    await corner.restart()
    assert "已提交 34" in await town.says(LINK)
    assert "理由" in await reviewer.presses(reviewer.card("待审 34"), "退回")
    await corner.restart()
    assert "理由：链接打不开" in await reviewer.says("链接打不开")
    await town.says("签收 全部")
    await corner.restart()
    assert "已签收 4 项" in await town.says("确认")


async def test_an_extension_by_years_is_a_slip_of_the_thumb(corner: World) -> None:
    town = corner.who("新民镇")
    for day in ("2031-06-10", "2022-06-02", "9999-12-31"):
        answer = await town.says(f"延期 34 {day} 领导还没签")
        assert "晚一年以上" in answer and "没有提交" in answer, day
    assert await corner.rows("SELECT 1 FROM request") == []
    assert "已提交 34" in await town.says("延期 34 2022-05-31 领导还没签")


async def test_thanks_are_no_reason(corner: World) -> None:
    town, reviewer, office = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.office
    await corner.morning("2021-05-25")
    await town.says(f"完成 34 {LINK}")
    assert "请写明理由" in await reviewer.presses(reviewer.card("待审 34"), "退回")
    for polite in ("谢谢", "好的", "收到", "嗯", "👌", "无", "……"):
        answer = await reviewer.says(polite)
        assert answer.startswith("这句话没有当作理由"), polite
    assert "理由：链接打不开" in await reviewer.says("链接打不开")
    for words in ("延期 34 2021-07-10 好的", "不涉及 18 谢谢", "异议 19 收到", "延期 34 2021-07-10 如题"):
        assert "请回复理由" in await town.says(words), words
    assert await corner.rows("SELECT count(*) FROM request") == [(0,)]
    for words in ("中止 18 新民镇 好的", "撤销 18 新民镇 谢谢", "销号 18 新民镇 收到"):
        assert "请写明理由" in await office.says(words), words
    assert "待签收" in await town.says("任务 18")


async def test_what_comes_by_itself_does_not_push_a_question_aside(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.to("2021-05-25T08:55:00+08:00")
    await town.says("完成 34 已公开")
    await corner.morning("2021-05-25")
    await corner.office.says("催办 18 新民镇")
    assert "已提交 34" in await town.says(LINK)
