"""What every command asks before it begins: is the database this version's, and what time is it."""

from datetime import datetime

from bot.clock import Clock, RealClock, VirtualClock
from bot.settings import Settings
from bot.store import migrate
from bot.store.engine import DatabaseError, Store
from bot.store.facts import time_reached


async def make_clock(store: Store, settings: Settings) -> Clock:
    """The service's clock: real, or virtual from the later of DUBAN_CLOCK and the time this database has reached."""
    async with store.read() as session:
        return clock_from(settings, await time_reached(session))


def clock_from(settings: Settings, reached: datetime | None) -> Clock:
    if settings.duban_clock is None:
        return RealClock()
    start = settings.duban_clock if reached is None else max(settings.duban_clock, reached)
    return VirtualClock(start, settings.duban_clock_speed)


async def check_schema(store: Store) -> None:
    """Raises DatabaseError unless the database is at this version's schema."""
    at = await migrate.current(store)
    if at is None:
        raise DatabaseError("数据库还没有建立：请先运行 duban init")
    if at != migrate.wanted():
        raise DatabaseError("数据库结构与程序版本不符：请运行 duban init 升级（或换用相应版本的程序）")
