"""Answers to what people say: what changed, by number and title, and the next step. Short, plain, no blame."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.texts.fit import clip, size
from bot.texts.words import SCREEN, bullet_list, clock, day, names, short, time_left

STRANGER = (
    "您好，您的账号还没有登记，暂时不能使用督办。\n"
    "请联系县政府办公室政务公开工作人员，报上单位、姓名和企业微信账号，登记后再发“帮助”。"
)
APOLOGY = "这条消息没能处理成功，已记录下来，县政府办公室和管理员都看得到。请稍后再发一次；急事请直接联系县政府办公室。"
PERSONAL = "这条消息里有{what}，为保护个人信息和秘密，没有保存也没有处理。请去掉后再发。"
PERSONAL_FILE = "文件里有{what}，为保护个人信息和秘密，文件没有保存也没有处理。请去掉后再发，或改发公开页面的链接。"
IF_FALSE = "\n确属误报或依法应当公开的，请{who}回复：误报 {code} 理由；记录在案后，{days} 天内把原{what}再发一次。"
NO_SUCH_CODE = "没有您可以认定的编号 {code}：编号在拦截时的答复里，{days} 天内有效，由发送人所在单位的负责人认定。"
OVERRULE_USAGE = "请写明六位编号和理由，例如：误报 483920 是对外公布的值班电话"
PERSONAL_NAME = "文件名里有{what}，为保护个人信息和秘密，文件没有保存也没有处理。请改了文件名再发。"
LOCKED_FILE = "文件加了密码，查不了里面有没有个人信息，没有保存。请去掉密码再发，或改发公开页面的链接。"
HUGE_FILE = "文件内容太多，查不完里面有没有个人信息，没有保存。请只发能证明公开的那几页，或改发链接。"
OLD_FILE = (
    "旧版 Office 或 WPS 文件（.doc、.xls、.wps），查不了里面有没有个人信息，没有保存。\n"
    "请另存为 .docx、.xlsx 或 PDF 再发，或改发公开页面的链接。"
)
ARCHIVE_FILE = "压缩包查不了里面有没有个人信息，没有保存。请解压后逐个发文件，或改发公开页面的链接。"
NO_CALENDAR = "工作日历还没有 {year} 年的放假安排，算不了时限，这条没有处理。已提示管理员更新，请更新后再发一次。"
NOTHING_PENDING = "现在没有等待确认的事。"
CHOOSE_FIRST = "请先说是哪一项：回复刚才列出的编号或单位，或回复 取消。"
NOTHING_DONE = "没有可以处理的事项，什么都没有改。"
NO_REASON = "这句话没有当作理由，什么都没有改。请直接写理由，或回复 取消。"
TAKE_YOUR_TIME = "好的，不急。准备好了直接把链接或文件发来，收到即提交；不报了请回复 取消。"
CANCELLED = "已取消，什么都没有改。"
NO_WAITING_ASK = "收到。目前没有等您回执或签收的消息。"
NOT_YOUR_BUTTON = "这个按钮只能由审核该事项的人按，或已经过时，什么都没有改。回复 帮助 看您能做什么。"
NOT_YOUR_ITEM = "这个按钮只能由责任单位的人按，或已经过时，什么都没有改。回复 任务 看您的事项。"
EVERY_UNIT = 60  # a county has fewer: what waits for 确认 hides none


@dataclass(frozen=True)
class Named:
    """An item as its speaker calls it: by number and title, and by the unit where they speak for several."""

    title: str  # 34 法治政府建设年度报告
    code: str
    unit: str = ""  # empty where it goes without saying

    @property
    def ref(self) -> str:
        """34 法治政府建设年度报告（新民镇）"""
        return self.title + self._whose

    @property
    def call(self) -> str:
        """34 新民镇: how the next command names it."""
        return f"{self.code} {self.unit}".strip()

    @property
    def line(self) -> str:
        """What tells it from the others is never cut off."""
        return short(self.title, 40 - len(self._whose)) + self._whose

    @property
    def _whose(self) -> str:
        return f"（{self.unit}）" if self.unit else ""


class Theirs(Protocol):
    """What an answer needs of another unit's item."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> str: ...


def by_item(items: Sequence[Theirs], most: int = 12) -> list[str]:
    """One line an item, its units named: 34 法治政府建设年度报告（新民镇、澄溪镇）."""
    units: dict[tuple[str, str], list[str]] = {}
    for item in items:
        units.setdefault((item.code, item.title), []).append(item.unit)
    width = 60 if len(units) == 1 else 22
    return [f"{code} {short(title, width)}（{names(owners, most)}）" for (code, title), owners in units.items()]


OWN_LINK = 120  # bytes of a link beside its item
SUMMED_UP = 1200  # bytes; what would take more is counted for each item


def summed_up(items: Sequence[Theirs], most: int = 12) -> list[str]:
    """by_item, or where that is long, how many units of each item."""
    lines = by_item(items, most)
    if sum(size(line) for line in lines[:SCREEN]) <= SUMMED_UP:
        return lines
    counts = Counter((item.code, item.title) for item in items)
    return [f"{code} {short(title, 22)}：{count} 个单位" for (code, title), count in counts.items()]


def unknown(hint: str = "") -> str:
    return (
        f"{hint}\n" if hint else "没看懂这条消息，什么都没有改。\n"
    ) + "回复 任务 看您的事项，回复 帮助 看能做什么。"


def no_such_task(number: int, low: int, high: int) -> str:
    return f"没有 {number} 号任务。清单的编号是 {low} 到 {high}，回复 任务 可看您的事项。"


def no_such_node(code: str, there: Sequence[str]) -> str:
    return f"没有 {code} 这个节点，只有 {'、'.join(there)}。"


def not_yours(ref: str, unit: str) -> str:
    return (
        f"{ref} 没有交办给{unit}，您不能查看或操作。\n"
        "回复 任务 看您单位的事项；如认为应由您单位办理，请联系县政府办公室。"
    )


def not_allowed(what: str, who: str) -> str:
    return f"“{what}”只能由{who}操作。回复 帮助 看您能做什么。"


def not_in_state(ref: str, state: str, what: str, works: str) -> str:
    return f"{ref} 现在是“{state}”，不能{what}。{works}"


def need_unit(number: int, verb: str, example: str) -> str:
    return f"请写明单位，例如：{verb} {number} {example}"


def unknown_units(unknown_names: Sequence[str], near: Sequence[str]) -> str:
    hint = f"是不是“{near[0]}”？" if near else "请用清单里的单位名称。"
    return f"不认识单位“{'、'.join(unknown_names)}”。{hint}"


def unit_without_item(ref: str, unit: str) -> str:
    return f"{ref} 没有交办给{unit}。"


# -- contacts


def signed(items: Sequence[tuple[Named, date]], left: int, late: int) -> str:
    if len(items) == 1:
        item, due = items[0]
        return f"已签收 {item.ref}。\n时限 {day(due)}（{time_left(left, late)}）。办完请回复：完成 {item.call} 链接"
    lines = [f"· {item.line}，{day(due)}" for item, due in items]
    return f"已签收 {len(items)} 项：\n{bullet_list(lines)}\n办完请回复：完成 编号 链接"


def noted(items: Sequence[Named], newly_signed: bool, links: int) -> str:
    extra = f"收到佐证 {links} 件。" if links else ""
    if len(items) > 1:
        lines = bullet_list([f"· {item.line}" for item in items])
        return f"已记录 {len(items)} 项的进展：\n{lines}\n{extra}办完请回复：完成 编号 链接"
    head = f"已记录 {items[0].ref} 的进展" + ("，并已签收。" if newly_signed else "。")
    return f"{head}{extra}\n办完请回复：完成 {items[0].call}" + ("" if links else " 链接")


def submitted(items: Sequence[tuple[Named, str]], proofs: Sequence[str], each: Sequence[Sequence[str]] = ()) -> str:
    """Each item with who checks it, and its own links where `each` has some."""
    if len(items) == 1:
        item, checker = items[0]
        lines = [f"已提交 {item.ref}，待{checker}审核。"]
    else:
        said = [f"· {item.line}，待{checker}审核" for item, checker in items]
        for place, links in enumerate(each):
            said[place] += "".join(f"\n  {clip(link, OWN_LINK)}" for link in links[:2])
            said[place] += f" 等{len(links)}件" if len(links) > 2 else ""
        lines = [f"已提交 {len(items)} 项：", bullet_list(said)]
    if proofs:
        lines.append("佐证：" + bullet_list(list(proofs), 5))
    lines.append(f"发错了可回复：撤回 {items[0][0].call if len(items) == 1 else '编号'}")
    return "\n".join(lines)


def added(item: Named, proofs: int, total: int) -> str:
    return (
        f"已补充到 {item.ref} 的佐证，这次 {proofs} 件，共 {total} 件。\n"
        "是别的事项的请写编号（完成 编号 链接）；"
        f"发错了可回复：撤回 {item.call}（连同提交一并撤回）"
    )


def needs_evidence(ref: str, kept: bool) -> str:
    head = "您说的已记为进展。\n" if kept else ""
    return f"{head}{ref} 要有公开的链接或文件才能提交。请把链接（或文件）发来，收到即提交。"


def which_item(what: str, candidates: Sequence[Named], by: str = "编号") -> str:
    if not candidates:
        return f"您单位现在没有可以{what}的事项。回复 任务 看全部。"
    return f"{what}哪一项？请回复{by}：\n{bullet_list([f'· {one.line}' for one in candidates])}"


def no_link(item: Named) -> str:
    return (
        f"{item.ref} 要公开以后才能提交，什么都没有改。已公开的请把网址发来，纸质件可以拍照或扫描后发来。\n"
        f"本单位确实不用公开的请回复：不涉及 {item.call} 理由；还没办好的请回复：进展 {item.call} 文字"
    )


def undone(ref: str, what: str, state: str) -> str:
    return f"已撤回对 {ref} 的“{what}”，现在是“{state}”。"


def cannot_undo(ref: str) -> str:
    return f"{ref} 没有可以撤回的操作：您没有操作过，或已有人接着处理。如需更正请联系审核人或县政府办公室。"


def asked(ref: str, kind: str, deciders: str, detail: str = "") -> str:
    tail = f"（{detail}）" if detail else ""
    return f"已提交 {ref} 的{kind}申请{tail}，等{deciders}决定，先决定者为准。有结果会告诉您。"


def already_asked(item: Named, kind: str, when: datetime) -> str:
    return f"{item.ref} 已有一个{kind}申请在等决定（{clock(when)} 提出）。要改请先回复：撤回 {item.call}"


def extend_usage(code: str) -> str:
    return f"请写明新时限和理由，例如：延期 {code} 2021-12-10 等上级文件"


def bad_date(problem: str, verb: str, code: str) -> str:
    return f"{problem}日期请写成 2021-12-10，例如：{verb} {code} 2021-12-10 理由"


def reason_needed(verb: str, target: str) -> str:
    return f"请写明理由，直接回复理由即可（或：{verb} {target} 理由）。"


# -- reviewers


def approved(done: Sequence[Theirs]) -> str:
    if len(done) == 1:
        return f"已通过并销号：{by_item(done)[0]}。"
    return f"已通过并销号 {len(done)} 项：\n{bullet_list([f'· {line}' for line in summed_up(done)])}"


def sent_back(done: Sequence[Theirs], reason: str, at_once: bool) -> str:
    told = "已告知责任单位。" if at_once else "责任单位下一个工作日早晨会收到。"
    lines = bullet_list([f"· {line}" for line in summed_up(done)])
    return f"已退回 {len(done)} 项：\n{lines}\n理由：{short(reason, 120)}\n{told}"


def urged(done: Sequence[Theirs], unreachable: Sequence[Theirs], before: Sequence[tuple[Theirs, str]]) -> str:
    """`before`: what was urged today already, and by whom."""
    lines = [f"已催办 {line}。" for line in by_item(done)[:SCREEN]]
    lines += [f"联系不上（没有联络员）：{line}。" for line in by_item(unreachable)[:SCREEN]]
    for who in dict.fromkeys(who for _, who in before):
        theirs = by_item([item for item, urger in before if urger == who])
        lines += [f"今天已由{who}催办过，不再重复提醒：{line}。" for line in theirs[:SCREEN]]
    return "\n".join(lines)


def decided(ref: str, unit: str, kind: str, agreed: bool, new_due: date | None) -> str:
    verdict = "同意" if agreed else "不同意"
    tail = f"，新时限 {day(new_due)}" if agreed and new_due else ""
    return f"已{verdict} {unit} {ref} 的{kind}申请{tail}。申请人下一个工作日早晨会看到。"


def stale(what: str) -> str:
    return f"这个按钮已经过时：{what}。什么都没有改。"


# -- confirming


def confirm(what: str, items: Sequence[Theirs], extra: str = "") -> str:
    """Everything it will touch: what finds no line of its own stands with its number."""
    lines, codes = summed_up(items, EVERY_UNIT), list(dict.fromkeys(item.code for item in items))
    if len({item.unit for item in items}) == 1:  # said once, in `what`, or known to its own people
        lines = [short(f"{item.code} {item.title}", 30) for item in items]
    parts = [f"{what}，共 {len(items)} 项：", *(f"· {line}" for line in lines[:SCREEN])]
    if len(lines) > SCREEN:
        parts.append(f"……以及 {'、'.join(codes[SCREEN:])}")
    if extra:
        parts.append(extra)
    parts.append("回复 确认 执行，回复 取消 放弃。")
    return "\n".join(parts)


def confirm_notice(
    audience: str, people: int, leaves: str, body: str, unheard: Sequence[str], attached: str = ""
) -> str:
    lines = [f"通知将发给 {audience}，共 {people} 人，{leaves}发出：", body]
    if attached:
        lines.append(f"附件：{attached}")
    if unheard:
        lines.append(f"收不到的单位（没有可联系的联络员）：{names(unheard, 12)}")
    return "\n".join([*lines, "回复 确认 发送，回复 取消 放弃。"])


def notice_sent(number: int, people: int, leaves: str) -> str:
    return f"通知 {number} 已排队，发给 {people} 人，{leaves}发出。\n回复 未读 {number} 看谁还没回执。"


def unread(number: int, missing: Sequence[str], total: int) -> str:
    if not missing:
        return f"通知 {number} 已全部收到（{total} 人）。"
    return f"通知 {number}：{total - len(missing)}/{total} 人已回执，{len(missing)} 人未回：\n" + names(missing, 40)


def read(*numbers: int) -> str:
    return f"已记回执（通知 {'、'.join(map(str, numbers))}）。谢谢。"


def confirm_recall(number: int, body: str, people: int, waiting: int, late: int) -> str:
    lines = [f"将撤回通知 {number}（{short(body, 30)}）：从 {people} 人的手机上收回。"]
    if waiting:
        lines.append(f"还没发出的 {waiting} 人不再发。")
    if late:
        lines.append(f"{late} 人的已超过 24 小时，平台不能收回。")
    return "\n".join([*lines, "回复 确认 撤回，回复 取消 放弃。"])


def recalling(number: int, people: int, late: int) -> str:
    tail = f"，另 {late} 人的超过 24 小时收不回" if late else ""
    return f"正在撤回通知 {number}：{people} 人{tail}。结果回复：未读 {number}"


def recalled(number: int, back: int, under_way: int, left: int) -> str:
    lines = [f"通知 {number} 已撤回：已从 {back} 人的手机上收回"]
    lines += [f"正在收回 {under_way} 人"] if under_way else []
    lines += [f"没能收回 {left} 人（超过 24 小时或平台拒绝）"] if left else []
    return "，".join(lines) + "。不再收回执。"


RECALLED = "这条通知已由县政府办公室撤回，不用再回执。"


# -- refused for what it seems to hold, and not so


def overruled(kinds: str, what: str, name: str, when: datetime, days: int) -> str:
    return (
        f"已记录：{name} {clock(when)} 发的{what}（{kinds}）确属误报。\n"
        f"请{name}在 {days} 天内把原{what}再发一次，就会照常办理。"
    )


def may_send_again(kinds: str, what: str, head: str, when: datetime, days: int) -> str:
    return f"您 {clock(when)} 发的{what}因有{kinds}没有处理，{head}已认定为误报。请在 {days} 天内把原{what}再发一次。"
