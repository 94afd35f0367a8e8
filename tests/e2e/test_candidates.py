"""Which of these? The candidates are buttons where cards work and numbers to type where not; the answer goes on where
the question stopped."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from support.world import Phone, World

from bot.services.choices import BUTTONS
from sandbox.messages import Message

LINK = "http://www.dianjiang.gov.cn/zwgk/t2021_1.html"
ASKED = "哪一项"
StartWorld = Callable[..., AbstractAsyncContextManager[World]]


async def asked(world: World, words: str = "已报") -> tuple[Phone, Message]:
    """A town's contact is asked which item they mean."""
    await world.to("2021-05-25T10:00:00+08:00")
    town = world.who("新民镇")
    await town.says(words)
    return town, town.card(ASKED)


def labels(card: Message) -> list[str]:
    return [button.text for button in card.buttons]


def button(card: Message, code: str) -> str:
    """The label of this item's button."""
    return next(label for label in labels(card) if label.startswith(f"{code} "))


async def late_press(world: World, who: Phone, card: Message, code: str) -> str:
    """A press of a button as it once was, which the phone may not show any more."""
    who.look()
    key = next(one.key for one in card.buttons if one.text.startswith(f"{code} "))
    await world.callback(
        who.userid,
        MsgType="event",
        Event="template_card_event",
        EventKey=key,
        TaskId=str(card.body["task_id"]),
        ResponseCode=f"late-{code}-{world.now().isoformat()}",
    )
    await world.settle()
    return who.gets()


async def state_of(world: World, number: int) -> str:
    (row,) = await world.rows(
        "SELECT a.state FROM assignment a JOIN node n ON n.id = a.node_id JOIN task t ON t.id = n.task_id"
        " JOIN unit u ON u.id = a.unit_id WHERE u.name = '新民镇' AND t.number = :number",
        number=number,
    )
    return str(row.state)


async def test_a_pressed_candidate_goes_on_and_the_card_says_which(corner: World) -> None:
    town, card = await asked(corner)
    assert labels(card)[-1] == "取消" and len(labels(card)) <= 6
    assert all(len(label) <= 10 for label in labels(card))
    answer = await town.presses(card, button(card, "18"))
    assert "已提交 18 多方式开展政策解读" in answer
    after = town.card(ASKED)
    assert labels(after) == [] and "已选 18" in after.text
    assert await state_of(corner, 18) == "submitted"


async def test_the_question_is_one_message_and_changes_nothing(corner: World) -> None:
    await corner.to("2021-05-25T10:00:00+08:00")
    town = corner.who("新民镇")
    town.look()
    await corner.platform.say(town.userid, "舆情之外的已报")
    await corner.settle()
    assert len(town.look()) == 1
    assert await state_of(corner, 18) == "dispatched"


async def test_what_is_missing_is_asked_for_after_the_press(corner: World) -> None:
    town, card = await asked(corner)
    assert "请把链接（或文件）发来" in await town.presses(card, button(card, "34"))
    assert "已提交 34" in await town.says(LINK)


async def test_a_number_typed_instead_turns_the_card_grey(corner: World) -> None:
    town, card = await asked(corner)
    assert "已提交 18" in await town.says("18")
    assert labels(town.card(ASKED)) == [] and "已选 18" in town.card(ASKED).text
    assert "已经过时" in await late_press(corner, town, card, "19")
    assert await state_of(corner, 19) == "dispatched"


async def test_cancel_leaves_by_button_and_by_word(corner: World) -> None:
    town, card = await asked(corner)
    assert "已取消" in await town.presses(card, "取消")
    assert "已取消" in town.card(ASKED).text and labels(town.card(ASKED)) == []
    await town.says("已报")
    card = town.card(ASKED)
    assert "已取消" in await town.says("取消")
    assert "已取消" in town.card(ASKED).text
    assert "已经过时" in await late_press(corner, town, card, "18")
    assert await state_of(corner, 18) == "dispatched"


async def test_an_old_question_does_not_answer_a_new_one(corner: World) -> None:
    """The same candidates, asked about another act: a press of the first card must not answer the second question."""
    town, first = await asked(corner)
    await town.says("申请延期到12月20日，等上级文件")
    assert "已失效" in first_now(town, first).text
    assert "已经过时" in await late_press(corner, town, first, "18")
    assert await state_of(corner, 18) == "dispatched"
    second = town.card(ASKED)
    assert "延期申请" in await town.presses(second, button(second, "18"))


def first_now(phone: Phone, card: Message) -> Message:
    return next(m for m in phone.world.platform.inbox(phone.userid) if m.id == card.id)


async def test_weeks_later_and_twice(corner: World) -> None:
    town, card = await asked(corner)
    await town.presses(card, button(card, "18"))
    assert "已经过时" in await late_press(corner, town, card, "18")
    await corner.to("2021-06-18T10:00:00+08:00")
    assert "已经过时" in await late_press(corner, town, card, "19")
    assert await state_of(corner, 19) == "dispatched"
    (count,) = await corner.rows("SELECT count(*) AS n FROM audit WHERE act = 'submit'")
    assert count.n == 1


async def test_half_an_hour_is_the_end_of_a_question(corner: World) -> None:
    town, card = await asked(corner)
    await corner.to("2021-05-25T10:31:00+08:00")
    town.look()
    assert "已经过时" in await town.presses(card, button(card, "18"))
    assert "已失效" in town.card(ASKED).text
    assert await state_of(corner, 18) == "dispatched"


async def test_the_press_goes_on_after_a_restart(corner: World) -> None:
    town, card = await asked(corner)
    await corner.restart()
    assert "已提交 18" in await town.presses(card, button(card, "18"))


async def test_somebody_elses_card_answers_nothing(corner: World) -> None:
    town, card = await asked(corner)
    deputy = corner.who("新民镇", nth=1)
    await deputy.says("已报")
    assert "已经过时" in await late_press(corner, deputy, card, "18")
    other = corner.who("高峰镇")
    assert "已经过时" in await late_press(corner, other, card, "18")
    assert await state_of(corner, 18) == "dispatched"
    assert "已提交 18" in await town.presses(card, button(card, "18"))


@pytest.mark.parametrize("key", ["choose:999999999", "choose:1", "drop:0", "choose:", "choose:1:2:3"])
async def test_a_made_up_key_changes_nothing(corner: World, key: str) -> None:
    town, _ = await asked(corner)
    before = await corner.rows("SELECT count(*) FROM audit")
    fields = {"MsgType": "event", "Event": "template_card_event", "EventKey": key, "ResponseCode": "made-up"}
    await corner.callback(town.userid, **fields, TaskId="d-1")
    await corner.settle()
    assert "过时" in town.gets()
    assert await corner.rows("SELECT count(*) FROM audit") == before


async def test_more_candidates_than_buttons_are_counted_and_can_be_typed(world: World) -> None:
    town, card = await asked(world)
    assert len(labels(card)) == BUTTONS + 1
    assert "按按钮，或回复编号（另有 22 项）" in card.text
    assert "已提交 52" in await town.says("52")


async def test_several_candidates_at_once(world: World) -> None:
    town, _ = await asked(world, "舆情完成了")
    assert "已提交 2 项" in await town.says("24和26")
    await town.says("舆情完成了")
    assert "已提交 23" in await town.says("第三个")


async def test_a_reviewer_chooses_the_town(world: World) -> None:
    await world.to("2021-05-25T10:00:00+08:00")
    reviewer = world.who("县司法局", "审核人")
    for name in ("新民镇", "高峰镇"):
        await world.who(name).says(f"完成 34 {LINK}")
    await reviewer.says("没问题")
    card = reviewer.card(ASKED)
    assert set(labels(card)) == {"新民镇", "高峰镇", "取消"}
    assert "已通过并销号：34 法治政府建设年度报告（高峰镇）" in await reviewer.presses(card, "高峰镇")
    assert await state_of(world, 34) == "submitted"


async def test_a_link_in_between_is_no_error(corner: World) -> None:
    town, _ = await asked(corner, "申请延期到12月20日，等上级文件")
    answer = await town.says(LINK)
    assert "这个佐证是哪一项" in answer
    assert "已提交 34" in await town.says("34")


async def test_without_cards_the_numbers_are_typed(start_world: StartWorld) -> None:
    async with start_world(wecom_cards="text") as world:
        await world.to("2021-05-25T10:00:00+08:00")
        town = world.who("新民镇")
        question = await town.says("已报")
        assert "· 18 多方式开展政策解读" in question and "请回复编号" in question
        assert {message.kind for message in world.platform.inbox(town.userid)} <= {"text", "note"}
        await world.restart(wecom_cards="text")
        assert "已提交 18" in await town.says("18")
        await town.says("已报")
        assert "已取消" in await town.says("取消")
