"""Cells that name units, as real lists write them."""

import pytest
from notices import county_directory

from bot.documents.notice.units import read_units

# cell, lead, responsible, helping
CELLS: list[tuple[str, list[str], list[str], list[str]]] = [
    ("县司法局", [], ["县司法局"], []),
    ("县政府各部门、各乡镇(街道)", [], ["县政府各部门", "各乡镇（街道）"], []),
    ("县委宣传部(县政府新闻办)、县卫生健康委", [], ["县委宣传部（县政府新闻办）", "县卫生健康委"], []),
    ("县委宣传\n部（县政府新闻办）", [], ["县委宣传部（县政府新闻办）"], []),
    ("县政府办\n公室", [], ["县政府办公室"], []),
    ("县卫生健 康委", [], ["县卫生健康委"], []),
    ("县教委 县财政局", [], ["县教委", "县财政局"], []),
    ("县教委\n县财政局", [], ["县教委", "县财政局"], []),
    ("县教委;县财政局,县民政局/县司法局", [], ["县教委", "县财政局", "县民政局", "县司法局"], []),
    ("县教委和县财政局", [], ["县教委", "县财政局"], []),
    ("县发展和改革委员会", [], ["县发展和改革委员会"], []),
    ("—————", [], ["—————"], []),
    ("", [], [], []),
    ("县教委牵头，县财政局、县人社局配合", ["县教委"], [], ["县财政局", "县人社局"]),
    ("由县教委牵头，县财政局配合", ["县教委"], [], ["县财政局"]),
    ("县教委牵头抓总，县财政局按职责配合", ["县教委"], [], ["县财政局"]),
    ("县政府办公室牵头，各有关单位按职责分工负责", ["县政府办公室"], ["各有关单位"], []),
    ("县政府办公室牵头，县政府各部门按照各自职责分工负责", ["县政府办公室"], ["县政府各部门"], []),
    ("县发展改革委、县财政局按职责分工负责", [], ["县发展改革委", "县财政局"], []),
    ("县政府办公室统筹，各部门落实", ["县政府办公室"], ["各部门"], []),
    ("县教委会同县财政局、县民政局", ["县教委"], [], ["县财政局", "县民政局"]),
    ("县教委（牵头）、县财政局、县民政局（配合）", ["县教委"], ["县财政局"], ["县民政局"]),
    ("牵头单位：县教委；配合单位：县财政局、县人社局", ["县教委"], [], ["县财政局", "县人社局"]),
    ("责任单位：各乡镇（街道），县政府各部门", [], ["各乡镇（街道）", "县政府各部门"], []),
    ("县司法局负责", [], ["县司法局"], []),
    ("县商务委牵头，县商务委、县教委负责", ["县商务委"], ["县商务委", "县教委"], []),
    ("各乡镇人民政府、街道办事处", [], ["各乡镇人民政府", "街道办事处"], []),
]


@pytest.mark.parametrize(("cell", "lead", "responsible", "support"), CELLS, ids=[repr(line[0]) for line in CELLS])
def test_a_cell_of_units(cell: str, lead: list[str], responsible: list[str], support: list[str]) -> None:
    named = read_units(cell, county_directory(), "responsible")
    assert (named.lead, named.responsible, named.support) == (lead, responsible, support)
    assert not named.open_ended


def test_a_list_that_ends_in_and_so_on_is_open() -> None:
    for cell in ("县教委、县财政局等", "县教委、县财政局等部门按职责分工负责", "县教委、县财政局等有关单位"):
        named = read_units(cell, county_directory(), "responsible")
        assert named.responsible == ["县教委", "县财政局"]
        assert named.open_ended


def test_the_column_says_what_names_do_that_nothing_else_is_said_of() -> None:
    assert read_units("县教委、县财政局", county_directory(), "lead").lead == ["县教委", "县财政局"]
    assert read_units("县教委", county_directory(), "support").support == ["县教委"]
