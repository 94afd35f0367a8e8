"""A second round, made after the first had been read: other layouts of the same lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from openpyxl import Workbook
from unseen_drawing import C, Doc, T, docx, html_table
from unseen_expected import R, expected


def d22(path: Any) -> Any:
    """Upright words one character to a line, two header rows, lists that go on in tables without a header."""
    down = "优\n化\n环\n境"
    one = T(
        [
            [
                C("序\n号", rs=2),
                C("类\n别", rs=2),
                C("重点工作", rs=2),
                C("具体措施", rs=2),
                C("责任分工", cs=2),
                C("完成\n时限", rs=2),
                C("备\n注", rs=2),
            ],
            ["牵头领导单位", "配合单位"],
            [
                "1",
                C(down, rs=2),
                "减环节",
                "（1）压减环节。\n（2）公开流程。",
                "县市场监管局",
                "县税务局\n县公安局",
                "2023年\n6月底",
                "",
            ],
            ["2", "降成本", "落实减税政策", "县财政局", "县发展改革委、县经济信息委、县商务委", "12月底", "市级督查"],
        ],
        header=2,
    )
    two = T(
        [
            ["3", "惠\n民", "稳就业", "举办招聘会不少于10场", "县人力社保局", "各乡镇（街道）", "全年", ""],
            ["4", "惠\n民", "兜底线", "按月发放低保金", "县民政局", "各乡镇（街道）", "每月10日前", ""],
        ],
        header=0,
    )
    docx(
        path,
        Doc(
            [
                "垫江县委 垫江县人民政府",
                "2023年重点工作任务分解方案",
                "（2023年1月30日）",
                one,
                "---",
                two,
                "联系人：张三   电话：74510000",
            ]
        ),
    )
    return expected(
        "2023年重点工作任务分解方案",
        2023,
        "2023-01-30",
        [
            R(
                1,
                "减环节",
                ["（1）压减环节。", "（2）公开流程。"],
                "县市场监管局",
                "县税务局、县公安局",
                ["2023-06-30"],
                part="优化环境",
            ),
            R(
                2,
                "降成本",
                ["落实减税政策"],
                "县财政局",
                "县发展改革委、县经济信息委、县商务委",
                ["2023-12-31"],
                part="优化环境",
            ),
            R(
                3,
                "稳就业",
                ["举办招聘会不少于10场"],
                "县人力社保局",
                "各乡镇（街道）",
                ["2023-12-31"],
                part="惠民",
                alt={"recurrence": [None, "quota:10"]},
            ),
            R(4, "兜底线", ["按月发放低保金"], "县民政局", "各乡镇（街道）", rec="monthly", part="惠民"),
        ],
    )


def d23(path: Any) -> Any:
    """A sheet with an empty column and rows, formulas as numbers, a month as a date cell, cells as floats, hidden columns."""
    book = Workbook()
    sheet = book.active
    sheet["B2"] = "垫江县2023年生态环境保护任务清单"
    sheet.merge_cells("B2:H2")
    sheet["B3"] = "印发日期：2023年3月15日"
    for column, text in zip(
        "BCDEFGH", ["序号", "工作任务", "工作目标", "牵头单位", "责任单位", "完成时限", "进展情况"], strict=True
    ):
        sheet[f"{column}5"] = text
    rows: list[list[Any]] = [
        [1.0, "治理大气", "优良天数达到330天", "县生态环境局", "县经济信息委", dt.date(2023, 6, 1), "已完成30%"],
        ["=B6+1", "治理水体", "国控断面达标", "县生态环境局", "县水利局、县农业农村委", "2023/10/31", ""],
        ["=B7+1", "治理土壤", "完成调查 ", " 县规划自然资源局 ", "县生态环境局  县农业农村委", 2023, ""],
    ]
    for n, row in enumerate(rows, 6):
        for column, value in zip("BCDEFGH", row, strict=True):
            sheet[f"{column}{n if n < 8 else 9}"] = value
    sheet["G6"].number_format = 'yyyy"年"m"月"'
    sheet.column_dimensions["H"].hidden = True
    book.save(path)
    return expected(
        "垫江县2023年生态环境保护任务清单",
        2023,
        "2023-03-15",
        [
            R(1, "治理大气", ["优良天数达到330天"], "县生态环境局", "县经济信息委", ["2023-06-30"]),
            R(2, "治理水体", ["国控断面达标"], "县生态环境局", "县水利局、县农业农村委", ["2023-10-31"]),
            R(3, "治理土壤", ["完成调查"], "县规划自然资源局", "县生态环境局、县农业农村委", ["2023-12-31"]),
        ],
    )


def d24(path: Any) -> Any:
    """Labels on lines of their own under each task, plain text with Windows line ends."""
    path.write_bytes(
        """垫江县2022年重点改革任务
（2022年3月1日）

一、深化国企改革
1.完成国企改革三年行动
  牵头单位：县国资委
  责任单位：县财政局、县审计局
  完成时限：2022年12月底前

2.健全监管制度
  牵头单位：县财政局
  责任单位：——
  完成时限：2022年6月前

二、深化农村改革
3.推进承包地延包试点
  牵头单位：县农业农村委
  责任单位：各乡镇人民政府、街道办事处
  完成时限：常态化推进
4.盘活闲置农房
  牵头单位：县规划自然资源局、县农业农村委
  完成时限：2022年11月中旬
""".replace("\n", "\r\n").encode("gb18030")
    )
    p1, p2 = "一、深化国企改革", "二、深化农村改革"
    towns = "各乡镇人民政府、街道办事处"
    return expected(
        "垫江县2022年重点改革任务",
        2022,
        "2022-03-01",
        [
            R(1, "完成国企改革三年行动", [], "县国资委", "县财政局、县审计局", ["2022-12-31"], part=p1),
            R(2, "健全监管制度", [], "县财政局", "——", part=p1, ask=("deadlines",)),
            R(
                3,
                "推进承包地延包试点",
                [],
                "县农业农村委",
                towns,
                rec="standing",
                part=p2,
                alt={"responsible": [["各乡镇人民政府", "街道办事处"], ["各乡镇人民政府、街道办事处"]]},
            ),
            R(
                4,
                "盘活闲置农房",
                [],
                "县规划自然资源局、县农业农村委",
                "",
                ["2022-11-20"],
                part=p2,
                unresolved=True,
                ask=("responsible",),
            ),
        ],
        prose=True,
    )


def d25(path: Any) -> Any:
    """Bad html: capital tags, cells never closed, th in the body, entities, line breaks inside names, a nested table."""
    path.write_bytes(
        """<HTML><HEAD><META CHARSET=gbk><TITLE>垫江县2021年“六稳”“六保”任务清单</TITLE></HEAD><BODY>
<CENTER><H2>垫江县2021年&ldquo;六稳&rdquo;&ldquo;六保&rdquo;任务清单</H2></CENTER>
<P ALIGN=center>垫江府办〔2021〕12&nbsp;号
<P ALIGN=right>２０２１年４月１６日
<TABLE BORDER=1>
<TR><TH>序号<TH>任务名称<TH>主要内容<TH>牵头&nbsp;单位<TH>责任<BR>单位<TH>完&nbsp;成&nbsp;时&nbsp;限
<TR><TD>1<TD>稳就业<TD><TABLE><TR><TD>新增就业5000人</TD></TR></TABLE><TD>县人力<BR>社保局<TD>各乡镇<BR>（街道）<TD>2021年<BR>12月底
<TR><TD>2<TD>保主体<TD>减税降费&mdash;&mdash;落实到位<TD ROWSPAN=2>县财政局<TD>&mdash;&mdash;<TD>及时
<TR><TD>3<TD>保基层运转<TD>&ldquo;三保&rdquo;支出不留缺口<TD>县财政局、&nbsp;各乡镇<TD>&nbsp;
</TABLE></BODY></HTML>""".encode("gb18030")
    )
    return expected(
        "垫江县2021年“六稳”“六保”任务清单",
        2021,
        "2021-04-16",
        [
            R(1, "稳就业", ["新增就业5000人"], "县人力社保局", "各乡镇（街道）", ["2021-12-31"]),
            R(2, "保主体", ["减税降费——落实到位"], "县财政局", "——", rec="standing"),
            R(3, "保基层运转", ["“三保”支出不留缺口"], "县财政局", "县财政局、各乡镇"),
        ],
        doc_no="垫江府办〔2021〕12号",
    )


def d26(path: Any) -> Any:
    """A table drawn with bars, spaces around everything, a rule under the header."""
    path.write_text(
        """# 垫江县2024年法治宣传教育工作要点任务分工

印发时间：2024年3月8日

| 序号 | 工作任务 | 工作举措 | 牵头单位 | 责任单位 | 时间要求 |
|:---:|------|------|:---|---|---|
| 1 | 宪法宣传 | 开展“宪法宣传周”活动 | 县司法局 | 县教委、县委宣传部 | 2024年12月上旬 |
| 2 | 普法考试 | 每年组织领导干部考法不少于1次 | 县司法局 | 县级各部门 | |
| 3 | 以案释法 | 印发后2个月内建立案例库 | 县司法局 | 县法院、县检察院 | |
""",
        encoding="utf-8-sig",
    )
    return expected(
        "垫江县2024年法治宣传教育工作要点任务分工",
        2024,
        "2024-03-08",
        [
            R(1, "宪法宣传", ["开展“宪法宣传周”活动"], "县司法局", "县教委、县委宣传部", ["2024-12-10"]),
            R(2, "普法考试", ["每年组织领导干部考法不少于1次"], "县司法局", "县级各部门", rec="quota:1"),
            R(3, "以案释法", ["印发后2个月内建立案例库"], "县司法局", "县法院、县检察院", ["2024-05-08"]),
        ],
    )


def d27(path: Any) -> Any:
    """Prose in Word where lead and helpers stand in the sentence's last bracket, several tasks to an aspect, notes in brackets."""
    docx(
        path,
        Doc(
            [
                "垫江县2022年数字政府建设工作方案",
                "（垫江府办发〔2022〕30号  2022年5月9日印发）",
                "一、总体要求",
                "坚持以人民为中心，到2022年底，建成数字政府框架。",
                "二、重点任务",
                "（一）夯实基础。1.建设政务云。完成迁移上云（含历史数据）。（牵头单位：县大数据发展局，责任单位：县政府各部门，完成时间：2022年10月底前）",
                "2.整合热线。（县政府办公室牵头，县信访办、县公安局按职责分工负责；2022年8月底前完成）",
                "（二）优化服务。",
                "3.推行一网通办。高频事项全程网办率达到90%以上。（责任单位：县政府办公室、县政务服务中心（大厅）等；持续推进）",
                "三、保障措施",
                "（一）加强领导。各单位主要负责人要亲自抓。",
                "（二）加强考核。县政府办公室负责日常督查。",
            ]
        ),
    )
    p, a = "二、重点任务", "（一）夯实基础"
    return expected(
        "垫江县2022年数字政府建设工作方案",
        2022,
        "2022-05-09",
        [
            R(
                1,
                "建设政务云",
                ["完成迁移上云（含历史数据）。"],
                "县大数据发展局",
                "县政府各部门",
                ["2022-10-31"],
                part=p,
                aspect=a,
            ),
            R(2, "整合热线", [], "县政府办公室", "县信访办、县公安局", ["2022-08-31"], part=p, aspect=a),
            R(
                3,
                "推行一网通办",
                ["高频事项全程网办率达到90%以上。"],
                "",
                "县政府办公室、县政务服务中心（大厅）",
                rec="standing",
                part=p,
                aspect="（二）优化服务",
                unresolved=True,
                ask=("unresolved",),
            ),
        ],
        prose=True,
    )


def d28(path: Any) -> Any:
    """Three small tables, each under its own heading paragraph, each with its own header in another order."""
    tables = [
        (
            "一、经济领域",
            [
                ["任务", "举措", "牵头", "责任", "时限"],
                ["抓招商", "签约20个项目", "县招商投资局", "各乡镇（街道）", "2024年10月底前"],
            ],
        ),
        (
            "二、社会领域",
            [
                ["责任单位", "牵头单位", "任务", "举措", "时限"],
                ["各乡镇（街道）", "县教委", "抓控辍", "建立台账，定期更新", "每学期末"],
                ["县财政局", "县教委", "抓资助", "发放助学金", "2024年4月、10月"],
            ],
        ),
        (
            "三、自身建设",
            [
                ["序号", "任务", "举措", "责任单位", "备注"],
                ["1", "抓作风", "开展作风检查", "县政府办公室", "每季度1次"],
                ["2", "抓节约", "压减一般性支出5%", "县政府各部门", "2024年底前"],
            ],
        ),
    ]
    body = "".join(f"<h3>{head}</h3>{''.join(html_table(rows))}" for head, rows in tables)
    path.write_text(
        f'<html><head><meta charset="utf-8"></head><body><h1>2024年工作任务责任分解表</h1><p>2024年1月5日</p>{body}</body></html>',
        encoding="utf-8",
    )
    return expected(
        "2024年工作任务责任分解表",
        2024,
        "2024-01-05",
        [
            R(1, "抓招商", ["签约20个项目"], "县招商投资局", "各乡镇（街道）", ["2024-10-31"], part="一、经济领域"),
            R(2, "抓控辍", ["建立台账，定期更新"], "县教委", "各乡镇（街道）", rec="quota:2", part="二、社会领域"),
            R(3, "抓资助", ["发放助学金"], "县教委", "县财政局", ["2024-04-30", "2024-10-31"], part="二、社会领域"),
            R(4, "抓作风", ["开展作风检查"], "", "县政府办公室", rec="quarterly", part="三、自身建设"),
            R(5, "抓节约", ["压减一般性支出5%"], "", "县政府各部门", ["2024-12-31"], part="三、自身建设"),
        ],
    )
