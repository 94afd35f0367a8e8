"""Lists written as text: numbered headings, with （牵头单位：…；责任单位：…；完成时限：…） behind the work."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from bot.documents.notice.dates import dates_in, normalised
from bot.documents.notice.paragraphs import paragraphs
from bot.documents.notice.raw import RawRow
from bot.documents.notice.units import read_units
from bot.documents.notice.words import ASPECT, ITEM, PART, clean, without_number
from bot.domain.naming import Kind, recognise
from bot.domain.responsibility import Directory

_UNITS = r"(?:(?:牵头|主办|主责|责任|承办|配合|协办|协助|参与|落实|实施)(?:责任)?(?:单位|部门|科室|主体|股室))"
_TIMES = r"(?:(?:完成|办结|工作|落实|公开|整改)?(?:时限|时间|期限|节点)(?:要求|节点)?)"
_LABEL = re.compile(rf"(?P<label>{_UNITS}|{_TIMES}|备注)[：:]")
_LABEL_LINE = re.compile(rf"[（【\[〔]?{_LABEL.pattern}")
_ROUND = str.maketrans("【】[]〔〕", "（）（）（）")
_SPOKEN = re.compile(
    r"(?:^|(?<=[。，：]))由(?P<who>[^。；]{2,80}?(?:牵头|负责)(?:，[^。；，]{2,80}?(?:配合|协助|参与))?)(?=[，。；]|$)"
)
_LABEL_AT_END = re.compile(rf"(?<=[。；;）]){_LABEL.pattern}(?=\S)")
_INLINE = re.compile(r"牵头|负责|配合|落实|责任")
_STANDING = re.compile(r"长期|持续|常态|及时|每[年季月]|全年|印发后|动态")
_LONGEST_ITEM = 40  # characters of a first sentence that reads like a heading
_LEVELS = (PART, ASPECT, re.compile(r"\d{1,3}[.．、](?!\d)"))
_SIGNATURE = re.compile(r"[\u4e00-\u9fff]{0,20}20\d\d年\d{1,2}月\d{1,2}日(?:印发)?")
_SUB_ITEM = ITEM  # （1） and ① are headings only where they say who does it


_Reader = Callable[[str, Directory], tuple[str, dict[str, str]]]


@dataclass(slots=True)
class _Section:
    """A heading with the text under it. `rows` are its paragraphs that say who does them."""

    level: int  # 0 一、 1 （一） 2 1. 3 none
    heading: str
    body: list[str] = field(default_factory=list)
    rows: list[tuple[list[str], dict[str, str]]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    run_in: bool = False  # the heading's own paragraph says who does it, or goes on after the heading


def prose_rows(lines: Sequence[str], directory: Directory) -> list[RawRow]:
    """The rows of a text; none where nothing says who does what. Sentences (由县教委牵头，…配合) count only where
    no label and no bracket says it anywhere: elsewhere they speak of how the work is checked."""
    whole = paragraphs(lines)
    return _found(_sections(whole, directory, _annotated)) or _found(_sections(whole, directory, _spoken))


def _found(sections: Sequence[_Section]) -> list[RawRow]:
    found: list[RawRow] = []
    headings = ["", "", ""]
    over_several = {section.level for section in sections if len(section.rows) > 1}
    for section in sections:
        if section.level < len(headings):
            headings[section.level :] = [""] * (len(headings) - section.level)
        found += _rows(section, headings, alone=section.level not in over_several)
        if section.level < len(headings):
            headings[section.level] = section.heading
    return found


def _sections(lines: Sequence[str], directory: Directory, read: _Reader) -> list[_Section]:
    sections = [_Section(3, "")]
    signed = False
    for line in lines:
        text, labels = read(line, directory)
        level = next((level for level, number in enumerate(_LEVELS) if number.match(text)), None)
        if level is None and labels and _SUB_ITEM.match(text):
            level = 2
        if level is not None:
            sections.append(_Section(level, text))
            signed = False
        elif signed := signed or (_says_who(sections) and bool(_SIGNATURE.fullmatch(normalised(line)))):
            continue  # what stands under the date is about the page: 主办单位：…人民政府办公室
        section = sections[-1]
        if _LABEL_LINE.match(line) and not text:
            section.labels |= labels
            if section.body and section.rows == [] and not section.heading:
                section.rows.append((section.body, section.labels))
        elif labels and level is None:
            section.rows.append(([*section.body, text], labels))
            section.body = []
        elif labels:
            section.labels |= labels
            section.run_in = True
        elif level is None and not section.labels:  # after who does it comes no more of the work
            section.body.append(text)
    return sections


def _says_who(sections: Sequence[_Section]) -> bool:
    return any(section.rows or section.labels for section in sections)


def _annotated(line: str, directory: Directory) -> tuple[str, dict[str, str]]:
    """The words of a paragraph and what its last bracket, or its labels, say of who and when."""
    if _LABEL.search(line):
        line = line.translate(_ROUND)
    text = line.rstrip("。；; ")
    if _LABEL_LINE.match(text):
        return "", _labels(text[1:-1] if text[0] == "（" and _opening(text) == 0 else text)
    found: dict[str, str] = {}
    while text.endswith("）") and (start := _opening(text)) > 0:
        inside = text[start + 1 : -1]
        labels = _labels(inside) or _inline(inside, directory, bare=text[start - 1] in "。；")
        if not labels:
            break
        found = labels | found
        text = text[:start].rstrip("，,；; ")
    if found:
        return text, found
    if match := _LABEL_AT_END.search(text):
        return text[: match.start()], _labels(text[match.start() :])
    return line, {}


def _spoken(line: str, directory: Directory) -> tuple[str, dict[str, str]]:
    """The words of a numbered paragraph and who, in a sentence of it, leads and helps."""
    text, labels = _annotated(line, directory)
    numbered = any(number.match(text) for number in (*_LEVELS, _SUB_ITEM))
    if not labels and numbered and (match := _SPOKEN.search(text)):
        labels = _inline(match["who"], directory)
    return text, labels


def _opening(text: str) -> int:
    """Where the bracket that ends the text begins, -1 where it does not."""
    depth = 0
    for index in range(len(text) - 1, -1, -1):
        depth += (text[index] == "）") - (text[index] == "（")
        if depth == 0:
            return index
    return -1


def _labels(text: str) -> dict[str, str]:
    matches = list(_LABEL.finditer(text))
    found: dict[str, str] = {}
    for match, after in zip_longest(matches, matches[1:]):
        value = text[match.end() : after.start() if after else len(text)].strip("；;，,。、 ")
        found[_field(match["label"])] = value
    if found and "deadline" not in found:  # …；责任单位：县教委；持续推进: a time without its label
        last = _field(matches[-1]["label"])
        names, mark, tail = found[last].rpartition("；")
        if mark and last != "note" and _is_time(tail):
            found |= {last: names, "deadline": tail}
    return found


def _is_time(clause: str) -> bool:
    return any(dates_in(normalised(clause), 2000)) or bool(_STANDING.search(clause))


def _field(label: str) -> str:
    if label.startswith(("牵头", "主办", "主责")):
        return "lead"
    if label.startswith(("配合", "协办", "协助", "参与")):
        return "support"
    if label == "备注":
        return "note"
    return "responsible" if re.fullmatch(_UNITS, label) else "deadline"


def _inline(text: str, directory: Directory, *, bare: bool = False) -> dict[str, str]:
    """（县教委牵头，县财政局配合，6月底前完成）: no labels, but plainly units and what they do. `bare`: behind a whole
    sentence units that are all known need not say what they do."""
    if not (bare or _INLINE.search(text)) or "。" in text:
        return {}
    clauses = re.split(r"[，,；;]", text)
    times = [clause for clause in clauses if _is_time(clause)]
    units = "，".join(clause for clause in clauses if clause not in times)
    named = read_units(units, directory, "responsible")
    names = [*named.lead, *named.responsible, *named.support]
    kinds = {recognise(name, directory).kind for name in names}
    if not names or (kinds & {Kind.UNKNOWN, Kind.LINE} and not kinds & {Kind.KNOWN, Kind.NEW, Kind.NOBODY}):
        return {}
    if not _INLINE.search(text) and not kinds <= {Kind.KNOWN, Kind.NOBODY}:
        return {}
    return {"responsible": units} | ({"deadline": "，".join(times)} if times else {})


def _rows(section: _Section, headings: Sequence[str], *, alone: bool) -> list[RawRow]:
    """`alone`: headings of this level have no more than one row each, and are what the row is about."""
    if section.run_in or (section.labels and section.heading):
        return [_run_in(section, headings)]
    rows = []
    alone = alone and bool(section.heading)
    for body, labels in section.rows:
        above = list(headings)
        if section.heading and not alone:
            above[section.level] = section.heading
        text = [line for line in body if line]
        item = without_number(section.heading).strip("。：:；") if alone else ""
        rows.append(_row(item, text, labels, above))
    return rows


def _run_in(section: _Section, headings: Sequence[str]) -> RawRow:
    heading = without_number(section.heading)
    return _row("", [heading, *section.body], section.labels, headings)


def _row(item: str, text: list[str], labels: dict[str, str], headings: Sequence[str]) -> RawRow:
    if not item and text:
        first, mark, rest = text[0].partition("。")
        if mark and len(first) <= _LONGEST_ITEM:
            item, text = first, [rest, *text[1:]]
        else:
            item, text = text[0].rstrip("。；"), text[1:]
    return RawRow(
        part=headings[0],
        aspect=headings[1],
        item=clean(item),
        measures="\n".join(line for line in text if line),
        lead=labels.get("lead"),
        responsible=labels.get("responsible"),
        support=labels.get("support"),
        deadline=labels.get("deadline"),
        note=labels.get("note", ""),
    )
