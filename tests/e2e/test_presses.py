"""Every card's buttons: by two people at once, twice by one, and weeks later; where cards work, and where WECOM_CARDS
was set to text while old cards are still on the phones. The words do the same."""

import pytest
from support.world import Phone, World

from sandbox.messages import Message

LINK = "http://www.dianjiang.gov.cn/zwgk/t2021_1.html"
# What is on the card, its button, the act it leads to, and what a second press is told.
CARDS = (
    ("item", "34 法治政府", "签收", "sign"),
    ("submission", "待审 34", "通过", "approve"),
    ("request", "申请延期 18", "同意", "agree"),
    ("notice", "请核对名单", "收到", "receipt"),
)


async def on_two_phones(world: World, what: str, words: str) -> list[tuple[Phone, Message]]:
    """The card of this kind on the phones of two people who may press it."""
    await world.to("2021-05-25T10:00:00+08:00")
    town, office = world.who("新民镇"), world.office
    people = [town, world.who("新民镇", nth=1)]
    if what == "item":
        for one in people:
            await one.says("任务 34")
    elif what == "submission":
        await town.says(f"完成 34 {LINK}")
        people = [world.who("县司法局", "审核人", nth) for nth in (0, 1)]
    elif what == "request":
        await town.says("延期 18 2021-12-30 等市级文件印发")
        people = [office, world.who("县政府办公室", "县办", nth=1)]
    else:
        await office.says("通知 新民镇、高峰镇 请核对名单")
        await office.says("确认")
        people = [town, world.who("高峰镇")]
    return [(one, one.card(words)) for one in people]


async def press(world: World, who: Phone, card: Message, label: str, code: str) -> None:
    """Also where the phone does not show the button any more: the press was on its way."""
    await world.callback(
        who.userid,
        MsgType="event",
        Event="template_card_event",
        EventKey=next(button.key for button in card.buttons if button.text == label),
        TaskId=str(card.body["task_id"]),
        ResponseCode=code,
    )


async def count(world: World, act: str) -> int:
    (row,) = await world.rows("SELECT count(*) AS n FROM audit WHERE act = :act", act=act)
    return int(row.n)


@pytest.mark.parametrize("cards", ["template", "text"])
@pytest.mark.parametrize(("what", "words", "label", "act"), CARDS, ids=[card[0] for card in CARDS])
async def test_two_at_once_twice_by_one_and_weeks_later(
    corner: World, what: str, words: str, label: str, act: str, cards: str
) -> None:
    (first, one), (second, other) = await on_two_phones(corner, what, words)
    if cards == "text":
        await corner.restart(wecom_cards="text")
    each = 2 if what == "notice" else 1  # a receipt is everybody's own
    before = await count(corner, act)
    await press(corner, first, one, label, "first")
    await press(corner, second, other, label, "second")
    await corner.settle()
    assert await count(corner, act) == before + each
    first.look()
    second.look()

    await press(corner, first, one, label, "again")
    await corner.settle()
    told = first.gets()
    assert told and (what == "notice" or "什么都没有改" in told)
    assert await count(corner, act) == before + each

    await corner.to("2021-06-18T10:00:00+08:00")
    second.look()
    await press(corner, second, other, label, "late")
    await corner.settle()
    late = second.gets()
    assert late and (what == "notice" or "什么都没有改" in late)
    assert await count(corner, act) == before + each
    if cards == "text":
        assert "template_card" not in {message.kind for message in first.look()}


async def test_the_words_of_two_at_once(corner: World) -> None:
    """Without cards two reviewers answer in words: the first wins, the other is told."""
    await on_two_phones(corner, "submission", "待审 34")
    await corner.restart(wecom_cards="text")
    people = [corner.who("县司法局", "审核人", nth) for nth in (0, 1)]
    for one in people:
        one.look()
        await corner.platform.say(one.userid, "通过 34 新民镇")
    await corner.settle()
    told = [one.gets() for one in people]
    assert sum("已通过并销号" in answer for answer in told) == 1
    assert sum("不能通过" in answer or ("已销号" in answer and "已通过并销号" not in answer) for answer in told) == 1
    assert await count(corner, "approve") == 1
