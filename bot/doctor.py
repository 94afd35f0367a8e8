"""`duban doctor`: what stands in the way, one line each, with what to do."""

import asyncio
import re
import tempfile
from datetime import datetime
from pathlib import Path

from bot import health
from bot.domain.calendar import local
from bot.domain.policy import Policy
from bot.http import Check
from bot.platform import platform_client
from bot.services import roster
from bot.services.work import Work
from bot.settings import Settings, SettingsError
from bot.start import make_clock
from bot.store.engine import Store
from bot.texts.causes import system_cause
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import PlatformError, told

ANNOUNCED = 11  # the month from which next year's holidays can be known
FONT_FOLDERS = [
    *(Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts"), Path("~/.fonts")),
    *(Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path("~/Library/Fonts")),
]
CJK = re.compile(
    r"cjk|wqy|sim(sun|hei|kai|fang)|fangsong|songti|heiti|stheiti|pingfang|hiragino|msyh|kaiti|source.?han|uming|ukai"
    r"|fallback|noto(sans|serif)[st]c|harmonyos",
    re.IGNORECASE,
)


async def examine(settings: Settings) -> tuple[list[str], bool]:
    """The lines to print, and whether everything needed is in order."""
    store = Store(settings.duban_database_url)
    try:
        checks = [_settings(settings), await health.database(store)]
        has_database = checks[1].ok
        checks.insert(1, await asyncio.to_thread(_data_dir, settings))
        if has_database:
            clock = await make_clock(store, settings)
            checks += [health.calendar(settings.policy, clock.now()), *_next_year(settings.policy, clock.now())]
            checks += await health.queues(store)
            checks.append(await health.watch(store, settings.policy, clock.now()))
            checks.append(await health.links(store, settings.policy, settings.duban_http_proxy, clock.now()))
            checks += await _people(settings, store, clock.now())
        if checks[0].ok:
            checks.append(await _platform(settings, store, has_database))
    finally:
        await store.close()
    checks.append(await asyncio.to_thread(_font))
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


def _data_dir(settings: Settings) -> Check:
    try:
        settings.make_data_dir()
        with tempfile.TemporaryFile(dir=settings.duban_data_dir):
            pass
    except SettingsError as error:
        return Check("数据目录", False, str(error))
    except OSError as error:
        why = system_cause(error)
        return Check("数据目录", False, f"DUBAN_DATA_DIR 写不进 {settings.duban_data_dir}：{why}")
    return Check("数据目录", True, f"{settings.duban_data_dir} 可写")


def _next_year(policy: Policy, now: datetime) -> list[Check]:
    """Next year's holidays are announced in November: a hint from then on, and no failure before the year is there."""
    here = local(now)
    if here.month < ANNOUNCED or policy.calendar.knows(here.year + 1):
        return []
    words = f"提示：还不知道 {here.year + 1} 年的放假安排，年底前请升级 chinesecalendar，或写进策略文件的 [calendar]"
    return [Check("明年日历", True, words)]


def _font() -> Check:
    """Only a hint: the service itself draws nothing, but whoever opens its tables and reports on this machine does."""
    for folder in FONT_FOLDERS:
        if any(CJK.search(path.name) for path in folder.expanduser().rglob("*.[toTO][tT]*")):
            return Check("字体", True, "有中文字体")
    return Check("字体", True, "提示：没有找到中文字体，本机打开或打印表格会缺字；可安装 fonts-noto-cjk")


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
