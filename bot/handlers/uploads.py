"""A file somebody sent: fetched within limits, scanned by name and contents, kept under DUBAN_DATA_DIR/evidence."""

import asyncio
import re
from pathlib import Path, PurePosixPath

from bot.evidence.contents import NotReadable, Trouble, look_into
from bot.evidence.scan import describe, scan
from bot.services.files import FOLDER
from bot.services.report import Proof
from bot.texts import answers
from bot.texts.words import without_markup
from bot.wecom.client import WecomClient
from bot.wecom.errors import MediaTooLarge, PlatformError
from bot.wecom.messages import Incoming

PATIENCE = 30.0  # seconds: somebody waits for an answer
LARGEST = 20 * 1024 * 1024  # bytes: the platform's own limit for files


async def keep_file(client: WecomClient, data_dir: Path, incoming: Incoming, key: str) -> tuple[Proof | None, str]:
    """The stored file, or None and why. Doing it twice writes the same file again. Raises when the platform is away:
    the message is tried again then."""
    try:
        name, data = await client.download(incoming.media_id, LARGEST)
    except MediaTooLarge:
        return None, "文件太大（最多 20 MB），没有保存。请压缩或改发链接。"
    except PlatformError as error:
        if error.cls.value in ("transient", "token", "rate", "settings"):
            raise
        return None, "文件取不到（可能已过期），请再发一次。"
    shown = _clean(incoming.file_name or name or ("图片.jpg" if incoming.kind == "image" else "文件"))
    findings = scan(shown)
    if findings:
        return None, answers.PERSONAL.format(what=describe(findings))
    problem = await _problem(data) if incoming.kind != "image" else ""
    if problem:
        return None, problem
    stored = f"{FOLDER}/{re.sub(r'[^0-9A-Za-z-]', '_', key)}{PurePosixPath(shown).suffix[:10]}"
    await asyncio.to_thread(_write, data_dir / stored, data)
    return Proof("file", shown, stored), ""


async def _problem(data: bytes) -> str:
    """Why the contents cannot be kept (rule 8), or ""."""
    try:
        found = await asyncio.wait_for(asyncio.to_thread(look_into, data), PATIENCE)
    except NotReadable as error:
        return _NOT_READABLE[error.trouble]
    except TimeoutError:
        return answers.HUGE_FILE
    return answers.PERSONAL_FILE.format(what=found) if found else ""


_NOT_READABLE = {
    Trouble.PASSWORD: answers.LOCKED_FILE,
    Trouble.TOO_MUCH: answers.HUGE_FILE,
    Trouble.OLD_FORMAT: answers.OLD_FILE,
    Trouble.ARCHIVE: answers.ARCHIVE_FILE,
}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _clean(name: str) -> str:
    """A name to show: no path, nothing unprintable, no markup, not endless."""
    base = re.split(r"[\\/]", name)[-1]
    return without_markup("".join(char for char in base if char.isprintable())[-80:]) or "文件"
