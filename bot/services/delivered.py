"""What follows from a message having arrived, or not: in the same transaction as the outbox row."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from bot.domain.planning import OF_UNIT, LineKind, Outcome, StageKind, stage_of
from bot.services import audience, conversation
from bot.services.planning import settle_stages, take_back, unbundle
from bot.services.work import Lane, Work
from bot.store.items import items_by_id
from bot.store.tables import Ask, Member, Outbox, Receipt

UNREACHABLE = "消息送不到第一联络员，改送下一位"
MOVED = "原收件人已调整，改送现在的联络员"


async def arrived(work: Work, row: Outbox) -> None:
    """errcode 0 and the person not in invaliduser: stages are delivered, and the message may be answered."""
    if row.member_key is None:
        return
    await settle_stages(work, row.payload.get("marks", []), Outcome.DELIVERED)
    if "notice" in row.payload:
        work.session.add(_ask(work, row, "notice", [row.payload["notice"]]))
    if row.payload.get("signs"):
        work.session.add(_ask(work, row, "digest", row.payload["signs"]))
    asks = row.payload.get("asks") or _one_item(row)
    if asks and await _free(work, row.member_key):
        await conversation.expect(work, row.member_key, conversation.ITEM, {"ids": asks})


def _ask(work: Work, row: Outbox, kind: str, refs: list[int]) -> Ask:
    return Ask(outbox_id=row.id, member_key=row.member_key, kind=kind, refs=refs, at=work.now, answered_at=None)


def _one_item(row: Outbox) -> list[int]:
    """A digest that asks about one item only is a question about that item (rule 11)."""
    if row.kind != "digest":
        return []
    mine = {LineKind.OVERDUE, LineKind.REMIND, LineKind.UNSIGNED, LineKind.DISPATCH}
    refs = {int(ref) for kind, ref, *_ in row.payload["lines"] if LineKind(kind) in mine}
    return list(refs) if len(refs) == 1 else []


async def _free(work: Work, key: str) -> bool:
    """A question the person is in the middle of is not pushed aside by a message that came in between."""
    open_now = await conversation.pending(work, key)
    return open_now is None or open_now.kind == conversation.ITEM


async def refused(work: Work, row: Outbox) -> None:
    """The platform will not deliver to this person: remember it, and try the unit's next contact (DESIGN §2)."""
    if row.member_key is None:
        return
    member = await work.session.get(Member, row.member_key)
    if member is not None and member.unreachable_at is None:
        member.unreachable_at = work.now
    await work.session.flush()
    handed = await _hand_on(work, row)
    if handed is None:
        await settle_stages(work, row.payload.get("marks", []), Outcome.FAILED)
    if row.kind == "digest":
        await unbundle(work, row, handed or frozenset())


async def pass_on(work: Work, row: Outbox) -> None:
    """The person it was for has another place by now: the unit's part goes to who has theirs."""
    await _hand_on(work, row, MOVED)


async def _hand_on(work: Work, row: Outbox, why: str = UNREACHABLE) -> frozenset[int] | None:
    """Gives each unit's part of a message to the unit's next contact, and nothing that was the person's in another
    role: the messages bundled in it that went along. None where there is nobody, or the message is not for a unit."""
    units_of: dict[str, set[int]] = {}
    for unit_id in await _units_of(work, row):
        for key in await audience.unit_contact(work.session, unit_id):
            units_of.setdefault(key, set()).add(unit_id)
    handed: list[list[Any]] = []
    held: set[int] = set()
    new = False
    for key, units in units_of.items():
        part = await _part_of(work, row, units)
        handed += part.get("marks", [])
        if (own := await _own_digest(work, row, key)) is not None and not await _joined(work, own, part):
            new = True
            continue
        held |= {int(ref) for kind, ref, *_ in part.get("lines", []) if LineKind(kind) is LineKind.HELD}
        new |= own is not None or await work.send(
            f"{row.key}>{key}"[:200],
            Lane(row.lane),
            row.kind,
            key,
            part,
            f"{row.reason}（{why}）",
            about=f"notice:{row.payload['notice']}:{key}" if "notice" in row.payload else None,
            not_before=work.now + timedelta(seconds=1),
        )
        if "notice" in row.payload:
            await _hand_on_receipt(work, int(row.payload["notice"]), row.member_key or "", key)
    if new:
        left = [mark for mark in row.payload.get("marks", []) if mark not in handed]
        await settle_stages(work, left, Outcome.FAILED)
    return frozenset(held) if new else None


async def _own_digest(work: Work, row: Outbox, key: str) -> Outbox | None:
    """The digest the next contact has on the day of this one."""
    if row.kind != "digest":
        return None
    mine = select(Outbox).where(
        Outbox.key.like(f"digest:{row.payload['day']}:%"),
        Outbox.member_key == key,
        Outbox.state.not_in(["superseded", "cancelled"]),
    )
    return (await work.session.scalars(mine.order_by(Outbox.id).limit(1))).first()


async def _joined(work: Work, own: Outbox, part: dict[str, Any]) -> bool:
    """One message a morning (rule 4): what is handed on joins the digest its reader has not got yet; is that on its
    way already, it is due again the next morning."""
    if own.state != "pending" or own.body is not None:
        await take_back(work, part["marks"])
        return False
    lines, marks = own.payload["lines"], own.payload.get("marks", [])
    own.payload = {**own.payload, "lines": [*part["lines"], *lines], "marks": [*part["marks"], *marks]}
    return True


async def _units_of(work: Work, row: Outbox) -> list[int]:
    """The units whose contact was meant, the one a notice was for included."""
    if "notice" in row.payload:
        return [int(unit) for unit in row.payload.get("units", [])]
    refs = [int(ref) for kind, ref, *_ in row.payload.get("lines", []) if LineKind(kind) in OF_UNIT]
    refs += row.payload.get("asks", []) if row.kind != "digest" else []
    refs += [ref for asked in (await _held_asks(work, row)).values() for ref in asked]
    return sorted({item.unit_id for item in await items_by_id(work.session, refs)})


async def _part_of(work: Work, row: Outbox, units: set[int]) -> dict[str, Any]:
    """What of a message is for the contact of these units."""
    payload = {name: value for name, value in row.payload.items() if name != "signs"}
    if "notice" in payload:
        return {**payload, "units": sorted(units)}
    if row.kind != "digest":
        return payload
    held = await _held_asks(work, row)
    refs = {int(ref) for kind, ref, *_ in payload["lines"] if LineKind(kind) in OF_UNIT}
    refs |= {ref for asked in held.values() for ref in asked}
    theirs = {item.id for item in await items_by_id(work.session, refs) if item.unit_id in units}
    return {
        **payload,
        "lines": [
            line
            for line in payload["lines"]
            if (LineKind(line[0]) in OF_UNIT and line[1] in theirs)
            or (LineKind(line[0]) is LineKind.HELD and theirs.intersection(held.get(line[1], [])))
        ],
        "marks": [
            mark
            for mark in payload.get("marks", [])
            if mark[0] in theirs and stage_of(str(mark[2])).kind in _STAGES_OF_UNIT
        ],
    }


async def _held_asks(work: Work, row: Outbox) -> dict[int, list[int]]:
    """Of the messages that waited for this digest: outbox id -> the unit's items it asks about."""
    ids = [int(ref) for kind, ref, *_ in row.payload.get("lines", []) if LineKind(kind) is LineKind.HELD]
    found = await work.session.scalars(select(Outbox).where(Outbox.id.in_(ids)))
    return {held.id: held.payload.get("asks", []) for held in found}


async def _hand_on_receipt(work: Work, notice_id: int, gone: str, key: str) -> None:
    """未读 waits for whoever was sent the notice in the end."""
    missed = await work.session.get(Receipt, (notice_id, gone))
    if missed is not None:
        await work.session.delete(missed)
    # Its attachment stands behind it and has not been tried.
    await work.session.execute(
        update(Outbox)
        .where(Outbox.key == f"notice-file:{notice_id}:{gone}", Outbox.state == "pending")
        .values(member_key=key, about=f"notice:{notice_id}:{key}")
    )
    if await work.session.get(Receipt, (notice_id, key)) is None:
        work.session.add(Receipt(notice_id=notice_id, member_key=key, answered_at=None))
    await work.session.flush()


_STAGES_OF_UNIT = frozenset(
    {StageKind.DISPATCH, StageKind.UNSIGNED, StageKind.REMIND, StageKind.OVERDUE, StageKind.URGE}
)


async def lost(work: Work, row: Outbox) -> None:
    """Failed for another final reason: what it carried was not delivered, and what it bundled goes with the next."""
    await settle_stages(work, row.payload.get("marks", []), Outcome.FAILED)
    if row.kind == "digest":
        await unbundle(work, row)


UNSURE = "平台没有确认收到部分消息，这些消息可能未送达，不会自动重发。回复“统计”看有几条"


async def unsure(work: Work, row: Outbox) -> None:
    """May have arrived: counts as not delivered (nobody is escalated on a guess); the office hears of it once a day.

    What asked somebody to act is asked again with the next digest: better said twice in other words than never.
    """
    await lost(work, row)
    for key in await audience.office(work.session):
        await work.tell(f"unsure:{work.today}:{key}", key, UNSURE)
