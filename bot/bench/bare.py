"""What the service is measured against: aiohttp and wechatpy that verify, decrypt, parse, and store nothing.

`python -m bot.bench.bare PORT`. On the same event loop as the service and without an access log: the fastest such
handler there is, not the usual one.
"""

from aiohttp import web
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from bot.bench import loopback
from sandbox.credentials import DEMO


def create_app() -> web.Application:
    crypto = WeChatCrypto(DEMO.token, DEMO.aes_key, DEMO.corp_id)

    async def receive(request: web.Request) -> web.Response:
        query = request.query
        body = await request.read()
        parse_message(crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"]))
        return web.Response()

    app = web.Application()
    app.router.add_post("/wecom/callback", receive)
    return app


if __name__ == "__main__":
    loopback.run(create_app())
