"""A web application as a process of its own, on a port of this machine."""

import asyncio
import sys

import uvloop
from aiohttp import web


def run(app: web.Application) -> None:
    """Serves `app` on the port named as the first argument, without an access log, until the process is ended."""
    app.router.add_get("/healthz", _alive)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, int(sys.argv[1])))


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _serve(app: web.Application, port: int) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()
