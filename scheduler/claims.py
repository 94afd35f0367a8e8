"""Which messages go next, and whether they still should: the outbox's half of delivery, inside one transaction."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, bindparam, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.domain import people
from bot.domain.calendar import UnknownYear, local_day
from bot.domain.policy import Policy
from bot.domain.timing import held_until, next_open
from bot.services import broadcasts, delivered
from bot.services.planning import unplan
from bot.services.rendering import still_due
from bot.services.work import Lane, Work
from bot.store import live
from bot.store.engine import is_away
from bot.store.people import members
from bot.store.tables import Member, Outbox, Post
from scheduler.envelope import Envelope
from scheduler.limits import HOUR, ApiLimit, DayLimit, MemberLimits
from scheduler.outcome import DUPLICATE_WINDOW, Outcomes, is_message

log = structlog.get_logger()

Roster = Mapping[str, people.Member]  # account in lower case -> person

WINDOW = 200  # rows of a lane among which the turns of units are shared out
PUT_OFF = timedelta(minutes=5)  # after a row that could not be looked at
LOOKS = 5  # such looks before a row is given up


@dataclass(frozen=True)
class Claimed:
    """A row that is being sent; `body` is None for a file that must be uploaded first."""

    id: int
    kind: str
    member_key: str | None
    body: bytes | None
    payload: dict[str, object]


@dataclass(frozen=True)
class Waiting:
    """A row that is due."""

    id: int
    member_key: str | None

    @property
    def person(self) -> str:
        """Whose turn it takes; what is for nobody in particular waits for nobody."""
        return self.member_key or f"#{self.id}"


class Claims:
    def __init__(
        self, policy: Policy, envelope: Envelope, outcomes: Outcomes, real_now: Callable[[], datetime]
    ) -> None:
        self._policy = policy
        self._envelope = envelope
        self._outcomes = outcomes
        self._real_now = real_now
        self._members = MemberLimits(policy, real_now)
        self._api = ApiLimit(policy, real_now)
        self._day = DayLimit()
        self._held: set[str] = set()  # people whose answers must wait a little
        self.answers_at: datetime | None = None  # real time at which a held answer may go

    async def rebuild(self, session: AsyncSession, now: datetime) -> None:
        """Takes the limits from what was sent: each person's from their rows, the API's from the calls."""
        in_a_call = Outbox.body == broadcasts.SENT_TOGETHER
        sent = await session.execute(
            select(Outbox.kind, Outbox.member_key, Outbox.sent_at, in_a_call)
            .where(Outbox.sent_at > now - timedelta(days=1))
            .order_by(Outbox.sent_at)
        )
        rows = [(key, moment, together) for kind, key, moment, together in sent if moment and is_message(kind)]
        people = [(key, moment) for key, moment, _ in rows if key]
        self._members.rebuild(one for one in people if one[1] > now - HOUR)
        self._api.rebuild(moment for _, moment, together in rows if not together and moment > now - HOUR)
        today = local_day(now)
        self._day.rebuild(today, sum(local_day(moment) == today for _, moment in people), await _accounts(session))

    def new_round(self) -> None:
        self._held.clear()
        self.answers_at = None

    # -- whose turn

    async def next(self, work: Work, want: int, busy: Collection[str]) -> tuple[list[Claimed], int]:
        """At most `want` rows, one of a person, marked as being sent; and how many were looked at for that."""
        if self._outcomes.stopped(work.now):
            return [], 0
        if self.answers_at is not None and self._real_now() >= self.answers_at:
            self.new_round()  # under load a drain goes on for minutes, and an answer must not wait for its end
        free = self._api.free()
        if not free:
            self._later(self._api.wait())
            return [], 0
        chosen = await self._choose(work, min(want, free), busy)
        rows = await work.session.scalars(
            select(Outbox)
            .where(Outbox.id.in_([one.id for one in chosen]), Outbox.state == "pending")
            .with_for_update(skip_locked=True)
        )
        by_id = {row.id: row for row in rows.all()}
        in_order = [by_id[one.id] for one in chosen if one.id in by_id]
        return await self._look_at_all(work, in_order), len(by_id)

    async def _choose(self, work: Work, want: int, busy: Collection[str]) -> list[Waiting]:
        """Lane after lane; inside a lane the units take turns, and each person's messages go in order."""
        chosen: list[Waiting] = []
        taken = set(busy)
        parked = self._outcomes.parked(work.now)
        probing = bool(self._outcomes.health.halted)  # one message shows whether the operator has mended it
        for lane in await _lanes(work):
            if lane in parked or (lane > Lane.REPLY and await self._day_is_full(work)):
                continue
            passed = taken | self._held if lane == Lane.REPLY else taken
            asked = {"in_lane": int(lane), "now": work.now, "passed": list(passed)}
            rows = (await work.session.execute(_DUE_ANSWERS if lane == Lane.REPLY else _DUE, asked)).all()
            waiting = [Waiting(row.id, row.member_key) for row in rows]
            if len(waiting) > want - len(chosen):
                waiting = in_turn(waiting, await _units(work.session, waiting))
            for one in waiting:
                if one.person not in taken:
                    taken.add(one.person)
                    chosen.append(one)
                    if len(chosen) == want or probing:
                        return chosen
        return chosen

    async def _day_is_full(self, work: Work) -> bool:
        """People are counted again before it is said: the roster may have been loaded since."""
        if self._day.reached(work.today):
            self._day.accounts = await _accounts(work.session)
        return self._day.reached(work.today)

    # -- still due?

    async def _look_at_all(self, work: Work, rows: Sequence[Outbox]) -> list[Claimed]:
        """In one savepoint and a few statements; where a row cannot be looked at, each in its own."""
        ids = [row.id for row in rows]
        roster = await members(work.session, {row.member_key for row in rows if row.member_key})
        try:
            async with work.session.begin_nested():
                found = [await self._claim(work, row, roster) for row in rows]
        except Exception as error:  # which row it is, and what becomes of it, shows one by one
            if is_away(error):
                raise
            again = [await work.session.get_one(Outbox, row_id) for row_id in ids]
            found = [await self._look_at(work, row, roster) for row in again]
        return [one for one in found if one is not None]

    async def _look_at(self, work: Work, row: Outbox, roster: Roster) -> Claimed | None:
        row_id = row.id
        try:
            async with work.session.begin_nested():
                return await self._claim(work, row, roster)
        except Exception as error:
            if is_away(error):
                raise  # the database, not the row
            # One row that cannot be looked at must not stop the others.
            log.exception("delivery.row_failed", row=row_id)
            again = await work.session.get_one(Outbox, row_id)
            again.attempts += 1
            why = f"不能处理：{type(error).__name__}"
            if again.attempts >= LOOKS:
                again.state, again.error = "failed", why
            else:
                again.not_before, again.error = work.now + PUT_OFF, why
            return None

    async def _claim(self, work: Work, row: Outbox, roster: Roster) -> Claimed | None:
        """Checks that a row is still due, renders it once, and marks it as being sent."""
        if not await self._in_time(work, row) or self._held_back(row, work.now):
            return None
        if row.kind == broadcasts.KIND and row.body is None:
            await self._hold_some(work, row)
        dropped = await still_due(work, row, roster)
        if dropped is None and row.body is None and not self._to_upload(row):
            try:
                dropped = await self._envelope.seal(work, row, roster)
            except (ValueError, KeyError) as error:
                # Words or an account the platform cannot take: this one is final, the others go on.
                log.exception("delivery.not_renderable", row=row.id)
                await self._outcomes.give_up(work, row, f"不能生成消息：{error}")
                return None
        if dropped is not None:
            await self._outcomes.dropped(work, row, dropped.why)
            if dropped.not_theirs and row.kind != "digest":  # a digest's stages are due again by themselves
                await delivered.pass_on(work, row)
            return None
        row.attempts += 1
        if row.body is not None:
            row.state = "sending"
            row.first_try_at = row.first_try_at or work.now
            if is_message(row.kind):
                self._api.took()
                for key in row.payload["members"] if row.kind == broadcasts.KIND else [row.member_key or ""]:
                    self._members.took(key, work.now)
                    self._day.took(work.today)
        return Claimed(row.id, row.kind, row.member_key, row.body, dict(row.payload))

    async def _hold_some(self, work: Work, row: Outbox) -> None:
        """Who is over their own limit gets the notice a little later, the others now."""
        waits = {key: wait for key in row.payload["members"] if (wait := self._members.wait(key, work.now))}
        if waits:
            await broadcasts.hold(work, row, waits, work.now + max(waits.values()))

    def _to_upload(self, row: Outbox) -> bool:
        return row.kind == "file" and not row.payload.get("media_id")

    async def _in_time(self, work: Work, row: Outbox) -> bool:
        """Not outside working hours (rule 3), not another day's digest, not outside the platform's duplicate check."""
        digest = row.kind == "digest"
        opens = self._opens(work, row)
        missed = digest and (opens > work.now or row.payload["day"] != work.today.isoformat())
        # By the time it may leave: what the evening cut off is settled in the evening.
        stale = row.first_try_at is not None and opens - row.first_try_at > DUPLICATE_WINDOW
        if row.doubtful and (stale or missed):
            await self._outcomes.unknown(work, row)
            return False
        if missed:  # tomorrow has its own: what it would have said is planned again
            await unplan(work, row)
            return False
        if stale:
            # Certainly never accepted: said anew, with the facts of then, and in the evening as a line of the morning.
            row.body, row.words, row.first_try_at = None, None, None
            opens = self._opens(work, row)
        if opens > work.now:
            row.not_before, row.attempts = opens, 0  # what may leave before then does not wait for it
            return False
        return True

    def _opens(self, work: Work, row: Outbox) -> datetime:
        """When this row may leave: nothing proactive outside working hours, whatever kept it until now."""
        if row.lane == Lane.REPLY or row.payload.get("urgent"):
            return work.now
        when = held_until if row.lane == Lane.ACTION and row.body is None else next_open
        try:
            return when(self._policy.calendar, self._policy, work.now)
        except UnknownYear:
            return work.now + HOUR  # never a guess; /readyz says what is missing

    def _held_back(self, row: Outbox, now: datetime) -> bool:
        """Over this person's limits? Then the row stays, for later."""
        if row.member_key is None or not is_message(row.kind):
            return False
        if row.lane > Lane.REPLY:
            wait = self._members.wait(row.member_key, now)
            if wait:
                row.not_before, row.error = now + wait, "此人短时间内收到的消息已到上限，稍后再发"
            return bool(wait)
        wait = self._members.answer_wait(row.member_key, now)
        if wait:
            self._held.add(row.member_key)
            self._later(wait)
        return bool(wait)

    def _later(self, wait: timedelta) -> None:
        free = self._real_now() + wait
        self.answers_at = min(free, self.answers_at) if self.answers_at else free


def _due_query(answers: bool) -> Select[int, str | None]:
    """A lane's due rows. What is behind a message that is to be tried again waits for it: parts stay in order.

    Nobody waits for a file or for an update of a card: where only their interfaces fail, words arrive all the same.
    Answers keep the order in which they were given even where the clocks of two processes differ.
    """
    ahead = aliased(Outbox)
    behind = exists().where(
        ahead.member_key == Outbox.member_key,
        live.waiting(ahead),
        ahead.lane == Outbox.lane,
        ahead.id < Outbox.id,
        ahead.kind.not_in(["file", "card_update"]),
        true() if answers else (ahead.attempts > 0) | (ahead.not_before <= bindparam("now")),
    )
    return (
        select(Outbox.id, Outbox.member_key)
        .where(
            live.pending,
            Outbox.lane == bindparam("in_lane"),
            Outbox.not_before <= bindparam("now"),
            Outbox.member_key.is_(None) | Outbox.member_key.not_in(bindparam("passed", expanding=True)),
            ~behind,
        )
        .order_by(Outbox.not_before, Outbox.id)
        .limit(WINDOW)
    )


# Made once: each round asks them, and building one takes longer than asking it.
_DUE_ANSWERS, _DUE = _due_query(answers=True), _due_query(answers=False)


_ANY_DUE = select(
    *(exists().where(live.pending, Outbox.lane == int(lane), Outbox.not_before <= bindparam("now")) for lane in Lane)
)


async def _lanes(work: Work) -> list[Lane]:
    """Those with anything due, first to last: most rounds find one or none."""
    (due,) = (await work.session.execute(_ANY_DUE, {"now": work.now})).all()
    return [lane for lane, some in zip(Lane, due, strict=True) if some]


async def _accounts(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Member)) or 0


async def _units(session: AsyncSession, waiting: Sequence[Waiting]) -> dict[str, str]:
    """Account → unit, of everybody somebody waits for."""
    keys = {one.member_key for one in waiting if one.member_key}
    rows = await session.execute(
        select(Post.member_key, Post.unit).where(Post.member_key.in_(keys)).order_by(Post.position.desc())
    )
    return {key: unit for key, unit in rows}  # noqa: C416  # the rows are no tuples to mypy


def in_turn(waiting: Sequence[Waiting], unit_of: dict[str, str]) -> list[Waiting]:
    """The units take turns; each unit's own keep their order. Whoever has none is a unit of their own."""
    queues: dict[str, deque[Waiting]] = defaultdict(deque)
    for one in waiting:
        queues[unit_of.get(one.person, one.person)].append(one)
    found: list[Waiting] = []
    while queues:
        for unit in list(queues):
            found.append(queues[unit].popleft())
            if not queues[unit]:
                del queues[unit]
    return found
