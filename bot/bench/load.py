"""The load: connections that post one callback after another, each as soon as the one before is answered.

A process of its own (`python -m bot.bench.load '{…}'`) with every request built beforehand, so that what it measures is
the server. Prints one JSON object, the fields of `Round`.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from time import perf_counter
from typing import cast

import uvloop

from bot.bench.callbacks import callbacks
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
        self._sent = perf_counter()
        self._transport.write(request)

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
            self.post()
        else:
            self._tally.refused += 1
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        if self._sent:
            self._tally.refused += 1
        if not self.finished.done():
            self.finished.set_result(None)


async def play(order: Order) -> Round:
    """One round. Raises OSError if nobody listens, TimeoutError if the server stops answering."""
    ready = order.count or int(order.seconds * FASTEST)
    tally = _Tally(iter(list(islice(callbacks(order.port, order.seed), ready))))
    loop = asyncio.get_running_loop()
    connections: list[_Connection] = []
    for _ in range(order.connections):
        _, connection = await loop.create_connection(lambda: _Connection(tally), "127.0.0.1", order.port)
        connections.append(connection)
    gc.collect()
    gc.disable()  # nothing here makes cycles, and a collection would count as the server's
    started = perf_counter()
    tally.until = started + order.seconds
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
