"""Fixtures: a client on a platform on loopback, and the platform's own library in Node.js."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from platform_on_loopback import MakeClient, Platform, SharedTokens, Watch

from bot.wecom.client import WecomClient

PEER = Path(__file__).parent / "peer"

Jobs = list[dict[str, Any]]


@pytest.fixture(scope="session")
def wecom_peer() -> Callable[[Jobs], list[Any]]:
    """Has npm `@wecom/crypto` do a list of jobs (tests/wecom/peer/peer.js)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("SKIPPED PART: npm @wecom/crypto as a peer (node and npm are not installed)")
    script = _installed(npm) / "peer.js"

    def ask(jobs: Jobs) -> list[Any]:
        done = subprocess.run([node, script], input=json.dumps(jobs), capture_output=True, text=True, check=True)
        answers: list[Any] = json.loads(done.stdout)
        return answers

    return ask


def _installed(npm: str) -> Path:
    """The peer in a cache outside the checkout, under the hash of its files; made aside and moved there whole."""
    files = [PEER / name for name in (".npmrc", "package.json", "package-lock.json", "peer.js")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "duban-tests"
    ready = cache / f"wecom-peer-{digest}"
    if ready.exists():
        return ready
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        new = Path(folder) / "peer"
        new.mkdir()
        for file in files:
            shutil.copy(file, new)
        done = subprocess.run([npm, "ci", "--ignore-scripts"], cwd=new, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"SKIPPED PART: npm @wecom/crypto as a peer (npm ci failed: {done.stderr.strip()[-200:]})")
        try:
            new.rename(ready)
        except OSError:
            assert ready.exists(), "another test process installed it first"
    return ready


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def tokens() -> SharedTokens:
    return SharedTokens()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.router.add_route("*", "/cgi-bin/{api:.+}", platform.handle)
    async with TestServer(app) as server:
        platform.base_url = str(server.make_url("/"))
        yield platform


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def make_client(http: aiohttp.ClientSession, platform: Platform, tokens: SharedTokens, watch: Watch) -> MakeClient:
    def make(**changes: Any) -> WecomClient:
        settings: dict[str, Any] = {
            "base_url": platform.base_url,
            "corp_id": "wwcorp",
            "secret": "right-secret",
            "agent_id": 1000002,
            "token_store": tokens,
            "real_now": watch,
        }
        return WecomClient(changes.pop("session", http), **(settings | changes))

    return make


@pytest.fixture
def client(make_client: MakeClient) -> WecomClient:
    return make_client()
