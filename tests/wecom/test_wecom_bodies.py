"""Requests as exact bytes: duplicate check from the first attempt, limits kept, nobody else reached."""

import json
from typing import Any

import pytest

from bot.wecom.bodies import card_body, file_body, markdown_body, text_body, update_card_body
from bot.wecom.cards import Button, Card, Row
from bot.wecom.menu import MENU, menu_body

CARD = Card("t-34-1", "34 政府开放日", buttons=(Button("通过", "通过 34 新民镇"),))


class TestMessages:
    def test_text_to_the_byte(self) -> None:
        assert (
            text_body(1000002, ["lisi", "WangWu"], "你好 “34”")
            == (
                '{"touser":"lisi|WangWu","msgtype":"text","agentid":1000002,"text":{"content":"你好 “34”"},'
                '"enable_duplicate_check":1,"duplicate_check_interval":14400}'
            ).encode()
        )

    @pytest.mark.parametrize(
        ("body", "kind", "content"),
        [
            (markdown_body(7, ["a"], "**x**"), "markdown", {"content": "**x**"}),
            (file_body(7, ["a"], "m-1"), "file", {"media_id": "m-1"}),
            (card_body(7, ["a"], CARD), "template_card", CARD.as_json()),
        ],
    )
    def test_kinds(self, body: bytes, kind: str, content: dict[str, Any]) -> None:
        sent = json.loads(body)
        assert (sent["msgtype"], sent[kind], sent["agentid"]) == (kind, content, 7)
        assert (sent["enable_duplicate_check"], sent["duplicate_check_interval"]) == (1, 14400)

    def test_same_message_same_bytes(self) -> None:
        assert card_body(7, ["a"], CARD) == card_body(7, ["a"], CARD)

    def test_2048_bytes_not_characters(self) -> None:
        assert text_body(7, ["a"], "界" * 682 + "ab")
        for build in (text_body, markdown_body):
            with pytest.raises(ValueError, match="2048"):
                build(7, ["a"], "界" * 683)
            with pytest.raises(ValueError, match="2048"):
                build(7, ["a"], "")

    @pytest.mark.parametrize("users", [[], ["a"] * 1001])
    def test_how_many(self, users: list[str]) -> None:
        with pytest.raises(ValueError, match="1000"):
            text_body(7, users, "x")
        assert text_body(7, ["a"] * 1000, "x")

    @pytest.mark.parametrize("user", ["", "a|b", "@all"])
    def test_who(self, user: str) -> None:
        with pytest.raises(ValueError, match="userid"):
            text_body(7, ["a", user], "x")
        with pytest.raises(ValueError, match="userid"):
            update_card_body([user], 7, "rc", replace_name="已通过")

    def test_file_without_media(self) -> None:
        with pytest.raises(ValueError, match="media_id"):
            file_body(7, ["a"], "")


class TestCardUpdates:
    def test_button(self) -> None:
        assert json.loads(update_card_body(["a", "b"], 7, "rc", replace_name="已通过")) == {
            "userids": ["a", "b"],
            "agentid": 7,
            "response_code": "rc",
            "button": {"replace_name": "已通过"},
        }

    def test_whole_card(self) -> None:
        assert json.loads(update_card_body(["a"], 7, "rc", card=CARD))["template_card"] == CARD.as_json()

    def test_one_of_the_two(self) -> None:
        with pytest.raises(ValueError, match="either"):
            update_card_body(["a"], 7, "rc")
        with pytest.raises(ValueError, match="either"):
            update_card_body(["a"], 7, "rc", replace_name="x", card=CARD)

    def test_needs_a_response_code(self) -> None:
        with pytest.raises(ValueError, match="response_code"):
            update_card_body(["a"], 7, "", replace_name="x")


class TestCards:
    def test_buttons(self) -> None:
        card = Card(
            "task_1@34-1",
            "34 政府开放日",
            desc="新民镇提交了完成报告",
            rows=(Row("办结时限", "2021-10-31"), Row("佐证", "1 条链接")),
            buttons=(Button("通过", "通过 34 新民镇", 2), Button("退回", "退回 34 新民镇", 3)),
            source="督办",
        )
        assert card.as_json() == {
            "card_type": "button_interaction",
            "source": {"desc": "督办"},
            "main_title": {"title": "34 政府开放日", "desc": "新民镇提交了完成报告"},
            "horizontal_content_list": [
                {"keyname": "办结时限", "value": "2021-10-31"},
                {"keyname": "佐证", "value": "1 条链接"},
            ],
            "task_id": "task_1@34-1",
            "button_list": [
                {"text": "通过", "style": 2, "key": "通过 34 新民镇"},
                {"text": "退回", "style": 3, "key": "退回 34 新民镇"},
            ],
        }

    def test_notice(self) -> None:
        card = Card("t", "台账", kind="text_notice", url="https://duban.example/board").as_json()
        assert card["card_type"] == "text_notice"
        assert card["card_action"] == {"type": 1, "url": "https://duban.example/board"}
        assert "button_list" not in card

    def test_advisable_lengths(self) -> None:
        long = "长" * 200
        card = Card("t", long, desc=long, rows=(Row(long, long),), buttons=(Button(long, "k"),), source=long).as_json()
        assert card["main_title"] == {"title": "长" * 25 + "…"}
        assert card["sub_title_text"] == "长" * 111 + "…"
        assert card["horizontal_content_list"] == [{"keyname": "长" * 4 + "…", "value": "长" * 25 + "…"}]
        assert card["button_list"][0]["text"] == "长" * 9 + "…"
        assert card["source"]["desc"] == "长" * 12 + "…"

    def test_what_fits_is_left_alone(self) -> None:
        card = Card("t", "题" * 26, desc="述" * 30, buttons=(Button("钮" * 10, "k"),)).as_json()
        assert card["main_title"] == {"title": "题" * 26, "desc": "述" * 30}
        assert card["button_list"][0]["text"] == "钮" * 10

    def test_longer_description_moves_below(self) -> None:
        card = Card("t", "题", desc="述" * 31, buttons=(Button("钮", "k"),)).as_json()
        assert (card["main_title"], card["sub_title_text"]) == ({"title": "题"}, "述" * 31)

    @pytest.mark.parametrize("task_id", ["", "任务", "a b", "a:b", "a\n", "x" * 129])
    def test_task_id(self, task_id: str) -> None:
        with pytest.raises(ValueError, match="task_id"):
            Card(task_id, "题", buttons=(Button("钮", "k"),))

    def test_counts(self) -> None:
        button, row = Button("钮", "k"), Row("键", "值")
        assert Card("x" * 128, "题", rows=(row,) * 6, buttons=(button,) * 6)
        with pytest.raises(ValueError, match="6 of them"):
            Card("t", "题", buttons=(button,) * 7)
        with pytest.raises(ValueError, match="6 of them"):
            Card("t", "题")
        with pytest.raises(ValueError, match="6 rows"):
            Card("t", "题", rows=(row,) * 7, buttons=(button,))

    def test_parts(self) -> None:
        assert Button("钮", "键" * 341 + "k")
        for wrong in (("钮", "键" * 342), ("钮", ""), ("", "k"), ("钮", "k", 0), ("钮", "k", 5)):
            with pytest.raises(ValueError, match="button"):
                Button(*wrong)
        with pytest.raises(ValueError, match="keyname"):
            Row("", "值")
        with pytest.raises(ValueError, match="title"):
            Card("t", "", buttons=(Button("钮", "k"),))

    def test_notice_needs_an_address_and_no_buttons(self) -> None:
        for wrong in ({}, {"url": "https://a", "buttons": (Button("钮", "k"),)}):
            with pytest.raises(ValueError, match="url"):
                Card("t", "题", kind="text_notice", **wrong)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="http"):
            Card("t", "题", kind="text_notice", url="javascript:alert(1)")


class TestMenu:
    def test_ours(self) -> None:
        buttons = menu_body()["button"]
        assert [button["name"] for button in buttons] == ["我的任务", "办理", "帮助"]
        keys = [entry["key"] for button in buttons for entry in button["sub_button"]]
        assert keys == ["任务", "待审", "逾期", "下一页", "收到", "未读", "统计", "台账", "帮助", "为什么"]
        assert {entry["type"] for button in buttons for entry in button["sub_button"]} == {"click"}

    @pytest.mark.parametrize(
        "menu",
        [
            {},
            {str(n): {"a": "b"} for n in range(4)},
            {"a": {}},
            {"a": {str(n): "b" for n in range(6)}},
            {"": {"a": "b"}},
            {"任" * 6: {"a": "b"}},
            {"a": {"务" * 14: "b"}},
            {"a": {"b": "键" * 43}},
            {"a": {"b": ""}},
        ],
    )
    def test_limits(self, menu: dict[str, dict[str, str]]) -> None:
        with pytest.raises(ValueError, match=r"menu|button|bytes"):
            menu_body(menu)

    def test_at_the_limits(self) -> None:
        assert menu_body({"a" * 16: {"b" * 40: "c" * 128}})
        assert menu_body(MENU) == menu_body()
