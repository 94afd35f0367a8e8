"""The machine a figure belongs to. What cannot be found out is left out, not guessed."""

import os
import platform
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from bot.bench.report import Figure

IN_MEMORY = frozenset({"tmpfs", "ramfs"})


@dataclass(frozen=True)
class Disk:
    """Where a folder lives. `kind` is a file system's name as the kernel has it."""

    device: str
    kind: str

    @property
    def keeps(self) -> bool:
        """Whether what is written there survives a power cut at all."""
        return self.kind not in IN_MEMORY


def describe(folder: Path) -> dict[str, Figure]:
    """CPU, cores, memory, versions, and the disk under `folder`."""
    disk = disk_of(folder)
    found: dict[str, Figure] = {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "disk": f"{disk.device} {disk.kind}" if disk else None,
        "load_before": _load(),
    }
    return {name: value for name, value in found.items() if value is not None}


def disk_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> Disk | None:
    """The file system that holds `folder`; None where the kernel does not say."""
    try:
        rows = [row.split() for row in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    where = folder.resolve()
    holding = [row for row in rows if len(row) >= 3 and where.is_relative_to(row[1])]
    if not holding:
        return None
    device, _, kind = max(holding, key=lambda row: len(row[1]))[:3]
    return Disk(device, kind)


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [row.partition(":")[2].strip() for row in text.splitlines() if row.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1)
    except (ValueError, OSError):
        return None


def _load() -> float | None:
    """What else is running: the one-minute average says how far to trust the figures."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None
