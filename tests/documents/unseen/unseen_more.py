"""Odd ways to write who does it, another county's list, and the county's own list drawn again in three formats."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

from unseen_drawing import C, Doc, T, docx, html_table, xlsx
from unseen_expected import R, expected, names

COUNTY = json.loads(
    (Path(__file__).resolve().parents[3] / "county" / "dianjiang" / "list.json").read_text(encoding="utf-8")
)


def d16(path: Any) -> Any:
    """Units parted by spaces, semicolons and line ends; labels inside the cell; one cell over lead and responsible; 同上."""
    head = ["序号", "任务", "措施", "牵头单位", "责任单位", "时限"]
    table = T(
        [
            head,
            ["一", "任务甲", "措施甲", "县教委", "县民政局；县财政局;县司法局", "2022年6月底前"],
            ["二", "任务乙", "措施乙", "县民政局", "县教委 县财政局 县交通局", "2022年6月底前"],
            ["三", "任务丙", "措施丙", C("县司法局", cs=2), "2022年7月底前"],
            ["四", "任务丁", "措施丁", "县财政局", "同上", "2022年7月底前"],
            ["五", "任务戊", "措施戊", "县商务委", "县经济\n信息委、县文\n旅委", "2022年7月底前"],
            ["六", "任务己", "措施己", "县应急局", "县公安局等有关部门，各乡镇(街道)", "2022年8月底前"],
            ["七", "任务庚", "措施庚", "县交通局", "各乡镇（街道）、县政府有关部门", "2022年8月底前"],
            ["八", "任务辛", "措施辛", "县委宣传部（县政府新闻办）、县卫生健康委", "－－－", "2022年8月底前"],
            ["九", "任务壬", "措施壬", "县农委", "各有关单位", "2022年8月底前"],
            ["十", "任务癸", "措施癸", "县教育委员会", "县城管局，县住建委，新民镇，", "2022年8月底前"],
        ]
    )
    docx(path, Doc(["垫江县2022年重点任务清单", "2022年2月8日", table]))
    due6, due7, due8 = ["2022-06-30"], ["2022-07-31"], ["2022-08-31"]
    return expected(
        "垫江县2022年重点任务清单",
        2022,
        "2022-02-08",
        [
            R(1, "任务甲", ["措施甲"], "县教委", "县民政局、县财政局、县司法局", due6),
            R(2, "任务乙", ["措施乙"], "县民政局", "县教委、县财政局、县交通局", due6),
            R(3, "任务丙", ["措施丙"], "县司法局", "县司法局", due7),
            R(
                4,
                "任务丁",
                ["措施丁"],
                "县财政局",
                "县司法局",
                due7,
                alt={"responsible": [["县司法局"], ["同上"], []]},
                ask=(),
            ),
            R(5, "任务戊", ["措施戊"], "县商务委", "县经济信息委、县文旅委", due7),
            R(
                6,
                "任务己",
                ["措施己"],
                "县应急局",
                "县公安局、有关部门、各乡镇(街道)",
                due8,
                unresolved=True,
                ask=("responsible",),
                alt={"responsible": [["县公安局", "有关部门", "各乡镇(街道)"], ["县公安局等有关部门", "各乡镇(街道)"]]},
            ),
            R(
                7,
                "任务庚",
                ["措施庚"],
                "县交通局",
                "各乡镇（街道）、县政府有关部门",
                due8,
                unresolved=True,
                ask=("responsible",),
            ),
            R(8, "任务辛", ["措施辛"], "县委宣传部（县政府新闻办）、县卫生健康委", "－－－", due8),
            R(9, "任务壬", ["措施壬"], "县农委", "各有关单位", due8, unresolved=True, ask=("responsible",)),
            R(10, "任务癸", ["措施癸"], "县教育委员会", "县城管局、县住建委、新民镇", due8),
        ],
    )


def d17(path: Any) -> Any:
    """Another county: not one of its units is in the directory, and its headings are its own."""
    rows: list[list[Any]] = [
        ["类别", "序号", "公开事项", "公开内容", "责任领导", "牵头单位", "责任单位", "完成时间"],
        [
            C("重点领域", rs=2),
            "1",
            "规划信息",
            "公开“十四五”规划。",
            "王五",
            "县发展和改革局",
            "县自然资源局、县水利局",
            "2023年4月底前",
        ],
        ["2", "财政信息", "公开“三公”经费。", "赵六", "县财政局", "各预算单位", "2023年9月20日前"],
        [
            C("公开平台", rs=2),
            "3",
            "网站建设",
            "落实IPv6改造要求。",
            "王五",
            C("县政务服务和大数据局", rs=2),
            "县融媒体中心",
            "长期",
        ],
        ["4", "政务新媒体", "清理“僵尸号”。", "王五", "县委网信办、各乡镇人民政府", "2023年6月"],
    ]
    text = (
        '<html><head><meta charset="utf-8"><title>永丰县2023年政务公开重点任务清单-永丰县人民政府网站</title></head><body>'
        '<div class="title">永丰县2023年政务公开重点任务清单</div><div class="info">发布时间：2023-03-08 来源：县政府办 【字体：大 中 小】 浏览次数：103</div>'
        f"<div id='zoom'><p>永政办字〔2023〕9号</p>{''.join(html_table(rows))}<p>永丰县人民政府办公室</p><p>2023年3月6日</p></div></body></html>"
    )
    path.write_text(text, encoding="utf-8")
    return expected(
        "永丰县2023年政务公开重点任务清单",
        2023,
        "2023-03-06",
        [
            R(
                1,
                "规划信息",
                ["公开“十四五”规划。"],
                "县发展和改革局",
                "县自然资源局、县水利局",
                ["2023-04-30"],
                part="重点领域",
            ),
            R(2, "财政信息", ["公开“三公”经费。"], "县财政局", "各预算单位", ["2023-09-20"], part="重点领域"),
            R(
                3,
                "网站建设",
                ["落实IPv6改造要求。"],
                "县政务服务和大数据局",
                "县融媒体中心",
                rec="standing",
                part="公开平台",
            ),
            R(
                4,
                "政务新媒体",
                ["清理“僵尸号”。"],
                "县政务服务和大数据局",
                "县委网信办、各乡镇人民政府",
                ["2023-06-30"],
                part="公开平台",
            ),
        ],
        new_units=["县融媒体中心", "县政务服务和大数据局"],
        doc_no="永政办字〔2023〕9号",
    )


def county_rows() -> list[list[Any]]:
    """The list as it must have stood before it was scanned: part, aspect, item and lead merged downwards."""
    tasks = COUNTY["tasks"]
    rows: list[list[Any]] = [[C("工作任务", cs=2), "具体事项", "落实举措", "牵头单位", "责任单位"]]

    def spans(keys: list[Any]) -> list[int]:
        out: list[int] = []
        for _, run in groupby(keys):
            size = len(list(run))
            out += [size] + [0] * (size - 1)
        return out

    part = spans([t["part"] for t in tasks])
    aspect = spans([(t["part"], t["aspect"]) for t in tasks])
    item = spans([(t["part"], t["aspect"], t["item"]) for t in tasks])
    lead = spans([(t["part"], t["aspect"], t["lead"]) for t in tasks])
    for n, task in enumerate(tasks):
        row: list[Any] = []
        for key, span in (("part", part[n]), ("aspect", aspect[n]), ("item", item[n])):
            if span:
                row.append(C(task[key], rs=span))
        row.append("\n".join([*task["measures"], *paths_block(task["paths"])]))
        if lead[n]:
            row.append(C(task["lead"], rs=lead[n]))
        row.append(task["responsible"])
        rows.append(row)
    return rows


def paths_block(paths: list[dict[str, str]]) -> list[str]:
    """公开路径 as the notice prints it: websites under 1, each with its own line, the rest numbered on."""
    if not paths:
        return []
    web = [p for p in paths if p["site"] != "其他渠道" and p["column"]]
    rest = [p for p in paths if p not in web]
    lines = ["公开路径："]
    if len(web) > 1:
        lines.append("1.政府网站")
        for n, path in enumerate(web, 1):
            lines.append(f"（{n}）{path['site']}：{path['column']}")
    else:
        lines += [f"1.{path['site']}：{path['column']}" for path in web]
    for n, path in enumerate(rest, 2):
        wide = f"{path['column']}（以下简称“其他渠道”）" if path["column"] else path["site"]
        lines.append(f"{n}.{wide}")
    return lines


HEAD = [
    "垫江县人民政府办公室",
    "关于印发垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单的通知",
    "各乡镇人民政府、街道办事处，县政府各部门，有关单位：",
    "经县政府同意，现将《垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单》（以下简称《任务清单》）印发给你们。",
    "各责任单位要将《任务清单》完成情况于2021年12月31日前报送县政府办公室。",
    "垫江县人民政府办公室",
    "2021年5月25日",
    "（此件公开发布）",
    COUNTY["title"],
]


def county_expected() -> Any:
    rows = []
    for t in COUNTY["tasks"]:
        row = R(
            t["number"],
            t["item"],
            t["measures"],
            t["lead"],
            t["responsible"],
            [n["due"] for n in t["nodes"]],
            t["recurrence"],
            part=t["part"],
            aspect=t["aspect"],
            paths=[(p["site"], p["column"]) for p in t["paths"]],
            unresolved=t["responsible"] == "" or "县政府有关部门" in names(t["responsible"]),
        )
        if [n["due"] for n in t["nodes"]] == ["2021-12-31"]:
            row["alt"] = {"deadlines": [[]]}  # the report date may be left to the list
        if row["unresolved"]:
            row["ask"] = ["responsible"]
        rows.append(row)
    return expected(
        COUNTY["title"],
        2021,
        "2021-05-25",
        rows,
        report="2021-12-31",
        titles=[
            "关于印发垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单的通知",
            "垫江县人民政府办公室关于印发垫江县贯彻落实市政府办公厅2021年政务公开工作要点任务清单的通知",
        ],
    )


def d18(path: Any) -> Any:
    docx(path, Doc([*HEAD, T(county_rows())]))
    return county_expected()


def d19(path: Any) -> Any:
    text = [[C(line, cs=6)] for line in HEAD]
    xlsx(path, {"任务清单": [*text, *county_rows()]})
    return county_expected()


def d20(path: Any) -> Any:
    body = "".join(f"<p>{line}</p>" for line in HEAD) + "".join(html_table(county_rows()))
    path.write_text(
        f'<html><head><meta charset="utf-8"><title>{HEAD[1]}</title></head><body>{body}</body></html>', encoding="utf-8"
    )
    return county_expected()
