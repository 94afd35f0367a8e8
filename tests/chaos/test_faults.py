"""Five thousand messages through a platform on its worst day: each is sent once, or its row says why it was not."""

import os
import random
import time
from collections import Counter
from pathlib import Path

from aiohttp import web
from sqlalchemy import select
from support.world import COUNTY_POLICY, START

from bot.services.work import Lane, Work
from bot.store.engine import Store
from bot.store.tables import Outbox
from chaos.figures import Tell
from chaos.killable import SEND
from chaos.lives import Clock, nursery
from chaos.scene import MANY, Scene, add_writers, scene_on, writers
from chaos.verdict import ENDED_UNSENT
from sandbox.faults import Fault

SEED = os.environ.get("DUBAN_SEED", "20210525")
MESSAGES = 5000
NOON = START.replace(hour=12, minute=5)  # no digest is planned any more today
SPEED = 100.0  # virtual seconds a second: pauses of minutes pass in a second
LANES = (Lane.REPLY, Lane.REPLY, Lane.ACTION, Lane.REMINDER, Lane.BROADCAST)
SILENCES = 2  # answers that come after the service has hung up; each costs it ten real seconds
TOO_LATE = 11.0  # seconds
GHOSTS = 1  # for each town, on the roster and not in the platform's directory: 81013, which is final
UNLICENSED = "w0_00"  # errcode 0, and not delivered all the same

# Of a thousand calls, how many go wrong in which way.
SENDING = {
    Fault("", errcode=-1): 30,
    Fault("", errcode=45009): 2,
    Fault("", errcode=42001): 10,
    Fault("", errcode=40014): 10,
    Fault("", status=500): 30,
    Fault("", drop="before"): 30,
    Fault("", drop="after"): 30,
    Fault("", drop="silent"): 10,
    Fault("", delay=0.2): 10,
}
TOKEN = {
    Fault("", errcode=-1): 100,
    Fault("", errcode=45009): 10,
    Fault("", status=500): 100,
    Fault("", drop="before"): 50,
    Fault("", drop="after"): 50,
}


class Dice:
    """Counts what it deals."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)
        self._late = set(self._dice.sample(range(200, MESSAGES), SILENCES))
        self.dealt: Counter[str] = Counter()
        self.calls = 0

    def __call__(self, api: str) -> Fault | None:
        if api == "gettoken":
            return self._deal(TOKEN, "gettoken ")
        if api != "message/send":
            return None
        self.calls += 1
        if self.calls in self._late:
            self.dealt["answer too late"] += 1
            return Fault(api, delay=TOO_LATE)
        return self._deal(SENDING, "")

    def _deal(self, table: dict[Fault, int], of: str) -> Fault | None:
        number = self._dice.randrange(1000)
        for fault, share in table.items():
            number -= share
            if number < 0:
                said = fault.drop and f"dropped {fault.drop}"
                self.dealt[of + str(said or fault.errcode or fault.status or "slow")] += 1
                return fault
        return None


async def _fill(url: str, people: list[str]) -> None:
    store = Store(url)
    try:
        async with store.write() as session:
            work = Work(session, NOON, COUNTY_POLICY)
            for number in range(MESSAGES):
                key, lane = people[number % len(people)], LANES[number % len(LANES)]
                payload = {"text": f"第 {number} 条", "userid": key}
                assert await work.send(f"chaos:{number}", lane, "text", key, payload, "试验")
    finally:
        await store.close()


async def test_every_message_is_sent_once_or_its_row_says_why_not(
    corner_url: str, backend: str, tmp_path: Path, tell: Tell
) -> None:
    more = writers(MANY + GHOSTS)
    await add_writers(corner_url, more)
    await _fill(corner_url, [userid for userid, _ in more])
    began = time.monotonic()
    dice = Dice(SEED)
    clock = Clock(NOON, SPEED)
    async with scene_on(corner_url, tmp_path / "files", clock) as scene, nursery(tmp_path) as parent:
        attempts: Counter[str] = Counter()

        async def count(request: web.Request, _response: web.StreamResponse) -> None:
            attempts[request.path] += 1

        scene.answered = count
        scene.platform.faults.dice = dice
        scene.platform.unlicensed.add(UNLICENSED)
        async with scene.living(parent, hurry=True) as life:
            await scene.nothing_waits(Outbox.key.like("chaos:%"), seconds=150)
            assert not life.over.is_set()
        rows = await scene.rows(select(Outbox.__table__).where(Outbox.key.like("chaos:%")))
        shown = _shown(scene)
        vanished = scene.platform.counters["vanished"]
        discarded = scene.platform.counters["discarded"]
    took = time.monotonic() - began
    states = Counter(row.state for row in rows)
    doubles = {text: times for text, times in shown.items() if times > 1}
    tell(
        f"faults on {backend}: {MESSAGES} messages, {attempts[SEND]} attempts in {took:.0f} s (seed {SEED}): "
        f"{dict(states)}, {len(doubles)} doubles, {vanished} lost by the platform without a word"
    )
    tell("  dealt: " + ", ".join(f"{kind} ×{times}" for kind, times in sorted(dice.dealt.items())))

    assert len(rows) == MESSAGES and set(states) <= {"sent", *ENDED_UNSENT}
    assert not doubles
    assert discarded == 0
    # Given up is what can reach nobody, with the reason, and nothing else.
    found = {person.userid for person in scene.platform.contacts.people} - {UNLICENSED}
    unsent = [row for row in rows if row.state != "sent"]
    assert {row.id for row in unsent} == {row.id for row in rows if row.member_key not in found}
    assert [row.error for row in unsent if "81013" not in (row.error or "") and "收件人无效" not in row.error] == []
    assert [row.payload["text"] for row in unsent if shown[row.payload["text"]]] == []
    assert sum(shown[row.payload["text"]] for row in rows if row.state == "sent") == states["sent"] - vanished
    # The mixture was what it says, and repetitions of what had arrived were made.
    assert min(dice.dealt[str(kind)] for kind in (-1, 45009, 42001, 40014, 500, "dropped after", "slow")) > 0
    assert scene.platform.counters["duplicates"] > 0


def _shown(scene: Scene) -> Counter[str]:
    phones = (scene.platform.inbox(person.userid) for person in scene.platform.contacts.people)
    return Counter(message.text for phone in phones for message in phone)
