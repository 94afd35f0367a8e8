"""Callbacks in: is it from the platform, is it for us, what does it say.

wechatpy does the AES and takes the plaintext apart. It believes the last byte to be the padding, trusts the declared
length, compares signatures with `!=`, ignores characters that are not base64 and lets six kinds of exceptions through;
this module closes those gaps and leaves two outcomes besides success: Forged and Malformed.
"""

import base64
import hmac
import re
import struct
from dataclasses import dataclass
from urllib.parse import unquote

from wechatpy.crypto.cryptography import WeChatCipher
from wechatpy.enterprise.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from bot.wecom import markup
from bot.wecom.errors import Forged, Malformed

__all__ = ["CallbackCrypto", "Forged", "Malformed", "Received", "query_values"]

_BLOCK = 32  # bytes; the platform pads to 32 although AES blocks have 16
_LONGEST_ECHO = 256  # bytes; the platform sends some twenty digits
_HEADER = 20  # bytes before the message: 16 random ones and its length


@dataclass(frozen=True, slots=True)
class Received:
    """An authentic callback."""

    sealed: str  # the ciphertext as it came: what may be kept at rest, see CallbackCrypto.open_sealed
    xml: bytes  # the inner document


class CallbackCrypto:
    """The three secrets of a callback URL. Stateless and safe to share.

    Raises ValueError (Chinese, one line, never echoing a secret) when a setting cannot be right.
    """

    def __init__(self, token: str, encoding_aes_key: str, corp_id: str) -> None:
        if not token:
            raise ValueError("缺少 WECOM_CALLBACK_TOKEN：填写应用“接收消息”中的 Token")
        if not re.fullmatch(r"[A-Za-z0-9+/]{43}", encoding_aes_key):
            raise ValueError(
                "WECOM_ENCODING_AES_KEY 不正确：应为应用“接收消息”中 43 位的 EncodingAESKey"
                f"（字母和数字），现有 {len(encoding_aes_key)} 位"
            )
        if not corp_id:
            raise ValueError("缺少 WECOM_CORP_ID：填写管理后台“我的企业”中的企业 ID")
        self._token = token
        self._corp_id = corp_id
        self._prp = _StrictPrpCrypto(base64.b64decode(encoding_aes_key + "="))

    def verify_url(self, msg_signature: str, timestamp: str, nonce: str, echostr: str) -> str:
        """The bare text that answers the platform's URL check. Raises Forged or Malformed."""
        if not echostr:
            raise Malformed("no echostr")
        self._authenticate(msg_signature, timestamp, nonce, echostr)
        echo = self.open_sealed(echostr)
        # Every callback is authentic ciphertext, too: replayed as an echostr, it must not come back in clear.
        if len(echo) > _LONGEST_ECHO or echo.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            raise Forged("a message, not an echo")
        return echo.decode("utf-8")

    def receive(self, body: bytes, msg_signature: str, timestamp: str, nonce: str) -> Received:
        """Opens a callback's body, at most 64 KiB. Pass "" for a query value that is missing.

        Raises Malformed if the body is no envelope (before anything is authenticated, so the body is read with
        suspicion), Forged if the signature or the content is not the platform's.
        """
        sealed = _encrypt_element(body)
        self._authenticate(msg_signature, timestamp, nonce, sealed)
        return Received(sealed, self.open_sealed(sealed))

    def decrypt(self, body: bytes, msg_signature: str, timestamp: str, nonce: str) -> bytes:
        """The inner XML of a callback's body, for callers that need no sealed form. See receive()."""
        return self.receive(body, msg_signature, timestamp, nonce).xml

    def open_sealed(self, encrypt: str) -> bytes:
        """Decrypts a ciphertext whose signature was checked when it arrived. Raises Forged or Malformed."""
        _check_ciphertext(encrypt)
        try:
            return _as_bytes(self._prp.decrypt(encrypt, self._corp_id))
        except (WeChatException, ValueError, TypeError, struct.error):
            # ValueError is mostly text that is not UTF-8: what a wrong key makes of a ciphertext.
            raise Forged("not encrypted for this corp with this key") from None

    def _authenticate(self, msg_signature: str, timestamp: str, nonce: str, encrypt: str) -> None:
        """Four-value signature, compared in constant time and as bytes: compare_digest refuses non-ASCII text."""
        signer = WeChatSigner()
        signer.add_data(*(_as_bytes(value) for value in (self._token, timestamp, nonce, encrypt)))
        if not hmac.compare_digest(_as_bytes(signer.signature), _as_bytes(msg_signature)):
            raise Forged("wrong signature")


class _StrictCipher(WeChatCipher):  # type: ignore[misc]  # wechatpy has no types
    """Refuses a plaintext whose padding or declared length is wrong, before wechatpy slices by them."""

    def decrypt(self, ciphertext: bytes) -> bytes:
        plain: bytes = super().decrypt(ciphertext)
        pad = plain[-1]
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise Forged("bad padding")
        (length,) = struct.unpack_from(">I", plain, _HEADER - 4)
        if _HEADER + length > len(plain) - pad:
            raise Forged("bad length")
        return plain


class _StrictPrpCrypto(PrpCrypto):  # type: ignore[misc]
    def __init__(self, key: bytes) -> None:
        self.cipher = _StrictCipher(key)


def _encrypt_element(body: bytes) -> str:
    """The one Encrypt element of the outer XML. ToUserName and AgentID beside it are unauthenticated: not read."""
    found = markup.read(body).findall("Encrypt")
    if len(found) != 1 or len(found[0]):
        raise Malformed("not exactly one Encrypt element")
    sealed = (found[0].text or "").strip()
    if not sealed:
        raise Malformed("empty Encrypt element")
    return sealed


def _check_ciphertext(encrypt: str) -> None:
    """Strict base64 of whole blocks; wechatpy would skip strange characters and fail later in its own ways."""
    if len(encrypt) > markup.MAX_BYTES:
        raise Malformed("too big")
    try:
        raw = base64.b64decode(encrypt, validate=True)
    except ValueError:
        raise Malformed("not base64") from None
    if not raw or len(raw) % _BLOCK:
        raise Malformed("not whole blocks")


def _as_bytes(value: str) -> bytes:
    """UTF-8 that never fails: bytes of a query that were no UTF-8 arrive as lone surrogates."""
    return value.encode("utf-8", "surrogatepass")


def query_values(raw_query: str) -> dict[str, str]:
    """Decodes a raw query string (aiohttp: `request.rel_url.raw_query_string`), keeping '+' as it is.

    Form decoding turns '+' into a space, and an echostr is base64. The first of several equal names counts. What is
    not UTF-8 is replaced and then fails the signature check.
    """
    values: dict[str, str] = {}
    for pair in raw_query.split("&"):
        name, _, value = pair.partition("=")
        if name:
            values.setdefault(unquote(name), unquote(value))
    return values
