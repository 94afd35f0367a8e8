"""台账 in the chat: the xlsx is made before the transaction, beside the event loop."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.documents.workbook import write_xlsx
from bot.domain.calendar import local
from bot.domain.policy import Policy
from bot.domain.responsibility import UnitName
from bot.handlers.context import File
from bot.services.ledger import ledger, ledger_title
from bot.store.engine import Store
from bot.texts.words import names


async def make_ledger(
    store: Store, policy: Policy, now: datetime, data_dir: Path, key: str, units: Sequence[UnitName]
) -> File:
    async with store.read() as session:
        rows = await ledger(session, policy, now, [unit.id for unit in units])
        title = await ledger_title(session)
    whose = names((unit.name for unit in units), 2)
    name = f"台账{whose}{local(now):%Y%m%d}.xlsx"
    title += f"（{whose}）" if whose else ""
    path = f"out/{key}.xlsx"
    (data_dir / "out").mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(write_xlsx, data_dir / path, rows, title, now)
    return File(path, name)
