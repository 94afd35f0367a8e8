"""Messages that fit: sizes in bytes, nothing lost, links and what a reader sees as one character kept whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.fit import MESSAGE_BYTES, clip, fill, fit, size

FAMILY = "👨‍👩‍👧‍👦"
WHOLE = [
    FAMILY,
    "🇨🇳",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "1️⃣",
    "👍🏽",
    "👩🏻‍⚕️",
    "❤️",
    "e\u0301",
    "g\u0308\u0323",
    "นี้",
    "\u1112\u1161\u11ab",
    "葛\U000e0100",
    "https://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html?a=1&b=%E5%9E%AB#top",
    "http://example.gov.cn/1",
    "www.cqsdj.gov.cn/x",
    '<a href="http://board.example.gov.cn/?item=31-1">打开 31-1</a>',
]

# A flag beside a flag is two clusters, and a word beside a link only makes a longer link; a Chinese word parts them.
pieces = st.one_of(
    st.sampled_from(WHOLE),
    st.text(alphabet="垫江县政务公开，。 abc\n", max_size=12),
    st.sampled_from(["\n", "\n\n", "，", "请查收"]),
)
token_lists = st.lists(pieces, max_size=60)
texts = token_lists.map("".join)


def seams(text: str, parts: tuple[str, ...]) -> list[int]:
    """Where each part begins and ends in the text; fails when the parts are not the text, in order, less blank gaps."""
    found, at = [], 0
    for part in parts:
        start = text.index(part, at)
        assert text[at:start].strip() == ""
        found += [start, start + len(part)]
        at = start + len(part)
    assert text[at:].strip() == ""
    return found


@given(texts, st.integers(80, 300))
def test_parts_are_within_the_limit_and_nothing_is_lost(text: str, limit: int) -> None:
    parts = fit(text, limit)
    assert all(0 < len(part.encode()) <= limit and part.strip() for part in parts)
    seams(text, parts)


@given(st.text(max_size=300), st.integers(4, 40))
def test_any_text_at_all_is_split_within_the_limit(text: str, limit: int) -> None:
    parts = fit(text, limit)
    assert all(size(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(token_lists, st.integers(110, 300))
def test_no_seam_is_inside_a_link_or_a_cluster(tokens: list[str], limit: int) -> None:
    text, spans = "", []
    for token in tokens:
        # parts what would run together: a link and the letters after it, a flag letter and the next
        text += "、"
        if token in WHOLE:
            spans.append((len(text), len(text) + len(token)))
        text += token
    for seam in seams(text, fit(text, limit)):
        assert not any(start < seam < end for start, end in spans)


@given(texts)
def test_a_text_that_fits_is_left_alone(text: str) -> None:
    assert fit(text, 100_000) == ((text,) if text.strip() else ())


def test_lines_stay_whole_where_they_can() -> None:
    lines = [f"{n} 做好各类规划信息主动公开，办结时限 2021-12-31" for n in range(1, 100)]
    parts = fit("\n".join(lines))
    assert len(parts) == 4
    assert [line for part in parts for line in part.split("\n")] == lines
    assert all(size(part) > MESSAGE_BYTES - 100 for part in parts[:-1])


def test_a_long_line_goes_on_where_its_heading_stands() -> None:
    text = "18 政务舆情\n" + "严格履行政务舆情回应主体责任，" * 100
    parts = fit(text)
    assert parts[0].startswith("18 政务舆情\n严格")
    assert "".join(parts) == text


def test_a_link_that_would_be_cut_moves_to_the_next_part_whole() -> None:
    link = "https://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html"
    parts = fit("字" * 20 + link + "，请查收", 100)
    assert parts == ("字" * 20, link + "，请查收")


def test_a_link_longer_than_the_limit_stands_alone_in_parts_that_make_it_up() -> None:
    link = "https://www.cqsdj.gov.cn/" + "x" * 200
    parts = fit(f"链接：{link}，请查收\n谢谢", 100)
    assert parts[0] == "链接："
    assert "".join(parts[1:4]) == link
    assert parts[4:] == ("，请查收\n谢谢",)


def test_a_row_of_flags_is_cut_between_flags() -> None:
    parts = fit("🇨🇳" * 10, 20)
    assert parts == ("🇨🇳🇨🇳",) * 5


def test_a_cluster_longer_than_the_limit_is_cut_and_kept() -> None:
    text = "e" + "\u0301" * 5000
    parts = fit(text)
    assert "".join(parts) == text
    assert all(size(part) <= MESSAGE_BYTES for part in parts)


def test_line_breaks_at_a_seam_are_dropped_and_no_part_is_blank() -> None:
    assert fit("字" * 33 + "\n\n\n" + "字" * 33, 99) == ("字" * 33, "字" * 33)
    assert fit("字" * 33 + "\n\n" + "字" * 33, 101) == ("字" * 33, "字" * 33)
    assert fit("字" * 33 + "\r\n" + "字" * 33, 101) == ("字" * 33, "字" * 33)
    assert fit("\n \n\u3000", 99) == ()
    assert fit("") == ()
    assert fit(" " * 5000) == ()


def test_a_lone_surrogate_does_not_stop_a_message() -> None:
    assert all(size(part) <= 10 for part in fit("县" * 4 + "\ud83d" * 4, 10))


def test_a_limit_that_cannot_hold_a_character_is_refused() -> None:
    with pytest.raises(ValueError, match="3 bytes"):
        fit("😀", 3)


@given(texts, st.integers(0, 200))
def test_clipped_text_is_a_beginning_with_an_ellipsis(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped.encode()) <= limit
    if clipped != text:
        assert clipped == "" if limit < 3 else clipped.endswith("…")
        assert text.startswith(clipped.removesuffix("…"))


@pytest.mark.parametrize("whole", WHOLE)
def test_clip_leaves_out_whole_what_does_not_fit_whole(whole: str) -> None:
    text = "县" + whole + "镇"
    room = size("县" + whole) - 1 + size("…")
    assert clip(text, size(text)) == text
    assert clip(text, min(room, size(text) - 1)) == "县…"


def test_clip_takes_any_ellipsis_and_no_blank_before_it() -> None:
    assert clip("市场准入 负面清单", 18, "...") == "市场准入..."
    assert clip("市场准入", 12) == "市场准入"


many_lines = st.lists(st.text(alphabet="新民镇 ab，\n😀", max_size=20), max_size=40)


def left(count: int) -> str:
    return f"另有 {count} 项，回复 任务"


@given(st.text(alphabet="今日督办 ", max_size=10), many_lines, st.integers(4, 400))
def test_filled_message_fits_and_counts_what_is_left(head: str, lines: list[str], limit: int) -> None:
    message = fill(head, lines, left, limit)
    assert len(message.encode()) <= limit
    opening = [head] if head else []
    possible = {
        taken: "\n".join([*opening, *lines[:taken], *([left(len(lines) - taken)] if taken < len(lines) else [])])
        for taken in range(len(lines) + 1)
    }
    fitting = [taken for taken, text in possible.items() if size(text) <= limit]
    if fitting:
        assert message == possible[max(fitting)]


def test_filled_message_reads_as_a_digest() -> None:
    lines = [f"{n} 新民镇 逾期 3 个工作日" for n in range(1, 101)]
    message = fill("督办提醒", lines, left)
    shown = message.split("\n")
    assert shown[0] == "督办提醒"
    assert shown[1:-1] == lines[: len(shown) - 2]
    assert shown[-1] == left(100 - (len(shown) - 2))
    assert size(message) > MESSAGE_BYTES - 60


def test_the_last_line_is_not_given_up_for_a_tail_nobody_needs() -> None:
    lines = ["一" * 10, "二" * 10]
    assert fill("头", lines, left, size("头\n" + "\n".join(lines))) == "头\n" + "\n".join(lines)


def test_every_line_that_fits_beside_the_tail_is_taken() -> None:
    assert fill("头", ["一", "二" * 50], left, 60) == f"头\n一\n{left(1)}"


def test_a_head_too_long_is_clipped_and_the_tail_stays() -> None:
    assert size(fill("head" * 50, ["一"], left, 60)) == 60
    message = fill("很长的标题" * 20, ["一"], left, 60)
    assert message.endswith("…\n另有 1 项，回复 任务")
    assert fill("很长的标题" * 20, [], left, 60).endswith("…")
    assert fill("很长的标题", ["一" * 10], left, 12) == "另有 1…"
