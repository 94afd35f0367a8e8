"""A platform that takes everything at once: `python -m bot.bench.stub PORT`. What is measured is our side of it."""

from itertools import count

from aiohttp import web

from bot.bench import loopback


def create_app() -> web.Application:
    numbers = count(1)

    async def token(_request: web.Request) -> web.Response:
        return web.json_response({"errcode": 0, "errmsg": "ok", "access_token": "token", "expires_in": 7200})

    async def take(request: web.Request) -> web.Response:
        await request.read()
        number = next(numbers)
        return web.json_response({"errcode": 0, "errmsg": "ok", "msgid": f"m{number}", "response_code": f"r{number}"})

    app = web.Application()
    app.router.add_get("/cgi-bin/gettoken", token)
    for api in ("message/send", "message/update_template_card", "menu/create"):
        app.router.add_post(f"/cgi-bin/{api}", take)
    return app


if __name__ == "__main__":
    loopback.run(create_app())
