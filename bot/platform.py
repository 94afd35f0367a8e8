"""A platform client for one command of the command line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from bot.clock import real_now
from bot.settings import Settings, SettingsError
from bot.store.engine import Store
from bot.store.facts import Tokens
from bot.wecom.client import WecomClient
from bot.wecom.transport import ssl_context


@asynccontextmanager
async def platform_client(settings: Settings, store: Store) -> AsyncIterator[WecomClient]:
    """Raises SettingsError when the platform's settings are missing or wrong."""
    settings.check_platform()
    settings.check_clock()
    async with aiohttp.ClientSession(trust_env=False) as session:
        try:
            client = WecomClient(
                session,
                base_url=settings.wecom_api_base,
                corp_id=settings.wecom_corp_id,
                secret=settings.wecom_secret,
                agent_id=settings.wecom_agent_id or 0,
                token_store=Tokens(store),
                real_now=real_now,
                tls=ssl_context(settings.wecom_ca_file),
            )
        except ValueError as error:
            raise SettingsError(str(error)) from None
        yield client
