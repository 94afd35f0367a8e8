"""The card of an item on its unit's phones, its text twin, and a contact who finishes five items."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from support.world import Phone, World

from sandbox.messages import Message

LINK = "http://www.dianjiang.gov.cn/zwgk/t2021_"
CARD = "34 法治政府建设年度报告"


def labels(card: Message) -> list[str]:
    return [button.text for button in card.buttons]


async def both(corner: World) -> tuple[Phone, Phone]:
    """A角 and B角 of a town with the card of 34 on their phones."""
    await corner.to("2021-05-25T10:00:00+08:00")
    first, second = corner.who("新民镇"), corner.who("新民镇", nth=1)
    for one in (first, second):
        await one.says("任务 34")
        assert labels(one.card(CARD)) == ["签收", "完成", "延期", "详情"]
    return first, second


async def test_the_card_does_what_its_words_would_do(corner: World) -> None:
    town, _ = await both(corner)
    asked = await town.presses(town.card(CARD), "延期")
    assert "现在的时限是 2021-05-31" in asked and "延到哪一天" in asked
    assert "已取消" in await town.says("取消")
    detail = await town.presses(town.card(CARD), "详情")
    assert "【举措】" in detail and "【公开路径】" in detail
    assert "已签收 34" in await town.presses(town.card(CARD), "签收")
    signed = town.card(CARD)
    assert labels(signed) == ["完成", "延期", "详情"] and "办理中" in signed.text
    assert "请把链接（或文件）发来" in await town.presses(signed, "完成")
    assert "已提交 34" in await town.says(f"{LINK}1.html")
    assert labels(town.card(CARD)) == [] and "待审核" in town.card(CARD).text


async def test_a_press_changes_the_card_of_everybody_who_got_one(corner: World) -> None:
    town, deputy = await both(corner)
    await town.presses(town.card(CARD), "签收")
    assert labels(deputy.card(CARD)) == ["完成", "延期", "详情"]
    assert deputy.gets_nothing()


async def test_a_stale_or_second_press_changes_nothing_and_says_so(corner: World) -> None:
    town, deputy = await both(corner)
    before, task = deputy.card(CARD), "34"
    await town.says(f"完成 {task} {LINK}1.html")
    # A press that was on its way, and one weeks later on a phone that never saw the update.
    for day in ("2021-05-25T10:01:00+08:00", "2021-06-18T10:00:00+08:00"):
        await corner.to(day)
        deputy.look()
        for key in ("sign", "done", "extend"):
            pressed = next(button.key for button in before.buttons if button.key.startswith(key))
            await corner.callback(
                deputy.userid,
                MsgType="event",
                Event="template_card_event",
                EventKey=pressed,
                TaskId=str(before.body["task_id"]),
                ResponseCode=f"late-{key}-{day}",
            )
            await corner.settle()
            answer = deputy.gets()
            assert "这个按钮已经过时" in answer and "待审核" in answer and "什么都没有改" in answer
    assert "待审核" in await town.says("任务 34")


async def test_two_people_press_at_once_and_the_first_wins(corner: World) -> None:
    town, deputy = await both(corner)
    for one in (town, deputy):
        key = next(button.key for button in one.card(CARD).buttons if button.text == "签收")
        await corner.platform.press(one.userid, one.card(CARD).id, key)
    await corner.settle()
    answers = [town.gets(), deputy.gets()]
    assert sum("已签收 34" in answer for answer in answers) == 1
    assert sum("已经过时" in answer for answer in answers) == 1
    (count,) = await corner.rows("SELECT count(*) AS n FROM audit WHERE act = 'sign'")
    assert count.n == 1


async def test_after_a_return_the_old_card_asks_for_nothing(corner: World) -> None:
    town, _ = await both(corner)
    old = next(button.key for button in town.card(CARD).buttons if button.text == "完成")
    task_id = str(town.card(CARD).body["task_id"])
    await town.says(f"完成 34 {LINK}1.html")
    await corner.who("县司法局", "审核人").says("退回 34 新民镇 链接打不开")
    town.look()
    await corner.callback(
        town.userid, MsgType="event", Event="template_card_event", EventKey=old, TaskId=task_id, ResponseCode="old"
    )
    await corner.settle()
    assert "已经过时" in town.gets()
    assert "已退回" in await town.says("任务 34")


async def test_another_units_card_is_nobody_elses(corner: World) -> None:
    town, _ = await both(corner)
    key = town.card(CARD).buttons[0].key
    other = corner.who("高峰镇")
    other.look()
    await corner.callback(
        other.userid, MsgType="event", Event="template_card_event", EventKey=key, TaskId="d-1", ResponseCode="x"
    )
    await corner.settle()
    refused = other.gets()
    assert "只能由责任单位" in refused and "法治政府" not in refused


async def test_the_text_twin_says_how_to_do_the_same(
    start_world: Callable[..., AbstractAsyncContextManager[World]],
) -> None:
    async with start_world(wecom_cards="text") as world:
        town = world.who("新民镇")
        await world.to("2021-05-25T10:00:00+08:00")
        answer = await town.says("任务 34")
        assert "回复：签收 34｜完成 34 链接｜延期 34 日期 理由" in answer
        assert {message.kind for message in world.platform.inbox(town.userid)} <= {"text", "note"}


async def test_a_contact_finishes_five_items_with_links_in_two_messages(world: World) -> None:
    """One to take them over and one for all links; six would be allowed."""
    town = world.who("新民镇")
    await world.to("2021-05-25T10:00:00+08:00")
    rows = await world.rows(
        "SELECT DISTINCT t.number FROM assignment a JOIN node n ON n.id = a.node_id JOIN task t ON t.id = n.task_id"
        " JOIN unit u ON u.id = a.unit_id WHERE u.name = '新民镇' AND CAST(t.paths AS TEXT) <> '[]'"
        " ORDER BY t.number LIMIT 5"
    )
    numbers = [row.number for row in rows]
    lines = "\n".join(f"{number} {LINK}{number}.html" for number in numbers)
    said = ["收到", f"完成\n{lines}"]
    answers = [await town.says(words) for words in said]
    assert "已提交 5 项" in answers[-1] and len(said) <= 6
    for number in numbers:
        assert f"· {number}" in answers[-1] and f"{LINK}{number}.html" in answers[-1]
        (proof,) = await world.rows(
            "SELECT e.name FROM evidence e JOIN assignment a ON a.id = e.assignment_id JOIN node n ON n.id = a.node_id"
            " JOIN task t ON t.id = n.task_id WHERE t.number = :number",
            number=number,
        )
        assert proof.name == f"{LINK}{number}.html"


async def test_which_link_is_for_which_item_is_certain_or_asked(corner: World) -> None:
    town = corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    assert "没有改动任何事项" in await town.says(f"完成 34、31 {LINK}1.html {LINK}2.html")
    assert "您是要" in await town.says(f"完成 34 {LINK}1.html 已公开 31 {LINK}2.html")
    assert "待签收" in await town.says("任务 34")
    await town.says("取消")
    # One of them cannot be done: neither is.
    assert "不能完成" in await _twice(town)
    assert "待签收" in await town.says("任务 31")


async def _twice(town: Phone) -> str:
    await town.says(f"完成 34 {LINK}1.html")
    return await town.says(f"完成 31 {LINK}3.html 34 {LINK}4.html")


async def test_help_begins_with_what_waits_for_the_asker(corner: World) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    first = (await town.says("帮助")).split("\n")
    assert first[0] == "【现在】" and "5 项还没签收，回复：签收 全部" in first[1]
    await town.says("签收 全部")
    assert "刚才的事等您回复：确认 或 取消" in await town.says("帮助")
    await town.says("取消")
    assert "【现在】" not in await reviewer.says("帮助")
    await town.says("完成 34")
    assert "请把链接（或文件）发来" in await town.says("帮助")
    await town.says(f"{LINK}1.html")
    assert "1 项等您单位审核，回复：待审" in await reviewer.says("帮助")


async def test_the_extend_button_asks_for_the_day_and_the_reason(corner: World) -> None:
    town, deputy = await both(corner)
    await town.presses(town.card(CARD), "延期")
    assert "请回复理由" in await town.says("下周五")
    assert "2021-05-31 → 2021-06-04" in await town.says("等县里的样本")
    assert "已有一个延期申请在等决定" in await deputy.presses(deputy.card(CARD), "延期")
    await town.says("撤回 34")
    await town.presses(town.card(CARD), "延期")
    assert "2021-05-31 → 2021-06-03" in await town.says("三天吧，网站在改版")
