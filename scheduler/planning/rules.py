"""The rule behind each line, in a few Chinese words: what `duban plan --explain` and 为什么 answer with."""

from bot.domain.planning import LineKind

UNREACHABLE = "规则5：单位没有可联系的联络员或提醒未送达，改报县政府办公室"
CHECKERS_UNREACHABLE = "规则5：审核单位收不到待审提醒，改报县政府办公室"
HELD = "规则3：非工作时间的消息留到工作日早上"
NEWS = "规则4：仅供知晓的消息留到早上一并告知"
DISPATCH = "规则4：新交办事项告知责任单位"
STILL_OVERDUE = "规则4：当天本来就有晨报，一并列出仍逾期的事项"
UNANSWERED = "规则4：通知还没有回执，随当天本来就有的晨报提醒一次，不单独发"
QUEUED = "规则4：新提交待审核，告知审核单位"

_WHOM = {
    LineKind.OVERDUE: "提醒责任单位",
    LineKind.LEAD_OVERDUE: "告知牵头单位",
    LineKind.OFFICE_OVERDUE: "报县政府办公室",
    LineKind.HEAD_OVERDUE: "告知单位负责人",
    LineKind.BULLETIN: "提请县政府办公室研究通报",
    LineKind.PROPOSED: "提请县政府办公室研究通报，同时告知责任单位",
}


def remind(days: int, *, after_return: bool, moved: bool) -> str:
    """`moved`: the day itself is a day off; matters to the reminder of the day only."""
    end = "退回整改期满" if after_return else "到期"
    if days:
        return f"规则4：{end}前{days}个工作日提醒责任单位"
    if moved:
        return f"规则4：{end}日为休息日，在此前最后一个工作日提醒责任单位"
    return f"规则4：{end}当日提醒责任单位"


def overdue(kind: LineKind, days: int, *, after_return: bool) -> str:
    """For every line about an item that is late, to the unit and to others alike."""
    since = "退回整改期满后" if after_return else ""
    return f"规则5：{since}逾期{days}个工作日{_WHOM[kind]}"


def weekly(days: int) -> str:
    return f"规则5：逾期{days}个工作日以上，列入县政府办公室每周清单"


def weekly_review(days: int) -> str:
    return f"规则5：提交{days}个工作日以上未审核，列入县政府办公室每周清单"


def unsigned(days: int) -> str:
    return f"规则4：交办{days}个工作日未签收，再提醒一次责任单位"


def review_late(days: int) -> str:
    return f"规则5：提交{days}个工作日未审核，提醒审核单位"


def office_review_late(days: int) -> str:
    return f"规则5：提交{days}个工作日未审核，报县政府办公室"
