"""The life of an assignment (DESIGN §2): its states, the acts that move it, and which act is allowed where."""

from enum import StrEnum


class State(StrEnum):
    """Where an assignment stands. The value is what the store keeps; `.label` is what people read."""

    DISPATCHED = "dispatched"  # handed to the unit, nobody has signed
    IN_PROGRESS = "in_progress"  # signed
    SUBMITTED = "submitted"  # reported as done, waiting for the check
    RETURNED = "returned"  # back to work with a reason; also a reopened item
    CLOSED = "closed"  # checked and closed (销号)
    NOT_APPLICABLE = "not_applicable"  # a granted request: the unit has no such duty
    SUSPENDED = "suspended"  # paused by the office
    CANCELLED = "cancelled"  # withdrawn by the office
    UNRESOLVED = "unresolved"  # a row whose responsible units are not known; never a state of an assignment

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.DISPATCHED: "待签收",
    State.IN_PROGRESS: "办理中",
    State.SUBMITTED: "待审核",
    State.RETURNED: "已退回",
    State.CLOSED: "已销号",
    State.NOT_APPLICABLE: "不涉及",
    State.SUSPENDED: "已中止",
    State.CANCELLED: "已撤销",
    State.UNRESOLVED: "待明确",
}

OPEN = frozenset({State.DISPATCHED, State.IN_PROGRESS, State.RETURNED})
"""States in which the unit owes work."""

ENDED = frozenset({State.CLOSED, State.NOT_APPLICABLE, State.SUSPENDED, State.CANCELLED})
"""States in which nobody owes anything."""

ASSIGNMENT_STATES = frozenset(State) - {State.UNRESOLVED}


class Act(StrEnum):
    """What a person can do to an assignment; the value is what the audit keeps."""

    DISPATCH = "dispatch"
    SIGN = "sign"
    PROGRESS = "progress"
    SUBMIT = "submit"
    ADD = "add"
    UNDO = "undo"
    EXTEND = "extend"
    EXEMPT = "exempt"
    DISPUTE = "dispute"
    APPROVE = "approve"
    RETURN = "return"
    URGE = "urge"
    AGREE = "agree"
    REFUSE = "refuse"
    NAME_UNITS = "name_units"
    START = "start"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    CLOSE = "close"
    CORRECT = "correct"  # a corrected notice changes what stands in the list

    @property
    def label(self) -> str:
        return _ACT_LABELS[self]


_ACT_LABELS = {
    Act.DISPATCH: "交办",
    Act.SIGN: "签收",
    Act.PROGRESS: "进展",
    Act.SUBMIT: "完成",
    Act.ADD: "补充佐证",
    Act.UNDO: "撤回",
    Act.EXTEND: "申请延期",
    Act.EXEMPT: "申请不涉及",
    Act.DISPUTE: "异议",
    Act.APPROVE: "通过",
    Act.RETURN: "退回",
    Act.URGE: "催办",
    Act.AGREE: "同意",
    Act.REFUSE: "不同意",
    Act.NAME_UNITS: "指定",
    Act.START: "起算",
    Act.SUSPEND: "中止",
    Act.RESUME: "恢复",
    Act.CANCEL: "撤销",
    Act.CLOSE: "销号",
    Act.CORRECT: "通知更正",
}

ALLOWED: dict[Act, frozenset[State]] = {
    Act.SIGN: frozenset({State.DISPATCHED}),
    Act.PROGRESS: OPEN,
    Act.SUBMIT: OPEN,
    Act.ADD: frozenset({State.SUBMITTED}),
    Act.EXTEND: OPEN,
    Act.EXEMPT: OPEN,
    Act.DISPUTE: OPEN,
    Act.APPROVE: frozenset({State.SUBMITTED}),
    # 退回 of a closed item reopens it (DESIGN §2).
    Act.RETURN: frozenset({State.SUBMITTED, State.CLOSED, State.NOT_APPLICABLE}),
    Act.URGE: OPEN,
    Act.SUSPEND: OPEN | {State.SUBMITTED},
    Act.RESUME: frozenset({State.SUSPENDED}),
    Act.CANCEL: OPEN | {State.SUBMITTED, State.SUSPENDED},
    Act.CLOSE: OPEN | {State.SUBMITTED},
}
"""The states an act may start from. 完成 on an unsigned item signs it in the same transaction."""

TARGET: dict[Act, State] = {
    Act.SIGN: State.IN_PROGRESS,
    Act.SUBMIT: State.SUBMITTED,
    Act.APPROVE: State.CLOSED,
    Act.RETURN: State.RETURNED,
    Act.SUSPEND: State.SUSPENDED,
    Act.CANCEL: State.CANCELLED,
    Act.CLOSE: State.CLOSED,
}
"""Where an act leads, where that does not depend on anything else (恢复 goes back to where 中止 found the item)."""


class RequestKind(StrEnum):
    """A request that somebody must decide."""

    EXTEND = "extend"
    EXEMPT = "exempt"
    DISPUTE = "dispute"

    @property
    def label(self) -> str:
        return {"extend": "延期", "exempt": "不涉及", "dispute": "异议"}[self.value]


class Light(StrEnum):
    """The light of an item, computed at the moment of asking (DESIGN §2)."""

    GREEN = "绿"
    YELLOW = "黄"
    RED = "红"
    BLUE = "蓝"
    GREY = "灰"
