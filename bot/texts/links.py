"""What was found behind a link, in words for whoever checks it. Pure."""

from collections.abc import Collection, Sequence
from datetime import date

from bot.domain.doubt import Doubt
from bot.domain.links import Page, PageKind, Reach, Trouble
from bot.texts.words import day, names, short

TITLE = 40  # characters
COLUMN = 30
NAMED = 12  # items


def found(page: Page, doubts: Collection[Doubt], failed_on: date | None, government: bool) -> str:
    """One line below the link. What nobody has looked at, or could not open from here, is said as just that."""
    if page.reach is Reach.WAITING:
        return "还没有检查"
    if page.reach is Reach.UNREACHED:
        return f"从这里打不开：{_why(page)}"
    parts = [marked(doubts)] if doubts else []
    if page.kind is PageKind.FILE:
        parts.append(f"文件 {short(page.title, TITLE)}，能打开" if page.title else "是文件，能打开")
    elif page.title and page.kind is not PageKind.MISSING:
        parts.append(f"《{short(page.title, TITLE)}》")
    if page.kind is PageKind.ARTICLE:
        parts.append(f"{day(page.published)} 发布" if page.published else "没写发布日期")
        parts += [f"栏目 {_end(page.column)}"] if page.column else []
    if page.kind is not PageKind.MISSING:
        parts.append("政府网站" if government else "其他渠道")
    if failed_on is not None and Doubt.DEAD not in doubts:
        parts.append(f"{day(failed_on)} 没能打开，还会再查")
    return "，".join(parts)


def marked(doubts: Collection[Doubt]) -> str:
    return f"⚠{'、'.join(doubt for doubt in Doubt if doubt in doubts)}"


def note(pages: Sequence[Page]) -> str:
    """Behind the first link in a queue: what is not known yet, or the day of the only page."""
    if any(page.reach is Reach.WAITING for page in pages):
        return "（还没有检查）"
    unreached = [page for page in pages if page.reach is Reach.UNREACHED]
    if unreached:
        return f"（从这里打不开：{_why(unreached[0])}）"
    if len(pages) == 1 and pages[0].published:
        return f"（能打开，{day(pages[0].published)} 发布）"
    return "（能打开）" if pages and all(page.alive for page in pages) else ""


def died(ref: str, link: str, days: Sequence[date]) -> str:
    """To the unit of a closed item, with its morning."""
    when = "、".join(map(day, days))
    return f"{ref} 的佐证链接打不开了（{when} 都没打开），请恢复网页，或把新链接报县政府办公室：{link}"


def died_many(codes: Sequence[str]) -> str:
    return (
        f"{len(codes)} 项的佐证链接打不开了：{names(codes, NAMED, '项')}。请恢复网页，或把新链接报县政府办公室；"
        f"回复 任务 编号 看是哪个链接"
    )


def dead(items: Sequence[str]) -> str:
    """To the office: closed items whose links do not open any more."""
    return f"已销号、佐证链接打不开了的 {len(items)} 项：{names(items, NAMED, '项')}"


def _why(page: Page) -> str:
    said = page.trouble or Trouble.BROKEN
    return f"{said}（{page.status}）" if page.status and page.trouble is Trouble.STATUS else said


def _end(column: str) -> str:
    return short(column.rpartition("＞")[2] or column, COLUMN)  # as it is kept, without markup
