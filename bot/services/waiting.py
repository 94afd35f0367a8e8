"""What has not been sent, why, and when it will be (`duban outbox`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.calendar import local
from bot.services import links
from bot.services.broadcasts import KIND
from bot.services.work import Lane, Work
from bot.store.facts import DELIVERY
from bot.store.tables import Fact, Inbox, Member, Outbox
from bot.texts import links as link_words

LANES = {
    Lane.REPLY: "答复",
    Lane.ACTION: "请人处理",
    Lane.REMINDER: "提醒",
    Lane.DIGEST: "晨报",
    Lane.BROADCAST: "通知",
}
STATES = {
    "pending": "等待",
    "sending": "正在发送",
    "failed": "发送失败",
    "unknown": "可能未送达",
}
KINDS = {"digest": "晨报", "file": "文件", "card_update": "卡片更新", "menu": "应用菜单", "recall": "撤回通知"}
FIRST_LINE = 30  # characters


@dataclass(frozen=True)
class Entry:
    """One message that is not sent. `expected` is None where it never will be by itself."""

    id: int
    to: str
    lane: str
    what: str
    state: str
    attempts: int
    why: str
    rule: str
    expected: datetime | None


async def entries(session: AsyncSession, now: datetime, states: tuple[str, ...], limit: int) -> list[Entry]:
    """The oldest first."""
    blocked = await session.get(Fact, DELIVERY)
    query = (
        select(Outbox, Member.name)
        .outerjoin(Member, Member.key == Outbox.member_key)
        .where(Outbox.state.in_(states))
        .order_by(Outbox.not_before, Outbox.id)
        .limit(limit)
    )
    found: list[Entry] = []
    for row, name in await session.execute(query):
        why, expected = _why(row, now, dict(blocked.value) if blocked else {})
        found.append(
            Entry(
                id=row.id,
                to=name or row.member_key or (f"{len(row.payload['members'])} 人" if row.kind == KIND else "（应用）"),
                lane=LANES[Lane(row.lane)],
                what=_what(row),
                state=STATES[row.state],
                attempts=row.attempts,
                why=why,
                rule=row.reason,
                expected=expected,
            )
        )
    return found


def _what(row: Outbox) -> str:
    if row.kind in KINDS:
        return KINDS[row.kind] + (f" {row.payload['name']}" if row.kind == "file" else "")
    return str(row.payload.get("text", "")).split("\n", 1)[0][:FIRST_LINE]


def _why(row: Outbox, now: datetime, blocked: dict[str, object]) -> tuple[str, datetime | None]:
    """In words, and when it is expected to leave."""
    if row.state in ("failed", "unknown"):
        return row.error or "原因没有记录", None
    if row.state == "sending":
        return "已交给平台，等待答复", row.first_try_at
    if blocked.get("halted"):
        return f"平台拒绝应用的请求，排除后才发：{blocked['halted']}", None
    if row.not_before > now:
        if row.attempts or row.error:
            return row.error or "稍后再试", row.not_before
        return "还没到发送时间（工作日白天才发，夜里和节假日的随下一个早晨）", row.not_before
    parked = blocked.get("parked")
    until = parked.get(str(row.lane)) if isinstance(parked, dict) else None
    if until and datetime.fromisoformat(until) > now:
        return "平台接口调用过于频繁，这类消息暂停片刻", datetime.fromisoformat(until)
    return "已到时间，排队中（服务没有运行时不会发）", now


def line(entry: Entry) -> str:
    when = f"预计 {local(entry.expected):%m-%d %H:%M}" if entry.expected else "不会自动再发"
    tries = f"，试过 {entry.attempts} 次" if entry.attempts else ""
    return f"{entry.id}\t{entry.lane}\t{entry.to}\t{entry.state}{tries}\t{when}\t{entry.what}\t{entry.why}"


RECENT = timedelta(days=7)
PEOPLE = 5  # named; the rest are counted


async def trouble(work: Work) -> list[str]:
    """For the office: whom a message did not reach, whose message could not be handled, which proofs are gone."""
    session, now = work.session, work.now
    lines: list[str] = []
    for state, words in (("failed", "发送失败"), ("unknown", "可能未送达")):
        columns = select(Outbox.id, Outbox.kind, Outbox.member_key, Outbox.payload)
        rows = await session.execute(
            columns.where(Outbox.state == state, Outbox.created_at > now - RECENT).order_by(Outbox.id)
        )
        # Of a call to many that reached nobody there is a row for everybody, too.
        who = {(row.payload.get("notice", -row.id), key): key for row in rows for key in _whose(row)}
        lines += await _named(session, words, list(who.values()))
    parked = select(Inbox.sender).where(Inbox.state == "parked", Inbox.received_at > now - RECENT)
    lines += await _named(session, "来信没能处理", (await session.scalars(parked.order_by(Inbox.id))).all())
    lost = await links.dead(session) if work.policy.check_links else []
    if lost:
        lines.append(link_words.dead(list(dict.fromkeys(f"{item.code} {item.unit}" for item, _, _ in lost))))
    return lines


def _whose(row: Any) -> list[str | None]:
    """A call of a broadcast is a message to everybody in it."""
    return list(row.payload["members"]) if row.kind == KIND else [row.member_key]


async def _named(session: AsyncSession, words: str, keys: Sequence[str | None]) -> list[str]:
    if not keys:
        return []
    first = list(dict.fromkeys(key for key in keys if key))[:PEOPLE]
    names = {row.key: row.name for row in await session.execute(select(Member.key, Member.name))}
    more = "等" if len({key for key in keys if key}) > PEOPLE else ""
    whom = "、".join(names.get(key, key) for key in first) or "（应用）"
    return [f"近 7 天{words} {len(keys)} 条：{whom}{more}"]
