"""A file of the office's, read before the transaction: a notice with its list, a sheet with answers, or neither."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.documents.notice import NoticeError, read_notice
from bot.documents.questions import AnswerSheet, read_answers, write_questions
from bot.domain.draft import ListDraft
from bot.domain.responsibility import Directory
from bot.domain.settled import list_key, with_unit_questions
from bot.texts import imports

PATIENCE = 30.0  # seconds: somebody waits for an answer
SLOW = 3.0  # seconds after which they are told that it is being read


@dataclass(frozen=True)
class Read:
    """What a file turned out to be; `problem` says in one line why it is no notice. `sheet_path`: its questions as a
    file to fill in, under DUBAN_DATA_DIR, or ""."""

    name: str
    draft: ListDraft | None = None
    answers: AnswerSheet | None = None
    problem: str = ""
    sheet_path: str = ""


async def read_file(data_dir: Path, path: str, name: str, directory: Directory, key: str, year: int | None) -> Read:
    """Beside the event loop. Never raises for what a file holds."""
    sheet = f"out/{key}-questions.xlsx"
    try:
        return await asyncio.wait_for(asyncio.to_thread(_read, data_dir, path, name, directory, sheet, year), PATIENCE)
    except TimeoutError:
        return Read(name, problem=imports.TAKES_LONG)


def _read(data_dir: Path, path: str, name: str, directory: Directory, sheet: str, year: int | None) -> Read:
    data = (data_dir / path).read_bytes()
    if answers := read_answers(data):
        return Read(name, answers=answers)
    try:
        draft = read_notice(data, name, directory, year=year)
    except NoticeError as error:
        return Read(name, problem=str(error))
    asked = with_unit_questions(draft, directory).questions
    if asked:
        (data_dir / sheet).parent.mkdir(parents=True, exist_ok=True)
        items = {row.number: row.item for row in draft.rows}
        write_questions(data_dir / sheet, draft.title, list_key(draft), list(enumerate(asked, 1)), items)
    return Read(name, draft=draft, sheet_path=sheet if asked else "")
