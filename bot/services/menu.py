"""The application's menu leaves through the outbox like everything else; a changed menu is sent again."""

import hashlib
import json
from datetime import datetime

from bot.domain.policy import Policy
from bot.services.work import Lane, Work
from bot.store.engine import Store
from bot.wecom.menu import menu_body


async def plan_menu(store: Store, policy: Policy, now: datetime) -> None:
    version = hashlib.sha256(json.dumps(menu_body(), sort_keys=True).encode()).hexdigest()[:16]
    async with store.write() as session:
        work = Work(session, now, policy)
        await work.send(f"menu:{version}", Lane.REPLY, "menu", None, {}, "应用菜单")
