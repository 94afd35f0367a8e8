"""Fixtures: the sandbox and its bot, with a clock in the test's hand."""

from collections.abc import AsyncIterator

import pytest
from sandbox_world import Hand, World, run_world


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def world(hand: Hand) -> AsyncIterator[World]:
    async with run_world(hand) as one:
        yield one


@pytest.fixture
async def virtual_world(hand: Hand) -> AsyncIterator[World]:
    """The same with a bot whose clock can be turned."""
    async with run_world(hand, virtual=True) as one:
        yield one
