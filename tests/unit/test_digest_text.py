"""The morning digest: one message of at most 2048 bytes, most urgent first, the rest counted (rule 4)."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.planning import WITHOUT_ITEM, LineKind
from bot.texts.digest import BYTES, Entry, compose

TODAY = date(2021, 6, 23)
LONG = "更新县政府部门网页“履职依据”中“行政法规”“国务院部门规章”“市政府规章”文本"
ITEMS = [kind for kind in LineKind if kind not in WITHOUT_ITEM]


def entry(number: int, kind: LineKind = LineKind.DISPATCH, days: int = 0, title: str = LONG) -> Entry:
    words = f"第{number}件：{title}" if kind in (LineKind.HELD, LineKind.NEWS) else ""
    return Entry(kind, days, number, str(number), title, "新民镇", date(2021, 6, 30), words)


def named(text: str) -> set[int]:
    """Numbers of the items a digest names."""
    return {int(number) for number in re.findall(r"(?:· |、|工作日：)(\d+) ", text)}


@pytest.mark.parametrize("kind", ITEMS)
def test_fifty_long_items_fit_and_what_is_not_named_is_counted(kind: LineKind) -> None:
    entries = [entry(number, kind) for number in range(1, 51)]
    made = compose(entries, TODAY)
    assert len(made.text.encode()) <= BYTES
    left = int(re.findall(r"另有 (\d+) 项，回复 \S+", made.text)[0]) if "另有" in made.text else 0
    assert named(made.text) == set(range(1, 51 - left))  # the first ones, in order
    if made.listed:
        assert set(made.listed) == named(made.text)


def test_five_hundred_items_and_a_limit_of_a_few_bytes_fit_too() -> None:
    entries = [entry(number, LineKind.OVERDUE, days=number) for number in range(1, 501)]
    for limit in (BYTES, 600, 300):
        made = compose(entries, TODAY, limit)
        assert len(made.text.encode()) <= limit
        assert f"另有 {500 - len(made.listed)} 项" in made.text


def test_a_few_items_stand_with_their_whole_titles() -> None:
    made = compose([entry(34, title=LONG), entry(18, title="多方式开展政策解读")], TODAY)
    assert f"· 34 {LONG}（2021-06-30 到期）" in made.text and "另有" not in made.text
    assert made.text.startswith("【督办晨报】6月23日\n") and made.listed == (34, 18)


def test_the_order_is_kept_and_each_part_has_its_heading() -> None:
    made = compose(
        [
            Entry(LineKind.HELD, words="【退回】34 法治政府建设年度报告\n理由：链接打不开"),
            entry(33, LineKind.OVERDUE, days=3),
            entry(31, LineKind.REMIND, days=5),
            entry(18, LineKind.DISPATCH),
            Entry(LineKind.NEWS, words="19 已通过审核，销号"),
        ],
        TODAY,
    ).text
    words = [
        "【退回】34",
        "· 33 ",
        "逾期 3 个工作日",
        "还有 5 个工作日到期",
        "· 31 ",
        "新交办",
        "· 18 ",
        "请知悉：",
        "· 19 已通过",
    ]
    places = [made.index(word) for word in words]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        (LineKind.OVERDUE, "任务"),
        (LineKind.HEAD_OVERDUE, "任务"),
        (LineKind.OFFICE_OVERDUE, "逾期"),
        (LineKind.WEEKLY, "逾期"),
        (LineKind.OFFICE_REVIEW_LATE, "待审"),
        (LineKind.WEEKLY_REVIEW, "待审"),
    ],
)
def test_what_was_cut_off_is_found_where_the_reader_is_sent(kind: LineKind, where: str) -> None:
    text = compose([entry(number, kind, days=number) for number in range(1, 81)], TODAY).text
    assert re.search(rf"另有 \d+ 项，回复 {where}$", text, re.MULTILINE)


def test_an_item_in_two_lines_is_counted_once() -> None:
    """The weekly list and the proposal of a bulletin speak of the same thirty items."""
    kinds = (LineKind.BULLETIN, LineKind.WEEKLY)
    entries = [entry(number, kind, days=number) for kind in kinds for number in range(1, 31)]
    made = compose(entries, TODAY, 900).text
    assert len(named(made)) + int(re.findall(r"另有 (\d+) 项", made)[0]) == 30


def test_a_held_return_and_the_reminder_of_the_same_item_are_one() -> None:
    held = Entry(LineKind.HELD, item_id=34, words="【退回】34 法治政府建设年度报告\n理由：链接打不开")
    for kind, when in ((LineKind.REMIND, "还有 2 个工作日到期"), (LineKind.OVERDUE, "逾期 2 个工作日")):
        text = compose([held, entry(33, kind, days=2), entry(34, kind, days=2)], TODAY).text
        assert text.count("34 ") == 1 and f"【退回】34 法治政府建设年度报告，{when}" in text
        assert "· 33 " in text


def test_an_overdue_line_carries_the_number_of_working_days() -> None:
    for kind in (LineKind.OVERDUE, LineKind.LEAD_OVERDUE, LineKind.HEAD_OVERDUE, LineKind.OFFICE_OVERDUE):
        assert "逾期 12 个工作日" in compose([entry(34, kind, days=12)], TODAY).text


def test_other_peoples_items_are_told_by_item_and_unit() -> None:
    units = [Entry(LineKind.OFFICE_OVERDUE, 3, n, "34", "法治政府", f"第{n}镇") for n in range(1, 4)]
    assert "· 34 法治政府，逾期 3 个工作日：第1镇、第2镇、第3镇" in compose(units, TODAY).text


def test_units_that_cannot_be_reached_are_one_line() -> None:
    text = compose([Entry(LineKind.UNREACHABLE, unit=f"第{n}镇") for n in range(1, 40)], TODAY).text
    assert sum("联系不上" in line for line in text.split("\n")) == 1 and "等 39 个" in text


def test_no_heading_stands_without_an_item() -> None:
    entries = [entry(n, kind, days=n) for n, kind in enumerate([k for k in ITEMS for _ in range(9)], 1)]
    for limit in range(200, BYTES, 97):
        lines = compose(entries, TODAY, limit).text.split("\n")
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            assert not line.endswith("：") or after.startswith("· ") or after.endswith("："), (limit, line, after)


@given(
    st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 30), st.text(max_size=60)), max_size=60),
    st.integers(250, 3000),
)
def test_whatever_is_due_fits(parts: list[tuple[LineKind, int, str]], limit: int) -> None:
    entries = [entry(n, kind, days, title) for n, (kind, days, title) in enumerate(parts, 1)]
    made = compose(entries, TODAY, limit)
    assert len(made.text.encode("utf-8", "surrogatepass")) <= limit
    assert set(made.listed) <= {e.item_id for e in entries}


def test_a_note_stands_at_the_end_and_takes_its_room_from_the_items() -> None:
    note = "完成情况报告请于 2021-12-31 前报送：回复 年报 核对，再回复 报送"
    few = compose([entry(34)], TODAY, note=note)
    assert few.text.split("\n")[-2:] == [note, "回复 收到 即签收以上新交办；办完回复：完成 编号 链接"]
    many = compose([entry(number, LineKind.OVERDUE, days=3) for number in range(1, 200)], TODAY, note=note)
    assert len(many.text.encode()) <= BYTES and note in many.text and "另有" in many.text
