"""A false alarm is overruled by the unit's head, with a reason and on record (DESIGN §3, rule 8)."""

import re

import pytest
from support import files
from support.world import Phone, World

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
DUTY = "13300003296"
WORDS = f"完成 34 {LINK} 值班电话{DUTY}"
ID_CARD = "110105194912319972"


def code_in(answer: str) -> str:
    found = re.search(r"误报 (\d{6}) 理由", answer)
    assert found, answer
    return found.group(1)


def head_of(world: World, unit: str) -> Phone:
    return world.who(unit, "单位负责人")


async def audited(world: World, act: str) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in await world.rows("SELECT actor, words, after FROM audit WHERE act = :act", act=act)]


async def test_the_head_overrules_and_the_same_words_are_handled_when_they_come_again(corner: World) -> None:
    town, head, lead = corner.who("新民镇"), head_of(corner, "新民镇"), corner.who("县司法局", "审核人")
    await corner.morning("2021-05-25")
    refusal = await town.says(WORDS)
    assert "手机号" in refusal and "没有保存也没有处理" in refusal and DUTY not in refusal
    assert "单位负责人（代鑫）" in refusal
    code = code_in(refusal)
    assert "待签收" in await town.says("任务 34")

    # Not for nothing, not by the contact, not by another unit's head, and not by the office in the head's place.
    assert "请写明六位编号和理由" in await head.says(f"误报 {code}")
    for other in (town, head_of(corner, "高峰镇"), lead, corner.office):
        assert f"没有您可以认定的编号 {code}" in await other.says(f"误报 {code} 对外公布的值班电话")
    assert DUTY not in str(await corner.rows("SELECT * FROM audit")) + str(await corner.rows("SELECT * FROM inbox"))

    answer = await head.says(f"误报 {code} 理由：对外公布的防汛值班电话")
    assert "已记录" in answer and "手机号" in answer
    assert "认定为误报" in town.gets()
    assert "已记录" in await head.says(f"误报 {code} 再说一遍也一样")
    assert town.gets_nothing()

    assert "已提交 34" in await town.says(WORDS)
    assert DUTY in await lead.says("任务 34 新民镇")  # it is no secret now
    # On record: who, why and what kind; and what was overruled by its mark alone.
    ((who, why, after),) = await audited(corner, "overrule")
    assert who == head.userid and why == "对外公布的防汛值班电话"
    assert "手机号" in str(after) or "\\u624b\\u673a\\u53f7" in str(after)
    assert re.search(r"[0-9a-f]{64}", str(after)) and DUTY not in str(after)


async def test_only_the_same_words_of_the_same_person_for_thirty_days(corner: World) -> None:
    town, head = corner.who("新民镇"), head_of(corner, "新民镇")
    await corner.morning("2021-05-25")
    code = code_in(await town.says(f"进展 18 联系人 {DUTY}"))
    await head.says(f"误报 {code} 对外公布的值班电话")
    assert "手机号" in await town.says("进展 18 联系人 13300003297")
    assert "手机号" in await head.says(f"进展 18 联系人 {DUTY}")
    assert "已记录" in await town.says(f"进展 18　联系人　{DUTY}")  # blanks are no other words
    await corner.morning("2021-06-25")
    again = await town.says(f"进展 18 联系人 {DUTY}")
    assert "手机号" in again and "没有保存也没有处理" in again
    await head.says(f"误报 {code_in(again)} 仍是值班电话")
    assert "已记录" in await town.says(f"进展 18 联系人 {DUTY}")


@pytest.mark.parametrize("secret", [ID_CARD, "6222020200112233446"])
async def test_a_number_whose_check_digit_fits_is_nobodys_to_overrule(corner: World, secret: str) -> None:
    town = corner.who("新民镇")
    for words in (f"进展 18 {secret}", f"进展 18 {secret} 电话{DUTY}"):
        refusal = await town.says(words)
        assert "没有保存也没有处理" in refusal and "误报" not in refusal
    refusal = await town.sends("名单.docx", files.docx(f"值班电话{DUTY}", f"张三 {secret}"))
    assert "没有保存也没有处理" in refusal and "手机号" in refusal and "误报" not in refusal
    assert await audited(corner, "withheld") == []


async def test_a_file_is_overruled_by_its_bytes_and_its_name(corner: World) -> None:
    town, head = corner.who("新民镇"), head_of(corner, "新民镇")
    await corner.morning("2021-05-25")
    await town.says("完成 34")
    page = files.docx("办事指南", f"24小时值班电话：{DUTY}")
    code = code_in(await town.sends("公开截图.docx", page))
    assert not [path for path in corner.settings.duban_data_dir.rglob("*") if path.is_file()]
    assert "已记录" in await head.says(f"误报 {code} 办事指南依法公开值班电话")
    for name, data in (("公开.docx", page), ("公开截图.docx", files.docx("办事指南", f"值班电话：{DUTY}"))):
        assert "手机号" in await town.sends(name, data)
    assert "已提交 34" in await town.sends("公开截图.docx", page)


async def test_words_that_speak_of_markings(corner: World) -> None:
    town, head = corner.who("新民镇"), head_of(corner, "新民镇")
    words = "进展 18 已组织学习《文件标密办法》，会上讲解了“机密★10年”的写法"
    code = code_in(await town.says(words))
    assert "标密办法" not in str(await corner.rows("SELECT words FROM inbox"))
    assert "密级标志" in await head.says(f"误报 {code} 是讲解标志的写法，不是涉密文件")
    assert "已记录" in await town.says(words)


async def test_where_a_unit_has_no_head_the_office_decides(corner: World) -> None:
    await corner.roster(("新民镇", "邹莉", corner.who("新民镇").userid, "联络员"))
    town = corner.who("新民镇")
    refusal = await town.says(f"进展 18 联系人 {DUTY}")
    assert "请县政府办公室回复" in refusal
    assert "已记录" in await corner.office.says(f"误报 {code_in(refusal)} 对外公布的值班电话")
    assert "已记录" in await town.says(f"进展 18 联系人 {DUTY}")


async def test_the_head_alone_is_told_of_the_word_in_help(corner: World) -> None:
    assert "误报" in await head_of(corner, "新民镇").says("帮助")
    assert "误报" not in await corner.who("新民镇").says("帮助")
