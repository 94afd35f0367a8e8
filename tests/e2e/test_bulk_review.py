"""A reviewer with a full desk: what is doubtful is marked, and hundreds of submissions go in a few messages."""

import re
from itertools import count

from sqlalchemy import insert
from support.world import World

from bot.store.tables import Evidence

MANY = 300
HOME = "http://www.dianjiang.gov.cn/"


async def hand_in(world: World, where: str, links: dict[str, str] | None = None, submission: int = 1) -> int:
    """Everything of `where` (SQL on task and unit) is handed in, each with a link of its own or one of `links` (by
    unit; "" for none). Returns how many there are."""
    rows = await world.rows(
        "SELECT a.id, u.name FROM assignment a JOIN node n ON n.id = a.node_id JOIN task t ON t.id = n.task_id"
        f" JOIN unit u ON u.id = a.unit_id WHERE a.state = 'dispatched' AND {where}"
        " ORDER BY t.number, n.seq, u.position"
    )
    ids = [row.id for row in rows]
    await world.execute(
        "UPDATE assignment SET state = 'submitted', signed_at = dispatched_at, submitted_at = dispatched_at,"
        f" submission = {submission} WHERE id IN ({', '.join(map(str, ids))})"
    )
    number = count(1)
    proofs = [
        {
            "assignment_id": row.id,
            "submission": submission,
            "kind": "link",
            "name": link,
            "by": "town",
            "at": world.service.clock.now(),
            "withdrawn": False,
        }
        for row in rows
        if (link := (links or {}).get(row.name, f"http://www.dianjiang.gov.cn/zwgk/t{row.id}_{next(number)}.html"))
    ]
    async with world.service.store.write() as session:
        await session.execute(insert(Evidence), proofs)
    return len(ids)


async def test_three_hundred_submissions_are_cleared_in_five_messages(world: World) -> None:
    await world.to("2021-05-25T10:00:00+08:00")
    (lead,) = await world.rows(
        "SELECT u.name, count(*) FROM assignment a JOIN node n ON n.id = a.node_id"
        " JOIN task_lead l ON l.task_id = n.task_id JOIN unit u ON u.id = l.unit_id"
        " JOIN post p ON p.unit_id = u.id AND p.role = 'reviewer'"
        " WHERE a.unit_id <> l.unit_id GROUP BY u.name ORDER BY 2 DESC LIMIT 1"
    )
    doubtful = {"高安镇": HOME, "新民镇": "http://www.dianjiang.gov.cn/same.html", "沙坪镇": ""}
    doubtful["周嘉镇"] = doubtful["新民镇"]
    mine = f"t.id IN (SELECT task_id FROM task_lead l JOIN unit x ON x.id = l.unit_id WHERE x.name = '{lead.name}')"
    assert await hand_in(world, mine, doubtful) >= MANY
    reviewer = world.who(lead.name, "审核人")
    reviewer.look()

    said = ["待审", "通过 全部 除存疑", "确认", "退回 全部 链接不能证明已公开", "确认", "待审"]
    answers = [await reviewer.says(words) for words in said]
    for one in answers:
        assert len(one.encode()) <= 2048, one
    queue, preview, done, back, returned, left = answers
    assert "⚠存疑" in queue and "通过 全部 除存疑" in queue
    assert "不含：存疑的" in preview and "个单位" in preview
    assert re.search(r"已通过并销号 \d{3} 项", done)
    assert "理由：链接不能证明已公开" in back and "已退回" in returned
    assert "待审 0 项" in left and len(said) <= 10  # rows without units are the office's other work
    # Each town hears of everything that came back in one message.
    town = world.who("高安镇")
    messages = [message.text for message in town.look() if "【退回】" in message.text]
    assert len(messages) == 1 and "链接不能证明已公开" in messages[0]


async def test_what_is_doubtful_is_marked_with_its_reason(corner: World) -> None:
    town, other, reviewer = corner.who("新民镇"), corner.who("高峰镇"), corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await town.says("完成 34 http://www.dianjiang.gov.cn/zwgk/t1.html")
    assert "⚠" not in await reviewer.says("待审")
    await other.says("完成 34 http://www.dianjiang.gov.cn/zwgk/t1.html")
    assert (await reviewer.says("待审")).count("⚠与别的单位同一链接") == 2
    await reviewer.says("退回 34 高峰镇 与新民镇的链接相同")
    await other.says("完成 34 http://www.dianjiang.gov.cn/index.html")
    queue = await reviewer.says("待审")
    assert "· 高峰镇 ⚠是首页 http://www.dianjiang.gov.cn/index.html" in queue
    assert queue.index("· 高峰镇") < queue.index("· 新民镇") and "（2，存疑 1）" in queue
    await reviewer.says("退回 34 高峰镇 请给出文章的链接")
    await other.says("完成 34 http://www.dianjiang.gov.cn/zwgk/t2.html")
    assert "⚠已是第 3 次或更多次提交" in await reviewer.says("待审")
    # It is shown again before many are approved, and nothing happens before 确认.
    preview = await reviewer.says("通过 34 全部")
    assert "⚠存疑 1 项：34 高峰镇" in preview and "回复 确认" in preview
    assert "已取消" in await reviewer.says("取消")
    assert "不含：高峰镇" in await reviewer.says("通过 34 除高峰镇")
    assert "已通过并销号：34 法治政府建设年度报告（新民镇）" in await reviewer.says("确认")
    assert "高峰镇" in await reviewer.says("待审")


async def test_one_reason_sends_several_back(corner: World) -> None:
    reviewer = corner.who("县司法局", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await hand_in(corner, "t.number = 34 AND u.name IN ('新民镇', '高峰镇', '桂阳街道')")
    back = await reviewer.says("退回 34 新民镇、高峰镇 链接打不开")
    assert "已退回 2 项" in back and "新民镇、高峰镇" in back
    for name in ("新民镇", "高峰镇"):
        assert "理由：链接打不开" in corner.who(name).gets()
    assert "一起写明理由" in await reviewer.says("退回 全部")
    assert "将退回" in await reviewer.says("退回 34 全部 链接打不开")
    assert "已退回 1 项" in await reviewer.says("确认")


async def test_only_the_own_queue_is_meant_by_all(corner: World) -> None:
    town, reviewer, other = corner.who("新民镇"), corner.who("县司法局", "审核人"), corner.who("县教委", "审核人")
    await corner.to("2021-05-25T10:00:00+08:00")
    await hand_in(corner, "t.number = 34")
    assert "没有等您审核的提交" in await other.says("通过 全部")
    assert "只能由" in await town.says("通过 全部")
    assert "没有等您审核的提交" in await reviewer.says("通过 全部 除34")
    preview = await reviewer.says("全部通过，除高峰镇")
    assert "不含：高峰镇" in preview and "34" in preview
    await corner.who("县司法局", "审核人").says("取消")
    assert "待审核" in await town.says("任务 34")
