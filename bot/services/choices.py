"""Which of these? The candidates as buttons of a card, and what becomes of the card once the question is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from bot.services.work import Lane, Work
from bot.store.items import ItemRow
from bot.store.tables import Outbox
from bot.texts.words import short

BUTTONS = 5  # of the platform's six; the last one is 取消
WHY = "回复您刚才的消息"
OVER = "已失效"


@dataclass(frozen=True)
class Question:
    """`asked` tells it from every other question of this person; `text` is its twin for where there are no cards."""

    asked: str
    text: str
    card: dict[str, Any]


def question(work: Work, what: str, candidates: Sequence[ItemRow], text: str) -> Question:
    """The nearest deadlines have buttons; any other candidate is answered by its number."""
    asked = sha256(str(work.message_key).encode()).hexdigest()[:16]
    shown = candidates[:BUTTONS]
    by_unit = len({item.code for item in candidates}) == 1 and len(candidates) > 1
    several = len({item.unit for item in candidates}) > 1
    more = len(candidates) - len(shown)
    how = f"按按钮，或回复{'单位' if by_unit else '编号'}"
    return Question(
        asked,
        text,
        {
            "title": what,
            "desc": f"{f'{shown[0].ref}：' if by_unit else ''}{how}{f'（另有 {more} 项）' if more else ''}",
            "rows": [[item.code, _row(item, by_unit, several)] for item in shown],
            "buttons": [
                *([_label(item, by_unit, several), f"choose:{item.id}"] for item in shown),
                ["取消", "drop:0"],
            ],
        },
    )


def _row(item: ItemRow, by_unit: bool, several: bool) -> str:
    """What tells it from the others."""
    if by_unit:
        return item.unit
    return f"{item.unit} {short(item.title, 16)}" if several else item.title


def _label(item: ItemRow, by_unit: bool, several: bool) -> str:
    if by_unit:
        return item.unit
    return f"{item.code} {item.unit if several else item.title}"


async def send(work: Work, key: str, asked: Question, userid: str) -> None:
    """The question instead of its words; a deployment without cards sends the words."""
    payload = {"text": asked.text, "card": asked.card, "userid": userid}
    await work.send(key, Lane.REPLY, "card", userid.lower(), payload, WHY, about=about(asked.asked))


async def ended(work: Work, asked: str, became: str) -> None:
    """The card shows in one grey word that its question is over. One that has not left yet goes out as it is: a press
    of it is answered as too late."""
    await work.session.flush()
    sent = select(Outbox).where(Outbox.about == about(asked), Outbox.state == "sent", Outbox.response_code.is_not(None))
    for card in (await work.session.scalars(sent)).all():
        await work.send(
            f"settle:{card.id}:{card.response_code}"[:200],
            Lane.REPLY,
            "card_update",
            card.member_key,
            {"response_code": card.response_code, "replace_name": became},
            "卡片状态更新",
        )
        card.response_code = None  # a code works once


def about(asked: str) -> str:
    return f"choice:{asked}"
