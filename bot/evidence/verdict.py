"""What a page says for or against the submission it was given with (DESIGN §3, rule 10). Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.doubt import Doubt
from bot.domain.links import Page, PageKind, Reach
from bot.evidence.guard import is_government

OTHER_CHANNEL = "其他渠道"
_OF_KIND = {
    PageKind.MISSING: Doubt.MISSING,
    PageKind.LOGIN: Doubt.LOGIN,
    PageKind.HOME: Doubt.HOME_PAGE,
    PageKind.COLUMN: Doubt.COLUMN,
    PageKind.EMPTY: Doubt.EMPTY,
}
_SHORTEST = 3  # characters of a unit's name; shorter ones stand inside other words
_NOISE = str.maketrans(dict.fromkeys(" 　“”\"'‘’《》〈〉") | {"(": "（", ")": "）"})


@dataclass(frozen=True)
class Expected:
    """What the row and the unit lead one to expect. `paths`: (site, column) of the row. `own`: names of the unit,
    `others`: names of all other units. `sites`: hosts that are government sites without .gov.cn."""

    paths: Sequence[tuple[str, str]]
    own: Collection[str]
    others: Collection[str]
    reported_on: date | None
    sites: Collection[str]


def of_page(link: str, page: Page, dead: bool, expected: Expected) -> frozenset[Doubt]:
    """What is doubtful. A page that was not reached, or not looked at yet, is no doubt."""
    if dead:
        return frozenset({Doubt.DEAD})
    if page.reach is not Reach.REACHED or page.kind is None:
        return frozenset()
    if page.kind is PageKind.MISSING:
        return frozenset({Doubt.MISSING})
    government = is_government(page.final or link, expected.sites)
    there = page.kind is PageKind.ARTICLE
    found = {
        Doubt.NOT_GOVERNMENT: not government and bool(expected.paths) and not _elsewhere_will_do(expected),
        Doubt.ELSEWHERE: there and government and not in_column(page.column, expected.paths),
        Doubt.OTHER_UNIT: there and _of_another(page, expected),
        Doubt.TOO_LATE: bool(page.published and expected.reported_on and page.published > expected.reported_on),
    }
    of_kind = {_OF_KIND[page.kind]} if page.kind in _OF_KIND else set()
    return frozenset(of_kind | {doubt for doubt, there_is in found.items() if there_is})


def _elsewhere_will_do(expected: Expected) -> bool:
    return any(OTHER_CHANNEL in site for site, _ in expected.paths)


def in_column(column: str, paths: Sequence[tuple[str, str]]) -> bool:
    """Does the page stand in a column of the row's publishing paths? True where one of the two says nothing of columns.

    Only the last part of a path is compared, each of 预算/决算: sites shorten the way there.
    """
    wanted = {
        part.removesuffix("栏目")
        for site, path in paths
        if OTHER_CHANNEL not in site
        for part in _plain(path.rpartition(">")[2]).split("/")
        if part
    }
    stands = _plain(column)
    return not wanted or not stands or any(name in stands for name in wanted)


def _of_another(page: Page, expected: Expected) -> bool:
    """Another unit is named where the page says whose it is, and this one is not."""
    said = " ".join((page.title, page.column, page.source, page.site))
    return not _names(said, expected.own) and _names(said, expected.others)


def _names(said: str, names: Collection[str]) -> bool:
    return any(len(name) >= _SHORTEST and name in said for name in names)


def _plain(words: str) -> str:
    return words.translate(_NOISE)
