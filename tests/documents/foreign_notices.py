"""Notices in the manner of other counties, with the rows a careful reader takes from them.

Each is unlike the county's own list. Fields that are not given are empty. `ask` names the fields about which a question
must be asked; their values are then free, but must not be wrong days or units.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notices import LEFT, UP, docx, page, xlsx


@dataclass(frozen=True)
class Foreign:
    filename: str
    data: bytes
    title: str
    rows: list[dict[str, Any]]
    year: int = 2022
    issue_date: str | None = None
    new_units: list[str] = field(default_factory=list)


def row(item: str, measures: list[str] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "part": "",
        "aspect": "",
        "item": item,
        "measures": measures or [],
        "paths": [],
        "lead_units": [],
        "responsible": [],
        "deadlines": [],
        "recurrence": None,
        "unresolved": False,
        "ask": [],
    } | fields


def indicators() -> Foreign:
    """A page with its table of properties, and indicators of three levels."""
    data = page(
        [
            ["索引号", "xz/2022-0412", "公开责任部门", "石河县人民政府办公室"],
            ["文号", "石政办函〔2022〕12号", "成文日期", "2022年04月23日"],
        ],
        "石河县人民政府办公室关于印发《石河县2022年政务公开工作任务分解一览表》的通知\n各镇人民政府，县政府各工作部门：\n现印发给你们。\n一、细化任务，夯实责任。\n二、把握关键，有序推进。\n石河县2022年政务公开工作任务分解一览表",
        [
            ["序号", "一级指标", "二级指标", "三级指标", "具体要求", "责任单位", "完成时限"],
            [
                "1",
                "主动公开",
                "基础信息",
                "机构职能",
                "1.公开机关简介。\n2.公开领导分工。",
                "县政府各部门、各镇（街道）",
                "4月底前",
            ],
            ["2", UP, UP, "规划计划", "公开年度工作计划。", "县发展改革局", "2022年5月15日前"],
            ["3", UP, "重点领域", "财政预决算", "公开部门预决算。", "县财政局", "按规定时限"],
            ["4", "保障监督", "培训考核", "业务培训", "每年至少举办2次业务培训。", "县政府办公室", "全年"],
        ],
    )
    return Foreign(
        "石河县.html",
        data,
        "石河县2022年政务公开工作任务分解一览表",
        [
            row(
                "机构职能",
                ["1.公开机关简介。", "2.公开领导分工。"],
                part="主动公开",
                aspect="基础信息",
                responsible=["县政府各部门", "各镇（街道）"],
                deadlines=["2022-04-30"],
            ),
            row(
                "规划计划",
                ["公开年度工作计划。"],
                part="主动公开",
                aspect="基础信息",
                responsible=["县发展改革局"],
                deadlines=["2022-05-15"],
                ask=["responsible"],
            ),
            row(
                "财政预决算",
                ["公开部门预决算。"],
                part="主动公开",
                aspect="重点领域",
                responsible=["县财政局"],
                ask=["deadline"],
            ),
            row(
                "业务培训",
                ["每年至少举办2次业务培训。"],
                part="保障监督",
                aspect="培训考核",
                responsible=["县政府办公室"],
                deadlines=["2022-12-31"],
            ),
        ],
        issue_date="2022-04-23",
    )


def heading_rows() -> Foreign:
    """Parts and aspects as rows of the table, the header again on the second page."""
    head = ["工作任务", "工作要求", "牵头单位", "责任单位"]
    data = docx(
        "集云县人民政府办公室关于印发2022年政务公开工作主要任务分解表的通知\n集政办〔2022〕30号\n各镇、街，各有关单位：\n请认真组织实施。\n集云县人民政府办公室\n2022年6月29日\n（此件主动公开）\n2022年政务公开工作主要任务分解表",
        [
            head,
            ["一、紧扣助力经济平稳健康发展，深化政务公开", LEFT, LEFT, LEFT],
            ["（一）涉及市场主体的信息公开", LEFT, LEFT, LEFT],
            ["减税降费信息公开", "做好退税减税降费政策公开。", "县税务局", "县财政局、县工信局"],
            ["重大项目信息公开", "持续公开重大建设项目信息。", "县发改委", "县级各有关部门"],
            head,
            ["（二）涉及稳就业的信息公开", LEFT, LEFT, LEFT],
            ["稳就业政策公开", "①公开扩大就业政策。\n②公开技能培训政策。", "县人社局", "各镇（街）"],
            ["二、强化保障", LEFT, LEFT, LEFT],
            ["政务公开培训", "于2022年9月底前组织一次培训。", "县政府办公室", "——"],
        ],
        "备注：本表由县政府办公室负责解释。",
    )
    first, second = "一、紧扣助力经济平稳健康发展，深化政务公开", "二、强化保障"
    one, two = "（一）涉及市场主体的信息公开", "（二）涉及稳就业的信息公开"
    return Foreign(
        "分解表.docx",
        data,
        "2022年政务公开工作主要任务分解表",
        [
            row(
                "减税降费信息公开",
                ["做好退税减税降费政策公开。"],
                part=first,
                aspect=one,
                lead_units=["县税务局"],
                responsible=["县财政局", "县工信局"],
            ),
            row(
                "重大项目信息公开",
                ["持续公开重大建设项目信息。"],
                part=first,
                aspect=one,
                lead_units=["县发改委"],
                responsible=["县级各有关部门"],
                recurrence="standing",
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "稳就业政策公开",
                ["①公开扩大就业政策。", "②公开技能培训政策。"],
                part=first,
                aspect=two,
                lead_units=["县人社局"],
                responsible=["各镇（街）"],
            ),
            row(
                "政务公开培训",
                ["于2022年9月底前组织一次培训。"],
                part=second,
                lead_units=["县政府办公室"],
                responsible=["——"],
                deadlines=["2022-09-30"],
            ),
        ],
        issue_date="2022-06-29",
        new_units=["县工信局"],
    )


def township() -> Foreign:
    """A town's own list: offices without 县, a merged task over several rows of work, no lead, no dates."""
    data = page(
        "白羊镇2024年政务公开工作要点任务分解表",
        [
            ["工作任务", "具体内容", "责任部门"],
            ["推进政策公开", "常态化公开就业、教育、医疗等领域信息。", "财政所、便民综合服务中心、土管所等"],
            [UP, "积极探索特定群体的线下公开渠道。", "便民综合服务中心"],
            ["强化权力配置信息公开", "动态更新权责事项清单。", "党政办公室"],
            [UP, "推进行政许可结果规范公开。", UP],
            ["提升解读质量", "按照“三同步”要求做好政策解读。", "党政办公室　各村（社区）"],
        ],
        "白羊镇人民政府\n2024年7月2日",
    )
    return Foreign(
        "白羊镇.html",
        data,
        "白羊镇2024年政务公开工作要点任务分解表",
        [
            row(
                "推进政策公开",
                ["常态化公开就业、教育、医疗等领域信息。"],
                responsible=["财政所", "便民综合服务中心", "土管所"],
                recurrence="standing",
                unresolved=True,
                ask=["responsible"],
            ),
            row("推进政策公开", ["积极探索特定群体的线下公开渠道。"], responsible=["便民综合服务中心"]),
            row(
                "强化权力配置信息公开",
                ["动态更新权责事项清单。", "推进行政许可结果规范公开。"],
                responsible=["党政办公室"],
                recurrence="standing",
            ),
            row(
                "提升解读质量",
                ["按照“三同步”要求做好政策解读。"],
                responsible=["党政办公室", "各村（社区）"],
                unresolved=True,
                ask=["responsible"],
            ),
        ],
        year=2024,
        issue_date="2024-07-02",
        new_units=["财政所", "便民综合服务中心", "土管所", "党政办公室"],
    )


def two_header_rows() -> Foreign:
    """A workbook with a title, a line above the header, two header rows and two columns of time."""
    data = xlsx(
        [
            ["附件1", "", "", "", "", "", ""],
            ["清溪县2023年政务公开重点工作推进表", LEFT, LEFT, LEFT, LEFT, LEFT, LEFT],
            ["填报单位：县政府办公室", LEFT, LEFT, "填报时间：2023年3月20日", LEFT, LEFT, LEFT],
            ["序号", "重点任务", "责任分工", LEFT, LEFT, "时间安排", LEFT],
            [UP, UP, "分管领导", "牵头单位", "配合单位", "启动时间", "完成时间"],
            ["1", "修订主动公开目录", "张三", "县政府办公室", "县司法局", "2023年3月", "2023年5月31日"],
            ["2", "建设政策问答库", "李四", "县大数据局", "各镇人民政府、各街道办事处", "2023年4月", "第三季度"],
            ["3", "开展政府开放日", "王五", "县政府办公室", "县级各部门", "2023年6月", "每半年一次"],
        ]
    )
    return Foreign(
        "推进表.xlsx",
        data,
        "清溪县2023年政务公开重点工作推进表",
        [
            row("修订主动公开目录", lead_units=["县政府办公室"], responsible=["县司法局"], deadlines=["2023-05-31"]),
            row(
                "建设政策问答库",
                lead_units=["县大数据局"],
                responsible=["各镇人民政府", "各街道办事处"],
                deadlines=["2023-09-30"],
                ask=["lead"],
            ),
            row("开展政府开放日", lead_units=["县政府办公室"], responsible=["县级各部门"], recurrence="quota:2"),
        ],
        year=2023,
        new_units=["县大数据局"],
    )


def plan_in_prose() -> Foreign:
    """A plan of the State Council's kind: run-in headings, who does it in brackets behind each."""
    data = docx(
        "南山县2022年政务公开工作方案\n为做好全县政务公开工作，制定本方案。\n一、总体要求\n坚持以人民为中心。\n二、重点任务\n"
        "（一）加强涉及市场主体的信息公开。全面公开优化营商环境政策。加强政策集成发布。（县发展改革委牵头，县财政局、县税务局配合，2022年6月底前完成）\n"
        "（二）加强涉及减税降费的信息公开。开设退税减税降费政策专栏。（县税务局负责，长期坚持）\n"
        "（三）加强涉及扩大有效投资的信息公开。（县发展改革委、县住房城乡建设委、各乡镇按职责分工负责，每季度更新）\n"
        "三、保障措施\n（一）加强组织领导。各单位要落实责任。\n南山县人民政府办公室\n2022年4月18日"
    )
    part = "二、重点任务"
    return Foreign(
        "方案.docx",
        data,
        "南山县2022年政务公开工作方案",
        [
            row(
                "加强涉及市场主体的信息公开",
                ["全面公开优化营商环境政策。加强政策集成发布。"],
                part=part,
                lead_units=["县发展改革委"],
                responsible=["县财政局", "县税务局"],
                deadlines=["2022-06-30"],
            ),
            row(
                "加强涉及减税降费的信息公开",
                ["开设退税减税降费政策专栏。"],
                part=part,
                responsible=["县税务局"],
                recurrence="standing",
            ),
            row(
                "加强涉及扩大有效投资的信息公开",
                part=part,
                responsible=["县发展改革委", "县住房城乡建设委", "各乡镇"],
                recurrence="quarterly",
            ),
        ],
        issue_date="2022-04-18",
    )


def labelled_lines() -> Foreign:
    """Plain text in GB18030 with labels on lines of their own and Chinese numerals in the dates."""
    data = (
        "云台县政务公开领导小组办公室文件\r\n云政公开办〔2021〕3号\r\n关于印发云台县2021年政务公开重点任务责任清单的通知\r\n"
        "各成员单位：\r\n    现将责任清单印发给你们。\r\n云台县政务公开领导小组办公室\r\n二〇二一年五月十日\r\n"
        "云台县2021年政务公开重点任务责任清单\r\n"
        "一、公开平台建设\r\n1.规范政府网站栏目\r\n    （1）清理空白栏目；\r\n    （2）更新联系方式。\r\n牵头单位：县政府办公室\r\n责任单位：各乡镇（街道）、县政府各部门\r\n完成时限：六月底前\r\n"
        "2.规范政务新媒体\r\n    关停僵尸账号。\r\n牵头单位：县委网信办\r\n配合单位：县融媒体中心\r\n完成时限：10月中旬前\r\n"
        "二、基层政务公开\r\n3.编制公开标准目录\r\n责任单位：县级有关部门\r\n完成时限：印发后3个月内\r\n"
    ).encode("gb18030")
    return Foreign(
        "责任清单.txt",
        data,
        "云台县2021年政务公开重点任务责任清单",
        [
            row(
                "规范政府网站栏目",
                ["（1）清理空白栏目；", "（2）更新联系方式。"],
                part="一、公开平台建设",
                lead_units=["县政府办公室"],
                responsible=["各乡镇（街道）", "县政府各部门"],
                deadlines=["2021-06-30"],
            ),
            row(
                "规范政务新媒体",
                ["关停僵尸账号。"],
                part="一、公开平台建设",
                lead_units=["县委网信办"],
                responsible=["县融媒体中心"],
                ask=["deadline"],
            ),
            row(
                "编制公开标准目录",
                part="二、基层政务公开",
                responsible=["县级有关部门"],
                deadlines=["2021-08-10"],
                unresolved=True,
                ask=["responsible"],
            ),
        ],
        year=2021,
        issue_date="2021-05-10",
        new_units=["县融媒体中心"],
    )


def dates_as_dates() -> Foreign:
    """A workbook with columns in another order, true dates in cells, a deadline in the remarks and a unit for a time."""
    sheet: list[list[Any]] = [
        ["2022年度政务公开任务台账", LEFT, LEFT, LEFT, LEFT, LEFT],
        ["责任科室", "完成时限", "任务类别", "具体任务", "备注", "序号"],
        ["县民政局", datetime(2022, 6, 30), "民生领域", "公开低保标准", "", 1],
        ["县医保局", "", UP, "公开医保目录", "11月底前完成", 2],
        ["县水利局", "县林业局", "生态领域", "公开河长名单", "", 3],
        ["", "12月底", UP, "公开水质信息", "每月公开", 4],
    ]
    return Foreign(
        "台账.xlsx",
        xlsx(sheet),
        "2022年度政务公开任务台账",
        [
            row("公开低保标准", part="民生领域", responsible=["县民政局"], deadlines=["2022-06-30"]),
            row("公开医保目录", part="民生领域", responsible=["县医保局"], deadlines=["2022-11-30"]),
            row("公开河长名单", part="生态领域", responsible=["县水利局"], ask=["deadline"]),
            row("公开水质信息", part="生态领域", deadlines=["2022-12-31"], unresolved=True, ask=["responsible"]),
        ],
    )


def messy_page() -> Foreign:
    """A page as a word processor saves it: layout tables, non-breaking and full-width blanks, line breaks in cells."""
    cell = '<td style="border:1px"><p class="MsoNormal"><span>{}</span></p></td>'
    merged = '<td rowspan="2"><p class="MsoNormal"><span>{}</span></p></td>'
    rows = [
        "".join(
            cell.format(text)
            for text in ("序&nbsp;&nbsp;号", "事　项", "落实<br>措施", "牵　头<br>单位", "责任<br>单位", "时限<br>要求")
        ),
        cell.format("1")
        + cell.format("政策<br>解读")
        + cell.format("一是同步解读。<br>二是多元解读。")
        + merged.format("县政府<br>办公室")
        + cell.format("县司法局&nbsp;县财政局")
        + cell.format("与政策文件同步"),
        cell.format("2")
        + cell.format("回应关切")
        + cell.format("及时回应。")
        + cell.format("县委宣传<br>部（县政府新闻办）、<br>县委网信办")
        + cell.format("长期"),
    ]
    table = "<table>" + "".join(f"<tr>{line}</tr>" for line in rows) + "</table>"
    data = (
        '<html><head><title>x</title><script>var a="<table>";</script></head><body><div class="nav">首页 &gt; 公告</div>'
        "<table><tr><td>左栏</td><td><h1>平川县2022年政务公开任务清单</h1><p>发布日期：2022-03-15</p>"
        f"{table}<p>扫一扫在手机打开</p></td></tr></table></body></html>"
    ).encode("gb18030")
    return Foreign(
        "page.htm",
        data.replace(b"<head>", b'<head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        "平川县2022年政务公开任务清单",
        [
            row(
                "政策解读",
                ["一是同步解读。", "二是多元解读。"],
                lead_units=["县政府办公室"],
                responsible=["县司法局", "县财政局"],
                ask=["deadline"],
            ),
            row(
                "回应关切",
                ["及时回应。"],
                lead_units=["县政府办公室"],
                responsible=["县委宣传部（县政府新闻办）", "县委网信办"],
                recurrence="standing",
            ),
        ],
        issue_date="2022-03-15",
    )


def two_lists() -> Foreign:
    """Two lists with headers of their own, text between them, and a table of telephone numbers at the end."""
    data = docx(
        "关于做好2022年政务公开工作的通知\n各单位：\n2022年5月6日",
        "附件1\n2022年重点任务清单",
        [
            ["任务名称", "工作举措", "完成时间", "牵头部门", "责任部门"],
            [
                "优化政务公开专区",
                "1、完善查询设备；2、配备工作人员；3、公布服务指南。",
                "9月30日前",
                "县政务服务中心",
                "各乡镇、街道",
            ],
        ],
        "附件2\n常规任务",
        [
            ["序号", "责任单位", "常规任务", "频次"],
            ["1", "县政府办公室", "通报网站检查情况", "每季度"],
            ["2", "县财政局牵头，县审计局配合", "公开三公经费", "每年"],
        ],
        "联系人名单",
        [["姓名", "单位", "电话"], ["赵六", "县政府办公室", "74612345"]],
    )
    return Foreign(
        "通知.docx",
        data,
        "2022年重点任务清单",
        [
            row(
                "优化政务公开专区",
                ["1、完善查询设备；", "2、配备工作人员；", "3、公布服务指南。"],
                lead_units=["县政务服务中心"],
                responsible=["各乡镇", "街道"],
                deadlines=["2022-09-30"],
            ),
            row("通报网站检查情况", responsible=["县政府办公室"], recurrence="quarterly"),
            row("公开三公经费", lead_units=["县财政局"], responsible=["县审计局"], recurrence="yearly"),
        ],
        issue_date="2022-05-06",
    )


def main_and_other() -> Foreign:
    """Main and other responsible units, an item over several lines of work with a time for each."""
    data = docx(
        "华阳县2021年县政府重点工作任务分解\n华阳政发〔2021〕2号\n华阳县人民政府\n2021年3月1日",
        [
            ["序号", "工作任务", "主要责任单位", "其他责任单位", "完成时限"],
            [
                "1",
                "推进决策公开：6月底前公布决策目录，12月底前公开执行情况。",
                "县政府办公室",
                "县司法局；县发展改革委",
                "6月底前公布决策目录；12月底前公开执行情况",
            ],
            ["2", "办好政府公报", "县政府办公室", "——", "每月25日前"],
            ["3", "推进村务公开", "县民政局", "各乡镇(街道)", "2021年至2022年"],
            ["4", "升级政府网站", "县政府办公室", "县大数据发展局", "2022年10月前"],
        ],
    )
    return Foreign(
        "重点工作.docx",
        data,
        "华阳县2021年县政府重点工作任务分解",
        [
            row(
                "推进决策公开：6月底前公布决策目录，12月底前公开执行情况。",
                lead_units=["县政府办公室"],
                responsible=["县司法局", "县发展改革委"],
                deadlines=["2021-06-30", "2021-12-31"],
            ),
            row("办好政府公报", lead_units=["县政府办公室"], responsible=["——"], recurrence="monthly"),
            row("推进村务公开", lead_units=["县民政局"], responsible=["各乡镇（街道）"], deadlines=["2022-12-31"]),
            row("升级政府网站", lead_units=["县政府办公室"], responsible=["县大数据发展局"], ask=["deadline"]),
        ],
        year=2021,
        issue_date="2021-03-01",
    )


def channels() -> Foreign:
    """What to publish, where, by whom and when: the columns of a standard catalogue, channels in a column."""
    data = xlsx(
        [
            ["永宁县2022年主动公开事项责任分工表", LEFT, LEFT, LEFT, LEFT],
            ["公开事项", "公开内容", "公开渠道和载体", "公开主体", "公开时限"],
            [
                "机构职能",
                "机构设置、办公地址、联系电话",
                "政府网站\n公告栏",
                "各部门",
                "自信息形成或变更之日起20个工作日内",
            ],
            ["突发事件", "应急预案、预警信息", "政府网站", "县应急管理局", "实时公开"],
            [
                "年度报告",
                "上一年度政府信息公开工作年度报告",
                "县政府门户网站：政府信息公开>年报",
                "县政府办公室牵头，各单位配合",
                "2022年1月31日前",
            ],
        ]
    )
    return Foreign(
        "分工表.xlsx",
        data,
        "永宁县2022年主动公开事项责任分工表",
        [
            row(
                "机构职能",
                ["机构设置、办公地址、联系电话"],
                paths=["政府网站", "公告栏"],
                responsible=["各部门"],
                ask=["deadline"],
            ),
            row(
                "突发事件",
                ["应急预案、预警信息"],
                paths=["政府网站"],
                responsible=["县应急管理局"],
                recurrence="standing",
            ),
            row(
                "年度报告",
                ["上一年度政府信息公开工作年度报告"],
                paths=["县政府门户网站：政府信息公开>年报"],
                lead_units=["县政府办公室"],
                responsible=["各单位"],
                deadlines=["2022-01-31"],
                unresolved=True,
                ask=["responsible"],
            ),
        ],
    )


def continued_without_header() -> Foreign:
    """A table cut by a page: the second has no header; parts stand in the text between; one cell is lost."""
    data = docx(
        "东山县2022年政务公开任务分工\n2022年4月2日\n一、决策公开",
        [
            ["任务", "落实举措", "牵头单位", "责任单位", "完成时限"],
            ["公众参与", "（1）公开征求意见。\n（2）反馈采纳情况。", "县司法局", "县政府各部门", "全年"],
        ],
        "二、执行公开",
        [
            ["重点项目", "公开项目进展。", "县发展改革委", "", "2022年8月"],
            ["督查结果", "公开督查情况。", "县政府办公室", "县政府各部门", "2022年6月前"],
        ],
    )
    return Foreign(
        "分工.docx",
        data,
        "东山县2022年政务公开任务分工",
        [
            row(
                "公众参与",
                ["（1）公开征求意见。", "（2）反馈采纳情况。"],
                part="一、决策公开",
                lead_units=["县司法局"],
                responsible=["县政府各部门"],
                deadlines=["2022-12-31"],
            ),
            row(
                "重点项目",
                ["公开项目进展。"],
                part="二、执行公开",
                lead_units=["县发展改革委"],
                deadlines=["2022-08-31"],
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "督查结果",
                ["公开督查情况。"],
                part="二、执行公开",
                lead_units=["县政府办公室"],
                responsible=["县政府各部门"],
                ask=["deadline"],
            ),
        ],
        issue_date="2022-04-02",
    )


ALL = {
    make.__name__: make
    for make in (
        indicators,
        heading_rows,
        township,
        two_header_rows,
        plan_in_prose,
        labelled_lines,
        dates_as_dates,
        messy_page,
        two_lists,
        main_and_other,
        channels,
        continued_without_header,
    )
}
