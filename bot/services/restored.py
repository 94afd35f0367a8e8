"""After a backup was put back: what it says is waiting may have been sent since, and must not be sent again."""

from sqlalchemy import select

from bot.services.planning import unplan
from bot.services.work import Work
from bot.store.tables import Outbox

WHY = "恢复了较早的备份：这条消息可能在备份之后已经发出，不自动重发"


async def settle(work: Work) -> int:
    """Ends what was due before this moment; returns how many messages that was. What is for later still leaves.

    A digest is planned anew if its day is not over: what it carried is due again with the next one.
    """
    query = select(Outbox).where(Outbox.state.in_(["pending", "sending"]), Outbox.not_before <= work.now)
    waiting = (await work.session.scalars(query.order_by(Outbox.id))).all()
    for row in waiting:
        if row.kind == "digest" and row.body is None:
            await unplan(work, row)
        else:
            row.state, row.error = ("unknown" if row.body is not None else "cancelled"), WHY
    work.audit("restore", "database", {}, {"messages_ended": len(waiting)})
    return len(waiting)
