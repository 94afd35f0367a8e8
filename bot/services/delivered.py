"""What follows from a message having arrived, or not: in the same transaction as the outbox row."""

from datetime import timedelta

from bot.domain.planning import OF_UNIT, LineKind, Outcome
from bot.services import audience, conversation
from bot.services.planning import settle_stages
from bot.services.work import Lane, Work
from bot.store.items import items_by_id
from bot.store.tables import Ask, Member, Outbox

UNREACHABLE = "消息送不到第一联络员，改送下一位"


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
    refs = {int(ref) for kind, ref, *_ in row.payload["lines"] if LineKind(kind) in OF_UNIT}
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
    if not await _hand_on(work, row):
        await settle_stages(work, row.payload.get("marks", []), Outcome.FAILED)


async def _hand_on(work: Work, row: Outbox) -> bool:
    """Gives a unit's message to its next contact. False where there is none, or the message is not for a unit."""
    refs = [int(ref) for kind, ref, *_ in row.payload.get("lines", []) if LineKind(kind) in OF_UNIT]
    refs += row.payload.get("asks", []) if row.kind != "digest" else []
    if not refs:
        return False
    unit_ids = {item.unit_id for item in await items_by_id(work.session, refs)}
    new = False
    for unit_id in unit_ids:
        for key in await audience.unit_contact(work.session, unit_id):
            new |= await work.send(
                f"{row.key}>{key}"[:200],
                Lane(row.lane),
                row.kind,
                key,
                {name: value for name, value in row.payload.items() if name != "signs"},
                f"{row.reason}（{UNREACHABLE}）",
                not_before=work.now + timedelta(seconds=1),
            )
    return new


async def lost(work: Work, row: Outbox) -> None:
    """Failed for another final reason: what it carried was not delivered."""
    await settle_stages(work, row.payload.get("marks", []), Outcome.FAILED)
