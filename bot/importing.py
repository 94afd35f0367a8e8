"""duban import: a notice becomes a list. Prints what was read and asked; stores it, or says what it would change."""

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.console import Refusal, load_settings_or_fail, run, say, with_store
from bot.domain.draft import ListDraft
from bot.domain.responsibility import Directory, GroupName, UnitName
from bot.domain.settled import Answers, Settled
from bot.settings import Settings
from bot.store.engine import DatabaseError, Store

MAX_FILE = 20 * 1024 * 1024  # bytes, as in the chat


def import_(
    file: Annotated[Path, typer.Argument(help="通知文件：docx、xlsx、html 或 txt")],
    year: Annotated[int | None, typer.Option("--year", help="没写年份的时限按哪一年", min=2000, max=2100)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看，不写数据库")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只打印 JSON")] = False,
    answers: Annotated[Path | None, typer.Option("--answers", help="填好的答题表（xlsx）")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="把要答的问题写成答题表（xlsx）")] = None,
    correct: Annotated[bool, typer.Option("--correct", help="先前导入过的通知有改动时，照这一份更正")] = False,
) -> None:
    """导入通知和任务清单：能定的交办，其余待明确。同一份通知导入两次什么都不变。"""
    run(_import(load_settings_or_fail(), file, year, dry_run, as_json, answers, output, correct))


async def _import(
    settings: Settings,
    file: Path,
    year: int | None,
    dry_run: bool,
    as_json: bool,
    answers: Path | None,
    output: Path | None,
    correct: bool,
) -> None:
    data = await asyncio.to_thread(_bytes, file)
    sheet = await asyncio.to_thread(_bytes, answers) if answers else None

    async def look(directory: Directory) -> tuple[ListDraft, Answers]:
        from bot.domain.settled import with_unit_questions

        read = await asyncio.to_thread(_read, data, file.name, directory, year)
        asked = with_unit_questions(read, directory)
        given = _answers(sheet, asked, directory) if sheet is not None else {}
        if as_json:
            from bot.documents.notice import draft_json

            say(json.dumps(draft_json(read), ensure_ascii=False, indent=1))
        if output:
            await asyncio.to_thread(_write_sheet, output, asked)
        return (asked if dry_run else read), given

    async def with_database(store: Store, now: datetime) -> None:
        from bot.store import people

        async with store.read() as session:
            directory = await people.directory(session)
        read, given = await look(directory)
        if dry_run:
            _show(read, given, directory, as_json)
        else:
            await _store(settings, store, now, read, given, file.name, as_json, correct)

    if dry_run and (directory := await _without_database(settings)):
        read, given = await look(directory)
        _show(read, given, directory, as_json)
        return
    await with_store(settings, with_database)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise Refusal(f"找不到文件 {path}") from None
    except IsADirectoryError:
        raise Refusal(f"{path} 是文件夹，请写明通知文件") from None
    if len(data) > MAX_FILE:
        raise Refusal(f"文件超过 {MAX_FILE // 1024**2} MB，不像是通知：请只留任务清单的部分，另存后再试")
    return data


def _read(data: bytes, name: str, directory: Directory, year: int | None) -> ListDraft:
    from bot.documents.notice import NoticeError, draft_json, read_notice
    from bot.evidence.scan import describe, scan

    try:
        read = read_notice(data, name, directory, year=year)
    except NoticeError as error:
        raise Refusal(str(error)) from None
    if findings := scan(json.dumps(draft_json(read), ensure_ascii=False)):  # as in the chat (rule 8)
        raise Refusal(f"清单里有{describe(findings)}，为保护个人信息和秘密没有导入：请去掉后再试")
    return read


async def _without_database(settings: Settings) -> Directory | None:
    """The county's own directory where there is no database to ask; looking must not make one."""
    from bot.start import check_schema

    store = Store(settings.duban_database_url)
    try:
        if store.path is not None and not await asyncio.to_thread(store.path.exists):
            return _of_county()
        await check_schema(store)
    except DatabaseError:
        return _of_county()
    finally:
        await store.close()
    return None


def _of_county() -> Directory:
    from bot.documents.county import county_names, load_county

    county = load_county(county_names()[0])
    ids = {unit.name: at for at, unit in enumerate(county.units, 1)}
    return Directory(
        tuple(UnitName(ids[unit.name], unit.name, unit.aliases) for unit in county.units),
        tuple(GroupName(one.name, one.aliases, tuple(ids[name] for name in one.members)) for one in county.groups),
        county.ask,
    )


def _answers(data: bytes, read: ListDraft, directory: Directory) -> Answers:
    from bot.dialogue.names import Names
    from bot.dialogue.replies import answer_to
    from bot.documents.questions import read_answers
    from bot.domain.responsibility import suggest
    from bot.domain.settled import IS_NEW, NEW_UNIT, Unclear, list_key, settle, with_units
    from bot.texts import imports

    sheet = read_answers(data)
    if sheet is None:
        raise Refusal("答题表读不出来：请用 duban import 通知 -o 答题表.xlsx 生成的文件")
    if sheet.notice != list_key(read):
        raise Refusal("答题表不是这份通知的，什么都没有改：请用 -o 重新生成")
    numbers = {question.key: (number, question) for number, question in enumerate(read.questions, 1)}
    told = [(*numbers[key], words) for key, words in sheet.answers if key in numbers]
    new = {question.key: IS_NEW for _, question, _ in told if question.about == NEW_UNIT}
    names = Names.of(with_units(directory, settle(read, new).units))
    given: dict[str, str] = {}
    problems = []
    for number, question, words in told:
        found = answer_to(question, words, names, read.year)
        if isinstance(found, Unclear):
            problems.append(imports.unclear(number, question, found, suggest(found.words, directory)))
        else:
            given[question.key] = found
    if problems:
        raise Refusal("答题表没有用上，什么都没有改：\n" + "\n".join(f"  {problem}" for problem in problems))
    return given


def _write_sheet(path: Path, read: ListDraft) -> None:
    from bot.documents.questions import write_questions
    from bot.domain.settled import list_key

    items = {row.number: row.item for row in read.rows}
    write_questions(path, read.title, list_key(read), list(enumerate(read.questions, 1)), items)


def _show(read: ListDraft, given: Answers, directory: Directory, as_json: bool) -> None:
    from bot.domain.settled import reach, settle

    if not as_json:
        settled = settle(read, given)
        found = reach(settled, directory)
        _print(settled)
        say(f"只看没写：可交办 {found.units} 个单位 {found.items} 项，{found.waiting} 行待明确。")


def _print(settled: Settled) -> None:
    """Everything that was read, in the order of the document, then what is asked and what could not be read."""
    from bot.texts import imports

    for line in imports.report(settled):
        say(line)


async def _store(
    settings: Settings,
    store: Store,
    now: datetime,
    read: ListDraft,
    given: Answers,
    name: str,
    as_json: bool,
    correct: bool,
) -> None:
    from bot.services import drafts
    from bot.services.work import Work
    from bot.texts import imports

    def tell(text: str) -> None:
        if not as_json:
            say(text)

    async with store.write() as session:
        work = Work(session, now, settings.policy)
        draft = await drafts.keep(work, read, name)
        before = await drafts.standing(work, draft)
        await drafts.answer(work, draft, given)
        standing = await drafts.standing(work, draft)
        if not as_json:
            _print(standing.settled)
        if any(question.about == "year" for _, question in standing.open):
            raise Refusal("年份不能确定，没有导入：请加 --year，例如 --year 2026")
        if standing.there is not None and standing.unchanged:
            drafts.drop(draft)
            numbers = [row.number for row in standing.stored]
            left = await drafts.left_open(work, standing.there)
            tell(imports.unchanged(read.title, min(numbers), max(numbers), left))
            return
        if standing.found is not None and not before.unchanged and not correct:
            for line in imports.changes(standing.found, standing.settled.report_date):
                tell(line)
            raise Refusal("这份通知先前导入过，这一份有改动，没有写入。照这一份更正请加 --correct")
        done = await drafts.store(work, draft)
        open_ = len(standing.open)
        if open_:
            await drafts.tell_office(work, draft, f"《{read.title}》已导入，还有 {open_} 个问题待定，回复：问题")
    if done.corrected is None:
        tell(imports.stored(read.title, done.first, done.last, done.dispatched, done.waiting, done.units, open_))
        return
    became = done.corrected
    added = (done.first, done.last) if became.added else None
    tell(imports.corrected(read.title, added, done.dispatched, became.cancelled, became.moved, done.units, open_))
