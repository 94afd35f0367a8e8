"""The roster: who holds which role where. A roster is the whole truth for the units it names (DESIGN §6)."""

from collections.abc import Sequence
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


async def apply(work: Work, lines: Sequence[Line]) -> Applied:
    """Replaces the posts of every unit the roster names. Raises RosterRefused when a unit is not in the directory."""
    session = work.session
    directory = await people.directory(session)
    posts, problems = _resolved(lines, directory)
    if problems:
        raise RosterRefused(problems)
    before = {(post.member_key, post.role, post.unit) for post in (await session.scalars(select(Post))).all()}
    named = sorted({unit for _, _, unit, _ in posts})
    await session.execute(delete(Post).where(Post.unit.in_(named)))
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
    after = {(post.member_key, post.role, post.unit) for post in (await session.scalars(select(Post))).all()}
    await _try_again(work, sorted({unit_id for _, role, _, unit_id in posts if role is Role.CONTACT and unit_id}))
    applied = Applied(len({key for key, *_ in posts}), len(named), len(after - before), len(before - after))
    if before != after:
        work.audit("roster", "roster", {}, {"units": named, "added": applied.added, "removed": applied.removed})
    return applied


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
