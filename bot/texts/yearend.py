"""The year-end report (完成情况报告) of a unit or of the county, and the paragraph for the annual report (年报素材).

Facts only, in the order of the list: what is done with its links, what is not with the unit's own reasons. The notice
asks for both: each unit reports by the report date, and puts it into its annual report on open government.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from bot.domain.states import OPEN, State
from bot.texts.paper import Paper, Parts, chinese_day
from bot.texts.words import names

OFFICE = "县政府办公室"
DRAFT = "草稿：按台账自动生成，尚未报送"
_NOBODYS = (State.NOT_APPLICABLE, State.SUSPENDED, State.CANCELLED)


@dataclass(frozen=True)
class Fact:
    """One item of a unit. `said`: the unit's last words on it. `why`: the reason of the state it is in, as given by
    whoever decided. `asked`: its last request, in words. `late`: working days overdue."""

    code: str
    title: str
    part: str
    unit: str
    state: State
    due: date
    submitted_on: date | None = None
    closed_on: date | None = None
    late: int = 0
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    said: str = ""
    why: str = ""
    asked: str = ""

    @property
    def name(self) -> str:
        return f"{self.title}（任务{self.code}）"


@dataclass(frozen=True)
class Sum:
    """What the facts add up to."""

    total: int
    closed: int
    on_time: int  # of the closed, handed in by their deadline
    submitted: int
    owing: int
    nobodys: int
    links: int  # addresses of closed items, each once

    @property
    def words(self) -> str:
        """已销号 20 项，…: what is not there is not said."""
        parts = [f"已完成（销号）{self.closed}项"]
        parts += [f"已报完成、待审核{self.submitted}项"] if self.submitted else []
        parts += [f"未完成{self.owing}项"] if self.owing else []
        parts += [f"不涉及、中止或撤销{self.nobodys}项"] if self.nobodys else []
        return "，".join(parts)


def sum_of(facts: Iterable[Fact]) -> Sum:
    found = list(facts)
    states = Counter(fact.state for fact in found)
    closed = [fact for fact in found if fact.state is State.CLOSED]
    return Sum(
        total=len(found),
        closed=len(closed),
        on_time=sum(1 for fact in closed if (fact.submitted_on or fact.closed_on or date.max) <= fact.due),
        submitted=states[State.SUBMITTED],
        owing=sum(states[state] for state in OPEN),
        nobodys=sum(states[state] for state in _NOBODYS),
        links=len({link for fact in closed for link in fact.links}),
    )


def unit_report(unit: str, list_title: str, year: int, facts: Sequence[Fact], today: date, mark: str = "") -> Paper:
    """The report of one unit to the office, dated `today`."""
    total = sum_of(facts)
    parts = Parts()
    parts.plain(f"按照《{list_title}》要求，现将我单位任务完成情况报告如下。")
    parts.part("总体情况")
    parts.plain(f"交办我单位任务{total.total}项。截至{chinese_day(today)}，{total.words}。")
    _of_state(parts, "已完成事项", facts, (State.CLOSED,), _done)
    _of_state(parts, "已报完成、待审核事项", facts, (State.SUBMITTED,), _done)
    _of_state(parts, "未完成事项及原因", facts, tuple(OPEN), _not_done)
    _of_state(parts, "不涉及、中止和撤销事项", facts, _NOBODYS, _nobodys)
    parts.part("纳入政府信息公开工作年度报告的内容")
    parts.plain(material(unit, list_title, year, facts, today))
    parts.plain("特此报告。")
    title = f"{unit}关于{year}年政务公开工作任务\n完成情况的报告"
    return Paper(title, f"{OFFICE}：", tuple(parts.body), unit, today, mark)


def _of_state(
    parts: Parts, title: str, facts: Sequence[Fact], states: tuple[State, ...], tell: Callable[[Parts, str, Fact], None]
) -> None:
    """A part for the items in these states, a section for each part of the list; nothing where there are none."""
    found = [fact for fact in facts if fact.state in states]
    if not found:
        return
    parts.part(title)
    number = 0
    for heading, group in groupby(found, key=lambda fact: fact.part):
        parts.section(_without_number(heading))
        for fact in group:
            number += 1
            tell(parts, f"{number}．", fact)


def _without_number(heading: str) -> str:
    """一、紧扣… → 紧扣…: the report numbers its own parts."""
    head, comma, rest = heading.partition("、")
    return rest if comma and len(head) <= 3 and rest else heading


def _done(parts: Parts, number: str, fact: Fact) -> None:
    steps = [f"时限{chinese_day(fact.due)}"]
    steps += [f"{chinese_day(fact.submitted_on)}报完成"] if fact.submitted_on else []
    steps += [f"{chinese_day(fact.closed_on)}销号"] if fact.closed_on else []
    parts.plain(f"{number}{fact.name}。{'，'.join(steps)}。")
    for link in fact.links:
        parts.plain(f"公开链接：{link}")
    if fact.files:
        parts.plain(f"佐证材料：{'、'.join(fact.files)}")
    if fact.why:
        parts.plain(f"销号依据：{_sentence(fact.why)}")
    elif fact.said:
        parts.plain(f"落实情况：{_sentence(fact.said)}")


def _not_done(parts: Parts, number: str, fact: Fact) -> None:
    late = f"，逾期{fact.late}个工作日" if fact.late else ""
    parts.plain(f"{number}{fact.name}。时限{chinese_day(fact.due)}，{fact.state.label}{late}。")
    if fact.why:
        parts.plain(f"退回原因：{_sentence(fact.why)}")
    if fact.asked:
        parts.plain(_sentence(fact.asked))
    parts.plain(f"进展：{_sentence(fact.said)}" if fact.said else "进展：台账中没有进展记录。")


def _nobodys(parts: Parts, number: str, fact: Fact) -> None:
    why = f"原因：{_sentence(fact.why)}" if fact.why else ""
    parts.plain(f"{number}{fact.name}。{fact.state.label}。{why}")


def _sentence(words: str) -> str:
    """Somebody's words on one line, with an end."""
    text = " ".join(words.split())
    return text if text.endswith(("。", "！", "？", "；", ".", "!", "?")) else f"{text}。"


def material(whose: str, list_title: str, year: int, facts: Sequence[Fact], today: date) -> str:
    """年报素材: one paragraph with the year's figures; `whose`: a unit, or 全县."""
    total, units = sum_of(facts), {fact.unit for fact in facts}
    owed = total.total - total.nobodys
    of_whom = f"{len(units)}个责任单位" if len(units) > 1 else ""
    said = [
        f"{year}年，{whose}按照《{list_title}》推进政务公开工作，{of_whom}共承担任务{total.total}项",
        f"截至{chinese_day(today)}完成{total.closed}项" + (f"，完成率{_rate(total.closed, owed)}" if owed else ""),
    ]
    if total.closed:
        said.append(f"其中在规定时限内完成{total.on_time}项")
    if total.links:
        said.append(f"公开相关信息{total.links}条")
    tail = f"其余{total.submitted}项已报完成、正在审核，" if total.submitted else ""
    tail += f"{total.owing}项尚未完成，" if total.owing else ""
    tail += f"{total.nobodys}项经审核不涉及或已中止、撤销，" if total.nobodys else ""
    return "，".join(said) + "。" + (f"{tail[:-1]}。" if tail else "")


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%"


def county_report(
    list_title: str, year: int, facts: Sequence[Fact], handed_in: Sequence[str], missing: Sequence[str], today: date
) -> Paper:
    """The office's report on the whole list; `handed_in` and `missing` are units that did and did not report."""
    total = sum_of(facts)
    units = len(handed_in) + len(missing)
    parts = Parts()
    parts.plain(f"按照《{list_title}》要求，现将{year}年全县政务公开工作任务完成情况报告如下。")
    parts.part("总体情况")
    parts.plain(f"全县{units}个责任单位共承担任务{total.total}项。截至{chinese_day(today)}，{total.words}。")
    parts.plain(
        f"应报送完成情况报告的单位{units}个，已报送{len(handed_in)}个"
        + (f"，未报送{len(missing)}个：{'、'.join(missing)}。" if missing else "。")
    )
    parts.part("各部分完成情况")
    for heading, group in groupby(facts, key=lambda fact: fact.part):
        of_part = list(group)
        parts.section(_without_number(heading))
        tasks = len({fact.code for fact in of_part})
        parts.plain(f"涉及{tasks}个事项，交办{len(of_part)}项，{sum_of(of_part).words}。")
    _owing(parts, [fact for fact in facts if fact.state in OPEN])
    parts.part("纳入政府信息公开工作年度报告的内容")
    parts.plain(material("全县", list_title, year, facts, today))
    parts.plain("各单位完成情况报告附后。")
    title = f"关于{year}年政务公开工作任务\n完成情况的报告"
    return Paper(title, "县人民政府：", tuple(parts.body), OFFICE, today)


def _owing(parts: Parts, facts: Sequence[Fact]) -> None:
    if not facts:
        return
    parts.part("未完成事项")
    for number, (_, group) in enumerate(groupby(facts, key=lambda fact: fact.code), 1):
        of_code = list(group)
        units = "、".join(f"{f.unit}（逾期{f.late}个工作日）" if f.late else f.unit for f in of_code)
        parts.plain(
            f"{number}．{of_code[0].name}。时限{chinese_day(of_code[0].due)}，{len(of_code)}个单位未完成：{units}。"
        )


def short(facts: Sequence[Fact]) -> str:
    """The report in two lines for a phone."""
    total = sum_of(facts)
    owing = [f"{fact.code} {fact.title}" for fact in facts if fact.state in OPEN]
    return f"交办{total.total}项，{total.words}。" + (f"\n未完成：{names(owing, 6, '项')}" if owing else "")
