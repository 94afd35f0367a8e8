"""`duban doctor`: what stands in the way, one line each, with what to do."""

from datetime import datetime

from bot import health
from bot.app import make_clock
from bot.http import Check
from bot.platform import platform_client
from bot.services import roster
from bot.services.work import Work
from bot.settings import Settings, SettingsError
from bot.store.engine import Store
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import PlatformError, told


async def examine(settings: Settings) -> tuple[list[str], bool]:
    """The lines to print, and whether everything needed is in order."""
    store = Store(settings.duban_database_url)
    try:
        checks = [_settings(settings), await health.database(store)]
        if checks[-1].ok:
            clock = await make_clock(store, settings)
            checks += [health.calendar(settings.policy, clock.now()), *await health.queues(store)]
            checks.append(await health.watch(store, settings.policy, clock.now()))
            checks += await _people(settings, store, clock.now())
        if checks[0].ok:
            checks.append(await _platform(settings, store, checks[1].ok))
    finally:
        await store.close()
    lines = [f"{'✓' if check.ok else '✗'} {check.name}：{check.words}" for check in checks]
    return lines, all(check.ok for check in checks)


def _settings(settings: Settings) -> Check:
    try:
        settings.check_platform()
        settings.check_clock()
        CallbackCrypto(settings.wecom_callback_token, settings.wecom_encoding_aes_key, settings.wecom_corp_id)
    except (SettingsError, ValueError) as error:
        return Check("设置", False, str(error))
    return Check("设置", True, "齐全")


async def _people(settings: Settings, store: Store, now: datetime) -> list[Check]:
    """Gaps are the office's to fill; the service runs without, so they do not fail the examination."""
    async with store.read() as session:
        gaps = await roster.gaps(Work(session, now, settings.policy))
    words = []
    if gaps.no_contact:
        words.append(f"没有联络员：{'、'.join(gaps.no_contact)}")
    if gaps.no_reviewer:
        words.append(f"没有审核人（由县办审核）：{'、'.join(gaps.no_reviewer)}")
    return [Check("人员", True, "；".join(words) or "每个单位都有联络员和审核人")]


async def _platform(settings: Settings, store: Store, has_database: bool) -> Check:
    if not has_database:
        return Check("平台", False, "数据库好了才能检查")
    try:
        async with platform_client(settings, store) as client:
            await client.check()
    except PlatformError as error:
        return Check("平台", False, f"{settings.wecom_api_base} {told(error)}")
    except SettingsError as error:
        return Check("平台", False, str(error))
    return Check("平台", True, f"{settings.wecom_api_base} 能取到凭证")
