"""`duban rehearse` as an operator runs it: beside the service, or without any platform at all."""

import csv
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from contract.conftest import FIRST_LOOK, copied
from contract.machine import START, Machine, Served
from contract.peer import Peer

PERIOD = ("--from", "2021-05-25", "--to", "2021-06-03")


@pytest.fixture
def alone(prepared: Path, tmp_path: Path, peer: Peer) -> Machine:
    """The county's database, and no platform: only the clock is set."""
    home = tmp_path / "home"
    return Machine(copied(prepared, home, peer).home, {"DUBAN_CLOCK": START})


def rows(machine: Machine) -> list[str]:
    with sqlite3.connect(f"file:{machine.home / 'duban.db'}?mode=ro", uri=True) as connection:
        return list(connection.iterdump())


def rehearsed(machine: Machine, *words: str) -> str:
    done = machine.run("rehearse", *PERIOD, *words)
    assert done.code == 0 and done.err == "", done
    return done.out


def test_a_period_day_by_day_without_a_platform(alone: Machine) -> None:
    before = rows(alone)
    shown = rehearsed(alone)
    assert "什么都没有发出，数据库没有改动" in shown
    told = json.loads(rehearsed(alone, "--json"))
    assert (told["from"], told["to"]) == ("2021-05-25", "2021-06-03")
    for day in told["days"]:
        assert f"{day['date']} 周" in shown
    assert f"共 {len(told['messages'])} 条消息" in shown
    assert "全部人员" in shown and "联络员" in shown
    # Rules 3 and 4: working days only, in the morning, once a day, no longer than the platform takes.
    each = Counter((one["userid"], one["send_at"][:10]) for one in told["messages"])
    assert set(each.values()) == {1}
    assert all("09:02" <= one["send_at"][11:16] <= "09:15" for one in told["messages"])
    assert all(date.fromisoformat(day).weekday() < 5 for _, day in each)
    assert all(one["text"].startswith("【督办晨报】") and one["rule"] for one in told["messages"])
    assert all(len(one["text"].encode()) <= 2048 for one in told["messages"])
    assert {one["kind"] for one in told["messages"]} == {"晨报"}
    assert sum(one["messages"] for one in told["people"]) == len(told["messages"])
    assert rows(alone) == before


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx"])
def test_into_a_file(alone: Machine, ending: str) -> None:
    path = alone.home / f"预演.{ending}"
    told = json.loads(rehearsed(alone, "--json", "-o", str(path)))
    if ending == "json":
        assert json.loads(path.read_text(encoding="utf-8")) == told
    elif ending == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = list(csv.DictReader(file))
        assert [(one["账号"], one["内容"]) for one in found] == [(m["userid"], m["text"]) for m in told["messages"]]
    else:
        book = load_workbook(path, read_only=True)
        assert book.sheetnames == ["每日", "每人", "消息"]
        days, people, messages = ([list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book)
        assert [row[0] for row in days[1:]] == [one["date"] for one in told["days"]]
        assert [row[2] for row in people[1:]] == [one["userid"] for one in told["people"]]
        assert [row[7] for row in messages[1:]] == [one["text"] for one in told["messages"]]
        book.close()
    assert not list(alone.home.glob(".*.part"))


def test_while_it_is_served_nothing_is_sent_and_nothing_changes(served: Served, peer: Peer) -> None:
    last, clock = peer.last_number(), served.clock()
    told = json.loads(rehearsed(served.machine, "--json"))
    # This morning's have left; from tomorrow on everything is to come.
    assert told["messages"] and min(one["send_at"] for one in told["messages"]) > FIRST_LOOK
    assert peer.last_number() == last and served.clock() == clock


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("--from", "2021-06-10", "--to", "2021-06-01"), 1, "请把早的日期写在 --from"),
        (("--from", "2021-06-10", "--to", "2022-08-01"), 1, "一次最多预演 400 天"),
        (("--from", "2027-06-10", "--to", "2027-08-01"), 1, "没有 2027 年的放假安排"),
        (("--from", "6月1日", "--to", "2021-06-10"), 2, "应是日期"),
        (("--from", "2021-06-01"), 2, "--to"),
        ((*PERIOD, "-o", "预演.docx"), 2, ".xlsx、.csv 或 .json"),
        ((*PERIOD, "-o", "没有/预演.csv"), 1, "没有这个目录"),
    ],
)
def test_what_cannot_be_rehearsed_is_one_line(alone: Machine, words: tuple[str, ...], code: int, says: str) -> None:
    done = alone.run("rehearse", *words)
    assert done.code == code and says in done.err and "Traceback" not in done.err, done
    assert done.out == "" and (code == 2 or len(done.err.strip().splitlines()) == 1)


def test_without_a_database(tmp_path: Path) -> None:
    done = Machine(tmp_path).run("rehearse", *PERIOD)
    assert done.code == 1 and "duban init" in done.err


def test_stopped_halfway_it_says_so_and_leaves_nothing_behind(alone: Machine, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-m", "bot", "rehearse", "--from", "2021-05-25", "--to", "2021-12-31"]
    with subprocess.Popen(
        command,
        cwd=alone.home,
        env=alone.environment({"TMPDIR": str(scratch)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        deadline = time.monotonic() + 60
        while not any(scratch.glob("duban-rehearsal-*/copy.db-wal")):
            assert time.monotonic() < deadline and running.poll() is None
            time.sleep(0.05)  # another process: its file is all there is to look at, until the deadline
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 1 and out == "" and "预演中断了" in err and "Traceback" not in err
    assert not list(scratch.iterdir())
