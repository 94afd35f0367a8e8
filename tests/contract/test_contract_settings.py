"""Settings from the environment (DESIGN §6): what is missing or wrong is one clear line, and exit 1."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contract.conftest import copied
from contract.machine import Done, Machine
from contract.peer import Peer

NEEDED = (
    "WECOM_CORP_ID",
    "WECOM_AGENT_ID",
    "WECOM_SECRET",
    "WECOM_CALLBACK_TOKEN",
    "WECOM_ENCODING_AES_KEY",
)

WRONG = (
    ("WECOM_AGENT_ID", "abc"),
    ("WECOM_ENCODING_AES_KEY", "too-short"),
    ("WECOM_CARDS", "pretty"),
    ("WECOM_CA_FILE", "nowhere.pem"),
    ("DUBAN_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/none"),
    ("DUBAN_POLICY", "nowhere.toml"),
    ("DUBAN_CLOCK", "yesterday"),
    ("DUBAN_DATA_DIR", "/dev/null/files"),
)

NOT_THIS_MACHINE = (None, "http://127.0.0.1.example.org")  # None: the public platform


@pytest.fixture(scope="module")
def machine(prepared: Path, peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return copied(prepared, tmp_path_factory.mktemp("settings"), peer)


def assert_one_clear_line(done: Done, *names: str) -> None:
    assert done.code == 1, done
    assert done.out == ""
    lines = done.err.splitlines()
    assert len(lines) == 1, done.err
    assert re.search("[一-鿿]", lines[0]), lines[0]
    assert not re.search("Input should|Traceback|Error|[Ii]nvalid|Not a|refused", lines[0]), lines[0]
    for name in names:
        assert name in lines[0]


def all_at_once(machine: Machine, changes: list[dict[str, str | None]]) -> list[Done]:
    """Starting a process is most of such a test: two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda change: machine.run("serve", **change), changes))


def test_what_is_missing_is_named_and_nothing_else(machine: Machine) -> None:
    """An empty setting is a missing one."""
    cases: list[tuple[str, ...]] = [("WECOM_SECRET",), ("WECOM_AGENT_ID", "WECOM_CALLBACK_TOKEN"), NEEDED]
    changes: list[dict[str, str | None]] = [dict.fromkeys(cases[0]), dict.fromkeys(cases[1]), dict.fromkeys(NEEDED, "")]
    for names, done in zip(cases, all_at_once(machine, changes), strict=True):
        assert_one_clear_line(done, *names)
        assert not [other for other in NEEDED if other not in names and other in done.err]


def test_a_wrong_setting_is_named_and_its_secret_is_not_shown(machine: Machine) -> None:
    for (name, _), done in zip(WRONG, all_at_once(machine, [{name: value} for name, value in WRONG]), strict=True):
        assert_one_clear_line(done, name)
        assert machine.env["WECOM_SECRET"] not in done.err


def test_a_virtual_clock_never_meets_real_people(machine: Machine) -> None:
    for done in all_at_once(machine, [{"WECOM_API_BASE": base} for base in NOT_THIS_MACHINE]):
        assert_one_clear_line(done, "DUBAN_CLOCK", "WECOM_API_BASE")


def test_settings_may_stand_in_a_file(machine: Machine) -> None:
    (machine.home / ".env").write_text("DUBAN_ROLES=web,boss\n", encoding="utf-8")
    try:
        assert_one_clear_line(machine.run("serve"), "DUBAN_ROLES")
    finally:
        (machine.home / ".env").unlink()


def test_only_what_talks_to_the_platform_needs_its_settings(machine: Machine) -> None:
    bare: dict[str, str | None] = dict.fromkeys([*NEEDED, "WECOM_API_BASE", "DUBAN_CLOCK"])
    assert machine.run("export", "ledger", "-o", "ledger.csv", **bare).code == 0
    doctor = machine.run("doctor", **bare)
    assert doctor.code == 1
    assert "WECOM_SECRET" in doctor.out
