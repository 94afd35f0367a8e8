"""Every card and its text twin, as they look on a phone. With DUBAN_PICTURES set to a folder, pictures are taken."""

from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect
from test_demo_walk import ARGS, BROWSER, LINK, Desk, demo

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


class Phone(Desk):
    """Takes pictures of the newest message alone."""

    def __init__(self, desk: Desk, cards: str) -> None:
        super().__init__(desk.page)
        self.cards = cards

    async def newest(self, name: str, words: str, button: str) -> None:
        """The newest message says this, and has the button where there are cards."""
        message = self.talk.locator(".message.theirs:not(.typing)", has_text=words).last
        await expect(message).to_contain_text(words, timeout=15_000)
        buttons = message.get_by_role("button", name=button, exact=True)
        await expect(buttons).to_have_count(1 if self.cards == "template" else 0)
        if self.pictures:
            await self.page.wait_for_timeout(400)
            await message.screenshot(path=Path(self.pictures) / f"{name}-{self.cards}.png")


@pytest.mark.parametrize("cards", ["template", "text"])
async def test_every_card_and_its_text_twin(tmp_path: Path, cards: str) -> None:
    if BROWSER is None:
        pytest.skip("SKIPPED PART: the cards in a browser (no chromium found)")
    async with demo(tmp_path, WECOM_CARDS=cards) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        page = await (await browser.new_context(viewport=PHONE, locale="zh-CN")).new_page()
        await page.goto(address)
        await walk(Phone(Desk(page), cards))
        await browser.close()


async def walk(phone: Phone) -> None:
    await phone.be("王娟")
    await phone.says("任务 34", "34 法治政府建设年度报告")
    await phone.newest("card-item", "34 法治政府建设年度报告", "签收")
    if phone.cards == "template":
        await phone.presses("签收")
        await phone.sees("已签收 34")
    await phone.says(f"完成 34 {LINK}", "已提交 34")
    await phone.says("延期 18 2021-12-30 等市级文件印发", "延期申请")

    await phone.be("金冬梅")
    await phone.newest("card-review", "新民镇", "通过")
    await phone.be("王尚文")
    await phone.newest("card-decision", "等市级文件印发", "同意")
    await phone.says("通知 新民镇 请于6月10日前核对联络员名单", "共 1 人")
    await phone.says("确认", "通知 1")
    await phone.be("王娟")
    await phone.newest("card-notice", "请于6月10日前核对联络员名单", "收到")
    await phone.says("舆情完成了", "哪一项")
    await phone.newest("card-choice", "完成的是哪一项", "取消")
    if phone.cards == "template":
        await phone.presses("24 工资拖欠方面…")
        await expect(phone.talk.locator(".message", has_text="完成的是哪一项").last).to_contain_text("已选 24")
    else:
        await phone.says("24", "已提交 24")
