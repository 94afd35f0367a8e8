"""The house rules that no tool checks: short files, settings and commands that are documented, nothing of anybody's
own machine."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from bot.cli import app
from bot.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
PARTS = (".ci", "bot", "county", "docs", "sandbox", "scheduler", "tests")
CODE = {".py", ".js", ".css", ".html", ".sh"}
READMES = ("README.md", "README.zh-CN.md")
LONGEST = 400  # lines

LONG_FOR_A_REASON = {
    "tests/contract/test_contract_chat.py": "one story of the chat table, told against one running service",
    "tests/documents/foreign_notices.py": "documents as data, each beside the rows it should give",
    "tests/documents/more_notices.py": "documents as data, each beside the rows it should give",
    "tests/documents/third_notices.py": "documents as data, each beside the rows it should give",
    "bot/store/migrations/versions/0001_first_schema.py": "one migration makes the whole first schema; never edited",
}


def files() -> Iterator[Path]:
    """The texts a checkout holds, without what it makes for itself."""
    for path in ROOT.iterdir():
        if path.is_file() and path.name != ".env" and not re.search(r"\.db(-\w+)?$", path.name):
            yield path
    for part in PARTS:
        for folder, below, names in os.walk(ROOT / part):
            below[:] = [name for name in below if name not in ("__pycache__", "node_modules")]
            yield from (Path(folder) / name for name in names if not name.endswith(".png"))


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def test_no_file_is_long_without_a_reason() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(text_of(path).splitlines()) for path in files() if path.suffix in CODE
    }
    long = {name for name, lines in lengths.items() if lines > LONGEST}
    assert long == set(LONG_FOR_A_REASON), "split the file, or say why it must be long (and no longer of what is short)"


def test_nothing_names_a_place_on_somebodys_machine() -> None:
    somebodys = re.compile(r"(?<![\w.~])/(?:work|home|Users|root)/\w")
    found = {path.relative_to(ROOT).as_posix() for path in files() if somebodys.search(text_of(path))}
    assert found == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_exact_and_hold_for_any_index(lock: str) -> None:
    lines = [line for line in text_of(ROOT / lock).splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", line)] == []


def sample() -> dict[str, tuple[str, str]]:
    """Name -> (the sentence above it, its value); a setting that is unset by default is commented out."""
    found: dict[str, tuple[str, str]] = {}
    above = ""
    for line in text_of(ROOT / ".env.example").splitlines():
        setting = re.fullmatch(r"(?:# )?([A-Z][A-Z_]+)=(.*)", line)
        if setting:
            assert setting[1] not in found, f"{setting[1]} stands there twice"
            found[setting[1]] = (above, setting[2])
        above = line.removeprefix("# ") if line.startswith("# ") else ""
    return found


def test_every_setting_has_a_sentence_in_env_example() -> None:
    there = sample()
    assert set(there) == {name.upper() for name in Settings.model_fields}
    assert [name for name, (sentence, _) in there.items() if not re.search(r"[\u4e00-\u9fff].*。$", sentence)] == []


def test_an_untouched_env_example_means_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    assert load_settings(_env_file=ROOT / ".env.example") == load_settings(_env_file=None)


def test_the_values_of_env_example_are_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    everything = "".join(f"{name}={value}\n" for name, (_, value) in sample().items())
    (tmp_path / "env").write_text(everything, encoding="utf-8")
    load_settings(_env_file=tmp_path / "env")


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_the_two_commands(readme: str) -> None:
    lines = [line.split("#")[0].strip() for line in text_of(ROOT / readme).splitlines()]
    assert {"make demo", "make test"} <= set(lines)


def commands() -> set[str]:
    root = typer.main.get_command(app)
    assert isinstance(root, typer.core.TyperGroup)
    return set(root.commands)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_has_the_commands_there_are(readme: str) -> None:
    table = re.findall(r"^\| `duban (\w+)", text_of(ROOT / readme), re.MULTILINE)
    assert set(table) == commands()


def test_no_document_names_a_command_there_is_not() -> None:
    documents = [ROOT / name for name in (*READMES, ".env.example")] + sorted((ROOT / "docs").rglob("*.md"))
    named = {(path.name, word) for path in documents for word in re.findall(r"(?:`|bin/)duban ([a-z]+)", text_of(path))}
    assert {(name, word) for name, word in named if word not in commands()} == set()


def test_links_and_pictures_of_documents_are_there() -> None:
    broken = []
    for path in [*(ROOT / name for name in READMES), *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(path)):
            if not (path.parent / target).exists():
                broken.append(f"{path.name}: {target}")
    assert broken == []


def test_decisions_are_short() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    assert [path.name for path in records if len(text_of(path).splitlines()) > 40] == []
