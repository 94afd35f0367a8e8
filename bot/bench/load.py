"""The load: connections that post one callback after another, each as soon as the one before is answered; or callbacks
that come at a pace of their own.

A process of its own (`python -m bot.bench.load '{…}'`) with every request built beforehand, so that what it measures is
the server. Prints one JSON object, the fields of `Round`.
"""

import asyncio
import gc
import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from time import perf_counter
from typing import cast

import uvloop

from bot.bench.callbacks import PEOPLE, callbacks
from bot.bench.report import percentile

PATIENCE = 30.0  # seconds after the end of a round
FASTEST = 10_000  # answers per second beyond which requests could run out before the time


@dataclass(frozen=True)
class Order:
    """What to post. `count` ends the round earlier; the same `seed` posts the same messages again."""

    port: int
    seed: int
    connections: int
    seconds: float
    count: int | None = None
    per_second: float | None = None  # posted at this pace, whatever the answers take; else as fast as they come
    people: int = PEOPLE
    named: str = "contact"


@dataclass(frozen=True)
class Round:
    """What came of it: `answered` with an empty 200, `refused` in any other way or not at all."""

    answered: int
    refused: int
    seconds: float  # from the first request to the last answer
    p50_ms: float
    p99_ms: float

    @property
    def per_second(self) -> float:
        return self.answered / self.seconds


@dataclass
class _Tally:
    requests: Iterator[bytes]
    until: float = 0.0  # perf_counter
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    last: float = 0.0
    # At a pace: connections that wait for a beat, and beats that wait for a connection.
    idle: deque["_Connection"] | None = None
    overdue: deque[tuple[bytes, float]] = field(default_factory=deque)
    idle_ends: bool = False


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        self._answer = b""
        self._sent = 0.0  # perf_counter of the request now waiting for its answer; 0 where none is
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass

    def post(self) -> None:
        request = next(self._tally.requests, None) if perf_counter() < self._tally.until else None
        if request is None:
            self._transport.close()
            return
        self.send(request, perf_counter())

    def send(self, request: bytes, meant: float) -> None:
        """Its time counts from `meant`."""
        self._sent = meant
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def _next_beat(self, idle: deque["_Connection"]) -> None:
        if self._tally.overdue:
            self.send(*self._tally.overdue.popleft())
        elif self._tally.idle_ends:
            self.close()
        else:
            idle.append(self)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if b"\r\n\r\n" not in self._answer:
            return
        now = perf_counter()
        self._tally.last = now
        sent, self._sent = self._sent, 0.0
        if self._answer.startswith(b"HTTP/1.1 200") and self._answer.endswith(b"\r\n\r\n"):
            self._tally.latencies.append(now - sent)
            self._answer = b""
            if self._tally.idle is None:
                self.post()
            else:
                self._next_beat(self._tally.idle)
        else:
            self._tally.refused += 1
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._sent:
            self._tally.refused += 1
        if not self.finished.done():
            self.finished.set_result(None)


async def _at_a_pace(tally: _Tally, connections: list[_Connection], started: float, per_second: float) -> None:
    """A request at every beat, answered or not the one before. What finds no connection free waits for one, and its
    time counts from the beat it was meant for."""
    tally.idle, tally.overdue = deque(connections), deque()
    for beat, request in enumerate(tally.requests):
        meant = started + beat / per_second
        await asyncio.sleep(max(0.0, meant - perf_counter()))
        if tally.idle:
            tally.idle.popleft().send(request, meant)
        else:
            tally.overdue.append((request, meant))
    tally.idle_ends = True
    for connection in tally.idle:
        connection.close()


async def play(order: Order) -> Round:
    """One round. Raises OSError if nobody listens, TimeoutError if the server stops answering."""
    ready = order.count or int(order.seconds * (order.per_second or FASTEST))
    tally = _Tally(iter(list(islice(callbacks(order.port, order.seed, order.people, order.named), ready))))
    loop = asyncio.get_running_loop()
    connections: list[_Connection] = []
    for _ in range(order.connections):
        _, connection = await loop.create_connection(lambda: _Connection(tally), "127.0.0.1", order.port)
        connections.append(connection)
    gc.collect()
    gc.disable()  # nothing here makes cycles, and a collection would count as the server's
    started = perf_counter()
    tally.until = started + order.seconds
    if order.per_second:
        await _at_a_pace(tally, connections, started, order.per_second)
    else:
        for connection in connections:
            connection.post()
    async with asyncio.timeout(order.seconds + PATIENCE):
        await asyncio.gather(*(connection.finished for connection in connections))
    gc.enable()
    waits = [1000 * latency for latency in tally.latencies] or [0.0]
    return Round(
        answered=len(tally.latencies),
        refused=tally.refused,
        seconds=tally.last - started,
        p50_ms=percentile(waits, 0.50),
        p99_ms=percentile(waits, 0.99),
    )


def main() -> None:
    order = Order(**json.loads(sys.argv[1]))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(asdict(runner.run(play(order)))))


if __name__ == "__main__":
    main()
