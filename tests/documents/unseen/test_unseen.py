"""Documents as somebody outside would write them: every cell is right or asked, nothing is invented."""

import json
from pathlib import Path

import pytest
from notices import county_directory
from unseen_documents import NAMES, make
from unseen_score import compare

from bot.documents.notice import draft_json, read_notice


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every document with its expected rows beside it."""
    made: Path = tmp_path_factory.mktemp("unseen")
    make(made)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_right_or_asked(folder: Path, name: str) -> None:
    path = folder / name
    wanted = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    score = compare(wanted, draft_json(read_notice(path.read_bytes(), name, county_directory())))
    assert score.faults == []
