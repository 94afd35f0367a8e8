"""What is doubtful about a submission, without opening its links."""

import pytest

from bot.domain.doubt import Doubt
from bot.evidence.doubtful import doubts

PAGE = "http://www.dianjiang.gov.cn/zwgk/t20210601_1.html"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        (PAGE, ()),
        ("https://www.dianjiang.gov.cn/?id=12", ()),
        ("http://www.dianjiang.gov.cn/#/zwgk/12", ()),
        ("http://www.dianjiang.gov.cn", (Doubt.HOME_PAGE,)),
        ("http://www.dianjiang.gov.cn/", (Doubt.HOME_PAGE,)),
        ("http://www.dianjiang.gov.cn/index.html#/", (Doubt.HOME_PAGE,)),
        ("ftp://www.dianjiang.gov.cn/a.html", (Doubt.NOT_HTTP,)),
        ("http://[", (Doubt.NOT_HTTP,)),
    ],
)
def test_a_link(link: str, found: tuple[Doubt, ...]) -> None:
    assert doubts([link], 0, True, 1, ()) == found


def test_a_submission() -> None:
    assert doubts([], 0, True, 1, ()) == (Doubt.NO_EVIDENCE,)
    assert doubts([], 0, False, 1, ()) == doubts([], 1, True, 2, ()) == ()
    assert doubts([PAGE], 0, True, 3, {PAGE}) == (Doubt.SHARED, Doubt.AGAIN)
