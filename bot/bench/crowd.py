"""More people than a county has, and more to tell them than the platform takes in a minute."""

from datetime import datetime

from sqlalchemy import insert, select

from bot.domain.people import Role
from bot.services.work import Lane
from bot.store.engine import Store
from bot.store.tables import Member, Outbox, Post, Unit

PEOPLE = 1_200
UNITS = 40  # of the county's, whose contacts they are after its own; turns have to be shared out among them
CHUNK = 2_000  # rows in one statement


NAMED = "crowd"


def userid(number: int) -> str:
    return f"{NAMED}{number}"


async def gather(store: Store) -> None:
    """Puts the crowd on the roster."""
    people = [{"key": userid(n), "userid": userid(n), "name": f"联络员{n}"} for n in range(PEOPLE)]
    async with store.write() as session:
        await session.execute(insert(Member), people)
        units = (await session.execute(select(Unit.id, Unit.name).order_by(Unit.id).limit(UNITS))).all()
        posts = [
            {
                "member_key": userid(n),
                "role": Role.CONTACT,
                "unit_id": units[n % len(units)].id,
                "unit": units[n % len(units)].name,
                "position": 10_000 + n,
            }
            for n in range(PEOPLE)
        ]
        await session.execute(insert(Post), posts)


async def tell(store: Store, messages: int, at: datetime) -> None:
    """Queues `messages` texts, everybody's turn after the other, all of them due at `at`."""
    for start in range(0, messages, CHUNK):
        rows = [
            {
                "key": f"bench:{n}",
                "lane": int(Lane.REMINDER),
                "kind": "text",
                "member_key": userid(n % PEOPLE),
                "payload": {
                    "text": f"【提醒】第 {n} 条：任务清单第 34 项还有 3 个工作日到期，请及时办理，办结后回复链接。"
                },
                "reason": "测量",
                "not_before": at,
                "created_at": at,
            }
            for n in range(start, min(messages, start + CHUNK))
        ]
        async with store.write() as session:
            await session.execute(insert(Outbox), rows)
