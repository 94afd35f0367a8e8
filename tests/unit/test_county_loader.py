"""What the reader of a county's data files refuses: one line, with the file and the place."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.documents.county import CountyError, county_names, load_county, read_county


def test_an_unknown_county_is_told_which_there_are() -> None:
    assert county_names() == ("dianjiang",)
    with pytest.raises(CountyError, match=r"^没有名为“fengdu”的县数据，可用的有：dianjiang$"):
        load_county("fengdu")
    with pytest.raises(CountyError, match="可用的有"):
        load_county("../county/dianjiang")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(load_county("dianjiang").people_path.parent, tmp_path / "dianjiang")


def _edit_list(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "list.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d.pop("title"), "缺少 title"),
        (lambda d: d.update(colour="red"), "不认识 colour"),
        (lambda d: d["tasks"].pop(3), "连续编号"),
        (lambda d: d["tasks"][4].pop("lead"), "tasks 第 5 项 缺少 lead"),
        (lambda d: d["tasks"][4].update(measures=[]), "tasks 第 5 项 measures 不能为空"),
        (lambda d: d["tasks"][4].update(measures="公开。"), "tasks 第 5 项 measures 应是一列文字"),
        (lambda d: d["tasks"][4].update(nodes=[]), "tasks 第 5 项 nodes 至少一个"),
        (lambda d: d["tasks"][4].update(recurrence="daily"), "tasks 第 5 项 不认识 recurrence“daily”"),
        (lambda d: d["tasks"][4]["nodes"][0].update(due="2021-02-30"), "tasks 第 5 项 nodes 第 1 项 due 应是日期"),
        (lambda d: d["tasks"][4]["nodes"][0].update(seq=True), "nodes 第 1 项 seq 应是整数"),
        (lambda d: d["tasks"][37]["nodes"][0].update(trigger="3个月"), "不认识 trigger"),
        (lambda d: d.update(tasks=["三"]), "tasks 第 1 项 应是一组键和值"),
    ],
)
def test_a_wrong_list_is_refused_with_its_place(
    folder: Path, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    _edit_list(folder, change)
    with pytest.raises(CountyError) as caught:
        read_county(folder)
    assert str(caught.value).startswith("dianjiang/list.json：")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("units.tsv", "name\tkind", "名称\tkind", "第 1 行应是"),
        ("units.tsv", "新民镇\t镇\t", "新民镇\t", "第 4 行应有 5 列，现有 4 列"),
        ("units.tsv", "新民镇\t镇", "新民镇\t", "第 4 行：name、kind 不能为空"),
        ("units.tsv", "\t县教育委员会,教委\t", "\t教委,民政局\t", "名称或别名重复：民政局"),
        ("groups.toml", 'name = "县政府各部门"', 'name = "各单位"', "没有定义 县政府办公室 所属的“县政府各部门”"),
        ("groups.toml", '"镇街",', '"镇街", "新民镇",', "名称或别名重复：新民镇"),
        ("groups.toml", "[expression]", "[expression]\nmaybe = []", "expression 不认识 maybe"),
        ("groups.toml", "[expression]", "[expression", "格式有误"),
        ("list.json", '"year": 2021', '"year" 2021', "格式有误"),
    ],
)
def test_a_wrong_directory_is_refused_with_its_place(
    folder: Path, file: str, old: str, new: str, complaint: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CountyError) as caught:
        read_county(folder)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file", ["units.tsv", "groups.toml", "list.json", "policy.toml", "people.csv"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(CountyError, match=rf"^缺少文件 dianjiang/{file}$"):
        read_county(folder)


def test_a_list_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "list.json").write_bytes("垫江".encode("gb18030"))
    with pytest.raises(CountyError, match="不是 UTF-8 编码"):
        read_county(folder)
