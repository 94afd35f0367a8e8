"""通知 and 收到: the office broadcasts, everybody answers once, 未读 says who has not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, insert, select, update

from bot.domain.calendar import at
from bot.domain.planning import LineKind
from bot.domain.states import State
from bot.domain.timing import in_window, next_open
from bot.services import broadcasts, report
from bot.services.planning import UNANSWERED
from bot.services.work import Lane, Work
from bot.store.items import ItemRow, items_by_id
from bot.store.tables import Ask, News, Notice, Outbox, Receipt
from bot.texts.words import short

BROADCAST = "县政府办公室发的通知"
CARD_BODY = 112  # characters a card shows; a longer notice goes as text


def leaves_at(work: Work, urgent: bool) -> datetime:
    """When a notice confirmed now goes out: in working hours, unless it is an emergency (rule 3)."""
    return work.now if urgent else next_open(work.calendar, work.policy, work.now)


async def send(
    work: Work,
    audience: str,
    told: Mapping[str, Sequence[int]],
    body: str,
    urgent: bool,
    file: Mapping[str, str] | None = None,
) -> Notice:
    """One message and one receipt for each account of `told`, which maps it to the units it was meant for as their
    contact: where it cannot be reached, their next contact is tried (DESIGN §2). `file`: path and name of an
    attachment, for at most TOGETHER people."""
    notice = Notice(
        by=work.actor,
        audience=audience,
        body=body,
        urgent=urgent,
        state="sent",
        at=work.now,
        leaves_at=leaves_at(work, urgent),
    )
    work.session.add(notice)
    await work.session.flush()
    # 立即 outside working hours is an emergency measure, so it stands in the record as one.
    emergency = urgent and not in_window(work.calendar, work.policy, work.now)
    after = {"audience": audience, "people": len(told), "emergency": emergency}
    work.audit("notice", f"notice:{notice.id}", {}, after, body)
    attached = f"\n附件：{file['name']}" if file else ""
    text = f"【通知 {notice.id}】{body}{attached}\n——县政府办公室。看到请回复：收到"
    payload: dict[str, object] = {"text": text, "notice": notice.id, "urgent": urgent}
    if len(body) <= CARD_BODY:
        payload["card"] = {
            "title": f"通知 {notice.id}",
            "desc": "县政府办公室",
            "sub": body,
            "rows": [["附件", file["name"]]] if file else [],
            "buttons": [["收到", f"read:{notice.id}"]],
        }
    receipts = [{"notice_id": notice.id, "member_key": key} for key in told]
    if receipts:
        await work.session.execute(insert(Receipt), receipts)
    if len(told) > broadcasts.TOGETHER:
        await broadcasts.put(work, notice, payload, told, BROADCAST)
        return notice
    for key, units in told.items():
        await work.send(
            f"notice:{notice.id}:{key}",
            Lane.BROADCAST,
            "card" if "card" in payload else "text",
            key,
            {**payload, "units": list(units)},
            BROADCAST,
            about=f"notice:{notice.id}:{key}",
            not_before=notice.leaves_at,
        )
        if file:
            await work.send(
                broadcasts.file_key(notice, key),
                Lane.BROADCAST,
                "file",
                key,
                {**file, "urgent": urgent},
                BROADCAST,
                about=f"notice:{notice.id}:{key}",
                not_before=notice.leaves_at,
            )
    return notice


RECENT = timedelta(days=14)  # an older notice is not reminded of


async def remind(work: Work) -> None:
    """Whoever was sent a notice on an earlier day and has not answered reads of it once more, in the next digest that
    goes out to them anyway."""
    query = select(Notice).where(Notice.state == "sent", Notice.at > work.now - RECENT)
    for notice in (await work.session.scalars(query)).all():
        key = f"{UNANSWERED}:{notice.id}:"
        known = set((await work.session.scalars(select(News.key).where(News.key.like(f"{key}%")))).all())
        today = at(work.today, time.min)
        mine = Outbox.about.like(f"notice:{notice.id}:%")
        sent = select(Outbox.member_key).where(mine, Outbox.state == "sent", Outbox.sent_at < today)
        waiting = await work.session.scalars(
            select(Receipt.member_key).where(
                Receipt.notice_id == notice.id, Receipt.answered_at.is_(None), Receipt.member_key.in_(sent)
            )
        )
        words = f"通知 {notice.id}：{short(notice.body, 40)}"
        fresh = [
            {"key": f"{key}{person}", "member_key": person, "words": words, "at": today}
            for person in waiting
            if f"{key}{person}" not in known
        ]
        if fresh:
            await work.session.execute(insert(News), fresh)


async def answered(work: Work, news: News) -> bool:
    """Is there nothing left to remind of?"""
    _, notice_id, person = news.key.split(":", 2)
    receipt = await work.session.get(Receipt, (int(notice_id), person))
    notice = await work.session.get(Notice, int(notice_id))
    return receipt is None or receipt.answered_at is not None or notice is None or notice.state != "sent"


async def was_recalled(work: Work, key: str, notice_id: int) -> bool:
    """Was it sent to this person, and taken back since?"""
    notice = await work.session.get(Notice, notice_id)
    sent = await work.session.get(Receipt, (notice_id, key))
    return sent is not None and notice is not None and notice.state == "cancelled"


async def last_notice(work: Work, number: int | None = None) -> Notice | None:
    query = select(Notice).where(Notice.state != "draft").order_by(Notice.id.desc()).limit(1)
    if number is not None:
        query = query.where(Notice.id == number)
    return await work.session.scalar(query)


async def unread(work: Work, notice: Notice) -> tuple[list[str], int]:
    """Accounts that have not answered, and how many people there were."""
    query = select(Receipt.member_key).where(Receipt.notice_id == notice.id, Receipt.answered_at.is_(None))
    missing = list((await work.session.scalars(query.order_by(Receipt.member_key))).all())
    total = await work.session.scalar(select(func.count()).where(Receipt.notice_id == notice.id))
    return missing, total or 0


@dataclass(frozen=True)
class Acknowledged:
    """What a 收到 answered: a notice, or the items of a digest (those signed by it, those signed already)."""

    notice: Notice | None = None
    reminded: tuple[int, ...] = ()  # notices the digest reminded of
    signed: tuple[ItemRow, ...] = ()
    nothing_left: bool = False


async def acknowledge(work: Work, key: str, units: Collection[int]) -> Acknowledged | None:
    """收到 answers the latest message that asked for it (rule 11). None where none is open."""
    ask = await work.session.scalar(
        select(Ask).where(Ask.member_key == key, Ask.answered_at.is_(None)).order_by(Ask.id.desc()).limit(1)
    )
    if ask is None:
        return None
    if ask.kind == "notice":
        return Acknowledged(notice=await read(work, key, int(ask.refs[0])))
    ask.answered_at = work.now
    mine = await items_by_id(work.session, [int(ref) for ref in ask.refs], lock=True)
    waiting = [item for item in mine if item.state is State.DISPATCHED and item.unit_id in units]
    for item in waiting:
        await report.sign(work, item)
    reminded = await _read_reminded(work, key, ask.outbox_id)
    return Acknowledged(reminded=reminded, signed=tuple(waiting), nothing_left=not waiting)


async def _read_reminded(work: Work, key: str, outbox_id: int) -> tuple[int, ...]:
    """The notices of which this digest said that they wait for a 收到."""
    digest = await work.session.get(Outbox, outbox_id)
    lines = digest.payload.get("lines", []) if digest else []
    refs = [int(ref) for kind, ref, *_ in lines if LineKind(kind) is LineKind.UNANSWERED]
    found = (await work.session.scalars(select(News).where(News.id.in_(refs)))).all()
    numbers = [int(news.key.split(":", 2)[1]) for news in found if not await answered(work, news)]
    return tuple([number for number in numbers if await read(work, key, number)])


async def read(work: Work, key: str, notice_id: int) -> Notice | None:
    """Records this person's receipt of a notice; None if they were not sent it. A second time changes nothing."""
    receipt = await work.session.get(Receipt, (notice_id, key))
    notice = await work.session.get(Notice, notice_id)
    if receipt is None or notice is None or notice.state != "sent":
        return None
    if receipt.answered_at is None:
        receipt.answered_at = work.now
        state: dict[str, object] = {"person": key}
        work.audit("receipt", f"notice:{notice_id}", {}, state)
        missing, total = await unread(work, notice)
        if not missing:
            await work.tell(f"read-by-all:{notice_id}", notice.by.lower(), f"通知 {notice_id} 已全部收到（{total} 人）")
    outbox_ids = select(Outbox.id).where(Outbox.about == f"notice:{notice_id}:{key}")
    await work.session.execute(
        update(Ask)
        .where(Ask.member_key == key, Ask.outbox_id.in_(outbox_ids), Ask.answered_at.is_(None))
        .values(answered_at=work.now)
    )
    return notice
