"""What is known of a submitted link, and when it is looked at again (DESIGN §3, rule 10)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum


class Reach(StrEnum):
    """Has anybody answered?"""

    WAITING = "waiting"  # not looked at yet
    REACHED = "reached"  # the site gave an answer that can be judged
    UNREACHED = "unreached"  # it could not be looked at from here, which says nothing against it


class PageKind(StrEnum):
    """What the address leads to."""

    ARTICLE = "article"
    HOME = "home"
    COLUMN = "column"  # a list of articles
    FILE = "file"
    LOGIN = "login"
    EMPTY = "empty"
    MISSING = "missing"  # 404, 410, or a page that says so


class Trouble(StrEnum):
    """Why a link could not be looked at; the value is what people read."""

    ADDRESS = "地址写法不对"
    NO_NAME = "域名解析不了"
    NO_CONNECTION = "连不上"
    BROKEN = "连接中断"
    TIMEOUT = "超时"
    CERTIFICATE = "网站证书有问题"
    INTERNAL = "指向内部地址，没有打开"
    NOT_LISTED = "演练中只打开列出的地址，没有打开"
    PORT = "端口不是网页用的，没有打开"
    NOT_HTTP = "不是网页地址，没有打开"
    LOOP = "跳转次数太多"
    STATUS = "网站拒绝访问或出错"
    UNREADABLE = "网页的压缩格式读不了"


SILENT = frozenset({Trouble.NO_NAME, Trouble.NO_CONNECTION, Trouble.BROKEN, Trouble.TIMEOUT})
"""Nobody answered: that may as well be our own network."""


@dataclass(frozen=True)
class Page:
    """What one look at a link brought. Texts are redacted. `copy` is the visible text, `sha256` of the bytes read."""

    reach: Reach
    kind: PageKind | None = None
    trouble: Trouble | None = None
    status: int | None = None
    final: str = ""  # the address after all redirects
    title: str = ""
    published: date | None = None
    site: str = ""  # what the page calls its site
    column: str = ""  # the column it stands in, with the way there where the page shows it
    source: str = ""  # who wrote it, as the page says
    copy: str = ""
    sha256: str = ""

    @property
    def alive(self) -> bool:
        return self.reach is Reach.REACHED and self.kind is not PageKind.MISSING


RETRIES = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=2))
"""A link that does not open at first: the site may be busy, or the page not be out yet."""

NEXT_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Course:
    """Where the checks of one link stand. Moments are the service's, days are in Asia/Shanghai."""

    due_at: datetime
    attempts: int = 0  # in a row, of a link that never opened
    fine_at: datetime | None = None  # when it opened last
    failed_on: date | None = None  # the first day on which a link that had opened did not
    dead_on: date | None = None  # the day from which it counts as dead


def after(course: Course, page: Page, now: datetime, today: date, again: timedelta, network: bool) -> Course:
    """What follows from one look. `again`: between regular checks. `network`: somebody else's site answers today.

    A link that had opened is dead after failures on two different days; where nobody answers, only if others do.
    """
    if page.alive:
        return Course(now + again, fine_at=now)
    if course.fine_at is None:
        tries = course.attempts + 1
        pause = RETRIES[tries - 1] if tries <= len(RETRIES) else again
        return replace(course, attempts=tries, due_at=now + pause)
    if course.dead_on is not None:
        return replace(course, due_at=now + again)
    if page.trouble in SILENT and not network:
        return replace(course, due_at=now + NEXT_DAY)
    if course.failed_on is None or course.failed_on >= today:
        return replace(course, failed_on=course.failed_on or today, due_at=now + NEXT_DAY)
    return replace(course, dead_on=today, due_at=now + again)
