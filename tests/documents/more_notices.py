"""A second set of notices in the manner of other counties, made after the first was read."""

import io
import zipfile

from foreign_notices import Foreign, row
from notices import LEFT, UP, docx, page, xlsx


def first_is_lead() -> Foreign:
    """The heading says that the first unit leads; units and times are merged over several items."""
    data = docx(
        "平湖县2023年政务公开工作任务分解表\n（2023年4月11日）",
        [
            ["重点任务", "序号", "具体事项", "工作要求", "责任单位（列第一位的为牵头单位）", "完成时限"],
            [
                "一、主动公开",
                "1",
                "法治政府建设年报",
                "在网站集中展示。",
                "县司法局、县政府各部门、各乡镇（街道）",
                "3月31日前",
            ],
            [UP, "2", "规范性文件", "1．分类展示；\n2．标注有效性。", "县司法局、县政府办公室", "2023年底"],
            [UP, "3", "行政处罚结果", "七个工作日内公示。", UP, UP],
            ["二、政策解读", "4", "解读比例", "达到100%。", "县政府办公室", "长期坚持"],
        ],
    )
    one, two = "一、主动公开", "二、政策解读"
    return Foreign(
        "任务分解.docx",
        data,
        "平湖县2023年政务公开工作任务分解表",
        [
            row(
                "法治政府建设年报",
                ["在网站集中展示。"],
                part=one,
                lead_units=["县司法局"],
                responsible=["县政府各部门", "各乡镇（街道）"],
                deadlines=["2023-03-31"],
            ),
            row(
                "规范性文件",
                ["1．分类展示；", "2．标注有效性。"],
                part=one,
                lead_units=["县司法局"],
                responsible=["县政府办公室"],
                deadlines=["2023-12-31"],
            ),
            row(
                "行政处罚结果",
                ["七个工作日内公示。"],
                part=one,
                lead_units=["县司法局"],
                responsible=["县政府办公室"],
                deadlines=["2023-12-31"],
            ),
            row("解读比例", ["达到100%。"], part=two, responsible=["县政府办公室"], recurrence="standing"),
        ],
        year=2023,
        issue_date="2023-04-11",
    )


def unmerged_blanks() -> Foreign:
    """A workbook without merged cells: groups have their name once, a lead is left out, names are mistyped."""
    data = xlsx(
        [["说明", ""], ["本表共一个附件", ""]],
        [
            ["", "", "", "", "", ""],
            ["云岭县2022年政务公开重点任务清单", "", "", "", "", ""],
            ["领域", "工作事项", "落实措施", "牵头", "责任部门", "时限要求"],
            ["规划信息", "专项规划公开", "公开“十四五”专项规划", "县发展改委", "县政府各部门", "2022年9月底"],
            ["", "历史规划归集", "归集历史规划", "", "县自然资源局", "2022年12月"],
            ["财政信息", "债务信息公开", "公开债务限额", "县财政局", "县财政局", "6月前"],
            ["", "", "", "", "", ""],
            ["财政信息", "惠农补贴公开", "公开补贴发放结果", "县农业农村局", "各乡镇", "按季度"],
        ],
        [["姓名", "职务"], ["某某", "主任"]],
        names=("说明", "清单", "联络员"),
    )
    return Foreign(
        "清单.xlsx",
        data,
        "云岭县2022年政务公开重点任务清单",
        [
            row(
                "专项规划公开",
                ["公开“十四五”专项规划"],
                part="规划信息",
                responsible=["县政府各部门"],
                lead_units=["县发展改委"],
                deadlines=["2022-09-30"],
                ask=["lead"],
            ),
            row(
                "历史规划归集",
                ["归集历史规划"],
                part="规划信息",
                responsible=["县自然资源局"],
                deadlines=["2022-12-31"],
                ask=["lead"],
            ),
            row(
                "债务信息公开",
                ["公开债务限额"],
                part="财政信息",
                lead_units=["县财政局"],
                responsible=["县财政局"],
                ask=["deadline"],
            ),
            row(
                "惠农补贴公开",
                ["公开补贴发放结果"],
                part="财政信息",
                lead_units=["县农业农村局"],
                responsible=["各乡镇"],
                recurrence="quarterly",
                ask=["lead"],
            ),
        ],
        new_units=["县自然资源局"],
    )


def pipes() -> Foreign:
    """A table drawn with bars in a text file."""
    data = (
        "# 汉山县2022年政务公开任务分工表\n\n| 序号 | 工作任务 | 责任单位 | 时间节点 |\n| --- | --- | --- | --- |\n"
        "| 1 | 公开稳岗政策 | 县人社局 | 2022年7月 |\n| 2 | 公开招生信息 | 县教委、各乡镇（街道） | 8月15日前 |\n\n2022年3月9日\n"
    ).encode("utf-16")
    return Foreign(
        "分工表.md",
        data,
        "汉山县2022年政务公开任务分工表",
        [
            row("公开稳岗政策", responsible=["县人社局"], deadlines=["2022-07-31"]),
            row("公开招生信息", responsible=["县教委", "各乡镇（街道）"], deadlines=["2022-08-15"]),
        ],
        issue_date="2022-03-09",
    )


def prose_without_brackets() -> Foreign:
    """Who and when stand at the end of each paragraph, without brackets; three levels of headings."""
    data = page(
        "关于印发绿水县2022年政务公开工作要点的通知\n绿水政办发〔2022〕18号\n2022年5月12日\n绿水县2022年政务公开工作要点\n"
        "一、围绕市场主体深化公开\n（一）推进减税降费信息公开\n"
        "1.公开办税指南。责任单位：县税务局；完成时限：6月底前。\n"
        "2.公开减税降费成效。牵头单位：县税务局、县财政局，配合单位：各乡镇（街道），完成时限：持续推进。\n"
        "（二）推进重大项目信息公开\n"
        "3.公开重大项目清单。责任单位：县发展改革委。\n"
        "二、加强组织保障\n各单位要高度重视，认真抓好落实。"
    )
    one = "一、围绕市场主体深化公开"
    return Foreign(
        "要点.html",
        data,
        "绿水县2022年政务公开工作要点",
        [
            row(
                "公开办税指南",
                part=one,
                aspect="（一）推进减税降费信息公开",
                responsible=["县税务局"],
                deadlines=["2022-06-30"],
            ),
            row(
                "公开减税降费成效",
                part=one,
                aspect="（一）推进减税降费信息公开",
                lead_units=["县税务局", "县财政局"],
                responsible=["各乡镇（街道）"],
                recurrence="standing",
            ),
            row("公开重大项目清单", part=one, aspect="（二）推进重大项目信息公开", responsible=["县发展改革委"]),
        ],
        issue_date="2022-05-12",
    )


def tracked_changes() -> Foreign:
    """A document with changes still marked: what was struck out is not read, what was put in is."""
    data = docx(
        "金沙县2022年政务公开任务清单\n2022年4月1日",
        [
            ["序号", "任务", "责任单位", "完成时限"],
            ["1", "公开目录@@OLD@@@@NEW@@", "县政府办公室", "5月底前"],
        ],
    )
    document = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    document = document.replace(
        "<w:r><w:t>公开目录@@OLD@@@@NEW@@</w:t></w:r>",
        "<w:r><w:t>公开目录</w:t></w:r>"
        '<w:del w:id="1" w:author="a"><w:r><w:delText>（旧）</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a"><w:r><w:t>（修订）</w:t></w:r></w:ins>',
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, document.encode() if name == "word/document.xml" else old.read(name))
    return Foreign(
        "修订.docx",
        out.getvalue(),
        "金沙县2022年政务公开任务清单",
        [row("公开目录（修订）", responsible=["县政府办公室"], deadlines=["2022-05-31"])],
        issue_date="2022-04-01",
    )


def one_column_for_all() -> Foreign:
    """Lead and helpers in one cell, several times in one cell, people and remarks beside them."""
    data = docx(
        "临江县人民政府办公室\n2022年政务公开工作分工\n临江县人民政府办公室\n2022年3月25日",
        [
            ["序号", "主要任务", "具体举措", "责任领导", "牵头单位及配合单位", "时间节点", "备注"],
            [
                "1",
                "基层公开",
                "1.编制目录。2.设置专区。",
                "刘某",
                "牵头单位：县政府办公室\n配合单位：各乡镇（街道）",
                "1.6月底前\n2.12月底前",
                "",
            ],
            [
                "2",
                "公众参与",
                "开展政府开放日活动",
                "刘某",
                "县住房城乡建设委、县城市管理局牵头，各乡镇（街道）参与",
                "每年不少于2次",
                "省级考核项",
            ],
            [
                "3",
                "政策评价",
                "开展政策“回头看”",
                "陈某",
                "县政府办公室牵头，相关部门按职责分工负责",
                "2022年第三季度",
                "",
            ],
        ],
    )
    return Foreign(
        "分工.docx",
        data,
        "2022年政务公开工作分工",
        [
            row(
                "基层公开",
                ["1.编制目录。", "2.设置专区。"],
                lead_units=["县政府办公室"],
                responsible=["各乡镇（街道）"],
                deadlines=["2022-06-30", "2022-12-31"],
            ),
            row(
                "公众参与",
                ["开展政府开放日活动"],
                lead_units=["县住房城乡建设委", "县城市管理局"],
                responsible=["各乡镇（街道）"],
                recurrence="quota:2",
            ),
            row(
                "政策评价",
                ["开展政策“回头看”"],
                lead_units=["县政府办公室"],
                responsible=["相关部门"],
                deadlines=["2022-09-30"],
                unresolved=True,
                ask=["responsible"],
            ),
        ],
        issue_date="2022-03-25",
    )


def wide_header() -> Foreign:
    """A header of two rows with cells merged both ways, and a part that is a column beside numbered groups."""
    data = page(
        "松江县2022年政务公开攻坚行动任务表",
        [
            ["攻坚任务", LEFT, "工作目标", "推进措施", "责任分工", LEFT, "完成时限"],
            ["类别", "任务名称", UP, UP, "牵头单位", "责任单位", UP],
            ["平台提升", "网站适老化改造", "通过检测", "改造页面", "县政府办公室", "县经济信息委", "2022年11月30日"],
            [UP, "新媒体规范", "无僵尸账号", "清理账号", "县委网信办", "各部门", "立即整改，长期坚持"],
            ["制度完善", "发布协调机制", "印发制度", "征求意见", "县政府办公室", "————", "上半年"],
        ],
        "松江县人民政府办公室　2022年2月28日印发",
    )
    return Foreign(
        "攻坚.html",
        data,
        "松江县2022年政务公开攻坚行动任务表",
        [
            row(
                "网站适老化改造",
                ["通过检测", "改造页面"],
                part="平台提升",
                lead_units=["县政府办公室"],
                responsible=["县经济信息委"],
                deadlines=["2022-11-30"],
            ),
            row(
                "新媒体规范",
                ["无僵尸账号", "清理账号"],
                part="平台提升",
                lead_units=["县委网信办"],
                responsible=["各部门"],
                recurrence="standing",
            ),
            row(
                "发布协调机制",
                ["印发制度", "征求意见"],
                part="制度完善",
                lead_units=["县政府办公室"],
                responsible=["————"],
                deadlines=["2022-06-30"],
            ),
        ],
        issue_date="2022-02-28",
    )


def spaced_text() -> Foreign:
    """A table that was copied into an e-mail: columns parted by blanks."""
    data = (
        "西山县2022年政务公开任务清单\n2022年6月1日\n\n"
        "序号    工作任务            牵头单位        责任单位            完成时限\n"
        "1       公开权责清单        县委编办        县政府各部门        2022年7月底前\n"
        "2       公开民生实事        县政府办公室    各乡镇（街道）      10月底前\n"
    ).encode("utf-8-sig")
    return Foreign(
        "任务.txt",
        data,
        "西山县2022年政务公开任务清单",
        [
            row("公开权责清单", lead_units=["县委编办"], responsible=["县政府各部门"], deadlines=["2022-07-31"]),
            row("公开民生实事", lead_units=["县政府办公室"], responsible=["各乡镇（街道）"], deadlines=["2022-10-31"]),
        ],
        issue_date="2022-06-01",
        new_units=["县委编办"],
    )


def parts_with_chapters() -> Foreign:
    """第一部分 as rows over the table, numbers with a Chinese numeral in a column of their own."""
    data = xlsx(
        [
            ["东海县贯彻落实2022年政务公开工作要点责任分工（征求意见稿）", LEFT, LEFT, LEFT, LEFT],
            ["序号", "工作任务及要求", "牵头部门", "协办部门", "办结时限"],
            ["一", "深化政策公开", LEFT, LEFT, LEFT],
            ["1", "集中公开现行有效规章", "县司法局", "县政府各部门", "2022年底前"],
            ["2", "建立政策文件库", "县政府办公室", "县司法局", "2022年10月31日前"],
            ["二", "强化基础工作", LEFT, LEFT, LEFT],
            ["3", "举办培训班", "县政府办公室", "/", "全年2期"],
        ]
    )
    return Foreign(
        "东海.xlsx",
        data,
        "东海县贯彻落实2022年政务公开工作要点责任分工（征求意见稿）",
        [
            row(
                "集中公开现行有效规章",
                part="一、深化政策公开",
                lead_units=["县司法局"],
                responsible=["县政府各部门"],
                deadlines=["2022-12-31"],
            ),
            row(
                "建立政策文件库",
                part="一、深化政策公开",
                lead_units=["县政府办公室"],
                responsible=["县司法局"],
                deadlines=["2022-10-31"],
            ),
            row(
                "举办培训班",
                part="二、强化基础工作",
                lead_units=["县政府办公室"],
                unresolved=True,
                recurrence="quota:2",
                ask=["responsible"],
            ),
        ],
    )


def dates_in_the_work() -> Foreign:
    """No column of time: days stand in the measures, some of them about the past or about other documents."""
    data = docx(
        "南桥县2023年政务公开工作任务清单\n南桥县人民政府办公室\n2023年5月8日\n各责任单位于2023年12月20日前将落实情况报县政府办公室。\n任务清单",
        [
            ["方面", "具体事项", "落实举措", "牵头单位", "责任单位"],
            [
                "（一）制度建设",
                "公开制度",
                "1.6月30日前修订《2018年12月31日前印发的文件目录》管理制度。\n2.11月底前开展自查。",
                "县政府办公室",
                "县政府各部门",
            ],
            [UP, "历史数据", "归集2020年12月31日前的规划。", "县发展改革委", "县发展改革委"],
            ["（二）能力建设", "业务培训", "每季度开展业务交流。", "县政府办公室", "—"],
            [UP, "标准目录", "省级标准指引印发后3个月内完成修订。", "县政府办公室", "县民政局 、县教委"],
        ],
    )
    return Foreign(
        "南桥.docx",
        data,
        "南桥县2023年政务公开工作任务清单",
        [
            row(
                "公开制度",
                ["1.6月30日前修订《2018年12月31日前印发的文件目录》管理制度。", "2.11月底前开展自查。"],
                aspect="（一）制度建设",
                lead_units=["县政府办公室"],
                responsible=["县政府各部门"],
                deadlines=["2023-06-30", "2023-11-30"],
            ),
            row(
                "历史数据",
                ["归集2020年12月31日前的规划。"],
                aspect="（一）制度建设",
                lead_units=["县发展改革委"],
                responsible=["县发展改革委"],
            ),
            row(
                "业务培训",
                ["每季度开展业务交流。"],
                aspect="（二）能力建设",
                lead_units=["县政府办公室"],
                responsible=["—"],
                recurrence="quarterly",
            ),
            row(
                "标准目录",
                ["省级标准指引印发后3个月内完成修订。"],
                aspect="（二）能力建设",
                lead_units=["县政府办公室"],
                responsible=["县民政局", "县教委"],
                recurrence="trigger:+3m",
            ),
        ],
        year=2023,
        issue_date="2023-05-08",
    )


MORE = {
    make.__name__: make
    for make in (
        first_is_lead,
        unmerged_blanks,
        pipes,
        prose_without_brackets,
        tracked_changes,
        one_column_for_all,
        wide_header,
        spaced_text,
        parts_with_chapters,
        dates_in_the_work,
    )
}
