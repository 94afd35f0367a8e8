"""The sandbox as a web application: the platform's API, its authorize page, the page's API and the page."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from sandbox import api, oauth
from sandbox.botclock import BotClock
from sandbox.clock import FollowingClock
from sandbox.page_api import PageApi
from sandbox.platform import Platform

PAGE = Path(__file__).parent / "page"

# The page loads nothing from elsewhere and runs no script that is not a file of its own.
POLICY = "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


def create_app(platform: Platform, bot_url: str) -> web.Application:
    """Serve `platform`; `bot_url` is where the bot's /clock is looked for. Closes the platform when it ends."""
    following = platform.now if isinstance(platform.now, FollowingClock) else None
    clock = BotClock(bot_url, following)

    async def cgi_bin(request: web.Request) -> web.StreamResponse:
        if clock.follows and request.match_info["api"] == "message/send":
            await clock.read()  # so that what arrives during a jump carries the moment it was sent at
        return await api.serve(request, platform)

    async def authorize(request: web.Request) -> web.Response:
        return await oauth.authorize(request, platform)

    async def lifetime(app: web.Application) -> AsyncIterator[None]:
        yield
        await clock.close()
        await platform.close()

    async def end_streams(app: web.Application) -> None:
        platform.mailbox.publish({"type": "bye"})

    app = web.Application(client_max_size=api.BODY_BYTES)
    app.router.add_route("*", "/cgi-bin/{api:.+}", cgi_bin)
    app.router.add_get("/connect/oauth2/authorize", authorize)
    app.add_routes(PageApi(platform, clock).routes())
    app.router.add_get("/", _index)
    app.router.add_static("/page", PAGE)
    app.on_response_prepare.append(_protect)
    app.on_shutdown.append(end_streams)
    app.cleanup_ctx.append(lifetime)
    return app


async def _index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    if request.path == "/" or request.path.startswith("/page/"):
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-cache"
