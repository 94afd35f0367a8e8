"""A rehearsal says what will happen: the same days are rehearsed and then lived (DESIGN §6, `duban rehearse`)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pytest
from support.leaks import kept
from support.world import CORNER, COUNTY, START, World, prepare, roster_lines

from bot.domain.calendar import SHANGHAI, UnknownYear
from bot.domain.rehearsal import Rehearsal
from bot.rehearsal import CannotRehearse, rehearse
from bot.services import chain
from bot.settings import load_settings
from bot.store.engine import Store

LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html"
Said = tuple[str, date, str]  # to whom, on which day, what


async def rehearsed(world: World, first: str, last: str) -> Rehearsal:
    return await rehearse(
        world.service.store,
        world.settings,
        world.service.clock.now(),
        date.fromisoformat(first),
        date.fromisoformat(last),
        lambda _day: None,
    )


def foretold(done: Rehearsal) -> Counter[Said]:
    return Counter((one.person.userid, one.day, one.text) for one in done.messages)


def lived(world: World, since: int) -> Counter[Said]:
    """What came to anybody's phone after the message numbered `since`."""
    everybody = {line.userid for line in roster_lines(COUNTY.people_path)}
    return Counter(
        (userid, message.at.date(), message.text)
        for userid in everybody
        for message in world.platform.inbox(userid)
        if message.number > since
    )


def of(person: str, said: Iterable[Said]) -> list[str]:
    return [text for userid, _, text in said if userid == person]


async def test_what_is_rehearsed_is_what_happens(corner: World) -> None:
    town, lead = corner.who("新民镇"), corner.who("县司法局", "审核人")
    await corner.restart(wecom_cards="text")
    await corner.morning("2021-05-25", "2021-05-26")
    await town.says(f"完成 34 {LINK}")
    await lead.says("退回 34 新民镇 链接打不开")
    await corner.who("高峰镇").says(f"完成 34 {LINK}")  # waits for somebody to look at it
    await corner.office.says("通知 全体 请核对联系方式")
    await corner.office.says("确认")
    await chain.seal(corner.service.store)  # what the service itself would write in these seconds
    before, since = await kept(corner, but="lease"), corner.platform.mark()

    done = await rehearsed(corner, "2021-05-26", "2021-06-18")
    assert await kept(corner, but="lease") == before
    assert corner.platform.mark() == since  # nobody's phone rang

    await corner.to("2021-06-19T00:00:00+08:00")
    assert foretold(done) == lived(corner, since)
    assert done.stuck == 0
    assert any("34" in text and "逾期" in text for text in of(town.userid, foretold(done)))
    assert any("待审" in text for text in of(lead.userid, foretold(done)))


async def test_days_before_the_period_are_lived_through_and_not_reported(corner: World) -> None:
    whole = await rehearsed(corner, "2021-05-25", "2021-06-18")
    later = await rehearsed(corner, "2021-06-08", "2021-06-18")
    since = date(2021, 6, 8)
    assert foretold(later) == Counter({one: n for one, n in foretold(whole).items() if one[1] >= since})
    assert later.messages and len(later.messages) < len(whole.messages)


async def test_a_list_loaded_after_the_period_is_rehearsed_as_if_it_had_been_there(tmp_path: Path) -> None:
    """An operator of today tries the list of 2021; nothing of it was sent yet."""
    told = []
    for start in (START, datetime(2021, 12, 20, 18, 0, tzinfo=SHANGHAI)):
        url = f"sqlite+aiosqlite:///{tmp_path}/{start:%m-%d}.db"
        await prepare(url, start=start, county=CORNER)
        store = Store(url)
        settings = load_settings(duban_policy=COUNTY.policy_path)
        days = date(2021, 5, 25), date(2021, 6, 18)
        told.append(foretold(await rehearse(store, settings, start, *days, lambda _day: None)))
        await store.close()
    assert told[0] and told[0] == told[1]


async def test_what_has_been_lived_cannot_be_rehearsed_again(corner: World) -> None:
    await corner.morning("2021-05-25", "2021-06-02")
    with pytest.raises(CannotRehearse, match=r"2021-06-02 的晨报已经发过.*--from 2021-06-02"):
        await rehearsed(corner, "2021-05-25", "2021-06-18")
    assert (await rehearsed(corner, "2021-06-02", "2021-06-18")).messages


async def test_a_period_nobody_can_rehearse(corner: World) -> None:
    for first, last, says in (
        ("2021-06-18", "2021-05-25", "请把早的日期写在 --from"),
        ("2021-06-18", "2022-07-23", "401 天：一次最多预演 400 天"),
    ):
        with pytest.raises(CannotRehearse, match=says):
            await rehearsed(corner, first, last)
    with pytest.raises(UnknownYear, match="2027"):
        await rehearsed(corner, "2026-12-01", "2027-01-05")


async def test_the_figures_of_rule_6(corner: World) -> None:
    done = await rehearsed(corner, "2021-05-25", "2021-06-18")
    counts = Counter(one.person.userid for one in done.messages)
    assert {load.person.userid: load.messages for load in done.loads() if load.messages} == dict(counts)
    assert sum(day.messages for day in done.days()) == sum(role.messages for role in done.roles()) == len(done.messages)
    assert len(done.loads()) == len(done.everybody) > len(counts)  # whoever gets nothing counts, too
    assert max(load.most for load in done.loads()) == 1  # one message a morning (rule 4)
    assert all(one.size <= 2048 for one in done.messages)
