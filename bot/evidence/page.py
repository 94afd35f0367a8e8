"""What a fetched page is: an article with title and date, a home page, a column, a login, nothing at all. Pure.

Government sites name these in their head (政府网站发展指引, 国办发〔2017〕47号, annex 3): SiteName on every page,
ColumnName and ColumnType on columns, ArticleTitle, PubDate and ContentSource on articles. Where they are missing, what
people see on the page is read.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin, urlsplit

from bot.domain.links import Page, PageKind, Reach, Trouble
from bot.evidence.decoding import decode
from bot.evidence.doubtful import is_home
from bot.evidence.markup import Markup, one_line, read
from bot.evidence.scan import redact
from bot.texts.words import without_markup

COPY = 100_000  # characters of a page's words that are kept
NAME = 200  # characters of a title, a site, a column
ADDRESS = 2000  # characters of an address
SHORT = 600  # characters; who writes less says one thing only
REFRESH = 10.0  # seconds; a page that reloads itself later is no redirect

_DATE = r"((?:19|20)\d\d)[-/.年 ]{1,3}(\d{1,2})[-/.月 ]{1,3}(\d{1,2})(?!\d)"
_SOLID = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_STATED = re.compile(_DATE)
_LABELLED = (
    re.compile(rf"(?:发布|公开|公布)(?:时间|日期)[^\d\n]{{0,8}}\n?[^\d\n]{{0,4}}{_DATE}"),
    re.compile(rf"来源[：:][^\n]{{0,60}}?(?<!\d){_DATE}"),
    re.compile(rf"(?:成文|发文|生成|更新)?(?:时间|日期)[^\d\n]{{0,8}}\n?[^\d\n]{{0,4}}{_DATE}"),
)
_NEAR_TOP = 20_000  # characters in which a page says when it was published
_PUBLISHED = ("pubdate", "publishdate", "article:published_time")
_SOURCE = re.compile(r"(?:信息)?来源[：:]\s?([^\s|｜]{2,40})")
_WAY = re.compile(r"位置[：:]?[ \n]?((?:[^\n>]{1,30}>){1,8}[^\n>]{0,30})")

_GONE = re.compile(
    r"(?:页面|网页|文章|信息|文件|内容|栏目)(?:已经?|并)?(?:不存在|不见了|被删除|删除|下线|过期|失效|丢失)"
    r"|(?:找不到|没有找到|未找到|无法找到|不存在)(?:该|此|这个|您|你|要|所|想|请求|访问|查看|浏览|的){0,8}(?:页面|网页|文章|信息|内容|资源)"
    r"|您?(?:要|所)?访问的(?:页面|网页|内容|信息).{0,12}(?:不存在|找不到|删除|出错|走丢|没有)"
    r"|404\s{0,3}(?:not found|错误|error|页面)|(?:page|file) not found",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(r"\s*(?:404|出错|错误提示|error)", re.IGNORECASE)
_LOGIN = re.compile(r"登[录陆]|统一身份认证|用户名|sign in|log ?in", re.IGNORECASE)
_FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|csv|jpe?g|png|gif|bmp|tiff?|mp4)$", re.IGNORECASE
)
_HTML = re.compile(rb"\s*<(?:!--|!doctype|html|head|body|meta|title|script|div|table|\?xml|h\d|p\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """What a server sent: `body` unpacked and perhaps cut off, `final` where all redirects led."""

    status: int
    final: str
    content_type: str
    charset: str | None
    body: bytes


def judge(got: Body) -> tuple[Page, str]:
    """What it is, and where a meta refresh leads ("" where none does). Takes part of a second on a large page."""
    bare = Page(Reach.REACHED, status=got.status, final=clean(got.final, ADDRESS))
    if got.status in (404, 410):
        return replace(bare, kind=PageKind.MISSING), ""
    if got.status == 401:
        return replace(bare, kind=PageKind.LOGIN), ""
    if not 200 <= got.status < 300:
        return replace(bare, reach=Reach.UNREACHED, trouble=Trouble.STATUS), ""
    bare = replace(bare, sha256=hashlib.sha256(got.body).hexdigest())
    if not _is_page(got):
        if not got.body:
            return replace(bare, kind=PageKind.EMPTY), ""
        return replace(bare, kind=PageKind.FILE, title=clean(urlsplit(got.final).path.rpartition("/")[2], NAME)), ""
    seen = read(decode(got.body, got.charset))
    title = seen.meta.get("articletitle") or seen.title or seen.heading
    page = replace(
        bare,
        kind=_kind(seen, got.final),
        title=clean(title, NAME),
        published=published(seen),
        site=clean(seen.meta.get("sitename", ""), NAME),
        column=clean(_column(seen), NAME),
        source=clean(_source(seen), NAME),
        copy=redact(seen.text[:COPY]),
    )
    return page, refreshed(seen.refresh, got.final)


def clean(words: str, most: int) -> str:
    """One line without personal data or markup, for people to read and to be kept."""
    return without_markup(redact(one_line(words)[: most * 2])[:most])


def _is_page(got: Body) -> bool:
    kind = got.content_type.lower()
    if "html" in kind or kind == "application/xml":
        return True
    if kind in ("", "text/plain", "application/octet-stream"):
        return _HTML.match(got.body[:200]) is not None and not _FILES.search(urlsplit(got.final).path)
    return False


def _kind(seen: Markup, final: str) -> PageKind:
    text, title = seen.text, f"{seen.meta.get('articletitle', '')} {seen.title}"
    article = "articletitle" in seen.meta or any(name in seen.meta for name in _PUBLISHED)
    dated = article or published(seen) is not None  # short notices on pages with a login box are articles all the same
    if not article and (_GONE.search(title) or _GONE_TITLE.match(seen.title) or (not dated and _says(text, _GONE))):
        return PageKind.MISSING
    if seen.password and (_LOGIN.search(title) or (not dated and _says(text, _LOGIN))):
        return PageKind.LOGIN
    if is_home(final) and not article:
        return PageKind.HOME
    if len(text) < 2 + len(title.strip()) and not seen.links:
        return PageKind.EMPTY
    if article:
        return PageKind.ARTICLE
    mostly_links = seen.links >= 8 and seen.linked * 2 > len(text)
    of_column = "columnname" in seen.meta and ("columntype" in seen.meta or "columndescription" in seen.meta)
    if mostly_links or (of_column and not dated):
        return PageKind.COLUMN
    return PageKind.ARTICLE


def _says(text: str, what: re.Pattern[str]) -> bool:
    """Short pages only: an article may speak of pages that are gone, too."""
    return len(text) < SHORT and what.search(text) is not None


def published(seen: Markup) -> date | None:
    """The day of publication as the page states it; None where it does not."""
    for name in _PUBLISHED:
        stated = seen.meta.get(name, "")
        if found := _day(_STATED.search(stated) or _SOLID.match(stated)):
            return found
    top = seen.text[:_NEAR_TOP]
    return next((day for label in _LABELLED if (day := _day(label.search(top)))), None)


def _day(found: re.Match[str] | None) -> date | None:
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _column(seen: Markup) -> str:
    """The way to the page, with the column's name at its end: 首页>政务公开>法治政府建设年度报告."""
    way = _WAY.search(seen.text[:_NEAR_TOP])
    trail = way[1].strip(" >") if way else ""
    name = seen.meta.get("columnname", "")
    return ">".join(part for part in (trail, "" if name in trail else name) if part)


def _source(seen: Markup) -> str:
    found = _SOURCE.search(seen.text[:_NEAR_TOP])
    return seen.meta.get("contentsource") or (found[1] if found else "")


def refreshed(content: str, base: str) -> str:
    """Where `<meta http-equiv=refresh content="0;url=…">` leads soon, if that is somewhere else."""
    delay, _, rest = content.partition(";")
    target = re.match(r"\s{0,9}url\s{0,9}=\s{0,9}[\"']?([^\"']{1,2000})", rest, re.IGNORECASE)
    try:
        soon = float(delay.strip() or 0) <= REFRESH
        address = urljoin(base, target[1].strip()) if target else ""
    except ValueError:
        return ""
    return address if soon and address.partition("#")[0] != base.partition("#")[0] else ""
