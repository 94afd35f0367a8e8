"""What a name in somebody else's document is to the directory."""

import pytest

from bot.domain.naming import Kind, recognise
from bot.domain.responsibility import Directory, GroupName, UnitName, expand, resolve, with_towns_joined

COUNTY = Directory(
    units=(
        UnitName(1, "新民镇"),
        UnitName(2, "桂溪街道"),
        UnitName(3, "县商务委", ("商务委",)),
        UnitName(4, "县农业农村委", ("县农委",)),
        UnitName(5, "县交通局"),
        UnitName(6, "县政府办公室"),
        UnitName(7, "县市场监管局"),
    ),
    groups=(GroupName("各乡镇（街道）", ("各乡镇",), (1, 2)), GroupName("县政府各部门", ("各部门",), (3, 4, 5, 6, 7))),
    ask=frozenset({"", "县政府有关部门"}),
)


@pytest.mark.parametrize(
    ("name", "kind", "candidates"),
    [
        ("县商务委", Kind.KNOWN, ()),
        ("商务委", Kind.KNOWN, ()),
        ("垫江县商务委员会", Kind.KNOWN, ()),
        ("县人民政府办公室", Kind.KNOWN, ()),
        ("县市场监督管理局", Kind.KNOWN, ()),
        ("各镇（街道）", Kind.KNOWN, ()),
        ("各乡镇人民政府、街道办事处", Kind.KNOWN, ()),
        ("—————", Kind.LINE, ()),
        ("县政府有关部门", Kind.NOBODY, ()),
        ("各有关单位", Kind.NOBODY, ()),
        ("相关县政府部门", Kind.NOBODY, ()),
        ("相关乡镇（街道）", Kind.NOBODY, ()),
        ("县农业农委", Kind.SLIP, ("县农业农村委",)),
        ("县商务局", Kind.SLIP, ("县商务委",)),
        ("新明镇", Kind.NEW, ("新民镇",)),
        ("县农业农村萎", Kind.SLIP, ("县农业农村委",)),
        ("县交通运输局", Kind.NEW, ("县交通局",)),
        ("县融媒体中心", Kind.NEW, ()),
        ("市商务委", Kind.NEW, ()),
        ("区交通局", Kind.NEW, ()),
        ("团县委", Kind.NEW, ()),
        ("县直各部门", Kind.UNKNOWN, ("县政府各部门",)),
        ("各单位", Kind.UNKNOWN, ()),
        ("涉及教育方面的舆情", Kind.UNKNOWN, ()),
        ("县" * 500 + "局", Kind.UNKNOWN, ()),
    ],
)
def test_a_name(name: str, kind: Kind, candidates: tuple[str, ...]) -> None:
    found = recognise(name, COUNTY)
    assert (found.kind, found.candidates) == (kind, candidates)


def test_towns_and_streets_in_two_parts_are_one_expression() -> None:
    assert with_towns_joined(["各镇人民政府", "各街道办事处", "县商务委"]) == ["各镇人民政府、各街道办事处", "县商务委"]
    assert expand("各乡镇人民政府、街道办事处，县商务委", COUNTY, ()).units == (1, 2, 3)
    assert expand("各街道办事处", COUNTY, ()).unknown == ("各街道办事处",)


def test_a_plain_form_that_two_units_share_means_neither() -> None:
    twins = Directory((UnitName(1, "县发展和改革委"), UnitName(2, "县发展改革委员会")), ())
    assert resolve("县发展改革委", twins) is None
    assert resolve("县发展和改革委", twins) == 1
