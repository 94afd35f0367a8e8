"""Lists on a phone screen: open items, the queue, what is late, figures. Pure; each fits one message."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.domain.doubt import Doubt
from bot.domain.states import Light, State
from bot.texts.fit import clip
from bot.texts.pages import Block, Listing
from bot.texts.words import NEAR, day, moment, names, short, time_left

DOT = {Light.GREEN: "🟢", Light.YELLOW: "🟡", Light.RED: "🔴", Light.BLUE: "🔵", Light.GREY: "⚪"}
LINK_BYTES = 320  # of a link in the queue; the whole one stands on the card and in 任务 编号


class Item(Protocol):
    """What a list needs of an item."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def due(self) -> date: ...
    @property
    def state(self) -> State: ...
    @property
    def submitted_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Seen:
    """An item as its unit sees it today."""

    item: Item
    light: Light
    left: int  # working days to the deadline
    late: int


def lamp(light: Light) -> str:
    """The light with its word: not every phone shows the dot, and not every eye its colour."""
    return f"{DOT[light]}{light.value}"


def own(unit: str, seen: Sequence[Seen], waiting: int, closed: int) -> Block:
    """任务: what a unit still owes, most urgent first, and how much is done."""
    head = f"{unit}：待办 {len(seen)} 项，待审核 {waiting} 项，已销号 {closed} 项"
    if not seen:
        return Block(head, ("现在没有要办的事项。",))
    order = sorted(seen, key=lambda s: (-s.late, s.left, s.item.due))  # far ones are all equally `left`
    return Block(
        head,
        tuple(
            f"{lamp(s.light)} {s.item.code} {short(s.item.title, 18)}｜{s.item.state.label}｜"
            f"{time_left(s.left, s.late) if s.late or s.left <= NEAR else day(s.item.due)}"
            for s in order
        ),
    )


class Waits(Protocol):
    """A submission that waits to be checked."""

    @property
    def item(self) -> Item: ...
    @property
    def proofs(self) -> tuple[str, ...]: ...
    @property
    def doubts(self) -> tuple[Doubt, ...]: ...
    @property
    def note(self) -> str: ...


LONG_QUEUE = 60  # submissions; more of them are counted for each item, and only the doubtful ones named


def queue(
    waiting: Sequence[Waits],
    requests: Sequence[tuple[Item, str, str]],
    unresolved: Sequence[str],
    parked: int = 0,
) -> Listing:
    """待审: requests to decide, submissions by item, rows whose units nobody knows, messages that failed."""
    if not waiting and not requests and not unresolved and not parked:
        return Listing("现在没有待审的事项。")
    asked = tuple(f"◆ 申请{kind} {item.code} {item.unit}：{short(reason, 40)}" for item, kind, reason in requests)
    blocks = [Block("", asked)] if asked else []
    blocks += [_queued(group, brief=len(waiting) > LONG_QUEUE) for group in _by_code(waiting)]
    rest = []
    if unresolved:
        rest.append("◇ 待明确：" + names((short(title, 16) for title in unresolved), 6, "行"))
    if parked:
        rest.append(f"◇ 有 {parked} 条来信没能处理，请管理员运行 duban doctor 查看")
    if rest:
        blocks.append(Block("", tuple(rest)))
    doubtful = sum(1 for one in waiting if one.doubts)
    head = f"待审 {len(waiting)} 项{f'（⚠存疑 {doubtful} 项）' if doubtful else ''}，申请 {len(requests)} 项"
    return Listing(head, tuple(blocks), _queue_step(waiting, requests, bool(doubtful)))


def queue_of_item(waiting: Sequence[Waits]) -> Listing:
    """待审 34 where the queue is long: every submission of one item with its links."""
    block = _queued(waiting, brief=False)
    return Listing("", (block,), _queue_step(waiting, (), any(one.doubts for one in waiting)))


def _by_code(waiting: Sequence[Waits]) -> list[list[Waits]]:
    found: dict[str, list[Waits]] = {}
    for one in waiting:
        found.setdefault(one.item.code, []).append(one)
    return list(found.values())


def _queued(group: Sequence[Waits], brief: bool) -> Block:
    """One item's submissions, the doubtful ones first."""
    item = group[0].item
    doubtful = [one for one in group if one.doubts]
    counted = f"{len(group)}，存疑 {len(doubtful)}" if doubtful else f"{len(group)}"
    shown = doubtful if brief else [*doubtful, *(one for one in group if not one.doubts)]
    lines = [
        f"· {one.item.unit} {_marked(one)}{'' if brief else _proofs(one.proofs) + one.note}".rstrip() for one in shown
    ]
    if brief and len(group) > len(doubtful):
        units = names((one.item.unit for one in group if not one.doubts), 4)
        lines.append(f"· 没有疑点：{units}" if doubtful else f"· {units}")
    return Block(f"■ {item.code} {short(item.title, 22)}（{counted}）", tuple(lines))


def _marked(one: Waits) -> str:
    return f"⚠{'、'.join(one.doubts)} " if one.doubts else ""


def doubtful(waiting: Sequence[Waits], most: int = 12) -> str:
    """What of many is doubtful, in one line: 存疑 2 项：34 高安镇（是首页）、…"""
    found = [one for one in waiting if one.doubts]
    said = (f"{one.item.code} {one.item.unit}（{'、'.join(one.doubts)}）" for one in found)
    return f"⚠存疑 {len(found)} 项：{names(said, most, '项')}" if found else ""


def _proofs(proofs: Sequence[str]) -> str:
    if not proofs:
        return "（没有链接或文件）"
    return clip(proofs[0], LINK_BYTES) + (f" 等{len(proofs)}件" if len(proofs) > 1 else "")


def _queue_step(waiting: Sequence[Waits], requests: Sequence[tuple[Item, str, str]], doubtful: bool) -> str:
    if not waiting:
        return "申请回复：同意（或 不同意）编号 单位 理由" if requests else "回复：指定 编号 单位"
    code, unit = waiting[0].item.code, waiting[0].item.unit
    steps = [f"通过 {code} {unit}", f"通过 {code} 全部", f"退回 {code} {unit} 理由"]
    if len(waiting) > LONG_QUEUE:
        steps = [f"看链接：待审 {code}", "通过 全部", f"退回 {code} {unit} 理由"]
    if doubtful:
        steps.insert(2, "通过 全部 除存疑")
    return "｜".join(steps)


def overdue(late: Sequence[tuple[Item, int]], urges: bool, exports: bool) -> Listing:
    """逾期: grouped by item, the latest first; with the next steps its reader may take."""
    if not late:
        return Listing("现在没有逾期事项。")
    by_code: dict[str, list[tuple[Item, int]]] = {}
    for item, days in late:
        by_code.setdefault(item.code, []).append((item, days))
    groups = sorted(by_code.values(), key=lambda group: -max(days for _, days in group))
    lines = []
    for group in groups:
        most = max(days for _, days in group)
        units = names((item.unit for item, _ in group), 10)
        lines.append(
            f"{lamp(Light.RED)} {group[0][0].code} {short(group[0][0].title, 18)}，逾期 {most} 个工作日：{units}"
        )
    head = f"逾期 {len(late)} 项，涉及 {len({item.unit for item, _ in late})} 个单位"
    steps = [f"回复 催办 {groups[0][0][0].code} 可提醒"] if urges else []
    steps += ["回复 台账 可导出全部"] if exports else []
    return Listing(head, (Block("", tuple(lines)),), "；".join(steps))


@dataclass(frozen=True)
class Worst:
    """A row that is late at many units: what a supervisor asks about, and no ranking of the units (rule 6)."""

    code: str
    title: str
    units: int
    days: int  # of the latest of them


@dataclass(frozen=True)
class Undecided:
    """What waits for somebody's decision."""

    submissions: int
    long: int  # of them: unreviewed for `days` working days and more
    days: int
    requests: int


def figures(
    where: str,
    total: int,
    by_state: Mapping[State, int],
    by_light: Mapping[Light, int],
    overdue: int,
    stalled: int,
    unresolved: int,
    worst: Sequence[Worst] = (),
    undecided: Undecided | None = None,
) -> str:
    """统计 for a supervisor with one minute and one screen."""
    closed = by_state.get(State.CLOSED, 0)
    share = f"{closed * 100 // total}%" if total else "—"
    states = "，".join(f"{state.label} {by_state[state]}" for state in State if by_state.get(state))
    lights = " ".join(f"{lamp(light)} {by_light.get(light, 0)}" for light in Light)
    lines = [
        f"{where}：共 {total} 项，已销号 {closed} 项（{share}）",
        states,
        lights,
        f"逾期 {overdue} 项，停滞 {stalled} 项",
    ]
    if worst:
        lines.append("逾期单位最多的任务：")
        lines += [f"· {w.code} {short(w.title, 18)}：{w.units} 个单位，最长 {w.days} 个工作日" for w in worst]
    if undecided is not None and (undecided.submissions or undecided.requests):
        late = f"（{undecided.long} 项已等 {undecided.days} 个工作日以上）" if undecided.long else ""
        lines.append(f"等决定：待审核 {undecided.submissions} 项{late}，申请 {undecided.requests} 件")
    if unresolved:
        lines.append(f"另有 {unresolved} 行责任单位待明确")
    return "\n".join(lines)


def unit_people(unit: str, posts: Iterable[tuple[str, str, str, bool]]) -> Block:
    """人员: role, name, account, and whether messages arrive."""
    lines = tuple(f"· {role} {name}（{userid}）{'' if ok else '：消息送不到'}" for role, name, userid, ok in posts)
    return Block(f"{unit}：", lines or ("名单上没有人。请用 duban roster 更新人员名单。",))


@dataclass(frozen=True)
class Entry:
    at: datetime
    who: str
    what: str
    words: str


def detail(
    ref: str,
    measures: Sequence[str],
    paths: Sequence[str],
    lead: str,
    status: Sequence[str],
    history: Sequence[Entry],
    next_step: str,
    note: str = "",
) -> str:
    """任务 12: measures, publishing paths, leads, deadline, state, history."""
    parts = [ref, *(["【举措】", *measures] if measures else [])]
    if paths:
        parts += ["【公开路径】", *(f"· {path}" for path in paths)]
    parts += [f"【牵头】{lead}", *status]
    if note:
        parts.append(f"【说明】{note}")
    if history:
        parts.append("【记录】")
        parts += [
            f"· {moment(e.at)} {e.who} {e.what}" + (f"：{short(e.words, 60)}" if e.words else "") for e in history[-8:]
        ]
    if next_step:
        parts.append(next_step)
    return "\n".join(parts)
