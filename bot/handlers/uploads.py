"""A file somebody sent: fetched within limits, scanned by name and contents, kept under DUBAN_DATA_DIR/evidence."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bot.evidence.contents import NotReadable, Trouble, look_into
from bot.evidence.findings import Kind, named
from bot.evidence.scan import kinds_of, scan
from bot.services.files import FOLDER
from bot.services.overrules import Marks, Withheld
from bot.services.report import Proof
from bot.texts import answers
from bot.texts.words import without_markup
from bot.wecom.client import WecomClient
from bot.wecom.errors import MediaTooLarge, PlatformError
from bot.wecom.messages import Incoming

PATIENCE = 30.0  # seconds: somebody waits for an answer
LARGEST = 20 * 1024 * 1024  # bytes: the platform's own limit for files


@dataclass(frozen=True)
class Kept:
    """What became of a file: stored as `proof`, or not and why; `held` where that is for what it seems to hold."""

    proof: Proof | None = None
    problem: str = ""
    held: Withheld | None = None


async def keep_file(
    client: WecomClient,
    data_dir: Path,
    incoming: Incoming,
    key: str,
    marks: Marks,
    overruled: Callable[[str], Awaitable[bool]],
) -> Kept:
    """Doing it twice writes the same file again. Raises when the platform is away: the message is tried again then.

    `overruled` says of a file's mark whether what it holds was called a false alarm.
    """
    try:
        name, data = await client.download(incoming.media_id, LARGEST)
    except MediaTooLarge:
        return Kept(problem="文件太大（最多 20 MB），没有保存。请压缩或改发链接。")
    except PlatformError as error:
        if error.cls.value in ("transient", "token", "rate", "settings"):
            raise
        return Kept(problem="文件取不到（可能已过期），请再发一次。")
    shown = _clean(incoming.file_name or name or ("图片.jpg" if incoming.kind == "image" else "文件"))
    by_name = kinds_of(scan(shown))
    try:
        inside = await _inside(data) if incoming.kind != "image" else ()
    except NotReadable as error:
        return Kept(problem=_NOT_READABLE[error.trouble])
    if by_name or inside:
        kinds = tuple(kind for kind in Kind if kind in by_name or kind in inside)
        held = Withheld(kinds, "文件", marks.of_file(incoming.sender, shown, data))
        if held.final or not await overruled(held.mark):
            refusal = answers.PERSONAL_FILE if inside else answers.PERSONAL_NAME
            return Kept(problem=refusal.format(what=named(kinds)), held=held)
    stored = f"{FOLDER}/{re.sub(r'[^0-9A-Za-z-]', '_', key)}{PurePosixPath(shown).suffix[:10]}"
    await asyncio.to_thread(_write, data_dir / stored, data)
    return Kept(Proof("file", shown, stored))


async def _inside(data: bytes) -> tuple[Kind, ...]:
    """What the contents hold that cannot be kept (rule 8). Raises NotReadable."""
    try:
        return await asyncio.wait_for(asyncio.to_thread(look_into, data), PATIENCE)
    except TimeoutError:
        raise NotReadable(Trouble.TOO_MUCH) from None


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
