"""The county's data files against the notice they were made from, and against DESIGN §2 and §3.

The notice is text out of a scanner: a table whose cells are shifted by merged cells and cut by page breaks. The proof
below knows nothing of columns. It walks the cells in the order of the page, takes every measure out of them, then every
publishing path, and what is left over may only be names of parts, aspects, items and units.
"""

import csv
import html
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.documents.county import load_county
from bot.domain.county import County, PathData, TaskData
from bot.domain.people import COUNTY_WIDE, ROLE_OF_LABEL, Role
from bot.domain.policy import Policy, policy_from

NOTICE = (Path(__file__).parents[1] / "data" / "notice-dianjiang-2021.txt").read_text(encoding="utf-8")
COUNTY = load_county("dianjiang")
TASKS = COUNTY.task_list.tasks
NUMBERED = re.compile(r"\d\.")
PATH_DEBRIS = re.compile(r"(公开路径|政府网站|[:：]|\d\.|[（(]\d[）)]|\(以下简称“|”\))*")
CELLS_ACROSS_A_PAGE = 5  # how many other cells a page break may put into the middle of a sentence


def squeeze(text: str) -> str:
    """Without tags, entities and white space, which the scanner strews about."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"</?[a-z]+>", "", text)))


PROSE, TABLE = NOTICE.split("工作任务\t\t具体事项\t落实举措\t牵头单位\t责任单位\n")
CELLS = [cell for cell in map(squeeze, re.split(r"[\t\n]", TABLE)) if cell.strip("-")]

Span = tuple[int, int, int]  # cell, from, to


def find(text: str, cell: int = 0, offset: int = 0) -> list[Span]:
    """Where the text stands at or after a place; a sentence may break at the end of a cell. [] where it does not."""
    for number in range(cell, len(CELLS)):
        start = offset if number == cell else 0
        at = CELLS[number].find(text, start)
        if at >= 0:
            return [(number, at, at + len(text))]
        for length in range(min(len(text) - 1, len(CELLS[number]) - start), 1, -1):
            if CELLS[number].endswith(text[:length]):
                rest = _go_on(text[length:], number + 1)
                if rest:
                    return [(number, len(CELLS[number]) - length, len(CELLS[number])), *rest]
    return []


def _go_on(text: str, cell: int) -> list[Span]:
    for number in range(cell, min(cell + CELLS_ACROSS_A_PAGE, len(CELLS))):
        if CELLS[number].startswith(text):
            return [(number, 0, len(text))]
    return []


def spans_of_measures(tasks: tuple[TaskData, ...]) -> list[tuple[TaskData, list[Span]]]:
    """Every measure's place. Fails where one is not in the notice, or not behind the one before."""
    cell = offset = 0
    places = []
    for task in tasks:
        for measure in task.measures:
            spans = find(squeeze(measure), cell, offset)
            assert spans, f"row {task.number}: not in the notice at this place: {measure}"
            places.append((task, spans))
            cell, _, offset = spans[-1]
    return places


def leftovers(tasks: tuple[TaskData, ...]) -> dict[int, list[str]]:
    """By row: the pieces of the table between its first measure and the next row's, but for the measures."""
    pieces: dict[int, list[str]] = {number: [] for number in range(len(tasks) + 1)}
    marks = [(task.number, span) for task, spans in spans_of_measures(tasks) for span in spans]
    row, end = 0, (0, 0)
    for number, (cell, start, stop) in [*marks, (0, (len(CELLS), 0, 0))]:
        pieces[row] += _between(end, (cell, start))
        row, end = number, (cell, stop)
    return pieces


def _between(start: tuple[int, int], end: tuple[int, int]) -> Iterator[str]:
    for cell in range(start[0], min(end[0], len(CELLS) - 1) + 1):
        piece = CELLS[cell][start[1] if cell == start[0] else 0 : end[1] if cell == end[0] else None]
        if piece:
            yield piece


def prove(tasks: tuple[TaskData, ...]) -> None:
    """Nothing invented, nothing lost, nothing moved to another row: the table is the measures and paths of the rows."""
    names = {name for t in tasks for name in (t.part, t.aspect, t.item, t.lead, t.responsible)}
    for number, pieces in leftovers(tasks).items():
        text = "".join(piece for piece in pieces if not any(piece in name for name in names))
        debris, site = "", ""
        for path in tasks[number - 1].paths if number else ():
            words = [path.column] if path.site == site else [path.site, path.column]
            for word in sorted(filter(None, words), key=text.find):
                before, found, text = text.partition(word)
                assert found, f"row {number}: no publishing path {path}"
                debris += before
            site = path.site
        assert PATH_DEBRIS.fullmatch(debris + text), f"row {number} leaves out: {debris + text}"


def test_every_measure_and_path_is_in_the_notice_and_nothing_of_the_notice_is_left_out() -> None:
    prove(TASKS)


def _with(number: int, **changes: Any) -> tuple[TaskData, ...]:
    return tuple(replace(task, **changes) if task.number == number else task for task in TASKS)


def _one_word_changed() -> tuple[TaskData, ...]:
    return _with(37, measures=tuple(m.replace("及时增设", "适时增设") for m in TASKS[36].measures))


def _word_changed_across_a_page() -> tuple[TaskData, ...]:
    return _with(53, measures=tuple(m.replace("主要内容", "主要事项") for m in TASKS[52].measures))


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        pytest.param(_one_word_changed, "row 37: not in the notice", id="a word changed"),
        pytest.param(_word_changed_across_a_page, "row 53: not in the notice", id="a word changed at a page break"),
        pytest.param(lambda: _with(21, measures=TASKS[20].measures[:-1]), "row 21 leaves out: 7.", id="a measure lost"),
        pytest.param(
            lambda: _with(21, measures=(*TASKS[20].measures, "8.加强宣传。")),
            "row 21: not in the notice",
            id="a measure invented",
        ),
        pytest.param(
            lambda: _with(51, measures=TASKS[50].measures[::-1]),
            "row 51: not in the notice at this place",
            id="measures in another order",
        ),
        pytest.param(
            lambda: _with(12, measures=(*TASKS[11].measures, *TASKS[12].measures)),
            "row 13: not in the notice at this place",
            id="a measure of 13 also in 12",
        ),
        pytest.param(lambda: _with(16, paths=TASKS[15].paths[:-1]), "row 16 leaves out: .*其他渠道", id="a path lost"),
        pytest.param(
            lambda: _with(15, paths=TASKS[15].paths), "row 15: no publishing path", id="a path given to the wrong row"
        ),
        pytest.param(
            lambda: _with(4, paths=(PathData("县政府门户网站", TASKS[3].paths[0].column),)),
            "row 4: no publishing path",
            id="a wrong site",
        ),
    ],
)
def test_the_proof_sees_data_that_differ_from_the_notice(
    wrong: Callable[[], tuple[TaskData, ...]], complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        prove(wrong())


def test_the_list_has_48_items_in_53_rows_79_numbered_measures_and_75_paths() -> None:
    assert [task.number for task in TASKS] == list(range(1, 54))
    assert len({(task.part, task.aspect, task.item) for task in TASKS}) == 48
    assert sum(bool(NUMBERED.match(measure)) for task in TASKS for measure in task.measures) == 79
    assert sum(len(task.paths) + len(task.mentioned_paths) for task in TASKS) == 75


def test_numbered_measures_count_from_one_and_only_row_19_opens_with_a_paragraph() -> None:
    for task in TASKS:
        numbers = [int(m[0]) for m in task.measures if NUMBERED.match(m)]
        assert numbers == list(range(1, len(numbers) + 1)), task.number
        assert len(task.measures) - len(numbers) == (1 if task.number == 19 or not numbers else 0), task.number
    assert TASKS[18].measures[0].startswith("加强政策咨询服务，")
    assert len(TASKS[18].measures) == 7


def test_parts_and_aspects_are_the_ones_the_notice_announces_in_its_order() -> None:
    parts = list(dict.fromkeys(task.part for task in TASKS))
    aspects = list(dict.fromkeys((task.part, task.aspect) for task in TASKS))
    assert len(parts) == 5
    assert len(aspects) == 16
    prose = squeeze(PROSE)
    assert "五个部分十六个方面" in prose
    announced = [prose.find("是" + part.split("、", 1)[1]) for part in parts]
    announced_aspects = [prose.find(aspect.partition(")")[2]) for _, aspect in aspects]
    assert -1 not in announced
    assert -1 not in announced_aspects
    assert announced == sorted(announced)
    assert announced_aspects == sorted(announced_aspects)
    for (part, _), at in zip(aspects, announced_aspects, strict=True):
        assert max(a for a in announced if a < at) == announced[parts.index(part)]


def test_every_item_and_every_expression_stands_in_the_table() -> None:
    for task in TASKS:
        assert find(task.item), task.item
        for expression in filter(None, (task.lead, task.responsible)):
            assert find(expression), expression
        for wording in filter(None, task.deadline_text.split("；")):
            assert any(wording in squeeze(measure) for measure in task.measures), f"{task.number}: {wording}"


def test_lead_and_responsible_units_stand_beside_their_row_but_where_cells_were_merged() -> None:
    pieces = leftovers(TASKS)
    elsewhere = {
        column: [t.number for t in TASKS if getattr(t, column) and getattr(t, column) not in pieces[t.number]]
        for column in ("lead", "responsible")
    }
    # 2 and 12 share a cell with the next row, 18's is cut by the page, the others take over the cell above or below.
    assert elsewhere == {"lead": [2, 8, 9, 11, 12, 13, 18, *range(22, 30), 52], "responsible": [2, 11, 12, 15, 52]}
    assert {TASKS[n - 1].lead for n in (11, 12, 13)} == {TASKS[9].lead} == {"县财政局"}
    assert {TASKS[n - 1].lead for n in range(22, 30)} == {TASKS[20].lead} == {"县委网信办"}
    assert (TASKS[51].lead, TASKS[51].responsible) == (TASKS[50].lead, TASKS[50].responsible)


def test_measures_are_clean_text_with_a_line_for_each_sub_item() -> None:
    lines = [line for task in TASKS for measure in task.measures for line in measure.split("\n")]
    assert all(line == squeeze(line) for line in lines)
    assert sum(line.startswith(("（", "(")) for line in lines) == 8
    assert sum(measure.count("\n") for task in TASKS for measure in task.measures) == 8


def test_columns_mentioned_in_passing_are_named_by_the_measures_themselves() -> None:
    assert [task.number for task in TASKS if task.mentioned_paths] == [18, 20]
    for task in (TASKS[17], TASKS[19]):
        assert not task.paths
        for path in task.mentioned_paths:
            assert any(path.site in m and path.column.strip("“”栏目") in m for m in task.measures)


def test_the_heading_is_the_notices() -> None:
    head, heading = COUNTY.task_list, squeeze(PROSE)
    assert head.title in heading.rsplit("(此件公开发布)", 1)[1]
    assert (head.key, head.year, head.doc_no) == ("dianjiang-2021", 2021, None)
    assert head.issue_date == date(2021, 5, 25)
    assert "2021年5月25日" in heading
    assert head.report_date == date(2021, 12, 31)
    assert "于2021年12月31日前报送县政府办公室" in heading


def test_only_rows_31_and_34_have_dates_of_their_own_and_only_row_38_waits_for_a_trigger() -> None:
    dates = {t.number: [n.due for n in t.nodes] for t in TASKS if [n.due for n in t.nodes] != [date(2021, 12, 31)]}
    assert dates == {31: [date(2021, 6, 30), date(2021, 10, 31)], 34: [date(2021, 5, 31)]}
    assert [n.title for n in TASKS[30].nodes] == ["更新行政法规文本", "更新市政府规章文本"]
    assert {(t.number, n.trigger) for t in TASKS for n in t.nodes if n.trigger} == {(38, "+3m")}
    rare = {t.number: t.recurrence for t in TASKS if t.recurrence not in (None, "standing")}
    assert rare == {20: "quota:4/2", 33: "yearly", 38: "trigger:+3m", 51: "quota:1"}


# --- who does it, who checks it (rule 1) ---


def words_of(county: County) -> dict[str, tuple[str, ...]]:
    """Each name or alias with the units it stands for."""
    words = {word: (unit.name,) for unit in county.units for word in (unit.name, *unit.aliases)}
    return words | {word: group.members for group in county.groups for word in (group.name, *group.aliases)}


def expand(expression: str) -> list[str]:
    """Units of an expression; what asks names nobody. Raises KeyError for a name nobody knows."""
    known = [part for part in expression.split("、") if part not in COUNTY.ask]
    return [unit for part in known for unit in words_of(COUNTY)[part]]


def test_every_name_in_a_cell_is_a_unit_a_group_a_question_or_a_line() -> None:
    for task in TASKS:
        assert expand(task.lead), task.number
        if not set(task.responsible) <= COUNTY.dashes:
            expand(task.responsible)


def test_two_rows_name_nobody_two_name_some_department_and_two_are_mixed() -> None:
    asking = {t.number: [p in COUNTY.ask for p in t.responsible.split("、")] for t in TASKS}
    assert [n for n, parts in asking.items() if TASKS[n - 1].responsible == ""] == [13, 38]
    assert [n for n, parts in asking.items() if all(parts) and TASKS[n - 1].responsible] == [2, 8]
    assert [n for n, parts in asking.items() if any(parts) and not all(parts)] == [20, 39]


def test_a_line_in_the_cell_leaves_the_row_to_its_lead() -> None:
    drawn = [t.number for t in TASKS if t.responsible and set(t.responsible) <= COUNTY.dashes]
    assert drawn == [17, 32, 33, 37, *range(43, 51)]
    assert {TASKS[n - 1].responsible for n in drawn} == {"—————", "_____", "——"}


def test_1034_assignments_can_be_dispatched_outside_row_53() -> None:
    count = 0
    for task in TASKS[:52]:
        drawn = task.responsible and set(task.responsible) <= COUNTY.dashes
        count += len(task.nodes) * len(set(expand(task.lead if drawn else task.responsible)))
    assert count == 1034


def test_groups_are_the_26_towns_and_the_20_confirmed_departments() -> None:
    towns, departments = COUNTY.groups
    assert towns.name == "各乡镇（街道）"
    assert departments.name == "县政府各部门"
    by_kind = {u.name for u in COUNTY.units if u.kind in ("镇", "乡", "街道")}
    assert set(towns.members) == by_kind
    assert len(by_kind) == 26
    confirmed = {u.name for u in COUNTY.units if u.confirmed and u.kind in ("县政府部门", "县政府直属事业单位")}
    assert set(departments.members) == confirmed
    assert len(confirmed) == 20
    assert len(COUNTY.units) == 69
    assert {u.name for u in COUNTY.units if u.kind == "县委部门"} == {"县委宣传部（县政府新闻办）", "县委网信办"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("县人社局", "县人力社保局"),
        ("县金融发展中心", "县金融发展服务中心"),
        ("县委宣传部(县政府新闻办)", "县委宣传部（县政府新闻办）"),
        ("县委宣传部（县政府新闻办）", "县委宣传部（县政府新闻办）"),
        ("县发改委", "县发展改革委"),
        ("县应急管理局", "县应急局"),
    ],
)
def test_other_spellings_of_a_unit_mean_the_same_unit(written: str, meant: str) -> None:
    assert words_of(COUNTY)[written] == (meant,)


@pytest.mark.parametrize(
    ("written", "size"),
    [("各乡镇", 26), ("乡镇", 26), ("各乡镇(街道)", 26), ("各部门", 20), ("政府各部门", 20), ("县政府各部门", 20)],
)
def test_other_spellings_of_a_group_mean_the_same_group(written: str, size: int) -> None:
    assert len(words_of(COUNTY)[written]) == size


# --- the demo roster ---


def roster() -> list[dict[str, str]]:
    with COUNTY.people_path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == ["单位", "姓名", "账号", "角色"]
        return list(reader)


def units_with(role: Role) -> Counter[str]:
    return Counter(line["单位"] for line in roster() if ROLE_OF_LABEL[line["角色"]] is role)


def test_the_demo_roster_can_play_every_part() -> None:
    towns, departments = COUNTY.groups
    owing = {*towns.members, *departments.members, "县委宣传部（县政府新闻办）", "县委网信办"}
    assert set(units_with(Role.CONTACT)) == owing
    assert set(units_with(Role.HEAD)) == owing
    assert units_with(Role.CONTACT)["新民镇"] == 2
    assert sum(units_with(Role.CONTACT)[town] > 1 for town in towns.members) > 3
    leads = {unit for task in TASKS for unit in expand(task.lead)}
    assert leads <= set(units_with(Role.REVIEWER))
    assert units_with(Role.OFFICE) == {"县政府办公室": 2}
    assert units_with(Role.SUPERVISOR) == {"县政府": 1}
    assert units_with(Role.AUDITOR).total() == 1


def test_the_demo_roster_is_unambiguous() -> None:
    lines = roster()
    people = {(line["账号"], line["姓名"]) for line in lines}
    assert len(people) == len({account for account, _ in people}) == len({name for _, name in people})
    assert all(re.fullmatch(r"[a-z]+_[a-z]+", account) for account, _ in people)
    assert len({tuple(line.values()) for line in lines}) == len(lines)
    names = {unit.name for unit in COUNTY.units}
    assert all(line["单位"] in names or ROLE_OF_LABEL[line["角色"]] in COUNTY_WIDE for line in lines)
    justice = {line["角色"]: line["账号"] for line in lines if line["单位"] == "县司法局"}
    assert justice["联络员"] != justice["审核人"]


# --- the default policy ---


def test_the_default_policy_is_the_one_of_the_rules() -> None:
    raw = tomllib.loads(COUNTY.policy_path.read_text(encoding="utf-8"))
    assert policy_from(raw) == Policy()
    assert raw["window"] == {"open": "09:00", "close": "17:30"}
    assert (raw["digest"]["from"], raw["digest"]["to"], raw["digest"]["max_bytes"]) == ("09:02", "09:15", 2048)
    assert raw["reminder"] == {"days_before": [15, 7, 3, 1, 0], "unsigned_after": 3}
    assert raw["light"] == {"yellow_days": 7, "stalled_after": 20}
    assert list(raw["escalation"].values()) == [1, 3, 7, 10, 3]
    assert raw["review"] == {"lead": 3, "office": 5}
    assert raw["context"] == {"minutes": 30}
    assert raw["limits"] == {
        "member_per_minute": 20,
        "member_per_hour": 600,
        "api_per_minute": 9500,
        "api_per_hour": 140000,
    }
    assert raw["retention"] == {"raw_text_days": 30}
