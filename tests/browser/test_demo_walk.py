"""The demo as somebody lives through it who has never seen it: one command, then clicking and typing in a browser.

With DUBAN_PICTURES set to a folder, the pictures of the README are taken on the way.
"""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import openpyxl
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect
from support.postgres import free_port

pytestmark = pytest.mark.browser

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
LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20210526_10000123.html"
STARTED = 90.0  # seconds the demo may take to show its page


@asynccontextmanager
async def demo(folder: Path, **settings: str) -> AsyncIterator[str]:
    """`duban demo` in a folder of its own, perhaps with settings; the address of the chat page."""
    port = free_port()
    env = {**os.environ, "DUBAN_DATA_DIR": str(folder / "data"), **settings}
    command = [sys.executable, "-m", "bot", "demo", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/"
        await _answers(address, process, folder / "log")
        yield address
    finally:
        process.terminate()
        await process.wait()
    assert process.returncode == 0, (folder / "log").read_text()


async def _answers(address: str, process: asyncio.subprocess.Process, log: Path) -> None:
    """Until the address is announced: by then the first morning's digests are out."""
    async with asyncio.timeout(STARTED), aiohttp.ClientSession() as http:
        while "聊天页面" not in log.read_text(encoding="utf-8"):
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(0.1)
        async with http.get(address) as answer:
            assert answer.status == 200


class Desk:
    """Somebody in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.talk = page.locator("#talk")
        self.pictures = os.environ.get("DUBAN_PICTURES")

    async def be(self, name: str) -> None:
        """Picks a person."""
        back = self.page.get_by_role("button", name="返回人员列表")
        if await back.is_visible():
            await back.click()
        await self.page.locator("#search").fill(name)
        await self.page.locator(".person", has_text=name).first.click()
        await expect(self.page.locator("#phone-owner")).to_contain_text(name)
        if await self.page.locator("#search").is_visible():
            await self.page.locator("#search").fill("")

    async def says(self, words: str, answer: str) -> None:
        """Types, and waits for an answer with these words in it."""
        before = await self.bubbles().count()
        await self.page.locator("#words").fill(words)
        await self.page.locator("#words").press("Enter")
        await expect(self.bubbles().nth(before)).to_be_visible(timeout=15_000)
        await expect(self.bubbles().last).to_contain_text(answer, timeout=15_000)

    def bubbles(self) -> Locator:
        """What the bot said."""
        return self.talk.locator(".message.theirs:not(.typing) .bubble")

    async def sees(self, words: str) -> None:
        await expect(self.talk).to_contain_text(words, timeout=15_000)

    async def presses(self, label: str) -> None:
        await self.talk.get_by_role("button", name=label, exact=True).last.click()

    async def turns(self, step: str, to: str) -> None:
        """Presses a button of the clock and waits for the date it should show."""
        await self.page.get_by_role("button", name=step, exact=True).click()
        await expect(self.page.locator("#clock-date")).to_contain_text(to, timeout=60_000)
        await expect(self.page.locator("#clock-moving")).to_be_hidden(timeout=60_000)

    async def picture(self, name: str) -> None:
        if self.pictures:
            await self.page.wait_for_timeout(400)  # let the bubbles come to rest for the camera
            await self.page.screenshot(path=Path(self.pictures) / f"{name}.png")


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["desk", "phone"])
async def test_a_year_in_the_browser(tmp_path: Path, size: tuple[int, int]) -> None:
    if BROWSER is None:
        pytest.skip("SKIPPED PART: the demo in a browser (no chromium found)")
    async with demo(tmp_path) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", accept_downloads=True
        )
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(address)
        suffix = "phone" if size[0] < 500 else "desk"
        await walk(Desk(page), suffix)
        await browser.close()
        assert complaints == []


async def walk(desk: Desk, suffix: str) -> None:
    await desk.be("王娟")
    await desk.sees("新交办，请签收")
    await desk.picture(f"digest-{suffix}")
    await desk.says("任务", "34 法治政府建设年度报告")
    await desk.says("签收 34", "已签收 34 法治政府建设年度报告")
    await desk.says("完成 34", "请把链接（或文件）发来")
    await desk.says(LINK, "已提交 34")
    await desk.picture(f"submit-{suffix}")

    await desk.be("金冬梅")
    await desk.sees("待审 34")
    await desk.picture(f"review-{suffix}")
    await desk.presses("退回")
    await desk.sees("请写明理由")
    await desk.says("栏目标题写成了2019年度", "已退回 1 项")

    await desk.be("王娟")
    await desk.sees("理由：栏目标题写成了2019年度")
    await desk.says(f"完成 34 {LINK}", "已提交 34")
    await desk.be("金冬梅")
    await desk.presses("通过")
    await desk.sees("已通过并销号")
    await desk.picture(f"closed-{suffix}")
    await desk.be("王娟")
    await desk.says("任务 34", "已销号")

    await the_deadline_passes(desk, suffix)
    await the_office_broadcasts(desk, suffix)


async def the_deadline_passes(desk: Desk, suffix: str) -> None:
    """34 of 高安镇 stays undone: reminders, then the lead hears of it, then the office."""
    await desk.be("钱秀英")
    await desk.turns("后一个工作日", "5月26日")
    await desk.sees("还有 3 个工作日到期")
    for to in ("5月27日", "5月28日", "5月31日"):
        await desk.turns("后一个工作日", to)
    await desk.sees("今天到期")
    await desk.turns("后一个工作日", "6月1日")
    await desk.sees("逾期 1 个工作日")
    await desk.picture(f"overdue-{suffix}")
    await desk.be("金冬梅")
    await desk.sees("你单位牵头的事项逾期")
    await desk.turns("后一个工作日", "6月2日")
    await desk.turns("后一个工作日", "6月3日")
    await desk.be("王尚文")
    await desk.sees("逾期 3 个工作日")
    await desk.picture(f"office-{suffix}")


async def the_office_broadcasts(desk: Desk, suffix: str) -> None:
    await desk.says("通知 各乡镇（街道） 请于6月10日前核对联络员名单", "共 26 人")
    await desk.says("确认", "通知 1")
    await desk.be("王娟")
    await desk.sees("请于6月10日前核对联络员名单")
    await desk.says("收到", "已记回执")
    await desk.be("王尚文")
    await desk.says("未读", "1/26 人已回执")
    await desk.picture(f"notice-{suffix}")
    await desk.says("台账", "台账")
    link = desk.talk.locator("a.file-link").last
    await expect(link).to_be_visible(timeout=30_000)
    async with desk.page.expect_download() as waiting:
        await link.click()
    path = await (await waiting.value).path()
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:6] == ["编号", "部分", "方面", "具体事项", "牵头单位", "责任单位"]
    rows = {(str(row[0]), row[5]): row[7] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert rows["34", "新民镇"] == "已销号"
    assert re.match("待签收|办理中", str(rows["34", "高安镇"]))
