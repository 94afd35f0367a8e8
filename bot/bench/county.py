"""The county's list on a fresh database, in a folder of the measurement's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.bench.processes import run
from bot.documents.county import load_county
from bot.settings import Settings, load_settings
from sandbox.credentials import DEMO

NAME = "dianjiang"
FIRST_MORNING = "2021-05-25T09:16:00+08:00"  # a minute after the last digest of the day the list came out
BEFORE_WORK = "2021-05-25T08:00:00+08:00"


@dataclass(frozen=True)
class Place:
    """A folder with a database, and the environment of a service that lives there."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def database_url(self) -> str:
        return self.environment["DUBAN_DATABASE_URL"]

    def settings(self) -> Settings:
        """The same for a part of the service that is measured inside this process."""
        return load_settings(_env_file=None, **{name.lower(): value for name, value in self.environment.items()})


def place(folder: Path, platform_port: int, at: str, **more: str) -> Place:
    """A service whose clock stands at `at` (ISO) and whose platform is the port on this machine."""
    environment = {
        **DEMO.environment(f"http://127.0.0.1:{platform_port}"),
        "DUBAN_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'duban.db'}",
        "DUBAN_DATA_DIR": str(folder / "data"),
        "DUBAN_POLICY": str(load_county(NAME).policy_path),
        "DUBAN_CLOCK": at,
        "DUBAN_CLOCK_SPEED": "0",
        "DUBAN_LINK_CHECK": "off",
        "DUBAN_HOST": "127.0.0.1",
        **more,
    }
    return Place(folder, environment)


async def load(where: Place) -> None:
    """`duban init` and `duban roster`, as an operator does before the first morning. Raises BenchError."""
    before = {**where.environment, "DUBAN_CLOCK": BEFORE_WORK}
    await run("bot", ["init", "--county", NAME], before, where.folder)
    await run("bot", ["roster", str(load_county(NAME).people_path)], before, where.folder)
