"""Looks for what must be kept nowhere: in every value of every table, in the bytes on disk, in everything sent."""

import json
from collections.abc import Iterable

from bot.store.tables import Base
from support.world import COUNTY, World, roster_lines


async def kept(world: World, but: str = "") -> str:
    """Every value of every table (`but` one), as text."""
    found = []
    for table in (one for one in Base.metadata.sorted_tables if one.name != but):
        for row in await world.rows(f"SELECT * FROM {table.name}"):
            found += [v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)


def on_disk(world: World) -> bytes:
    """The database's files as they are (its WAL, too, and pages nobody uses any more), and whatever was stored."""
    path = world.service.store.path
    files = sorted(path.parent.glob(f"{path.name}*")) if path else []
    stored = [one for one in world.settings.duban_data_dir.rglob("*") if one.is_file()]
    return b"".join(one.read_bytes() for one in [*files, *stored])


def sent(world: World) -> str:
    """Everything the bot has sent to anybody."""
    everybody = {line.userid for line in roster_lines(COUNTY.people_path)}
    return "\n".join(message.text for userid in sorted(everybody) for message in world.platform.inbox(userid))


def leaks(secrets: Iterable[str], *where: str | bytes) -> list[str]:
    """Which of the secrets stand somewhere, as written or as JSON writes them."""
    found = []
    for secret in secrets:
        forms = {secret, json.dumps(secret)[1:-1]}
        if any((form.encode() if isinstance(place, bytes) else form) in place for form in forms for place in where):
            found.append(secret)
    return found
