"""duban import as an operator types it (DESIGN §6): a look writes nothing, twice is once, a refusal is one line."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from support import notices
from support.files import archive

from contract.conftest import copied
from contract.machine import START, Done, Machine, serving
from contract.peer import Peer

ASKS = (notices.ROWS[0], (*notices.ROWS[1][:4], "10月前"), notices.ROWS[2])
LATER = ((*notices.ROWS[0][:4], "2021年10月15日前"), *notices.ROWS[1:])
ROW = {
    "number", "part", "aspect", "item", "measures", "paths", "lead_units", "responsible", "deadlines", "recurrence",
    "unresolved",
}  # fmt: skip


@pytest.fixture
def machine(prepared: Path, peer: Peer, tmp_path: Path) -> Machine:
    made = copied(prepared, tmp_path / "machine", peer)
    put(made, "notice.docx", notices.docx())
    return made


def put(machine: Machine, name: str, data: bytes) -> None:
    (machine.home / name).write_bytes(data)


def ledger(machine: Machine) -> list[dict[str, str]]:
    assert machine.run("export", "ledger", "-o", "ledger.json").code == 0
    return [row for row in json.loads((machine.home / "ledger.json").read_text("utf-8")) if int(row["编号"][:2]) > 53]


def refused(done: Done, words: str) -> None:
    assert done.code == 1, done
    assert words in done.err and len(done.err.splitlines()) == 1 and "Traceback" not in done.err


def everything(machine: Machine) -> bytes:
    return (machine.home / "duban.db").read_bytes()


def test_a_list_is_stored_and_what_is_known_handed_out(machine: Machine) -> None:
    done = machine.run("import", "notice.docx")
    assert done.code == 0, done
    assert "1 公开惠企政策｜牵头 县发展改革委，责任 县教委、县司法局｜2021-09-30" in done.out
    assert "编为 54–56 号，交办 29 项" in done.out
    rows = ledger(machine)
    assert len(rows) == 29 and {row["状态"] for row in rows} == {"待签收"}
    again = machine.run("import", "notice.docx")
    assert again.code == 0 and "内容没有变化" in again.out
    assert ledger(machine) == rows


def test_json_is_the_json_of_the_contract_and_nothing_else(machine: Machine) -> None:
    put(machine, "asks.html", notices.html(ASKS))
    done = machine.run("import", "asks.html", "--json", "--dry-run")
    assert done.code == 0, done
    read = json.loads(done.out)
    assert set(read) == {"title", "year", "issue_date", "rows", "questions", "new_units", "errors"}
    assert (read["year"], read["issue_date"]) == (2021, "2021-07-01")
    assert [set(row) for row in read["rows"]] == [ROW] * 3
    assert [row["deadlines"] for row in read["rows"]] == [["2021-09-30"], [], ["2021-08-31"]]
    assert [question["row"] for question in read["questions"]] == [2]
    stored = machine.run("import", "asks.html", "--json")
    assert json.loads(stored.out) == read
    waiting = [row for row in ledger(machine) if row["状态"] == "待明确"]
    assert [(row["编号"], row["责任单位"]) for row in waiting] == [("55", "")]


def test_a_dry_run_writes_nothing_and_needs_no_database(machine: Machine, tmp_path: Path) -> None:
    before = everything(machine)
    done = machine.run("import", "notice.docx", "--dry-run")
    assert done.code == 0 and "只看没写：可交办 28 个单位 29 项" in done.out
    assert everything(machine) == before
    bare = Machine(tmp_path / "bare", {"DUBAN_CLOCK": START})
    bare.home.mkdir()
    put(bare, "notice.docx", notices.docx())
    done = bare.run("import", "notice.docx", "--dry-run")
    assert done.code == 0 and "可交办 28 个单位 29 项" in done.out
    assert [path.name for path in bare.home.iterdir()] == ["notice.docx"]
    refused(bare.run("import", "notice.docx"), "duban init")


def test_questions_go_out_as_a_sheet_and_come_back(machine: Machine) -> None:
    put(machine, "asks.docx", notices.docx(ASKS))
    assert machine.run("import", "asks.docx", "--dry-run", "-o", "questions.xlsx").code == 0
    path = machine.home / "questions.xlsx"
    book = load_workbook(path)
    (sheet,) = book.worksheets
    assert "10月前" in str(sheet["D4"].value) and sheet["F4"].value is None
    sheet["F4"] = "下个月"
    book.save(path)
    refused_twice = machine.run("import", "asks.docx", "--answers", "questions.xlsx")
    assert refused_twice.code == 1 and "不是确定的日期" in refused_twice.err
    assert ledger(machine) == []
    sheet["F4"] = "9月底"
    book.save(path)
    done = machine.run("import", "asks.docx", "--answers", "questions.xlsx")
    assert done.code == 0 and "交办 29 项" in done.out, done
    assert {row["办结时限"] for row in ledger(machine) if row["编号"] == "55"} == {"2021-09-30"}


def test_answers_may_come_after_the_list(machine: Machine) -> None:
    put(machine, "asks.docx", notices.docx(ASKS))
    assert "1 个问题" in machine.run("import", "asks.docx", "-o", "questions.xlsx").out
    path = machine.home / "questions.xlsx"
    book = load_workbook(path)
    book.worksheets[0]["F4"] = "2021-09-30"
    book.save(path)
    done = machine.run("import", "asks.docx", "--answers", "questions.xlsx")
    assert done.code == 0, done
    assert len([row for row in ledger(machine) if row["编号"] == "55"]) == 26
    put(machine, "other.docx", notices.docx(ASKS, "关于印发垫江县收费公开任务清单的通知", "垫江府办发〔2021〕70号"))
    refused(machine.run("import", "other.docx", "--answers", "questions.xlsx"), "不是这份通知的")
    refused(machine.run("import", "other.docx", "--answers", "other.docx"), "答题表读不出来")


def test_a_corrected_notice_is_shown_and_waits_for_a_word(machine: Machine) -> None:
    assert machine.run("import", "notice.docx").code == 0
    put(machine, "later.docx", notices.docx(LATER))
    before = ledger(machine)
    done = machine.run("import", "later.docx")
    assert "时限 2021-09-30 → 2021-10-15" in done.out
    refused(done, "--correct")
    assert ledger(machine) == before
    done = machine.run("import", "later.docx", "--correct")
    assert done.code == 0 and "改时限 2 项" in done.out, done
    assert {row["办结时限"] for row in ledger(machine) if row["编号"] == "54"} == {"2021-10-15"}


BOMB = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 200_000_000})
ENTITIES = archive(
    {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
    }
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("bomb.docx", BOMB),
        ("entities.docx", ENTITIES),
        ("noise.docx", bytes(range(256)) * 40),
        ("empty.xlsx", b""),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
        ("menu.html", "<table><tr><td>菜名</td><td>价格</td></tr><tr><td>豆花</td><td>3</td></tr></table>".encode()),
        ("letter.txt", "各位同事：今天下午开会。".encode()),
    ],
)
def test_what_is_no_notice_is_one_clear_line(machine: Machine, name: str, data: bytes) -> None:
    put(machine, name, data)
    before = everything(machine)
    done = machine.run("import", name)
    assert (done.code, done.out) == (1, "")
    assert len(done.err.strip().splitlines()) == 1 and "Traceback" not in done.err
    assert everything(machine) == before


@pytest.mark.parametrize("words", [[], ["notice.docx", "--year", "next"], ["notice.docx", "--yes"]])
def test_wrong_usage(machine: Machine, words: list[str]) -> None:
    assert machine.run("import", *words).code == 2


def test_a_missing_file_and_a_folder(machine: Machine) -> None:
    refused(machine.run("import", "nowhere.docx"), "找不到文件")
    refused(machine.run("import", "."), "文件夹")


def test_a_kill_between_preview_and_word_loses_nothing_and_the_command_works_beside_the_service(
    machine: Machine, peer: Peer
) -> None:
    with serving(machine, peer) as first:
        assert "共 3 行" in first.phone("office_1").sends("清单.docx", notices.docx())
        first.kill()
    with serving(machine, peer) as second:
        assert "交办 29 项" in second.phone("office_1").says("交办")
        done = machine.run("import", "notice.docx")
        assert done.code == 0 and "内容没有变化" in done.out
        put(machine, "later.docx", notices.docx(LATER))
        assert machine.run("import", "later.docx", "--correct").code == 0
        assert "2021-10-15" in second.phone("office_1").says("任务 54")
