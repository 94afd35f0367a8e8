"""Files that go out: whole or not at all, and only with characters that every reader can show."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import uuid4

from bot.texts.causes import system_cause

Target = str | Path | IO[bytes]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class NotWritten(Exception):
    """A file cannot be written where it was asked for; the text is one Chinese line for the person who asked."""


def printable(text: str) -> str:
    """What XML forbids (control characters, halves of characters) becomes a mark: it comes from people's chats."""
    return _NOT_XML.sub("\ufffd", text)


@contextmanager
def opened(target: Target, what: str) -> Iterator[IO[bytes]]:
    """The target open for writing: as given, or a file beside the path that takes its place when it is complete, so
    that a crash leaves the old file or none, never half of one. `what` is it called in Chinese. Raises NotWritten
    where a path cannot be written."""
    if not isinstance(target, str | Path):
        yield target
        return
    path = Path(target)
    partial = path.parent / f".{uuid4().hex}.part"
    try:
        if path.exists() and not path.is_file():
            raise NotWritten(f"{what}写不进 {path}：那里是文件夹或设备，请写明文件名")
        try:
            with partial.open("xb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path.resolve())
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotWritten(f"{what}写不进 {path}：{system_cause(error)}") from error
