"""The application's menu leaves through the outbox like everything else; a changed menu is sent again."""

import hashlib
import json
from datetime import datetime

from sqlalchemy import update

from bot.domain.policy import Policy
from bot.services.work import Lane, Work
from bot.store.engine import Store
from bot.store.tables import Outbox
from bot.wecom.menu import menu_body


async def plan_menu(store: Store, policy: Policy, now: datetime) -> None:
    """At the start: the menu where it is a new one, and again where the platform had refused it."""
    version = hashlib.sha256(json.dumps(menu_body(), sort_keys=True).encode()).hexdigest()[:16]
    async with store.write() as session:
        work, key = Work(session, now, policy), f"menu:{version}"
        await work.send(key, Lane.REPLY, "menu", None, {}, "应用菜单")
        again = update(Outbox).where(Outbox.key == key, Outbox.state == "failed")
        await session.execute(again.values(state="pending", not_before=now))
