"""How the ledger's files come into being: whole or not at all, a row at a time, and every failure one line."""

import gc
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ledgers import EVENING, MADE_AT, ROW, UNRESOLVED

from bot.documents.ledger import LedgerRow, write_csv, write_json
from bot.documents.outgoing import NotWritten
from bot.documents.workbook import write_xlsx

Writer = Callable[[Any, Iterable[LedgerRow]], None]


def _write_xlsx(target: Any, rows: Iterable[LedgerRow]) -> None:
    write_xlsx(target, rows, "台账", MADE_AT)


WRITERS = pytest.mark.parametrize("write", [_write_xlsx, write_csv, write_json])


def interrupted() -> Iterator[LedgerRow]:
    yield ROW
    raise RuntimeError("the database is gone")


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own directory for temporary files, to see what is left in it."""
    path = tmp_path / "scratch"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


@WRITERS
def test_a_crash_leaves_the_old_file_and_nothing_else(write: Writer, tmp_path: Path, scratch: Path) -> None:
    target = tmp_path / "台账"
    target.write_text("the old one")
    with pytest.raises(RuntimeError, match="database"):
        write(target, interrupted())
    gc.collect()
    assert target.read_text() == "the old one"
    assert sorted(tmp_path.iterdir()) == sorted([target, scratch])
    assert list(scratch.iterdir()) == []


@WRITERS
def test_a_finished_file_takes_the_place_of_the_old_one(write: Writer, tmp_path: Path, scratch: Path) -> None:
    target = tmp_path / "台账"
    target.write_text("the old one")
    (tmp_path / "link").symlink_to(target)
    write(str(tmp_path / "link"), [ROW])
    again = io.BytesIO()
    write(again, [ROW])
    assert len(target.read_bytes()) == len(again.getvalue())
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "scratch", "台账"]
    assert list(scratch.iterdir()) == []


@WRITERS
@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("missing/台账.xlsx", "目录不存在"),
        ("a file/台账.xlsx", "上级不是目录"),
        ("a folder", "那里是文件夹或设备，请写明文件名"),
        ("字" * 100, "文件名太长"),
    ],
)
def test_a_target_that_cannot_be_written_is_one_line(write: Writer, where: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    with pytest.raises(NotWritten) as refused:
        write(tmp_path / where, [ROW])
    assert str(refused.value) == f"台账写不进 {tmp_path / where}：{why}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a file", "a folder"]


class FullDisk(io.BytesIO):
    def write(self, _data: Any, /) -> int:
        raise OSError(28, "No space left on device")


@WRITERS
def test_a_full_disk_is_an_error_and_leaves_nothing_behind(write: Writer, scratch: Path) -> None:
    with pytest.raises(OSError, match="No space"):
        write(FullDisk(), [ROW])
    gc.collect()  # an object that dies complaining would fail the test here
    assert list(scratch.iterdir()) == []


@WRITERS
def test_a_given_file_stays_open_for_its_owner(write: Writer) -> None:
    out = io.BytesIO()
    write(out, [ROW])
    assert out.getvalue()


@WRITERS
def test_a_moment_without_a_zone_is_refused(write: Writer) -> None:
    with pytest.raises(ValueError, match="aware"):
        write(io.BytesIO(), [replace(ROW, signed_at=EVENING.replace(tzinfo=None))])


@pytest.mark.parametrize("write", [write_json, write_csv, partial(write_xlsx, title="台账", made_at=MADE_AT)])
def test_rows_are_taken_and_told_of_one_at_a_time(write: Callable[..., None]) -> None:
    events: list[str] = []

    def rows() -> Iterator[LedgerRow]:
        for row in (ROW, UNRESOLVED, ROW):
            events.append(row.code)
            yield row

    write(io.BytesIO(), rows(), progress=lambda done: events.append(f"{done} done"))
    assert events == ["31-1", "1 done", "13", "2 done", "31-1", "3 done"]
