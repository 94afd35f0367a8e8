"""Which column is which: the many headings in use, and what a column of work means beside the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.documents.notice.words import clean

_LONGEST = 24  # characters of a heading without what it says in brackets
_BRACKETS = re.compile(r"（[^（）]*）|[【】\[\]：:*★\s]")

# The first that is found counts, so 时限要求 is a deadline and 牵头责任单位 a lead.
_FIELDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (field, re.compile(words))
    for field, words in (
        ("foreign", r"数量|单价|总价|金额|价格|型号|规格|库存|^姓名$|性别|年龄|学号|班级|成绩|身份证"),
        (
            "ignored",
            r"启动|开始|起始|^(?!.*(?:单位|部门|科室)).*(?:责任人|领导|负责人)|(?:单位|部门|科室)(?:责任人|领导|负责人)|联系|电话|手机|完成情况|进展|落实情况|办理情况|推进情况|是否|得分|分值|评分|签字|来源|依据|资金|投资|权重|状态|佐证",
        ),
        ("number", r"^(?:序号?|编号|号|项目序号|任务序号|任务编号|事项编号|[Nn][Oo]\.?)$"),
        ("deadline", r"时限|期限|时间|节点|日期|截止|进度|频次|周期|办结|时效"),
        ("paths", r"公开(?:路径|渠道|载体|平台|方式|栏目|位置)|发布(?:渠道|栏目|平台)"),
        ("support", r"配合|协办|协助|参与|参加|协同"),
        ("lead", r"牵头|主办|主责|督导单位|统筹单位|主要责任|第一责任"),
        (
            "responsible",
            r"责任|承办|(?:落实|实施|执行|公开|发布|任务|承担|完成|报送)(?:单位|部门|主体|科室)|分工$|^(?:单位|部门|科室|主体)$|落实主体",
        ),
        ("note", r"备\s*注|说明|附注"),
        ("general", r"任务(?:及|和|与)|目标任务"),
        ("measures", r"举措|措施|要求|做法|目标|成效|标准|(?:具体|工作|任务|主要|落实|公开|详细|^)内容"),
        ("part", r"部分|类别|分类|领域|板块|大类|一级|类型"),
        ("aspect", r"方面|二级|小类"),
        ("specific", r"事项|项目|名称|(?:具体|分解|细化|子|分项)(?:任务|工作)|任务(?:分解|细化)|指标|三级"),
        ("general", r"任务|工作|要点|重点|内容"),
    )
)
_UNITS = frozenset({"lead", "responsible", "support"})
_WORK = frozenset({"part", "aspect", "specific", "general", "measures"})
_DOING = re.compile(r"举措|措施|做法")


def field_of(heading: str) -> str | None:
    """What kind of column a heading announces, None where it is no heading."""
    bare = _BRACKETS.sub("", clean(heading))
    if not bare or len(bare) > _LONGEST or re.search(r"[。；，]", bare):
        return None
    return next((field for field, words in _FIELDS if words.search(bare)), None)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where things stand in a table: for each field its columns from left to right."""

    of: dict[str, tuple[int, ...]]
    headings: tuple[str, ...]
    first_leads: bool = False

    @property
    def width(self) -> int:
        return len(self.headings)

    @property
    def deadline_word(self) -> str:
        """What the list calls its deadlines."""
        return self.headings[self.of["deadline"][0]] if "deadline" in self.of else ""

    def __contains__(self, name: str) -> bool:
        return name in self.of


def is_header(fields: Sequence[str | None]) -> bool:
    """Whether cells with these fields can be the header of a task list: work, and somebody to do it or a time. Names
    beside quantities, prices or people are some other list."""
    kinds = {field for field in fields if field}
    if "foreign" in kinds and not kinds & {"general", "measures", "lead"}:
        return False
    return bool(kinds & _WORK) and (
        bool(kinds & _UNITS) or ("deadline" in kinds and bool(kinds & {"general", "measures"}))
    )


def columns_of(headings: Sequence[str]) -> Columns:
    """`headings` has one for each column of the grid, a merged one repeated."""
    headings = list(headings)
    for column in range(1, len(headings)):
        # A heading over several columns whose merged cells are lost is written over the first of them.
        if not headings[column].strip() and field_of(headings[column - 1]) in ("general", "part"):
            headings[column] = headings[column - 1]
    fields = [field_of(heading) for heading in headings]
    places: dict[str, list[int]] = {}
    for column, name in enumerate(fields):
        if name is not None:
            places.setdefault(name, []).append(column)
    work = _work({name: places.get(name, []) for name in _WORK}, headings)
    if "lead" in places and not _UNITS & places.keys() - {"lead"} and "责任" in headings[places["lead"][0]]:
        places["responsible"] = places.pop("lead")  # 主要责任单位 with nobody else beside it does the work
    of = {name: tuple(found) for name, found in places.items() if name not in _WORK | {"ignored", "foreign"}} | work
    first = any("第一" in heading and "牵头" in heading for heading in headings if field_of(heading) in _UNITS)
    return Columns(of, tuple(clean(heading) for heading in headings), first)


def _work(places: dict[str, list[int]], headings: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Which columns of work are part, aspect, item and measures (decision 22)."""
    part, aspect, general, specific, measures = (
        list(places[name]) for name in ("part", "aspect", "general", "specific", "measures")
    )
    items = specific or general
    if not items and len(measures) > 1:
        items = [measures.pop(0)]
    elif not items and (aspect or part) and (not measures or _DOING.search(headings[measures[0]])):
        items = [(aspect or part).pop()]  # measures under a label: the label is what they are about
    elif not items:
        items, measures = measures, []
    item = items[-1:]
    others = sorted(column for column in (*general, *specific) if column not in item)
    above = [column for column in others if column < item[0]] if item else []
    measures = sorted([*measures, *(column for column in others if column not in above)])
    found = {
        "item": item,
        "measures": measures,
        "above": above if not (part or aspect) else [],
        "part": part + (above if aspect and not part else []),
        "aspect": aspect + (above if part else []),
    }
    return {name: tuple(columns) for name, columns in found.items() if columns}
