"""A PostgreSQL cluster of the tests' own, from the server binaries of the machine."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def binaries() -> Path | None:
    """The folder with initdb and postgres, or None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in [*debian, *map(Path, os.environ["PATH"].split(":"))]:
        if all((folder / name).exists() for name in ("initdb", "postgres", "pg_ctl")):
            return folder
    found = shutil.which("postgres")
    return Path(found).parent if found else None


@dataclass(frozen=True)
class Cluster:
    port: int
    restart: Callable[[], None]  # at once, as after a crash: nobody is asked, nothing is written out

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://duban@127.0.0.1:{self.port}/{database}"


@contextmanager
def cluster(more: str = "") -> Iterator[Cluster]:
    """Starts a server on a free loopback port; stops it at the end. PostgreSQL refuses root, so root hands it on.

    `more` are options of the server.
    """
    bin_dir = binaries()
    assert bin_dir is not None
    user = _other_user()
    home = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    if user:
        shutil.chown(home, user)
    data = home / "data"
    as_user: dict[str, object] = {"user": user, "group": pwd.getpwnam(user).pw_gid, "cwd": home} if user else {}
    env = {**os.environ, "HOME": str(home), "LC_ALL": "C"}

    def call(*command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, env=env, **as_user)  # type: ignore[call-overload]
        assert done.returncode == 0, f"{command[0]}: {done.stdout}\n{done.stderr}"

    call(str(bin_dir / "initdb"), "-D", str(data), "-U", "duban", "-A", "trust", "-E", "UTF8", "--no-sync")
    port = free_port()
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off -c full_page_writes=off {more}"

    def control(*words: str) -> None:
        call(str(bin_dir / "pg_ctl"), "-D", str(data), "-w", "-o", options, "-l", str(home / "log"), *words)

    control("start")
    try:
        yield Cluster(port, lambda: control("-m", "immediate", "restart"))
    finally:
        control("-m", "immediate", "stop")
        shutil.rmtree(home, ignore_errors=True)


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL refuses root and there is no other user to run it as")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
