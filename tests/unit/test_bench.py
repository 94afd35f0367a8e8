"""`duban bench`: it measures what it says it measures. No test here says how fast anything must be."""

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from typer.testing import CliRunner

from bot.bench import ack, bare, callbacks, county, export, load, machine, paced, plan, rate, scale, send, start
from bot.bench.report import BenchError, Report, percentile
from bot.cli import app
from bot.wecom.crypto import CallbackCrypto
from bot.wecom.messages import parse
from sandbox.credentials import DEMO


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county on a database, the way a measurement loads it; copied for each, to save minutes."""
    where = county.place(tmp_path_factory.mktemp("loaded"), 1, county.BEFORE_WORK)
    asyncio.run(county.load(where))
    return where.folder / "duban.db"


@pytest.fixture
def quickly(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def copy(where: county.Place) -> None:
        shutil.copy(loaded, where.folder / "duban.db")

    for one in (ack, plan, send, export, start, paced, rate):
        monkeypatch.setattr(one, "load", copy)


@asynccontextmanager
async def listening(application: web.Application) -> AsyncIterator[int]:
    """The application on a port of its own."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    await web.SockSite(runner, bound).start()
    try:
        yield bound.getsockname()[1]
    finally:
        await runner.cleanup()


def order(port: int, count: int = 40, seed: int = 7) -> load.Order:
    return load.Order(port=port, seed=seed, connections=4, seconds=20.0, count=count)


def well_formed(report: Report, what: str) -> dict[str, Any]:
    """What every report has; its figures as somebody reads them from --json."""
    whole = json.loads(report.as_json())
    assert whole["what"] == what
    assert {"cpu", "cores", "python", "sqlite"} <= set(whole["machine"])
    text = report.as_text().splitlines()
    assert text[0].startswith("本机：")
    assert len(text) > 2
    figures: dict[str, Any] = whole["figures"]
    return figures


class TestTheLoad:
    async def test_the_bare_handler_takes_every_callback(self) -> None:
        async with listening(bare.create_app()) as port:
            played = await load.play(order(port))
        assert (played.answered, played.refused) == (40, 0)
        assert 0 < played.p50_ms <= played.p99_ms

    async def test_a_pace_is_kept_whatever_the_answers_take(self) -> None:
        """One connection, an answer that takes longer than a beat: the wait for the connection counts."""

        async def slow(request: web.Request) -> web.Response:
            await request.read()
            await asyncio.sleep(0.05)
            return web.Response()

        sluggish = web.Application()
        sluggish.router.add_post("/wecom/callback", slow)
        async with listening(sluggish) as port:
            played = await load.play(load.Order(port, 7, 1, 0.5, per_second=100.0))
        assert (played.answered, played.refused) == (50, 0)
        assert played.p99_ms > 1000  # the last one was meant for the half second, and 49 others came first

    async def test_whatever_is_no_empty_200_counts_as_refused(self) -> None:
        answers = iter([200, 200, 403, 500, 200])

        async def receive(request: web.Request) -> web.Response:
            await request.read()
            return web.Response(status=next(answers, 400))

        crooked = web.Application()
        crooked.router.add_post("/wecom/callback", receive)
        async with listening(crooked) as port:
            played = await load.play(order(port))
        assert (played.answered, played.refused) == (3, 4)  # each connection ends at its first refusal

    async def test_an_answer_that_never_comes_counts_as_refused(self) -> None:
        async def hang_up(request: web.Request) -> web.Response:
            assert request.transport is not None
            request.transport.close()
            return web.Response()

        dropping = web.Application()
        dropping.router.add_post("/wecom/callback", hang_up)
        async with listening(dropping) as port:
            played = await load.play(order(port))
        assert (played.answered, played.refused) == (0, 4)

    def test_callbacks_are_authentic_unique_and_repeatable(self) -> None:
        def first(seed: int) -> list[str]:
            crypto = CallbackCrypto(DEMO.token, DEMO.aes_key, DEMO.corp_id)
            keys = []
            for request, _ in zip(callbacks.callbacks(80, seed), range(50), strict=False):
                head, _, body = request.partition(b"\r\n\r\n")
                query = dict(pair.split("=") for pair in head.split()[1].decode().partition("?")[2].split("&"))
                keys.append(parse(crypto.receive(body, **query).xml).key)
            return keys

        assert len(set(first(1))) == 50
        assert first(1) == first(1)
        assert not set(first(1)) & set(first(2))


@pytest.mark.usefixtures("quickly")
class TestTheFigures:
    async def test_acknowledgements(self) -> None:
        figures = well_formed(await ack.measure(seconds=0.3, stored=30, rounds=1, warm_up=0.2, pace_seconds=0.5), "ack")
        assert figures["stored_before"] == 30
        assert figures["acknowledged"] >= figures["repeated"] > 0
        assert figures["duban"]["per_second"] > 0
        assert figures["web_role"]["answered"] == 100 and figures["every_role"]["answered"] == 25
        assert figures["every_role"]["handled"] > 0 and figures["every_role"]["sent"] > 0
        assert figures["ratio"] == pytest.approx(
            figures["duban"]["per_second"] / figures["bare"]["per_second"], abs=0.02
        )

    async def test_acknowledgements_that_are_not_stored_are_found_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The service's place is taken by one that answers and forgets."""

        async def forgetful(*_: object) -> ack.Played:
            one = load.Round(10, 0, 0.1, 1.0, 1.0)
            return ack.Played((one,), (one,), one, one)

        monkeypatch.setattr(ack, "play_all", forgetful)
        with pytest.raises(BenchError, match="答复了 20 条消息，库里却有 0 条"):
            await ack.measure(seconds=0.1)

    async def test_planning(self) -> None:
        figures = well_formed(await plan.measure(due=40, ticks=1), "plan")
        assert figures["quiet"]["items"] == figures["due"]["items"] == 1080
        assert figures["quiet"]["lines"] == 0
        assert figures["due"]["lines"] == 40  # each item one line, to its unit
        assert figures["late"]["lines"] > 40  # and to the lead or the office as well

    async def test_planning_among_finished_items(self) -> None:
        figures = well_formed(await scale.measure(stored=20_000, due=40, ticks=1), "plan")
        assert figures["database"] == "sqlite"
        assert figures["large"]["due"] == figures["small"]["due"] == 40
        assert figures["large"]["stored"] >= 20_000 > figures["small"]["stored"] >= 2_000

    async def test_sending(self) -> None:
        figures = well_formed(await send.measure(seconds=2.0, after=0.0), "send")
        assert figures["messages"] == 46
        assert figures["backlog"]["taken"] > 0
        assert figures["backlog"]["breaches_45009"] == figures["backlog"]["discarded"] == 0

    async def test_export(self) -> None:
        figures = well_formed(await export.measure(times=1), "export")
        assert figures["rows"] == 1084
        assert figures["xlsx"]["file_kb"] > 10
        assert figures["json"]["file_kb"] > 10

    async def test_start(self) -> None:
        figures = well_formed(await start.measure(times=1, settle=0.1), "start")
        assert figures["cold_start_s"] > 0
        assert figures["idle_mb"] is None or figures["idle_mb"] > 10


@pytest.fixture
def its_own_log() -> Iterator[None]:
    """A command sends the log to its own stderr, which ends with the command."""
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("its_own_log")
class TestTheCommand:
    @pytest.mark.parametrize("arguments", [["speed"], ["ack", "--stored", "-1"], ["ack", "--seconds", "0"], []])
    def test_wrong_usage(self, arguments: list[str]) -> None:
        assert CliRunner().invoke(app, ["bench", *arguments]).exit_code == 2

    @pytest.mark.usefixtures("quickly")
    def test_more_than_there_is(self) -> None:
        result = CliRunner().invoke(app, ["bench", "plan", "--due", "5000"])
        assert result.exit_code == 1
        assert "--due 最多 1080" in result.output


def test_percentile() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 3.0
    assert percentile(list(range(1, 101)), 0.99) == 100
    assert percentile([5.0], 0.99) == 5.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_the_disk_is_the_one_that_holds_the_folder(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\ntmpfs {tmp_path} tmpfs rw 0 0\n/dev/vdb {tmp_path}x xfs rw 0 0\n")
    inside, outside = machine.disk_of(tmp_path / "bench", mounts), machine.disk_of(Path("/"), mounts)
    assert inside == machine.Disk("tmpfs", "tmpfs")
    assert not inside.keeps  # an acknowledgement stored there is gone with the power
    assert outside == machine.Disk("/dev/vda", "ext4")
    assert outside.keeps
    assert machine.disk_of(tmp_path, tmp_path / "nothing") is None
