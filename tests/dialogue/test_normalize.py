"""Folding for syntax, without losing what was written."""

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.links import links_in
from bot.dialogue.normalize import LIMIT, fold


def test_forms_of_a_keyboard_become_one() -> None:
    assert fold("／任务　１２，（３）－４—5～Ａb").plain == "/任务 12,(3)-4-5~ab"
    assert fold("任\u200b务\ufeff\u00a012").plain == "任务 12"
    assert fold("①②、²").plain == "①②、²"  # not digits of a number


@given(st.text(max_size=200))
def test_every_place_leads_back_to_what_was_written(text: str) -> None:
    folded = fold(text)
    assert folded.written == text
    assert len(folded.at) == len(folded.plain) + 1
    assert folded.said(0) == text[folded.at[0] :].strip()
    assert all(before < after for before, after in zip(folded.at, folded.at[1:-1], strict=False))


def test_only_so_much_is_read() -> None:
    assert fold("好" * LIMIT).cut is False
    long = fold("好" * (LIMIT + 1))
    assert (long.cut, len(long.plain)) == (True, LIMIT)


def urls(text: str) -> list[str]:
    return [link.url for link in links_in(fold(text))]


def test_a_link_ends_where_chinese_begins_and_keeps_its_query() -> None:
    assert urls("见http://www.cqsdj.gov.cn/a/T1.html，请查收") == ["http://www.cqsdj.gov.cn/a/T1.html"]
    assert urls("http://a.cn/x，12号") == ["http://a.cn/x"]
    assert urls("（https://a.cn/x?b=%E4%BD&c=1#t）。") == ["https://a.cn/x?b=%E4%BD&c=1#t"]
    assert urls("http://a.cn/x(1).html, http://b.cn.") == ["http://a.cn/x(1).html", "http://b.cn"]
    assert urls("http：//a.cn/x、ＨＴＴＰ：／／ｂ．ｃｎ／ｙ") == ["http://a.cn/x", "HTTP://b.cn/y"]
    assert urls("http://a.cn/1http://b.cn/2") == ["http://a.cn/1", "http://b.cn/2"]
    assert urls("看www.cqsdj.gov.cn/x 和cqsdj.gov.cn") == ["http://www.cqsdj.gov.cn/x", "http://cqsdj.gov.cn"]
    assert urls("me@x.gov.cn https:// http：//，3.14") == []
