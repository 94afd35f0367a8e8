"""The card of an item for its unit: 签收, 完成, 延期, 详情. It follows the item on every phone it went to."""

from typing import Any

from sqlalchemy import select

from bot.domain.states import OPEN, State
from bot.services.work import Lane, Work
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Outbox
from bot.texts.words import day, short

WHY = "回复您刚才的消息"


def facts(item: ItemRow) -> dict[str, Any]:
    """The card as its item stands now; a key names the submission it was made before."""
    signing = [["签收", f"sign:{item.id}:{item.submission}"]] if item.state is State.DISPATCHED else []
    return {
        "title": f"{item.code} {short(item.title, 20)}",
        "desc": item.unit,
        "rows": [["状态", item.state.label], ["时限", day(item.due)], ["牵头", item.lead_text]],
        "buttons": [
            *signing,
            ["完成", f"done:{item.id}:{item.submission}"],
            ["延期", f"extend:{item.id}:{item.submission}"],
            ["详情", f"show:{item.id}:{item.submission}"],
        ],
    }


async def send(work: Work, key: str, item: ItemRow, userid: str) -> None:
    """Behind the words of 任务 12; a deployment without cards does without, the words say the same."""
    text = f"{item.ref}（{item.unit}）{item.state.label}"
    payload = {"text": text, "card": facts(item), "card_only": True, "userid": userid}
    await work.send(key, Lane.REPLY, "card", userid.lower(), payload, WHY, about=_about(item.id))


async def refresh(work: Work) -> None:
    """Cards of items that changed in this transaction show what became of them, for everybody who got one."""
    changed = [int(subject.partition(":")[2]) for subject in work.changed]
    if not changed:
        return
    await work.session.flush()
    query = select(Outbox).where(
        Outbox.about.in_([_about(item_id) for item_id in changed]),
        Outbox.state == "sent",
        Outbox.response_code.is_not(None),
    )
    cards = (await work.session.scalars(query)).all()
    if not cards:
        return
    items = {_about(item.id): item for item in await items_by_id(work.session, changed)}
    for card in cards:
        item = items[str(card.about)]
        shown = {"card": facts(item), "of": card.id} if item.state in OPEN else {"replace_name": item.state.label}
        await work.send(
            f"settle:{card.id}:{card.response_code}"[:200],
            Lane.REPLY,
            "card_update",
            card.member_key,
            {"response_code": card.response_code, **shown},
            "卡片状态更新",
        )
        card.response_code = None  # a code works once


def _about(item_id: int) -> str:
    return f"item:{item_id}"
