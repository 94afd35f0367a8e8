"""The service as a process on a machine of its own, with a platform that is not our sandbox."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.machine import START, Machine, Served, serving
from contract.peer import Peer

ROSTER = Path(__file__).parent / "roster.csv"
FIRST_LOOK = "2021-05-25T09:16:00+08:00"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after `duban init` and `duban roster`, to be copied and never used itself."""
    home = tmp_path_factory.mktemp("prepared-machine")
    machine = Machine(home, {"DUBAN_CLOCK": START})
    for words in (["init"], ["roster", str(ROSTER)]):
        done = machine.run(*words)
        assert done.code == 0, done
    return home


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    with Peer() as one:
        yield one
        assert not one.violations, one.violations


def copied(prepared: Path, home: Path, peer: Peer, **env: str) -> Machine:
    """A machine with the county loaded and the people of roster.csv, its clock standing still until turned."""
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    clock = {"DUBAN_CLOCK": START, "DUBAN_CLOCK_SPEED": "0"}
    return Machine(home, {**peer.environment(), **clock, "DUBAN_LINK_CHECK": "off", **env})


@pytest.fixture(scope="module")
def machine(prepared: Path, peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return copied(prepared, tmp_path_factory.mktemp("machine"), peer)


@pytest.fixture(scope="module")
def running(machine: Machine, peer: Peer) -> Iterator[Served]:
    """One service for a module, after its first morning."""
    with serving(machine, peer) as served:
        served.to(FIRST_LOOK)
        yield served
        assert_calm(machine)


@pytest.fixture
def served(running: Served) -> Served:
    """The module's service two minutes later: nobody is still over a limit because of the test before."""
    now = datetime.fromisoformat(running.clock()["now"])
    running.to((now + timedelta(minutes=2)).isoformat())
    return running


@contextmanager
def fresh_service(prepared: Path, home: Path, but: str = "", **env: str) -> Iterator[Served]:
    """A service and a platform of a test's own. `but`: the one event of its log that may be an error."""
    with Peer() as peer:
        machine = copied(prepared, home, peer, **env)
        with serving(machine, peer) as served:
            yield served
        assert not peer.violations, peer.violations
        assert_calm(machine, but)


def assert_calm(machine: Machine, but: str = "") -> None:
    """The service logged no error: whatever a stranger sends is refused, not stumbled over."""
    lines = (machine.home / "serve.log").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) if line.startswith("{") else {"level": "error", "event": line} for line in lines]
    loud = [entry for entry in entries if entry["level"] == "error" and entry["event"] != but]
    assert not loud, loud
