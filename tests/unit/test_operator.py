"""What an operator reads: hints of `doctor` and `plan`, and every trouble in Chinese with exit 1."""

import asyncio
import errno
import re
from datetime import datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from support.world import COUNTY_POLICY, prepare
from typer.testing import CliRunner

from bot import cli, doctor, planview
from bot.cli import app, run
from bot.domain.calendar import SHANGHAI
from bot.settings import load_settings
from bot.store.engine import Store
from bot.texts.causes import database_cause, system_cause

ENGLISH = re.compile(r"(?i)permission|denied|directory|file|disk|errno|unable|no such")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('operator') / 'duban.db'}"
    asyncio.run(prepare(url, without=("guiyang_wenying",)))
    return url


@pytest.fixture(autouse=True)
def logs_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command would send this process's logs to a stream that ends with the test."""
    monkeypatch.setattr("bot.cli.log_to_stderr", lambda human: None)


async def examined(**given: object) -> dict[str, str]:
    lines, _ = await doctor.examine(load_settings(_env_file=None, **given))
    return {line[2:].split("：")[0]: line for line in lines}


async def test_doctor_looks_at_the_data_folder_the_fonts_and_next_years_calendar(
    loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"duban_database_url": loaded, "duban_data_dir": tmp_path / "data", "wecom_api_base": "http://127.0.0.1:1"}
    found = await examined(**given, duban_clock="2026-11-02T10:00:00+08:00", duban_clock_speed=0)
    assert found["数据目录"].startswith("✓") and not list((tmp_path / "data").iterdir())
    assert "提示：还不知道 2027 年的放假安排" in found["明年日历"] and found["明年日历"].startswith("✓")
    assert "没有联络员" in found["人员"] and "桂阳街道" in found["人员"]  # a head alone reaches nobody
    assert "明年日历" not in await examined(**given, duban_clock="2026-10-30T10:00:00+08:00", duban_clock_speed=0)

    monkeypatch.setattr(doctor, "FONT_FOLDERS", [tmp_path / "fonts"])
    assert "提示：没有找到中文字体" in (await examined(**given))["字体"]
    (tmp_path / "fonts/noto").mkdir(parents=True)
    (tmp_path / "fonts/noto/NotoSansCJK-Regular.ttc").touch()
    assert "有中文字体" in (await examined(**given))["字体"]

    (tmp_path / "plain").touch()
    for broken in (tmp_path / "plain", tmp_path / "plain/data"):
        lines, well = await doctor.examine(load_settings(_env_file=None, **{**given, "duban_data_dir": broken}))
        assert any(line.startswith("✗ 数据目录") for line in lines) and not well


@pytest.mark.parametrize(
    ("at", "hint"),
    [
        ("2021-05-26T09:00", "晨报从 09:02 起计划，最晚 12:00；看当天的请用 --at 2021-05-26T09:02"),
        ("2021-05-29T09:02", "不是工作日"),
    ],
)
async def test_plan_says_why_there_is_nothing(loaded: str, at: str, hint: str) -> None:
    store = Store(loaded)
    try:
        assert hint in await planview.show(store, COUNTY_POLICY, moment(at), False, False)
    finally:
        await store.close()


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOSPC, errno.ENOTDIR, errno.EISDIR, errno.EROFS, 9999])
def test_an_error_of_the_system_is_one_chinese_line(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    async def stumble() -> None:
        raise OSError(number, "No space left on device", "台账.xlsx")

    with pytest.raises(Exception, match="1") as ended:
        run(stumble())
    assert getattr(ended.value, "exit_code", None) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and "台账.xlsx" in said and not ENGLISH.search(said)
    assert system_cause(OSError(number, "x")) in said


@pytest.mark.parametrize(
    "said", ["unable to open database file", "database or disk is full", "attempt to write a readonly database"]
)
def test_the_usual_words_of_a_database_are_chinese(said: str) -> None:
    assert not ENGLISH.search(database_cause(said)) and database_cause("something else") == "something else"


def test_init_where_no_database_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUBAN_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'plain/duban.db'}")
    done = CliRunner().invoke(app, ["init"])
    assert (
        done.exit_code == 1 and len(done.stderr.splitlines()) == 1 and not ENGLISH.search(done.stderr.split("：")[-1])
    )


@pytest.mark.parametrize(("roles", "warned"), [("web", True), ("web,worker,scheduler", False)])
async def test_a_web_process_alone_on_sqlite_says_that_nobody_works(
    roles: str, warned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serve(_settings: object, _ready: object) -> None:
        return None

    monkeypatch.setattr("bot.app.serve", serve)
    with capture_logs() as logged:
        await cli._serve(load_settings(_env_file=None, duban_roles=roles))
    assert any("没人处理" in str(entry.get("hint")) for entry in logged) is warned
