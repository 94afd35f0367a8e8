"""The web pages, as government sites publish them."""

from __future__ import annotations

from typing import Any

from unseen_drawing import C, html_table
from unseen_expected import R, expected

NAV = (
    '<div class="top"><table width="100%"><tr><td><a href="/">首页</a></td><td><a href="/zwgk">政务公开</a></td><td><a href="/bsfw">办事服务</a></td></tr></table></div>'
    "<script>var x='<table><tr><td>牵头单位</td></tr></table>';</script><style>td{color:red}</style>"
)
FOOT = '<div class="foot"><table><tr><td>主办单位：县人民政府办公室</td><td>备案号：渝ICP备05000000号</td></tr></table></div>'


def d10(path: Any) -> Any:
    """GB18030, a layout table around everything, an index table on top, navigation, scripts, nbsp, font tags."""
    head = ["序号", "工作任务", "具体举措", "牵头单位", "责任单位", "完成时限"]
    rows: list[list[Any]] = [
        head,
        [
            "1",
            C("加强政策解读", rs=2),
            "1.落实“三同步”要求。\n2.解读比例达到100%。",
            C("县政府办公室", rs=2),
            "县政府各部门、各乡镇（街道）",
            "及时",
        ],
        ["2", "开设政策问答专栏&咨询专席", "县政务服务中心（大厅）", "2021年10月底前"],
        [
            "3",
            "回应社会关切",
            "办理网民留言,5个工作日内答复。",
            "县委网信办",
            "县委宣传部(县政府新闻办)、县卫生健康委",
            "长期",
        ],
        head,
        ["4", "完善公开平台", "清理僵尸栏目。", "县府办", "县教委、县民政局", "2021年7月-10月"],
    ]
    meta = (
        "<table><tr><td>索 引 号：</td><td>11500231009000/2021-00012</td><td>发文字号：</td><td>垫江府办发〔2021〕31号</td></tr>"
        "<tr><td>主题分类：</td><td>政务公开</td><td>成文日期：</td><td>2021-06-03</td></tr>"
        "<tr><td>标&nbsp;&nbsp;题：</td><td>关于印发2021年政务公开重点任务的通知</td><td>发布日期：</td><td>2021-06-10</td></tr></table>"
    )
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>关于印发2021年政务公开重点任务的通知_垫江县人民政府</title></head><body>'
        f'{NAV}<table width="980" align="center"><tr><td>{meta}<h1>垫江县人民政府办公室<br>关于印发2021年政务公开重点任务的通知</h1>'
        "<p>&nbsp;&nbsp;&nbsp;&nbsp;各乡镇人民政府、街道办事处，县政府各部门：</p><p>　　现将《2021年政务公开重点任务》印发给你们，请认真抓好落实。</p>"
        '<p align="right">垫江县人民政府办公室</p><p align="right">2021年6月3日</p>'
        f"<p style='text-align:center'><b>2021年政务公开重点任务</b></p>{''.join(html_table(rows))}</td></tr></table>{FOOT}</body></html>"
    )
    path.write_bytes(text.encode("gb18030"))
    return expected(
        "关于印发2021年政务公开重点任务的通知",
        2021,
        "2021-06-03",
        [
            R(
                1,
                "加强政策解读",
                ["1.落实“三同步”要求。", "2.解读比例达到100%。"],
                "县政府办公室",
                "县政府各部门、各乡镇（街道）",
                rec="standing",
            ),
            R(
                2,
                "加强政策解读",
                ["开设政策问答专栏&咨询专席"],
                "县政府办公室",
                "县政务服务中心（大厅）",
                ["2021-10-31"],
            ),
            R(
                3,
                "回应社会关切",
                ["办理网民留言,5个工作日内答复。"],
                "县委网信办",
                "县委宣传部(县政府新闻办)、县卫生健康委",
                rec="standing",
            ),
            R(4, "完善公开平台", ["清理僵尸栏目。"], "县府办", "县教委、县民政局", ["2021-10-31"]),
        ],
        titles=["垫江县人民政府办公室关于印发2021年政务公开重点任务的通知", "2021年政务公开重点任务"],
        doc_no="垫江府办发〔2021〕31号",
    )


def d11(path: Any) -> Any:
    """Two tables whose columns stand in different order, near spellings, unknown units, Word's own html."""
    one: list[list[Any]] = [
        ["任务", "牵头部门", "责任部门", "时限", "要求"],
        ["公开就业信息", "县人力资源和社会保障局", "县人社局、各镇街", "2022年12月底前", "更新就业岗位"],
        ["公开药品抽检信息", "县市场监督管理局", "县卫生健康委员会", "每季度末", "公布抽检结果"],
    ]
    two: list[list[Any]] = [
        ["责任部门", "要求", "任务", "牵头部门", "时限"],
        ["县农业农村局", "公布补贴名单", "公开补贴信息", "县财政局", "2022年5月31日前"],
        [C("县融媒体中心、县教委", rs=2), "做好宣传", "开展宣传", "县委宣传部", "2022年8月底前"],
        ["编印手册", "开展培训", "县委组织部", "2022年8月底前"],
    ]
    text = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8"><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--><title></title></head><body lang="ZH-CN">'
        "<p class=MsoNormal align=center><b><span>垫江县2022年政务公开工作任务分工</span></b></p><p class=MsoNormal>垫江政公办〔2022〕2号</p><p>2022年3月15日</p>"
        f"<p>表一</p>{''.join(html_table(one))}<p>表二</p>{''.join(html_table(two, font=False))}</body></html>"
    )
    path.write_text(text, encoding="utf-8")
    return expected(
        "垫江县2022年政务公开工作任务分工",
        2022,
        "2022-03-15",
        [
            R(1, "公开就业信息", ["更新就业岗位"], "县人力资源和社会保障局", "县人社局、各镇街", ["2022-12-31"]),
            R(2, "公开药品抽检信息", ["公布抽检结果"], "县市场监督管理局", "县卫生健康委员会", rec="quarterly"),
            R(3, "公开补贴信息", ["公布补贴名单"], "县财政局", "县农业农村局", ["2022-05-31"]),
            R(4, "开展宣传", ["做好宣传"], "县委宣传部", "县融媒体中心、县教委", ["2022-08-31"]),
            R(5, "开展培训", ["编印手册"], "县委组织部", "县融媒体中心、县教委", ["2022-08-31"]),
        ],
        new_units=["县融媒体中心", "县委组织部"],
        doc_no="垫江政公办〔2022〕2号",
    )


def d12(path: Any) -> Any:
    """Prose on a web page: numbered paragraphs, brackets in several wordings, no table at all."""
    text = (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ArticleTitle" content="垫江县2024年政务公开工作要点"><meta name="PubDate" content="2024-04-20 10:00">'
        "<title>垫江县2024年政务公开工作要点</title></head><body>"
        + NAV
        + '<div class="pages_content"><p style="text-indent:2em">为做好2024年政务公开工作，现提出如下要点。</p>'
        "<p><strong>一、深化重点领域公开</strong></p>"
        "<p>（一）公开规划计划。归集“十四五”规划，<br>编制目录。（县发展改革委牵头，县政府各部门配合，2024年6月底前完成）</p>"
        "<p>（二）公开财政信息。统一公开预决算。(牵头单位:县财政局;责任单位:县政府各部门、各乡镇(街道);完成时限:2024年9月30日前)</p>"
        "<p><strong>二、强化政策解读</strong></p>"
        "<p>（三）丰富解读形式。每年开展政策解读不少于4次。（责任单位：县政府有关部门）</p>"
        "<p>（四）建好政策库。（县政府办公室负责，持续推进）</p>"
        "<p>垫江县人民政府办公室</p><p>2024年4月18日</p></div>" + FOOT + "</body></html>"
    )
    path.write_text(text, encoding="utf-8")
    p1, p2 = "一、深化重点领域公开", "二、强化政策解读"
    return expected(
        "垫江县2024年政务公开工作要点",
        2024,
        "2024-04-18",
        [
            R(
                1,
                "公开规划计划",
                ["归集“十四五”规划，编制目录。"],
                "县发展改革委",
                "县政府各部门",
                ["2024-06-30"],
                part=p1,
            ),
            R(
                2,
                "公开财政信息",
                ["统一公开预决算。"],
                "县财政局",
                "县政府各部门、各乡镇(街道)",
                ["2024-09-30"],
                part=p1,
            ),
            R(
                3,
                "丰富解读形式",
                ["每年开展政策解读不少于4次。"],
                "",
                "县政府有关部门",
                rec="quota:4",
                part=p2,
                unresolved=True,
                ask=("responsible",),
            ),
            R(4, "建好政策库", [], "", "县政府办公室", rec="standing", part=p2),
        ],
        prose=True,
    )
