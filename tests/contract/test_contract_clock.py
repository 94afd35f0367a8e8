"""A service that runs: its clock (DESIGN §6, /clock), what a restart does to it, other commands beside it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.conftest import copied, fresh_service
from contract.machine import Served, free_port, serving

JSON = {"Content-Type": "application/json"}


class TestTurning:
    def test_it_stands_still_and_says_where(self, served: Served) -> None:
        first, second = served.clock(), served.clock()
        assert first == second
        assert set(first) == {"now", "speed"}
        assert first["speed"] == 0
        assert datetime.fromisoformat(first["now"]).utcoffset() == timedelta(hours=8)

    def test_forward_backward_and_to_where_it_is(self, served: Served) -> None:
        now = datetime.fromisoformat(served.clock()["now"])
        later = (now + timedelta(seconds=90)).isoformat()
        answer = served.to(later)
        assert set(answer) == {"now", "planned", "sent"}
        assert answer["now"] == later
        assert served.to(later)["now"] == later
        assert served.turn(now.isoformat()).status == 409
        for end_of_time in ("9999-12-31T23:59:59+08:00", "9999-12-31T23:59:59-08:00", "2101-01-01T00:00:00"):
            assert served.turn(end_of_time).status == 400
        assert served.turn("0001-01-01T00:00:00+14:00").status == 409
        assert served.clock()["now"] == later

    def test_a_moment_may_be_written_in_any_zone_or_in_none(self, served: Served) -> None:
        now = datetime.fromisoformat(served.clock()["now"])
        naive = (now + timedelta(seconds=10)).replace(tzinfo=None).isoformat()
        assert served.to(naive)["now"] == f"{naive}+08:00"
        utc = (now - timedelta(hours=8) + timedelta(seconds=20)).replace(tzinfo=None).isoformat() + "Z"
        assert served.to(utc)["now"] == (now + timedelta(seconds=20)).isoformat()

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{}", b"[]", b"null", b'"2021-06-01"', b'{"now": null}', b'{"now": 7}', b'{"now": "tomorrow"}',
            b'{"now": "2021-02-30T09:00"}', b'{"now": ["2021-06-01"]}', b'{"then": "2021-06-01T09:00"}', b"\xff\xfe",
        ],
    )  # fmt: skip
    def test_what_is_no_moment_is_400_and_moves_nothing(self, served: Served, body: bytes) -> None:
        before = served.clock()
        assert served.http("POST", "/clock", body, JSON).status == 400
        assert served.clock() == before

    def test_health(self, served: Served) -> None:
        assert served.http("GET", "/healthz").status == 200
        assert served.http("GET", "/readyz").status == 200
        metrics = served.http("GET", "/metrics")
        assert metrics.status == 200
        assert b"duban_" in metrics.body


class TestBesideIt:
    def test_a_second_service_on_the_same_file_is_refused(self, served: Served) -> None:
        done = served.machine.run("serve", DUBAN_PORT=str(free_port()), DUBAN_HOST="127.0.0.1")
        assert (done.code, done.out) == (1, "")
        assert len(done.err.splitlines()) == 1
        assert "SQLite" in done.err

    def test_a_port_that_is_taken(self, served: Served, prepared: Path, tmp_path: Path) -> None:
        other = copied(prepared, tmp_path, served.peer)
        done = other.run("serve", "--port", str(served.port), "--host", "127.0.0.1")
        assert (done.code, done.out) == (1, "")
        assert str(served.port) in done.err
        assert len(done.err.splitlines()) == 1

    def test_every_other_command_works(self, served: Served) -> None:
        machine = served.machine
        (machine.home / "more.csv").write_text("单位,姓名,账号,角色\n沙河乡,新人,shahe_new,联络员\n", encoding="utf-8")
        for words in (
            ["init"],
            ["roster", "more.csv"],
            ["plan", "--at", "2021-05-26T09:02"],
            ["export", "ledger", "-o", "beside.csv"],
            ["doctor"],
            ["audit", "verify"],
        ):
            done = machine.run(*words)
            assert done.code == 0, done
        assert "沙河乡" in served.phone("shahe_new").says("任务")


class TestMornings:
    def test_counts_a_restart_and_the_later_of_two_clocks(self, prepared: Path, tmp_path: Path) -> None:
        with fresh_service(prepared, tmp_path) as first:
            answer = first.to("2021-05-25T09:16:00+08:00")
            digests = [m for m in first.peer.messages if m.text.startswith("【督办晨报】")]
            assert (answer["planned"], answer["sent"]) == (len(digests), len(digests)) == (10, 10)
            assert first.to("2021-05-25T17:00:00+08:00") == {
                "now": "2021-05-25T17:00:00+08:00",
                "planned": 0,
                "sent": 0,
            }
            first.to("2021-06-02T10:30:00+08:00")
            first.kill()
            with serving(first.machine, first.peer) as second:
                assert second.clock()["now"] == "2021-06-02T10:30:00+08:00"
                assert second.turn("2021-06-01T09:00:00+08:00").status == 409
                before = first.peer.last_number()
                assert second.to("2021-06-02T17:00:00+08:00")["sent"] == 0
                assert first.peer.last_number() == before
                # Another process, the command line among them, goes on from there.
                assert first.machine.run("export", "ledger", "--unit", "新民镇", "-o", "now.json").code == 0
                rows = json.loads((first.machine.home / "now.json").read_text(encoding="utf-8"))
                assert {row["灯"] for row in rows if row["编号"] == "34"} == {"红"}
                assert second.stop() == 0
            with serving(first.machine, first.peer, DUBAN_CLOCK="2021-06-03T08:00:00+08:00") as third:
                assert third.clock()["now"] == "2021-06-03T08:00:00+08:00"

    def test_a_jump_says_the_same_as_four_steps_a_day(self, prepared: Path, tmp_path: Path) -> None:
        def heard(home: Path, hours: int) -> list[tuple[str, str, str]]:
            with fresh_service(prepared, home) as served:
                moment, end = (
                    datetime.fromisoformat(served.clock()["now"]),
                    datetime.fromisoformat("2021-06-04T18:00:00+08:00"),
                )
                while moment < end:
                    moment = min(moment + timedelta(hours=hours), end)
                    served.to(moment.isoformat())
                return sorted((m.user, str(m.at), m.text) for m in served.peer.messages)

        one_jump, steps = heard(tmp_path / "jump", 10_000), heard(tmp_path / "steps", 6)
        assert one_jump == steps
        assert len(one_jump) > 40

    def test_a_year_nobody_knows_is_a_failure_of_health(self, prepared: Path, tmp_path: Path) -> None:
        unknown = "planner.unknown_year"
        with fresh_service(prepared, tmp_path, but=unknown, DUBAN_CLOCK="2026-12-30T18:00:00+08:00") as served:
            assert served.http("GET", "/readyz").status == 200
            assert served.to("2027-01-04T10:00:00+08:00")["now"] == "2027-01-04T10:00:00+08:00"
            ready = served.http("GET", "/readyz")
            assert ready.status == 503
            assert "2027" in ready.body.decode()


class TestRunning:
    def test_at_speed_one_time_goes_by_and_mornings_come_by_themselves(self, prepared: Path, tmp_path: Path) -> None:
        start = "2021-05-25T09:01:58+08:00"
        with fresh_service(prepared, tmp_path, DUBAN_CLOCK=start, DUBAN_CLOCK_SPEED="120") as served:
            assert served.clock()["speed"] == 120
            served.peer.wait(lambda: len(served.peer.messages) >= 10, "the first morning")
            assert {m.text[:6] for m in served.peer.messages} == {"【督办晨报】"}
            assert datetime.fromisoformat(served.clock()["now"]) > datetime.fromisoformat(start)
            assert served.turn(start).status == 409

    def test_in_real_time_there_is_no_clock_to_turn(self, prepared: Path, tmp_path: Path) -> None:
        with fresh_service(prepared, tmp_path, DUBAN_CLOCK="", DUBAN_CLOCK_SPEED="") as served:
            assert served.http("GET", "/clock").status == 404
            assert served.http("POST", "/clock", b'{"now": "2035-01-01T00:00"}', JSON).status == 404
