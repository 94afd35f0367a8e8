"""The chat page in a real browser, on a phone's screen and on a desk's."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from echo_bot import MENU
from playwright.async_api import Browser, FilePayload, async_playwright, expect
from sandbox_browser import ARGS, BROWSER, DESK, PHONE, Screen, open_page, pick, write
from sandbox_world import Hand, World, run_world

from sandbox.credentials import DEMO
from sandbox.messages import Message

# One browser for the whole module, and so one event loop for the module.
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
fixture = pytest_asyncio.fixture(loop_scope="module")

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@fixture
async def world(hand: Hand) -> AsyncIterator[World]:
    async with run_world(hand) as one:
        yield one


@fixture
async def virtual_world(hand: Hand) -> AsyncIterator[World]:
    async with run_world(hand, virtual=True) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    if BROWSER is None:
        pytest.skip("SKIPPED PART: the chat page in a browser (no chromium found)")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="module", params=[DESK, PHONE], ids=["desk", "phone"])
async def screen(browser: Browser, world: World, request: pytest.FixtureRequest) -> AsyncIterator[Screen]:
    async with open_page(browser, world, request.param) as one:
        yield one


@fixture
async def desk(browser: Browser, world: World) -> AsyncIterator[Screen]:
    async with open_page(browser, world, DESK) as one:
        yield one


async def test_a_person_writes_and_sees_the_answer(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    await expect(screen.page.locator("#phone-owner")).to_have_text("王娟 · 新民镇 联络员")
    await write(screen, "完成 34")
    await expect(screen.page.locator(".mine .bubble")).to_have_text("完成 34")
    await expect(screen.page.locator(".theirs:not(.typing) .bubble")).to_have_text("收到：完成 34")
    await expect(screen.page.locator("#words")).to_have_value("")
    assert [taken.get("Content") for taken in world.bot.taken if taken["MsgType"] == "text"] == ["完成 34"]


async def test_opening_a_phone_enters_the_app_once(screen: Screen, world: World) -> None:
    await pick(screen, "金冬梅")
    await pick(screen, "王娟")
    await pick(screen, "金冬梅")
    await write(screen, "在")
    await expect(screen.page.locator(".theirs:not(.typing)")).to_have_count(1)
    entered = [taken["FromUserName"] for taken in world.bot.taken if taken.get("Event") == "enter_agent"]
    assert sorted(entered) == ["sifa", "xinmin"]


async def test_shift_enter_makes_a_new_line_and_lines_are_kept(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    words = screen.page.locator("#words")
    await words.press_sequentially("第一行")
    await words.press("Shift+Enter")
    await words.press_sequentially("第二行")
    await words.press("Enter")
    await expect(screen.page.locator(".theirs:not(.typing) .bubble")).to_have_text("收到：第一行\n第二行")
    assert "第一行\n第二行" in [taken.get("Content") for taken in world.bot.taken]


async def test_a_button_is_pressed_and_turns_into_what_the_bot_says(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    await write(screen, "卡片")
    card = screen.page.locator(".card")
    await expect(card).to_contain_text("34 法治政府建设年度报告")
    await expect(card.locator("dl")).to_contain_text("牵头单位")
    await card.get_by_role("button", name="签收").click()
    await expect(card.get_by_role("button")).to_have_text(["已签收"])
    await expect(card.get_by_role("button")).to_be_disabled()
    await screen.page.reload()
    if await screen.page.locator(".person", has_text="王娟").is_visible():
        await pick(screen, "王娟")
    await expect(screen.page.locator(".card").get_by_role("button")).to_have_text(["已签收"])


async def test_a_file_and_a_picture_are_sent(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    report: FilePayload = {"name": "年度报告（新民镇）.docx", "mimeType": "application/msword", "buffer": b"docx" * 300}
    await screen.page.locator("#file").set_input_files(report)
    bubble = screen.page.locator(".mine .bubble.file")
    await expect(bubble).to_contain_text("年度报告（新民镇）.docx")
    await expect(bubble).to_contain_text("1.2 KB")
    await expect(screen.page.locator(".theirs:not(.typing) .bubble")).to_have_text("收到文件，1200 字节")
    async with screen.page.expect_download() as waiting:
        await bubble.locator("a").click()
    download = await waiting.value
    assert download.suggested_filename == "年度报告（新民镇）.docx"
    with Path(await download.path()).open("rb") as file:  # noqa: ASYNC230  a kilobyte
        assert file.read() == b"docx" * 300
    picture: FilePayload = {"name": "截图.png", "mimeType": "image/png", "buffer": PNG}
    await screen.page.locator("#file").set_input_files(picture)
    shown = screen.page.locator(".mine .bubble.image img")
    await expect(shown).to_have_js_property("naturalWidth", 1)
    assert [taken["MsgType"] for taken in world.bot.taken if "MediaId" in taken] == ["file", "image"]


async def test_others_show_what_waits_for_them(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    for words in ("请审核 34", "请审核 35"):
        await world.bot.send_text("sifa", words)
    row = screen.page.locator(".person", has_text="金冬梅")
    await expect(row.locator(".badge")).to_have_text("2")
    await expect(row.locator(".last")).to_have_text("请审核 35")
    await expect(screen.page).to_have_title(re.compile(r"^\(2\) "))
    await pick(screen, "金冬梅")
    await expect(screen.page.locator(".theirs .bubble")).to_have_text(["请审核 34", "请审核 35"])
    await expect(row.locator(".badge")).to_have_text("0")
    await expect(screen.page).to_have_title("政务公开督办 · 手机沙箱")
    assert world.platform.mailbox.unread("sifa") == 0


async def test_what_arrives_before_ones_eyes_is_read(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    async with screen.page.expect_response("**/sandbox/read"):
        await world.bot.send_text("xinmin", "看着的时候到的")
    assert world.platform.mailbox.unread("xinmin") == 0
    await expect(screen.page.locator(".theirs .bubble")).to_have_text("看着的时候到的")


async def test_people_are_found_by_unit_name_and_role(desk: Screen, world: World) -> None:
    shown = desk.page.locator(".person:visible")
    await desk.page.locator("#search").fill("司法 审核")
    await expect(shown).to_have_count(1)
    await expect(shown).to_contain_text("金冬梅")
    await desk.page.locator("#search").fill("没有这个人")
    await expect(desk.page.locator(".nobody")).to_have_text("没有找到")
    await desk.page.locator("#search").fill("")
    await world.bot.send_text("lingdao", "周报")
    await desk.page.locator("#tab-unread").click()
    await expect(shown).to_have_count(1)
    await expect(shown).to_contain_text("卢丽华")


async def test_a_phone_shows_the_list_and_the_chat_one_after_the_other(browser: Browser, world: World) -> None:
    async with open_page(browser, world, PHONE) as small:
        people, talk = small.page.locator(".people"), small.page.locator(".phone")
        await expect(people).to_be_visible()
        await expect(talk).to_be_hidden()
        await pick(small, "王娟")
        await expect(people).to_be_hidden()
        await expect(talk).to_be_visible()
        await small.page.get_by_role("button", name="返回人员列表").click()
        await expect(people).to_be_visible()
        wide = await small.page.evaluate("document.documentElement.scrollWidth")
        assert wide == PHONE[0]


async def test_the_keyboard_is_enough(desk: Screen, world: World) -> None:
    await desk.page.locator("#search").focus()
    for _ in range(3):
        await desk.page.keyboard.press("Tab")
    await desk.page.keyboard.press("ArrowDown")
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.locator("#phone-owner")).to_have_text("金冬梅 · 县司法局 审核人")
    await world.bot.send_card("sifa")
    sign = desk.page.get_by_role("button", name="签收")
    await sign.focus()
    await desk.page.keyboard.press("Enter")
    await expect(desk.page.get_by_role("button", name="已签收")).to_be_disabled()
    await expect(desk.page.locator("#talk")).to_be_focused()


async def test_the_menu_opens_and_calls_back(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    menu = screen.page.locator("#menu")
    await expect(menu).to_be_hidden()
    await world.bot.call("POST", "menu/create", MENU, agentid=str(DEMO.agent_id))
    await expect(menu).to_be_visible()
    await menu.get_by_role("button", name="我的任务").click()
    await screen.page.keyboard.press("Escape")
    await expect(menu.get_by_role("menuitem")).to_have_count(0)
    await menu.get_by_role("button", name="我的任务").click()
    await menu.get_by_role("menuitem", name="快到期的").click()
    await expect(screen.page.locator(".talk .line:not(.separator)")).to_have_text("点击菜单「快到期的」")
    await expect(screen.page.locator(".theirs:not(.typing) .bubble")).to_have_text("你点了 soon")


async def test_a_message_is_seen_on_its_way_and_when_it_fails(screen: Screen, world: World) -> None:
    await pick(screen, "王娟")
    await write(screen, "先说一句")  # so that entering the app is done with
    await expect(screen.page.locator(".theirs:not(.typing)")).to_have_count(1)
    world.bot.gate.clear()
    world.bot.answer = 500
    await write(screen, "在吗")
    await expect(screen.page.get_by_label("正在发送")).to_be_visible()
    world.bot.gate.set()
    again = screen.page.get_by_role("button", name="没有送达，重新发送")
    await expect(again).to_be_visible()
    await expect(screen.page.locator(".failure")).to_contain_text("机器人应答 500")
    world.bot.answer = 200
    await again.click()
    await expect(screen.page.locator(".theirs:not(.typing) .bubble").last).to_have_text("收到：在吗")
    await expect(again).to_have_count(0)


async def test_words_are_never_read_as_html(desk: Screen, world: World) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    await world.bot.send_text("xinmin", f"{evil} javascript:alert(3) http://x.gov.cn/a?b=1&c=2，请看")
    await world.bot.send("xinmin", "markdown", {"content": f"**{evil}** [点](javascript:alert(4))"})
    await world.bot.send("xinmin", "textcard", {"title": evil, "description": evil, "url": "javascript:alert(5)"})
    card = {
        "card_type": "text_notice",
        "main_title": {"title": evil},
        "card_action": {"type": 1, "url": "javascript:alert(6)"},
    }
    await world.bot.send("xinmin", "template_card", card)
    await write(desk, evil)
    await expect(desk.page.locator(".mine .bubble")).to_have_text(evil)
    bubbles = desk.page.locator(".theirs:not(.typing) .bubble")
    await expect(bubbles).to_have_count(5)
    assert await desk.page.locator(".talk script, .talk .bubble img").count() == 0
    links = desk.page.locator(".bubble a")
    assert await links.evaluate_all("nodes => nodes.map(node => node.href)") == ["http://x.gov.cn/a?b=1&c=2"]
    assert await links.get_attribute("rel") == "noopener noreferrer"


async def test_markdown_reads_as_it_should(desk: Screen, world: World) -> None:
    words = '## 提醒\n- **3 项**到期\n> 见 [清单](http://x.gov.cn/)\n<font color="warning">逾期</font> `34`'
    await world.bot.send("xinmin", "markdown", {"content": words})
    bubble = desk.page.locator(".bubble.markdown")
    await expect(bubble.locator(".h2")).to_have_text("提醒")
    await expect(bubble.locator(".item strong")).to_have_text("3 项")
    await expect(bubble.locator("blockquote a")).to_have_attribute("href", "http://x.gov.cn/")
    await expect(bubble.locator(".ink-warning")).to_have_text("逾期")
    await expect(bubble.locator("code")).to_have_text("34")


async def test_a_recalled_message_is_gone(desk: Screen, world: World) -> None:
    sent = await world.bot.send_text("xinmin", "发错了")
    await expect(desk.page.locator(".theirs .bubble")).to_have_text("发错了")
    await world.bot.call("POST", "message/recall", {"msgid": sent["msgid"]})
    await expect(desk.page.locator(".talk")).to_contain_text("应用撤回了一条消息")
    await expect(desk.page.locator(".theirs .bubble")).to_have_count(0)


async def test_a_vote_is_cast(desk: Screen, world: World) -> None:
    question = {
        "question_key": "day",
        "mode": 1,
        "option_list": [{"id": "mon", "text": "周一", "is_checked": True}, {"id": "tue", "text": "周二"}],
    }
    card = {
        "card_type": "vote_interaction",
        "task_id": "vote",
        "main_title": {"title": "哪天培训"},
        "checkbox": question,
        "submit_button": {"text": "提交", "key": "vote"},
    }
    await world.bot.send("xinmin", "template_card", card)
    await desk.page.get_by_label("周二").check()
    await desk.page.get_by_role("button", name="提交").click()
    await expect(desk.page.get_by_role("button", name="已签收")).to_be_disabled()
    await expect(desk.page.get_by_label("周二")).to_be_checked()
    await expect(desk.page.get_by_label("周二")).to_be_disabled()
    assert world.bot.taken[-1]["chosen"] == "mon,tue"


async def test_reading_above_is_not_disturbed_by_what_arrives(desk: Screen, world: World) -> None:
    for number in range(25):
        await world.bot.send_text("xinmin", f"第 {number} 条\n" * 3)
    newest = desk.page.locator(".theirs .bubble").last
    await expect(newest).to_contain_text("第 24 条")
    await expect(newest).to_be_in_viewport()
    await desk.page.locator("#talk").evaluate("node => node.scrollTo(0, 0)")
    await world.bot.send_text("xinmin", "最新的")
    await expect(desk.page.locator("#newer")).to_have_text("1 条新消息")
    await expect(desk.page.locator(".theirs .bubble").first).to_be_in_viewport()
    await desk.page.locator("#newer").click()
    await expect(desk.page.locator(".theirs .bubble").last).to_be_in_viewport()
    await expect(desk.page.locator("#newer")).to_be_hidden()


async def test_earlier_messages_can_be_fetched(desk: Screen, world: World) -> None:
    for number in range(120):
        count, now = world.platform.mailbox.next_number(), world.platform.now()
        body = {"content": f"第 {number} 条"}
        world.platform.mailbox.add(Message(str(count), count, "xinmin", now, mine=False, kind="text", body=body))
    await desk.page.reload()
    await expect(desk.page.locator(".theirs")).to_have_count(100)
    await desk.page.get_by_role("button", name="查看更早的消息").click()
    await expect(desk.page.locator(".theirs")).to_have_count(120)
    await expect(desk.page.get_by_role("button", name="查看更早的消息")).to_have_count(0)


async def test_a_bot_in_real_time_shows_no_clock_buttons(desk: Screen) -> None:
    await expect(desk.page.locator("#clock-time")).not_to_have_text("--:--")
    await expect(desk.page.locator("#clock-buttons")).to_be_hidden()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_clock_is_turned_from_the_page(browser: Browser, virtual_world: World, size: tuple[int, int]) -> None:
    bot = virtual_world.bot

    async def digest() -> int:
        await bot.send_text("xinmin", "早上好，今天 5 项")
        return 1

    bot.on_move = digest
    async with open_page(browser, virtual_world, size) as one:
        page = one.page
        await pick(one, "王娟")
        await expect(page.locator("#clock-time")).to_have_text("09:20")
        await expect(page.locator("#clock-date")).to_have_text("2021年5月25日 星期二")
        await expect(page.locator("#clock-day")).to_have_text("工作日")
        bot.gate.clear()
        await page.get_by_role("button", name="后一天").click()
        await expect(page.locator("#clock-moving")).to_contain_text("时钟正在走")
        await expect(page.get_by_role("button", name="后一小时")).to_be_disabled()
        bot.gate.set()
        await expect(page.locator("#clock-date")).to_have_text("2021年5月26日 星期三")
        await expect(page.locator(".toast")).to_have_text("走到 5月26日 星期三 09:20，送出 1 条消息")
        await expect(page.locator("#clock-moving")).to_be_hidden()
        await expect(page.locator(".separator")).to_have_text(["09:20"])
        await page.get_by_role("button", name="后一小时").click()
        await expect(page.locator("#clock-time")).to_have_text("10:20")
        await page.get_by_role("button", name="到下一件事").click()
        await expect(page.locator("#clock-time")).to_have_text("10:27")
        await page.locator("#clock-date-to").fill("2021-06-12")
        await page.get_by_role("button", name="跳到日期").click()
        await expect(page.locator("#clock-day")).to_have_text("休息日 · 端午")
        await page.get_by_role("button", name="后一个工作日").click()
        await expect(page.locator("#clock-date")).to_have_text("2021年6月15日 星期二")
        await expect(page.locator(".separator").first).to_have_text("5月26日 星期三 09:20")


async def test_a_broken_stream_is_mended(browser: Browser, world: World) -> None:
    context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]})
    page = await context.new_page()
    await page.goto(world.address)
    await expect(page.locator("#phone-owner")).to_contain_text("王娟")
    world.platform.mailbox.publish({"type": "bye"})
    await expect(page.locator("#offline")).to_be_visible()
    await world.bot.send_text("xinmin", "断线时到的")
    await expect(page.locator("#offline")).to_be_hidden()
    await expect(page.locator(".theirs .bubble")).to_have_text("断线时到的")
    await context.close()
