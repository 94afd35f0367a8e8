"""The office brings in the next list on a phone: a file, a few answers, one word.

With DUBAN_PICTURES set to a folder, the picture of the README is taken on the way.
"""

from pathlib import Path

import pytest
from playwright.async_api import async_playwright
from support import notices
from test_demo_walk import ARGS, BROWSER, Desk, demo

pytestmark = pytest.mark.browser

TITLE = "关于印发垫江县2021年优化营商环境重点任务清单的通知"
ROWS: tuple[notices.Row, ...] = (
    ("公开惠企政策清单", "1.梳理惠企政策并集中公开。", "县发展改革委", "县财政局、县司法局", "2021年9月30日前"),
    ("更新办事指南", "1.更新乡镇政务服务办事指南。", "县政府办公室", "各乡镇（街道）", "10月前"),
    ("公开义务教育招生信息", "1.公开招生范围和录取结果。", "县教委", "——", "2021年8月31日前"),
    ("公开涉企收费目录", "1.公布行政事业性收费目录。", "县发展改革委", "县政府有关部门", "2021年11月30日前"),
    ("开展政策解读", "1.每季度至少发布1篇政策解读。", "县政府办公室", "县政府各部门", "每季度"),
    ("建立企业诉求台账", "1.建立台账，逐项销号。", "县经济信息委", "县营商环境服务中心、县司法局", "2021年12月15日前"),
)  # fmt: skip


async def test_a_list_comes_in_on_a_phone(tmp_path: Path) -> None:
    if BROWSER is None:
        pytest.skip("SKIPPED PART: the import in a browser (no chromium found)")
    path = tmp_path / "优化营商环境重点任务清单.docx"
    path.write_bytes(notices.docx(ROWS, TITLE, "垫江府办发〔2021〕58号"))
    async with demo(tmp_path) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        page = await (await browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")).new_page()
        await page.goto(address)
        desk = Desk(page)
        await desk.be("王尚文")
        await desk.sees("您在督办里是")
        await page.locator("#file").set_input_files(path)
        await desk.sees("共 6 行（编为 54–59 号）")
        await desk.sees("答题表.xlsx")
        await desk.picture("import-preview-phone")
        await desk.says("问题", "待答 3 个")
        await desk.says("答 1 9月30日", "已记：1＝2021-09-30")
        await desk.says("答 2 县财政局、县交通局", "已记：2＝县财政局、县交通局")
        await desk.says("答 3 新单位", "已记：3＝新单位")
        await desk.says("交办", "已导入")
        await desk.picture("import-phone")
        await desk.turns("后一个工作日", "5月26日")
        await desk.be("王娟")
        await desk.sees("55 更新办事指南")
        await browser.close()
