"""What becomes of an outbox row when the platform has answered, or has not (the table of WECOM.md)."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.services import broadcasts, delivered
from bot.services.planning import take_back
from bot.services.work import Lane, Work
from bot.store.people import key_of
from bot.store.tables import Outbox
from bot.wecom.client import SendResult
from bot.wecom.errors import MEDIA_EXPIRED, NO_PERMISSION, Ambiguous, ErrorClass, PlatformError, WecomError, told

log = structlog.get_logger()

# A little less than the 14,400 s for which the platform compares bytes.
DUPLICATE_WINDOW = timedelta(hours=3, minutes=50)
PARK = (65.0, 3660.0)  # seconds after 45009: a minute's block first, an hour's where it comes again
HALT = timedelta(minutes=10)  # after an error only an operator can mend
BACKOFF = (2.0, 300.0)  # seconds, first and longest
ANSWER_KEPT = timedelta(days=1)  # an answer that could not be sent for so long answers nothing any more


@dataclass(frozen=True)
class Uploaded:
    """A file is on the platform; the message that carries it can be made."""

    media_id: str


Answer = SendResult | Uploaded | PlatformError


@dataclass
class Health:
    """What the operator must know of delivery."""

    halted: str = ""  # the platform's advice; empty when all is well
    halted_until: datetime | None = None
    parked: dict[int, datetime] = field(default_factory=dict)  # lane -> until
    breaches: dict[int, int] = field(default_factory=dict)  # lane -> 45009 in a row
    errors: Counter[str] = field(default_factory=Counter)  # the platform's errors by code, since the start
    failing: str = ""  # what kept the last round from being done; empty when it was


def is_message(row_kind: str) -> bool:
    """Is it something a person sees as a message, and the limits count?"""
    return row_kind not in ("card_update", "menu", "recall")


def _not_offered(row: Outbox, error: PlatformError) -> bool:
    """Is it only the menu, files, card updates or recalls that this application may not use? Messages go on then."""
    beside = row.body is None or not is_message(row.kind)
    return beside and isinstance(error, WecomError) and error.errcode in NO_PERMISSION


def _final(row: Outbox) -> str:
    """A message that will not be tried again: an earlier try may have arrived all the same."""
    return "unknown" if row.doubtful else "failed"


class Outcomes:
    """Everything here goes by the service's clock."""

    def __init__(self) -> None:
        self.health = Health()

    def stopped(self, now: datetime) -> bool:
        """Nothing may be sent: the platform refuses until an operator has mended something."""
        until = self.health.halted_until
        if until is not None and now >= until:
            self.health.halted_until = None  # one try; `halted` stays until it succeeds
        return self.health.halted_until is not None

    def blocked(self) -> dict[str, object]:
        """What keeps messages from being sent, for other processes and commands to see."""
        parked = {str(lane): until.isoformat() for lane, until in self.health.parked.items()}
        return {"halted": self.health.halted, "parked": parked} if self.health.halted or parked else {}

    def resume(self, blocked: Mapping[str, Any]) -> None:
        """What `blocked` said in the process before: a lane waits on. A wrong secret may have been mended by the
        restart, so that is found out anew."""
        self.health.parked = {int(lane): datetime.fromisoformat(at) for lane, at in blocked.get("parked", {}).items()}

    def parked(self, now: datetime) -> frozenset[int]:
        """Lanes that wait; whose time is over waits no more, for whoever asks `blocked`."""
        self.health.parked = {lane: until for lane, until in self.health.parked.items() if until > now}
        return frozenset(self.health.parked)

    async def record(self, work: Work, row: Outbox, answer: Answer) -> bool:
        """Records an answer, with what follows from it. True for a message the platform took."""
        if isinstance(answer, Uploaded):
            row.payload = {**row.payload, "media_id": answer.media_id}
            return False
        if isinstance(answer, SendResult):
            self.health.halted, self.health.halted_until = "", None
            self.health.breaches.pop(row.lane, None)
            return await self._accepted(work, row, answer)
        await self._refused(work, row, answer)
        return False

    def barely(self, work: Work, row: Outbox, answer: Answer) -> None:
        """The same without its consequences, which could not be stored: it must not be sent again for that."""
        if isinstance(answer, SendResult):
            row.state, row.sent_at, row.error = "sent", work.now, "已送达，但后续登记失败（见日志）"
        else:
            self._put_off(work, row, str(answer))

    async def _accepted(self, work: Work, row: Outbox, result: SendResult) -> bool:
        if row.member_key and key_of(row.member_key) in result.invalid | result.unlicensed:
            await self._no_such_person(work, row, "平台回复：收件人无效或不在应用可见范围")
            return False
        row.state, row.sent_at, row.error, row.doubtful = "sent", work.now, None, False
        row.msgid = result.msgid or None
        if row.kind == broadcasts.KIND:
            await broadcasts.answered(work, row, result.invalid | result.unlicensed)
            return True
        row.response_code = result.response_code or None
        await delivered.arrived(work, row)
        return is_message(row.kind)

    async def _refused(self, work: Work, row: Outbox, error: PlatformError) -> None:
        log.warning("delivery.refused", row=row.id, kind=row.kind, error=str(error), error_class=error.cls.value)
        self.health.errors[str(error.errcode) if isinstance(error, WecomError) else type(error).__name__] += 1
        if isinstance(error, Ambiguous):
            row.doubtful = row.doubtful or row.body is not None  # an upload shows nobody anything
        not_offered = _not_offered(row, error)
        if row.kind == "card_update" and (not_offered or error.cls in (ErrorClass.RECIPIENT, ErrorClass.CONTENT)):
            # The card is too old, or was updated by another press: what it says is in the answer as well.
            row.state, row.error = "cancelled", str(error)[:500]
        elif not_offered:
            await self.give_up(work, row, told(error))
        elif error.cls is ErrorClass.RECIPIENT:
            await self._no_such_person(work, row, str(error))
        elif error.cls is ErrorClass.CONTENT:
            await self._content(work, row, error)
        elif row.lane == Lane.REPLY and work.now - row.created_at > ANSWER_KEPT:
            await self.give_up(work, row, f"{error}（一天内没能送出）")
        else:
            self._put_off(work, row, str(error), self._pause(row, error, work.now))

    async def _content(self, work: Work, row: Outbox, error: PlatformError) -> None:
        expired = isinstance(error, WecomError) and error.errcode == MEDIA_EXPIRED
        if expired and row.kind == "file" and not row.payload.get("again"):
            row.payload = {**row.payload, "again": True, "media_id": ""}
            row.body = None
            self._put_off(work, row, str(error))
        else:
            await self.give_up(work, row, str(error))

    def _put_off(self, work: Work, row: Outbox, why: str, pause: timedelta = timedelta()) -> None:
        row.state, row.error = "pending", why[:500]
        row.not_before = work.now + pause

    def _pause(self, row: Outbox, error: PlatformError, now: datetime) -> timedelta:
        if error.cls is ErrorClass.SETTINGS:
            self.health.halted, self.health.halted_until = told(error), now + HALT
            log.error("delivery.halted", advice=told(error))
            row.attempts -= 1  # nothing about this message
            return timedelta()
        if error.cls is ErrorClass.RATE:
            if row.lane not in self.parked(now):  # calls that were on their way together are one breach
                breach = self.health.breaches[row.lane] = self.health.breaches.get(row.lane, 0) + 1
                self.health.parked[row.lane] = now + timedelta(seconds=min(PARK[1], PARK[0] * 2 ** (breach - 1)))
            return self.health.parked[row.lane] - now
        first, longest = BACKOFF
        seconds = min(longest, first * 2 ** min(row.attempts, 10))
        return timedelta(seconds=seconds * random.uniform(0.5, 1.0))

    async def _no_such_person(self, work: Work, row: Outbox, why: str) -> None:
        row.state, row.error = _final(row), why[:500]
        if row.kind == broadcasts.KIND:  # none of them
            await broadcasts.answered(work, row, frozenset(row.payload["members"]))
            return
        await delivered.refused(work, row)

    async def give_up(self, work: Work, row: Outbox, why: str) -> None:
        """Final."""
        row.state, row.error = _final(row), why[:500]
        await delivered.lost(work, row)

    async def dropped(self, work: Work, row: Outbox, why: str) -> None:
        """Not needed any more."""
        row.state, row.error = ("unknown" if row.doubtful else "cancelled"), why
        if row.doubtful:
            await delivered.lost(work, row)
        else:
            await take_back(work, row.payload.get("marks", []))

    async def unknown(self, work: Work, row: Outbox) -> None:
        """May have arrived, and can no longer be repeated without showing twice: never sent again silently."""
        row.state = "unknown"
        row.error = f"{row.error or '发送中断'}（超过平台查重时间，可能未送达，不再自动重发）"[:500]
        await delivered.unsure(work, row)
