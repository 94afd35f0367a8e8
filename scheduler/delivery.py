"""Outbox → platform. Many people at once, one message of a person at a time, and nobody waits for a slow call to
somebody else: what has been answered is recorded, and what may go next is claimed, in one short transaction a round.

Changes outbox rows; `services.delivered` draws the consequences, in the same transaction.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog
from sqlalchemy import func, select, update

from bot.clock import Clock
from bot.domain.policy import Policy
from bot.services import broadcasts
from bot.services.work import Work
from bot.store import live
from bot.store.engine import Store, is_away
from bot.store.facts import DELIVERY, SALT, put
from bot.store.lease import Lease, LeaseLost
from bot.store.tables import Fact, Outbox
from bot.wecom.client import SendResult
from bot.wecom.errors import ErrorClass, PlatformError, WecomError
from bot.wecom.menu import menu_body
from scheduler.claims import Claimed, Claims
from scheduler.envelope import Envelope
from scheduler.outcome import Answer, Health, Outcomes, Uploaded

log = structlog.get_logger()

AT_ONCE = 16  # people written to at the same time
LOOK_AGAIN = 1.0  # seconds of real time; another process may have put something into the outbox
TRY_AGAIN = 5.0  # seconds after the database was away
STOP_WITHIN = 5.0  # seconds that calls under way are given at the end


class Platform(Protocol):
    """What delivery asks of the platform, and what it answers: see WecomClient, which does it."""

    async def send_raw(self, body: bytes) -> SendResult: ...
    async def update_card(self, body: bytes) -> SendResult: ...
    async def recall(self, body: bytes) -> SendResult: ...
    async def upload(self, name: str, data: bytes) -> str: ...
    async def create_menu(self, menu: dict[str, Any]) -> None: ...


class Delivery:
    def __init__(
        self,
        store: Store,
        lease: Lease,
        client: Platform,
        clock: Clock,
        policy: Policy,
        *,
        agent_id: int,
        cards: bool,
        data_dir: Path,
        real_now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._lease = lease
        self._client = client
        self._clock = clock
        self._policy = policy
        self._envelope = Envelope(agent_id, cards)
        self._outcomes = Outcomes()
        self._claims = Claims(policy, self._envelope, self._outcomes, real_now)
        self._data_dir = data_dir
        self._real_now = real_now
        self._turn = asyncio.Lock()  # one drain at a time: a clock jump drains, too
        self._stopping = False
        self._taken_over: int | None = None  # the epoch in which this process took over what was being sent
        self._calls: dict[int, asyncio.Task[Answer]] = {}  # row id -> the call under way, or its answer to be recorded
        self._people: dict[int, str] = {}  # row id -> whose message it is
        self._said: dict[str, object] = {}  # what the database says of what keeps this process from sending
        self.wake = asyncio.Event()
        self.accepted = 0  # messages the platform took since this process started

    @property
    def health(self) -> Health:
        return self._outcomes.health

    async def run(self) -> None:
        """Sends what is due, whenever something is. Ends when cancelled."""
        while True:
            self.wake.clear()
            try:
                await self._undisturbed()
                wait = await self._seconds_to_next()
                self.health.failing = ""
            except Exception as error:  # the database may be away for a moment; the outbox is still there afterwards
                log.exception("delivery.failed")
                self.health.failing = f"{type(error).__name__}（见日志）"
                wait = TRY_AGAIN
            try:
                await asyncio.wait_for(self.wake.wait(), timeout=wait)
            except TimeoutError:
                continue

    async def _undisturbed(self) -> None:
        """A drain that being cancelled does not cut off in the middle of a transaction: a driver that is left so keeps
        SQLite's lock."""
        draining = asyncio.ensure_future(self.drain())
        try:
            await asyncio.shield(draining)
        except asyncio.CancelledError:
            self._stopping = True
            self.wake.set()
            await asyncio.gather(draining, return_exceptions=True)
            raise

    async def stop(self) -> None:
        """Starts nothing more, and records the answers of what is under way."""
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=STOP_WITHIN)
        try:
            await self._round(want=0)
        except Exception:  # it stays `sending`, and the next process repeats the same bytes
            log.exception("delivery.not_recorded")

    async def drain(self) -> int:
        """Tries everything that is due now once. Returns how many messages were accepted."""
        async with self._turn:
            before = self.accepted
            self._claims.new_round()
            if not self._lease.held() and not await self._lease.renew():
                return 0
            try:
                if self._taken_over != self._lease.epoch:
                    await self._take_over()
            except LeaseLost:
                return 0
            while not self._stopping:
                self.wake.clear()
                looked_at = await self._round(AT_ONCE - len(self._calls))
                if self._stopping or not (self._calls or looked_at):
                    break
                if self._calls:
                    await self._something_happens()
            return self.accepted - before

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """The earliest moment (later than `after`, where given) at which something waits to leave."""
        async with self._store.read() as session:
            query = select(func.min(Outbox.not_before)).where(live.pending)
            return await session.scalar(query if after is None else query.where(Outbox.not_before > after))

    async def _take_over(self) -> None:
        """Picks up where the last process stopped: what it was sending may have arrived, and is repeated byte for byte
        while the platform still tells repeats (or is given up on)."""
        async with self._store.write() as session:
            await self._lease.fence(session)
            fact = await session.get(Fact, SALT)
            if fact is None:
                fact = Fact(key=SALT, value={"salt": f"{random.getrandbits(40):x}"})
                session.add(fact)
            self._envelope.salt = str(fact.value["salt"])
            sending = await session.execute(
                update(Outbox)
                .where(live.sending)
                .values(state="pending", doubtful=True, error="发送时服务中断")
                .returning(Outbox.id)
            )
            resumed = len(sending.all())
            await self._claims.rebuild(session, self._clock.now())
            blocked = await session.get(Fact, DELIVERY)
            self._outcomes.resume(blocked.value if blocked else {})
            self._said = self._outcomes.blocked()
            await put(session, DELIVERY, self._said)
        self._calls.clear()
        self._people.clear()
        self._taken_over = self._lease.epoch
        if resumed:
            log.info("delivery.resumed", rows=resumed)

    async def _seconds_to_next(self) -> float:
        """Real seconds until something can be done. What is due already and was not sent is held back for now."""
        waits = [LOOK_AGAIN]
        if self._lease.held():
            due = await self.next_due(after=self._clock.now())
            if due is not None and (wait := self._clock.real_seconds_until(due)) is not None:
                waits.append(wait)
        if self._claims.answers_at is not None:
            waits.append((self._claims.answers_at - self._real_now()).total_seconds())
        return max(0.05, min(waits))

    # -- a round

    async def _round(self, want: int) -> int:
        """Records what was answered, claims what may go next and starts sending it. Returns how many rows it saw."""
        answered = {row_id: call for row_id, call in self._calls.items() if call.done()}
        if not answered and want <= 0:
            return 0
        claimed: list[Claimed] = []
        taken = looked_at = 0
        try:
            async with self._store.write() as session:
                await self._lease.fence(session)
                work = Work(session, self._clock.now(), self._policy)
                taken = await self._record_all(work, {row_id: call.result() for row_id, call in answered.items()})
                if self._outcomes.blocked() != self._said:
                    self._said = self._outcomes.blocked()
                    await put(session, DELIVERY, self._said)
                if want > 0:
                    busy = {person for row_id, person in self._people.items() if row_id not in answered}
                    claimed, looked_at = await self._claims.next(work, want + len(answered), busy)
        except LeaseLost:
            # Whoever took over repeats what was under way; what became of it here is no longer ours to say. Where it
            # was nobody (the lease only ran out), this process takes over from itself.
            self._calls.clear()
            self._people.clear()
            self._taken_over = None
            return 0
        for row_id in answered:
            self._calls.pop(row_id, None)
            self._people.pop(row_id, None)
        self.accepted += taken
        for one in claimed:
            self._calls[one.id] = asyncio.create_task(self._send(one))
            self._people[one.id] = one.member_key or f"#{one.id}"
        return looked_at + len(answered)

    async def _record_all(self, work: Work, answers: Mapping[int, Answer]) -> int:
        """What the platform took, in one savepoint and a few statements; the rest, and all of it where that fails, each
        in its own. Returns how many messages it took."""
        found = await work.session.scalars(select(Outbox).where(Outbox.id.in_(answers)))
        rows = {row.id: row for row in found.all()}
        good = {row_id: answer for row_id, answer in answers.items() if isinstance(answer, SendResult)}
        taken = 0
        try:
            async with work.session.begin_nested():
                for row_id, answer in good.items():
                    if row_id in rows:
                        taken += await self._outcomes.record(work, rows[row_id], answer)
        except Exception as error:  # which row it is, and what becomes of it, shows one by one
            if is_away(error):
                raise  # the database, not a row: recorded in a later round
            taken, good = 0, {}
        for row_id in answers.keys() - good.keys():
            taken += await self._record(work, row_id, answers[row_id])
        return taken

    async def _record(self, work: Work, row_id: int, answer: Answer) -> bool:
        row = await work.session.get(Outbox, row_id)
        if row is None:
            return False
        try:
            async with work.session.begin_nested():
                return await self._outcomes.record(work, row, answer)
        except Exception as error:
            if is_away(error):
                raise  # recorded in a later round
            log.exception("delivery.consequences_failed", row=row_id)
            row = await work.session.get_one(Outbox, row_id)
            self._outcomes.barely(work, row, answer)
            return isinstance(answer, SendResult)

    async def _something_happens(self) -> None:
        """A call was answered, something new came in, or a second went by."""
        woken = asyncio.create_task(self.wake.wait())
        try:
            waiting = {call for call in self._calls.values() if not call.done()}
            if len(waiting) == len(self._calls):
                await asyncio.wait({*waiting, woken}, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()

    # -- a call

    async def _send(self, row: Claimed) -> Answer:
        """Never raises: what goes wrong is an answer, too."""
        if not self._lease.held():
            return PlatformError("已由另一个进程接手发送")
        try:
            if row.kind == "menu":
                await self._client.create_menu(menu_body())
                return SendResult(0, "ok", "", "", frozenset(), frozenset())
            if row.body is None:
                return await self._upload(row)
            if row.kind == "card_update":
                return await self._client.update_card(row.body)
            if row.kind == broadcasts.RECALL:
                return await self._client.recall(row.body)
            return await self._client.send_raw(row.body)
        except PlatformError as error:
            return error
        except Exception as error:
            log.exception("delivery.call_failed", row=row.id)
            return PlatformError(f"发送时出错：{type(error).__name__}")

    async def _upload(self, row: Claimed) -> Answer:
        path = self._data_dir / str(row.payload["path"])
        try:
            data = await asyncio.to_thread(path.read_bytes)
            return Uploaded(await self._client.upload(str(row.payload["name"]), data))
        except (OSError, ValueError) as error:
            return WecomError(40008, str(error), ErrorClass.CONTENT)
