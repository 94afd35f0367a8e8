"""Lines of a table that are more, or less, than a row of the list."""

from notices import LEFT, UP, asked, county_directory, page, text

from bot.documents.notice import draft_json, read_notice
from bot.domain.draft import ListDraft

TITLE = "某县2022年政务公开任务清单\n2022年1月5日"
HEADER = ["工作任务", "落实举措", "牵头单位", "责任单位", "备注"]


def read(*rows: list[str]) -> ListDraft:
    return read_notice(page(TITLE, [HEADER, *rows]), "list.html", county_directory())


def test_a_heading_without_a_number_under_one_with_a_number_is_an_aspect() -> None:
    draft = read(
        ["一、公开", LEFT, LEFT, LEFT, LEFT],
        ["重点领域", LEFT, LEFT, LEFT, LEFT],
        ["预算", "公开预算。", "县财政局", "县财政局", ""],
        ["二、解读", LEFT, LEFT, LEFT, LEFT],
        ["图解", "制作图解。", "县财政局", "县财政局", ""],
    )
    assert [(row.part, row.aspect) for row in draft.rows] == [("一、公开", "重点领域"), ("二、解读", "")]


def test_measures_that_go_on_below_belong_to_the_row_above() -> None:
    draft = read(
        ["预算", "1.公开预算。", "县财政局", "县财政局", ""],
        ["", "2.公开决算。", "", "", ""],
        ["", "公开债务。", "", "", ""],
    )
    assert [row.measures for row in draft.rows] == [("1.公开预算。", "2.公开决算。"), ("公开债务。",)]
    assert [(row, about) for row, about, _, _ in asked(draft)] == [(2, "item"), (2, "lead"), (2, "responsible")]


def test_an_empty_cell_is_asked_and_the_row_above_is_a_candidate_but_a_merged_one_holds() -> None:
    draft = read(
        ["预算", "公开预算。", "县财政局", "县民政局", ""],
        ["决算", "公开决算。", UP, "", ""],
        ["债务", "公开债务。", "", UP, ""],
    )
    assert [(row.lead, row.responsible, row.unresolved) for row in draft.rows] == [
        (("县财政局",), ("县民政局",), False),
        (("县财政局",), (), True),
        ((), (), True),
    ]
    assert asked(draft) == [
        (2, "responsible", "", ("县财政局",)),
        (3, "lead", "", ("县财政局",)),
        (3, "responsible", "", ()),
    ]


def test_a_line_for_the_lead_says_that_there_is_none() -> None:
    draft = read(["预算", "公开预算。", "——", "县财政局", ""])
    assert draft.rows[0].lead == ()
    assert draft.questions == ()


def test_a_sentence_among_the_units_is_no_name() -> None:
    draft = read(["预算", "县财政局", "县财政局", "公开本单位各类信息，及时更新。", ""])
    assert draft.rows[0].responsible == ()
    assert [(about, written) for _, about, written, _ in asked(draft)] == [
        ("measures", "县财政局"),
        ("responsible", "公开本单位各类信息，及时更新。"),
    ]


def test_headings_of_the_letter_are_no_parts_of_the_list() -> None:
    letter = "关于印发任务清单的通知\n一、主要任务\n抓好落实。\n二、工作要求\n2022年1月5日"
    table = [HEADER, ["预算", "公开预算。", "县财政局", "县财政局", ""]]
    draft = read_notice(page(letter, "某县2022年任务清单", table), "list.html", county_directory())
    assert (draft.rows[0].part, draft.rows[0].aspect) == ("", "")


def test_remarks_below_the_list_are_no_rows() -> None:
    draft = read(
        ["预算", "公开预算。", "县财政局", "县财政局", ""],
        ["注：本表由县政府办公室解释。", LEFT, LEFT, LEFT, LEFT],
        ["合计", "1项", "", "", ""],
    )
    assert len(draft.rows) == 1


def test_cells_parted_by_commas_are_a_table() -> None:
    draft = read_notice(
        text(TITLE, '序号,工作任务,责任单位,完成时限\n1,公开预算,"县财政局,县审计局",6月底'),
        "list.csv",
        county_directory(),
    )
    assert draft_json(draft)["rows"][0]["responsible"] == ["县财政局", "县审计局"]


def test_a_new_unit_is_asked_about_once() -> None:
    draft = read(
        ["预算", "公开预算。", "县交通运输局", "县财政局", ""],
        ["决算", "公开决算。", "县交通运输局", "县财政局", ""],
    )
    assert draft.new_units == ("县交通运输局",)
    assert asked(draft) == [(1, "lead", "县交通运输局", ("县交通局",))]
    assert not any(row.unresolved for row in draft.rows)


def test_what_is_printed_as_json() -> None:
    draft = read(["预算", "1.公开。\n公开路径：县财政局网页：目录>预算", "县财政局", "县政府有关部门", "6月底前"])
    assert draft_json(draft) == {
        "title": "某县2022年政务公开任务清单",
        "year": 2022,
        "issue_date": "2022-01-05",
        "rows": [
            {
                "number": 1,
                "part": "",
                "aspect": "",
                "item": "预算",
                "measures": ["1.公开。"],
                "paths": ["县财政局网页：目录>预算"],
                "lead_units": ["县财政局"],
                "responsible": ["县政府有关部门"],
                "deadlines": ["2022-06-30"],
                "recurrence": None,
                "unresolved": True,
            }
        ],
        "questions": [{"row": 1, "text": "第 1 行：责任单位写的是“县政府有关部门”，没有列名单，请指定"}],
        "new_units": [],
        "errors": [],
    }
