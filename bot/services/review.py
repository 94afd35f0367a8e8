"""What those who check do: 通过, 退回, 催办."""

from collections.abc import Sequence

from bot.domain.states import Act, State
from bot.services import audience, prompts
from bot.services.work import WITHDREW, Work, snapshot
from bot.store.items import ItemRow


async def approve(work: Work, item: ItemRow, words: str = "") -> None:
    """通过 → 已销号. The unit and whoever submitted learn it with the next morning's digest."""
    assignment = await work.assignment(item)
    before = snapshot(assignment)
    assignment.state = State.CLOSED
    assignment.closed_at = work.now
    withdrew = await prompts.withdraw_requests(work, item)
    work.audit(Act.APPROVE, item.subject, before, {**snapshot(assignment), WITHDREW: withdrew}, words)
    await prompts.settle(work, f"submission:{item.id}:{item.submission}", _by(work, "已通过"))
    await told_unit(work, item, f"{item.ref} 已通过审核，销号")


async def send_back(work: Work, items: Sequence[ItemRow], reason: str) -> None:
    """退回: items of one unit go back to work with a reason, and the unit hears of them in one message; also reopens
    what is closed or was granted 不涉及."""
    for item in items:
        assignment = await work.assignment(item)
        before = snapshot(assignment)
        assignment.state = State.RETURNED
        assignment.closed_at = None
        assignment.returned_at = work.now
        assignment.return_reason = reason
        assignment.last_entry_at = work.now
        if assignment.signed_at is None:
            assignment.signed_at = work.now  # closed before the service went live, reopened now
        work.audit(Act.RETURN, item.subject, before, snapshot(assignment), reason)
        await prompts.settle(work, f"submission:{item.id}:{item.submission}", _by(work, "已退回"))
    await prompts.returned(work, items, reason, await audience.unit_contact(work.session, items[0].unit_id))


async def urge(work: Work, items: Sequence[ItemRow]) -> list[str]:
    """催办: one message to the unit's contact for all of `items` (of one unit). Empty where it has no contact."""
    people = await audience.unit_contact(work.session, items[0].unit_id)
    if not people:
        return []
    who = work.member.name if work.member else ""
    post = next(iter(work.member.posts)).unit if work.member else ""
    await prompts.urged(work, list(items), people, f"{post}{who}")
    for item in items:
        state = snapshot(await work.assignment(item))
        work.audit(Act.URGE, item.subject, state, state)
    return people


async def told_unit(work: Work, item: ItemRow, words: str) -> None:
    """Good to know for the unit: its contact and whoever handed the item in."""
    keys = await audience.unit_contact(work.session, item.unit_id)
    if item.submitted_by:
        keys.append(item.submitted_by.lower())
    for key in dict.fromkeys(keys):
        await work.tell(f"act:{item.id}:{work.message_key}:{key}", key, words)


def _by(work: Work, what: str) -> str:
    return f"{what}（{work.member.name}）" if work.member else what
