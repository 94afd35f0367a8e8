"""A machine of the operator's own: an empty folder, environment variables, the service as a process."""

import http.client
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

from contract.peer import AGENT_ID, CORP_ID, Message, Peer

REPOSITORY = Path(__file__).parents[2]
START = "2021-05-25T08:50:00+08:00"

_ids = itertools.count(6_900_000_000_000_000_001)


def message_id() -> str:
    return str(next(_ids))


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of the service."""

    status: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Machine:
    """One folder with one database. `env` is all the service is told; nothing of the test's environment leaks in."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, **changes: str | None) -> Done:
        """Runs `duban …` to its end. A change of None takes a setting away."""
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=self.home,
            env=self.environment(changes),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def environment(self, changes: Mapping[str, str | None]) -> dict[str, str]:
        system = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        wanted = {**self.env, **changes}
        told = {name: value for name, value in wanted.items() if value is not None}
        return {**system, "HOME": str(self.home), "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1", **told}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Served:
    """A running `duban serve`."""

    machine: Machine
    peer: Peer
    port: int
    process: subprocess.Popen[str]

    # -- HTTP

    def http(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            connection.close()

    def clock(self) -> dict[str, Any]:
        return dict(self.http("GET", "/clock").json())

    def turn(self, to: str) -> Answer:
        return self.http("POST", "/clock", json.dumps({"now": to}).encode(), {"Content-Type": "application/json"})

    def to(self, moment: str) -> dict[str, Any]:
        """Turns the clock: 2021-06-01T09:16 (Shanghai)."""
        answer = self.turn(moment)
        assert answer.status == 200, answer.body.decode()
        return dict(answer.json())

    def settle(self) -> None:
        """Until everything that came in is handled and everything due was tried."""
        self.to(self.clock()["now"])

    # -- the callback

    def deliver(self, inner: str, **changes: str) -> Answer:
        """One callback as the platform makes it. `changes`: msg_signature, timestamp, nonce to send instead."""
        sealed = self.peer.crypto.encrypt(inner)
        timestamp, nonce = "1621904400", secrets.token_hex(5)
        query = {
            "msg_signature": self.peer.crypto.signature(timestamp, nonce, sealed),
            "timestamp": timestamp,
            "nonce": nonce,
            **changes,
        }
        body = (
            f"<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName>"
            f"<AgentID><![CDATA[{AGENT_ID}]]></AgentID><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )
        return self.http("POST", f"/wecom/callback?{urlencode(query, quote_via=quote)}", body.encode())

    # -- life

    def kill(self) -> None:
        """kill -9: no goodbye."""
        self.process.kill()
        self.process.wait(20)

    def stop(self) -> int:
        """SIGTERM, as a service manager stops it. Returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def phone(self, user: str) -> "Phone":
        """Somebody picks up their phone: what came before is read."""
        return Phone(self, user, self.peer.last_number())


@contextmanager
def serving(machine: Machine, peer: Peer, **changes: str | None) -> Iterator[Served]:
    """Starts `duban serve` and waits for its line; ends it whatever happens."""
    port = free_port()
    log = (machine.home / "serve.log").open("a")
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=machine.home,
        env=machine.environment({"DUBAN_HOST": "127.0.0.1", "DUBAN_PORT": str(port), **changes}),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert f":{port}" in line, f"{line}\n{(machine.home / 'serve.log').read_text()}"
        peer.clock_url = f"http://127.0.0.1:{port}/clock"
        yield Served(machine, peer, port, process)
    finally:
        process.kill()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()
        log.close()
        peer.clock_url = ""


def text_xml(user: str, words: str, msg_id: str | None = None) -> str:
    return _xml(user, "text", f"<Content>{escape(words)}</Content><MsgId>{msg_id or message_id()}</MsgId>")


def file_xml(user: str, media_id: str, name: str) -> str:
    return _xml(
        user,
        "file",
        f"<MediaId>{media_id}</MediaId><FileName>{escape(name)}</FileName><MsgId>{message_id()}</MsgId>",
    )


def click_xml(user: str, key: str) -> str:
    return _xml(user, "event", f"<Event>click</Event><EventKey>{escape(key)}</EventKey>")


def press_xml(user: str, key: str, task_id: str, code: str) -> str:
    return _xml(
        user,
        "event",
        f"<Event>template_card_event</Event><EventKey>{escape(key)}</EventKey><TaskId>{task_id}</TaskId>"
        f"<CardType>button_interaction</CardType><ResponseCode>{code}</ResponseCode>",
    )


def _xml(user: str, kind: str, rest: str) -> str:
    return (
        f"<xml><ToUserName>{CORP_ID}</ToUserName><FromUserName>{escape(user)}</FromUserName>"
        f"<CreateTime>{1_621_904_400 + next(_seconds)}</CreateTime><MsgType>{kind}</MsgType>{rest}"
        f"<AgentID>{AGENT_ID}</AgentID></xml>"
    )


_seconds = itertools.count()


@dataclass
class Phone:
    """One person. `says` gives what the bot answers; `new` what came since the last look."""

    served: Served
    user: str
    seen: int

    def says(self, words: str) -> str:
        return self._does(text_xml(self.user, words))

    def sends(self, name: str, data: bytes) -> str:
        return self._does(file_xml(self.user, self.served.peer.put_media(name, data), name))

    def presses(self, message: Message, label: str) -> str:
        return self._does(press_xml(self.user, *self.served.peer.press(message, label)))

    def _does(self, inner: str) -> str:
        self.new()
        answer = self.served.deliver(inner)
        assert answer == Answer(200, b""), answer
        # The answer comes by itself; only then is the clock used to be sure that nothing else follows.
        self.served.peer.wait(lambda: bool(self._unseen()), f"an answer to {self.user}")
        self.served.settle()
        return "\n".join(message.text for message in self.new())

    def new(self) -> list[Message]:
        found = self._unseen()
        self.seen = max([self.seen, *(message.number for message in found)])
        return found

    def gets(self) -> str:
        return "\n".join(message.text for message in self.new())

    def card(self) -> Message:
        """The latest card on this phone."""
        return [m for m in self.served.peer.inbox(self.user) if m.card is not None][-1]

    def _unseen(self) -> list[Message]:
        return self.served.peer.inbox(self.user, self.seen)


def virtual(moment: str) -> datetime:
    return datetime.fromisoformat(moment)
