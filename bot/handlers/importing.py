"""导入, 问题, 答, 交办: the office turns a notice into a list, in the chat."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from bot.dialogue.intents import Command
from bot.dialogue.names import Names
from bot.dialogue.replies import answer_to, replies
from bot.documents.questions import AnswerSheet
from bot.domain.draft import Question
from bot.domain.permissions import Right, may
from bot.domain.responsibility import suggest
from bot.domain.settled import NEW_UNIT, YEAR_ONLY, Unclear, list_key, with_units
from bot.handlers import noticing, paging
from bot.handlers.context import Ctx, File, Refused
from bot.handlers.reading import Read
from bot.handlers.reporting import submit_asked
from bot.handlers.targets import WHO
from bot.services import conversation, drafts, lists
from bot.services.conversation import Pending
from bot.services.drafts import Standing
from bot.services.packing import unpack
from bot.services.report import Proof
from bot.store.tables import Draft
from bot.texts import answers, imports
from bot.texts.words import clock

SHEET = "答题表.xlsx"
FRESH = timedelta(days=1)  # an older preview is shown once more before its list goes out
_ASKED = (conversation.EVIDENCE, conversation.ITEM)


def _need(ctx: Ctx, what: str) -> None:
    if not may(ctx.member, Right.IMPORT):
        raise Refused(answers.not_allowed(what, WHO[Right.IMPORT]))


async def file_sent(ctx: Ctx, proof: Proof, read: Read | None) -> str:
    """A file from the office: a list, a sheet with answers, or what it was before. What it is, is never guessed."""
    if read is None or not may(ctx.member, Right.IMPORT):
        return await noticing.file_sent(ctx, proof)
    if read.answers is not None:
        return await _sheet_sent(ctx, read.answers)
    if read.draft is None:
        return await noticing.file_sent(ctx, proof)
    await conversation.keep_file(ctx.work, ctx.key, proof.stored_as or "", proof.name)
    asked = await conversation.pending(ctx.work, ctx.key)
    if asked is not None and asked.kind in _ASKED:
        then = {"kind": asked.kind, "payload": asked.payload, "proof": asdict(proof)}
        await conversation.expect(ctx.work, ctx.key, conversation.FILE, then)
        return imports.ONE_OF_BOTH.format(name=proof.name, rows=len(read.draft.rows))
    return await _preview(ctx, read)


async def is_evidence(ctx: Ctx, waiting: Pending) -> str:
    """佐证: the file was meant for the item that was asked about."""
    await conversation.expect(ctx.work, ctx.key, waiting.payload["kind"], waiting.payload["payload"])
    return await submit_asked(ctx, (Proof(**waiting.payload["proof"]),))


async def bring_in(ctx: Ctx, command: Command) -> str:
    """导入: the file sent last, or the preview that is open, once more."""
    _need(ctx, "导入")
    if ctx.read is not None:
        if ctx.read.draft is None:
            raise Refused(ctx.read.problem or imports.NO_DRAFT)
        await conversation.leave(ctx.work, ctx.key, conversation.FILE)
        return await _preview(ctx, ctx.read)
    draft = await drafts.open_of(ctx.work.session, ctx.key)
    if draft is None:
        raise Refused(imports.NO_DRAFT)
    return await _show(ctx, await drafts.standing(ctx.work, draft), "")


async def _preview(ctx: Ctx, read: Read) -> str:
    assert read.draft is not None
    draft = await drafts.keep(ctx.work, read.draft, read.name)
    return await _show(ctx, await drafts.standing(ctx.work, draft), read.sheet_path)


async def _show(ctx: Ctx, now: Standing, sheet: str) -> str:
    """One message, and the sheet to fill in behind it; the same notice a second time only says so."""
    if now.unchanged:
        drafts.drop(now.draft)
        assert now.there is not None
        open_ = await drafts.left_open(ctx.work, now.there)
        numbers = [row.number for row in now.stored]
        return imports.unchanged(now.there.title, min(numbers), max(numbers), open_)
    now.draft.shown = now.fingerprint
    waiting = {"draft": now.draft.id, "what": "导入清单"}
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, waiting)
    if sheet and now.waiting:
        ctx.files.append(File(sheet, SHEET))
    if now.there is not None and now.found is not None:
        return imports.correction(now, now.there.title, now.found, bool(sheet))
    return imports.preview(now, await lists.next_number(ctx.work), bool(sheet))


async def questions(ctx: Ctx, command: Command) -> str:
    _need(ctx, "问题")
    draft = await _draft(ctx)
    if draft is None:
        return imports.NO_QUESTIONS
    every = list(enumerate(unpack(draft.content).questions, 1))
    return await paging.show(ctx, command, imports.questions(draft.title, every, dict(draft.answers)))


async def _draft(ctx: Ctx) -> Draft | None:
    """Whose questions are meant: of the preview that is open, else of the list that still has some."""
    return await drafts.open_of(ctx.work.session, ctx.key) or await drafts.unanswered(ctx.work.session)


async def answer(ctx: Ctx, command: Command) -> str:
    """答 3 县教委、县民政局; several lines answer several questions."""
    _need(ctx, "答")
    draft = await _draft(ctx)
    if draft is None:
        raise Refused(imports.NO_DRAFT)
    every = unpack(draft.content).questions
    said = [(number, words) for number, words in replies(command.text) if number is not None]
    given: dict[int, tuple[Question, str]] = {}
    problems = []
    for number, words in said:
        if not 1 <= number <= len(every):
            problems.append(f"没有第 {number} 题，只有 1–{len(every)} 题。" if every else imports.NO_QUESTIONS)
        else:
            given[number] = (every[number - 1], words)
    return await _take(ctx, draft, given, problems)


async def _sheet_sent(ctx: Ctx, sheet: AnswerSheet) -> str:
    draft = await _draft(ctx)
    content = unpack(draft.content) if draft else None
    if draft is None or content is None or list_key(content) != sheet.notice:
        raise Refused(imports.OTHER_NOTICE)
    numbers = {question.key: (number, question) for number, question in enumerate(content.questions, 1)}
    given = {numbers[key][0]: (numbers[key][1], words) for key, words in sheet.answers if key in numbers}
    if not given:
        raise Refused(imports.NOTHING_IN_SHEET)
    return await _take(ctx, draft, given, [])


async def _take(ctx: Ctx, draft: Draft, given: dict[int, tuple[Question, str]], problems: list[str]) -> str:
    """Keeps the answers that are clear; those to a list that is stored already work at once."""
    before = await drafts.standing(ctx.work, draft)
    kept: dict[str, str] = {}
    told: list[tuple[int, str]] = []
    names = Names.of(with_units(ctx.directory, (*before.settled.units, *_new_here(given))))
    for number, (question, words) in given.items():
        found = answer_to(question, words, names, before.settled.draft.year)
        if isinstance(found, Unclear):
            problems.append(imports.unclear(number, question, found, suggest(found.words, ctx.directory)))
        elif question.about == YEAR_ONLY and found not in ("", str(before.settled.draft.year)):
            problems.append(f"年份要重新读一遍文件，请回复：导入 {found}")
        else:
            kept[question.key] = found
            told.append((number, found))
    seen = before.fingerprint == draft.shown
    await drafts.answer(ctx.work, draft, kept)
    if draft.state == "stored":
        done = await drafts.store(ctx.work, draft)
        left = len((await drafts.standing(ctx.work, draft)).open)
        moved = done.corrected.moved if done.corrected else 0
        return imports.settled_now(told, problems, done.dispatched, moved, left)
    now = await drafts.standing(ctx.work, draft)
    if seen:
        draft.shown = now.fingerprint
    await conversation.expect(ctx.work, ctx.key, conversation.CONFIRM, {"draft": draft.id, "what": "导入清单"})
    return imports.answered(told, problems, now, imports.next_step(now, now.there is not None))


def _new_here(given: dict[int, tuple[Question, str]]) -> tuple[str, ...]:
    """A unit that is called new may be named in the same message."""
    return tuple(question.written for question, _ in given.values() if question.about == NEW_UNIT)


async def hand_out(ctx: Ctx, _command: Command) -> str:
    """交办: what the preview showed."""
    _need(ctx, "交办")
    draft = await drafts.open_of(ctx.work.session, ctx.key)
    if draft is None:
        raise Refused(imports.NO_DRAFT)
    return await _store(ctx, draft)


async def confirmed(ctx: Ctx, payload: dict[str, Any]) -> str:
    """确认 to a preview."""
    _need(ctx, "交办")
    draft = await drafts.by_id(ctx.work.session, int(payload["draft"]))
    if draft is None or draft.state != "open" or draft.by != ctx.key:
        raise Refused(imports.NO_DRAFT)
    return await _store(ctx, draft)


async def _store(ctx: Ctx, draft: Draft) -> str:
    now = await drafts.standing(ctx.work, draft)
    year = next((number for number, question in now.waiting if question.about == YEAR_ONLY), None)
    if year is not None:
        raise Refused(f"第 {year} 题年份还没有定，算不了时限。请回复：导入 {now.settled.draft.year}（写对的年份）")
    if ctx.work.now - draft.at > FRESH:
        when, draft.at = clock(draft.at), ctx.work.now
        return imports.LONG_AGO.format(when=when) + await _show(ctx, now, "")
    if now.unchanged or now.fingerprint != draft.shown:
        return imports.MOVED_ON + await _show(ctx, now, "")
    await conversation.leave(ctx.work, ctx.key, conversation.CONFIRM)
    done = await drafts.store(ctx.work, draft)
    open_ = len(now.open)
    if done.corrected is None:
        return imports.stored(draft.title, done.first, done.last, done.dispatched, done.waiting, done.units, open_)
    added = (done.first, done.last) if done.corrected.added else None
    became = done.corrected
    return imports.corrected(draft.title, added, done.dispatched, became.cancelled, became.moved, done.units, open_)


async def dropped(ctx: Ctx, number: int | None = None) -> str | None:
    """取消: the preview of this number, or the one that is open. None where there is none."""
    draft = await drafts.by_id(ctx.work.session, number) if number else await drafts.open_of(ctx.work.session, ctx.key)
    if draft is None or draft.state != "open" or draft.by != ctx.key:
        return None
    drafts.drop(draft)
    return imports.DROPPED
