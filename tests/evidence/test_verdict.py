"""What a page says for or against the submission it was given with; what a page is told apart by."""

from dataclasses import replace
from datetime import date

import pytest
from support.website import COLUMN, META, TITLE, VISIBLE, WAY, article, page

from bot.domain.doubt import Doubt
from bot.domain.links import Page, PageKind, Reach, Trouble
from bot.evidence.decoding import decode
from bot.evidence.doubtful import doubts
from bot.evidence.guard import is_government
from bot.evidence.markup import read
from bot.evidence.page import Body, judge, published, refreshed
from bot.evidence.verdict import Expected, in_column, of_page
from bot.texts import links as words

LINK = "http://www.dj.gov.cn/zwgk/t20210524_1.html"
PATHS = (
    ("县政府门户网站", "政务公开>政府信息公开目录>法治政府建设年度报告"),
    ("县政府部门、乡镇（街道）网页", "政府信息公开目录>法治政府建设年度报告"),
)
EXPECTED = Expected(PATHS, {"新民镇", "新民镇人民政府"}, {"高峰镇", "高安镇"}, date(2021, 5, 26), ())


def seen(source: str, url: str = LINK, kind: str = "text/html", status: int = 200) -> Page:
    return judge(Body(status, url, kind, "utf-8", source.encode()))[0]


GOOD = seen(article())


def test_a_good_article_raises_no_doubt() -> None:
    assert of_page(LINK, GOOD, False, EXPECTED) == frozenset()
    assert words.found(GOOD, (), None, True) == f"《{TITLE}》，2021-05-24 发布，栏目 {COLUMN}，政府网站"
    assert words.note([GOOD]) == "（能打开，2021-05-24 发布）" and words.note([GOOD, GOOD]) == "（能打开）"


OTHER_TOWN = article(META.replace("新民镇", "高峰镇"), title="高峰镇报告").replace("来源：新民镇", "来源：高峰镇")


@pytest.mark.parametrize(
    ("found", "doubt"),
    [
        (replace(GOOD, kind=PageKind.MISSING), Doubt.MISSING),
        (replace(GOOD, kind=PageKind.LOGIN), Doubt.LOGIN),
        (replace(GOOD, kind=PageKind.HOME), Doubt.HOME_PAGE),
        (replace(GOOD, kind=PageKind.COLUMN), Doubt.COLUMN),
        (replace(GOOD, kind=PageKind.EMPTY), Doubt.EMPTY),
        (replace(GOOD, final="http://www.example.com/a.html"), Doubt.NOT_GOVERNMENT),
        (replace(GOOD, final="http://dj.gov.cn.example.com/a.html"), Doubt.NOT_GOVERNMENT),
        (replace(GOOD, column="首页＞工作动态"), Doubt.ELSEWHERE),
        (seen(OTHER_TOWN), Doubt.OTHER_UNIT),
        (replace(GOOD, published=date(2021, 5, 27)), Doubt.TOO_LATE),
    ],
)
def test_one_doubt(found: Page, doubt: Doubt) -> None:
    assert of_page(LINK, found, False, EXPECTED) == {doubt}
    assert f"⚠{doubt}" in words.found(found, {doubt}, None, True)


def test_what_is_no_doubt() -> None:
    for page_ in (
        Page(Reach.WAITING),
        Page(Reach.UNREACHED, trouble=Trouble.TIMEOUT),
        replace(GOOD, published=date(2021, 5, 26)),
        replace(GOOD, published=None),
        replace(GOOD, column=""),
        replace(GOOD, kind=PageKind.FILE, column="", title="a.pdf"),
        replace(GOOD, title="关于高峰镇的说明", source="新民镇人民政府"),
    ):
        assert of_page(LINK, page_, False, EXPECTED) == frozenset()


def test_a_dead_link_is_only_dead() -> None:
    assert of_page(LINK, replace(GOOD, published=date(2022, 1, 1)), True, EXPECTED) == {Doubt.DEAD}


def test_other_channels_will_do_where_the_row_names_them_or_no_path_at_all() -> None:
    outside = replace(GOOD, final="https://mp.weixin.qq.com/s/x", column="")
    for paths in ((*PATHS, ("其他渠道", "")), ()):
        assert of_page(LINK, outside, False, replace(EXPECTED, paths=paths)) == frozenset()
    assert "其他渠道" in words.found(outside, (), None, False)


def test_the_county_lists_its_government_sites() -> None:
    assert is_government("http://dj.cn/a", ["dj.cn"]) and is_government("http://www.dj.cn/a", ["dj.cn"])
    assert is_government("http://WWW.GOV.CN./a", ()) and not is_government("http://notgov.cn/", ())
    assert not is_government("http://[", ())


@pytest.mark.parametrize(
    ("column", "fits"),
    [
        ("首页＞政务公开＞法治政府建设年度报告", True),
        ("法治政府建设年度报告", True),
        ("", True),
        ("首页＞通知公告", False),
    ],
)
def test_columns(column: str, fits: bool) -> None:
    assert in_column(column, PATHS) is fits


def test_one_of_several_names_and_quotes_in_a_path_will_do() -> None:
    assert in_column("政府决算", (("县财政局网页", "法定主动公开内容>预算/决算"),))
    assert in_column("政策解读", (("政府网站", "“政策解读”栏目"),))
    assert in_column("随便", (("其他渠道", "政务新媒体、宣传栏"),)) and in_column("随便", (("乡镇网页", ""),))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布时间：2021-05-24 10:30", date(2021, 5, 24)),
        ("发布日期\n2021年5月24日", date(2021, 5, 24)),
        ("来源：县司法局 2021/5/24 浏览 2020 次", date(2021, 5, 24)),
        ("日期：2021.05.24", date(2021, 5, 24)),
        ("成文日期：2021-05-20 发布日期：2021-05-24", date(2021, 5, 24)),
        ("今天是2021年5月26日 星期三", None),
        ("发布时间：2021-13-40", None),
        ("自2021年5月24日起施行", None),
    ],
)
def test_the_day_a_page_states(text: str, day: date | None) -> None:
    assert published(read(page(f"<div>{text}</div>"))) == day


@pytest.mark.parametrize("stated", ["2021-05-24", "2021-05-24 10:30:00", "2021年05月24日", "20210524", "2021/5/24"])
def test_the_day_a_head_states(stated: str) -> None:
    assert published(read(article(META.replace("2021-05-24 10:30", stated)))) == date(2021, 5, 24)


@pytest.mark.parametrize(
    ("content", "leads"),
    [
        ("0;url=/b.html", "http://h/b.html"),
        ("0; URL='http://x/c'", "http://x/c"),
        ("3;url=b.html", "http://h/d/b.html"),
        ("300;url=/b.html", ""),
        ("0", ""),
        ("5;url=/d/a.html", ""),
        ("x;url=/b.html", ""),
        ("0;url=http://[", ""),
    ],
)
def test_a_refresh(content: str, leads: str) -> None:
    assert refreshed(content, "http://h/d/a.html") == leads


def test_what_a_comment_or_a_script_says_is_not_said() -> None:
    hidden = f"<!--{META}--><script>document.write('<meta name=PubDate content=2020-01-01>')</script>"
    found = read(page(VISIBLE + "<style>发布时间：2019-01-01</style>", hidden))
    assert not found.meta and published(found) == date(2021, 5, 24)


def test_a_way_with_links_and_lists() -> None:
    way = "<ul class=crumb><li>您所在的位置：</li><li><a>首页</a> ></li><li><a>政务公开</a> &gt;</li><li>年报</li></ul>"
    assert seen(page(way + VISIBLE.replace(WAY, ""))).column == "首页＞政务公开＞年报"


def test_hostile_markup_costs_no_more_than_its_length() -> None:
    for evil in ("<", "<a ", "<meta '", "<!--", "<script", "<title", "&#", "位置：a>", "发布时间", " \n ", "<a><h1>"):
        seen(evil * (600_000 // len(evil)))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x81", "中".encode()[:2], b"\xef\xbb\xbfa"])
def test_any_bytes_are_some_text(body: bytes) -> None:
    assert isinstance(decode(body, "gbk"), str) and isinstance(decode(body, "no-such-charset"), str)


def test_inside_addresses_are_doubtful_without_being_opened() -> None:
    for link in ("http://192.168.1.5/a.html", "http://oa/a.html", "http://127.1/a", "http://nas.local/a"):
        assert doubts([link], 0, True, 1, ()) == (Doubt.INSIDE,)
    assert doubts(["http://oa/a.html"], 0, True, 1, (), sites=["oa"]) == ()
    assert doubts([LINK], 0, True, 1, (), {Doubt.TOO_LATE}) == (Doubt.TOO_LATE,)
