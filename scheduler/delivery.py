"""Outbox → platform: lanes, limits, retries. Changes outbox rows; `services.delivered` draws the consequences."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import or_, select

from bot.clock import Clock
from bot.domain.calendar import UnknownYear
from bot.domain.policy import Policy
from bot.domain.timing import next_open
from bot.services import delivered
from bot.services.planning import unplan
from bot.services.rendering import still_due
from bot.services.work import Work
from bot.store.engine import Store
from bot.store.people import key_of
from bot.store.tables import Fact, Outbox
from bot.wecom.client import SendResult, WecomClient
from bot.wecom.errors import Ambiguous, ErrorClass, PlatformError, WecomError, told
from bot.wecom.menu import menu_body
from scheduler.envelope import Envelope
from scheduler.limits import HOUR, MemberLimits

log = structlog.get_logger()

BATCH = 60  # rows claimed in one transaction
AT_ONCE = 8  # people written to at the same time
DUPLICATE_WINDOW = timedelta(hours=3, minutes=50)  # a little less than the 14,400 s the platform compares bytes for
PARK = timedelta(seconds=65)  # after 45009
HALT = timedelta(minutes=10)  # after an error only an operator can mend
LOOK_AGAIN = 1.0  # seconds of real time; another process may have put something into the outbox
BACKOFF = (2.0, 300.0)  # seconds, first and longest
SALT_FACT = "outbox.salt"
FINAL = frozenset({ErrorClass.RECIPIENT, ErrorClass.CONTENT})


@dataclass(frozen=True)
class Claimed:
    """A row in `sending`, with the bytes to send."""

    id: int
    kind: str
    member_key: str | None
    body: bytes
    lane: int


@dataclass
class Health:
    """What the operator must know of delivery."""

    halted: str = ""  # the platform's advice; empty when all is well
    halted_until: datetime | None = None
    parked: dict[int, datetime] = field(default_factory=dict)  # lane -> until


class Delivery:
    def __init__(
        self,
        store: Store,
        client: WecomClient,
        clock: Clock,
        policy: Policy,
        *,
        agent_id: int,
        cards: bool,
        data_dir: Path,
        real_now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._policy = policy
        self._envelope = Envelope(agent_id, cards)
        self._data_dir = data_dir
        self._limits = MemberLimits(policy, real_now)
        self._real_now = real_now
        self._answers_at: datetime | None = None  # real time at which a held answer may go
        self._turn = asyncio.Lock()  # one drain at a time: a clock jump drains, too
        self.wake = asyncio.Event()
        self.health = Health()
        self.accepted = 0  # messages the platform took since this process started

    async def start(self) -> None:
        """Picks up where the last process stopped: what it was sending is repeated byte for byte, or given up on."""
        now = self._clock.now()
        async with self._store.write() as session:
            fact = await session.get(Fact, SALT_FACT)
            if fact is None:
                fact = Fact(key=SALT_FACT, value={"salt": f"{random.getrandbits(40):x}"})
                session.add(fact)
            self._envelope.salt = str(fact.value["salt"])
            sending = (await session.scalars(select(Outbox).where(Outbox.state == "sending"))).all()
            for row in sending:
                if row.first_try_at and now - row.first_try_at > DUPLICATE_WINDOW:
                    row.state, row.error = "unknown", "发送中断，超过平台查重时间，可能未送达"
                else:
                    row.state = "pending"
            recent = await session.execute(
                select(Outbox.member_key, Outbox.sent_at)
                .where(Outbox.sent_at > now - HOUR, Outbox.member_key.is_not(None))
                .order_by(Outbox.sent_at)
            )
            self._limits.rebuild((key, moment) for key, moment in recent if key and moment)
        if sending:
            log.info("delivery.resumed", rows=len(sending))

    async def run(self) -> None:
        """Sends what is due, whenever something is. Ends when cancelled."""
        while True:
            self.wake.clear()
            try:
                await self.drain()
                wait = await self._seconds_to_next()
            except Exception:  # the database may be away for a moment; the outbox is still there afterwards
                log.exception("delivery.failed")
                wait = 5.0
            try:
                await asyncio.wait_for(self.wake.wait(), timeout=wait)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Tries everything that is due now once. Returns how many messages were accepted."""
        async with self._turn:
            sent = 0
            self._answers_at = None
            held: set[str] = set()  # people whose answers must wait a little
            while (batch := await self._claim(held)) is not None:
                sent += await self._send_all(batch)
            return sent

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """The earliest moment (later than `after`, where given) at which something waits to leave."""
        async with self._store.read() as session:
            query = select(Outbox.not_before).where(Outbox.state == "pending").order_by(Outbox.not_before).limit(1)
            return await session.scalar(query if after is None else query.where(Outbox.not_before > after))

    async def _seconds_to_next(self) -> float:
        """Real seconds until something can be done. What is due already and was not sent is held back for now."""
        waits = [LOOK_AGAIN]
        due = await self.next_due(after=self._clock.now())
        if due is not None and (wait := self._clock.real_seconds_until(due)) is not None:
            waits.append(wait)
        if self._answers_at is not None:
            waits.append((self._answers_at - self._real_now()).total_seconds())
        return max(0.05, min(waits))

    def _stopped(self) -> bool:
        until = self.health.halted_until
        if until is not None and self._real_now() >= until:
            self.health.halted, self.health.halted_until = "", None
        return self.health.halted_until is not None

    # -- claiming

    async def _claim(self, held: set[str]) -> list[Claimed] | None:
        """The next rows to send; None when nothing is left to do now (empty: those looked at were not to be sent)."""
        if self._stopped():
            return None
        now = self._clock.now()
        parked = [lane for lane, until in self.health.parked.items() if until > self._real_now()]
        query = (
            select(Outbox)
            .where(Outbox.state == "pending", Outbox.not_before <= now, Outbox.lane.not_in(parked))
            .where(or_(Outbox.lane > 0, Outbox.member_key.is_(None), Outbox.member_key.not_in(held)))
            .order_by(Outbox.lane, Outbox.not_before, Outbox.id)
            .limit(BATCH)
        )
        async with self._store.read() as session:
            waiting = (await session.scalars(query)).all()
        if not waiting:
            return None
        media = await self._upload([row for row in waiting if row.kind == "file" and row.body is None])
        ids = [row.id for row in waiting if row.kind != "file" or row.body is not None or row.id in media]
        claimed: list[Claimed] = []
        async with self._store.write() as session:
            work = Work(session, now, self._policy)
            rows = (await session.scalars(query.where(Outbox.id.in_(ids)).with_for_update(skip_locked=True))).all()
            for row in rows:
                one = await self._freeze(work, row, media, held)
                if one is not None:
                    claimed.append(one)
        return claimed

    async def _freeze(self, work: Work, row: Outbox, media: dict[int, str], held: set[str]) -> Claimed | None:
        """Checks that a row is still due, renders it once, and marks it as being sent."""
        if not await self._in_hours(work, row) or self._held_back(row, work.now, held):
            return None
        dropped = await still_due(work, row)
        if dropped is None and row.body is None:
            try:
                dropped = await self._envelope.seal(work, row, media.get(row.id, ""))
            except (ValueError, KeyError) as error:
                # Words or an account the platform cannot take: this one is final, the others go on.
                log.exception("delivery.not_renderable", row=row.id)
                await self._give_up(work, row, f"不能生成消息：{error}")
                return None
        if dropped is not None:
            row.state, row.error = "cancelled", dropped.why
            return None
        row.state = "sending"
        row.attempts += 1
        row.first_try_at = row.first_try_at or work.now
        if row.member_key and row.kind not in ("card_update", "menu"):
            self._limits.took(row.member_key, work.now)
        return Claimed(row.id, row.kind, row.member_key, row.body or b"", row.lane)

    async def _in_hours(self, work: Work, row: Outbox) -> bool:
        """Nothing proactive outside working hours (rule 3), whatever kept it until now: it waits for the next morning.

        A digest does not: tomorrow has its own, so what it would have said is planned again.
        """
        if row.lane == 0 or row.payload.get("urgent"):
            return True
        try:
            opens = next_open(self._policy.calendar, self._policy, work.now)
        except UnknownYear:
            opens = work.now + HOUR  # never a guess; /readyz says what is missing
        if opens <= work.now:
            return True
        if row.kind == "digest" and row.body is None:
            await unplan(work, row)
        else:
            row.not_before = opens
        return False

    def _held_back(self, row: Outbox, now: datetime, held: set[str]) -> bool:
        """Over this person's limits? Then the row stays, for later."""
        if row.member_key is None or row.kind == "card_update":
            return False
        if row.lane > 0:
            wait = self._limits.wait(row.member_key, now)
            if wait:
                row.not_before = now + wait
            return bool(wait)
        wait = timedelta(seconds=1) if row.member_key in held else self._limits.answer_wait(row.member_key, now)
        if wait:
            held.add(row.member_key)
            free = self._real_now() + wait
            self._answers_at = min(free, self._answers_at) if self._answers_at else free
        return bool(wait)

    async def _upload(self, rows: Sequence[Outbox]) -> dict[int, str]:
        """Row id -> media_id. What cannot be uploaded is settled like a failed send and left out."""
        media: dict[int, str] = {}
        for row in rows:
            path = self._data_dir / str(row.payload["path"])
            try:
                data = await asyncio.to_thread(path.read_bytes)
                media[row.id] = await self._client.upload(str(row.payload["name"]), data)
            except PlatformError as error:
                await self._settle({row.id: error}, {})
            except (OSError, ValueError) as error:
                await self._settle({row.id: WecomError(40008, str(error), ErrorClass.CONTENT)}, {})
        return media

    # -- sending

    async def _send_all(self, claimed: Sequence[Claimed]) -> int:
        """People side by side, each person's messages in order: what is behind one to be tried again waits for it."""
        by_member: dict[str, list[Claimed]] = defaultdict(list)
        for one in claimed:
            by_member[one.member_key or ""].append(one)
        gate = asyncio.Semaphore(AT_ONCE)
        results: dict[int, SendResult | PlatformError] = {}
        behind: dict[int, int] = {}  # row not tried -> the row it waits for

        async def one_person(rows: list[Claimed]) -> None:
            async with gate:
                for place, row in enumerate(rows):
                    results[row.id] = result = await self._call(row)
                    if isinstance(result, PlatformError) and result.cls not in FINAL:
                        behind.update((later.id, row.id) for later in rows[place + 1 :])
                        return

        await asyncio.gather(*(one_person(rows) for rows in by_member.values()))
        await self._settle(results, behind)
        messages = {one.id for one in claimed if one.kind not in ("card_update", "menu")}
        taken = {row_id for row_id, r in results.items() if isinstance(r, SendResult) and not r.invalid | r.unlicensed}
        self.accepted += len(taken & messages)
        return len(taken)

    async def _call(self, row: Claimed) -> SendResult | PlatformError:
        try:
            if row.kind == "menu":
                await self._client.create_menu(menu_body())
                return SendResult(0, "ok", "", "", frozenset(), frozenset())
            if row.kind == "card_update":
                return await self._client.update_card(row.body)
            return await self._client.send_raw(row.body)
        except PlatformError as error:
            return error

    async def _settle(self, results: Mapping[int, SendResult | PlatformError], behind: Mapping[int, int]) -> None:
        """Records what the platform said, with what follows from it, in one transaction."""
        now = self._clock.now()
        async with self._store.write() as session:
            work = Work(session, now, self._policy)
            for row_id, result in results.items():
                row = await session.get(Outbox, row_id)
                if row is None:
                    continue
                if isinstance(result, SendResult):
                    await self._accepted(work, row, result)
                else:
                    await self._failed(work, row, result)
            for row_id, first_id in behind.items():
                row, first = await session.get(Outbox, row_id), await session.get(Outbox, first_id)
                if row is not None and first is not None:
                    _wait_behind(row, first)

    async def _accepted(self, work: Work, row: Outbox, result: SendResult) -> None:
        if row.member_key and key_of(row.member_key) in result.invalid | result.unlicensed:
            await self._give_up(work, row, "平台回复：收件人无效或不在应用可见范围")
            await delivered.refused(work, row)
            return
        row.state, row.sent_at, row.error = "sent", work.now, None
        row.msgid, row.response_code = result.msgid or None, result.response_code or None
        await delivered.arrived(work, row)

    async def _failed(self, work: Work, row: Outbox, error: PlatformError) -> None:
        log.warning("delivery.refused", row=row.id, kind=row.kind, error=str(error), error_class=error.cls.value)
        if error.cls is ErrorClass.RECIPIENT:
            await self._give_up(work, row, str(error))
            await delivered.refused(work, row)
        elif error.cls is ErrorClass.CONTENT:
            await self._give_up(work, row, str(error))
            await delivered.lost(work, row)
        elif row.first_try_at and work.now - row.first_try_at > DUPLICATE_WINDOW:
            row.state = "unknown" if isinstance(error, Ambiguous) and row.body else "failed"
            row.error = f"{error}（多次重试无果）"
            await delivered.lost(work, row)
        else:
            row.state, row.error = "pending", str(error)
            row.not_before = work.now + self._pause(row, error)

    def _pause(self, row: Outbox, error: PlatformError) -> timedelta:
        if error.cls is ErrorClass.SETTINGS:
            self.health.halted, self.health.halted_until = told(error), self._real_now() + HALT
            log.error("delivery.halted", advice=told(error))
            return timedelta()
        if error.cls is ErrorClass.RATE:
            self.health.parked[row.lane] = self._real_now() + PARK
            return PARK
        first, longest = BACKOFF
        seconds = min(longest, first * 2 ** min(row.attempts, 10))
        return timedelta(seconds=seconds * random.uniform(0.5, 1.0))

    async def _give_up(self, work: Work, row: Outbox, why: str) -> None:
        row.state, row.error = "failed", why[:500]


def _wait_behind(row: Outbox, first: Outbox) -> None:
    """Puts a row back that was claimed and not tried."""
    row.state = "pending"
    row.not_before = max(row.not_before, first.not_before)
    row.attempts -= 1
    if row.attempts == 0:
        row.first_try_at = None
