from pathlib import Path

import pytest
from rosters import Problems, Read

from bot.documents.roster import Roster, RosterError, read_roster


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads a roster of these words or bytes, from a file of this name."""

    def reading(content: str | bytes, name: str = "people.csv") -> Roster:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_roster(path)

    return reading


@pytest.fixture
def problems(read: Read) -> Problems:
    def refused(content: str | bytes, name: str = "people.csv") -> tuple[str, ...]:
        with pytest.raises(RosterError) as refusal:
            read(content, name)
        assert all("\n" not in problem for problem in refusal.value.problems)
        assert str(refusal.value).startswith(refusal.value.problems[0])
        return refusal.value.problems

    return refused
