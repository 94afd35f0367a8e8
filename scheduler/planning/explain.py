"""A plan put into rows for people: `duban plan --explain`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.domain.planning import WITHOUT_ITEM, LineKind, Plan, Snapshot


@dataclass(frozen=True)
class Explanation:
    """One line of one digest. What a line has none of is empty: a held message has neither item nor unit."""

    userid: str
    send_at: datetime
    kind: LineKind
    code: str
    title: str
    unit: str
    rule: str


def explain(plan: Plan, snapshot: Snapshot) -> tuple[Explanation, ...]:
    """The lines of `plan` in the order in which they leave and are read; `snapshot` is the one it was made from."""
    return tuple(_rows(plan, snapshot))


def _rows(plan: Plan, snapshot: Snapshot) -> Iterator[Explanation]:
    items = {item.id: item for item in snapshot.items}
    for digest in plan.digests:
        for line in digest.lines:
            code = title = unit = ""
            if line.kind is LineKind.UNREACHABLE:
                unit = snapshot.units[line.ref]
            elif line.kind not in WITHOUT_ITEM:
                item = items[line.ref]
                code, title, unit = item.code, item.title, snapshot.units[item.unit_id]
            yield Explanation(digest.userid, digest.send_at, line.kind, code, title, unit, line.rule)
