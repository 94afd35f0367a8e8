"""The bot's virtual clock, seen and turned from the chat page."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import aiohttp
import chinese_calendar

from sandbox.clock import SHANGHAI, FollowingClock, parse_moment, real_now
from sandbox.errors import Json

MORNING = time(9, 20, tzinfo=SHANGHAI)  # by then the morning's digest has been seen
WEEKDAYS = "一二三四五六日"
READ_TIMEOUT = aiohttp.ClientTimeout(total=2.0)  # seconds; a clock that is asked for the time answers at once
MOVE_TIMEOUT = aiohttp.ClientTimeout(total=None)  # a jump over months does months of work


class ClockRefused(Exception):
    """The clock was not turned; the text says why, for the person who asked."""


@dataclass(frozen=True, slots=True)
class Day:
    """What the State Council's calendar says of a day; `workday` is None for a year it does not know."""

    workday: bool | None
    name: str


def day_of(day: date) -> Day:
    """工作日 or 休息日, with the holiday's name, or 调休 for a weekend that is worked."""
    try:
        holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # so the package says that it does not know this year
        return Day(None, "")
    if holiday:
        return Day(False, chinese_calendar.Holiday(name).chinese if name else "")
    return Day(True, "调休" if name else "")


def next_workday(day: date) -> date:
    """The first working day after this one. Raises ClockRefused beyond the calendar."""
    while True:
        day += timedelta(days=1)
        kind = day_of(day).workday
        if kind is None:
            raise ClockRefused(f"日历里还没有 {day.year} 年，不知道哪天上班")
        if kind:
            return day


class BotClock:
    """Asks the bot for its time and asks it to move on. Close it when done.

    `following` is the platform's own clock where it has to be told the bot's time.
    """

    def __init__(self, bot_url: str, following: FollowingClock | None) -> None:
        self._url = bot_url.rstrip("/")
        self._following = following
        self._session: aiohttp.ClientSession | None = None
        self._moving = asyncio.Lock()
        self._speed = 1.0
        self._reachable = False

    @property
    def moving(self) -> bool:
        return self._moving.locked()

    @property
    def follows(self) -> bool:
        """Whether the platform learns the bot's time only by asking here."""
        return self._following is not None

    async def read(self) -> datetime | None:
        """The bot's virtual time, or None when it has none or cannot be reached."""
        try:
            async with self._open_session().get(f"{self._url}/clock", timeout=READ_TIMEOUT) as answer:
                reading = await answer.json() if answer.status == 200 else None
                self._reachable = True
        except (aiohttp.ClientError, TimeoutError):
            self._reachable = False
            return None
        if reading is None:
            return None
        now, speed = parse_moment(reading["now"]), float(reading["speed"])
        self._speed = speed
        if self._following is not None:
            self._following.follow(now, speed)
        return now

    async def describe(self) -> Json:
        """The clock as the page shows it."""
        now = await self.read()
        shown = now or real_now()
        day = day_of(shown.date())
        return {
            "virtual": now is not None,
            "reachable": self._reachable,
            "now": shown.isoformat(),
            "speed": self._speed if now is not None else 1.0,
            "weekday": f"星期{WEEKDAYS[shown.weekday()]}",
            "workday": day.workday,
            "day_name": day.name,
            "moving": self.moving,
        }

    async def turn(self, step: str = "", to: str = "") -> Json:
        """Move by a `step` (hour, day, workday, next) or `to` an ISO date (its morning) or moment.

        Gives `now`, `planned` and `sent` as the bot answers. Raises ClockRefused.
        """
        if self.moving:
            raise ClockRefused("时钟正在走，请稍候")
        async with self._moving:
            now = await self.read()
            if now is None:
                raise ClockRefused("机器人没有虚拟时钟，或暂时连不上")
            return await self._move(await self._target(now, step, to))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _target(self, now: datetime, step: str, to: str) -> datetime:
        if to:
            try:
                day_only = len(to) == len("2021-05-25")
                return datetime.combine(date.fromisoformat(to), MORNING) if day_only else parse_moment(to)
            except ValueError as error:
                raise ClockRefused("日期要写成 2021-06-01") from error
        if step == "hour":
            return now + timedelta(hours=1)
        if step == "day":
            return now + timedelta(days=1)
        if step == "workday":
            return datetime.combine(next_workday(now.date()), MORNING)
        if step == "next":
            return await self._next_due()
        raise ClockRefused("不认识的走法")

    async def _next_due(self) -> datetime:
        try:
            async with self._open_session().get(f"{self._url}/clock/next") as answer:
                found = (await answer.json())["next"] if answer.status == 200 else None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ClockRefused("暂时连不上机器人") from error
        if found is None:
            raise ClockRefused("后面没有要发生的事了")
        return parse_moment(found)

    async def _move(self, target: datetime) -> Json:
        try:
            async with self._open_session().post(
                f"{self._url}/clock", json={"now": target.isoformat()}, timeout=MOVE_TIMEOUT
            ) as answer:
                if answer.status == 409:
                    raise ClockRefused("时钟只能往后走")
                if answer.status != 200:
                    raise ClockRefused(f"机器人没有照办（{answer.status}）")
                moved: Json = await answer.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ClockRefused("暂时连不上机器人") from error
        await self.read()
        return {key: moved[key] for key in ("now", "planned", "sent")}

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session
