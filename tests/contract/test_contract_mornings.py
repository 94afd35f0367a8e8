"""The rules of the morning as a whole county sees them (DESIGN §3, rules 3 to 5): three weeks of messages on phones."""

import csv
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from contract.conftest import ROSTER, fresh_service
from contract.machine import START, Machine, Served, serving
from contract.peer import Message, Peer

WORKDAYS = [
    *(date(2021, 5, day) for day in (25, 26, 27, 28, 31)),
    *(date(2021, 6, day) for day in (1, 2, 3, 4, 7, 8, 9, 10, 11, 15, 16)),  # 06-14 is the Dragon Boat holiday
]
UNREACHED = "白家镇"  # its only contact cannot be reached
DEPUTY = "黄沙镇"  # its first contact cannot be reached, its second can
DONE = "澄溪镇"


def accounts(unit: str) -> str:
    return f"u{zlib.crc32(unit.encode()):08x}"


def whole_county(machine: Machine) -> str:
    """A roster for every unit the ledger names: two contacts, a head, a reviewer."""
    assert machine.run("export", "ledger", "-o", "units.csv").code == 0
    rows = list(csv.DictReader((machine.home / "units.csv").read_text(encoding="utf-8-sig").splitlines()))
    units = {row["责任单位"] for row in rows} | {lead for row in rows for lead in row["牵头单位"].split("、")}
    lines = ["单位,姓名,账号,角色", "垫江县,县长,leader,县领导", "县政府办公室,主任,office_1,县办"]
    for unit in sorted(units - {"", "县政府各部门"}):
        at = accounts(unit)
        lines += [f"{unit},甲,{at}-a,联络员", f"{unit},丙,{at}-head,单位负责人", f"{unit},丁,{at}-rev,审核人"]
        if unit != UNREACHED:
            lines.append(f"{unit},乙,{at}-b,联络员")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Iterator[Served]:
    """2021-05-25 to 2021-06-16 in one county. One town is done early; two have a contact nobody can reach."""
    home = tmp_path_factory.mktemp("county")
    machine = Machine(home, {**peer.environment(), "DUBAN_CLOCK": START, "DUBAN_CLOCK_SPEED": "0"})
    assert machine.run("init").code == 0
    (home / "people.csv").write_text(whole_county(machine), encoding="utf-8")
    done = machine.run("roster", "people.csv")
    assert done.code == 0, done
    peer.unreachable = {f"{accounts(UNREACHED)}-a", f"{accounts(DEPUTY)}-a"}
    with serving(machine, peer) as served:
        served.to("2021-05-27T10:00:00+08:00")
        town = served.phone(f"{accounts(DONE)}-a")
        assert "已提交 34" in town.says("完成 34 http://www.dianjiang.gov.cn/zwgk/t20210527_1.html")
        assert "已通过" in served.phone(f"{accounts('县司法局')}-rev").says(f"通过 34 {DONE}")
        served.to("2021-06-16T18:00:00+08:00")
        yield served


@pytest.fixture(scope="module")
def digests(county: Served) -> list[Message]:
    return [message for message in county.peer.messages if message.text.startswith("【督办晨报】")]


def on(digests: list[Message], user: str, day: date) -> str:
    """What this person read that morning; "" if nothing came."""
    found = [m.text for m in digests if m.user == user and m.at is not None and m.at.date() == day]
    return "\n".join(found)


def about_34(text: str) -> list[str]:
    """The lines about row 34, each with the heading it stands under."""
    heading, found = "", []
    for line in text.splitlines():
        if line.endswith("：") and not line.startswith("·"):
            heading = line
        if re.search(r"(^|[·、])\s*34 ", line):
            found.append(f"{heading} {line}")
    return found


def test_one_digest_a_person_and_morning_between_0902_and_0915(digests: list[Message]) -> None:
    assert len(digests) > 300
    per_day = Counter((m.user, m.at.date()) for m in digests if m.at is not None)
    assert set(per_day.values()) == {1}
    for message in digests:
        assert message.at is not None
        assert time(9, 2) <= message.at.time() <= time(9, 15)
        assert message.at.minute not in (0, 30)
        assert len(message.text.encode()) <= 2048


def test_nothing_on_weekends_and_holidays(county: Served) -> None:
    days = {message.at.date() for message in county.peer.messages if message.at is not None}
    assert days <= set(WORKDAYS)


def test_nothing_else_comes_unasked(county: Served, digests: list[Message]) -> None:
    others = [message for message in county.peer.messages if message not in digests]
    # The answers and the first submission's card to the reviewer, nothing more in three weeks.
    assert {message.user for message in others} <= {f"{accounts(DONE)}-a", f"{accounts('县司法局')}-rev"}
    assert len(others) <= 3


def test_the_unit_is_reminded_before_the_deadline_and_on_the_day(digests: list[Message]) -> None:
    town = f"{accounts('新民镇')}-a"
    assert "新交办" in about_34(on(digests, town, date(2021, 5, 25)))[0]
    assert "还有 3 个工作日" in about_34(on(digests, town, date(2021, 5, 26)))[0]
    assert about_34(on(digests, town, date(2021, 5, 27))) == []
    assert "还有 1 个工作日" in about_34(on(digests, town, date(2021, 5, 28)))[0]
    assert "今天到期" in about_34(on(digests, town, date(2021, 5, 31)))[0]


def test_what_is_done_is_not_mentioned_again(digests: list[Message]) -> None:
    town = f"{accounts(DONE)}-a"
    later = [on(digests, town, day) for day in WORKDAYS if day > date(2021, 5, 28)]
    assert any(later)
    assert not [text for text in later if about_34(text)]


def test_overdue_climbs_from_unit_and_lead_to_office_head_and_weekly_list(digests: list[Message]) -> None:
    town, head = f"{accounts('新民镇')}-a", f"{accounts('新民镇')}-head"
    lead, office = f"{accounts('县司法局')}-rev", "office_1"
    first = date(2021, 6, 1)
    assert "逾期 1 个工作日" in about_34(on(digests, town, first))[0]
    assert "逾期 1 个工作日" in about_34(on(digests, lead, first))[0]
    for day in WORKDAYS:
        heard = about_34(on(digests, office, day))
        if day < date(2021, 6, 3):
            assert heard == [], day
        if day < date(2021, 6, 9):
            assert about_34(on(digests, head, day)) == [], day
    assert "逾期 3 个工作日" in about_34(on(digests, office, date(2021, 6, 3)))[0]
    assert "逾期 7 个工作日" in about_34(on(digests, head, date(2021, 6, 9)))[0]
    # The week after the holiday begins on a Tuesday: the weekly list is in that digest, and in no other of the week.
    assert "本周清单" in on(digests, office, date(2021, 6, 15))
    assert "本周清单" not in on(digests, office, date(2021, 6, 16))
    assert "本周清单" not in on(digests, office, date(2021, 6, 7))  # nothing is 7 working days late yet
    assert "建议" in on(digests, office, date(2021, 6, 15))  # 10 working days


def test_a_supervisor_is_not_written_to(digests: list[Message]) -> None:
    assert not [message for message in digests if message.user == "leader"]


def test_a_unit_that_cannot_be_reached_is_named_once_a_day_and_not_escalated(digests: list[Message]) -> None:
    head, lead, office = f"{accounts(UNREACHED)}-head", f"{accounts('县司法局')}-rev", "office_1"
    assert not [message for message in digests if message.user in (f"{accounts(UNREACHED)}-a", head)]
    assert not [m for m in digests if m.user == lead and UNREACHED in m.text]
    told = [line for m in digests if m.user == office for line in m.text.splitlines() if UNREACHED in line]
    assert told
    assert all("联系不上" in line for line in told)
    for day in WORKDAYS:
        assert on(digests, office, day).count("联系不上") <= 1


def test_the_deputy_hears_when_the_first_contact_cannot(digests: list[Message]) -> None:
    deputy = f"{accounts(DEPUTY)}-b"
    assert "新交办" in on(digests, deputy, date(2021, 5, 25))
    assert "今天到期" in on(digests, deputy, date(2021, 5, 31))
    assert "逾期 1 个工作日" in on(digests, deputy, date(2021, 6, 1))


def test_a_deadline_on_a_sunday_is_reminded_of_on_friday(tmp_path: Path) -> None:
    """31-2 is due on 2021-10-31; and a list loaded beside deadlines long past blames nobody for them."""
    loaded, start = tmp_path / "loaded", "2021-10-26T15:00:00+08:00"
    loaded.mkdir()
    machine = Machine(loaded, {"DUBAN_CLOCK": start})
    assert machine.run("init").code == 0
    assert machine.run("roster", str(ROSTER)).code == 0
    with fresh_service(loaded, tmp_path / "home", DUBAN_CLOCK=start) as served:
        served.to("2021-11-12T18:00:00+08:00")
        messages = served.peer.messages
        town = {m.at.date(): m.text for m in messages if m.user == "XinMin_A" and m.at is not None}
        assert "31-2" in town[date(2021, 10, 29)]
        assert "2021-10-31" in town[date(2021, 10, 29)]
        assert town[date(2021, 10, 29)].count("31-2") == 1
        assert "31-2" in town[date(2021, 11, 1)]
        assert "逾期 1 个工作日" in town[date(2021, 11, 1)]
        assert not [day for day in town if day.weekday() >= 5]
        past = [m for m in messages if m.at is not None and m.at.date() > date(2021, 10, 27) and about_34(m.text)]
        assert not past, past[0].text
