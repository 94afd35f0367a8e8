"""The callback envelope against the platform's published vectors."""

import pytest

from sandbox.credentials import DEMO
from sandbox.crypto import Envelope, EnvelopeError

ENVELOPE = Envelope("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
HELLO = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q=="
)


def test_opens_the_official_url_check() -> None:
    signature = "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert ENVELOPE.open(signature, "1409659589", "263014780", ECHO) == b"1616140317555161061"


def test_opens_the_official_message() -> None:
    plain = ENVELOPE.open("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149", HELLO).decode()
    assert "<![CDATA[hello]]>" in plain
    assert "<MsgId>4561255354251345929</MsgId>" in plain
    assert "mycreate" in plain


@pytest.mark.parametrize(
    ("message", "encrypted", "signature"),
    [
        (
            "<xml>你好😀</xml>",
            "sKqRbbiSUnDhFHOvPjtUMZAecfkcJ6GpfmpRm+aFv4i1QPK728F9o+nRBs1NyX9L26eJiZr40GWlAg+KSzuBkw==",
            "169690c2cf23e7c3c14e8c06526be611d4241544",
        ),
        (
            "x" * 26,
            "sKqRbbiSUnDhFHOvPjtUMSs1k8K1CdhVATTBQNj5RGfr2SSogQPwiaREvDG6j+anDDTQGRPc5XVafaRf07vjdJWo03DV9aa/cArn/HDtV476"
            "heTTKpJSMh7JMO1cnA3V",
            "c8d05f17129bb0f30e5ac3f7d2e3db4e89914884",
        ),
    ],
    ids=["emoji", "full pad"],
)
def test_seals_byte_for_byte_like_other_libraries(message: str, encrypted: str, signature: str) -> None:
    assert ENVELOPE.encrypt(message.encode(), random16=b"0123456789abcdef") == encrypted
    assert ENVELOPE.signature("1700000000", "nonce1", encrypted) == signature
    assert ENVELOPE.decrypt(encrypted).decode() == message


def test_refuses_what_is_not_ours() -> None:
    with pytest.raises(EnvelopeError, match="signature"):
        ENVELOPE.open("0" * 40, "1409659589", "263014780", ECHO)
    with pytest.raises(EnvelopeError, match="another corp"):
        Envelope(ENVELOPE.token, ENVELOPE.aes_key, "wxother").decrypt(ECHO)
    with pytest.raises(EnvelopeError):
        ENVELOPE.decrypt("bm90IGVuY3J5cHRlZA==")
    with pytest.raises(EnvelopeError):
        ENVELOPE.decrypt("not base64!")


def test_the_fixed_credentials_are_well_formed() -> None:
    assert len(DEMO.aes_key) == 43
    envelope = Envelope(DEMO.token, DEMO.aes_key, DEMO.corp_id)
    assert envelope.decrypt(envelope.encrypt("任务".encode())).decode() == "任务"
    assert DEMO.environment("http://127.0.0.1:8100")["WECOM_API_BASE"] == "http://127.0.0.1:8100"
