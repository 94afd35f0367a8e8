"""Measures by their numbers, and the blocks of publishing paths cut out of them."""

import pytest

from bot.documents.notice.measures import read_work


@pytest.mark.parametrize(
    ("cell", "measures"),
    [
        ("公开信息。", ["公开信息。"]),
        ("1.公开。\n2.更新。", ["1.公开。", "2.更新。"]),
        ("1.公开。2.更新。", ["1.公开。", "2.更新。"]),
        ("1、完善设备；2、配备人员；3、公布指南。", ["1、完善设备；", "2、配备人员；", "3、公布指南。"]),
        ("（1）公开。（2）更新。", ["（1）公开。", "（2）更新。"]),
        ("(1)公开。\n(2)更新。", ["（1）公开。", "（2）更新。"]),
        ("①公开。②更新。", ["①公开。", "②更新。"]),
        ("总述一段。\n1.公开。\n2.更新。", ["总述一段。", "1.公开。", "2.更新。"]),
        ("1.网站：\n（1）公开。\n（2）更新。\n2.新媒体。", ["1.网站：\n（1）公开。\n（2）更新。", "2.新媒体。"]),
        ("1.网站：（1）公开。（2）更新。2.新媒体。", ["1.网站：\n（1）公开。\n（2）更新。", "2.新媒体。"]),
        ("2.12345热线要答复。", ["2.12345热线要答复。"]),
        ("1.回复。\n2.12345热线要答复。\n3.汇总。", ["1.回复。", "2.12345热线要答复。", "3.汇总。"]),
        ("比重提高1.5个百分点。2.4万人受益。", ["比重提高1.5个百分点。2.4万人受益。"]),
        ("设置“视频、图片、\n文字”栏目。", ["设置“视频、图片、文字”栏目。"]),
        ("公开规划。\n归集规划。", ["公开规划。", "归集规划。"]),
        ("", []),
    ],
)
def test_measures(cell: str, measures: list[str]) -> None:
    work = read_work(cell)
    assert list(work.measures) == measures
    assert work.paths == ()


@pytest.mark.parametrize(
    ("cell", "paths", "measures"),
    [
        (
            "1.公开。\n公开路径：\n1.政府网站\n（1）县政府门户网站：政务公开>目录\n（2）县教委网页：\n目录>教育\n2.其他渠道",
            [("县政府门户网站", "政务公开>目录"), ("县教委网页", "目录>教育"), ("其他渠道", "")],
            ["1.公开。"],
        ),
        (
            "公开路径：县政府门户网站：政务公开>甲 政务公开>乙",
            [("县政府门户网站", "政务公开>甲"), ("县政府门户网站", "政务公开>乙")],
            [],
        ),
        (
            "公开。公开路径:1.县教委网页:目录&gt;教育 2.政务新媒体、宣传栏等其他公开渠道(以下简称“其他渠道”)",
            [("县教委网页", "目录>教育"), ("其他渠道", "政务新媒体、宣传栏等其他公开渠道")],
            ["公开。"],
        ),
        (
            "1.公开。\n公开路径：\n县教委网页：目录>教育\n2.畅通电话。",
            [("县教委网页", "目录>教育")],
            ["1.公开。", "2.畅通电话。"],
        ),
        ("公开渠道：村（居）务公开栏", [("村（居）务公开栏", "")], []),
    ],
)
def test_paths(cell: str, paths: list[tuple[str, str]], measures: list[str]) -> None:
    work = read_work(cell)
    assert [(path.site, path.column) for path in work.paths] == paths
    assert list(work.measures) == measures


def test_a_second_block_in_one_cell_is_noticed() -> None:
    work = read_work("公开。\n公开路径：\n1.县教委网页：甲>乙\n2.其他渠道\n归集。\n公开路径：\n县政府门户网站：丙>丁")
    assert work.blocks == 2
    assert work.measures == ("公开。", "归集。")


def test_columns_that_are_mentioned_make_no_path() -> None:
    work = read_work("在政府网站“政务公开>政策解读”中发布，并在县政府网站“政策解读”栏目展示。")
    assert work.paths == ()
    assert [(path.site, path.column) for path in work.mentioned] == [
        ("政府网站", "政务公开>政策解读"),
        ("县政府网站", "“政策解读”栏目"),
    ]
