"""`duban demo` as somebody meets it on a terminal."""

import asyncio
import os
import sys
from pathlib import Path

from support.postgres import free_port


async def started(folder: Path, *options: str) -> list[str]:
    """What it prints until its page is there, and what it prints when it is stopped."""
    command = [sys.executable, "-m", "bot", "demo", "--port", str(free_port()), *options]
    env = {**os.environ, "DUBAN_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, env=env, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
    assert process.stdout is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(90):
            while not lines or not lines[-1].startswith("日志："):
                line = await process.stdout.readline()
                assert line, lines
                lines.append(line.decode().rstrip("\n"))
    finally:
        process.terminate()
    rest, _ = await process.communicate()
    assert process.returncode == 0, rest
    return lines + rest.decode().splitlines()


async def test_the_demo_speaks_to_people_and_logs_to_a_file(tmp_path: Path) -> None:
    said = await started(tmp_path)
    assert not [line for line in said if line.startswith("{") or "event" in line], said
    log = tmp_path / "demo/demo.log"
    assert said[-1] == f"日志：{log}" and "planner.planned" in log.read_text(encoding="utf-8")
    assert not any("聊天记录不保存" in line for line in said)
    assert "演示不打开任何佐证链接（DUBAN_LINK_CHECK=off）" in said
    # Going on says what is there and what is not.
    assert any("聊天记录不保存" in line for line in await started(tmp_path, "--keep"))
