"""Who may do what: every right × role × ownership is decided here and nowhere else (DESIGN §3, rules 2 and 8)."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.people import Member, Role
from bot.domain.states import Act, State


class Right(StrEnum):
    """What a command needs."""

    REPORT = "report"  # sign, progress, submit, ask for an extension …: for the unit that owes the item
    CHECK = "check"  # approve, return a submission, decide a request
    REOPEN = "reopen"  # return what is closed already
    URGE = "urge"
    NAME_UNITS = "name_units"
    MANAGE = "manage"  # start, suspend, resume, cancel, close without a submission
    IMPORT = "import"  # a notice's list: read it, answer its questions, hand it out, correct it
    BROADCAST = "broadcast"
    DRAFT = "draft"  # bulletins, for a person to issue
    SEE_ITEM = "see_item"
    SEE_QUEUE = "see_queue"
    SEE_LATE = "see_late"  # what is overdue, as far as SEE_ITEM goes
    SEE_COUNTY = "see_county"  # figures, ledger
    SEE_PEOPLE = "see_people"


RIGHT_OF: dict[Act, Right] = {
    Act.SIGN: Right.REPORT,
    Act.PROGRESS: Right.REPORT,
    Act.SUBMIT: Right.REPORT,
    Act.ADD: Right.REPORT,
    Act.EXTEND: Right.REPORT,
    Act.EXEMPT: Right.REPORT,
    Act.DISPUTE: Right.REPORT,
    Act.APPROVE: Right.CHECK,
    Act.RETURN: Right.CHECK,
    Act.AGREE: Right.CHECK,
    Act.REFUSE: Right.CHECK,
    Act.URGE: Right.URGE,
    Act.NAME_UNITS: Right.NAME_UNITS,
    Act.START: Right.MANAGE,
    Act.SUSPEND: Right.MANAGE,
    Act.RESUME: Right.MANAGE,
    Act.CANCEL: Right.MANAGE,
    Act.CLOSE: Right.MANAGE,
    Act.CORRECT: Right.IMPORT,
}
"""What an act needs; 撤回 needs the right to the act it takes back."""

ENDED_BY_CHECK = frozenset({State.CLOSED, State.NOT_APPLICABLE})
"""States out of which 退回 brings an item back: the office's right alone (rule 2)."""


def right_to(act: Act, state: State) -> Right:
    """The right to do this to an item in this state, and to take it back again (`state`: the one it was done in)."""
    return Right.REOPEN if act is Act.RETURN and state in ENDED_BY_CHECK else RIGHT_OF[act]


@dataclass(frozen=True)
class Scope:
    """Whose item it is: the unit that owes it (None: a whole row), its leads, and who checks it (empty: the office)."""

    unit_id: int | None
    leads: frozenset[int]
    checkers: frozenset[int] = frozenset()


_OFFICE_ONLY = frozenset({Right.IMPORT, Right.BROADCAST, Right.DRAFT, Right.MANAGE, Right.REOPEN, Right.SEE_PEOPLE})


def may_overrule(member: Member, units: frozenset[int], headed: bool) -> bool:
    """Whether this person may call it a false alarm that words from one of `units` were refused for what they hold.

    The unit answers for what it publishes: its head. The office stands in where no such unit has one (not `headed`).
    """
    return bool(member.units(Role.HEAD) & units) or (not headed and member.is_office)


def may(member: Member, right: Right, scope: Scope | None = None) -> bool:
    """Whether this person holds this right, over this item where the right is over items."""
    if member.is_office:
        return True
    if right is Right.SEE_COUNTY:
        return member.sees_all
    if right is Right.SEE_QUEUE:
        return Role.REVIEWER in member.roles
    if right is Right.SEE_LATE:
        return Role.REVIEWER in member.roles or member.sees_all
    if right in _OFFICE_ONLY or scope is None:
        return False
    if right is Right.SEE_ITEM:
        return member.sees_all or scope.unit_id in member.acts_for or bool(member.reviews_for & scope.leads)
    if right is Right.REPORT:
        return scope.unit_id is not None and scope.unit_id in member.acts_for
    if right is Right.CHECK:
        # Nobody closes their own item, whatever posts they hold (rule 2).
        return bool(member.reviews_for & scope.checkers) and scope.unit_id not in member.reviews_for | member.acts_for
    return bool(member.reviews_for & scope.leads)
