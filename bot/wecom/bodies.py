"""Request bodies as exact bytes.

The outbox keeps these bytes and repeats them unchanged: the platform's duplicate check compares requests byte for byte,
and it must be on at the first attempt, or a repetition shows twice. Two different messages of equal words within its
four hours become one, so give every message something of its own.
"""

import json
from collections.abc import Sequence
from typing import Any

from bot.wecom.cards import Card

MAX_TEXT = 2048  # bytes of UTF-8; the platform cuts the rest off without a word
MAX_USERS = 1000
DUPLICATE_CHECK = 14400  # seconds, the longest the platform offers


def text_body(agent_id: int, users: Sequence[str], content: str) -> bytes:
    """A text of 1 to 2048 bytes to 1–1000 userids; ValueError otherwise (splitting is done where texts are made)."""
    return _message(agent_id, users, "text", {"content": _checked(content)})


def markdown_body(agent_id: int, users: Sequence[str], content: str) -> bytes:
    """Like text_body. Only WeCom's own client shows Markdown; in the WeChat plugin it is unreadable."""
    return _message(agent_id, users, "markdown", {"content": _checked(content)})


def file_body(agent_id: int, users: Sequence[str], media_id: str) -> bytes:
    """A file uploaded within the last three days."""
    if not media_id:
        raise ValueError("a file message needs a media_id")
    return _message(agent_id, users, "file", {"media_id": media_id})


def card_body(agent_id: int, users: Sequence[str], card: Card) -> bytes:
    return _message(agent_id, users, "template_card", card.as_json())


def update_card_body(
    userids: Sequence[str],
    agent_id: int,
    response_code: str,
    *,
    replace_name: str | None = None,
    card: Card | None = None,
) -> bytes:
    """Replaces a card's buttons by one grey word (`replace_name`), or the whole card. Exactly one of the two.

    Unlike messages, updates name people in a list, and have no duplicate check: a response_code works only once.
    """
    if (replace_name is None) == (card is None):
        raise ValueError("either replace_name or card")
    if not response_code:
        raise ValueError("an update needs the response_code of the card's last event")
    change = {"template_card": card.as_json()} if card else {"button": {"replace_name": replace_name}}
    return _bytes(
        {"userids": _checked_users(userids), "agentid": agent_id, "response_code": response_code, **change},
    )


def recall_body(msgid: str) -> bytes:
    """Takes back a message sent within the last 24 hours, from everybody it went to."""
    if not msgid:
        raise ValueError("a recall needs the msgid")
    return _bytes({"msgid": msgid})


def _message(agent_id: int, users: Sequence[str], kind: str, content: dict[str, Any]) -> bytes:
    return _bytes(
        {
            "touser": "|".join(_checked_users(users)),
            "msgtype": kind,
            "agentid": agent_id,
            kind: content,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_CHECK,
        }
    )


def _checked(content: str) -> str:
    if not 0 < len(content.encode()) <= MAX_TEXT:
        raise ValueError(f"a text has 1 to {MAX_TEXT} bytes, this one {len(content.encode())}")
    return content


def _checked_users(users: Sequence[str]) -> list[str]:
    """Refuses what would reach somebody else: "a|b" is two people, "@all" the whole corp."""
    if not 1 <= len(users) <= MAX_USERS:
        raise ValueError(f"a message goes to 1 to {MAX_USERS} people")
    if any(not user or "|" in user or user.startswith("@") for user in users):
        raise ValueError("not a userid")
    return list(users)


def _bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
