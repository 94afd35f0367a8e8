"""Processes of a measurement: started, waited for until they answer, and stopped."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.bench.report import BenchError

START_TIMEOUT = 60.0  # seconds until a process that does not answer is given up
LOOK_EVERY = 0.005  # seconds; what a start-up time may be off by
STOP_TIMEOUT = 15.0  # seconds

_ROOT = Path(bot.__file__).parent.parent


@dataclass(frozen=True)
class Server:
    """A running process that answers on a port of this machine."""

    pid: int
    port: int
    started_in: float  # seconds from its start to its first answer
    cpu: float | None  # seconds of it on a processor: what is left of them on an idle machine; None without /proc


@dataclass(frozen=True)
class Finished:
    """A command that ended well."""

    output: str
    seconds: float


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(module: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> Finished:
    """Runs `python -m module` in `folder` to its end. Raises BenchError if it fails."""
    clock = asyncio.get_running_loop().time
    started = clock()
    process = await asyncio.to_thread(_start, module, arguments, env, folder)
    try:
        code = await asyncio.to_thread(process.wait)
    finally:
        process.kill()
    seconds = clock() - started
    if code != 0:
        raise BenchError(f"{_named(module, arguments)} 没有成功：{_last_line(folder, process)}")
    return Finished(_output(folder, process, "out"), seconds)


@asynccontextmanager
async def serving(
    module: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path, port: int
) -> AsyncIterator[Server]:
    """Runs `python -m module`, which answers GET /healthz on `port`, until the block ends. Raises BenchError."""
    clock = asyncio.get_running_loop().time
    started = clock()
    process = await asyncio.to_thread(_start, module, arguments, env, folder)
    try:
        while not await _answers(port):
            if process.poll() is not None or clock() - started > START_TIMEOUT:
                raise BenchError(f"{_named(module, arguments)} 没有启动：{_last_line(folder, process)}")
            await asyncio.sleep(LOOK_EVERY)
        yield Server(process.pid, port, clock() - started, _cpu_seconds(process.pid))
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait)


def resident_mb(pid: int, field: str = "VmRSS") -> float | None:
    """Resident memory of a process in MB, now (VmRSS) or at its highest (VmHWM); None where there is no /proc."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:"))
    return round(kib / 1024, 1)


def _cpu_seconds(pid: int) -> float | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    user, system = stat.rpartition(")")[2].split()[11:13]  # after the name, which may hold anything
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _start(module: str, arguments: Sequence[str], env: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    # The folder holds no .env, and what the operator has set for the real service must not reach the measurement.
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DUBAN_", "WECOM_"))}
    out, err = _log(folder, "starting", "out"), _log(folder, "starting", "err")
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env={**kept, "PYTHONPATH": str(_ROOT), **env},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
    out.rename(_log(folder, process.pid, "out"))
    err.rename(_log(folder, process.pid, "err"))
    return process


def _log(folder: Path, of: int | str, kind: str) -> Path:
    return folder / f"{of}.{kind}.log"


def _output(folder: Path, process: subprocess.Popen[bytes], kind: str) -> str:
    return _log(folder, process.pid, kind).read_text(encoding="utf-8")


def _last_line(folder: Path, process: subprocess.Popen[bytes]) -> str:
    said = _output(folder, process, "err").strip().splitlines()
    return said[-1] if said else "没有说明原因"


def _named(module: str, arguments: Sequence[str]) -> str:
    return f"python -m {module} {arguments[0] if arguments else ''}".rstrip()


async def _answers(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        return (await reader.read(12)).endswith(b"200")
    except OSError:
        return False
    finally:
        writer.close()
