"""Template cards: what the platform refuses, and the life of a button."""

from copy import deepcopy
from typing import Any

import pytest
from echo_bot import button_card
from sandbox_world import Hand, World

from sandbox.cards import Button, check_card
from sandbox.credentials import DEMO
from sandbox.errors import ApiError
from sandbox.platform import RefusedByPhone

NOTICE: dict[str, Any] = {
    "card_type": "text_notice",
    "main_title": {"title": "34 已逾期"},
    "card_action": {"type": 1, "url": "http://127.0.0.1/"},
}
VOTE: dict[str, Any] = {
    "card_type": "vote_interaction",
    "task_id": "vote-1",
    "main_title": {"title": "哪天培训"},
    "checkbox": {
        "question_key": "day",
        "mode": 1,
        "option_list": [{"id": "mon", "text": "周一"}, {"id": "tue", "text": "周二"}],
    },
    "submit_button": {"text": "提交", "key": "vote"},
}
SELECT: dict[str, Any] = {
    "card_type": "multiple_interaction",
    "task_id": "select-1",
    "main_title": {"title": "登记"},
    "select_list": [{"question_key": "who", "title": "参加人", "option_list": [{"id": "a", "text": "联络员"}]}],
    "submit_button": {"text": "提交", "key": "select"},
}


def changed(card: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of the card with one value set (or, with None, left out)."""
    copy = deepcopy(card)
    *way, last = path.split(".")
    place = copy
    for name in way:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


@pytest.mark.parametrize("card", [NOTICE, VOTE, SELECT, button_card("t-1")], ids=lambda card: card["card_type"])
def test_the_kinds_the_bot_uses_are_accepted(card: dict[str, Any]) -> None:
    check_card(card)


@pytest.mark.parametrize(
    ("card", "path", "value", "code"),
    [
        (NOTICE, "card_type", "news_flash", 40058),
        (NOTICE, "card_action", None, 40058),
        (NOTICE, "card_action", {"type": 0}, 40058),
        (NOTICE, "card_action", {"type": 1}, 40058),
        (NOTICE, "main_title", {}, 40058),
        (NOTICE, "main_title", "34", 40058),
        (NOTICE, "horizontal_content_list", [{"keyname": "k"}] * 7, 40058),
        (NOTICE, "horizontal_content_list", [{"value": "v"}], 40058),
        (NOTICE, "jump_list", [{"title": "t"}] * 4, 40058),
        (NOTICE, "jump_list", [{"type": 1, "title": "t"}], 40058),
        (button_card("t"), "task_id", None, 40058),
        (button_card("t"), "task_id", "任务", 40058),
        (button_card("t"), "task_id", "t" * 129, 40058),
        (button_card("t"), "task_id", "a.b", 40058),
        (button_card("t"), "button_list", [], 40016),
        (button_card("t"), "button_list", [{"text": str(n), "key": str(n)} for n in range(7)], 40016),
        (button_card("t"), "button_list", [{"text": "", "key": "k"}], 40018),
        (button_card("t"), "button_list", [{"text": "按"}], 40019),
        (button_card("t"), "button_list", [{"text": "按", "key": "k" * 1025}], 40019),
        (button_card("t"), "button_list", [{"text": "按", "key": "字" * 342}], 40019),
        (button_card("t"), "button_list", [{"text": "按", "key": "k"}] * 2, 40058),
        (button_card("t"), "button_list", [{"text": "按", "type": 1}], 40020),
        (button_card("t"), "button_list", [{"text": "按", "type": 9}], 40017),
        (VOTE, "submit_button", {"text": "提交"}, 40019),
        (VOTE, "checkbox", None, 40058),
        (VOTE, "checkbox.option_list", [], 40058),
        (VOTE, "checkbox.option_list", [{"id": str(n), "text": "x"} for n in range(21)], 40058),
        (SELECT, "select_list", [], 40058),
        (SELECT, "select_list", SELECT["select_list"] * 4, 40058),
    ],
)
def test_a_wrong_card_is_refused(card: dict[str, Any], path: str, value: Any, code: int) -> None:
    with pytest.raises(ApiError) as refusal:
        check_card(changed(card, path, value))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("task_id", "A-z_0@" + "9" * 122),
        ("button_list", [{"text": str(n), "key": str(n)} for n in range(6)]),
        ("button_list", [{"text": "按", "key": "k" * 1024}]),
        ("horizontal_content_list", [{"keyname": "k"}] * 6),
        ("jump_list", [{"title": "t"}] * 3),
    ],
)
def test_a_card_at_the_limit_is_accepted(path: str, value: Any) -> None:
    check_card(changed(button_card("t"), path, value))


async def test_a_task_id_is_used_once_per_app(world: World) -> None:
    assert (await world.bot.send("xinmin", "template_card", button_card("same")))["errcode"] == 0
    assert (await world.bot.send("sifa", "template_card", button_card("same")))["errcode"] == 40058
    assert not world.platform.inbox("sifa")


async def test_only_interactive_cards_bring_a_response_code(world: World) -> None:
    assert "response_code" in await world.bot.send_card("xinmin")
    assert "response_code" not in await world.bot.send("xinmin", "template_card", NOTICE)


async def test_a_pressed_button_is_told_to_the_bot_and_closed_by_it(world: World) -> None:
    await world.bot.send_card("xinmin")
    (card,) = world.platform.inbox("xinmin")
    assert card.buttons == (Button("sign:34", "签收"), Button("exempt:34", "不涉及"))
    assert (await world.platform.press("xinmin", card.id, "sign:34")).ok
    closed = await world.platform.wait_for("xinmin", lambda message: message.replaced == "已签收")
    assert (closed.pressed, closed.buttons) == ("sign:34", ())
    event = world.bot.taken[-1]
    assert (event["Event"], event["EventKey"], event["TaskId"]) == ("template_card_event", "sign:34", "task-1")
    assert (event["CardType"], event["AgentID"]) == ("button_interaction", str(DEMO.agent_id))
    with pytest.raises(RefusedByPhone):
        await world.platform.press("xinmin", card.id, "sign:34")


async def test_a_button_that_is_not_there_cannot_be_pressed(world: World) -> None:
    await world.bot.send_card("xinmin")
    (card,) = world.platform.inbox("xinmin")
    with pytest.raises(RefusedByPhone):
        await world.platform.press("xinmin", card.id, "approve:34")
    with pytest.raises(RefusedByPhone):
        await world.platform.press("sifa", card.id, "sign:34")


async def test_what_was_chosen_comes_with_the_press(world: World) -> None:
    await world.bot.send("xinmin", "template_card", VOTE)
    (card,) = world.platform.inbox("xinmin")
    await world.platform.press("xinmin", card.id, "vote", {"day": ["mon", "tue"]})
    assert world.bot.taken[-1]["chosen"] == "mon,tue"


async def update(world: World, code: str, **more: Any) -> int:
    body = {"userids": ["xinmin"], "agentid": DEMO.agent_id, "response_code": code, **more}
    return int((await world.bot.call("POST", "message/update_template_card", body))["errcode"])


async def test_a_response_code_works_once(world: World) -> None:
    code = (await world.bot.send_card("xinmin"))["response_code"]
    # A request that is wrong in itself does not spend the code.
    assert await update(world, code, button={}) == 40058
    assert await update(world, code, template_card={"card_type": "nothing"}) == 40058
    assert await update(world, code, button={"replace_name": "已办"}) == 0
    assert await update(world, code, button={"replace_name": "再办"}) == 40058
    assert world.platform.inbox("xinmin")[0].replaced == "已办"


async def test_a_response_code_works_for_three_days(world: World, hand: Hand) -> None:
    early = (await world.bot.send_card("xinmin"))["response_code"]
    late = (await world.bot.send_card("xinmin"))["response_code"]
    hand.turn(hours=71, minutes=59)
    assert await update(world, early, button={"replace_name": "及时"}) == 0
    hand.turn(minutes=1)
    assert await update(world, late, button={"replace_name": "太晚"}) == 40058


async def test_each_press_brings_a_code_of_its_own(world: World) -> None:
    world.bot.closes_cards = False  # as on a slow day: both clicks arrive before the first is worked on
    await world.bot.send_card("xinmin")
    (card,) = world.platform.inbox("xinmin")
    for key in ("sign:34", "sign:34", "exempt:34"):
        assert (await world.platform.press("xinmin", card.id, key)).ok
    codes = [event["ResponseCode"] for event in world.bot.taken]
    assert len(set(codes)) == 3
    assert [await update(world, code, button={"replace_name": "已办"}) for code in codes] == [0, 0, 0]


async def test_a_press_the_bot_did_not_take_can_be_tried_again(world: World) -> None:
    world.bot.answer = 500
    await world.bot.send_card("xinmin")
    (card,) = world.platform.inbox("xinmin")
    delivery = await world.platform.press("xinmin", card.id, "sign:34")
    assert (delivery.ok, delivery.attempts) == (False, 3)
    (again,) = world.platform.inbox("xinmin")
    assert (again.pressed, len(again.buttons)) == ("", 2)


async def test_a_card_can_be_put_in_the_place_of_another(world: World) -> None:
    sent = await world.bot.send("xinmin|sifa", "template_card", button_card("first"))
    fresh = changed(changed(button_card("x"), "task_id", None), "button_list", [{"text": "撤回", "key": "undo:34"}])
    body = {
        "userids": ["XinMin", "nobody"],
        "agentid": DEMO.agent_id,
        "response_code": sent["response_code"],
        "template_card": fresh,
    }
    answer = await world.bot.call("POST", "message/update_template_card", body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, ["nobody"])
    (mine,), (theirs,) = world.platform.inbox("xinmin"), world.platform.inbox("sifa")
    assert mine.buttons == (Button("undo:34", "撤回"),)
    assert theirs.buttons[0].key == "sign:34"
    await world.platform.press("xinmin", mine.id, "undo:34")
    assert world.bot.taken[-1]["TaskId"] == "first"


async def test_userids_of_an_update_are_a_list(world: World) -> None:
    code = (await world.bot.send_card("xinmin"))["response_code"]
    assert await update(world, code, userids="xinmin", button={"replace_name": "已办"}) == 40058
    assert await update(world, code, userids=[], atall=1, button={"replace_name": "全办"}) == 0
    assert world.platform.inbox("xinmin")[0].replaced == "全办"
