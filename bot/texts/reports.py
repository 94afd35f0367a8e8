"""What the chat says around reports and bulletins."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.texts.words import clock, day, names

LOOK_FIRST = "报送之前请先看一遍：回复 年报，核对无误再回复 报送。"
MOVED_ON = "您看过报告之后有事项又有变动，没有报送。请回复 年报 再核对一次。"
TAKEN = "县政府办公室已经收阅，不能撤回。要更正请联系县政府办公室。"


def which_unit(what: str, units: str) -> str:
    example = units.split("、")[0] or "新民镇"
    return f"请写明单位，例如：{what} {example}"


def draft(unit: str, year: int, summary: str, due: date, mine: bool) -> str:
    head = f"{unit}{year}年完成情况报告（草稿，按台账自动生成）：\n{summary}\n文件随后发出。"
    if not mine:
        return f"{head}\n该单位尚未报送（{day(due)} 前报送）。"
    return (
        f"{head}\n核对无误请回复 报送（{day(due)} 前）；有漏的先补报（完成、进展），再回复 年报 重新生成。\n"
        "暂不报送请回复 取消。"
    )


def of_county(year: int, units: int, done: int) -> str:
    return (
        f"{year}年全县完成情况报告已生成（附各单位报告），文件随后发出。\n"
        f"已报送 {done}/{units} 个单位，名单回复：报送情况"
    )


def of_units(units: Sequence[str]) -> str:
    return f"{names(units, 4)}的完成情况报告已生成，文件随后发出。"


def handed_in(unit: str, year: int, at: datetime, who: str) -> str:
    return (
        f"已报送{unit}{year}年完成情况报告（{clock(at)}，{who}），内容已固定存档。\n"
        "县政府办公室收阅之前可回复：撤回报送"
    )


def handed_in_already(unit: str, at: datetime, who: str) -> str:
    return f"{unit}的完成情况报告已于{clock(at)}由{who}报送，内容已固定。要更正请回复：撤回报送 {unit}"


def remind(due: date) -> str:
    return f"完成情况报告请于 {day(due)} 前报送：回复 年报 核对，再回复 报送"


def taken_back(unit: str) -> str:
    return f"已撤回{unit}的完成情况报告。改好后回复 年报 核对，再回复 报送。"


def who_has(year: int, due: date, done: Sequence[str], missing: Sequence[str]) -> str:
    lines = [f"{year}年完成情况报告（{day(due)} 前报送）：已报送 {len(done)}/{len(done) + len(missing)} 个单位"]
    lines += [f"未报送：{names(missing, 60)}"] if missing else []
    lines += [f"已报送：{names(done, 60)}"] if done else []
    lines += ["看某单位的报告回复：年报 单位"] if done else []
    return "\n".join(lines)


def material(words: str) -> str:
    return f"年报素材（按台账自动生成，请核对后使用）：\n{words}"


def no_bulletin(days: int) -> str:
    return f"现在没有逾期 {days} 个工作日以上且提醒已经送达的事项，没有可以起草的通报。"


def bulletin(what: str) -> str:
    return f"通报代拟稿已生成（{what}），文件随后发出。\n由人审定、签发后印发；系统不会发出通报。"
