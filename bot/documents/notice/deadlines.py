"""What a deadline's wording means: days, recurrences, standing duties, and what has to be asked (decision 22).

The wordings are those of real lists; `docs/decisions/0022-*.md` has the table.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.documents.notice.dates import Found, add_months, dates_in, normalised
from bot.documents.notice.words import clean
from bot.domain.calendar import UnknownYear, WorkCalendar

_COUNTED = r"(?:次|场|期|篇|轮|条|件|批|份|家|人次)"
_QUOTA = re.compile(
    rf"(?P<per>每半年|每学期|每两个?月|每双月|每年度?|全年|年度内|年内|1年|半年)(?P<between>[^。；;\d]{{0,60}})"
    rf"(?P<count>\d{{1,3}}){_COUNTED}(?:(?P<more>[^。；;]{{0,30}}?其中[^。；;\d]{{0,60}}(?P<part>\d{{1,3}}){_COUNTED}))?"
)
_TIMES_A_YEAR = {"每半年": 2, "半年": 2, "每学期": 2, "每两个月": 6, "每两月": 6, "每双月": 6}
_EACH_YEAR = re.compile(r"(?:20\d\d年(?:、|和|,|，)){1,5}20\d\d年各[^。；;\d]{0,20}(?P<count>\d{1,5})")
_EVERY = (
    ("monthly", re.compile(r"每个?月(?!亮)|按月|逐月|月度|1月1(?:次|报|调度)")),
    ("quarterly", re.compile(r"每个?季度?|按季度?|逐季|季度(?:更新|报送|调度|通报|开展)|1季度?1(?:次|报)")),
    ("quota:6", re.compile(r"每(?:两个?|2个?|双)月")),
    ("quota:2", re.compile(r"每(?:半年|学期)|半年1次|按半年")),
    ("yearly", re.compile(r"每(?:个)?年|逐年|按年度?|年度(?:内)?(?:更新|报送|开展)")),
)
_STANDING = re.compile(
    r"长期|(?<!可)持续(?!性)|常态(?!化疫情)|动态|(?<!不)及时|(?<![法规])定期|随时|适时|逐步|日常|坚持|实时|即时|经常|每[日天周旬]|每个?工作日|全程|始终|按需"
)
_STANDING_IN_MEASURES = re.compile(
    r"长期|(?<!可)持续(?!性)|(?:保持|根据[^，。；]{0,20})?动态(?:更新|调整|管理)|(?<!不)及时|(?<![法规])定期|实时|随时|运行维护|常态化(?:开展|推进|公开|更新)"
)
_PERIOD_OPEN = re.compile(r"(?<![法规])定期|适时")
_DURATION = re.compile(
    r"(?<!\d)(?P<n>\d{1,3})(?:-(?P<n2>\d{1,3}))?(?P<unit>个?月|个?工作日|日|天|周|个?星期|年)(?:之|以)?内"
)
_ISSUING = r"(?:印发|下发|发布|出台|公布|发文|施行|实施)"
_OWN = re.compile(
    rf"(?:自|从|在|于)?(?:本|该|此)?(?:通知|文件|方案|清单|意见|要点|任务清单|工作要点|工作方案)?{_ISSUING}(?:之日)?(?:起|后|以后|之后|起算)?$"
)
_FOREIGN = re.compile(
    rf"[^，。；、]{{2,60}}?(?:{_ISSUING}|批复|通过|签订|竣工|完工|启动|成立|生效|形成|变更|制定|作出|受理|收到|召开|结束)"
    r"[^，。；]{0,40}?(?:之日起|起|后|之后|以后)?$"
)
_LAWFUL = re.compile(r"法定(?:期限|时限|时间)|规定(?:期限|时限)内")
_AT_ONCE = re.compile(r"立行立改|立即|即行|即刻|马上|立查立改")
_DRAWN = re.compile(r"[-_/\\—无]*")
_ONLY_TIME = re.compile(r"(?:于|在)?[\d年月日号季度上中下旬底末前内半全之至到\-—第、]{2,20}(?:完成|办结|报送)?。?")
_YEAR_ALONE = re.compile(r"^(20\d\d)$")
_AFTERWORDS = re.compile(r"(?:之?内|止|[，,、：:])*")


@dataclass(slots=True)
class Timing:
    """`nodes` are (what is due or "", day). `doubts` are (wording, why it is asked, candidates)."""

    nodes: list[tuple[str, date]] = field(default_factory=list)
    recurrence: str | None = None
    doubts: list[tuple[str, str, tuple[date, ...]]] = field(default_factory=list)
    wordings: list[str] = field(default_factory=list)


def read_cell(text: str, year: int, issued: date | None) -> Timing:
    """A cell that says when. What is not understood at all is a doubt; an empty cell or a drawn line says nothing."""
    written = clean(text.replace("\n", "；"))
    plain = _YEAR_ALONE.sub(r"\1年", normalised(written))
    timing = Timing()
    if _DRAWN.fullmatch(plain):
        return timing
    timing.wordings.append(written)
    rest = _each_year(plain, year, timing)
    rest = _quota(rest, timing)
    rest = _durations(rest, written, issued, timing)
    found = _dates(rest, year)
    standing = _STANDING.search(rest)
    if standing and len(found) == 1 and found[0].written == "全年":
        found = []  # 全年持续推进 names no day
    _take(found, rest, timing)
    every = next((name for name, words in _EVERY if words.search(rest)), None)
    timing.recurrence = timing.recurrence or every or ("standing" if standing else None)
    if timing.recurrence == "standing" and not found and _PERIOD_OPEN.search(rest):
        timing.doubts.append((written, "没有写明多久一次", ()))
    if timing.recurrence == "yearly" and issued:
        for node in [node for node in timing.nodes if node[1] < issued]:
            timing.nodes.remove(node)  # 每年1月31日前, in a notice of May: this year's day is over
            timing.doubts.append((written, "今年的日期已过", (add_months(node[1], 12), node[1])))
    _leftovers(rest, written, year, issued, timing)
    return timing


def read_measures(measures: str, year: int, issued: date | None, *, whole: bool = False) -> Timing:
    """Deadlines and recurrences that measures or remarks speak of. Only what is said as a deadline counts, and what
    is not understood is no doubt: most of their words are about something else. `whole`: a remark that is nothing but
    a time (11月中旬) counts as well."""
    timing = Timing()
    if whole and _ONLY_TIME.fullmatch(normalised(clean(measures))):
        return read_cell(measures, year, issued)
    plain = normalised(clean(measures.replace("\n", "；")))
    rest = _quota(plain, timing, wordings=True)
    for duration in _DURATION.finditer(rest):
        _from_event(duration, rest, issued, timing, cell=False)
    earliest = issued or date(year, 1, 1)
    found = [one for one in dates_in(_without_titles(rest), year) if _said_as_deadline(one, rest, earliest)]
    _take(found, rest, timing)
    timing.wordings += [one.written for one in found]
    if timing.recurrence is None:
        for name, words in _EVERY:
            if (match := words.search(rest)) and match[0] not in ("月度", "每个季"):
                timing.recurrence = name
                timing.wordings.append(_clause(rest, match.start()))
                break
    nothing = timing.recurrence is None and not timing.nodes and not timing.doubts
    if nothing and (match := _STANDING_IN_MEASURES.search(rest)):
        timing.recurrence = "standing"
        timing.wordings.append(_clause(rest, match.start()))
    return timing


def _dates(text: str, year: int) -> list[Found]:
    """The dates of a cell. A year beside other dates is theirs: 12月底前完成（2022年）."""
    found = list(dates_in(text, year))
    whole = [one for one in found if one.kind == "year"]
    if len(whole) == 1 and len(found) > 1:
        without = text[: whole[0].start] + "＿" * len(whole[0].written) + text[whole[0].end :]
        return list(dates_in(without, whole[0].candidates[0].year if whole[0].candidates else year))
    return found


def _each_year(text: str, year: int, timing: Timing) -> str:
    """2022年、2023年各建成50套: so many each year, and whether each has its own deadline is asked."""
    match = _EACH_YEAR.search(text)
    if not match:
        return text
    timing.recurrence = f"quota:{match['count']}"
    days = tuple(one.candidates[0] for one in dates_in(match[0], year) if one.candidates)
    timing.doubts.append((match[0], "分年度完成，各年度的期限没有写明", days))
    return text.replace(match[0], "")


def _quota(text: str, timing: Timing, *, wordings: bool = False) -> str:
    match = _QUOTA.search(text)
    if not match or timing.recurrence:
        return text
    count = int(match["count"]) * _TIMES_A_YEAR.get(match["per"].replace("2", "两"), 1)
    timing.recurrence = f"quota:{count}" + (f"/{match['part']}" if match["part"] else "")
    if wordings:
        timing.wordings.append(match[0])
    return text.replace(match[0], "")


def _durations(text: str, written: str, issued: date | None, timing: Timing) -> str:
    for match in _DURATION.finditer(text):
        _from_event(match, text, issued, timing, cell=True)
    return _DURATION.sub("", text) if timing.nodes or timing.recurrence or timing.doubts else text


def _from_event(match: re.Match[str], text: str, issued: date | None, timing: Timing, *, cell: bool) -> None:
    """So long after something: after the notice itself it is a day, after another event a trigger."""
    before = re.split(r"[。；;，,]", text[: match.start()])[-1]
    own = _OWN.search(before) if before else None
    is_own = own is not None and not before[: own.start()].strip("自从在于")
    months = "月" in match["unit"]
    wording = (before + match[0]) if not cell else match[0]
    if is_own and not match["n2"]:
        if issued is None:
            timing.doubts.append((before + match[0], "从印发之日起算，但文件里没有找到印发日期", ()))
        elif (day := _after(issued, int(match["n"]), match["unit"])) is not None:
            timing.nodes.append(("", day))
        if not cell:
            timing.wordings.append(wording)
    elif months and _FOREIGN.search(before) and not match["n2"]:
        timing.recurrence = f"trigger:+{match['n']}m"
        if not cell:
            timing.wordings.append(wording)
    elif cell:
        spans = [int(match["n"]), *([int(match["n2"])] if match["n2"] else [])]
        days = [_after(issued, span, match["unit"]) for span in spans] if issued and not before else []
        timing.doubts.append((before + match[0], "没有写明从哪一天起算", tuple(day for day in days if day)))


def _after(issued: date, count: int, unit: str) -> date | None:
    if "月" in unit:
        return add_months(issued, count)
    if unit == "年":
        return add_months(issued, 12 * count)
    if "工作日" in unit:
        try:
            return WorkCalendar().add(issued, count)
        except UnknownYear:
            return None
    return issued + timedelta(days=count * (7 if unit.endswith(("周", "星期")) else 1))


def _take(found: list[Found], text: str, timing: Timing) -> None:
    """Days into nodes, doubtful ones into doubts; where there are several, each with what is due on it."""
    for index, one in enumerate(found):
        if one.kind in ("either", "vague"):
            timing.doubts.append((one.written, "可以有不同理解", one.candidates))
        elif one.kind == "after":
            timing.doubts.append((one.written, "只写了开始时间，没有写完成时限", ()))
        else:
            end = found[index + 1].start if index + 1 < len(found) else len(text)
            start = found[index - 1].end if index else 0
            timing.nodes.append((_due_words(text, one, start, end), one.candidates[0]))


def _due_words(text: str, one: Found, start: int, end: int) -> str:
    """What stands after the date in its clause, or before it (第一项工作于…)."""
    after = re.split(r"[。；;，,]", _AFTERWORDS.sub("", text[one.end : end], count=1))[0]
    before = re.split(r"[。；;，,]", text[start : one.start])[-1].strip("于在到至自、-/ ")
    return (after if len(after) > 2 or not before else before)[:30]


def _said_as_deadline(one: Found, text: str, earliest: date) -> bool:
    """In a sentence a time is a deadline if it is closed (前, 底, 内), not past, and not a beginning or a version."""
    before = text[max(0, one.start - 2) : one.start]
    if not one.closed or one.kind == "after" or before.endswith(("自", "从", "截至", "截止", "对", "《")):
        return False
    tail = text[one.end : one.end + 2]
    return not tail.startswith(("的", "印发", "出台", "建成的")) and all(day >= earliest for day in one.candidates)


def _without_titles(text: str) -> str:
    """Names of documents blanked out: their dates are no deadlines."""
    return re.sub(r"《[^《》]{0,200}》|〔20\d\d〕", lambda match: "＿" * len(match[0]), text)


def _clause(text: str, position: int) -> str:
    start = max((text.rfind(mark, 0, position) for mark in "。；，,;："), default=-1) + 1
    ends = [end for mark in "。；，,;" if (end := text.find(mark, position)) >= 0]
    return text[start : min(ends, default=len(text))][:60]


def _leftovers(rest: str, written: str, year: int, issued: date | None, timing: Timing) -> None:
    """Wordings that give no day and no recurrence of themselves: asked, with the days they usually mean."""
    if timing.nodes or timing.doubts:
        return
    if _LAWFUL.search(rest):
        timing.doubts.append((written, "没有写明具体日期", (date(year + 1, 1, 31), date(year + 1, 3, 31))))
    elif timing.recurrence is None and _AT_ONCE.search(rest):
        days = (_after(issued, 5, "工作日"),) if issued else ()
        timing.doubts.append((written, "没有写明具体日期", tuple(day for day in days if day)))
    elif timing.recurrence is None:
        timing.doubts.append((written, "看不出具体日期", ()))
