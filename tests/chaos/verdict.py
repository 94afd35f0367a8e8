"""What must be true when everything is over, whatever happened on the way: nothing lost, nothing double (rule 7)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.services import chain
from bot.store.tables import Audit, Inbox, Outbox
from chaos.scene import OPEN, Scene
from sandbox.limits import DUPLICATE_SECONDS_MAX
from sandbox.messages import Message

WINDOW = timedelta(seconds=DUPLICATE_SECONDS_MAX)
ENDED_UNSENT = ("failed", "unknown")
NOT_NEEDED = ("事项状态已变，不再需要", "已有新的提交", "申请已有决定", "所列事项都已办结")


@dataclass(frozen=True)
class Verdict:
    accepted: int  # callbacks answered 200
    shown: int  # messages on phones
    repeated: int  # attempts the platform recognised as repetitions
    faults: list[str]  # empty when all is well

    def __str__(self) -> str:
        return f"{self.accepted} callbacks acknowledged, {self.shown} messages seen, {self.repeated} repetitions caught"


async def judge(scene: Scene, waiting_allowed: bool = False) -> Verdict:
    """Looks at the phones and at the database. `waiting_allowed`: what is due later may wait still."""
    now = scene.clock()
    inbox = {row.key: row for row in await scene.rows(select(Inbox.__table__))}
    outbox = await scene.rows(select(Outbox.__table__).order_by(Outbox.id))
    audit = await scene.rows(select(Audit.__table__).where(Audit.message_key.is_not(None)))

    faults = _callbacks(scene, inbox, outbox)
    faults += _history(inbox, outbox, audit)
    faults += _phones(scene, outbox)
    faults += _order(scene, inbox, outbox)
    faults += _unsent(scene, outbox)
    late = [row for row in outbox if row.state in OPEN and not (waiting_allowed and row.not_before > now)]
    faults += [f"{row.key} is still {row.state}" for row in late]
    if scene.platform.counters["discarded"]:
        faults.append(f"{scene.platform.counters['discarded']} messages were over a person's limit")
    await chain.seal(scene.store)
    async with scene.store.read() as session:
        sealed = await chain.verify(session)
    if sealed.broken is not None or sealed.unsealed:
        faults.append(f"the audit's chain: {sealed}")
    return Verdict(
        sum(len(ids) for ids in scene.accepted.values()),
        sum(len(scene.platform.inbox(person.userid)) for person in scene.platform.contacts.people),
        scene.platform.counters["duplicates"],
        faults,
    )


def _callbacks(scene: Scene, inbox: dict[str, Any], outbox: Sequence[Any]) -> list[str]:
    """Every callback that was answered 200 is done, and its person has its answer."""
    rows = {row.key: row for row in outbox}
    seen = {
        (person.userid, m.id) for person in scene.platform.contacts.people for m in scene.platform.inbox(person.userid)
    }
    faults = []
    for userid, ids in scene.accepted.items():
        for number in ids:
            key = f"msg-{number}"
            if key not in inbox:
                faults.append(f"{key} of {userid} was acknowledged and is not in the history")
            elif inbox[key].state != "done":
                faults.append(f"{key} of {userid} is {inbox[key].state}")
            answer = rows.get(f"reply:{key}:0")
            if answer is None or (userid, answer.msgid) not in seen:
                faults.append(f"{key} of {userid} has no answer on the phone")
        if len(ids) != len(set(ids)):
            faults.append(f"{userid}: the test counted a message twice")
    return faults


def _history(inbox: dict[str, Any], outbox: Sequence[Any], audit: Sequence[Any]) -> list[str]:
    """What was answered as recorded is in the history once; what was not is not there."""
    acts = Counter((row.message_key, row.act, row.subject) for row in audit)
    faults = [f"{key} is in the history {times} times" for key, times in acts.items() if times > 1]
    faults += [f"history without a callback: {row.message_key}" for row in audit if row.message_key not in inbox]
    of_key = {row.message_key: row for row in audit}
    for row in outbox:
        if not row.key.startswith("reply:") or not row.words:
            continue
        key = row.key.split(":")[1]
        recorded = row.words.startswith(("已记录", "已提交", "已撤回"))
        if recorded != (key in of_key):
            faults.append(f"{key} was answered {row.words[:20]!r} and has {'no' if recorded else 'an'} entry")
    return faults


def _phones(scene: Scene, outbox: Sequence[Any]) -> list[str]:
    """Nobody saw a message twice, nor one that is not in the outbox; and all that is in there as sent was seen."""
    faults = []
    sent = {(row.member_key, row.msgid): row for row in outbox if row.msgid}
    if len(sent) != sum(bool(row.msgid) for row in outbox):
        faults.append("two messages became one on the phone: equal words inside the duplicate window")
    seen = set()
    for person in scene.platform.contacts.people:
        last: dict[str, Any] = {}
        days: Counter[Any] = Counter()
        for message in scene.platform.inbox(person.userid):
            row = sent.get((person.userid.lower(), message.id))
            if row is None and _withdrawn(person.userid, message, outbox):
                pass  # not repeated, because what it was about was done; that the first try had arrived nobody knew
            elif row is None:
                faults.append(f"{person.userid} saw what no row is the origin of: {message.text[:40]!r}")
            elif row.kind == "digest":
                days[message.at.date()] += 1
            seen.add((person.userid.lower(), message.id))
            before = last.get(message.text)
            if before is not None and message.at - before < WINDOW:
                faults.append(f"{person.userid} saw twice: {message.text[:60]!r} ({before} and {message.at})")
            last[message.text] = message.at
        faults += [f"{person.userid} got {count} digests on {day}" for day, count in days.items() if count > 1]
    faults += [f"{row.key} is sent, and nobody saw it" for key, row in sent.items() if key not in seen]
    return faults


def _withdrawn(userid: str, message: Message, outbox: Sequence[Any]) -> bool:
    tried = [row for row in outbox if _not_needed(row) and row.member_key == userid.lower()]
    card = str(message.body.get("task_id", "")).rpartition("-")[2]
    return any(row.words == message.text or str(row.id) == card for row in tried)


def _not_needed(row: Any) -> bool:
    """It may have arrived, and was not repeated because what it was about was done by then."""
    return row.state == "unknown" and row.error in NOT_NEEDED


def _unsent(scene: Scene, outbox: Sequence[Any]) -> list[str]:
    """Nothing failed. A card that is closed a second time is refused by the platform; then it was closed the first."""
    updates = [
        row
        for row in outbox
        if row.kind == "card_update" and (row.state == "sent" or (row.state == "cancelled" and "40058" in row.error))
    ]
    faults = [
        f"{row.kind} {row.key} ended {row.state}: {row.error}"
        for row in outbox
        if row.state in ENDED_UNSENT and not _not_needed(row)
    ]
    if scene.platform.counters["updated"] != len(updates):
        faults.append(f"{scene.platform.counters['updated']} cards were changed, and {len(updates)} should have been")
    return faults


def _order(scene: Scene, inbox: dict[str, Any], outbox: Sequence[Any]) -> list[str]:
    """A person's messages were stored, and answered on the phone, in the order they were written."""
    answers = defaultdict(list)
    at = {m.id: m.number for person in scene.platform.contacts.people for m in scene.platform.inbox(person.userid)}
    for row in outbox:
        if row.key.startswith("reply:") and row.key.endswith(":0") and row.msgid in at:
            answers[row.member_key].append((inbox[row.key.split(":")[1]].id, at[row.msgid]))
    faults = []
    for person, pairs in answers.items():
        if [number for _, number in sorted(pairs)] != sorted(number for _, number in pairs):
            faults.append(f"{person} got answers out of order")
    for userid, ids in scene.accepted.items():
        stored = [inbox[f"msg-{one}"].id for one in ids if f"msg-{one}" in inbox]
        if stored != sorted(stored):
            faults.append(f"what {userid} wrote was stored out of order")
    return faults
