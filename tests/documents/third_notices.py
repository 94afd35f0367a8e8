"""A third set of notices in the manner of other counties, made after the second was read."""

import io

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from foreign_notices import Foreign, row
from notices import LEFT, UP, docx, page, xlsx


def word_numbers() -> Foreign:
    """Word counts the measures and the headings itself: the numbers are not among the words."""
    document = Document()
    document.add_paragraph("青河县2022年政务公开重点任务分解表")
    document.add_paragraph("二○二二年四月六日")
    table = document.add_table(3, 4)
    for column, heading in enumerate(("工作事项", "工作举措", "责任单位", "完成期限")):
        table.cell(0, column).text = heading
    for line, (item, measures, unit, time) in enumerate(
        [
            ("公报管理", ["按月编印", "赠阅到村"], "县政府办公室", "每月底"),
            ("档案移交", ["移交纸质文件"], "各乡镇人民政府、街道办事处", "2022年12月31日"),
        ],
        1,
    ):
        table.cell(line, 0).text = item
        table.cell(line, 2).text = unit
        table.cell(line, 3).text = time
        cell = table.cell(line, 1)
        cell.paragraphs[0].text = measures[0]
        for words in measures[1:]:
            cell.add_paragraph(words)
        if len(measures) > 1:
            for paragraph in cell.paragraphs:
                paragraph.style = "List Number"
    out = io.BytesIO()
    document.save(out)
    return Foreign(
        "青河.docx",
        out.getvalue(),
        "青河县2022年政务公开重点任务分解表",
        [
            row("公报管理", ["1.按月编印", "2.赠阅到村"], responsible=["县政府办公室"], recurrence="monthly"),
            row("档案移交", ["移交纸质文件"], responsible=["各乡镇人民政府", "街道办事处"], deadlines=["2022-12-31"]),
        ],
        issue_date="2022-04-06",
    )


def table_in_a_cell() -> Foreign:
    """A small table stands in a cell of the list, and the signature is a table as well."""
    document = Document()
    document.add_paragraph("乌江县2022年度政务公开工作任务清单")
    table = document.add_table(3, 4)
    rows = [
        ("任务", "内容", "责任单位", "时限"),
        ("公开台账", "按下表填报：", "县财政局", "10月底前"),
        ("公开名单", "公示七天。", "县民政局", "2022年内"),
    ]
    for line, words in enumerate(rows):
        for column, word in enumerate(words):
            table.cell(line, column).text = word
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text = "项目"
    inner.cell(0, 1).text = "金额"
    signature = document.add_table(1, 2)
    signature.cell(0, 0).text = "乌江县人民政府办公室"
    signature.cell(0, 1).text = "2022年1月20日"
    out = io.BytesIO()
    document.save(out)
    return Foreign(
        "乌江.docx",
        out.getvalue(),
        "乌江县2022年度政务公开工作任务清单",
        [
            row("公开台账", ["按下表填报：", "项目金额"], responsible=["县财政局"], deadlines=["2022-10-31"]),
            row("公开名单", ["公示七天。"], responsible=["县民政局"], deadlines=["2022-12-31"]),
        ],
        issue_date="2022-01-20",
    )


def text_box() -> Foreign:
    """The title in a text box, a drawn line in every empty cell, 无 and / for nobody."""
    document = Document()
    paragraph = document.add_paragraph()
    box = OxmlElement("w:txbxContent")
    inner = OxmlElement("w:p")
    run = OxmlElement("w:r")
    words = OxmlElement("w:t")
    words.text = "龙潭县2021年政务公开任务责任表"
    run.append(words)
    inner.append(run)
    box.append(inner)
    holder = OxmlElement("w:pict")
    holder.append(box)
    paragraph.add_run()._r.append(holder)
    table = document.add_table(4, 6)
    rows = [
        ("编号", "公开事项", "具体要求", "牵头科室", "配合科室", "完成时间"),
        ("01", "会议公开", "会后5个工作日内公开。", "县政府办公室", "——", "—"),
        ("02", "建议提案", "公开办理结果。", "县政府办公室", "无", "11月中旬"),
        ("03", "回头看", "开展“回头看”。", "县委宣传部(县政府新闻办)", "各有关单位", "2020年12月底"),
    ]
    for line, cells in enumerate(rows):
        for column, word in enumerate(cells):
            table.cell(line, column).text = word
    out = io.BytesIO()
    document.save(out)
    assert qn("w:p")
    return Foreign(
        "龙潭.docx",
        out.getvalue(),
        "龙潭县2021年政务公开任务责任表",
        [
            row("会议公开", ["会后5个工作日内公开。"], lead_units=["县政府办公室"], responsible=["——"]),
            row(
                "建议提案",
                ["公开办理结果。"],
                lead_units=["县政府办公室"],
                deadlines=["2021-11-20"],
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "回头看",
                ["开展“回头看”。"],
                lead_units=["县委宣传部（县政府新闻办）"],
                responsible=["各有关单位"],
                deadlines=["2020-12-31"],
                unresolved=True,
                ask=["responsible"],
            ),
        ],
        year=2021,
    )


def numbered_units() -> Foreign:
    """Units on numbered lines, with the lead marked behind its name, and a slip of the pen."""
    data = xlsx(
        [
            ["2023年桃源县政务公开工作任务分工", LEFT, LEFT, LEFT],
            ["主要工作", "工作内容", "责任部门", "时限"],
            ["规范性文件", "开展清理", "县司法局（牵头）\n县政府各部门", "每年一次"],
            ["社会救助", "公开救助标准", "县民正局、县残联", "2023年4月—10月"],
            ["教育", "公开招生政策", "县教委、县财政局等部门按职责分工负责", "2023年8月上旬"],
            ["生态", "公开水质", "县生态环境局；县水利局", "每季度首月10日前"],
        ]
    )
    return Foreign(
        "桃源.xlsx",
        data,
        "2023年桃源县政务公开工作任务分工",
        [
            row(
                "规范性文件", ["开展清理"], lead_units=["县司法局"], responsible=["县政府各部门"], recurrence="quota:1"
            ),
            row(
                "社会救助",
                ["公开救助标准"],
                responsible=["县民正局", "县残联"],
                deadlines=["2023-10-31"],
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "教育",
                ["公开招生政策"],
                responsible=["县教委", "县财政局"],
                deadlines=["2023-08-10"],
                unresolved=True,
                ask=["responsible"],
            ),
            row("生态", ["公开水质"], responsible=["县生态环境局", "县水利局"], recurrence="quarterly"),
        ],
        year=2023,
        new_units=["县残联"],
    )


def headings_in_the_number_column() -> Foreign:
    """Parts stand in the first column across the table; the item and the measures share a cell."""
    data = page(
        "锦屏县政务公开领导小组关于印发《锦屏县2024年政务公开工作任务清单》的通知",
        "锦政公组〔2024〕1号",
        "2024年3月1日",
        [
            ["序号", "工作任务", "责任单位", "完成时限", "备注"],
            ["一、深化重点领域公开（共2项）", LEFT, LEFT, LEFT, LEFT],
            [
                "1",
                "加强营商环境政策公开。发布惠企政策清单。",
                "县发展改革委牵头，县经济信息委、县商务委配合",
                "2024年6月30日前",
                "",
            ],
            ["2", "加强就业信息公开。", "县人力社保局", "动态更新", "民生实事"],
            ["二、优化政策服务（共1项）", LEFT, LEFT, LEFT, LEFT],
            ["3", "推进政策精准推送。", "县政府办公室、县大数据发展局", "3个月内", ""],
        ],
        "注：1.请各单位于每季度末报送进展；2.联系电话74600000。",
    )
    one, two = "一、深化重点领域公开（共2项）", "二、优化政策服务（共1项）"
    return Foreign(
        "锦屏.html",
        data,
        "锦屏县政务公开领导小组关于印发《锦屏县2024年政务公开工作任务清单》的通知",
        [
            row(
                "加强营商环境政策公开。发布惠企政策清单。",
                part=one,
                lead_units=["县发展改革委"],
                responsible=["县经济信息委", "县商务委"],
                deadlines=["2024-06-30"],
            ),
            row("加强就业信息公开。", part=one, responsible=["县人力社保局"], recurrence="standing"),
            row("推进政策精准推送。", part=two, responsible=["县政府办公室", "县大数据发展局"], ask=["deadline"]),
        ],
        year=2024,
        issue_date="2024-03-01",
    )


def plan_with_bold_brackets() -> Foreign:
    """A plan with square brackets, arabic headings under （一）, and times within the sentences."""
    data = (
        "苍山县人民政府办公室关于印发2022年政务公开工作实施方案的通知\n苍政办发〔2022〕21号\n\n各乡镇人民政府：\n"
        "现将方案印发给你们，请认真贯彻执行。\n\n苍山县人民政府办公室\n2022年6月10日\n\n2022年政务公开工作实施方案\n\n"
        "一、工作目标\n到2022年底，公开水平明显提升。\n二、主要任务\n（一）深化决策公开\n"
        "1.建立目录管理制度。2022年8月底前编制重大行政决策事项目录并向社会公布。【牵头单位：县司法局；责任单位：县政府各部门】\n"
        "2.扩大公众参与。定期开展政府开放日活动。【责任单位：县政府各部门、各乡镇（街道）】\n"
        "（二）深化结果公开\n"
        "1.公开重点工作落实情况。【责任单位：县政府督查室；完成时限：12月底前】\n"
        "三、工作要求\n（一）强化领导。各单位主要负责同志要亲自抓。\n"
    ).encode("utf-16")
    part = "二、主要任务"
    return Foreign(
        "方案.txt",
        data,
        "2022年政务公开工作实施方案",
        [
            row(
                "建立目录管理制度",
                ["2022年8月底前编制重大行政决策事项目录并向社会公布。"],
                part=part,
                aspect="（一）深化决策公开",
                lead_units=["县司法局"],
                responsible=["县政府各部门"],
                deadlines=["2022-08-31"],
            ),
            row(
                "扩大公众参与",
                ["定期开展政府开放日活动。"],
                part=part,
                aspect="（一）深化决策公开",
                responsible=["县政府各部门", "各乡镇（街道）"],
                recurrence="standing",
            ),
            row(
                "公开重点工作落实情况",
                part=part,
                aspect="（二）深化结果公开",
                responsible=["县政府督查室"],
                deadlines=["2022-12-31"],
            ),
        ],
        issue_date="2022-06-10",
        new_units=["县政府督查室"],
    )


def everything_merged() -> Foreign:
    """Lead, responsible and time are merged over items of two parts; the measures of one item stand in three lines."""
    data = docx(
        "长宁县2022年政务公开“提质增效”行动任务分解表（2022年2月15日印发）",
        [
            ["任务类别", "工作任务", "具体措施", "牵头单位", "责任单位", "完成时限"],
            ["基础建设", "栏目建设", "1.优化栏目。", "县政府办公室", "县政府各部门、各乡镇(街道)", "3月底前"],
            [UP, UP, "2.清理栏目。", UP, UP, UP],
            [UP, UP, "3.更新栏目。", UP, UP, UP],
            [UP, "制度建设", "修订制度。", UP, UP, "2022年6月"],
            ["能力建设", "教育培训", "开展培训。", UP, UP, UP],
            [UP, "考核评估", "开展考核。", UP, "", "年底前"],
        ],
    )
    office, all_units = ["县政府办公室"], ["县政府各部门", "各乡镇（街道）"]
    return Foreign(
        "长宁.docx",
        data,
        "长宁县2022年政务公开“提质增效”行动任务分解表（2022年2月15日印发）",
        [
            row(
                "栏目建设",
                ["1.优化栏目。", "2.清理栏目。", "3.更新栏目。"],
                part="基础建设",
                lead_units=office,
                responsible=all_units,
                deadlines=["2022-03-31"],
            ),
            row(
                "制度建设",
                ["修订制度。"],
                part="基础建设",
                lead_units=office,
                responsible=all_units,
                deadlines=["2022-06-30"],
            ),
            row(
                "教育培训",
                ["开展培训。"],
                part="能力建设",
                lead_units=office,
                responsible=all_units,
                deadlines=["2022-06-30"],
            ),
            row(
                "考核评估",
                ["开展考核。"],
                part="能力建设",
                lead_units=office,
                unresolved=True,
                deadlines=["2022-12-31"],
                ask=["responsible"],
            ),
        ],
    )


def paths_in_measures() -> Foreign:
    """Publishing paths in the county's way but in other words, and in one line."""
    data = docx(
        "梁山县2022年政务公开要点任务清单\n梁山县人民政府办公室\n2022年5月30日",
        [
            ["具体事项", "落实举措", "牵头单位", "责任单位"],
            [
                "预决算公开",
                "1.公开部门预决算。2.公开说明。公开路径：1.县政府门户网站：财政信息>预决算2.县财政局网页：预决算3.其他渠道",
                "县财政局",
                "县级各部门",
            ],
            [
                "补贴公开",
                "公开补贴发放结果。\n发布渠道：\n村（居）务公开栏\n县政府网站：惠民资金＞发放结果",
                "县农业农村委",
                "各乡镇",
            ],
            ["政策解读", "在县政府网站“政策解读”栏目集中发布。", "县政府办公室", "_____"],
        ],
    )
    return Foreign(
        "梁山.docx",
        data,
        "梁山县2022年政务公开要点任务清单",
        [
            row(
                "预决算公开",
                ["1.公开部门预决算。", "2.公开说明。"],
                paths=["县政府门户网站：财政信息>预决算", "县财政局网页：预决算", "其他渠道"],
                lead_units=["县财政局"],
                responsible=["县级各部门"],
            ),
            row(
                "补贴公开",
                ["公开补贴发放结果。"],
                paths=["村（居）务公开栏", "县政府网站：惠民资金>发放结果"],
                lead_units=["县农业农村委"],
                responsible=["各乡镇"],
            ),
            row(
                "政策解读", ["在县政府网站“政策解读”栏目集中发布。"], lead_units=["县政府办公室"], responsible=["_____"]
            ),
        ],
        issue_date="2022-05-30",
    )


def cut_by_blank_cells() -> Foreign:
    """A list copied from a web page into a workbook: a merged cell gone, a cell lost, a second header further down."""
    data = xlsx(
        [
            ["武陵县2022年公开工作任务安排", "", "", "", "", ""],
            ["序号", "任务分类", "任务内容", "责任单位", "协助单位", "完成节点"],
            ["1", "机构信息", "更新机构职能", "县委编办", "", "2022年3月底"],
            ["2", "", "更新领导信息", "县政府办公室", "县委组织部", "随时"],
            ["序号", "任务分类", "任务内容", "责任单位", "协助单位", "完成节点"],
            ["3", "民生信息", "公开养老信息", "", "县民政局", "5月"],
            ["4", "民生信息", "", "县医保局", "", "第2季度"],
            ["合计", "4项", "", "", "", ""],
        ]
    )
    return Foreign(
        "武陵.xlsx",
        data,
        "武陵县2022年公开工作任务安排",
        [
            row("更新机构职能", part="机构信息", responsible=["县委编办"], deadlines=["2022-03-31"]),
            row("更新领导信息", part="机构信息", responsible=["县政府办公室", "县委组织部"], recurrence="standing"),
            row("公开养老信息", part="民生信息", responsible=["县民政局"], deadlines=["2022-05-31"]),
            row("", part="民生信息", responsible=["县医保局"], deadlines=["2022-06-30"], ask=["item"]),
        ],
        new_units=["县委编办", "县委组织部"],
    )


def list_items_on_a_page() -> Foreign:
    """A page without tables: headings of the page, list items, who does it in italics behind them."""
    data = (
        "<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><h2>宁乡县2023年政务公开工作任务分工</h2>"
        "<p>发布时间：2023-05-04 10:20 来源：县政府办</p><h3>一、聚焦高质量发展</h3><ul>"
        "<li>（一）公开产业政策。及时发布扶持措施。<i>（牵头单位：县经济信息委；配合单位：县商务委；时限：7月底前）</i></li>"
        "<li>（二）公开项目信息。<i>（责任单位：县发展改革委，完成时限：长期）</i></li></ul>"
        "<h3>二、聚焦民生</h3><p>（三）公开医疗信息。每年公开1次医院信息。<i>（县卫生健康委负责）</i></p>"
        "<footer>主办：宁乡县人民政府办公室</footer></body></html>"
    ).encode()
    one, two = "一、聚焦高质量发展", "二、聚焦民生"
    return Foreign(
        "宁乡.html",
        data,
        "宁乡县2023年政务公开工作任务分工",
        [
            row(
                "公开产业政策",
                ["及时发布扶持措施。"],
                part=one,
                lead_units=["县经济信息委"],
                responsible=["县商务委"],
                deadlines=["2023-07-31"],
            ),
            row("公开项目信息", part=one, responsible=["县发展改革委"], recurrence="standing"),
            row(
                "公开医疗信息", ["每年公开1次医院信息。"], part=two, responsible=["县卫生健康委"], recurrence="quota:1"
            ),
        ],
        year=2023,
        issue_date="2023-05-04",
    )


THIRD = {
    make.__name__: make
    for make in (
        word_numbers,
        table_in_a_cell,
        text_box,
        numbered_units,
        headings_in_the_number_column,
        plan_with_bold_brackets,
        everything_merged,
        paths_in_measures,
        cut_by_blank_cells,
        list_items_on_a_page,
    )
}
