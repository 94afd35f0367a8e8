"""What the service is measured against: aiohttp and wechatpy that verify, decrypt, parse, and store nothing.

`python -m bot.bench.bare PORT`. On the same event loop as the service and without an access log: the fastest such
handler there is, not the usual one.
"""

import asyncio
import sys

import uvloop
from aiohttp import web
from wechatpy.enterprise import parse_message
from wechatpy.enterprise.crypto import WeChatCrypto

from sandbox.credentials import DEMO


def create_app() -> web.Application:
    crypto = WeChatCrypto(DEMO.token, DEMO.aes_key, DEMO.corp_id)

    async def receive(request: web.Request) -> web.Response:
        query = request.query
        xml = crypto.decrypt_message(
            await request.read(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        parse_message(xml)
        return web.Response()

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application()
    app.router.add_post("/wecom/callback", receive)
    app.router.add_get("/healthz", alive)
    return app


async def serve(port: int) -> None:
    """Runs until the process is ended."""
    runner = web.AppRunner(create_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as running:
        running.run(serve(int(sys.argv[1])))
