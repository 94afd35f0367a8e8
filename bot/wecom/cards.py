"""Template cards: what the platform accepts, as frozen values.

Hard limits raise ValueError: exceeding them is a mistake in our code, and the platform would refuse the message. The
platform's advisable lengths (in characters) are kept by cutting, with an ellipsis: its clients cut unpredictably.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

CardKind = Literal["button_interaction", "text_notice"]

MAX_BUTTONS = 6
MAX_ROWS = 6
MAX_KEY = 1024  # bytes, a button's key
TITLE, DESC, SUB_TITLE, KEYNAME, VALUE, BUTTON, SOURCE = 26, 30, 112, 5, 26, 10, 13  # characters

_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")


@dataclass(frozen=True, slots=True)
class Button:
    text: str
    key: str  # comes back as the event's EventKey
    style: int = 1  # 1 is the most prominent, 2 to 4 are quieter; clients draw them differently

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("a button needs a text")
        if not 0 < len(self.key.encode()) <= MAX_KEY:
            raise ValueError(f"a button's key has 1 to {MAX_KEY} bytes")
        if self.style not in (1, 2, 3, 4):
            raise ValueError("a button's style is 1 to 4")


@dataclass(frozen=True, slots=True)
class Row:
    """A line "keyname: value" of the card."""

    keyname: str
    value: str

    def __post_init__(self) -> None:
        if not self.keyname:
            raise ValueError("a row needs a keyname")


@dataclass(frozen=True, slots=True)
class Card:
    """A card with buttons, or a notice that opens a page.

    A `desc` of more than 30 characters moves to the card's body (112 characters) instead of being cut below the title.
    """

    task_id: str  # unique per application for ever, at most 128 of 0-9 A-Z a-z _ @ -
    title: str
    desc: str = ""
    rows: tuple[Row, ...] = ()
    buttons: tuple[Button, ...] = ()
    kind: CardKind = "button_interaction"
    url: str = ""  # opened by pressing the card; a text_notice must have one
    source: str = ""  # small line above the title

    def __post_init__(self) -> None:
        if not _TASK_ID.fullmatch(self.task_id):
            raise ValueError("a card's task_id has 1 to 128 of 0-9 A-Z a-z _ @ -")
        if not self.title:
            raise ValueError("a card needs a title")
        if len(self.rows) > MAX_ROWS:
            raise ValueError(f"a card has at most {MAX_ROWS} rows")
        if self.kind == "button_interaction" and not 1 <= len(self.buttons) <= MAX_BUTTONS:
            raise ValueError(f"a card with buttons has 1 to {MAX_BUTTONS} of them")
        if self.kind == "text_notice" and (self.buttons or not self.url):
            raise ValueError("a notice card has a url and no buttons")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("a card opens http(s) addresses only")

    def as_json(self) -> dict[str, Any]:
        """The platform's `template_card` object."""
        main = {"title": _cut(self.title, TITLE)}
        card: dict[str, Any] = {"card_type": self.kind}
        if self.source:
            card["source"] = {"desc": _cut(self.source, SOURCE)}
        card["main_title"] = main
        if len(self.desc) > DESC:
            card["sub_title_text"] = _cut(self.desc, SUB_TITLE)
        elif self.desc:
            main["desc"] = self.desc
        if self.rows:
            card["horizontal_content_list"] = [
                {"keyname": _cut(row.keyname, KEYNAME), "value": _cut(row.value, VALUE)} for row in self.rows
            ]
        if self.url:
            card["card_action"] = {"type": 1, "url": self.url}
        card["task_id"] = self.task_id
        if self.buttons:
            card["button_list"] = [
                {"text": _cut(button.text, BUTTON), "style": button.style, "key": button.key} for button in self.buttons
            ]
        return card


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
