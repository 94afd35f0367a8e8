"""Rule 8 for the whole labelled set: as words, in a link, in a file and as a file's name, through the real service.

Afterwards the database's files, everything stored, every log line and everything sent to anybody are searched for each
number, as it was written and as plain digits, and for the words beside each marking.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import cycle
from urllib.parse import quote, unquote

import pytest
from support import files
from support.labelled import CARD, MARKING, MOBILE, Labelled, labelled
from support.leaks import kept, leaks, on_disk, sent
from support.world import Phone, World

POSITIVE = [one for one in (*labelled("known"), *labelled("aside")) if one.holds]
SAMPLE = 8  # on PostgreSQL: every eighth
BESIDE_MARKINGS = ("代号红松", "代号云杉", "专项整治部署会", "舆情处置口径", "班子成员分工", "县委专题会议")
UNITS = ("新民镇", "高峰镇", "桂阳街道", "县司法局", "县发展改革委", "县教委")
TURN = 4  # texts of a person in one minute, in four forms: the platform allows 30 answers

MAKERS: tuple[tuple[str, Callable[[str], bytes]], ...] = (
    ("docx", lambda text: files.docx("公开情况", text)),
    ("xlsx", lambda text: files.xlsx("备注", text)),
    ("pdf", lambda text: files.chinese_pdf("公开情况", *text.split("\n"))),
    ("txt", lambda text: f"公开情况\n{text}\n".encode("gb18030", "replace")),
)


def in_a_link(one: Labelled) -> str:
    if one.holds == MARKING:
        return f"完成 34 http://www.cqsdj.gov.cn/{quote(one.secrets[0])}.pdf"
    named = {MOBILE: "tel", CARD: "card"}.get(one.holds, "id")
    number = one.numbers[0].removeprefix("00")
    return f"完成 34 http://www.cqsdj.gov.cn/list?page=2&{named}={number}"


def in_a_name(one: Labelled) -> str:
    return unquote(one.secrets[0]) if one.holds == MARKING else f"名单{one.secrets[0]}张三"


async def say(phone: Phone, one: Labelled, suffix: str, data: Callable[[str], bytes]) -> None:
    """The text in its four forms; each is refused for what it holds, without saying it."""
    answers = [
        await phone.says(one.text),
        await phone.says(in_a_link(one)),
        await phone.sends(f"情况说明.{suffix}", data(one.text)),
        await phone.sends(f"{in_a_name(one)}.{suffix}", data("公开情况")),
    ]
    for form, answer in zip(("words", "link", "file", "name"), answers, strict=True):
        assert one.holds in answer and "没有保存也没有处理" in answer, f"{form}: {one.text!r}: {answer}"


async def say_everything(world: World, texts: Sequence[Labelled]) -> None:
    """Several people side by side, each no more in a minute than the platform allows."""
    people, makers, waiting = [world.who(unit) for unit in UNITS], cycle(MAKERS), list(texts)

    async def turn(phone: Phone, some: Sequence[Labelled]) -> None:
        for one in some:
            await say(phone, one, *next(makers))

    while waiting:
        await world.to((world.now() + timedelta(minutes=1)).isoformat())
        some, waiting = waiting[: len(people) * TURN], waiting[len(people) * TURN :]
        await asyncio.gather(*(turn(phone, some[place :: len(people)]) for place, phone in enumerate(people)))


async def test_no_hit_reaches_the_database_the_log_or_an_answer(
    corner: World, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    texts = POSITIVE if corner.service.store.is_sqlite else POSITIVE[::SAMPLE]
    await say_everything(corner, texts)

    secrets = {word for one in texts for word in (*one.numbers, *(one.secrets if one.numbers else ()))}
    secrets |= {words for words in BESIDE_MARKINGS if any(words in one.text for one in texts)}
    assert len(secrets) > len(texts) // 2
    everywhere = (await kept(corner), on_disk(corner), sent(corner), "".join(capfd.readouterr()), caplog.text)
    assert leaks(secrets, *everywhere) == []
    # And the search finds what is there: what was hidden, and the names of the people who wrote.
    assert "已隐去" in everywhere[0]
    assert leaks([corner.who("新民镇").userid], *everywhere[:2]) and leaks(["没有保存也没有处理"], everywhere[2])
    assert not [path for path in corner.settings.duban_data_dir.rglob("*") if path.is_file()]
    assert await corner.rows("SELECT 1 FROM evidence") == []


async def test_the_search_would_find_a_leak(corner: World) -> None:
    """The same search after something that is allowed: a telephone of the office, in words and in a file."""
    town: Phone = corner.who("新民镇")
    await corner.morning("2021-05-25")
    await town.says("进展 18 咨询电话023-74512345")
    await town.says("完成 34")
    await town.sends("电话74512346.docx", files.docx("已公开"))
    where = await kept(corner)
    assert leaks(["74512345", "74512346"], where) == ["74512345", "74512346"]
    if corner.service.store.is_sqlite:
        assert leaks(["74512345", "74512346"], on_disk(corner)) == ["74512345", "74512346"]
