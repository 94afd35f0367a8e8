"""Files people sent: kept as long as they prove something."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from bot.clock import real_now
from bot.store.engine import Store
from bot.store.tables import Evidence

FOLDER = "evidence"  # under DUBAN_DATA_DIR
DAY = 86400.0  # seconds


async def drop_unused(store: Store, data_dir: Path, days: int) -> None:
    """Deletes what nobody handed in, or took back again, as many days after it came as raw words are kept (rule 8)."""
    query = select(Evidence.stored_as).where(Evidence.stored_as.is_not(None), Evidence.withdrawn.is_(False))
    async with store.read() as session:
        used = {Path(str(stored)).name for stored in (await session.scalars(query)).all()}
    await asyncio.to_thread(_drop, data_dir / FOLDER, used, days * DAY)


def _drop(folder: Path, used: set[str], seconds: float) -> None:
    oldest = real_now().timestamp() - seconds  # file times are real time, whatever the clock
    for path in folder.glob("*"):
        if path.name not in used and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
