"""The county's names, and `say`: one message, read on 3 November 2021."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.dialogue.commands import parse
from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.names import Names
from bot.domain.responsibility import Directory, GroupName, UnitName

TODAY = date(2021, 11, 3)
UNITS = Path(__file__).parents[2] / "county" / "dianjiang" / "units.tsv"

Say = Callable[[str], Command | NotUnderstood]


@pytest.fixture(scope="session")
def directory() -> Directory:
    with UNITS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    units = tuple(
        UnitName(number, row["name"], tuple(filter(None, row["aliases"].split(",")))) for number, row in enumerate(rows)
    )
    groups = (
        GroupName("各乡镇（街道）", ("各乡镇", "乡镇"), tuple(range(26))),
        GroupName("县政府各部门", ("各部门", "政府各部门"), tuple(range(26, 46))),
    )
    return Directory(units, groups, frozenset({"", "县政府有关部门", "有关部门"}))


@pytest.fixture(scope="session")
def names(directory: Directory) -> Names:
    return Names.of(directory)


@pytest.fixture(scope="session")
def say(names: Names) -> Say:
    return lambda text: parse(text, names, TODAY)


@pytest.fixture(scope="session")
def command(say: Say) -> Callable[[str], Command]:
    def understood(text: str) -> Command:
        result = say(text)
        assert isinstance(result, Command), f"{text!r} is {result.kind}"
        return result

    return understood
