"""Who hears of what: the people behind "unit", "lead" and "office" of the rules."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.people import Role
from bot.store import people
from bot.store.items import ItemRow


async def office(session: AsyncSession) -> list[str]:
    return await people.with_role(session, Role.OFFICE)


async def checkers(session: AsyncSession, item: ItemRow) -> list[str]:
    """Who checks this item: the reviewers of its leads; the office where there are none (rule 2)."""
    if item.checkers:
        reviewers = await people.with_role(session, Role.REVIEWER, item.checkers)
        if reviewers:
            return reviewers
    return await office(session)


async def deciders(session: AsyncSession, item: ItemRow) -> list[str]:
    """Who may decide a request: lead and office, the first of them wins (DESIGN §6)."""
    return list(dict.fromkeys(await checkers(session, item) + await office(session)))


async def unit_contact(session: AsyncSession, unit_id: int) -> list[str]:
    """The unit's first contact that can be reached (A角, else the next); empty where there is none."""
    found = (await people.unit_people(session)).get(unit_id)
    return list(found.contacts[:1]) if found else []
