"""What is doubtful about a submission: shown to whoever checks, never a reason to drop it (DESIGN §3, rule 10)."""

from enum import StrEnum


class Doubt(StrEnum):
    """In the order in which they are named."""

    NO_EVIDENCE = "没有佐证"
    NOT_HTTP = "不是网页链接"
    INSIDE = "是内部地址，公众打不开"
    MISSING = "网页不存在"
    DEAD = "原来能打开，现在打不开"
    LOGIN = "要登录才能看"
    HOME_PAGE = "是首页"
    COLUMN = "是栏目页"
    EMPTY = "网页没有内容"
    NOT_GOVERNMENT = "不是政府网站"
    ELSEWHERE = "栏目与公开路径不同"
    OTHER_UNIT = "网页写的是别的单位"
    TOO_LATE = "发布日期晚于报送"
    SHARED = "与别的单位同一链接"
    AGAIN = "已是第 3 次或更多次提交"


TIMES = 3  # a submission with this number, or a later one, is looked at again
