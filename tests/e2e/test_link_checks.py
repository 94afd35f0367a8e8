"""A link somebody hands in is looked at in the background, and whoever checks reads what was found (rule 10)."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from support.website import TITLE, Site, to, website
from support.world import COUNTY, World, world_on

from bot import linkwork
from bot.clock import real_now
from bot.doctor import examine
from bot.evidence.fetching import Fetcher
from bot.evidence.guard import guard_of
from bot.linkwork import LinkChecker
from bot.services import chain
from bot.store.engine import Store

LISTED = 'government_sites = ["127.0.0.1"]\nallowed = ["127.0.0.1"]'


def policy(folder: Path, **changed: str) -> Path:
    """The county's, with the site of our own listed."""
    given = COUNTY.policy_path.read_text(encoding="utf-8")
    lines = [line for line in given.splitlines() if not line.startswith(("government_sites", "allowed"))]
    text = "\n".join(lines).replace("[links]", f"[links]\n{changed.get('links', LISTED)}\n#")
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def nobody_looks_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A story says when links are looked at; by itself the service does it every few seconds."""
    monkeypatch.setattr(linkwork, "LOOK_AGAIN", 3600.0)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with website() as one:
        yield one


@pytest.fixture
async def corner(corner_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with checking(corner_url, tmp_path) as one:
        await one.to("2021-05-25T10:00:00+08:00")
        yield one


@asynccontextmanager
async def checking(url: str, folder: Path, **overrides: object) -> AsyncIterator[World]:
    given: dict[str, object] = {"duban_link_check": "on", **overrides}
    if "duban_policy" not in given:
        given["duban_policy"] = policy(folder)
    async with world_on(url, folder / "files", **given) as one:
        yield one


async def look(world: World) -> int:
    assert world.service.links is not None
    return await world.service.links.drain()


async def first_of(visit: Coroutine[object, object, None], *looking: asyncio.Task[int]) -> None:
    """Until the visit, or what should have made it has ended."""
    waiting = asyncio.ensure_future(visit)
    await asyncio.wait({waiting, *looking}, return_when=asyncio.FIRST_COMPLETED)
    assert waiting.done(), [task.result() for task in looking if task.done()]


async def test_the_reviewer_reads_what_was_found(corner: World, site: Site) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    site.pages["/moved"] = to("/held")
    assert "已提交 34" in await town.says(f"完成 34 {site.url('/moved')}")
    assert "（还没有检查）" in await reviewer.says("待审") and "⚠" not in await reviewer.says("待审")
    site.hold.set()
    await look(corner)
    assert "（能打开，2021-05-24 发布）" in await reviewer.says("待审")
    seen = await reviewer.presses(reviewer.card("待审 34"), "看链接")
    found = f"《{TITLE}》，2021-05-24 发布，栏目 法治政府建设年度报告，政府网站"
    assert f"{site.url('/moved')}\n　{found}" in seen
    assert found in await reviewer.says("任务 34 新民镇") and found in await town.says("任务 34")
    ((copy, sha256, final),) = await corner.rows("SELECT copy, sha256, final_url FROM link_check")
    assert "深入推进法治政府建设" in zlib.decompress(copy).decode() and len(sha256) == 64 and final == site.url("/held")
    assert await look(corner) == 0 and site.hits["/held"] == 1
    (entry,) = await corner.rows("SELECT subject, actor, after FROM audit WHERE act = 'check_link'")
    assert entry[0].startswith("link:") and entry[1] == "系统"
    # It is no act on the item: the town can still take its submission back.
    assert "的“完成”" in await town.says("撤回 34")


async def test_what_is_doubtful_is_marked_and_nothing_is_refused(corner: World, site: Site) -> None:
    reviewer = corner.who("县司法局", "审核人")
    handed_in = {"新民镇": "/other-town", "高峰镇": "/late", "桂阳街道": "/gone/politely", "县教委": "/error"}
    for unit, path in handed_in.items():
        assert "已提交 34" in await corner.who(unit).says(f"完成 34 {site.url(path)}")
    await look(corner)
    waiting = await reviewer.says("待审")
    assert "存疑 3 项" in waiting
    assert "新民镇 ⚠网页写的是别的单位" in waiting and "高峰镇 ⚠网页写的是别的单位、发布日期晚于报送" in waiting
    assert "桂阳街道 ⚠网页不存在" in waiting
    # Not reached is not doubtful.
    assert f"县教委 {site.url('/error')}（从这里打不开：网站拒绝访问或出错（500））" in waiting
    assert "存疑 3 项" in await reviewer.says("通过 34 全部")
    offered = await reviewer.says("通过 全部 除存疑")
    assert "将通过（县教委），共 1 项" in offered and "已通过并销号" in await reviewer.says("确认")
    assert "已销号" in await reviewer.says("任务 34 县教委") and "待审核" in await reviewer.says("任务 34 新民镇")
    assert "通过" in await reviewer.says("通过 34 桂阳街道") and "已销号" in await reviewer.says("任务 34 桂阳街道")


async def test_two_links_that_lead_to_one_page_are_the_same_link(corner: World, site: Site) -> None:
    reviewer = corner.who("县司法局", "审核人")
    await corner.who("新民镇").says(f"完成 34 {site.url('/article')}")
    await corner.who("高峰镇").says(f"完成 34 {site.url('/moved')}")
    assert "同一链接" not in await reviewer.says("待审")
    await look(corner)
    assert (await reviewer.says("待审")).count("与别的单位同一链接") == 2


async def test_who_is_told_in_the_morning_reads_it_there(corner: World, site: Site) -> None:
    reviewer = corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T20:00:00+08:00")
    reviewer.look()
    await corner.who("新民镇").says(f"完成 34 {site.url('/column/')}")
    await look(corner)
    assert reviewer.gets_nothing()
    await corner.morning("2021-05-26")
    assert f"{site.url('/column/')}（⚠是栏目页）" in reviewer.gets()


async def test_a_link_that_does_not_open_is_tried_a_few_times_more(corner: World, site: Site) -> None:
    reviewer = corner.who("县司法局", "审核人")
    await corner.who("新民镇").says(f"完成 34 {site.url('/soon')}")
    await look(corner)
    assert "⚠网页不存在" in await reviewer.says("待审")
    for later, visits in (("10:01", 1), ("10:03", 2), ("10:20", 3)):
        await corner.to(f"2021-05-25T{later}:00+08:00")
        await look(corner)
        assert site.hits["/soon"] == visits
    site.pages["/soon"] = site.pages["/article"]
    await corner.to("2021-05-25T12:30:00+08:00")
    await look(corner)
    assert "⚠" not in await reviewer.says("待审") and site.hits["/soon"] == 4
    await corner.to("2021-06-20T12:30:00+08:00")
    assert await look(corner) == 0


async def test_off_opens_nothing_and_says_nothing(corner_url: str, tmp_path: Path, site: Site) -> None:
    async with checking(corner_url, tmp_path, duban_link_check="off") as world:
        await world.to("2021-05-25T10:00:00+08:00")
        town, reviewer = world.who("新民镇"), world.who("县司法局", "审核人")
        await town.says(f"完成 34 {site.url('/article')}")
        assert world.service.links is None and not site.hits
        waiting, shown = await reviewer.says("待审"), await town.says("任务 34")
        assert not any(word in waiting + shown for word in ("检查", "打不开", "能打开", "政府网站", "⚠"))
        lines, _ = await examine(world.settings)
        assert any("链接检查：关（DUBAN_LINK_CHECK=off）" in line for line in lines)
        # Nothing is lost by it: switched on, what was handed in meanwhile is looked at.
        await world.restart(duban_link_check="on")
        await look(world)
        assert site.hits == {"/article": 1} and "能打开，2021-05-24 发布" in await reviewer.says("待审")
        lines, _ = await examine(world.settings.model_copy(update={"duban_link_check": "on"}))
        assert any("链接检查：开，1 个能打开，0 个从这里打不开，0 个待查" in line for line in lines)
        async with world.http.get(f"{world.bot_url}/metrics") as answer:
            metrics = await answer.text()
        assert 'duban_links{state="reached"} 1.0' in metrics and "duban_links_oldest_due_seconds 0.0" in metrics
        # What it said is not shown either once it is off again.
        await world.restart(duban_link_check="off")
        assert "能打开" not in await reviewer.says("待审")


async def test_two_processes_never_open_the_same_link(
    corner: World, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one as another process would be: its own connections, its own claims."""
    for unit in ("新民镇", "高峰镇", "桂阳街道", "县教委"):
        assert "已提交 34" in await corner.who(unit).says(f"完成 34 {site.url('/held')}")
    monkeypatch.setattr(linkwork, "TAKEN", 2)
    store, settings = Store(corner.settings.duban_database_url), corner.settings
    other = LinkChecker(store, Fetcher(guard_of(["127.0.0.1"])), corner.service.clock, settings.policy, real_now)
    try:
        both = [asyncio.create_task(look(corner)), asyncio.create_task(other.drain())]
        await first_of(site.until("/held", 4), *both)  # two of each
        site.hold.set()
        assert await asyncio.gather(*both) == [2, 2]
    finally:
        await store.close()
    assert site.hits["/held"] == 4
    assert await corner.rows("SELECT count(*), count(fine_at), count(claimed_by) FROM link_check") == [(4, 4, 0)]


async def test_a_stop_in_the_middle_loses_nothing(corner: World, site: Site) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await town.says(f"完成 34 {site.url('/held')}")
    looking = asyncio.create_task(look(corner))
    await first_of(site.until("/held", 1), looking)
    await corner.stop()
    await asyncio.gather(looking, return_exceptions=True)
    site.hold.set()
    await corner.start()
    await look(corner)
    assert "能打开" in await reviewer.says("待审") and site.hits["/held"] == 2


async def test_what_a_dead_process_claimed_is_free_again_after_a_while(corner: World, site: Site) -> None:
    await corner.who("新民镇").says(f"完成 34 {site.url('/article')}")
    await corner.stop()
    await corner.start(duban_link_check="off")
    await corner.execute("UPDATE link_check SET claimed_by = 'gone', claimed_until = '2999-01-01 00:00:00'")
    await corner.restart()
    assert await look(corner) == 0 and not site.hits
    await corner.execute("UPDATE link_check SET claimed_until = '2020-01-01 00:00:00'")
    assert await look(corner) == 1 and site.hits["/article"] == 1


async def test_a_clock_that_is_turned_and_an_answer_wait_for_no_page(corner: World, site: Site) -> None:
    town = corner.who("新民镇")
    await town.says(f"完成 34 {site.url('/held')}")
    looking = asyncio.create_task(look(corner))
    await first_of(site.until("/held", 1), looking)
    await corner.to("2021-06-25T10:00:00+08:00")  # a month of mornings, while the page still does not come
    assert "待审核" in await town.says("任务 34") and not looking.done()
    site.hold.set()
    await looking
    assert "政府网站" in await town.says("任务 34")


async def closed(world: World, site: Site, *units: str) -> None:
    """34 of each unit is handed in, looked at and closed."""
    reviewer = world.who("县司法局", "审核人")
    for number, unit in enumerate(units):
        site.pages[f"/p{number}"] = site.pages["/article"]
        await world.who(unit).says(f"完成 34 {site.url(f'/p{number}')}")
    await look(world)
    for unit in units:
        await reviewer.says(f"通过 34 {unit}")
    for unit in units:
        world.who(unit).look()


async def test_a_link_that_died_comes_back_to_the_unit_with_a_morning(corner: World, site: Site) -> None:
    town = corner.who("新民镇")
    await closed(corner, site, "新民镇", "高峰镇")
    await corner.to("2021-06-24T15:00:00+08:00")  # thirty days later
    del site.pages["/p0"]
    assert await look(corner) == 2
    assert "2021-06-24 没能打开，还会再查" in await town.says("任务 34")
    await corner.morning("2021-06-25")
    assert "佐证链接" not in town.gets() and await look(corner) == 0
    await corner.to("2021-06-25T15:30:00+08:00")
    assert await look(corner) == 1
    assert town.gets_nothing()  # it is nothing to disturb anybody with
    await corner.morning("2021-06-28")
    told = town.gets()
    dead = "34 法治政府建设年度报告 的佐证链接打不开了（2021-06-24、2021-06-25 都没打开），请恢复网页"
    assert dead in told and site.url("/p0") in told
    assert "佐证链接" not in corner.who("高峰镇").gets()
    shown = await town.says("任务 34")
    assert "已销号" in shown and "⚠原来能打开，现在打不开" in shown and TITLE in shown
    assert "已销号、佐证链接打不开了的 1 项：34 新民镇" in await corner.office.says("统计")
    # It was said once, and is over when the page is back.
    site.pages["/p0"] = site.pages["/article"]
    await corner.to("2021-07-26T16:00:00+08:00")
    town.look()
    assert await look(corner) == 2
    assert "⚠" not in await town.says("任务 34") and "打不开了的" not in await corner.office.says("统计")
    days = await corner.rows("SELECT subject FROM audit WHERE act = 'check_link' ORDER BY id")
    assert len(days) == 5  # two first looks; one failed, died and came back
    async with corner.service.store.read() as session:
        assert (await chain.verify(session)).broken is None


async def test_several_links_of_a_unit_that_died_are_one_line(corner: World, site: Site) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await closed(corner, site, "高峰镇")
    await town.says(f"完成 34 {site.url('/article')} {site.url('/plain')}")
    await look(corner)
    await reviewer.says("通过 34 新民镇")
    await corner.to("2021-06-24T15:00:00+08:00")
    site.pages["/article"] = site.pages["/plain"] = site.pages["/gone"]
    site.pages["/p0"] = site.pages["/gb/right"]
    await look(corner)
    await corner.to("2021-06-25T15:30:00+08:00")
    await look(corner)
    town.look()
    await corner.morning("2021-06-28")
    told = town.gets()
    assert told.count("佐证链接打不开了") == 1 and "1 项的佐证链接打不开了：34。" in told


async def test_when_nobody_answers_it_is_our_own_network(corner: World, site: Site) -> None:
    await closed(corner, site, "新民镇")
    site.pages["/p0"] = site.pages["/reset"]
    for day in ("2021-06-24", "2021-06-25", "2021-06-26", "2021-06-28"):
        await corner.to(f"{day}T15:59:00+08:00")
        assert await look(corner) == 1
    assert await corner.rows("SELECT failed_on, dead_on FROM link_check") == [(None, None)]


async def test_what_was_taken_back_or_sent_back_is_not_opened(corner: World, site: Site) -> None:
    town, reviewer = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.stop()
    await corner.start(duban_link_check="off")
    await town.says(f"完成 34 {site.url('/article')}")
    await town.says("撤回 34")
    await corner.who("高峰镇").says(f"完成 34 {site.url('/plain')}")
    await reviewer.says("退回 34 高峰镇 不对")
    await corner.restart()
    assert await look(corner) == 0 and not site.hits


async def test_nothing_outside_the_list_is_opened_on_a_virtual_clock(
    corner_url: str, tmp_path: Path, site: Site
) -> None:
    """Neither inside nor outside: whoever rehearses on their own machine opens nobody's pages."""
    path = policy(tmp_path, links="government_sites = []\nallowed = []")
    async with checking(corner_url, tmp_path, duban_policy=path) as world:
        await world.to("2021-05-25T10:00:00+08:00")
        town, reviewer = world.who("新民镇"), world.who("县司法局", "审核人")
        await town.says(f"完成 34 {site.url('/article')}")
        await world.who("高峰镇").says("完成 34 http://www.dj.gov.cn/zwgk/1.html")
        await look(world)
        assert not site.hits
        waiting = await reviewer.says("待审")
        assert f"⚠是内部地址，公众打不开 {site.url('/article')}（从这里打不开：指向内部地址，没有打开）" in waiting
        assert "http://www.dj.gov.cn/zwgk/1.html（从这里打不开：演练中只打开列出的地址，没有打开）" in waiting


async def test_personal_data_of_a_page_reaches_nobody(corner: World, site: Site) -> None:
    town = corner.who("新民镇")
    await town.says(f"完成 34 {site.url('/personal')}")
    await look(corner)
    ((copy,),) = await corner.rows("SELECT copy FROM link_check")
    words = zlib.decompress(copy).decode()
    assert "〔已隐去身份证号〕" in words and "11010519491231002X" not in words and "13812345678" not in words
