"""The same service on PostgreSQL: one process, and its roles split over three (DUBAN_ROLES)."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import ExitStack

import asyncpg
import pytest
from support.postgres import Cluster

from contract.conftest import FIRST_LOOK, ROSTER, assert_calm
from contract.machine import START, Answer, Machine, message_id, serving, text_xml
from contract.peer import Peer

pytestmark = pytest.mark.postgres

LINK = "http://www.dianjiang.gov.cn/zwgk/t20210601_1.html"


@pytest.fixture(scope="module")
def machine(pg: Cluster, peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A database of its own with the county and the people loaded."""
    name = f"contract_{message_id()}"
    asyncio.run(_admin(pg, f"CREATE DATABASE {name}"))
    clock = {"DUBAN_CLOCK": START, "DUBAN_CLOCK_SPEED": "0"}
    home = tmp_path_factory.mktemp("postgres")
    one = Machine(home, {**peer.environment(), **clock, "DUBAN_DATABASE_URL": pg.url(name)})
    for words in (["init"], ["roster", str(ROSTER)]):
        done = one.run(*words)
        assert done.code == 0, done
    yield one
    asyncio.run(_admin(pg, f"DROP DATABASE {name} WITH (FORCE)"))


async def _admin(cluster: Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.url("postgres").replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_one_items_life_and_a_kill(machine: Machine, peer: Peer) -> None:
    with serving(machine, peer) as served:
        morning = served.to(FIRST_LOOK)
        assert (morning["planned"], morning["sent"]) == (10, 10)
        town, reviewer = served.phone("gaoan_a"), served.phone("sifa_rev")
        words = text_xml("gaoan_a", f"完成 34 {LINK}", message_id())
        assert [served.deliver(words) for _ in range(3)] == [Answer(200, b"")] * 3
        served.settle()
        assert len(town.new()) == 1
        assert "已退回" in reviewer.says("退回 34 高安镇 链接打不开")
        assert served.turn("2021-05-25T09:00:00+08:00").status == 409
        assert machine.run("audit", "verify").code == 0
        assert machine.run("doctor").code == 0
        served.kill()
    with serving(machine, peer) as again:
        assert again.clock()["now"] == FIRST_LOOK
        assert "已退回" in again.phone("gaoan_a").says("任务 34")
        assert again.deliver(words) == Answer(200, b"")
        again.settle()
        assert again.stop() == 0
    assert machine.run("export", "ledger", "-o", "ledger.json").code == 0
    rows = json.loads((machine.home / "ledger.json").read_text(encoding="utf-8"))
    assert len(rows) == 1084
    history = next(r["记录"] for r in rows if r["编号"] == "34" and r["责任单位"] == "高安镇")
    assert [entry["动作"] for entry in history].count("完成") == 1
    assert_calm(machine)


def test_three_processes_share_the_work(machine: Machine, peer: Peer) -> None:
    """In real time: the answers of the chat know no night."""
    real: dict[str, str | None] = {"DUBAN_CLOCK": None, "DUBAN_CLOCK_SPEED": None}
    with ExitStack() as stack:
        web, worker, scheduler = (
            stack.enter_context(serving(machine, peer, DUBAN_ROLES=role, **real))
            for role in ("web", "worker", "scheduler")
        )
        peer.clock_url = ""
        for other in (worker, scheduler):
            assert other.http("POST", "/wecom/callback", b"<xml/>").status == 404
            assert other.http("GET", "/healthz").status == 200
        before = peer.last_number()
        for user in ("gaoan_a", "guixi_a", "chengxi_a"):
            assert web.deliver(text_xml(user, "任务")) == Answer(200, b"")
        peer.wait(
            lambda: len({m.user for m in peer.messages if m.number > before and "待办" in m.text}) == 3, "answers"
        )
        assert [process.stop() for process in (web, worker, scheduler)] == [0, 0, 0]
    assert_calm(machine)
