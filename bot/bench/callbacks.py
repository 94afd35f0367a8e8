"""Callbacks as the platform would post them: unique, encrypted, signed, ready to be written to a socket."""

import random
from collections.abc import Iterator

from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import WeChatSigner

from sandbox.credentials import DEMO

PEOPLE = 46  # contacts of the county, who write by turns
TIMESTAMP = "1621904400"


def callbacks(port: int, seed: int, people: int = PEOPLE, named: str = "contact") -> Iterator[bytes]:
    """HTTP requests without end, always the same for a seed: a second run with it repeats every message."""
    chance = random.Random(seed)  # ids, not secrets
    crypto = WeChatCrypto(DEMO.token, DEMO.aes_key, DEMO.corp_id)
    cipher = PrpCrypto(crypto.key)
    while True:
        number = chance.getrandbits(62)  # its MsgId
        sealed = cipher.encrypt(_message(number, f"{named}{number % people}"), DEMO.corp_id).decode()
        yield _post(port, sealed, nonce=str(number % 10**10))


def _message(number: int, sender: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{DEMO.corp_id}]]></ToUserName>"
        f"<FromUserName><![CDATA[{sender}]]></FromUserName><CreateTime>{TIMESTAMP}</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType>"
        "<Content><![CDATA[完成 34 https://www.dianjiang.gov.cn/zwgk/fdzdgknr/lzyj/202106/t20210630_9417530.html]]></Content>"
        f"<MsgId>{number}</MsgId><AgentID>{DEMO.agent_id}</AgentID></xml>"
    )


def _post(port: int, sealed: str, nonce: str) -> bytes:
    signer = WeChatSigner()
    signer.add_data(DEMO.token, TIMESTAMP, nonce, sealed)
    body = (
        f"<xml><ToUserName><![CDATA[{DEMO.corp_id}]]></ToUserName>"
        f"<Encrypt><![CDATA[{sealed}]]></Encrypt><AgentID><![CDATA[{DEMO.agent_id}]]></AgentID></xml>"
    ).encode()
    head = (
        f"POST /wecom/callback?msg_signature={signer.signature}&timestamp={TIMESTAMP}&nonce={nonce} HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
