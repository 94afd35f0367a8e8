"""Whose turn it is to write on SQLite."""

import asyncio

import pytest

from bot.store.turns import Turns


async def in_order(turns: Turns, wanted: str) -> list[str]:
    """Everybody asks while the first one writes: h is in haste, o is not. → who came when"""
    came: list[str] = []
    busy = asyncio.Event()

    async def write(name: str) -> None:
        async with turns.turn(hasty=name.startswith("h")):
            came.append(name)
            if name == "first":
                await busy.wait()

    first = asyncio.create_task(write("first"))
    await asyncio.sleep(0)
    others = [asyncio.create_task(write(f"{kind}{number}")) for number, kind in enumerate(wanted)]
    await asyncio.sleep(0)
    busy.set()
    await asyncio.gather(first, *others)
    return came


async def test_one_at_a_time_and_in_order() -> None:
    assert await in_order(Turns(), "ooo") == ["first", "o0", "o1", "o2"]


async def test_haste_goes_first_and_starves_nobody() -> None:
    assert await in_order(Turns(), "oohhh") == ["first", "h2", "o0", "h3", "o1", "h4"]


async def test_whoever_no_longer_wants_a_turn_holds_up_nobody() -> None:
    turns = Turns()
    async with turns.turn():
        waiting = asyncio.create_task(turns._take(False))
        await asyncio.sleep(0)
    waiting.cancel()  # at the very moment it came
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with asyncio.timeout(5), turns.turn():
        pass
