"""Messages that ask somebody to act, and what becomes of their cards once somebody has.

A prompt is kept as facts and words; delivery renders it when it is first claimed, as a card or as its text twin, and
only `while` what it asks is still open (DESIGN §3, rule 4).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, update

from bot.domain.calendar import local_day
from bot.domain.links import Reach
from bot.domain.planning import Stage, StageKind
from bot.domain.states import OPEN, RequestKind, State
from bot.domain.timing import next_open, overdue_days, stage_due
from bot.services import linkviews
from bot.services.work import Lane, Work
from bot.store.items import ItemRow
from bot.store.tables import Evidence, Outbox, Request
from bot.texts.fit import clip
from bot.texts.words import bullet_list, day, short

REASON_BYTES = 1200  # of the 2048 of a message; the whole reason stands in 任务 编号
LINK_BYTES = 320
RETURNED_LINES = 8

FIRST_SUBMISSION = "规则4：待审队列从空变为有，首件即时告知审核人，其余等晨报或回复“待审”"
RETURNED = "规则4：退回需要你处理，即时告知"
REQUEST = "规则4：有申请等待决定，即时告知牵头单位和县政府办公室"
URGED = "规则5之外：有人点名催办"


async def evidence_of(work: Work, item: ItemRow, submission: int) -> list[Evidence]:
    """The links and files of one submission, in the order they came."""
    query = (
        select(Evidence)
        .where(Evidence.assignment_id == item.id, Evidence.submission == submission, Evidence.withdrawn.is_(False))
        .order_by(Evidence.id)
    )
    return list((await work.session.scalars(query)).all())


async def submission(work: Work, item: ItemRow, number: int, recipients: Iterable[str]) -> None:
    """待审: a card with 通过, 退回 and 看链接 for everybody who may check."""
    facts = await _submission(work, item, number)
    for key in recipients:
        await work.prompt(
            f"submission:{item.id}:{number}:{key}",
            "card",
            key,
            {**facts, "while": _while(item, [State.SUBMITTED], number)},
            FIRST_SUBMISSION,
            about=f"submission:{item.id}:{number}",
        )


async def more_evidence(work: Work, item: ItemRow) -> None:
    """Whoever has not been told of this submission yet is told of all its evidence."""
    facts = await _submission(work, item, item.submission)
    waiting = select(Outbox).where(
        Outbox.about == f"submission:{item.id}:{item.submission}",
        Outbox.state.in_(["pending", "bundled"]),
        Outbox.body.is_(None),
    )
    for row in (await work.session.scalars(waiting)).all():
        row.payload = {**row.payload, **facts}


async def _submission(work: Work, item: ItemRow, number: int) -> dict[str, Any]:
    proofs = await evidence_of(work, item, number)
    seen = await linkviews.look(work, [item], {item.id: proofs})
    text = "\n".join(
        [
            f"【待审】{item.ref}",
            f"{item.unit} 已报完成，时限 {day(item.due)}",
            *(f"佐证：{clip(proof.name, LINK_BYTES)}{_found(seen.get(proof.id))}" for proof in proofs[:5]),
            f"通过请回复：通过 {item.code} {item.unit}",
            f"退回请回复：退回 {item.code} {item.unit} 理由",
        ]
    )
    card = {
        "title": f"待审 {item.code} {short(item.title, 20)}",
        "desc": f"{item.unit} 已报完成",
        "rows": [["单位", item.unit], ["时限", day(item.due)], ["佐证", f"{len(proofs)} 件"]],
        "buttons": [
            ["通过", f"approve:{item.id}:{number}"],
            ["退回", f"return:{item.id}:{number}"],
            ["看链接", f"links:{item.id}:{number}"],
        ],
    }
    return {"text": text, "card": card}


def _found(seen: linkviews.Seen | None) -> str:
    """Told at once, it has not been looked at yet; told with the morning, it has."""
    return "" if seen is None or seen.page.reach is Reach.WAITING else seen.brief


async def returned(work: Work, items: Sequence[ItemRow], reason: str, recipients: Iterable[str]) -> None:
    """One message for everything of a unit that was sent back together."""
    first, ids = items[0], [item.id for item in items]
    why = f"理由：{clip(reason, REASON_BYTES)}"
    text = f"【退回】{first.ref}\n{why}\n改好后请回复：完成 {first.code} 链接"
    if len(items) > 1:
        lines = bullet_list([f"· {short(item.ref)}" for item in items], RETURNED_LINES)
        text = f"【退回】{len(items)} 项：\n{lines}\n{why}\n改好后请逐项回复：完成 编号 链接"
    for key in recipients:
        await work.prompt(
            f"returned:{first.id}:{work.message_key}:{key}",
            "text",
            key,
            {"text": text, "while": {**_while(first, [State.RETURNED]), "ids": ids}, "asks": ids},
            RETURNED,
            about=f"act:{first.id}:{work.message_key}" if len(items) == 1 else None,
        )


async def urged(work: Work, items: list[ItemRow], recipients: Iterable[str], who: str) -> None:
    leaves = local_day(next_open(work.calendar, work.policy, work.now))
    lines = [f"{short(item.ref, 60)}，时限 {day(item.due)}{_late(work, item, leaves)}" for item in items]
    text = f"【催办】{who} 提醒：\n{bullet_list(lines)}\n办完请回复：完成 {items[0].code} 链接"
    for key in recipients:
        await work.prompt(
            f"urge:{work.message_key}:{items[0].id}:{key}",
            "text",
            key,
            {
                "text": text,
                "while": _while(items[0], sorted(OPEN)),
                "asks": [item.id for item in items],
                "marks": [[item.id, _cycle(work, item), Stage(StageKind.URGE).key] for item in items],
            },
            URGED,
        )


async def request(
    work: Work, item: ItemRow, kind: RequestKind, request_id: int, what: str, reason: str, recipients: Iterable[str]
) -> None:
    """A request somebody must decide: a card with 同意 and 不同意."""
    text = "\n".join(
        [
            f"【申请{kind.label}】{item.ref}",
            f"{item.unit}：{what}，现在的时限 {day(item.due)}",
            f"理由：{clip(reason, REASON_BYTES)}",
            f"请回复：同意 {item.code} {item.unit}　或　不同意 {item.code} {item.unit} 理由",
        ]
    )
    card = {
        "title": f"申请{kind.label} {item.code} {short(item.title, 18)}",
        "desc": f"{item.unit}：{what}",
        "sub": f"理由：{reason}",
        "rows": [["单位", item.unit], ["时限", day(item.due)]],
        "buttons": [["同意", f"agree:{item.id}:{request_id}"], ["不同意", f"refuse:{item.id}:{request_id}"]],
    }
    for key in recipients:
        await work.prompt(
            f"request:{request_id}:{work.message_key}:{key}",  # asked again after a 撤回, it is another message
            "card",
            key,
            {"text": text, "card": card, "while_request": request_id, "asks_decision": request_id},
            REQUEST,
            about=f"request:{request_id}",
        )


async def withdraw_requests(work: Work, item: ItemRow) -> list[int]:
    """The item ended: a request that still waits has nothing left to decide. Returns which those were."""
    query = select(Request).where(Request.assignment_id == item.id, Request.state == "open")
    found = (await work.session.scalars(query)).all()
    for open_request in found:
        open_request.state = "withdrawn"
        await settle(work, f"request:{open_request.id}", "事项已办结")
    return [open_request.id for open_request in found]


async def settle(work: Work, about: str, became: str) -> None:
    """Somebody acted: what was not sent yet is cancelled, and every card that was shows what became of it."""
    await work.session.execute(
        update(Outbox).where(Outbox.about == about, Outbox.state == "pending").values(state="cancelled")
    )
    cards = (
        await work.session.scalars(
            select(Outbox).where(Outbox.about == about, Outbox.state == "sent", Outbox.response_code.is_not(None))
        )
    ).all()
    for card in cards:
        await work.send(
            f"settle:{card.id}:{card.response_code}"[:200],
            Lane.REPLY,
            "card_update",
            card.member_key,
            {"response_code": card.response_code, "replace_name": became},
            "卡片状态更新",
        )
        card.response_code = None  # a code works once


def _late(work: Work, item: ItemRow, on: date) -> str:
    days = overdue_days(work.calendar, item.state, item.due, item.submitted_on, on)
    return f"，逾期 {days} 个工作日" if days else ""


def _while(item: ItemRow, states: list[State], submission: int | None = None) -> dict[str, Any]:
    return {"id": item.id, "states": [str(state) for state in states], "submission": submission}


def _cycle(work: Work, item: ItemRow) -> str:
    returned_on = local_day(item.returned_at) if item.returned_at else None
    return stage_due(work.calendar, work.policy, item.due, returned_on).isoformat()
