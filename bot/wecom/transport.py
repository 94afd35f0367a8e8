"""One HTTP exchange with the platform, and what its failure means.

Tokens and secrets travel in URLs. aiohttp's exceptions carry URLs, so none of them leaves this module: what is raised
here is built from safe words and raised `from None`.
"""

import json
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiohttp

from bot.wecom.errors import Ambiguous, MediaTooLarge, PlatformError, Unreached

CONNECT_TIMEOUT = 5.0  # seconds
CALL_TIMEOUT = 10.0  # seconds, for a call as a whole
MEDIA_TIMEOUT = 60.0  # seconds, for a file as a whole
MAX_ANSWER = 16 * 1024 * 1024  # bytes; the members of a very large department stay below this

_NO_FILE = ("application/json", "text/plain", "text/html")  # an error, or a gateway's page, unless it has a file's name

Answer = dict[str, Any]


def ssl_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the system's authorities and, for government deployments, those in `ca_file` (PEM).

    Raises ValueError (Chinese) if the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError):
            raise ValueError(f"WECOM_CA_FILE 不可用：{ca_file} 不存在、不可读或不是 PEM 证书") from None
    return context


class Transport:
    """Requests below one base URL, e.g. https://host → https://host/cgi-bin/message/send."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        *,
        tls: ssl.SSLContext | None = None,
        call_timeout: float = CALL_TIMEOUT,
        media_timeout: float = MEDIA_TIMEOUT,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("WECOM_API_BASE 不正确：应为 http:// 或 https:// 开头的网址")
        self._session = session
        self._base = base_url.rstrip("/") + "/cgi-bin/"
        self._tls = tls if tls is not None else True
        self._call_timeout = _timeout(call_timeout)
        self._media_timeout = _timeout(media_timeout)

    async def get(self, api: str, params: Mapping[str, str]) -> Answer:
        """Raises Unreached or Ambiguous."""
        async with self._exchange("GET", api, params, None, self._call_timeout) as response:
            return _as_answer(await _read(response, MAX_ANSWER))

    async def post(self, api: str, params: Mapping[str, str], body: bytes) -> Answer:
        """Sends exactly these bytes as JSON: the platform's duplicate check compares them. Raises like get()."""
        async with self._exchange("POST", api, params, body, self._call_timeout) as response:
            return _as_answer(await _read(response, MAX_ANSWER))

    async def post_form(self, api: str, params: Mapping[str, str], form: aiohttp.FormData) -> Answer:
        """Sends a file. Raises like get()."""
        async with self._exchange("POST", api, params, form, self._media_timeout) as response:
            return _as_answer(await _read(response, MAX_ANSWER))

    async def get_file(self, api: str, params: Mapping[str, str], max_bytes: int) -> tuple[str, bytes] | Answer:
        """A file as (name, content), or the platform's JSON answer in its place.

        Raises MediaTooLarge as soon as max_bytes are exceeded, without having read the rest.
        """
        async with self._exchange("GET", api, params, None, self._media_timeout) as response:
            disposition = response.headers.get("Content-Disposition")
            if disposition is None and response.content_type in _NO_FILE:
                return _as_answer(await _read(response, MAX_ANSWER))
            try:
                return _file_name(disposition or ""), await _read(response, max_bytes)
            except _TooLong:
                raise MediaTooLarge(f"文件超过 {max_bytes} 字节") from None

    @asynccontextmanager
    async def _exchange(
        self,
        method: str,
        api: str,
        params: Mapping[str, str],
        data: bytes | aiohttp.FormData | None,
        limits: aiohttp.ClientTimeout,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        headers = {"Content-Type": "application/json; charset=utf-8"} if isinstance(data, bytes) else None
        try:
            async with self._session.request(
                method,
                self._base + api,
                params=params,
                data=data,
                headers=headers,
                ssl=self._tls,
                timeout=limits,
                allow_redirects=False,  # a redirect would carry the token to another host
            ) as response:
                _check_status(response.status)
                yield response
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _translated(error) from None
        except _TooLong:
            raise Ambiguous("平台的答复过长") from None


class _TooLong(Exception):
    """A body exceeds what its reader accepts."""


def _timeout(total: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, connect=min(CONNECT_TIMEOUT, total))


def _check_status(status: int) -> None:
    """The platform answers errors as HTTP 200; any other status comes from a gateway or a host that is not it."""
    if status >= 500:
        raise Ambiguous(f"平台答复 HTTP {status}")
    if status != 200:
        raise Unreached(f"平台答复 HTTP {status}：请核对 WECOM_API_BASE 和中间的代理", status)


def _translated(error: Exception) -> PlatformError:
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError() | ssl.SSLError():
            return Unreached("平台的证书不受信任：政务部署请把其 CA 证书写入 WECOM_CA_FILE")
        case aiohttp.ClientConnectorDNSError():
            return Unreached("平台的域名无法解析：请核对 WECOM_API_BASE 和 DNS")
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | aiohttp.InvalidURL():
            return Unreached("无法连接平台：请核对 WECOM_API_BASE、网络和防火墙")
        case TimeoutError():
            return Ambiguous("平台未在时限内答复")
        case _:
            return Ambiguous(f"与平台的连接中断（{type(error).__name__}）")


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    if (response.content_length or 0) > limit:
        raise _TooLong
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > limit:
            raise _TooLong
        chunks.append(chunk)
    return b"".join(chunks)


def _as_answer(raw: bytes) -> Answer:
    """A JSON object with an integer errcode; anything else did not come from the platform's API."""
    try:
        answer = json.loads(raw)
        answer["errcode"] = int(answer["errcode"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Ambiguous("平台的答复无法识别：请核对 WECOM_API_BASE") from None
    return answer  # type: ignore[no-any-return]


def _file_name(disposition: str) -> str:
    """The name in a Content-Disposition header, without any folder; "" if it names none.

    Deployments write it raw in UTF-8, quoted, percent-encoded or by RFC 5987, and aiohttp warns at half of these.
    """
    found = re.search(r"filename\*\s*=\s*utf-8''([^;]+)", disposition, re.IGNORECASE) or re.search(
        r'filename\s*=\s*(?:"([^"]*)"|([^;]+))', disposition, re.IGNORECASE
    )
    if found is None:
        return ""
    name = unquote(next(group for group in found.groups() if group is not None).strip())
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", re.split(r"[/\\]", name)[-1])
