"""What is doubtful about a submission: shown to whoever checks, never a reason to drop it (DESIGN §3, rule 10)."""

from enum import StrEnum


class Doubt(StrEnum):
    """In the order in which they are named."""

    NO_EVIDENCE = "没有佐证"
    NOT_HTTP = "不是网页链接"
    HOME_PAGE = "是首页"
    SHARED = "与别的单位同一链接"
    AGAIN = "已是第 3 次或更多次提交"


TIMES = 3  # a submission with this number, or a later one, is looked at again
