"""Prompts that wait for the morning, when their reader has another place by then (rule 8)."""

from sqlalchemy import select

from bot.services import delivered
from bot.services.planning import HELD
from bot.services.rendering import still_due
from bot.services.work import Work
from bot.store.tables import Outbox


async def readdress(work: Work) -> None:
    """Before a morning is planned: what is about a unit goes to who acts for it now."""
    for row in (await work.session.scalars(select(Outbox).where(*HELD))).all():
        dropped = await still_due(work, row)
        if dropped is not None and dropped.not_theirs:
            row.state, row.error = "cancelled", dropped.why
            await delivered.pass_on(work, row)
