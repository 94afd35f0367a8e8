"""What the platform tells the bot: encrypted XML, in order per person, tried three times."""

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from sandbox.crypto import Envelope
from sandbox.faults import Faults

TIMEOUT = 5.0  # seconds the bot has to answer
ATTEMPTS = 3

# XML 1.0 cannot carry these, not even inside CDATA.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether the bot took a callback, after how many attempts, and why not."""

    ok: bool
    attempts: int
    reason: str = ""


def cdata(value: str) -> str:
    return f"<![CDATA[{_NOT_XML.sub('', value).replace(']]>', ']]]]><![CDATA[>')}]]>"


def message_xml(fields: Mapping[str, str | int], inner: str = "") -> str:
    """The plain XML of a callback: texts in CDATA, numbers bare, `inner` is XML already."""
    parts = (f"<{name}>{value if isinstance(value, int) else cdata(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{''.join(parts)}{inner}</xml>"


def selected_xml(selected: Mapping[str, Sequence[str]]) -> str:
    """What a person chose on a card: question key → option ids."""
    items = []
    for question, options in selected.items():
        ids = "".join(f"<OptionId>{cdata(option)}</OptionId>" for option in options)
        items.append(
            f"<SelectedItem><QuestionKey>{cdata(question)}</QuestionKey><OptionIds>{ids}</OptionIds></SelectedItem>"
        )
    return f"<SelectedItems>{''.join(items)}</SelectedItems>"


class Courier:
    """Carries callbacks to the bot: one person's things one after the other, different people at once."""

    def __init__(
        self, callback_url: str, envelope: Envelope, agent_id: int, faults: Faults, wall: Callable[[], datetime]
    ) -> None:
        self._url = callback_url
        self._envelope = envelope
        self._agent_id = agent_id
        self._faults = faults
        self._wall = wall
        self._turns: dict[str, asyncio.Lock] = {}
        self._session: aiohttp.ClientSession | None = None

    async def deliver(self, userid: str, xml: str) -> Delivery:
        """Bring one callback to the bot; waits for what this person sent before."""
        async with self._turns.setdefault(userid, asyncio.Lock()):
            reason = ""
            for attempt in range(1, ATTEMPTS + 1):
                reason = await self._attempt(xml)
                if not reason:
                    return Delivery(True, attempt)
            return Delivery(False, ATTEMPTS, reason)

    async def verify_url(self) -> bool:
        """The check an administrator triggers when saving the callback URL: the bot must give back the echo."""
        echo = str(secrets.randbelow(10**18))
        address = self._address("echostr", self._envelope.encrypt(echo.encode()))
        async with self._open_session().get(address) as answer:
            return answer.status == 200 and await answer.text() == echo

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, xml: str) -> str:
        """One try; empty when the bot took it, otherwise what went wrong."""
        fault = self._faults.take("callback")
        if fault is not None and fault.drop == "before":
            return "回调未送出"
        encrypted = self._envelope.encrypt(xml.encode())
        outer = message_xml(
            {"ToUserName": self._envelope.receive_id, "AgentID": str(self._agent_id), "Encrypt": encrypted}
        )
        try:
            async with self._open_session().post(
                self._address("", encrypted), data=outer.encode(), headers={"Content-Type": "text/xml"}
            ) as answer:
                await answer.read()
                if fault is not None:
                    return "回调的应答丢失"
                return "" if answer.status == 200 else f"机器人应答 {answer.status}"
        except TimeoutError:
            return f"机器人 {TIMEOUT:g} 秒内没有应答"
        except aiohttp.ClientError:
            return "连不上机器人"

    def _address(self, extra: str, encrypted: str) -> URL:
        """The callback URL with its signature; `extra` names the parameter that carries the text itself."""
        timestamp, nonce = str(int(self._wall().timestamp())), secrets.token_hex(8)
        query = {
            "msg_signature": self._envelope.signature(timestamp, nonce, encrypted),
            "timestamp": timestamp,
            "nonce": nonce,
        }
        if extra:
            query[extra] = encrypted
        joint = "&" if "?" in self._url else "?"
        # `encoded`: + / = must arrive percent-encoded, exactly as the platform sends them.
        return URL(f"{self._url}{joint}{urlencode(query)}", encoded=True)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT))
        return self._session
