"""台账 in the chat: the xlsx is made before the transaction, beside the event loop."""

import asyncio
from datetime import datetime
from pathlib import Path

from bot.documents.ledger import write_xlsx
from bot.domain.calendar import local
from bot.domain.policy import Policy
from bot.handlers.context import File
from bot.services.views import ledger
from bot.store.engine import Store


async def make_ledger(store: Store, policy: Policy, now: datetime, data_dir: Path, key: str) -> File:
    async with store.read() as session:
        rows = await ledger(session, policy, now)
    name = f"台账{local(now):%Y%m%d}.xlsx"
    path = f"out/{key}.xlsx"
    (data_dir / "out").mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(write_xlsx, data_dir / path, rows, "政务公开任务台账", now)
    return File(path, name)
