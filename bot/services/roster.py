"""The roster: who holds which role where. A roster is the whole truth for the units it names (DESIGN §6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from bot.domain.people import COUNTY_WIDE, ROLE_OF_LABEL, Role
from bot.domain.planning import Outcome
from bot.domain.responsibility import Directory, resolve, suggest
from bot.services.work import Work
from bot.store import people
from bot.store.tables import Assignment, Member, Node, Post, StageRow, TaskLead


class RosterRefused(ValueError):
    """Nothing was changed; `problems` are one line each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Line:
    unit: str
    name: str
    userid: str
    role: str  # the label, as on the roster
    line_no: int


@dataclass(frozen=True)
class Applied:
    people: int
    units: int
    added: int
    removed: int


async def apply(work: Work, lines: Sequence[Line], roles: Collection[Role] = frozenset(Role)) -> Applied:
    """Replaces the posts of every unit the roster names; of `roles` alone, where it can only tell of those.

    Raises RosterRefused when a unit is not in the directory, or when nobody would be 县办 any more.
    """
    session = work.session
    directory = await people.directory(session)
    posts, problems = _resolved(lines, directory)
    if problems:
        raise RosterRefused(problems)
    before = await _posts(work)
    named = sorted({unit for _, _, unit, _ in posts})
    await session.execute(delete(Post).where(Post.unit.in_(named), Post.role.in_(sorted(roles))))
    there = {member.key: member for member in (await session.scalars(select(Member))).all()}
    for line in lines:
        key = people.key_of(line.userid)
        if key not in there:
            there[key] = Member(key=key, userid=line.userid.strip(), name=line.name)
            session.add(there[key])
        there[key].name = line.name
        # A new roster is a reason to try again those the platform once refused.
        there[key].unreachable_at = None
    await session.flush()
    session.add_all(
        Post(member_key=key, role=role, unit_id=unit_id, unit=unit, position=position)
        for position, (key, role, unit, unit_id) in enumerate(posts)
    )
    await session.flush()
    after = await _posts(work)
    _keep_an_office(before, after)
    await _try_again(work, sorted({unit_id for _, role, _, unit_id in posts if role is Role.CONTACT and unit_id}))
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    if before != after:
        changed = [post for post in before.keys() & after.keys() if before[post] != after[post]]  # of name
        work.audit(
            "roster",
            "roster",
            {"posts": _listed(before, [*gone, *changed])},
            {"units": named, "posts": _listed(after, [*new, *changed])},
        )
    return Applied(len({key for key, *_ in posts}), len(named), len(new), len(gone))


_Held = tuple[str, str, str]  # unit, role, account


async def _posts(work: Work) -> dict[_Held, str]:
    """Every post -> the name of who holds it."""
    query = select(Post.unit, Post.role, Post.member_key, Member.name).join(Member, Member.key == Post.member_key)
    return {(unit, role, key): name for unit, role, key, name in (await work.session.execute(query)).all()}


def _listed(names: Mapping[_Held, str], posts: Iterable[_Held]) -> list[list[str]]:
    """For the audit: who got or lost what."""
    return [[unit, Role(role).label, key, names[unit, role, key]] for unit, role, key in sorted(posts)]


def _keep_an_office(before: Mapping[_Held, str], after: Mapping[_Held, str]) -> None:
    """Without 县办 nobody could decide, broadcast or close any more, nor hear that something fails."""
    had = sorted({names for (_, role, _), names in before.items() if role == Role.OFFICE})
    if had and not any(role == Role.OFFICE for _, role, _ in after):
        raise RosterRefused([f"这份名单会去掉最后的县办（{'、'.join(had)}），请在名单里至少保留一名县办"])


async def _try_again(work: Work, units: Sequence[int]) -> None:
    """What these units could not be told because nobody could be reached is due again: now somebody can."""
    theirs = select(Assignment.id).where(Assignment.unit_id.in_(units))
    await work.session.execute(
        delete(StageRow).where(
            StageRow.assignment_id.in_(theirs), StageRow.outcome.in_([Outcome.UNREACHABLE, Outcome.FAILED])
        )
    )


def _resolved(lines: Sequence[Line], directory: Directory) -> tuple[list[tuple[str, Role, str, int | None]], list[str]]:
    """(account, role, unit, unit id) once each, in roster order; and what could not be resolved."""
    official = {unit.id: unit.name for unit in directory.units}
    posts: dict[tuple[str, Role, str], int | None] = {}
    problems: list[str] = []
    for line in lines:
        role = ROLE_OF_LABEL[line.role]
        found = resolve(line.unit, directory)
        unit_id = found if isinstance(found, int) else None
        if unit_id is None and role not in COUNTY_WIDE:
            near = suggest(line.unit, directory)
            hint = f"，是不是“{near[0]}”？" if near else "，请用清单里的单位名称"
            problems.append(f"第 {line.line_no} 行：不认识单位“{line.unit}”{hint}")
            continue
        unit = official[unit_id] if unit_id is not None else line.unit
        posts.setdefault((people.key_of(line.userid), role, unit), unit_id)
    return [(key, role, unit, unit_id) for (key, role, unit), unit_id in posts.items()], problems


@dataclass(frozen=True)
class Gaps:
    """Names of units that owe items but have no contact, and that lead but have no reviewer."""

    no_contact: tuple[str, ...]
    no_reviewer: tuple[str, ...]


async def gaps(work: Work) -> Gaps:
    session = work.session
    directory = await people.directory(session)
    there = await people.unit_people(session)
    owing = set((await session.scalars(select(Assignment.unit_id).distinct())).all())
    leading = set(
        (await session.scalars(select(TaskLead.unit_id).join(Node, Node.task_id == TaskLead.task_id).distinct())).all()
    )
    return Gaps(
        tuple(u.name for u in directory.units if u.id in owing and not (u.id in there and there[u.id].contacts)),
        tuple(u.name for u in directory.units if u.id in leading and not (u.id in there and there[u.id].reviewers)),
    )
