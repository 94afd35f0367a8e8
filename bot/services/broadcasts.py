"""A notice to very many people: up to 1,000 in one call to the platform, one row of the outbox for each call.

Below that number everybody has a row of their own, and their own card to be updated. Above it the platform's answer
makes the rows: each person's own history, and what follows for those who could not be reached, are the same after all.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import delete, func, insert, select, update

from bot.services import delivered
from bot.services.planning import UNANSWERED
from bot.services.work import Lane, Work
from bot.store.tables import Ask, News, Notice, Outbox, Receipt
from bot.wecom.bodies import MAX_USERS

TOGETHER = 200  # people; more of them than this are written to in calls of up to MAX_USERS
KIND = "broadcast"
RECALL = "recall"
RECALLABLE = timedelta(hours=24)  # the platform's window
T = TypeVar("T")
SENT_TOGETHER = b""  # the bytes stand in the row of the call
ROWS = 500  # inserted in one statement


async def put(
    work: Work, notice: Notice, payload: Mapping[str, Any], told: Mapping[str, Sequence[int]], why: str
) -> None:
    """One outbox row for each call. The receipts are there already."""
    for number, part in enumerate(_parts(list(told), MAX_USERS)):
        units = {key: list(told[key]) for key in part}
        await work.send(
            f"notice:{notice.id}:part{number}",
            Lane.BROADCAST,
            KIND,
            None,
            {**payload, "members": units},
            why,
            not_before=notice.leaves_at,
        )


async def hold(work: Work, row: Outbox, keys: Collection[str], until: Any) -> None:
    """Takes these people out of a call that has not been made: they get one of their own at `until`."""
    members = row.payload["members"]
    later = {key: units for key, units in members.items() if key in keys}
    row.payload = {**row.payload, "members": {key: units for key, units in members.items() if key not in keys}}
    key, payload = f"{row.key}+", {**row.payload, "members": later}
    # A call that was refused for hours is made anew, and may hold others this time: theirs is a call of its own.
    while not await work.send(key, Lane(row.lane), KIND, None, payload, row.reason, not_before=until):
        key += "+"


async def answered(work: Work, row: Outbox, unreached: Collection[str]) -> None:
    """The platform took the call: everybody's own row, and what follows. `unreached` are accounts in lower case."""
    members: dict[str, list[int]] = row.payload["members"]
    notice = row.payload["notice"]
    base = {
        "lane": row.lane,
        "kind": "text",
        "reason": row.reason,
        "not_before": row.not_before,
        "created_at": row.created_at,
        "first_try_at": row.first_try_at,
        "attempts": row.attempts,
        "words": row.words,
    }
    payload = {name: value for name, value in row.payload.items() if name not in ("members", "card")}
    reached = [
        {
            **base,
            "key": f"notice:{notice}:{key}",
            "member_key": key,
            "about": f"notice:{notice}:{key}",
            "payload": {**payload, "units": units},
            "state": "sent",
            "body": SENT_TOGETHER,
            "sent_at": work.now,
            "msgid": row.msgid,
        }
        for key, units in members.items()
        if key not in unreached
    ]
    for part in _parts(reached, ROWS):
        made = await work.session.execute(insert(Outbox).returning(Outbox.id, Outbox.member_key), part)
        asks = [
            {"outbox_id": one.id, "member_key": one.member_key, "kind": "notice", "refs": [notice], "at": work.now}
            for one in made
        ]
        await work.session.execute(insert(Ask), asks)
    for key in (key for key in members if key in unreached):
        one = Outbox(
            **base,
            key=f"notice:{notice}:{key}",
            member_key=key,
            about=f"notice:{notice}:{key}",
            payload={**payload, "units": members[key]},
            state="failed",
            error="平台回复：收件人无效或不在应用可见范围",
        )
        work.session.add(one)
        await work.session.flush()
        await delivered.refused(work, one)


async def progress(work: Work, notice: Notice) -> tuple[int, int]:
    """How many people were sent a notice, and how many still wait for it."""
    mine = Outbox.key.like(f"notice:{notice.id}:%")
    counted = await work.session.execute(
        select(Outbox.state, func.count()).where(mine, Outbox.kind != KIND).group_by(Outbox.state)
    )
    by_state = {state: count for state, count in counted.all()}  # noqa: C416  # rows are no tuples to mypy
    waiting = by_state.get("pending", 0) + by_state.get("sending", 0)
    calls = await work.session.scalars(
        select(Outbox.payload).where(mine, Outbox.kind == KIND, Outbox.state.in_(["pending", "sending"]))
    )
    return by_state.get("sent", 0), waiting + sum(len(payload["members"]) for payload in calls)


async def stop(work: Work, notice: Notice) -> int:
    """What has not left stays here; returns for how many people. Nobody waits for a 收到 of theirs."""
    rows = await work.session.scalars(
        select(Outbox).where(Outbox.key.like(f"notice:{notice.id}:%"), Outbox.state == "pending").with_for_update()
    )
    keys: list[str] = []
    for row in rows.all():
        row.state, row.error = "cancelled", "县政府办公室停发"
        keys += list(row.payload["members"]) if row.kind == KIND else [row.member_key or ""]
    await work.session.execute(
        update(Outbox)
        .where(Outbox.key.like(f"{file_key(notice, '%')}"), Outbox.state == "pending")
        .values(state="cancelled", error="县政府办公室停发")
    )
    for part in _parts(keys, ROWS):
        await work.session.execute(delete(Receipt).where(Receipt.notice_id == notice.id, Receipt.member_key.in_(part)))
    if keys:
        work.audit("stop", f"notice:{notice.id}", {}, {"people": len(keys)})
    return len(keys)


def file_key(notice: Notice, member_key: str) -> str:
    """The attachment of a notice on its way to one person."""
    return f"notice-file:{notice.id}:{member_key}"


@dataclass(frozen=True)
class Reach:
    """What of a notice can still be taken back: msgid -> how many people; and people for whom it is too late."""

    messages: Mapping[str, int]
    late: int

    @property
    def people(self) -> int:
        return sum(self.messages.values())


async def reach(work: Work, notice: Notice) -> Reach:
    """Counts people; an attachment goes with its notice and counts nobody. What is recalled already counts no more."""
    keys = await work.session.scalars(select(Outbox.key).where(Outbox.key.like(_recall_key(notice, "%"))))
    asked = set(keys.all())
    rows = await work.session.execute(
        select(Outbox.msgid, Outbox.sent_at, Outbox.kind).where(
            Outbox.about.like(f"notice:{notice.id}:%"), Outbox.state == "sent", Outbox.kind != RECALL
        )
    )
    messages: Counter[str] = Counter()
    late = 0
    for msgid, sent_at, kind in rows:
        person = int(kind != "file")
        if msgid and _recall_key(notice, msgid) in asked:
            continue
        if msgid and sent_at and work.now - sent_at < RECALLABLE:
            messages[msgid] += person
        else:
            late += person
    return Reach(messages, late)


async def recall(work: Work, notice: Notice) -> Reach:
    """Takes a notice back from the phones: what has not left stays here, what has is recalled by the platform.
    Nobody is asked for a 收到 any more. Doing it again recalls only what was on its way the first time."""
    await stop(work, notice)
    found = await reach(work, notice)
    for msgid, people in found.messages.items():
        payload = {"msgid": msgid, "people": people}
        await work.send(_recall_key(notice, msgid), Lane.REPLY, RECALL, None, payload, "县政府办公室撤回通知")
    notice.state = "cancelled"
    sent = select(Outbox.id).where(Outbox.about.like(f"notice:{notice.id}:%"))
    await work.session.execute(
        update(Ask).where(Ask.outbox_id.in_(sent), Ask.answered_at.is_(None)).values(answered_at=work.now)
    )
    await work.session.execute(
        update(News)
        .where(News.key.like(f"{UNANSWERED}:{notice.id}:%"), News.told_at.is_(None))
        .values(told_at=work.now)
    )
    work.audit("recall", f"notice:{notice.id}", {}, {"people": found.people, "late": found.late})
    return found


async def recalled(work: Work, notice: Notice) -> dict[str, int]:
    """What became of it, in people: by state of the recalls."""
    rows = await work.session.execute(
        select(Outbox.state, Outbox.payload).where(Outbox.key.like(_recall_key(notice, "%")), Outbox.kind == RECALL)
    )
    found: Counter[str] = Counter()
    for state, payload in rows:
        found[state] += payload["people"]
    return dict(found)


def _recall_key(notice: Notice, msgid: str) -> str:
    return f"recall:{notice.id}:{msgid}"[:200]


def _parts(things: Sequence[T], size: int) -> Iterator[list[T]]:
    rest = iter(things)
    while part := list(islice(rest, size)):
        yield part
