"""What waits to be checked, and what of it is doubtful."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.doubt import Doubt
from bot.evidence.doubtful import doubts
from bot.services import linkviews
from bot.services.views import evidence
from bot.services.work import Work
from bot.store.items import ItemRow
from bot.store.tables import Assignment, Evidence, LinkCheck
from bot.texts import links as words

AT_ONCE = 500  # links looked for in one query


@dataclass(frozen=True)
class Waiting:
    """A submission with its links and file names. `note`: what is known of the links beside what is doubtful."""

    item: ItemRow
    proofs: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    note: str


async def waiting(work: Work, rows: Sequence[ItemRow]) -> list[Waiting]:
    proofs = await evidence(work.session, rows)
    seen = await linkviews.look(work, rows, proofs)
    shared = await _shared(work.session, rows, proofs, seen)
    sites = work.policy.government_sites
    return [_waiting(row, proofs.get(row.id, []), seen, shared, sites) for row in rows]


def _waiting(
    row: ItemRow,
    handed_in: Sequence[Evidence],
    seen: Mapping[int, linkviews.Seen],
    shared: set[int],
    sites: Sequence[str],
) -> Waiting:
    links = [proof for proof in handed_in if proof.kind == "link"]
    looked = [seen[proof.id] for proof in links if proof.id in seen]
    found = doubts(
        [link.name for link in links],
        len(handed_in) - len(links),
        row.needs_evidence,
        row.submission,
        {link.name for link in links if link.id in shared},
        {doubt for one in looked for doubt in one.doubts},
        sites,
    )
    return Waiting(row, tuple(proof.name for proof in handed_in), found, words.note([one.page for one in looked]))


async def _shared(
    session: AsyncSession,
    rows: Sequence[ItemRow],
    proofs: Mapping[int, Sequence[Evidence]],
    seen: Mapping[int, linkviews.Seen],
) -> set[int]:
    """Ids of links that another unit's latest submission, of whatever item, has too: as written, or where they lead."""
    mine = [(row, proof) for row in rows for proof in proofs.get(row.id, []) if proof.kind == "link"]
    written = await _holders(session, Evidence.name, {proof.name for _, proof in mine})
    ends = {number: one.page.final for number, one in seen.items() if one.page.final}
    led = await _holders(session, LinkCheck.final_url, set(ends.values())) if ends else {}
    return {
        proof.id
        for row, proof in mine
        if (written.get(proof.name, set()) | led.get(ends.get(proof.id, ""), set())) - {row.unit_id}
    }


async def _holders(session: AsyncSession, column: InstrumentedAttribute[str], wanted: set[str]) -> dict[str, set[int]]:
    """What stands in the column -> the units whose latest submission has it."""
    found: dict[str, set[int]] = defaultdict(set)
    values = sorted(wanted)
    for start in range(0, len(values), AT_ONCE):
        query = (
            select(column, Assignment.unit_id)
            .select_from(Evidence)
            .join(Assignment, Assignment.id == Evidence.assignment_id)
            .outerjoin(LinkCheck, LinkCheck.evidence_id == Evidence.id)
            .where(column.in_(values[start : start + AT_ONCE]), Evidence.withdrawn.is_(False))
            .where(Evidence.submission >= Assignment.submission)
        )
        for value, unit_id in await session.execute(query):
            found[value].add(unit_id)
    return found
