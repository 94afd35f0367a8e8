"""What waits to be checked, and what of it is doubtful."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.doubt import Doubt
from bot.evidence.doubtful import doubts
from bot.services.views import evidence
from bot.store.items import ItemRow
from bot.store.tables import Assignment, Evidence

AT_ONCE = 500  # links looked for in one query


@dataclass(frozen=True)
class Waiting:
    """A submission with its links and file names."""

    item: ItemRow
    proofs: tuple[str, ...]
    doubts: tuple[Doubt, ...]


async def waiting(session: AsyncSession, rows: Sequence[ItemRow]) -> list[Waiting]:
    proofs = await evidence(session, rows)
    links = {row.id: [proof.name for proof in proofs.get(row.id, []) if proof.kind == "link"] for row in rows}
    holders = await _units_with(session, {link for of_row in links.values() for link in of_row})
    found = []
    for row in rows:
        handed_in = proofs.get(row.id, [])
        shared = {link for link in links[row.id] if holders[link] - {row.unit_id}}
        files = len(handed_in) - len(links[row.id])
        found.append(
            Waiting(
                row,
                tuple(proof.name for proof in handed_in),
                doubts(links[row.id], files, row.needs_evidence, row.submission, shared),
            )
        )
    return found


async def _units_with(session: AsyncSession, links: set[str]) -> dict[str, set[int]]:
    """Link -> the units whose latest submission, of whatever item, has it."""
    found: dict[str, set[int]] = defaultdict(set)
    wanted = sorted(links)
    for start in range(0, len(wanted), AT_ONCE):
        query = (
            select(Evidence.name, Assignment.unit_id)
            .join(Assignment, Assignment.id == Evidence.assignment_id)
            .where(Evidence.name.in_(wanted[start : start + AT_ONCE]), Evidence.withdrawn.is_(False))
            .where(Evidence.submission >= Assignment.submission)
        )
        for link, unit_id in await session.execute(query):
            found[link].add(unit_id)
    return found
