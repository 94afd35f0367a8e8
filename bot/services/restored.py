"""After a backup was put back: what it says is waiting may have been sent since, and must not be sent again."""

from sqlalchemy import select

from bot.domain.calendar import local
from bot.services import delivered
from bot.services.planning import unplan
from bot.services.work import Work
from bot.store.facts import PLANNED, put
from bot.store.tables import Outbox

WHY = "恢复了较早的备份：这条消息可能在备份之后已经发出，不自动重发"


async def settle(work: Work) -> int:
    """Ends what was due before this moment; returns how many messages that was. What is for later still leaves.

    A digest makes way for the next morning's; so does this morning's, which may have left though the backup is older.
    """
    ended = 0
    while waiting := await _due(work):
        # Digests first: what waited in them is due by itself then, and ends with the rest.
        digests = [row for row in waiting if row.kind == "digest"]
        for row in digests or waiting:
            await _end(work, row)
        ended += len(digests or waiting)
        await work.session.flush()
    if local(work.now).time() >= work.policy.digest_from:
        await put(work.session, PLANNED, {"day": work.today.isoformat()})
    work.audit("restore", "database", {}, {"messages_ended": ended})
    return ended


async def _due(work: Work) -> list[Outbox]:
    query = select(Outbox).where(Outbox.state.in_(["pending", "sending"]), Outbox.not_before <= work.now)
    return list((await work.session.scalars(query.order_by(Outbox.id))).all())


async def _end(work: Work, row: Outbox) -> None:
    if row.body is not None:
        row.state, row.error = "unknown", WHY
        await delivered.lost(work, row)
    elif row.kind == "digest":
        await unplan(work, row)
    else:
        row.state, row.error = "cancelled", WHY
