"""Replays messages through the real service and says what each of them changed.

A corpus is a table: who speaks (unit and role), what was said `before` (other people after an @), the message, what
the person answers `then` if the service asks back, the `effect` and what the answer `says` (a regular expression).
An effect is acts on items, `submit 34,35 + progress 21`, or `-` for none; `~` marks one that may be or not be.
"""

import asyncio
import csv
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain.calendar import SHANGHAI
from support.world import Phone, World, prepare, world_on

WHEN = datetime(2021, 11, 3, 10, 0, tzinfo=SHANGHAI)
ROLES = ("联络员", "审核人", "单位负责人", "县办", "县领导", "审计")
REFUSES = ("没看懂",)

Done = frozenset[tuple[str, str, str]]  # act, item, unit or new deadline where one matters


@dataclass(frozen=True)
class Row:
    """One message of a corpus."""

    sender: str
    before: tuple[str, ...]
    utterance: str
    then: str
    effect: str
    says: str

    @property
    def wanted(self) -> Done:
        return frozenset(done for maybe, done in self._effects() if not maybe)

    @property
    def allowed(self) -> Done:
        """What may have happened besides; a 完成 that lacks its evidence may be kept as 进展."""
        notes = {("progress", item, "") for act, item, _ in self.wanted if act == "submit"}
        return self.wanted | {done for _, done in self._effects()} | notes

    def _effects(self) -> list[tuple[bool, tuple[str, str, str]]]:
        found = []
        for part in self.effect.split(" + "):
            if part == "-":
                continue
            act, items, *rest = part.lstrip("~").split(" ")
            found += [(part.startswith("~"), (act, item, " ".join(rest))) for item in items.split(",")]
        return found


@dataclass(frozen=True)
class Outcome:
    """What became of one message."""

    row: Row
    at_once: Done
    after: Done
    answers: str

    @property
    def wrong(self) -> Done:
        """Changes that should not be."""
        return self._narrow(self.after) - self.row.allowed

    @property
    def wrong_at_once(self) -> Done:
        """Of these, what nobody was asked about."""
        return self._narrow(self.at_once) - self.row.allowed

    @property
    def done(self) -> bool:
        return self._narrow(self.after) >= self.row.wanted

    @property
    def sensible(self) -> bool:
        if self.wrong or not self.answers.strip():
            return False
        if self.row.says:
            return re.search(self.row.says, self.answers) is not None
        return not any(word in self.answers for word in REFUSES)

    def _narrow(self, done: Done) -> Done:
        """The unit or day of an act counts only where the row names one."""
        named = {(act, item) for act, item, more in self.row.allowed if more}
        return frozenset((act, item, more if (act, item) in named else "") for act, item, more in done)


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Row(
            line["sender"],
            tuple(part.replace("\\n", "\n") for part in line["before"].split(" | ") if part),
            line["utterance"].replace("\\n", "\n"),
            line["then"].replace("\\n", "\n"),
            line["effect"],
            line["says"],
        )
        for line in table
    ]


def phone(world: World, who: str) -> Phone:
    role = next(role for role in ROLES if who.endswith(role))
    return world.who(who.removesuffix(role), role)


class Replay:
    """One world in which every message finds the database as it was in the beginning. Nothing is sent: an answer is
    read where it waits to leave."""

    def __init__(self, world: World, baseline: Path) -> None:
        self.world = world
        self._baseline = baseline

    async def run(self, row: Row) -> Outcome:
        self._rewind()
        for words in row.before:
            who, said = words[1:].split(" ", 1) if words.startswith("@") else (row.sender, words)
            await self.say(who, said)
        last = (await self.world.rows("SELECT coalesce(max(id), 0) FROM audit"))[0][0]
        answers = await self.say(row.sender, row.utterance)
        at_once = after = await self._done_since(last)
        if row.then and not (row.wanted and Outcome(row, at_once, at_once, "").done):
            answers += "\n> " + row.then + "\n" + await self.say(row.sender, row.then)
            after = await self._done_since(last)
        return Outcome(row, at_once, after, answers)

    async def say(self, who: str, text: str) -> str:
        userid = phone(self.world, who).userid
        last = (await self.world.rows("SELECT coalesce(max(id), 0) FROM outbox"))[0][0]
        sent = await self.world.platform.say(userid, text)
        assert sent.state == "sent", sent.error
        await self.world.service.worker.drain()
        found = await self.world.rows(
            "SELECT payload FROM outbox WHERE id > :last AND key LIKE 'reply:%' AND member_key = :key ORDER BY id",
            last=last,
            key=userid.lower(),
        )
        return "\n".join(json.loads(payload).get("text", "") for (payload,) in found)

    def _rewind(self) -> None:
        assert self.world.service.store.path is not None
        _copy(self._baseline, self.world.service.store.path)

    async def _done_since(self, last: int) -> Done:
        found = await self.world.rows(
            "SELECT audit.act, node.code, unit.name, request.new_due FROM audit "
            "LEFT JOIN assignment ON audit.subject = 'assignment:' || assignment.id "
            "LEFT JOIN node ON node.id = assignment.node_id LEFT JOIN unit ON unit.id = assignment.unit_id "
            "LEFT JOIN request ON request.assignment_id = assignment.id AND audit.act = 'extend' "
            "WHERE audit.id > :last AND audit.act <> 'withheld'",  # on record, and nothing is changed by it
            last=last,
        )
        return frozenset((act, code or "", str(due or unit or "")) for act, code, unit, due in found)


@asynccontextmanager
async def replaying(folder: Path) -> AsyncIterator[Replay]:
    """A world of the whole county on 2021-11-03, everything handed out and nothing signed."""
    baseline, live = folder / "baseline.db", folder / "live.db"
    await prepare(f"sqlite+aiosqlite:///{baseline}", start=WHEN)
    await asyncio.to_thread(_copy, baseline, live)
    url, roles = f"sqlite+aiosqlite:///{live}", "web,worker"
    async with world_on(url, folder / "files", duban_clock=WHEN, duban_roles=roles) as world:
        yield Replay(world, baseline)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.execute("PRAGMA synchronous = OFF")
        old.backup(new)
