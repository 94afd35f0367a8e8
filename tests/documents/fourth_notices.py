"""A fourth set of notices in the manner of other counties, made after the third was read."""

from foreign_notices import Foreign, row
from notices import LEFT, UP, docx, page, xlsx


def slipped_cells() -> Foreign:
    """In one row the cells stand one place too far to the left, in another one too far to the right."""
    data = docx(
        "怀远县2022年政务公开任务分解表\n2022年3月8日",
        [
            ["工作任务", "具体举措", "牵头单位", "责任单位", "完成时限"],
            ["公开规划", "公开规划文本。", "县发展改革委", "县政府各部门", "6月底前"],
            ["公开预算", "公开预算。", "县政府各部门", "2022年9月底前", ""],
            ["公开招标", "公开结果。", "", "县财政局", "各乡镇（街道）"],
            ["公开年报", "编制年报。", LEFT, "县政府各部门", "2022年1月31日前"],
        ],
    )
    return Foreign(
        "怀远.docx",
        data,
        "怀远县2022年政务公开任务分解表",
        [
            row(
                "公开规划",
                ["公开规划文本。"],
                lead_units=["县发展改革委"],
                responsible=["县政府各部门"],
                deadlines=["2022-06-30"],
            ),
            row("公开预算", ["公开预算。"], unresolved=True, ask=["lead", "responsible"]),
            row("公开招标", ["公开结果。"], unresolved=True, ask=["lead", "responsible", "deadline"]),
            row("公开年报", ["编制年报。"], responsible=["县政府各部门"], deadlines=["2022-01-31"], ask=["lead"]),
        ],
        issue_date="2022-03-08",
    )


def two_brackets() -> Foreign:
    """A text with two brackets behind each task, and numbers without a blank."""
    data = (
        "关于印发《天台县政务公开2022年重点工作责任清单》的通知\n天政务公开办发〔2022〕4号\n2022年5月9日\n"
        "天台县政务公开2022年重点工作责任清单\n"
        "一、政策发布\n1、集中公开规章。公开现行有效规章。（责任单位：县司法局）（完成时限：2022年7月底前）\n"
        "2、公开规范性文件。（牵头单位：县政府办公室；责任单位：各乡镇人民政府、街道办事处，县政府各部门）（完成时限：长期）\n"
        "二、政策解读\n3、开展多元解读。（县政府办公室牵头，县委宣传部（县政府新闻办）、县融媒体中心配合）\n"
    ).encode("gb18030")
    return Foreign(
        "天台.txt",
        data,
        "天台县政务公开2022年重点工作责任清单",
        [
            row(
                "集中公开规章",
                ["公开现行有效规章。"],
                part="一、政策发布",
                responsible=["县司法局"],
                deadlines=["2022-07-31"],
            ),
            row(
                "公开规范性文件",
                part="一、政策发布",
                lead_units=["县政府办公室"],
                responsible=["各乡镇人民政府", "街道办事处", "县政府各部门"],
                recurrence="standing",
            ),
            row(
                "开展多元解读",
                part="二、政策解读",
                lead_units=["县政府办公室"],
                responsible=["县委宣传部（县政府新闻办）", "县融媒体中心"],
            ),
        ],
        issue_date="2022-05-09",
        new_units=["县融媒体中心"],
    )


def people_beside_units() -> Foreign:
    """Columns of people, progress and points that do not concern us, and one for lead and responsible together."""
    data = xlsx(
        [
            ["商河县2022年政务公开考核任务台账", *[LEFT] * 8],
            [
                "序号",
                "考核指标",
                "目标任务",
                "评分标准",
                "责任单位及责任人",
                "责任单位负责人",
                "联系电话",
                "时间进度",
                "完成情况",
            ],
            ["1", "公开保障", "培训人员", "少一次扣1分", "县政府办公室", "某甲", "0531", "全年两次", "已启动"],
            ["2", UP, "公开经费", "未落实不得分", "县财政局", "某乙", "0532", "2022年4月-6月", ""],
            ["3", "解读回应", "解读文件", "", "县政府各部门", "某丙", "0533", "5月底前完成30%，年底前完成100%", ""],
        ]
    )
    return Foreign(
        "商河.xlsx",
        data,
        "商河县2022年政务公开考核任务台账",
        [
            row("公开保障", ["培训人员"], responsible=["县政府办公室"], recurrence="quota:2", ask=[]),
            row("公开保障", ["公开经费"], responsible=["县财政局"], deadlines=["2022-06-30"]),
            row("解读回应", ["解读文件"], responsible=["县政府各部门"], deadlines=["2022-05-31", "2022-12-31"]),
        ],
    )


def header_again_in_other_order() -> Foreign:
    """A long list on several pages: each page has its own table, the third with other columns."""
    first = ["序号", "工作任务", "责任单位", "完成时限"]
    data = page(
        "灵山县政务公开任务分工（2022年度）",
        "二〇二二年七月一日",
        [first, ["1", "公开目录", "县政府办公室", "7月底"], ["2", "公开指南", "县政府办公室", UP]],
        "— 1 —",
        [first, ["3", "公开年报", "县政府各部门、各乡镇（街道）", "次年1月31日前"]],
        "— 2 —",
        [
            ["完成时限", "责任单位", "工作任务", "序号"],
            ["即日起至9月30日", "县城市管理局", "公开停车信息", "4"],
            ["/", "", "公开公厕信息", "5"],
        ],
    )
    return Foreign(
        "灵山.html",
        data,
        "灵山县政务公开任务分工（2022年度）",
        [
            row("公开目录", responsible=["县政府办公室"], deadlines=["2022-07-31"]),
            row("公开指南", responsible=["县政府办公室"], deadlines=["2022-07-31"]),
            row("公开年报", responsible=["县政府各部门", "各乡镇（街道）"], deadlines=["2023-01-31"]),
            row("公开停车信息", responsible=["县城市管理局"], deadlines=["2022-09-30"]),
            row("公开公厕信息", unresolved=True, ask=["responsible"]),
        ],
        issue_date="2022-07-01",
    )


def aspects_merged_beside_parts() -> Foreign:
    """Part and aspect share a cell, items are numbered, and the title runs over two lines."""
    data = docx(
        "蒙山县人民政府办公室\n关于印发蒙山县贯彻落实全省2022年\n政务公开工作要点任务清单的通知\n蒙政办发〔2022〕9号\n各乡镇人民政府：\n2022年6月20日\n附件\n蒙山县贯彻落实全省2022年\n政务公开工作要点任务清单",
        [
            ["工作任务", "具体事项", "落实举措", "牵头", "责任"],
            ["一、深化公开\n（一）规划", "历史规划", "归集规划。", "县发展改革委", "县发展改革委"],
            [UP, "专项规划", "公开规划。", "县发展改革委", "相关县政府部门"],
            ["一、深化公开\n（二）财政", "债务", "公开债务。", "县财政局", UP],
            ["二、提升服务\n（一）解读", "咨询", "3个工作日内答复。", "", "县政府各部门"],
        ],
    )
    one, two = "一、深化公开", "二、提升服务"
    return Foreign(
        "蒙山.docx",
        data,
        "蒙山县贯彻落实全省2022年政务公开工作要点任务清单",
        [
            row(
                "历史规划",
                ["归集规划。"],
                part=one,
                aspect="（一）规划",
                lead_units=["县发展改革委"],
                responsible=["县发展改革委"],
            ),
            row(
                "专项规划",
                ["公开规划。"],
                part=one,
                aspect="（一）规划",
                lead_units=["县发展改革委"],
                responsible=["相关县政府部门"],
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "债务",
                ["公开债务。"],
                part=one,
                aspect="（二）财政",
                lead_units=["县财政局"],
                responsible=["相关县政府部门"],
                unresolved=True,
                ask=["responsible"],
            ),
            row(
                "咨询", ["3个工作日内答复。"], part=two, aspect="（一）解读", responsible=["县政府各部门"], ask=["lead"]
            ),
        ],
        issue_date="2022-06-20",
    )


def bare_prose() -> Foreign:
    """A decision of a meeting: tasks as sentences, units at their ends, and no numbers under the headings."""
    data = docx(
        "石门县2022年政务公开工作任务分工方案\n2022年4月30日\n一、公开内容\n"
        "加大规划信息公开力度。主动公开专项规划。（县发展改革委负责）\n"
        "推进财政信息公开。公开预决算和“三公”经费。（县财政局牵头，各部门、各乡镇按职责分工负责；6月前完成）\n"
        "二、公开平台\n规范政府网站建设。（县政府办公室、县大数据发展局负责，持续推进）\n三、工作要求\n加强领导，落实责任。"
    )
    one, two = "一、公开内容", "二、公开平台"
    return Foreign(
        "石门.docx",
        data,
        "石门县2022年政务公开工作任务分工方案",
        [
            row("加大规划信息公开力度", ["主动公开专项规划。"], part=one, responsible=["县发展改革委"]),
            row(
                "推进财政信息公开",
                ["公开预决算和“三公”经费。"],
                part=one,
                lead_units=["县财政局"],
                responsible=["各部门", "各乡镇"],
                ask=["deadline"],
            ),
            row("规范政府网站建设", part=two, responsible=["县政府办公室", "县大数据发展局"], recurrence="standing"),
        ],
        issue_date="2022-04-30",
    )


FOURTH = {
    make.__name__: make
    for make in (
        slipped_cells,
        two_brackets,
        people_beside_units,
        header_again_in_other_order,
        aspects_merged_beside_parts,
        bare_prose,
    )
}
