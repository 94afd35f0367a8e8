"""duban export report and bulletin, as an operator types them."""

import sqlite3
from pathlib import Path

import pytest
from docx import Document

from contract.conftest import copied
from contract.machine import Machine
from contract.peer import Peer

LATER = "2021-06-16T09:30:00+08:00"


@pytest.fixture(scope="module")
def machine(prepared: Path, peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    return copied(prepared, tmp_path_factory.mktemp("papers"), peer)


def text_of(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)


class TestReport:
    def test_of_one_unit(self, machine: Machine) -> None:
        done = machine.run("export", "report", "--unit", "新民镇人民政府", "-o", "新民镇.docx")
        assert done.code == 0 and "新民镇" in done.out, done
        words = text_of(machine.home / "新民镇.docx")
        assert "新民镇关于2021年政务公开工作任务" in words and "县政府办公室：" in words
        assert "交办我单位任务27项" in words and "法治政府建设年度报告（任务34）" in words
        assert "高峰镇" not in words

    def test_of_all(self, machine: Machine) -> None:
        done = machine.run("export", "report", "--format", "docx", "-o", "all")
        assert done.code == 0 and "46 个单位" in done.out, done
        words = text_of(machine.home / "all")
        assert "全县46个责任单位共承担任务1080项" in words and "未报送46个" in words
        assert words.count("完成情况的报告") == 47  # the county's and every unit's


class TestBulletin:
    def test_nothing_is_proposed_on_the_first_day(self, machine: Machine) -> None:
        done = machine.run("export", "bulletin", "-o", "通报.docx")
        assert done.code == 0 and "0 项" in done.out, done
        assert "没有逾期10个工作日以上" in text_of(machine.home / "通报.docx")

    def test_what_rule_5_has_proposed(self, machine: Machine) -> None:
        with sqlite3.connect(machine.home / "duban.db") as database:
            node = "SELECT a.id FROM assignment a JOIN node n ON n.id = a.node_id JOIN unit u ON u.id = a.unit_id"
            (one,) = database.execute(f"{node} WHERE n.code = '34' AND u.name = '新民镇'").fetchone()
            stages = [("remind-1", "2021-05-28"), ("overdue-1", "2021-06-01"), ("escalate-10", "2021-06-15")]
            for key, day in stages:
                values = (one, "2021-05-31", key, "delivered", f"{day} 01:05:00")
                database.execute(
                    "INSERT INTO stage (assignment_id, cycle, key, outcome, at) VALUES (?,?,?,?,?)", values
                )
        database.close()
        for options, units in (
            ([], "1 个单位 1 项"),
            (["--unit", "新民镇"], "1 个单位 1 项"),
            (["--unit", "高峰镇"], "0 项"),
        ):
            done = machine.run("export", "bulletin", *options, "-o", "b.docx", DUBAN_CLOCK=LATER)
            assert done.code == 0 and units in done.out, done
            words = text_of(machine.home / "b.docx")
            assert ("新民镇" in words) == ("高峰镇" not in options)
            assert "高峰镇" not in words
        machine.run("export", "bulletin", "-o", "b.docx", DUBAN_CLOCK=LATER)
        assert "提醒送达2次：5月28日、6月1日。" in text_of(machine.home / "b.docx")


@pytest.mark.parametrize("what", ["report", "bulletin"])
class TestBoth:
    def test_a_unit_nobody_knows(self, machine: Machine, what: str) -> None:
        done = machine.run("export", what, "--unit", "新明镇", "-o", "x.docx")
        assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1), done
        assert "新民镇" in done.err and not (machine.home / "x.docx").exists()

    @pytest.mark.parametrize("path", ["nowhere/x.docx", "."])
    def test_a_path_that_cannot_be_written(self, machine: Machine, what: str, path: str) -> None:
        done = machine.run("export", what, "--format", "docx", "-o", path)
        assert (done.code, done.out, len(done.err.splitlines())) == (1, "", 1), done
        assert "写不进" in done.err

    @pytest.mark.parametrize("options", [["-o", "x.pdf"], ["--format", "xlsx", "-o", "x.docx"], ["-o", "x"]])
    def test_a_format_there_is_not(self, machine: Machine, what: str, options: list[str]) -> None:
        done = machine.run("export", what, *options)
        assert done.code == 2 and "docx" in done.err, done

    def test_before_there_is_a_database(self, tmp_path: Path, what: str) -> None:
        done = Machine(tmp_path, {}).run("export", what, "-o", "x.docx")
        assert (done.code, len(done.err.splitlines())) == (1, 1) and "duban init" in done.err
