"""The county's own list as the document it came from: its columns and merged cells, rebuilt from its data."""

import json
from importlib import resources
from itertools import groupby
from typing import Any

from notices import LEFT, UP

LIST: dict[str, Any] = json.loads((resources.files("county") / "dianjiang" / "list.json").read_text(encoding="utf-8"))
LETTER = """垫江县人民政府办公室
关于印发垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单的通知
各乡镇人民政府、街道办事处，县政府各部门，有关单位：
根据《国务院办公厅关于印发2021年政务公开工作要点的通知》（国办发〔2021〕12号）精神，现将任务清单印发给你们。
一、主要任务
《任务清单》中工作任务主要包括五个部分十六个方面。
二、工作要求
各责任单位要将《任务清单》完成情况于2021年12月31日前报送县政府办公室。
垫江县人民政府办公室
2021年5月25日
（此件公开发布）
垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单"""
HEADER = ["工作任务", LEFT, "具体事项", "落实举措", "牵头单位", "责任单位"]


def measures_cell(task: dict[str, Any]) -> str:
    """Measures and, where the row has paths, their block as the notice writes it."""
    lines = list(task["measures"])
    if not task["paths"]:
        return "\n".join(lines)
    columns = [path for path in task["paths"] if ">" in path["column"]]
    channels = [path for path in task["paths"] if ">" not in path["column"]]
    block = ["公开路径："]
    sites = [(site, list(found)) for site, found in groupby(columns, key=lambda path: path["site"])]
    number = 0
    if len(sites) > 1:
        number = 1
        block.append("1.政府网站")
    for index, (site, found) in enumerate(sites, 1):
        mark = f"（{index}）" if len(sites) > 1 else f"{index}."
        number = max(number, 1)
        block.append(f"{mark}{site}：{found[0]['column']}" if index % 2 else f"{mark}{site}：\n{found[0]['column']}")
        block += (path["column"] for path in found[1:])
    for path in channels:
        number += 1
        words = f"{path['column']}（以下简称“{path['site']}”）" if path["column"] else path["site"]
        block.append(f"{number}.{words}")
    # In rows 30 and 41 the block stands before the last measure.
    at = len(lines) - 1 if task["number"] in (30, 41) else len(lines)
    return "\n".join([*lines[:at], *block, *lines[at:]])


def grid() -> list[list[str]]:
    """The table with the merged cells of the original: part, aspect, item and lead, and where they were, responsible."""
    rows = [list(HEADER)]
    before: dict[str, Any] = {}
    for task in LIST["tasks"]:
        same_aspect = before and (task["part"], task["aspect"]) == (before["part"], before["aspect"])
        merged_lead = same_aspect and task["lead"] == before["lead"]
        inherits = "责任单位栏为合并单元格" in task["note"] or "责任单位栏为合并" in task["note"]
        rows.append(
            [
                UP if before and task["part"] == before["part"] else task["part"],
                UP if same_aspect else task["aspect"],
                UP if same_aspect and task["item"] == before["item"] else task["item"],
                measures_cell(task),
                UP if merged_lead else task["lead"],
                UP if inherits and before and task["responsible"] == before["responsible"] else task["responsible"],
            ]
        )
        before = task
    return rows
