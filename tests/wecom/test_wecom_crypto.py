"""Callbacks: the platform's own vectors, its own library, and everything a stranger may send instead."""

import base64
import contextlib
import hashlib
import struct
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import example, given
from hypothesis import strategies as st
from wechatpy.enterprise.crypto import PrpCrypto
from yarl import URL

from bot.wecom.crypto import CallbackCrypto, Forged, Malformed, query_values

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
RAW_KEY = base64.b64decode(KEY + "=")

ECHOSTR = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
HELLO = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)
HELLO_QUERY = ("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149")
SELF_MADE = [  # random 0123456789abcdef, timestamp 1700000000, nonce nonce1
    (
        "<xml>你好😀</xml>",
        "sKqRbbiSUnDhFHOvPjtUMZAecfkcJ6GpfmpRm+aFv4i1QPK728F9o+nRBs1NyX9L26eJiZr40GWlAg+KSzuBkw==",
        "169690c2cf23e7c3c14e8c06526be611d4241544",
    ),
    (  # a full block of padding
        "x" * 26,
        "sKqRbbiSUnDhFHOvPjtUMSs1k8K1CdhVATTBQNj5RGfr2SSogQPwiaREvDG6j+anDDTQGRPc5XVafaRf07vjdJWo03DV9aa/cArn/HDtV476heTT"
        "KpJSMh7JMO1cnA3V",
        "c8d05f17129bb0f30e5ac3f7d2e3db4e89914884",
    ),
]

crypto = CallbackCrypto(TOKEN, KEY, CORP)


def envelope(encrypt: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode()


def signature(*values: str) -> str:
    return hashlib.sha1("".join(sorted([TOKEN, *values])).encode("utf-8", "surrogatepass")).hexdigest()


def opened(encrypt: str) -> bytes:
    """Sends a ciphertext with a right signature, as only somebody who knows the token can."""
    return crypto.decrypt(envelope(encrypt), signature("1", "n", encrypt), "1", "n")


def aes(plain: bytes) -> str:
    encryptor = Cipher(algorithms.AES(RAW_KEY), modes.CBC(RAW_KEY[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def padded(plain: bytes) -> bytes:
    pad = 32 - len(plain) % 32
    return plain + bytes([pad]) * pad


def plain(message: bytes, receiveid: str = CORP, length: int | None = None) -> bytes:
    return b"r" * 16 + struct.pack(">I", len(message) if length is None else length) + message + receiveid.encode()


class TestVectors:
    def test_url_check(self) -> None:
        answer = crypto.verify_url("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780", ECHOSTR)
        assert answer == "1616140317555161061"

    def test_message(self) -> None:
        received = crypto.receive(envelope(HELLO), *HELLO_QUERY)
        assert b"<Content><![CDATA[hello]]></Content>" in received.xml
        assert received.sealed == HELLO
        assert crypto.open_sealed(received.sealed) == received.xml

    @pytest.mark.parametrize(("message", "encrypt", "signed"), SELF_MADE)
    def test_self_made(self, message: str, encrypt: str, signed: str) -> None:
        assert crypto.decrypt(envelope(encrypt), signed, "1700000000", "nonce1") == message.encode()

    @pytest.mark.parametrize(("message", "encrypt", "signed"), SELF_MADE)
    def test_self_made_the_other_way(self, message: str, encrypt: str, signed: str) -> None:
        class Fixed(PrpCrypto):  # type: ignore[misc]
            def get_random_string(self) -> str:
                return "0123456789abcdef"

        assert (
            Fixed(RAW_KEY).encrypt(message, CORP).decode()
            == encrypt
            == aes(padded(b"0123456789abcdef" + plain(message.encode())[16:]))
        )
        assert signature("1700000000", "nonce1", encrypt) == signed


class TestThePlatformsOwnLibrary:
    def test_opens_what_we_know_and_we_open_what_it_seals(self, wecom_peer: Callable[[Any], list[Any]]) -> None:
        messages = ["", "<xml/>", "完成 34 https://例子.cn/?a=1&b=2", "😀" * 300, *("y" * n for n in range(64))]
        sealed = wecom_peer([{"do": "encrypt", "key": KEY, "message": m, "id": CORP} for m in messages])
        assert [crypto.open_sealed(encrypt).decode() for encrypt in sealed] == messages

        ours = [PrpCrypto(RAW_KEY).encrypt(m, CORP).decode() for m in messages]
        back = wecom_peer([{"do": "decrypt", "key": KEY, "encrypted": encrypt} for encrypt in ours])
        assert back == [{"message": m, "id": CORP} for m in messages]

    def test_signs_alike(self, wecom_peer: Callable[[Any], list[Any]]) -> None:
        queries = [("1700000000", "nonce1"), ("9", "10"), ("1", "你好"), ("~", "!")]
        jobs = [{"do": "sign", "token": TOKEN, "timestamp": t, "nonce": n, "encrypted": HELLO} for t, n in queries]
        for (timestamp, nonce), signed in zip(queries, wecom_peer(jobs), strict=True):
            assert crypto.decrypt(envelope(HELLO), signed, timestamp, nonce).startswith(b"<xml>")

    def test_same_bytes_for_the_same_random(self, wecom_peer: Callable[[Any], list[Any]]) -> None:
        jobs = [
            {"do": "encrypt", "key": KEY, "message": m, "id": CORP, "random": "0123456789abcdef"}
            for m, _, _ in SELF_MADE
        ]
        assert wecom_peer(jobs) == [encrypt for _, encrypt, _ in SELF_MADE]

    def test_is_not_for_another_corp(self, wecom_peer: Callable[[Any], list[Any]]) -> None:
        (encrypt,) = wecom_peer([{"do": "encrypt", "key": KEY, "message": "<xml/>", "id": "wxother"}])
        with pytest.raises(Forged):
            opened(encrypt)


class TestForged:
    @pytest.mark.parametrize(
        "query",
        [
            ("477715d11cdb4164915debcba66cb864d751f3e7", *HELLO_QUERY[1:]),
            (HELLO_QUERY[0].upper(), *HELLO_QUERY[1:]),
            (HELLO_QUERY[0], "1409659814", HELLO_QUERY[2]),
            (HELLO_QUERY[0], HELLO_QUERY[1], "1372623140"),
            ("", *HELLO_QUERY[1:]),
            ("", "", ""),
            ("签名", *HELLO_QUERY[1:]),
            ("\udcff", "\udcfe", "\ud800"),
            # a signature over three values, as the WeChat (not WeCom) URL check has it
            (hashlib.sha1("".join(sorted([TOKEN, *HELLO_QUERY[1:]])).encode()).hexdigest(), *HELLO_QUERY[1:]),
        ],
    )
    def test_signature(self, query: tuple[str, str, str]) -> None:
        with pytest.raises(Forged):
            crypto.receive(envelope(HELLO), *query)
        with pytest.raises(Forged):
            crypto.verify_url(*query, ECHOSTR)

    @pytest.mark.parametrize(
        "inner", [b"<xml><Content>\xe5\xaf\x86</Content></xml>", b"\xef\xbb\xbf \n<xml/>", b"7" * 257]
    )
    def test_a_message_is_no_echo(self, inner: bytes) -> None:
        """Authentic ciphertext, of a callback that somebody overheard: it is not handed back in clear."""
        sealed = aes(padded(plain(inner)))
        with pytest.raises(Forged):
            crypto.verify_url(signature("1", "n", sealed), "1", "n", sealed)

    @pytest.mark.parametrize("receiveid", ["", "wx5823bf96d3bd56c", "wx5823bf96d3bd56c77", "WX5823BF96D3BD56C7"])
    def test_receiveid(self, receiveid: str) -> None:
        with pytest.raises(Forged):
            opened(aes(padded(plain(b"<xml/>", receiveid))))

    def test_right_one_passes(self) -> None:
        assert opened(aes(padded(plain(b"<xml/>")))) == b"<xml/>"

    @pytest.mark.parametrize("position", range(-20, 0))
    def test_every_byte_of_padding_counts(self, position: int) -> None:
        good = bytearray(padded(plain(b"<xml/>")))
        assert good[-1] == 20, "16 + 4 + 6 + 18 bytes leave 20 to fill"
        good[position] ^= 1
        with pytest.raises(Forged):
            opened(aes(bytes(good)))

    @pytest.mark.parametrize("pad", [0, 33, 64, 255])
    def test_padding_out_of_range(self, pad: int) -> None:
        whole = plain(b"x" * 26)
        assert len(whole) % 32 == 0
        with pytest.raises(Forged):
            opened(aes(whole + bytes([pad]) * 64))

    @pytest.mark.parametrize("length", [0, 5, 7, 6 + 18 + 1, 2**31, 2**32 - 1])
    def test_length(self, length: int) -> None:
        with pytest.raises(Forged):
            opened(aes(padded(plain(b"<xml/>", length=length))))

    def test_nothing_but_padding(self) -> None:
        with pytest.raises(Forged):
            opened(aes(b"\x20" * 32))

    def test_another_key(self) -> None:
        other = CallbackCrypto(TOKEN, "A" * 43, CORP)
        with pytest.raises(Forged):
            other.open_sealed(HELLO)

    def test_text_that_is_not_utf8(self) -> None:
        with pytest.raises(Forged):
            opened(aes(padded(plain(b"\xff\xfe<xml/>"))))


LAUGHS = (
    '<!DOCTYPE xml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><xml><Encrypt>&j;</Encrypt></xml>"
)


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"   ",
            b"hello",
            b'{"Encrypt": "x"}',
            b"<xml>",
            b"<xml><Encrypt>x</xml>",
            b"<xml/>",
            b"<xml></xml>",
            b"<xml><Encrypt/></xml>",
            b"<xml><Encrypt>  </Encrypt></xml>",
            b"<xml><Encrypt><b>x</b></Encrypt></xml>",
            f"<xml><Encrypt>{HELLO}<b/></Encrypt></xml>".encode(),
            b"<xml><a><Encrypt>x</Encrypt></a></xml>",
            b"<xml><Encrypt>x</Encrypt><Encrypt>y</Encrypt></xml>",
            b"<xmlx><Encrypt>x</Encrypt></xmlx>",
            b"<html><Encrypt>x</Encrypt></html>",
            b"<xml><Encrypt>&undefined;</Encrypt></xml>",
            b"<xml><Encrypt>\x00</Encrypt></xml>",
            b"<xml><Encrypt>\xff</Encrypt></xml>",
            b"<!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
            b'<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><Encrypt>x</Encrypt></xml>',
            b"<!-- c --><!DOCTYPE xml><xml><Encrypt>x</Encrypt></xml>",
            b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Encrypt>&x;</Encrypt></xml>',
            '<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'.encode("utf-16"),
            LAUGHS.encode(),
            b" " * 60_000 + b"<?xml" * 100,
            b"<xml><Encrypt>" + b"A" * 64 * 1024 + b"</Encrypt></xml>",
        ],
    )
    def test_body(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            crypto.receive(body, *HELLO_QUERY)

    def test_very_deep(self) -> None:
        """A tree as deep as the cap allows is read and thrown away without recursion."""
        deep = b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>"
        with pytest.raises(Malformed):
            crypto.receive(deep, *HELLO_QUERY)

    def test_declared_encoding_is_not_believed(self) -> None:
        body = b'<?xml version="1.0" encoding="utf-16"?>' + envelope(HELLO)
        assert crypto.receive(body, *HELLO_QUERY).sealed == HELLO

    @pytest.mark.parametrize("prefix", [b"", b"\n ", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>\n'])
    def test_what_deployments_put_in_front(self, prefix: bytes) -> None:
        assert crypto.receive(prefix + envelope(HELLO), *HELLO_QUERY).sealed == HELLO

    @pytest.mark.parametrize(
        "encrypt",
        [
            "A",
            "not base64!",
            "你好",
            HELLO[:-1],
            HELLO[:-4],
            HELLO[:-24],
            HELLO.replace("+", " "),
            HELLO[:9] + "*" + HELLO[9:],
            "AAAA",
            "=" * 4,
        ],
    )
    def test_ciphertext(self, encrypt: str) -> None:
        with pytest.raises(Malformed):
            opened(encrypt)

    def test_signature_is_checked_before_the_ciphertext_is_looked_at(self) -> None:
        with pytest.raises(Forged):
            crypto.receive(envelope("not base64!"), *HELLO_QUERY)

    def test_no_echostr(self) -> None:
        with pytest.raises(Malformed):
            crypto.verify_url(signature("1", "n", ""), "1", "n", "")


class TestNothingElseIsRaised:
    @given(st.binary(max_size=2000))
    @example(LAUGHS.encode())
    def test_any_body(self, body: bytes) -> None:
        with pytest.raises((Forged, Malformed)):
            crypto.receive(body, *HELLO_QUERY)

    @given(st.text(max_size=200), st.text(max_size=50), st.text(max_size=20), st.text(max_size=20))
    def test_any_query(self, encrypt: str, signed: str, timestamp: str, nonce: str) -> None:
        with pytest.raises((Forged, Malformed)):
            crypto.verify_url(signed, timestamp, nonce, encrypt)

    @given(st.binary(max_size=400))
    def test_any_plaintext_with_a_right_signature(self, start: bytes) -> None:
        with pytest.raises((Forged, Malformed)):
            opened(aes(start + bytes(-len(start) % 32)))

    @given(st.binary(min_size=0, max_size=400))
    def test_any_ciphertext_with_a_right_signature(self, raw: bytes) -> None:
        with pytest.raises((Forged, Malformed)):
            opened(base64.b64encode(raw).decode())

    @given(st.integers(0, 351), st.integers(1, 255))
    def test_one_changed_byte(self, position: int, flip: int) -> None:
        """May go through where it hits the random bytes or the text; but never as another exception."""
        raw = bytearray(base64.b64decode(HELLO))
        raw[position % len(raw)] ^= flip
        with contextlib.suppress(Forged, Malformed):
            assert opened(base64.b64encode(raw).decode()) != b""


class TestSettings:
    @pytest.mark.parametrize(
        "key", ["", "short", KEY[:-1], KEY + "=", KEY + "A", "钥" * 43, KEY[:-1] + "-", KEY + "\n"]
    )
    def test_bad_key(self, key: str) -> None:
        with pytest.raises(ValueError, match="WECOM_ENCODING_AES_KEY") as caught:
            CallbackCrypto(TOKEN, key, CORP)
        assert "\n" not in str(caught.value)
        assert not key or key not in str(caught.value)

    def test_missing(self) -> None:
        with pytest.raises(ValueError, match="WECOM_CALLBACK_TOKEN"):
            CallbackCrypto("", KEY, CORP)
        with pytest.raises(ValueError, match="WECOM_CORP_ID"):
            CallbackCrypto(TOKEN, KEY, "")


class TestQuery:
    def test_plus_stays_plus(self) -> None:
        assert query_values(f"echostr={ECHOSTR}")["echostr"] == ECHOSTR
        assert query_values(f"echostr={quote(ECHOSTR, safe='')}&nonce=1")["echostr"] == ECHOSTR

    def test_oddities(self) -> None:
        assert query_values("") == {}
        assert query_values("&&a&b=&=c&d=1=2&a=9") == {"a": "", "b": "", "d": "1=2"}
        assert query_values("n=%ff%zz") == {"n": "\ufffd%zz"}

    @pytest.mark.parametrize("written", [ECHOSTR, quote(ECHOSTR, safe="")])
    async def test_through_a_real_server(self, written: str) -> None:
        async def check(request: web.Request) -> web.Response:
            query = query_values(request.rel_url.raw_query_string)
            return web.Response(
                text=crypto.verify_url(query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"])
            )

        app = web.Application()
        app.router.add_get("/wecom/callback", check)
        async with TestServer(app) as server, ClientSession() as session:
            query = "msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3&timestamp=1409659589&nonce=263014780"
            url = URL(f"{server.make_url('/wecom/callback')}?{query}&echostr={written}", encoded=True)
            async with session.get(url) as response:
                assert await response.text() == "1616140317555161061"
