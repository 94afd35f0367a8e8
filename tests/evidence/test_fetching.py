"""Every kind of page and trap, opened over real HTTP from a site of our own; nothing else is ever reached."""

import asyncio
import socket
import tracemalloc
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from support.website import COLUMN, TITLE, Site, article, certificate, free_port, to, website

from bot.domain.links import Page, PageKind, Reach, Trouble
from bot.evidence import fetching
from bot.evidence.fetching import Fetcher
from bot.evidence.guard import Guard, guard_of

HERE = guard_of(["127.0.0.1"])
DAY = date(2021, 5, 24)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with website() as one:
        yield one


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    one = Fetcher(HERE)
    yield one
    one.close()


ARTICLES = [
    *("/article", "/plain", "/gb/right", "/gb/wrong", "/gb/missing", "/gb/meta", "/gb/latin", "/utf/wrong", "/zipped"),
    *("/moved", "/moved/twice", "/refresh", "/refresh/later", "/huge", "/bomb", "/article/with-login-box", "/no-title"),
]


@pytest.mark.parametrize("path", ARTICLES)
async def test_an_article_is_read_whatever_stands_in_the_way(site: Site, fetcher: Fetcher, path: str) -> None:
    page = await fetcher.look(site.url(path))
    assert (page.reach, page.kind, page.trouble, page.status) == (Reach.REACHED, PageKind.ARTICLE, None, 200)
    assert page.title.startswith(TITLE) and page.published == DAY and page.column.endswith(COLUMN)
    assert "深入推进法治政府建设" in page.copy and len(page.sha256) == 64 and page.alive


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", PageKind.HOME),
        ("/to/home", PageKind.HOME),
        ("/column/", PageKind.COLUMN),
        ("/column/bare", PageKind.COLUMN),
        ("/login", PageKind.LOGIN),
        ("/to/login", PageKind.LOGIN),
        ("/unauthorized", PageKind.LOGIN),
        ("/empty", PageKind.EMPTY),
        ("/empty/page", PageKind.EMPTY),
        ("/file.pdf", PageKind.FILE),
        ("/file.docx", PageKind.FILE),
        ("/not/there", PageKind.MISSING),
        ("/gone", PageKind.MISSING),
        ("/gone/politely", PageKind.MISSING),
        ("/gone/title", PageKind.MISSING),
    ],
)
async def test_what_is_no_article_is_told_apart(site: Site, fetcher: Fetcher, path: str, kind: PageKind) -> None:
    page = await fetcher.look(site.url(path))
    assert (page.reach, page.kind, page.trouble) == (Reach.REACHED, kind, None)
    assert page.alive == (kind is not PageKind.MISSING)


@pytest.mark.parametrize(
    ("path", "trouble"),
    [
        ("/to/loopback", Trouble.INTERNAL),
        ("/to/private", Trouble.INTERNAL),
        ("/to/metadata", Trouble.INTERNAL),
        ("/to/mapped", Trouble.INTERNAL),
        ("/to/decimal", Trouble.INTERNAL),
        ("/refresh/private", Trouble.INTERNAL),
        ("/to/file", Trouble.ADDRESS),
        ("/to/user", Trouble.ADDRESS),
        ("/to/nowhere", Trouble.ADDRESS),
        ("/loop", Trouble.LOOP),
        ("/refresh/loop", Trouble.LOOP),
        ("/cookies", Trouble.LOOP),
        ("/error", Trouble.STATUS),
        ("/forbidden", Trouble.STATUS),
        ("/reset", Trouble.BROKEN),
        ("/half", Trouble.BROKEN),
        ("/head", Trouble.BROKEN),
        ("/brotli", Trouble.UNREADABLE),
    ],
)
async def test_what_cannot_be_opened_says_why(site: Site, fetcher: Fetcher, path: str, trouble: Trouble) -> None:
    page = await fetcher.look(site.url(path))
    assert (page.reach, page.kind, page.trouble) == (Reach.UNREACHED, None, trouble)
    assert page.status == {"/error": 500, "/forbidden": 403}.get(path)


@pytest.mark.parametrize(
    "link", ["http://", "http://[", "ftp://127.0.0.1/a", "javascript:alert(1)", "x", "http://a b/"]
)
async def test_what_is_no_address_is_never_opened(fetcher: Fetcher, link: str) -> None:
    page = await fetcher.look(link)
    assert page.reach is Reach.UNREACHED and page.trouble in (Trouble.ADDRESS, Trouble.NOT_HTTP)


async def test_a_slow_drip_ends(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "TOTAL", 0.3)
    assert await fetcher.look(site.url("/drip")) == Page(Reach.UNREACHED, trouble=Trouble.TIMEOUT)


async def test_nobody_listens(fetcher: Fetcher) -> None:
    assert (await fetcher.look(f"http://127.0.0.1:{free_port()}/")).trouble is Trouble.NO_CONNECTION


async def test_a_certificate_nobody_vouches_for(fetcher: Fetcher, tmp_path: Path) -> None:
    async with website(certificate(tmp_path)) as site:
        assert (await fetcher.look(site.url("/article"))).trouble is Trouble.CERTIFICATE
        assert not site.hits


async def test_a_bomb_and_an_endless_page_cost_little_memory(site: Site, fetcher: Fetcher) -> None:
    await fetcher.look(site.url("/article"))  # what is loaded once
    tracemalloc.start()
    for path in ("/bomb", "/huge"):
        await fetcher.look(site.url(path))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 64 * 1024 * 1024


async def test_nothing_of_ours_is_sent_along(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    await fetcher.look(site.url("/cookies"))
    await fetcher.look(site.url("/article"))
    assert site.hits["/cookies"] == fetching.HOPS
    for headers in site.headers:
        assert headers["User-Agent"].startswith("duban-link-check/")
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


async def test_personal_data_and_markup_of_a_page_are_not_kept(site: Site, fetcher: Fetcher) -> None:
    page = await fetcher.look(site.url("/personal"))
    assert "〔已隐去身份证号〕" in page.copy and "〔已隐去手机号〕" in page.copy
    assert "1101051949" not in repr(page) and "1381234" not in repr(page)
    assert "<a" not in (await fetcher.look(site.url("/markup"))).title


async def test_few_at_a_time_of_one_host(site: Site, fetcher: Fetcher) -> None:
    looks = [asyncio.create_task(fetcher.look(site.url("/held"))) for _ in range(6)]
    await site.until("/held", fetching.PER_HOST)
    other = await fetcher.look(site.url("/article").replace("127.0.0.1", "127.1"))  # another host, and refused by name
    assert site.hits["/held"] == fetching.PER_HOST and other.trouble is Trouble.ADDRESS
    site.hold.set()
    assert all(page.alive for page in await asyncio.gather(*looks)) and site.hits["/held"] == 6


class Names:
    """A name server whose answers change from one question to the next; the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in addresses
        ]


async def named(site: Site, guard: Guard, names: Names, path: str = "/article") -> Page:
    fetcher = Fetcher(guard, lookup=names)
    try:
        return await fetcher.look(site.url(path).replace("127.0.0.1", "www.dj.gov.cn"))
    finally:
        fetcher.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1"])
async def test_a_name_that_leads_inside_is_not_opened(site: Site, address: str) -> None:
    names = Names([address])
    page = await named(site, Guard(), names)
    assert page.trouble is Trouble.INTERNAL and not site.hits and names.asked == ["www.dj.gov.cn"]


async def test_a_name_is_looked_up_once_and_that_very_address_is_judged_and_opened(site: Site) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    assert (await named(site, HERE, names)).kind is PageKind.ARTICLE
    assert names.asked == ["www.dj.gov.cn"]


async def test_a_name_that_is_rebound_between_two_redirects_is_judged_anew(site: Site) -> None:
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    site.pages["/round"] = to("http://www.dj.gov.cn:PORT/article")
    page = await named(site, HERE, names, "/round")
    assert page.trouble is Trouble.INTERNAL and site.hits == {"/round": 1} and len(names.asked) == 2


async def test_of_several_addresses_only_permitted_ones_are_tried(site: Site) -> None:
    assert (await named(site, HERE, Names(["10.0.0.1", "::1", "127.0.0.1"]))).kind is PageKind.ARTICLE


async def test_a_listed_host_may_live_inside_and_no_other(site: Site) -> None:
    listed = guard_of(["www.dj.gov.cn"], listed_only=True)
    assert (await named(site, listed, Names(["127.0.0.1"]))).kind is PageKind.ARTICLE
    names = Names(["127.0.0.1"])
    assert (await named(site, guard_of(["oa.dj.cn"], listed_only=True), names)).trouble is Trouble.NOT_LISTED
    assert names.asked == []  # not even looked up


async def test_a_name_nobody_knows(site: Site) -> None:
    assert (await named(site, HERE, Names([]))).trouble is Trouble.NO_NAME


async def test_through_a_proxy_names_are_the_proxys_and_addresses_inside_are_still_refused(site: Site) -> None:
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.splitlines()[0])
        body = article().encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(serve, "127.0.0.1", 0)
    names = Names([])
    fetcher = Fetcher(Guard(), f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}", names)
    try:
        assert (await fetcher.look("http://www.dj.gov.cn/a.html")).kind is PageKind.ARTICLE
        for inside in ("http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://localhost/", "http://oa/"):
            assert (await fetcher.look(inside)).trouble is Trouble.INTERNAL
    finally:
        fetcher.close()
        proxy.close()
        await proxy.wait_closed()
    assert asked == ["GET http://www.dj.gov.cn/a.html HTTP/1.1"] and names.asked == [] and not site.hits
