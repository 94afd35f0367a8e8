"""The roster read into people, and the sandbox started by hand."""

import asyncio
import sys
from pathlib import Path

import aiohttp
import pytest

from sandbox.credentials import DEMO
from sandbox.people import Person, load_people

ROSTER = """\
单位,姓名,账号,角色
沙坪镇,李勇,shaping,联络员
县政府,卢丽华,lingdao,县领导
县政府办公室,石维新,shi,县办
县政府办公室,石维新,shi,审核人
县司法局,曾峰,zeng,联络员
县司法局,金冬梅,jin,审核人
新民镇,王娟,wang,联络员
新民镇,代鑫,dai,单位负责人
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def test_main_characters_come_first_and_roles_are_joined(tmp_path: Path) -> None:
    people = load_people(write(tmp_path, ROSTER))
    assert [one.userid for one in people] == ["wang", "jin", "shi", "lingdao", "shaping", "zeng", "dai"]
    assert people[2] == Person("shi", "石维新", "县政府办公室", "县政府办公室 · 县办、审核人")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("单位,姓名,角色\n新民镇,王娟,联络员\n", "缺少列 账号"),
        (ROSTER + "新民镇,,x,联络员\n", "第 10 行"),
        (ROSTER + "新民镇,甲\n", "第 10 行"),
    ],
)
def test_a_wrong_roster_is_refused_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refusal:
        load_people(write(tmp_path, text))
    assert "\n" not in str(refusal.value)


def test_the_countys_own_roster_can_be_read() -> None:
    people = load_people(Path(__file__).parents[2] / "county" / "dianjiang" / "people.csv")
    assert [one.label for one in people[:2]] == ["新民镇 · 联络员", "新民镇 · 联络员"]
    assert len({one.userid for one in people}) == len(people) > 100


async def test_it_runs_alone_and_prints_what_a_bot_needs(tmp_path: Path, unused_tcp_port: int) -> None:
    roster = write(tmp_path, ROSTER)
    address = f"http://127.0.0.1:{unused_tcp_port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--port", str(unused_tcp_port), "--people", str(roster),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert process.stdout is not None
    try:
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(9)]
        assert f"WECOM_API_BASE={address}" in lines
        assert f"WECOM_ENCODING_AES_KEY={DEMO.aes_key}" in lines
        async with aiohttp.ClientSession() as http:
            for path, part in (("/", "政务公开督办"), ("/page/app.js", "listen"), ("/sandbox/people", "新民镇")):
                async with http.get(address + path) as answer:
                    assert part in await answer.text()
    finally:
        process.terminate()
        await process.communicate()


async def test_a_missing_roster_ends_with_one_line(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sandbox", "--people", str(tmp_path / "none.csv"),
        stderr=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert errors.decode().startswith("读不了人员名册：")
    assert errors.count(b"\n") == 1
