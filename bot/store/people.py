"""Reading people and the directory of units."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain import people
from bot.domain.people import Role
from bot.domain.planning import UnitPeople
from bot.domain.responsibility import Directory, GroupName, UnitName
from bot.store.tables import Fact, Group, Member, Post, Unit

ASK_FACT = "county.ask"


def key_of(userid: str) -> str:
    """How an account is compared: WeCom ignores case and answers in lower case."""
    return userid.strip().lower()


async def member(session: AsyncSession, userid: str) -> people.Member | None:
    """The person behind an account, or None for a stranger (someone without a post is one)."""
    found = await members(session, [key_of(userid)])
    return found.get(key_of(userid))


async def members(session: AsyncSession, keys: Collection[str] | None = None) -> dict[str, people.Member]:
    """Account in lower case -> person; everybody with a post where `keys` is None."""
    query = select(Member, Post).join(Post, Post.member_key == Member.key).order_by(Post.position)
    if keys is not None:
        query = query.where(Member.key.in_(sorted(keys)))
    posts: dict[str, list[people.Post]] = defaultdict(list)
    rows: dict[str, Member] = {}
    for row, post in await session.execute(query):
        rows[row.key] = row
        posts[row.key].append(people.Post(Role(post.role), post.unit_id, post.unit))
    return {key: people.Member(row.userid, row.name, tuple(posts[key])) for key, row in rows.items()}


async def names(session: AsyncSession) -> dict[str, str]:
    """Account in lower case -> name, those without a post included (they stand in the history)."""
    return {row.key: row.name for row in await session.execute(select(Member.key, Member.name))}


async def with_role(session: AsyncSession, role: Role, units: Iterable[int] | None = None) -> list[str]:
    """Accounts (lower case) that hold a role, at one of `units` where given, in roster order."""
    query = select(Post.member_key).where(Post.role == role).order_by(Post.position)
    if units is not None:
        query = query.where(Post.unit_id.in_(sorted(units)))
    return list(dict.fromkeys((await session.scalars(query)).all()))


async def unit_people(session: AsyncSession) -> dict[int, UnitPeople]:
    """Unit id -> its reachable people, A角 first."""
    found: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    query = (
        select(Post.unit_id, Post.role, Post.member_key)
        .join(Member, Member.key == Post.member_key)
        .where(Post.unit_id.is_not(None), Member.unreachable_at.is_(None))
        .order_by(Post.position)
    )
    for unit_id, role, key in await session.execute(query):
        if unit_id is not None:
            found[unit_id][role].append(key)
    return {
        unit_id: UnitPeople(
            contacts=tuple(by_role[Role.CONTACT]),
            reviewers=tuple(by_role[Role.REVIEWER]),
            heads=tuple(by_role[Role.HEAD]),
        )
        for unit_id, by_role in found.items()
    }


async def directory(session: AsyncSession) -> Directory:
    """Units, groups and the expressions that mean "ask", as the domain resolves them."""
    units = (await session.scalars(select(Unit).order_by(Unit.position))).all()
    groups = (await session.scalars(select(Group).order_by(Group.id))).all()
    ask = await session.get(Fact, ASK_FACT)
    return Directory(
        units=tuple(UnitName(unit.id, unit.name, tuple(unit.aliases)) for unit in units),
        groups=tuple(GroupName(group.name, tuple(group.aliases), tuple(group.unit_ids)) for group in groups),
        ask=frozenset(ask.value["expressions"]) if ask else frozenset(),
    )
