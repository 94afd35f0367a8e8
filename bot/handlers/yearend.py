"""年报, 报送, 撤回报送, 报送情况, 年报素材: what the year ends with; 通报: the draft of what only a person issues."""

from collections.abc import Sequence
from typing import Any

from bot.dialogue.intents import Command
from bot.domain.people import Member
from bot.domain.permissions import Right, Scope, may
from bot.handlers.context import Ctx, Made, Refused
from bot.handlers.making import may_see, reports_of
from bot.handlers.targets import WHO, named_units
from bot.services import conversation, handin
from bot.services.yearend import NoList, Year, draft_of, latest_year
from bot.services.yearend import confirmed as as_confirmed
from bot.store.reports import UnitReport
from bot.texts import answers, reports

_OWN = "本单位的联络员、负责人，县政府办公室、县领导和审计"


async def _year(ctx: Ctx) -> Year:
    try:
        return await latest_year(ctx.work.session)
    except NoList as error:
        raise Refused(str(error)) from None


def _whose(ctx: Ctx, command: Command, what: str) -> Sequence[int] | None:
    """Units this person may see the report of; None: the county."""
    try:
        units = reports_of(ctx.member, named_units(ctx, command))
    except LookupError:
        raise Refused(reports.which_unit(what, ctx.unit_names(ctx.member.acts_for))) from None
    if not may_see(ctx.member, units):
        raise Refused(answers.not_allowed(what, _OWN))
    return units


def _made(ctx: Ctx, what: str) -> Made:
    if ctx.made is None:
        raise Refused(f"{what}没有生成成功，请稍后再发一次。")
    return ctx.made


async def report(ctx: Ctx, command: Command) -> str:
    """年报: the file, and what is in it; a unit's own draft then waits for 报送."""
    units, year = _whose(ctx, command, "年报"), await _year(ctx)
    made = _made(ctx, "报告")
    if made.file is not None:
        ctx.files.append(made.file)
    if units is None:
        owing = await handin.owing(ctx.work.session, year)
        return reports.of_county(year.year, len(owing), sum(1 for one in owing if one.report))
    if len(units) > 1:
        return reports.of_units([ctx.unit_name(unit) for unit in units])
    unit, there = units[0], await handin.in_force(ctx.work.session, year, units[0])
    if there is not None:
        if ctx.member.is_office and unit not in ctx.member.acts_for:
            await handin.take(ctx.work, there, year)
        return reports.handed_in_already(ctx.unit_name(unit), there.at, there.by_name)
    mine = _acts(ctx.member, unit)
    if mine:
        waiting = {"report": {"unit": unit, "hash": made.hash}, "what": f"报送{ctx.unit_name(unit)}完成情况报告"}
        await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, waiting)
    return reports.draft(ctx.unit_name(unit), year.year, made.words, year.report_date, mine)


def _acts(member: Member, unit: int) -> bool:
    return may(member, Right.REPORT, Scope(unit, frozenset()))


async def hand_in(ctx: Ctx, command: Command) -> str:
    """报送 confirms the report that was shown; nobody hands in what they have not seen."""
    pending = await conversation.pending(ctx.work, ctx.key)
    shown = pending.payload.get("report") if pending and pending.kind == conversation.CONFIRM else None
    named = named_units(ctx, command)
    if shown is not None and (not named or named == [shown["unit"]]):
        await conversation.forget(ctx.work, ctx.key)
        return await confirmed(ctx, shown)
    unit = await _one_unit(ctx, command, "报送")
    year = await _year(ctx)
    there = await handin.in_force(ctx.work.session, year, unit)
    if there is not None:
        raise Refused(reports.handed_in_already(ctx.unit_name(unit), there.at, there.by_name))
    raise Refused(reports.LOOK_FIRST)


async def confirmed(ctx: Ctx, shown: dict[str, Any]) -> str:
    """The report as it was shown is handed in; if the ledger has moved on since, it is to be looked at again."""
    unit, year = int(shown["unit"]), await _year(ctx)
    if not _acts(ctx.member, unit):  # the role may be gone since it was shown
        raise Refused(answers.not_allowed("报送", WHO[Right.REPORT]))
    there = await handin.in_force(ctx.work.session, year, unit)
    if there is not None:
        raise Refused(reports.handed_in_already(ctx.unit_name(unit), there.at, there.by_name))
    paper = as_confirmed(await draft_of(ctx.work.session, ctx.work.policy, ctx.work.now, year, unit))
    if handin.hash_of(paper) != shown["hash"]:
        raise Refused(reports.MOVED_ON)
    await handin.hand_in(ctx.work, year, unit, paper)
    return reports.handed_in(ctx.unit_name(unit), year.year, ctx.work.now, ctx.member.name)


async def take_back(ctx: Ctx, command: Command) -> str:
    """撤回报送, while the office has not fetched the report; the office itself may always."""
    unit, year = await _one_unit(ctx, command, "撤回报送"), await _year(ctx)
    there: UnitReport | None = await handin.in_force(ctx.work.session, year, unit)
    if there is None:
        raise Refused(f"{ctx.unit_name(unit)}没有报送过完成情况报告，什么都没有改。")
    if there.taken_at is not None and not ctx.member.is_office:
        raise Refused(reports.TAKEN)
    await handin.take_back(ctx.work, there, year)
    return reports.taken_back(ctx.unit_name(unit))


async def _one_unit(ctx: Ctx, command: Command, what: str) -> int:
    """The one unit somebody acts for with this word."""
    units = named_units(ctx, command) or sorted(ctx.member.acts_for)
    if len(units) != 1:
        raise Refused(reports.which_unit(what, ctx.unit_names(ctx.member.acts_for)))
    if not _acts(ctx.member, units[0]):
        raise Refused(answers.not_allowed(what, WHO[Right.REPORT]))
    return units[0]


async def handed_in(ctx: Ctx, command: Command) -> str:
    """报送情况: who has and who has not."""
    wanted = set(named_units(ctx, command))
    if not may(ctx.member, Right.SEE_COUNTY):
        raise Refused(answers.not_allowed("报送情况", WHO[Right.SEE_COUNTY]))
    year = await _year(ctx)
    units = [one for one in await handin.owing(ctx.work.session, year) if not wanted or one.unit_id in wanted]
    done = [one.unit for one in units if one.report]
    return reports.who_has(year.year, year.report_date, done, [one.unit for one in units if not one.report])


async def material(ctx: Ctx, command: Command) -> str:
    """年报素材: a paragraph to copy."""
    _whose(ctx, command, "年报素材")
    await _year(ctx)
    return reports.material(_made(ctx, "年报素材").words)


async def bulletin(ctx: Ctx, command: Command) -> str:
    """通报: a draft with facts; it is a person who issues it (rule 6)."""
    named_units(ctx, command)  # refuses a name nobody knows
    if not may(ctx.member, Right.DRAFT):
        raise Refused(answers.not_allowed("通报", WHO[Right.DRAFT]))
    await _year(ctx)
    made = _made(ctx, "通报代拟稿")
    if made.file is None:
        return reports.no_bulletin(ctx.work.policy.propose_bulletin)
    ctx.files.append(made.file)
    return reports.bulletin(made.words)
