"""The test's side of `killable`: begins lives, hears when they answer and when they end."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
PATIENCE = 30.0  # seconds after which something that must happen has not happened


@dataclass
class Clock:
    """The platform's clock and, handed to each life, the service's: `speed` virtual seconds a second."""

    moment: datetime
    speed: float = 1.0
    since: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=(time.monotonic() - self.since) * self.speed)

    def jump(self, moment: datetime) -> None:
        assert moment >= self()
        self.moment, self.since = moment, time.monotonic()

    def as_order(self) -> tuple[str, float, float]:
        return self.moment.isoformat(), self.since, self.speed


@dataclass
class Life:
    """One process of the service, from its fork to its end."""

    pid: int = 0
    born: asyncio.Event = field(default_factory=asyncio.Event)
    ready: asyncio.Event = field(default_factory=asyncio.Event)  # answers callbacks
    over: asyncio.Event = field(default_factory=asyncio.Event)
    at: str | None = None  # the point at which it killed itself
    code: int | None = None  # how it ended, as subprocess says it

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL

    async def answers(self) -> None:
        """Until it answers callbacks, or is dead."""
        await first_of(self.ready, self.over)

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        await within(self.born.wait(), "a life did not begin")
        if not self.over.is_set():
            with suppress(ProcessLookupError):
                os.kill(self.pid, how)
        await within(self.over.wait(), "a process did not end")


async def within(what: Any, otherwise: str, seconds: float = PATIENCE) -> Any:
    try:
        return await asyncio.wait_for(what, seconds)
    except TimeoutError:
        raise AssertionError(f"{otherwise} within {seconds:g} s") from None


async def first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


@dataclass
class Nursery:
    """One parent; one life at a time."""

    process: asyncio.subprocess.Process
    log: Path
    life: Life = field(default_factory=Life)

    async def begin(self, settings: dict[str, Any], **order: Any) -> Life:
        """Starts the next life: `point`, `nth`, `clock`, `hurry` (see killable)."""
        self.life = Life()
        line = json.dumps({"settings": settings, "log": str(self.log), **order}, default=str)
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        await within(self.life.born.wait(), "a life did not begin")
        return self.life

    async def listen(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said = json.loads(line)
            if "pid" in said:
                self.life.pid = said["pid"]
                self.life.born.set()
            elif "ready" in said:
                self.life.ready.set()
            elif "at" in said:
                self.life.at = said["at"]
            elif "ended" in said:
                self.life.code = said["ended"]
                self.life.over.set()


@asynccontextmanager
async def nursery(folder: Path, name: str = "service") -> AsyncIterator[Nursery]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DUBAN_", "WECOM_"))}
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chaos.killable"),
        cwd=folder,
        env={**kept, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    one = Nursery(process, folder / f"{name}.log")
    listening = None
    try:
        assert json.loads(await within(process.stdout.readline(), "the parent of lives did not start")) == {
            "born": True
        }
        listening = asyncio.create_task(one.listen())
        yield one
    finally:
        if one.life.pid and not one.life.over.is_set():
            with suppress(ProcessLookupError):
                os.kill(one.life.pid, signal.SIGKILL)
        process.kill()
        await process.wait()
        if listening is not None:
            await listening
