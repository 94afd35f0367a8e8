"""`duban plan`: what would leave at a moment, to whom, and by which rule."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from bot.domain.calendar import local
from bot.domain.planning import LineKind
from bot.domain.policy import Policy
from bot.store import live, people
from bot.store.engine import Store
from bot.store.tables import Outbox
from bot.texts.words import moment as shown
from scheduler.engine import look_ahead
from scheduler.planner import Explanation, explain

KIND = {
    LineKind.DISPATCH: "新交办",
    LineKind.UNSIGNED: "未签收",
    LineKind.REMIND: "到期提醒",
    LineKind.OVERDUE: "逾期提醒",
    LineKind.STILL_OVERDUE: "仍逾期",
    LineKind.PROPOSED: "告知拟通报",
    LineKind.LEAD_OVERDUE: "报牵头单位",
    LineKind.OFFICE_OVERDUE: "报县办",
    LineKind.HEAD_OVERDUE: "报单位负责人",
    LineKind.WEEKLY: "周清单",
    LineKind.WEEKLY_REVIEW: "周清单（待审）",
    LineKind.BULLETIN: "建议通报",
    LineKind.QUEUED: "待审",
    LineKind.REVIEW_LATE: "待审超期",
    LineKind.OFFICE_REVIEW_LATE: "待审超期报县办",
    LineKind.UNREACHABLE: "联系不上",
    LineKind.HELD: "隔夜消息",
    LineKind.UNANSWERED: "通知未回执",
    LineKind.NEWS: "已办",
}


async def show(store: Store, policy: Policy, at: datetime, explained: bool, as_json: bool) -> str:
    """The plan of one moment, as text or JSON. Sends and stores nothing. Raises UnknownYear."""
    snapshot, plan = await look_ahead(store, policy, at)
    rows = explain(plan, snapshot)
    async with store.read() as session:
        names = await people.names(session)
        waiting = (
            await session.scalars(
                select(Outbox)
                .where(live.pending, Outbox.not_before <= at, Outbox.member_key.is_not(None))
                .order_by(Outbox.lane, Outbox.not_before, Outbox.id)
            )
        ).all()
    if as_json:
        return _json(at, rows, waiting, names)
    if not rows and not waiting:
        return f"{shown(at)}：没有要发的。{_hint(policy, at)}"
    lines = [f"{shown(at)}：晨报 {len(plan.digests)} 条，{len(rows)} 行；排队待发 {len(waiting)} 条"]
    for digest in plan.digests:
        of_person = [row for row in rows if row.userid == digest.userid]
        lines.append(f"{shown(digest.send_at)}　{names.get(digest.userid, '')}（{digest.userid}）　{len(of_person)} 行")
        if explained:
            for row in of_person:
                what = " ".join(part for part in (row.code, row.title, row.unit) if part)
                lines.append(f"    {KIND[row.kind]}：{what}　〔{row.rule}〕")
    lines += [f"排队　{row.member_key}　{row.reason}" for row in waiting]
    return "\n".join(lines)


def _hint(policy: Policy, at: datetime) -> str:
    """Why an operator may look in vain: digests are made on working days, from the digest hour on."""
    here = local(at)
    if not policy.calendar.is_workday(here.date()):
        return "（这天不是工作日，不出晨报）"
    if policy.digest_from <= here.time() <= policy.digest_catch_up:
        return ""
    first, last = f"{policy.digest_from:%H:%M}", f"{policy.digest_catch_up:%H:%M}"
    return f"（晨报从 {first} 起计划，最晚 {last}；看当天的请用 --at {here.date().isoformat()}T{first}）"


def _json(at: datetime, rows: Sequence[Explanation], waiting: Sequence[Outbox], names: Mapping[str, str]) -> str:
    messages = [
        {
            "userid": row.userid,
            "name": names.get(row.userid, ""),
            "send_at": local(row.send_at).isoformat(),
            "kind": str(row.kind),
            "code": row.code,
            "title": row.title,
            "unit": row.unit,
            "rule": row.rule,
        }
        for row in rows
    ]
    queued = [
        {"userid": row.member_key, "send_at": local(row.not_before).isoformat(), "kind": row.kind, "rule": row.reason}
        for row in waiting
    ]
    return json.dumps({"at": local(at).isoformat(), "lines": messages, "queued": queued}, ensure_ascii=False, indent=2)
