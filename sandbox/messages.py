"""One message on one person's phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sandbox import cards
from sandbox.errors import Json


@dataclass(frozen=True, slots=True)
class Message:
    """A bubble: from the bot, or (`mine`) from the person whose phone it is.

    `id` is the platform's msgid, `number` counts everything on all phones in order, `at` is display time.
    `kind` is text, markdown, textcard, file, image, template_card, or note (what the person did without words).
    `body` is the object of that kind as it was sent. `state` is sent, sending, failed or recalled.
    """

    id: str
    number: int
    userid: str
    at: datetime
    mine: bool
    kind: str
    body: Json = field(repr=False)
    state: str = "sent"
    error: str = ""
    chat: str = ""  # the group's name when it came through a group
    pressed: str = ""  # key of the button pressed last
    selected: Mapping[str, Sequence[str]] = field(default_factory=dict)  # chosen with it: question key → option ids
    replaced: str = ""  # what the buttons became when the bot closed them

    @property
    def text(self) -> str:
        """Every word the person can read in it, line by line."""
        if self.kind in ("text", "markdown", "note"):
            return str(self.body["content"])
        if self.kind == "textcard":
            return f"{self.body['title']}\n{self.body['description']}"
        if self.kind == "template_card":
            return "\n".join(_card_lines(self.body, self.replaced))
        return str(self.body["name"])

    @property
    def summary(self) -> str:
        """One line for the list of people."""
        if self.state == "recalled":
            return "撤回了一条消息"
        prefix = {"file": "[文件] ", "image": "[图片] ", "template_card": "[卡片] ", "textcard": "[卡片] "}
        return prefix.get(self.kind, "") + self.text.split("\n")[0][:60]

    @property
    def buttons(self) -> tuple[cards.Button, ...]:
        """The buttons that can still be pressed; none once the bot has closed the card."""
        open_card = self.kind == "template_card" and not self.replaced and self.state != "recalled"
        return cards.buttons(self.body) if open_card else ()

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "number": self.number,
            "userid": self.userid,
            "at": self.at.isoformat(),
            "mine": self.mine,
            "kind": self.kind,
            "body": {} if self.state == "recalled" else self.body,
            "state": self.state,
            "error": self.error,
            "chat": self.chat,
            "pressed": self.pressed,
            "selected": self.selected,
            "replaced": self.replaced,
        }


def _card_lines(card: Json, replaced: str) -> list[str]:
    title = card.get("main_title", {})
    lines = [title.get("title"), title.get("desc"), card.get("sub_title_text")]
    emphasis = card.get("emphasis_content", {})
    lines += [emphasis.get("title"), emphasis.get("desc")]
    quote = card.get("quote_area", {})
    lines += [quote.get("title"), quote.get("quote_text")]
    lines += [f"{row['keyname']}：{row.get('value', '')}" for row in card.get("horizontal_content_list", ())]
    lines += [replaced] if replaced else [button.text for button in cards.buttons(card)]
    lines += [jump["title"] for jump in card.get("jump_list", ())]
    return [str(line) for line in lines if line]
