"""What stands around the list: its title, 文号, dates and year."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.documents.notice.dates import dates_in, normalised
from bot.documents.notice.words import ASPECT, PART, clean

_LIST_TITLE = re.compile(
    r"(?:清单|分解表|分工表|任务表|一览表|责任表|安排表|推进表|进度表|计划表|明细表|汇总表|台账|分工|任务分解|责任分解|要点|方案|计划|安排)"
    r"(?:（[^）]*）)?$"
)
_NOTICE_END = re.compile(r"的?(?:通知|意见|函|公告|通告)$")
_ORGAN = re.compile(r"(?:人民政府|办公室|委员会|领导小组|局|政府办)$")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,7}[省市县区旗镇乡]")
_NO_TITLE = re.compile(
    r"^附\s*件|^（此件|[。；]|^(?:抄送|主送|签发人|填报|单位|联系|来源|索引|发布|浏览|字体|当前位置|首页)"
)
_DOC_NO = re.compile(r"[\u4e00-\u9fff]{2,12}[〔\[【［(（](20\d\d)[〕\]】］)）]第?\d{1,4}号")
_DAY = re.compile(r"(20\d\d)年(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日")
_SIGNED = re.compile(r"(?:[\u4e00-\u9fff]{2,30})?（?(20\d\d年\d{1,2}月\d{1,2}日)）?(?:印发|发布)?(?:（[^）]*）)?")
_LABELLED = re.compile(
    r"(?P<label>成文日期|发文日期|印发日期|印发时间|成文时间|发文时间|发布日期|发布时间|公开日期|生成日期)[：:]?(?P<day>20\d\d年\d{1,2}月\d{1,2}日)"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?=年|\D|$)")
_REPORT = re.compile(r"(?:完成|落实|办理|进展|推进)(?:任务)?情况|工作总结|总结材料")
_LONGEST_TITLE = 90
_LINES_OF_A_TITLE = 4


@dataclass(frozen=True, slots=True)
class Head:
    """`years` are those the document may be of, most likely first; more than one is a question."""

    title: str
    doc_no: str | None
    issued: date | None
    report: date | None
    years: tuple[int, ...]


def read_head(before: Sequence[str], everything: Sequence[str], filename: str, year: int | None) -> Head:
    """`before` are the lines above the list, `everything` all paragraphs of the document."""
    notice = _notice_title(before)
    title = _list_title(before) or notice or _first_heading(before) or clean(filename)
    doc_no = next((match[0] for line in everything if (match := _DOC_NO.fullmatch(line.split("签发人")[0]))), None)
    issued = _issued(everything)
    years = [year] if year else _years(title, notice, issued, doc_no, filename)
    report = _report(everything, years[0]) if years else None
    return Head(title, doc_no, issued, report, tuple(years))


def _list_title(lines: Sequence[str]) -> str:
    """The last line above the list that reads like its title; 任务清单 alone only where no other says more."""
    found = ""
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        if _LIST_TITLE.search(line) and _may_be_title(line):
            previous = lines[index - 1] if index else ""
            title = previous + line if _is_first_half(previous) and not _PLACE.match(line) else line
            if _YEAR.search(normalised(title)) or _PLACE.match(title):
                return title
            found = found or title
    return found


def _is_first_half(line: str) -> bool:
    """Whether a line can be the beginning of a title that goes on in the next."""
    begins = _PLACE.match(line) or line.startswith(("关于", "贯彻"))
    ended = _LIST_TITLE.search(line) or _NOTICE_END.search(line) or _ORGAN.search(line) or _DAY.search(normalised(line))
    return bool(begins) and not ended and len(line) <= 40 and _may_be_title(line)


def _may_be_title(line: str) -> bool:
    return (
        len(line) <= _LONGEST_TITLE
        and not _NO_TITLE.search(line)
        and not _DOC_NO.fullmatch(line)
        and not PART.match(line)
        and not ASPECT.match(line)
        and "：" not in line
    )


def _notice_title(lines: Sequence[str]) -> str:
    """关于…的通知, which may run over several lines, with the organ above it."""
    for start, line in enumerate(lines):
        if "关于" not in line or "。" in line:
            continue
        for end in range(start + 1, min(start + _LINES_OF_A_TITLE, len(lines)) + 1):
            title = "".join(lines[start:end])
            if _NOTICE_END.search(title) and len(title) <= _LONGEST_TITLE + 30:
                organ = lines[start - 1] if start and line.startswith("关于") else ""
                return (organ if len(organ) <= 30 and _ORGAN.search(organ) else "") + title
    return ""


def _first_heading(lines: Sequence[str]) -> str:
    return next((line for line in lines if 4 < len(line) <= 60 and _may_be_title(line)), "")


def _issued(lines: Iterable[str]) -> date | None:
    """The date of the document: labelled, else the last that stands alone as a signature does."""
    labelled: dict[str, date] = {}
    signed: list[date] = []
    for line in map(normalised, lines):
        for labelling in _LABELLED.finditer(line):
            if (day := _day(labelling["day"])) is not None:
                labelled.setdefault(labelling["label"], day)
        if (match := _SIGNED.fullmatch(line.strip("（）"))) and (day := _day(match[1])):
            signed.append(day)
    written = [day for label, day in labelled.items() if not label.startswith(("发布", "公开"))]
    return next(iter([*written[:1], *signed[-1:], *labelled.values()]), None)


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _years(title: str, notice: str, issued: date | None, doc_no: str | None, filename: str) -> list[int]:
    for text in (title, notice):
        said = list(dict.fromkeys(int(year) for year in _YEAR.findall(normalised(text))))
        if len(said) == 1:
            return said
        if said and issued:
            return [issued.year] if issued.year in said else [issued.year, *said]
        if said:
            return said[::-1]
    if issued:
        return [issued.year]
    numbered = _YEAR.findall(doc_no or "") or _YEAR.findall(filename)
    return [int(year) for year in numbered[:1]]


def _report(lines: Iterable[str], year: int) -> date | None:
    """By when the units report what they have done: the day on which rows without a date are due (rule 3)."""
    days: list[date] = []
    for line in lines:
        for sentence in re.split(r"[。；]", normalised(line)):
            if "报" in sentence and _REPORT.search(sentence):
                days += (
                    one.candidates[0] for one in dates_in(sentence, year) if one.closed and len(one.candidates) == 1
                )
    return max(days, default=None)
