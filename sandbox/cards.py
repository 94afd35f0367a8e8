"""Template cards: what may be in one, and which of its buttons speak to the bot."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.errors import Json, require

INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
KINDS = ("text_notice", *INTERACTIVE)

MAX_BUTTONS = 6
MAX_ROWS = 6
MAX_JUMPS = 3
MAX_SELECTS = 3
MAX_OPTIONS = 20
KEY_BYTES = 1024
_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")


@dataclass(frozen=True, slots=True)
class Button:
    """A button whose press is told to the bot."""

    key: str
    text: str


def check_card(card: Any) -> None:
    """Raises ApiError 40016 to 40019 for buttons and 40058 for the rest, naming what is wrong."""
    require(isinstance(card, dict), 40058, "template_card missing")
    kind = card.get("card_type")
    require(kind in KINDS, 40058, f"card_type {kind} not supported")
    title = _dict(card, "main_title").get("title") or card.get("sub_title_text")
    require(title, 40058, "main_title.title and sub_title_text both empty")
    _check_rows(card)
    _check_jumps(card)
    if kind == "text_notice":
        _check_action(card)
    else:
        require(card.get("task_id"), 40058, "task_id missing")
    if "task_id" in card:
        valid = isinstance(card["task_id"], str) and _TASK_ID.fullmatch(card["task_id"])
        require(valid, 40058, "invalid task_id")
    if kind == "button_interaction":
        _check_buttons(card)
        if "button_selection" in card:
            _check_question(card["button_selection"])
    elif kind in INTERACTIVE:
        _check_questions(card)


def buttons(card: Json) -> tuple[Button, ...]:
    """The buttons of a checked card that call back, in order; links are not among them."""
    if card["card_type"] == "button_interaction":
        return tuple(Button(b["key"], b["text"]) for b in card["button_list"] if b.get("type", 0) == 0)
    if card["card_type"] in INTERACTIVE:
        return (Button(card["submit_button"]["key"], card["submit_button"]["text"]),)
    return ()


def _dict(card: Json, name: str) -> Json:
    value = card.get(name, {})
    require(isinstance(value, dict), 40058, f"{name} is not an object")
    return dict(value)


def _list(card: Json, name: str, least: int, most: int, code: int = 40058) -> list[Json]:
    value = card.get(name, [])
    valid = isinstance(value, list) and least <= len(value) <= most and all(isinstance(one, dict) for one in value)
    require(valid, code, f"invalid {name} size")
    return list(value)


def _check_key(value: Any) -> None:
    require(isinstance(value, str) and 0 < len(value.encode()) <= KEY_BYTES, 40019, "invalid button key size")


def _check_rows(card: Json) -> None:
    for row in _list(card, "horizontal_content_list", 0, MAX_ROWS):
        require(row.get("keyname"), 40058, "horizontal_content_list.keyname missing")
        require(row.get("type", 0) != 1 or row.get("url"), 40058, "horizontal_content_list.url missing")


def _check_jumps(card: Json) -> None:
    for jump in _list(card, "jump_list", 0, MAX_JUMPS):
        require(jump.get("title"), 40058, "jump_list.title missing")
        require(jump.get("type", 0) != 1 or jump.get("url"), 40058, "jump_list.url missing")


def _check_action(card: Json) -> None:
    action = _dict(card, "card_action")
    require(action.get("type") in (1, 2), 40058, "card_action missing")
    require(action["type"] != 1 or action.get("url"), 40058, "card_action.url missing")


def _check_buttons(card: Json) -> None:
    keys = []
    for button in _list(card, "button_list", 1, MAX_BUTTONS, 40016):
        require(button.get("type", 0) in (0, 1), 40017, "invalid button type")
        require(isinstance(button.get("text"), str) and button["text"], 40018, "invalid button name size")
        if button.get("type", 0) == 0:
            _check_key(button.get("key"))
            keys.append(button["key"])
        else:
            require(button.get("url"), 40020, "invalid button url size")
    require(len(set(keys)) == len(keys), 40058, "button key repeated")


def _check_questions(card: Json) -> None:
    submit = _dict(card, "submit_button")
    require(isinstance(submit.get("text"), str) and submit["text"], 40018, "invalid button name size")
    _check_key(submit.get("key"))
    if card["card_type"] == "vote_interaction":
        _check_question(card.get("checkbox"))
        return
    for select in _list(card, "select_list", 1, MAX_SELECTS):
        _check_question(select)


def _check_question(question: Any) -> None:
    require(isinstance(question, dict), 40058, "question missing")
    require(question.get("question_key"), 40058, "question_key missing")
    options = _list(question, "option_list", 1, MAX_OPTIONS)
    require(all(option.get("id") and option.get("text") for option in options), 40058, "option without id or text")
