"""What waits (`duban outbox`), a copy of everything while it is served (`duban backup`), and back (`duban restore`)."""

import asyncio
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from support.postgres import Cluster

from contract.conftest import FIRST_LOOK, ROSTER, copied
from contract.machine import START, Machine, Served, message_id, serving
from contract.peer import Peer

LINK = "http://www.dianjiang.gov.cn/zwgk/t20210601_1.html"


async def _admin(cluster: Cluster, statement: str) -> None:
    connection = await asyncpg.connect(cluster.url("postgres").replace("+asyncpg", ""))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A platform of each test's own: one that remembers another database's messages takes these for repeats."""
    with Peer() as one:
        yield one
        assert not one.violations, one.violations


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def machine(request: pytest.FixtureRequest, prepared: Path, peer: Peer, tmp_path: Path) -> Iterator[Machine]:
    """A county on a database of this test's own."""
    if request.param == "sqlite":
        yield copied(prepared, tmp_path / "home", peer)
        return
    cluster: Cluster = request.getfixturevalue("pg")
    name = f"operations_{message_id()}"
    asyncio.run(_admin(cluster, f"CREATE DATABASE {name}"))
    (tmp_path / "home").mkdir()
    clock = {"DUBAN_CLOCK": START, "DUBAN_CLOCK_SPEED": "0"}
    one = Machine(tmp_path / "home", {**peer.environment(), **clock, "DUBAN_DATABASE_URL": cluster.url(name)})
    for words in (["init"], ["roster", str(ROSTER)]):
        done = one.run(*words)
        assert done.code == 0, done
    yield one
    asyncio.run(_admin(cluster, f"DROP DATABASE {name} WITH (FORCE)"))


def ledger(machine: Machine) -> object:
    path = machine.home / "ledger.json"
    assert machine.run("export", "ledger", "-o", str(path)).code == 0
    return json.loads(path.read_text(encoding="utf-8"))


def a_working_morning(served: Served) -> None:
    served.to(FIRST_LOOK)
    served.phone("gaoan_a").says(f"完成 34 {LINK}")
    served.phone("sifa_rev").says("退回 34 高安镇 链接打不开")
    served.phone("gaoan_a").says("进展 18 方案已经起草")


def test_the_drill(machine: Machine, peer: Peer, tmp_path: Path) -> None:
    """Backup while serving, more work, a disk that dies, restore, and on: nothing of the backup is missing, and
    nobody is sent again what they were sent after it."""
    saved = tmp_path / "duban.zip"
    with serving(machine, peer) as served:
        a_working_morning(served)
        before = ledger(machine)
        done = machine.run("backup", str(saved))
        assert done.code == 0 and "已备份" in done.out, done
        assert saved.stat().st_mode & 0o777 == 0o600
        assert "签收" in served.phone("gaoan_a").says("签收 31")  # after the backup
        refused = machine.run("restore", str(saved), "--replace")
        assert refused.code == 1 and len(refused.err.splitlines()) == 1, refused
        assert served.stop() == 0
    with zipfile.ZipFile(saved) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"access_token" not in everything and b"platform.token" not in everything

    refused = machine.run("restore", str(saved))
    assert refused.code == 1 and "--replace" in refused.err
    restored = machine.run("restore", str(saved), "--replace")
    assert restored.code == 0 and "已恢复" in restored.out, restored
    assert ledger(machine) == before
    assert machine.run("audit", "verify").code == 0
    with serving(machine, peer) as served:
        town = served.phone("gaoan_a")
        served.to("2021-05-25T17:00:00+08:00")
        assert not town.new()
        assert "已记录" in town.says("进展 18 初稿在征求意见")
        assert "已提交" in town.says(f"完成 34 {LINK}")
        served.to("2021-05-26T09:16:00+08:00")
        assert machine.run("audit", "verify").code == 0


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_a_backup_goes_to_another_machine(machine: Machine, peer: Peer, tmp_path: Path) -> None:
    saved = tmp_path / "duban.zip"
    with serving(machine, peer) as served:
        a_working_morning(served)
    assert machine.run("backup", str(saved)).code == 0
    before = ledger(machine)
    (tmp_path / "new").mkdir()
    other = Machine(tmp_path / "new", machine.env)
    assert other.run("restore", str(saved)).code == 0
    assert ledger(other) == before


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_what_is_no_backup_is_refused_and_changes_nothing(machine: Machine, tmp_path: Path) -> None:
    before = ledger(machine)
    saved, wrong = tmp_path / "duban.zip", tmp_path / "wrong.zip"
    assert machine.run("backup", str(saved)).code == 0
    wrong.write_bytes(saved.read_bytes()[:-2000])
    (tmp_path / "text.zip").write_text("not a zip")
    short = tmp_path / "short.zip"
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(short, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.split(b"\n", 1)[1] if name == "tables/assignment.jsonl" else data)
    for path in (wrong, tmp_path / "text.zip", tmp_path / "nowhere.zip", short):
        done = machine.run("restore", str(path), "--replace")
        assert done.code == 1 and len(done.err.splitlines()) == 1 and "Traceback" not in done.err, done
    assert ledger(machine) == before
    unwritable = machine.run("backup", str(tmp_path / "no" / "such" / "folder.zip"))
    assert unwritable.code == 1 and len(unwritable.err.splitlines()) == 1, unwritable


@pytest.mark.parametrize("machine", ["sqlite"], indirect=True)
def test_what_waits_says_why_and_until_when(machine: Machine, peer: Peer) -> None:
    with serving(machine, peer) as served:
        a_working_morning(served)
        served.to("2021-05-25T18:00:00+08:00")
        served.phone("gaoan_a").says(f"完成 34 {LINK}")
        served.phone("sifa_rev").says("退回 34 高安镇 还是打不开")
        (entry,) = json.loads(machine.run("outbox", "--json").out)
        assert entry["state"] == "等待"
        assert entry["expected"].startswith("2021-05-26T01:15") and "工作日" in entry["why"]
        assert "05-26 09:15" in machine.run("outbox").out
    assert "没有发送失败" in machine.run("outbox", "--problems").out
    with sqlite3.connect(machine.home / "duban.db") as connection:
        connection.execute("UPDATE outbox SET state = 'unknown', body = x'00', error = '超时' WHERE state = 'pending'")
    shown = machine.run("outbox", "--problems").out
    assert "可能未送达" in shown and "超时" in shown
