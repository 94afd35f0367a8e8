"""The platform's API as methods. Asynchronous, with a settable host; wechatpy's client is neither."""

import io
import json
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import aiohttp

from bot.wecom.errors import (
    NO_PERMISSION,
    Ambiguous,
    ErrorClass,
    Unreached,
    WecomError,
    classify,
)
from bot.wecom.tokens import StoredToken, TokenKeeper, TokenStore
from bot.wecom.transport import CALL_TIMEOUT, MEDIA_TIMEOUT, Answer, Transport

# 40001 of gettoken is the secret; of any other call it may be the token, so that is tried once.
_TOKEN_REJECTED = frozenset({40014, 42001, 40001})
_MAX_FILE = 20 * 1024 * 1024  # bytes
_MIN_FILE = 6  # bytes; the platform refuses five and fewer
_HTTP_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class SendResult:
    """The platform took the message. It may all the same have failed for some: read `invalid` and `unlicensed`."""

    errcode: int  # always 0: other codes are raised
    errmsg: str
    msgid: str
    response_code: str  # for cards: lets the card be updated once
    invalid: frozenset[str]  # userids that were not reached, lower-cased as the platform does
    unlicensed: frozenset[str]  # userids without an interface licence, lower-cased: not reached either


class WecomClient:
    """Calls for one application.

    Every method raises, unless it says otherwise, WecomError (the platform refused; `cls` says what to do), Unreached
    (certainly not accepted) or Ambiguous (perhaps accepted). A rejected token is renewed and the identical request
    repeated once; what is rejected then is a TRANSIENT WecomError.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        base_url: str,
        corp_id: str,
        secret: str,
        agent_id: int,
        token_store: TokenStore,
        real_now: Callable[[], datetime],
        tls: ssl.SSLContext | None = None,
        call_timeout: float = CALL_TIMEOUT,
        media_timeout: float = MEDIA_TIMEOUT,
    ) -> None:
        """`real_now` is the real time (aware), never a virtual clock: tokens live on the platform. Timeouts in seconds.

        Raises ValueError (Chinese) for a base_url that is none.
        """
        self._http = Transport(session, base_url, tls=tls, call_timeout=call_timeout, media_timeout=media_timeout)
        self._corp_id = corp_id
        self._secret = secret
        self._agent_id = agent_id
        self._real_now = real_now
        self._tokens = TokenKeeper(self._fetch_token, token_store, real_now)

    # -- messages

    async def send_raw(self, body: bytes) -> SendResult:
        """Sends a message body made by bot.wecom.bodies, byte for byte."""
        return _send_result(await self._post("message/send", body))

    async def update_card(self, body: bytes) -> SendResult:
        """Updates a card already sent (bodies.update_card_body). A response_code works once, within 72 h."""
        return _send_result(await self._post("message/update_template_card", body))

    async def recall(self, body: bytes) -> SendResult:
        """Takes back a message, within 24 h of sending (bodies.recall_body)."""
        return _send_result(await self._post("message/recall", body))

    # -- files

    async def upload(self, name: str, data: bytes, kind: Literal["file", "image"] = "file") -> str:
        """Stores a temporary file on the platform and returns its media_id, good for three days.

        Raises ValueError for a size the platform refuses (6 bytes to 20 MiB) or a name that is empty or not printable.
        """
        if not name.isprintable() or not name:
            raise ValueError("文件名为空或含有控制字符")
        if not _MIN_FILE <= len(data) <= _MAX_FILE:
            raise ValueError(f"文件大小应在 {_MIN_FILE} 字节到 20 MB 之间，现为 {len(data)} 字节")

        async def send(token: str) -> Answer:
            # quote_fields would send a Chinese name percent-encoded, and people would see it so.
            form = aiohttp.FormData(quote_fields=False)
            form.add_field("media", io.BytesIO(data), filename=name, content_type="application/octet-stream")
            return await self._http.post_form("media/upload", {"access_token": token, "type": kind}, form)

        answer = await self._authorised(send)
        return _text(answer, "media_id")

    async def download(self, media_id: str, max_bytes: int) -> tuple[str, bytes]:
        """A file somebody sent, as (name, content); the name may be empty. Raises MediaTooLarge beyond max_bytes."""
        file: list[tuple[str, bytes]] = []

        async def send(token: str) -> Answer:
            got = await self._http.get_file("media/get", {"access_token": token, "media_id": media_id}, max_bytes)
            if isinstance(got, dict):
                return got
            file.append(got)
            return {"errcode": 0}

        await self._authorised(send)
        if not file:
            raise Ambiguous("平台未返回文件")
        return file[0]

    # -- contacts, menu, sign-in

    async def departments(self) -> list[dict[str, Any]]:
        """The departments the application may see: dicts with id, parentid, and name where permitted."""
        return _dicts(await self.call("department/list"), "department")

    async def users(self, department_id: int) -> list[dict[str, Any]]:
        """The direct members of a department.

        Dicts with userid and name; position and more only where the application has the permission for user/list.
        """
        params = {"department_id": str(department_id), "fetch_child": "0"}
        try:
            answer = await self.call("user/list", params=params)
        except WecomError as error:
            if error.errcode not in NO_PERMISSION:
                raise
            answer = await self.call("user/simplelist", params=params)
        return _dicts(answer, "userlist")

    async def create_menu(self, menu: Mapping[str, object]) -> None:
        """Replaces the application's menu (bot.wecom.menu)."""
        await self.call("menu/create", menu, params={"agentid": str(self._agent_id)})

    async def user_for_code(self, code: str) -> str | None:
        """The userid behind an OAuth code, or None if it belongs to nobody of the corp. A code works once, 5 min."""
        try:
            answer = await self.call("auth/getuserinfo", params={"code": code})
        except Unreached as error:
            if error.status != _HTTP_NOT_FOUND:
                raise
            # Older deployments know only this path; a 404 has not used up the code.
            answer = await self.call("user/getuserinfo", params={"code": code})
        userid = answer.get("userid") or answer.get("UserId")
        return userid if isinstance(userid, str) else None

    async def check(self) -> None:
        """Proves that the platform is there and takes the corp id and the secret (for `duban doctor`).

        Asks for a token past the shared one, which says nothing about today; the platform answers with the same one.
        """
        await self._fetch_token()

    # -- underneath

    async def call(
        self,
        api: str,
        payload: Mapping[str, object] | None = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Any API by its path below /cgi-bin/: POST of a JSON payload, or GET without one."""
        if payload is not None:
            return await self._post(api, json.dumps(payload, ensure_ascii=False).encode(), params)
        return await self._authorised(
            lambda token: self._http.get(api, {"access_token": token, **(params or {})}),
        )

    async def _post(self, api: str, body: bytes, params: Mapping[str, str] | None = None) -> Answer:
        return await self._authorised(
            lambda token: self._http.post(api, {"access_token": token, **(params or {})}, body),
        )

    async def _authorised(self, send: Callable[[str], Awaitable[Answer]]) -> Answer:
        token = await self._tokens.current()
        answer = await send(token)
        if answer["errcode"] in _TOKEN_REJECTED:
            token = await self._tokens.other_than(token)
            answer = await send(token)
        code = answer["errcode"]
        if code:
            cls = classify(code)
            raise WecomError(
                code,
                self._scrubbed(answer, token),
                ErrorClass.TRANSIENT if cls is ErrorClass.TOKEN else cls,
            )
        return answer

    async def _fetch_token(self) -> StoredToken:
        asked_at = self._real_now()
        answer = await self._http.get("gettoken", {"corpid": self._corp_id, "corpsecret": self._secret})
        code = answer["errcode"]
        if code:
            cls = classify(code)
            final = cls not in (ErrorClass.TRANSIENT, ErrorClass.RATE)
            raise WecomError(code, self._scrubbed(answer), ErrorClass.SETTINGS if final else cls)
        seconds = answer.get("expires_in")
        if not isinstance(seconds, int):
            raise Ambiguous("平台的答复缺少 expires_in")
        return StoredToken(_text(answer, "access_token"), asked_at + timedelta(seconds=seconds))

    def _scrubbed(self, answer: Answer, token: str = "") -> str:
        """errmsg for logs and alarms; a gateway that echoes the request must not put a secret into them."""
        message = str(answer.get("errmsg", ""))
        for secret in (self._secret, token):
            if secret:
                message = message.replace(secret, "***")
        return message[:500]


def _text(answer: Answer, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise Ambiguous(f"平台的答复缺少 {name}")
    return value


def _dicts(answer: Answer, name: str) -> list[dict[str, Any]]:
    value = answer.get(name)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise Ambiguous(f"平台的答复缺少 {name}")
    return value


def _send_result(answer: Answer) -> SendResult:
    return SendResult(
        errcode=0,
        errmsg=str(answer.get("errmsg", "")),
        msgid=str(answer.get("msgid") or ""),
        response_code=str(answer.get("response_code") or ""),
        invalid=_userids(answer.get("invaliduser")),
        unlicensed=_userids(answer.get("unlicenseduser")),
    )


def _userids(value: object) -> frozenset[str]:
    """message/send answers "a|b", update_template_card a list."""
    names = value if isinstance(value, list) else str(value or "").split("|")
    return frozenset(str(name).lower() for name in names if name)
