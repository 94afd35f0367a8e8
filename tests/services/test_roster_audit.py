"""The roster (DESIGN §6): the whole truth for the units it names, on record by person, and never without an office."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select
from support.world import COUNTY_POLICY, START

from bot.domain.people import OF_A_UNIT, Role
from bot.services import roster
from bot.services.contacts import lines_from
from bot.services.roster import Line, RosterRefused
from bot.services.work import Work
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import Audit, Post
from bot.wecom.contacts import Contact, Contacts


@pytest.fixture
async def store(corner_url: str) -> AsyncIterator[Store]:
    one = Store(corner_url)
    yield one
    await one.close()


async def apply(store: Store, *lines: tuple[str, str, str, str], roles: frozenset[Role] = frozenset(Role)) -> Any:
    async with store.write() as session:
        found = [Line(*line, number) for number, line in enumerate(lines, 1)]
        return await roster.apply(Work(session, START, COUNTY_POLICY), found, roles)


async def posts(store: Store, unit: str) -> set[tuple[str, str]]:
    async with store.read() as session:
        rows = await session.execute(select(Post.member_key, Post.role).where(Post.unit == unit))
        return {(key, role) for key, role in rows}


async def test_the_audit_says_who_got_and_who_lost_what(store: Store) -> None:
    await apply(
        store,
        ("新民镇", "王娟娟", "xinmin_wangjuan", "联络员"),  # her name was misspelt
        ("新民镇", "代鑫", "xinmin_daixin", "联络员"),  # was its head
    )
    async with store.read() as session:
        entry = await session.scalar(select(Audit).where(Audit.act == "roster").order_by(Audit.id.desc()))
    assert entry is not None and json.dumps(entry.after)
    assert entry.before == {
        "posts": [
            ["新民镇", "联络员", "xinmin_tanghaoran", "汤浩然"],
            ["新民镇", "联络员", "xinmin_wangjuan", "王娟"],
            ["新民镇", "单位负责人", "xinmin_daixin", "代鑫"],
        ]
    }
    assert entry.after == {
        "units": ["新民镇"],
        "posts": [
            ["新民镇", "联络员", "xinmin_daixin", "代鑫"],
            ["新民镇", "联络员", "xinmin_wangjuan", "王娟娟"],
        ],
    }


async def test_the_last_office_member_is_not_removed(store: Store) -> None:
    before = await posts(store, "县政府办公室")
    with pytest.raises(RosterRefused, match="最后的县办（王尚文、石维新）"):
        await apply(store, ("县政府办公室", "彭伯川", "xianfuban_pengbochuan", "联络员"))
    assert await posts(store, "县政府办公室") == before
    await apply(store, ("县政府办公室", "彭伯川", "xianfuban_pengbochuan", "县办"))
    assert await posts(store, "县政府办公室") == {("xianfuban_pengbochuan", "office")}


async def test_titles_in_the_contacts_give_no_rights_beyond_a_unit(store: Store) -> None:
    """And what the file gave stays, though the contacts name the same unit."""
    async with store.read() as session:
        directory = await people.directory(session)
    found = Contacts(
        (
            Contact("县政府办公室", (), "新人", "new_one", ("县办",)),
            Contact("县政府办公室", (), "彭伯川", "xianfuban_pengbochuan", ("联络员", "审计")),
            Contact("县司法局", (), "局长", "sifa_head", ("单位负责人",)),
        ),
        (),
    )
    lines, problems = lines_from(found, directory)
    assert [(line.userid, line.role) for line in lines] == [
        ("xianfuban_pengbochuan", "联络员"),
        ("sifa_head", "单位负责人"),
    ]
    assert len(problems) == 2 and "新人：通讯录职务里的“县办”不导入" in problems[0]
    await apply(store, *((line.unit, line.name, line.userid, line.role) for line in lines), roles=OF_A_UNIT)
    assert await posts(store, "县政府办公室") == {
        ("xianfuban_wangshangwen", "office"),
        ("xianfuban_shiweixin", "office"),
        ("xianfuban_pengbochuan", "contact"),
    }
