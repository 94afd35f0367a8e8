"""The chat page opened in a real browser, and what a hand does there."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, Page, expect
from sandbox_world import World

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = (1280, 800)
PHONE = (390, 844)

expect.set_options(timeout=15_000)  # ms; a busy machine is no failure of the page


@dataclass
class Screen:
    """A page and what went wrong in it."""

    page: Page
    complaints: list[str]


@asynccontextmanager
async def open_page(browser: Browser, world: World, size: tuple[int, int]) -> AsyncIterator[Screen]:
    """The page at this size; a complaint in the console or an uncaught error fails the test in the end."""
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(10_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    await page.goto(world.address)
    await expect(page.locator(".person")).to_have_count(5)
    yield Screen(page, complaints)
    await context.close()
    assert complaints == []


async def pick(screen: Screen, name: str) -> None:
    back = screen.page.get_by_role("button", name="返回人员列表")
    if await back.is_visible():
        await back.click()
    await screen.page.locator(".person", has_text=name).click()


async def write(screen: Screen, words: str) -> None:
    await screen.page.locator("#words").fill(words)
    await screen.page.locator("#words").press("Enter")
