"""What those who check see of the links of a submission."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bot.domain.calendar import local_day
from bot.domain.doubt import Doubt
from bot.domain.links import Page, PageKind, Reach, Trouble
from bot.domain.people import Role
from bot.evidence.guard import is_government
from bot.evidence.verdict import Expected, of_page
from bot.services.work import Work
from bot.store.items import ItemRow, chunks
from bot.store.tables import Evidence, LinkCheck, Post, Task, Unit
from bot.texts import links as link_words

LONG_ALIAS = 5  # characters; shorter aliases (政府办) stand inside other names (市人民政府办公厅)
_TOWNS = frozenset({"镇", "乡", "街道"})


@dataclass(frozen=True)
class Seen:
    """One link with what was found behind it."""

    page: Page
    doubts: frozenset[Doubt]
    words: str

    @property
    def brief(self) -> str:
        """For a message that has room for one more word only."""
        return f"（{link_words.marked(self.doubts)}）" if self.doubts else link_words.note([self.page])


async def look(work: Work, rows: Sequence[ItemRow], proofs: Mapping[int, Sequence[Evidence]]) -> dict[int, Seen]:
    """Evidence id -> what is known of it; empty where links are not checked. `proofs`: by assignment id."""
    if not work.policy.check_links:
        return {}
    links = {proof.id for row in rows for proof in proofs.get(row.id, ()) if proof.kind == "link"}
    checks: dict[int, LinkCheck] = {}
    for some in chunks(links):
        query = select(LinkCheck).where(LinkCheck.evidence_id.in_(some))
        checks |= {check.evidence_id: check for check in (await work.session.scalars(query)).all()}
    if not checks:
        return {}
    directory = await _Directory.read(work, {row.task_id for row in rows})
    return {
        proof.id: _seen(work, directory.expected(row, proof), proof, checks[proof.id])
        for row in rows
        for proof in proofs.get(row.id, ())
        if proof.id in checks
    }


async def lines(work: Work, row: ItemRow, proofs: Sequence[Evidence]) -> list[str]:
    """The evidence of one item, each link with a line below it that says what was found."""
    seen = await look(work, [row], {row.id: proofs})
    return [f"{p.name}\n　{seen[p.id].words}" if p.id in seen else p.name for p in proofs]


def _seen(work: Work, expected: Expected, proof: Evidence, check: LinkCheck) -> Seen:
    page = page_of(check)
    doubts = of_page(proof.name, page, check.dead_on is not None, expected)
    government = is_government(page.final or proof.name, expected.sites)
    return Seen(page, doubts, link_words.found(page, doubts, check.failed_on, government))


@dataclass(frozen=True)
class _Directory:
    """Rows and units, read once for all the links of one answer."""

    paths: Mapping[int, tuple[tuple[str, str], ...]]
    units: Mapping[int, Unit]
    office: frozenset[int | None]  # its name stands on everybody's pages
    sites: tuple[str, ...]

    @classmethod
    async def read(cls, work: Work, tasks: set[int]) -> "_Directory":
        found = await work.session.execute(select(Task.id, Task.paths).where(Task.id.in_(sorted(tasks))))
        paths = {task: tuple((path["site"], path["column"]) for path in of_task) for task, of_task in found}
        units = {unit.id: unit for unit in (await work.session.scalars(select(Unit))).all()}
        office = (await work.session.scalars(select(Post.unit_id).where(Post.role == Role.OFFICE))).all()
        return cls(paths, units, frozenset(office), work.policy.government_sites)

    def expected(self, row: ItemRow, proof: Evidence) -> Expected:
        mine = self.units[row.unit_id]
        others = {
            name
            for unit in self.units.values()
            if unit.id not in {mine.id, *self.office} and (unit.kind in _TOWNS) == (mine.kind in _TOWNS)
            for name in (unit.name, *(alias for alias in unit.aliases if len(alias) >= LONG_ALIAS))
        }
        reported = row.submitted_on if proof.submission == row.submission else None
        return Expected(
            self.paths[row.task_id],
            {mine.name, *mine.aliases},
            others - {mine.name, *mine.aliases},
            reported or local_day(proof.at),
            self.sites,
        )


def page_of(check: LinkCheck) -> Page:
    """As it was kept, without its words."""
    return Page(
        Reach(check.reach),
        PageKind(check.kind) if check.kind else None,
        Trouble[check.trouble] if check.trouble and check.reach == Reach.UNREACHED else None,
        check.status,
        check.final_url,
        check.title,
        check.published_on,
        check.site,
        check.column_path,
        check.source,
        sha256=check.sha256 or "",
    )
