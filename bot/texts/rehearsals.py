"""A rehearsal as lines of a terminal: a table of its days, and what it would be for people."""

from bot.domain.rehearsal import Rehearsal, RoleLoad, role_load

MOST_WRITTEN_TO = 10  # people named; a file has them all
_WEEKDAYS = "一二三四五六日"


def lines(done: Rehearsal) -> list[str]:
    loads = done.loads()
    head = f"预演 {done.first} 至 {done.last}：共 {len(done.messages)} 条消息。什么都没有发出，数据库没有改动。"
    if not done.messages:
        return [head, *_stuck(done)]
    days = [
        f"{one.day} 周{_WEEKDAYS[one.day.weekday()]}{one.messages:>8,}{one.people:>8,}{one.longest:>12,}"
        for one in done.days()
    ]
    everybody = role_load("全部人员", [load.messages for load in loads])
    named = [
        f"  {load.messages:>5,} 条　{load.person.name}（{load.person.userid}，{load.person.units}{load.person.roles}）"
        for load in loads[:MOST_WRITTEN_TO]
        if load.messages
    ]
    return [
        head,
        "日期              消息    人数  最长(字节)",
        *days,
        "这段时间每人收到多少条（没有人回复、没有人办理时）：",
        *(f"  {_of(role)}" for role in (*done.roles(), everybody)),
        "收到最多的：",
        *named,
        *_stuck(done),
    ]


def _of(role: RoleLoad) -> str:
    return f"{role.roles}　{role.people} 人，最多 {role.most} 条，中位数 {role.median:g} 条，共 {role.messages:,} 条"


def _stuck(done: Rehearsal) -> list[str]:
    return [f"注意：有 {done.stuck} 条到期的消息没能发出，请看 duban outbox --problems。"] if done.stuck else []
