"""Who speaks and what they spoke of last, for reading free words."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.dialogue.intents import Target
from bot.dialogue.speaker import Speaker
from bot.dialogue.titles import Book, Entry
from bot.domain.people import Member
from bot.domain.responsibility import Directory
from bot.services import conversation
from bot.store.tables import Assignment, Node, Task


async def speaker_of(
    session: AsyncSession, member: Member, directory: Directory, now: datetime, minutes: int
) -> Speaker:
    """`minutes`: how long an item that was spoken of may be called 这个."""
    topic = await conversation.topic(session, member.userid.lower(), now, minutes)
    return Speaker(
        units=frozenset(unit.name for unit in directory.units if unit.id in member.acts_for),
        checks=bool(member.reviews_for) or member.is_office,
        office=member.is_office,
        sees_all=member.sees_all,
        topic=Target(topic.number, topic.node) if topic else None,
        book=await _book(session, member),
    )


async def _book(session: AsyncSession, member: Member) -> Book:
    """The rows this person may speak of: their units' own; all where they check or read."""
    query = select(Task.number, Task.item).distinct().order_by(Task.number)
    if not (member.reviews_for or member.sees_all):
        query = query.join(Node, Node.task_id == Task.id).join(Assignment, Assignment.node_id == Node.id)
        query = query.where(Assignment.unit_id.in_(sorted(member.acts_for)))
    rows = await session.execute(query)
    return Book(tuple(Entry(Target(number), title) for number, title in rows))
