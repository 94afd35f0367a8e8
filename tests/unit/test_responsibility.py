"""Who does (rule 1) and who checks (rule 2), on a small county and on the real one."""

import csv
import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.responsibility import Directory, Expansion, GroupName, UnitName, checkers, expand, resolve, suggest

TOWNS = (1, 2, 3)
DEPARTMENTS = (11, 12, 13)
COUNTY = Directory(
    units=(
        UnitName(1, "新民镇", ("新民镇人民政府",)),
        UnitName(2, "沙坪镇"),
        UnitName(3, "沙河乡"),
        UnitName(11, "县发展改革委", ("发改委", "县发改委")),
        UnitName(12, "县商务委", ("商务委",)),
        UnitName(13, "县人力社保局", ("县人社局", "人社局")),
        UnitName(21, "县委宣传部（县政府新闻办）", ("县委宣传部", "县政府新闻办")),
        UnitName(22, "县委网信办", ("网信办",)),
    ),
    groups=(
        GroupName("各乡镇（街道）", ("各乡镇", "乡镇"), TOWNS),
        GroupName("县政府各部门", ("政府各部门", "各部门"), DEPARTMENTS),
    ),
    ask=frozenset({"", "县政府有关部门", "有关部门"}),
)


def units(expression: str, leads: tuple[int, ...] = ()) -> tuple[int, ...]:
    result = expand(expression, COUNTY, leads)
    assert result.resolved
    return result.units


def test_a_name_or_an_alias_is_its_unit() -> None:
    assert units("县发展改革委、县商务委") == (11, 12)
    assert units("县人社局") == units("县人力社保局") == (13,)


@pytest.mark.parametrize(
    "written",
    ["县政府各部门、各乡镇（街道）", "县政府各部门、各乡镇(街道)", "政府各部门，各乡镇 (街道)\n", "各部门;乡镇"],
)
def test_a_group_is_its_members_in_the_order_of_the_expression(written: str) -> None:
    assert units(written) == (*DEPARTMENTS, *TOWNS)


def test_nobody_is_named_twice() -> None:
    assert units("县商务委、县政府各部门") == (12, 11, 13)


@pytest.mark.parametrize("line", ["—————", "_____", "——", "－", "— — —", "―", "-", "─", "＿＿"])
def test_a_drawn_line_means_the_lead_units(line: str) -> None:
    assert units(line, leads=(13, 11)) == (13, 11)
    assert expand(line, COUNTY, ()) == Expansion((), (line.replace(" ", ""),))


@pytest.mark.parametrize("cell", ["", "  ", "\n", "、、"])
def test_a_lost_cell_waits(cell: str) -> None:
    assert expand(cell, COUNTY, leads=(11,)) == Expansion((), ("",))


def test_departments_concerned_are_asked_for_and_nobody_is_guessed_in() -> None:
    assert expand("县政府有关部门", COUNTY, leads=(11,)) == Expansion((), ("县政府有关部门",))


def test_what_is_known_of_a_mixed_expression_is_known_at_once() -> None:
    assert expand("县政府有关部门、各乡镇（街道）", COUNTY, ()) == Expansion(TOWNS, ("县政府有关部门",))


@pytest.mark.parametrize(
    "written",
    [
        "县委宣传部（县政府新闻办）",
        "县委宣传部(县政府新闻办)",
        "县委宣传部 （县政府新闻办）",
        "县委宣传部",
        "县政府新闻办",
    ],
)
def test_a_name_with_brackets_is_one_unit(written: str) -> None:
    assert units(f"{written}、县委网信办") == (21, 22)


def test_a_separator_inside_brackets_belongs_to_the_name() -> None:
    assert expand("县委宣传部（县政府新闻办、县外宣办）、县商务委", COUNTY, ()) == Expansion(
        (12,), ("县委宣传部（县政府新闻办、县外宣办）",)
    )
    # A bracket that is never closed must not swallow the rest.
    assert expand("县委宣传部（县政府新闻办、县商务委", COUNTY, ()) == Expansion((12,), ("县委宣传部（县政府新闻办",))


def test_a_near_spelling_is_unknown_and_only_suggested() -> None:
    assert expand("新明镇、沙坪镇", COUNTY, ()) == Expansion((2,), ("新明镇",))
    assert resolve("新明镇", COUNTY) is None
    assert suggest("新明镇", COUNTY)[0] == "新民镇"
    assert suggest("县商务局", COUNTY) == ("县商务委",)
    assert suggest("青山公园管理处", COUNTY) == ()


def test_resolving_a_name() -> None:
    assert resolve(" 县委宣传部(县政府新闻办) ", COUNTY) == 21
    assert resolve("乡镇", COUNTY) == TOWNS
    assert resolve("有关部门", COUNTY) is None


def test_an_alias_of_two_units_names_nobody() -> None:
    directory = Directory((UnitName(1, "甲局", ("执法队",)), UnitName(2, "乙局", ("执法队", "甲局"))), ())
    assert resolve("执法队", directory) is None
    assert resolve("甲局", directory) == 1  # an official name wins over an alias


def test_lead_units_check_but_nobody_checks_their_own() -> None:
    assert checkers((11, 12), False, 1) == {11, 12}
    assert checkers((11, 12), False, 12) == {11}


def test_the_office_checks_where_no_lead_is_left() -> None:
    assert checkers((11,), False, 11) == frozenset()
    assert checkers((), False, 1) == frozenset()
    assert checkers(DEPARTMENTS, True, 12) == frozenset()


@given(st.text(alphabet="县商务委、（）()，—_ \n有关部门新民镇x", max_size=60))
def test_any_expression_gives_known_units_or_says_what_is_unknown(expression: str) -> None:
    result = expand(expression, COUNTY, (11,))
    assert result.units or result.unknown
    assert len(set(result.units)) == len(result.units)


ROOT = Path(__file__).parents[2] / "county" / "dianjiang"


@pytest.fixture(scope="module")
def dianjiang() -> Directory:
    with (ROOT / "units.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rules = tomllib.loads((ROOT / "groups.toml").read_text(encoding="utf-8"))
    ids = {row["name"]: number for number, row in enumerate(rows, 1)}
    members = {
        group["name"]: tuple(ids[row["name"]] for row in rows if group["name"] in row["in_groups"])
        for group in rules["group"]
    }
    return Directory(
        tuple(UnitName(ids[row["name"]], row["name"], tuple(filter(None, row["aliases"].split(",")))) for row in rows),
        tuple(GroupName(group["name"], tuple(group["aliases"]), members[group["name"]]) for group in rules["group"]),
        frozenset(rules["expression"]["ask"]),
    )


def test_the_county_list_expands_to_what_the_rule_says(dianjiang: Directory) -> None:
    tasks = json.loads((ROOT / "list.json").read_text(encoding="utf-8"))["tasks"]
    waiting: dict[int, tuple[str, ...]] = {}
    dispatched = 0
    for task in tasks:
        leads = expand(task["lead"], dianjiang, ())
        assert leads.resolved, task["lead"]
        result = expand(task["responsible"], dianjiang, leads.units)
        if result.unknown:
            waiting[task["number"]] = result.unknown
        if task["number"] != 53:
            dispatched += len(result.units) * len(task["nodes"])
    ask = ("县政府有关部门",)
    assert waiting == {2: ask, 8: ask, 13: ("",), 20: ask, 38: ("",), 39: ask}
    assert dispatched == 1034
