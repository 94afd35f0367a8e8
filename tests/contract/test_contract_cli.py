"""The commands of DESIGN §6 as an operator types them."""

import csv
import json
import re
import sqlite3
from pathlib import Path

import pytest
from openpyxl import load_workbook

from contract.conftest import ROSTER, copied
from contract.machine import START, Machine
from contract.peer import Peer

COLUMNS = [
    "编号", "部分", "方面", "具体事项", "牵头单位", "责任单位", "办结时限", "状态", "灯",
    "签收时间", "提交时间", "销号时间", "延期次数", "佐证", "退回原因",
]  # fmt: skip


@pytest.fixture(scope="module")
def machine(prepared: Path, peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return copied(prepared, tmp_path_factory.mktemp("cli"), peer)


@pytest.fixture(scope="module")
def rows(machine: Machine) -> list[dict[str, object]]:
    return ledger(machine)


def ledger(machine: Machine, *options: str) -> list[dict[str, object]]:
    done = machine.run("export", "ledger", *options, "-o", "ledger.json")
    assert done.code == 0, done
    return list(json.loads((machine.home / "ledger.json").read_text(encoding="utf-8")))


class TestFirstDay:
    def test_nothing_works_before_init_and_it_says_so(self, tmp_path: Path) -> None:
        machine = Machine(tmp_path, {"DUBAN_CLOCK": START})
        for words in (["export", "ledger", "-o", "x.csv"], ["plan", "--at", "2021-06-01T09:02"]):
            done = machine.run(*words)
            assert (done.code, done.out) == (1, "")
            assert "duban init" in done.err
            assert len(done.err.splitlines()) == 1

    def test_init_makes_its_folders_and_may_be_repeated(self, tmp_path: Path) -> None:
        env = {"DUBAN_DATA_DIR": "files/of/duban", "DUBAN_DATABASE_URL": "sqlite+aiosqlite:///db/here/duban.db"}
        machine = Machine(tmp_path, env)
        first, second = machine.run("init"), machine.run("init", "--county", "dianjiang")
        assert (first.code, second.code) == (0, 0), (first, second)
        assert "1080" in first.out
        assert "没有重复" in second.out
        assert (tmp_path / "files/of/duban").is_dir()
        assert len(ledger(machine)) == 1084

    def test_a_county_nobody_has(self, tmp_path: Path) -> None:
        done = Machine(tmp_path, {}).run("init", "--county", "nowhere")
        assert done.code == 1
        assert "nowhere" in done.err
        assert len(done.err.splitlines()) == 1


class TestUsage:
    @pytest.mark.parametrize(
        "words",
        [
            ["nonsense"],
            ["plan", "--at", "tomorrow"],
            ["export", "ledger", "--format", "pdf", "-o", "x"],
            ["roster", "people.csv", "--sync"],
        ],
    )
    def test_wrong_usage_is_exit_2(self, machine: Machine, words: list[str]) -> None:
        done = machine.run(*words)
        assert done.code == 2, done
        assert done.err
        assert "Traceback" not in done.err


class TestRoster:
    HEAD = "单位,姓名,账号,角色\n"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (HEAD + "新明镇,张三,zhangsan,联络员\n", "新民镇"),
            (HEAD + "新民镇,张三,zhangsan,镇长\n", "镇长"),
            ("单位,姓名,账号\n新民镇,张三,zhangsan\n", "角色"),
            ("\x89PNG\r\n\x1a\n\x00\x00", ""),
        ],
        ids=["unknown unit", "unknown role", "no column", "png"],
    )
    def test_a_wrong_file_changes_nothing(self, machine: Machine, content: str, said: str) -> None:
        path = machine.home / "people.csv"
        path.write_bytes(content.encode("utf-8" if content.isprintable() or "\n" in content else "latin-1"))
        before = people(machine)
        done = machine.run("roster", "people.csv")
        assert (done.code, done.out) == (1, "")
        assert said in done.err
        assert "Traceback" not in done.err
        assert re.search("[一-鿿]", done.err)
        assert people(machine) == before

    def test_a_file_that_is_not_there(self, machine: Machine) -> None:
        done = machine.run("roster", "nobody.csv")
        assert done.code == 1
        assert "nobody.csv" in done.err

    def test_the_file_is_the_whole_truth_for_the_units_it_names(self, machine: Machine) -> None:
        (machine.home / "one.csv").write_text(self.HEAD + "高安镇,新人,gaoan_new,联络员\n", encoding="utf-8-sig")
        done = machine.run("roster", "one.csv")
        assert done.code == 0, done
        now = people(machine)
        assert ("高安镇", "gaoan_new", "contact") in now
        assert not [post for post in now if post[0] == "高安镇" and post[1] != "gaoan_new"]
        assert [post for post in now if post[0] == "新民镇"]
        assert "沙坪镇" in done.out  # still without a contact
        assert machine.run("roster", str(ROSTER)).code == 0


def people(machine: Machine) -> set[tuple[str, str, str]]:
    with sqlite3.connect(machine.home / "duban.db") as database:
        rows = database.execute("SELECT unit, member_key, role FROM post").fetchall()
    database.close()
    return {(str(unit), str(key), str(role)) for unit, key, role in rows}


class TestLedger:
    def test_json(self, rows: list[dict[str, object]]) -> None:
        assert len(rows) == 1084
        assert all(list(row)[: len(COLUMNS)] == COLUMNS for row in rows)
        assert all(set(row) == {*COLUMNS, "节点", "记录"} for row in rows)
        unknown = [row for row in rows if row["责任单位"] == ""]
        assert [(row["编号"], row["状态"], row["灯"]) for row in unknown] == [
            (number, "待明确", "灰") for number in ("2", "8", "13", "38")
        ]
        known = [row for row in rows if row["责任单位"] != ""]
        assert {row["状态"] for row in known} == {"待签收"}
        assert len({(row["编号"], row["责任单位"]) for row in known}) == 1080
        nodes = {row["编号"]: (row["办结时限"], row["节点"]) for row in known}
        assert nodes["31-1"][0] == "2021-06-30"
        assert nodes["31-2"][0] == "2021-10-31"
        assert nodes["34"][0] == "2021-05-31"
        assert nodes["1"][0] == "2021-12-31"
        assert nodes["31-1"][1] != nodes["31-2"][1] != ""
        assert "31" not in nodes
        town = next(row for row in known if row["编号"] == "34" and row["责任单位"] == "新民镇")
        assert (town["签收时间"], town["延期次数"], town["牵头单位"]) in [("", 0, "县司法局"), (None, 0, "县司法局")]
        for entry in town["记录"]:  # type: ignore[attr-defined]
            assert set(entry) == {"时间", "人员", "动作", "内容"}

    def test_numbers_come_in_the_order_of_the_list(self, rows: list[dict[str, object]]) -> None:
        codes = [tuple(map(int, str(row["编号"]).split("-"))) for row in rows]
        assert codes == sorted(codes)

    def test_csv(self, machine: Machine) -> None:
        assert machine.run("export", "ledger", "-o", "台账.csv").code == 0
        raw = (machine.home / "台账.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")  # without it a spreadsheet shows nonsense
        rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
        assert list(rows[0]) == COLUMNS
        assert len(rows) == 1084

    def test_xlsx(self, machine: Machine) -> None:
        assert machine.run("export", "ledger", "--format", "xlsx", "-o", "whole.xlsx").code == 0
        book = load_workbook(machine.home / "whole.xlsx")
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        head = next(number for number, row in enumerate(rows) if row[0] == "编号")
        assert list(rows[head]) == COLUMNS
        assert len([row for row in rows[head + 1 :] if row[0] is not None]) == 1084
        assert book.worksheets[0].freeze_panes
        assert book.worksheets[0].auto_filter.ref
        assert len(book.worksheets) > 20  # one for all and one for each lead unit
        book.close()

    def test_one_unit(self, machine: Machine) -> None:
        rows = ledger(machine, "--unit", "新民镇人民政府")
        assert {row["责任单位"] for row in rows} == {"新民镇"}
        assert len(rows) == 27

    def test_a_unit_nobody_knows(self, machine: Machine) -> None:
        done = machine.run("export", "ledger", "--unit", "新明镇", "-o", "x.csv")
        assert done.code == 1
        assert "新民镇" in done.err
        assert not (machine.home / "x.csv").exists()


class TestPlan:
    def test_it_says_who_hears_what_and_by_which_rule(self, machine: Machine) -> None:
        plain = machine.run("plan", "--at", "2021-05-25T09:02")
        explained = machine.run("plan", "--at", "2021-05-25T09:02+08:00", "--explain")
        assert plain.code == explained.code == 0
        assert "XinMin_A" in plain.out or "xinmin_a" in plain.out
        assert "规则" in explained.out
        assert "34" in explained.out
        assert len(explained.out.splitlines()) > len(plain.out.splitlines())

    def test_json_and_that_nothing_is_sent(self, machine: Machine, peer: Peer) -> None:
        done = machine.run("plan", "--at", "2021-05-25T09:02", "--json")
        assert done.code == 0
        assert json.loads(done.out)["lines"]
        assert not peer.calls
        with sqlite3.connect(machine.home / "duban.db") as database:
            assert database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        database.close()

    def test_a_sunday_is_silent(self, machine: Machine) -> None:
        done = machine.run("plan", "--at", "2021-05-30T09:02")
        assert done.code == 0
        assert "没有" in done.out

    def test_a_year_nobody_knows_is_refused(self, machine: Machine) -> None:
        done = machine.run("plan", "--at", "2035-05-30T09:02")
        assert done.code == 1
        assert "2035" in done.err
        assert len(done.err.splitlines()) == 1


class TestDoctor:
    def test_all_is_well(self, machine: Machine) -> None:
        done = machine.run("doctor")
        assert done.code == 0, done
        assert all(line.startswith("✓") for line in done.out.splitlines())
        assert "沙坪镇" in done.out  # has no contact

    def test_a_wrong_secret(self, machine: Machine) -> None:
        done = machine.run("doctor", WECOM_SECRET="wrong-secret")
        assert done.code == 1
        assert "WECOM_SECRET" in done.out
        assert "wrong-secret" not in done.out + done.err

    def test_no_database_yet(self, machine: Machine) -> None:
        done = machine.run("doctor", DUBAN_DATABASE_URL="sqlite+aiosqlite:///other.db")
        assert done.code == 1
        assert "duban init" in done.out


class TestAudit:
    def test_a_changed_entry_is_found(self, machine: Machine) -> None:
        good = machine.run("audit", "verify")
        assert good.code == 0, good
        with sqlite3.connect(machine.home / "duban.db") as database:
            database.execute("UPDATE audit SET words = '别的话' WHERE seal = 700")
        database.close()
        bad = machine.run("audit", "verify")
        assert bad.code == 1
        assert len(bad.err.splitlines()) == 1


class TestSync:
    def test_people_come_from_the_platform(self, machine: Machine, peer: Peer) -> None:
        peer.departments = [
            {"id": 1, "parentid": 0, "name": "垫江县", "order": 1},
            {"id": 2, "parentid": 1, "name": "沙坪镇人民政府", "order": 2},
            {"id": 3, "parentid": 2, "name": "党政办", "order": 3},
        ]
        peer.users = [
            {"userid": "shaping_one", "name": "胡一", "department": [3], "position": "联络员"},
            {"userid": "shaping_two", "name": "胡二", "department": [2], "position": "单位负责人"},
        ]
        done = machine.run("roster", "--sync")
        assert done.code == 0, done
        now = people(machine)
        assert ("沙坪镇", "shaping_one", "contact") in now
        assert ("沙坪镇", "shaping_two", "head") in now
        assert [post for post in now if post[0] == "新民镇"]
