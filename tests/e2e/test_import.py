"""A notice becomes a list in the chat: the office sends it, answers what is asked, and every unit hears of its own."""

from pathlib import Path

from openpyxl import load_workbook
from support import notices
from support.world import Phone, World

from bot.services.files import FOLDER

LINK = "http://www.dianjiang.gov.cn/zwgk/t20210702_1.html"
QUESTIONABLE = (
    notices.ROWS[0],
    (*notices.ROWS[1][:4], "10月前"),
    ("公开教育信息", "1.公开学校名单。", "县教委", "县有关部门", "2021年9月15日前"),
)


async def numbers(world: World) -> list[int]:
    return [row.number for row in await world.rows("SELECT number FROM task ORDER BY number")]


async def dispatched(world: World, number: int) -> dict[str, str]:
    """Unit -> state, of one row."""
    rows = await world.rows(
        "SELECT unit.name, assignment.state FROM assignment JOIN node ON node.id = node_id"
        " JOIN task ON task.id = task_id"
        " JOIN unit ON unit.id = unit_id WHERE task.number = :number ORDER BY unit.position",
        number=number,
    )
    return {row.name: row.state for row in rows}


def sheet_on(phone: Phone) -> Path:
    """The file the bot sent last, saved."""
    file = [m for m in phone.world.platform.inbox(phone.userid) if m.kind == "file"][-1]
    path = phone.world.settings.duban_data_dir / "received.xlsx"
    path.write_bytes(phone.world.platform.media.get(file.body["media_id"]).data)
    return path


async def imported(world: World) -> Phone:
    """The office has imported the clean list."""
    office = world.office
    await world.to("2021-07-01T10:00:00+08:00")
    await office.sends("清单.docx", notices.docx())
    assert "交办 6 项" in await office.says("交办")
    return office


async def test_a_list_in_one_message_and_out_to_everybody_the_next_morning(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-07-01T10:00:00+08:00")
    before = await numbers(corner)
    preview = await office.sends("清单.docx", notices.docx())
    assert "共 3 行（编为 44–46 号）" in preview and "可交办 5 个单位 6 项" in preview
    assert "44 公开惠企政策｜县教委、县司法局｜9月30日" in preview and "回复：交办" in preview
    assert len(preview.encode()) < 2048
    assert await numbers(corner) == before
    town.look()

    stored = await office.says("交办")
    assert "编为 44–46 号，交办 6 项" in stored
    assert await dispatched(corner, 45) == {"桂阳街道": "dispatched", "新民镇": "dispatched", "高峰镇": "dispatched"}
    assert town.gets_nothing()
    await corner.morning("2021-07-02")
    assert "45 更新办事指南" in town.gets()
    assert "已签收 45" in await town.says("签收 45")
    assert "1.更新乡镇办事指南" in await town.says("任务 45")


async def test_the_same_notice_again_changes_nothing(corner: World) -> None:
    office = await imported(corner)
    audited = len(await corner.rows("SELECT id FROM audit"))
    for name, data in (("清单.docx", notices.docx()), ("另存.html", notices.html())):
        assert "先前已经导入（44–46 号），内容没有变化" in await office.sends(name, data)
    assert "没有正在导入的清单" in await office.says("交办")
    assert len(await corner.rows("SELECT id FROM audit")) == audited


async def test_questions_are_answered_in_the_chat(corner: World) -> None:
    office = corner.office
    await corner.to("2021-07-01T10:00:00+08:00")
    preview = await office.sends("清单.docx", notices.docx(QUESTIONABLE))
    assert "要您定的问题 2 个" in preview and "45 更新办事指南｜各乡镇（街道）｜时限待定" in preview
    asked = await office.says("问题")
    assert "待答 2 个" in asked and "10月前" in asked and "县有关部门" in asked
    first = 1 if asked.index("10月前") < asked.index("县有关部门") else 2
    second = 3 - first

    assert "不是确定的日期" in await office.says(f"答 {first} 下个月")
    assert "不认识单位“县教育局”" in await office.says(f"答 {second} 县教育局")
    assert "没有第 9 题" in await office.says("答 9 县教委")
    assert f"已记：{first}＝2021-09-30" in await office.says(f"答 {first} 9月底")
    answered = await office.says(f"答 {second} 县教委、县司法局")
    assert "县教委、县司法局" in answered and "可交办 5 个单位 7 项" in answered
    assert "交办 7 项" in await office.says("确认")
    assert list(await dispatched(corner, 46)) == ["县教委", "县司法局"]
    due = await corner.rows("SELECT due FROM node JOIN task ON task.id = task_id WHERE number = 45")
    assert [str(row.due) for row in due] == ["2021-09-30"]
    # What was answered stays answered: the same file asks nothing.
    assert "内容没有变化" in await office.sends("清单.docx", notices.docx(QUESTIONABLE))


async def test_what_is_skipped_waits_and_can_be_answered_later(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-07-01T10:00:00+08:00")
    await office.sends("清单.docx", notices.docx(QUESTIONABLE))
    asked = await office.says("问题")
    day = 1 if asked.index("10月前") < asked.index("县有关部门") else 2
    assert "跳过" in await office.says(f"答 {day} 跳过\n答 {3 - day} 县教委")
    stored = await office.says("交办")
    assert "1 行待明确" in stored and "还有 1 个问题以后再定" in stored
    assert await dispatched(corner, 45) == {}
    assert "45" in await office.says("待审")
    assert "时限还没有明确" in await office.says("指定 45 新民镇")
    await corner.morning("2021-07-02")
    assert "更新办事指南" not in town.gets()

    assert "新交办 3 项" in await office.says(f"答 {day} 2021-09-30")
    assert await dispatched(corner, 45) == {"桂阳街道": "dispatched", "新民镇": "dispatched", "高峰镇": "dispatched"}
    await corner.morning("2021-07-05")
    assert "45 更新办事指南" in town.gets()


async def test_the_questions_come_as_a_sheet_and_go_back_filled_in(corner: World) -> None:
    office = corner.office
    await corner.to("2021-07-01T10:00:00+08:00")
    await office.sends("清单.docx", notices.docx(QUESTIONABLE))
    path = sheet_on(office)
    assert "没有填" in await office.sends("答题表.xlsx", path.read_bytes())
    book = load_workbook(path)
    (sheet,) = book.worksheets
    lines = {str(line[3].value): line for line in sheet.iter_rows(min_row=4)}
    for text, line in lines.items():
        line[5].value = "2021-09-30" if "10月前" in text else "县教委、县司法局"
    book.save(path)
    answered = await office.sends("答题表.xlsx", path.read_bytes())
    assert "已记：" in answered and "可交办 5 个单位 7 项" in answered
    assert "交办 7 项" in await office.says("交办")


async def test_a_corrected_notice_shows_the_difference_and_keeps_what_is_done(corner: World) -> None:
    office, town, lead = await imported(corner), corner.who("新民镇"), corner.who("县政府办公室", "审核人")
    await corner.morning("2021-07-02")
    await town.says(f"完成 45 新民镇 {LINK}")
    assert "已通过" in await lead.says("通过 45 新民镇")
    await corner.who("县教委").says("签收 44")
    one, two, _ = notices.ROWS
    corrected = (
        (*one[:4], "2021年10月15日前"),
        (*two[:3], "新民镇、高峰镇", two[4]),
        ("公开学前教育信息", "1.公开幼儿园名单。", "县教委", "——", "2021年11月30日前"),
    )
    shown = await office.sends("更正.docx", notices.docx(corrected))
    assert "新增 1 行" in shown and "公开学前教育信息" in shown
    assert "删去 1 行" in shown and "46 公开义务教育招生信息" in shown
    assert "时限 2021-09-30 → 2021-10-15" in shown and "各乡镇（街道） → 新民镇、高峰镇" in shown
    assert await dispatched(corner, 46) == {"县教委": "dispatched"}

    done = await office.says("确认")
    assert "新增 47 号" in done and "撤销 2 项" in done and "改时限 2 项" in done
    assert await dispatched(corner, 45) == {"桂阳街道": "cancelled", "新民镇": "closed", "高峰镇": "dispatched"}
    assert await dispatched(corner, 46) == {"县教委": "cancelled"}
    assert await dispatched(corner, 44) == {"县教委": "in_progress", "县司法局": "dispatched"}
    await corner.morning("2021-07-05")
    morning = corner.who("县教委").gets()
    assert "44 时限改为 2021-10-15" in morning and "46 已撤销" in morning and "47 公开学前教育信息" in morning
    assert "45 已撤销" in corner.who("桂阳街道").gets()
    assert "更正" in await corner.who("县教委").says("任务 44")
    assert "内容没有变化" in await office.sends("更正.docx", notices.docx(corrected))


async def test_an_extension_outlasts_a_correction(corner: World) -> None:
    office, unit = await imported(corner), corner.who("县教委")
    await unit.says("延期 44 2021-11-30 方案还在会签")
    assert "已同意" in await office.says("同意 44 县教委")
    later = ((*notices.ROWS[0][:4], "2021年10月15日前"), *notices.ROWS[1:])
    await office.sends("更正.docx", notices.docx(later))
    await office.says("确认")
    rows = await corner.rows(
        "SELECT unit.name, assignment.due FROM assignment JOIN node ON node.id = node_id JOIN unit ON unit.id = unit_id"
        " WHERE code = '44' ORDER BY unit.position"
    )
    assert {row.name: str(row.due) for row in rows} == {"县教委": "2021-11-30", "县司法局": "2021-10-15"}


async def test_a_preview_survives_a_restart(corner: World) -> None:
    office = corner.office
    await corner.to("2021-07-01T10:00:00+08:00")
    await office.sends("清单.docx", notices.docx())
    await corner.restart()
    # Long after the question expired 确认 says nothing; 交办 still knows which list is meant.
    await corner.to("2021-07-01T16:00:00+08:00")
    assert "没有等待确认的事" in await office.says("确认")
    assert "交办 6 项" in await office.says("交办")
    assert "没有正在导入的清单" in await office.says("交办")


async def test_cancelled_is_gone(corner: World) -> None:
    office = corner.office
    before = await numbers(corner)
    await office.sends("清单.docx", notices.docx())
    assert "已取消导入" in await office.says("取消")
    assert "没有正在导入的清单" in await office.says("交办")
    await office.sends("清单.docx", notices.docx())
    await corner.to("2021-07-01T10:00:00+08:00")
    assert "已取消导入" in await office.says("取消")
    assert await numbers(corner) == before


async def test_nobody_but_the_office_imports(corner: World) -> None:
    for who in (corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县政府", "县领导")):
        await who.sends("清单.docx", notices.docx())
        for words in ("导入", "交办", "问题", "答 1 县教委"):
            assert "只能由县政府办公室操作" in await who.says(words)
    assert await corner.rows("SELECT id FROM draft") == []


async def test_evidence_or_a_list_is_asked_never_guessed(corner: World) -> None:
    office = corner.office
    await corner.morning("2021-05-25")
    assert "链接或文件" in await office.says("完成 34 新民镇")
    asked = await office.sends("清单.docx", notices.docx())
    assert "回复：佐证" in asked and "回复：导入" in asked
    assert (await dispatched(corner, 34))["新民镇"] == "dispatched" and await corner.rows("SELECT id FROM draft") == []
    assert "已提交 34" in await office.says("佐证")
    # Asked again for another item, the other answer.
    await office.says("完成 34 高峰镇")
    await office.sends("清单.docx", notices.docx())
    assert "共 3 行" in await office.says("导入")
    assert (await dispatched(corner, 34))["高峰镇"] == "dispatched"


async def test_the_file_may_still_go_with_a_notice(corner: World) -> None:
    office, town = corner.office, corner.who("新民镇")
    await corner.to("2021-05-25T10:00:00+08:00")
    town.look()
    await office.sends("清单.docx", notices.docx())
    assert "附件：清单.docx" in await office.says("通知 新民镇 请先看看 附件")
    await office.says("确认")
    assert "清单.docx" in town.gets()
    assert "交办 6 项" in await office.says("交办")


async def test_what_is_no_notice_is_what_it_was(corner: World) -> None:
    office = corner.office
    answer = await office.sends(
        "登记表.docx", notices.archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})
    )
    assert "通知 对象 内容 附件" in answer
    assert len((await office.says("导入")).splitlines()) == 1
    assert await corner.rows("SELECT id FROM draft") == []


async def test_a_past_deadline_is_announced_once_and_escalated_to_nobody(corner: World) -> None:
    office, unit = await imported(corner), corner.who("县教委")
    late = (("公开收费清单", "1.公开收费项目。", "县发展改革委", "县教委", "2021年6月15日前"),)
    await office.sends("补.docx", notices.docx(late, "关于印发垫江县收费公开任务清单的通知", "垫江府办发〔2021〕70号"))
    assert "编为 47 号" in await office.says("交办")
    await corner.morning("2021-07-02")
    assert "47 公开收费清单" in unit.gets()
    office.look()
    await corner.morning("2021-07-05", "2021-07-06", "2021-07-07", "2021-07-08")
    assert "47" not in unit.gets() and "47" not in office.gets()


async def test_two_who_import_the_same_notice_load_it_once(corner: World) -> None:
    await corner.to("2021-07-01T10:00:00+08:00")
    one, other = corner.office, corner.who("县司法局", "审核人")
    await corner.roster(("县政府办公室", "甲", one.userid, "县办"), ("县政府办公室", "乙", other.userid, "县办"))
    for who in (one, other):
        assert "共 3 行" in await who.sends("清单.docx", notices.docx())
    assert "交办 6 项" in await one.says("交办")
    assert "内容没有变化" in await other.says("交办")
    assert len(await corner.rows("SELECT id FROM task_list")) == 2


async def test_the_file_stays_where_files_are_kept(corner: World) -> None:
    await corner.office.sends("清单.docx", notices.docx())
    assert len(list((corner.settings.duban_data_dir / FOLDER).iterdir())) == 1


async def test_a_new_unit_is_created_when_the_office_says_so(corner: World) -> None:
    office = corner.office
    await corner.to("2021-07-01T10:00:00+08:00")
    rows = (("建立数据共享目录", "1.编制目录。", "县教委", "县数据资源服务中心", "2021年11月30日前"),)
    preview = await office.sends("清单.docx", notices.docx(rows))
    assert "县数据资源服务中心”不在单位名录里" in preview and "可交办 0 个单位 0 项，1 行待明确" in preview
    assert "已记：1＝新单位" in await office.says("答 1 新单位")
    stored = await office.says("交办")
    assert "交办 1 项" in stored and "新单位 县数据资源服务中心 已建" in stored
    assert await dispatched(corner, 44) == {"县数据资源服务中心": "dispatched"}
    await corner.morning("2021-07-02")
    assert "联系不上" in office.gets()
    await corner.roster(("县数据资源服务中心", "陈一", corner.who("高峰镇").userid, "联络员"))
    await corner.morning("2021-07-05")
    assert "44 建立数据共享目录" in corner.who("高峰镇").gets()


async def test_a_doubtful_year_is_settled_before_anything_goes_out(corner: World) -> None:
    office = corner.office
    await corner.to("2021-12-20T10:00:00+08:00")
    title = "关于印发垫江县2022年政务公开任务清单的通知"
    row = ("公开惠企政策", "1.梳理惠企政策。", "县发展改革委", "县教委", "9月30日前")
    preview = await office.sends("清单.docx", notices.docx((row,), title, "垫江府办发〔2021〕99号"))
    if "哪一年" not in preview:  # the reader was sure
        assert "2022" in preview
        return
    assert "年份还没有定" in await office.says("交办")
    assert "请回复：导入" in await office.says("答 1 2023")
    assert "9月30日" in await office.says("导入 2022")
    assert "交办 1 项" in await office.says("交办")
    due = await corner.rows("SELECT due FROM node JOIN task ON task.id = task_id WHERE number = 44")
    assert [str(one.due) for one in due] == ["2022-09-30"]


async def test_a_preview_of_last_week_is_shown_once_more(corner: World) -> None:
    office = corner.office
    await corner.to("2021-07-01T10:00:00+08:00")
    await office.sends("清单.docx", notices.docx())
    await corner.to("2021-07-08T10:00:00+08:00")
    again = await office.says("交办")
    assert "请再看一遍" in again and "共 3 行" in again
    assert "交办 6 项" in await office.says("交办")


async def test_what_is_taken_back_in_other_words_is_gone_too(corner: World) -> None:
    office = corner.office
    await office.sends("清单.docx", notices.docx())
    assert "已取消导入" in await office.says("算了")
    assert "没有正在导入的清单" in await office.says("交办")


async def test_a_list_that_changed_meanwhile_is_shown_again(corner: World) -> None:
    """Two correct the same list: whoever is second sees what is left to change."""
    await imported(corner)
    one, other = corner.office, corner.who("县司法局", "审核人")
    await corner.roster(("县政府办公室", "甲", one.userid, "县办"), ("县政府办公室", "乙", other.userid, "县办"))
    later = ((*notices.ROWS[0][:4], "2021年10月15日前"), *notices.ROWS[1:])
    latest = ((*notices.ROWS[0][:4], "2021年11月15日前"), *notices.ROWS[1:])
    await one.sends("更正.docx", notices.docx(later))
    assert "2021-09-30 → 2021-11-15" in await other.sends("再更正.docx", notices.docx(latest))
    assert "改时限 2 项" in await one.says("确认")
    again = await other.says("确认")
    assert "请再看一遍" in again and "2021-10-15 → 2021-11-15" in again
    assert "改时限 2 项" in await other.says("确认")
