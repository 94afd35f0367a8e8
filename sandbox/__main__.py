"""`python -m sandbox`: the platform alone, for a bot that runs elsewhere on the same machine."""

import argparse
import sys
from pathlib import Path

from aiohttp import web

from sandbox.clock import FollowingClock
from sandbox.credentials import DEMO
from sandbox.people import load_people
from sandbox.platform import Platform
from sandbox.server import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="一个可以试用的企业微信")
    parser.add_argument("--host", default="127.0.0.1", help="监听的地址")
    parser.add_argument("--port", type=int, default=8100, help="监听的端口")
    parser.add_argument("--bot-url", default="http://127.0.0.1:8000", help="机器人的地址")
    parser.add_argument("--people", type=Path, required=True, help="人员名册 CSV：单位,姓名,账号,角色")
    options = parser.parse_args()
    try:
        people = load_people(options.people)
    except (OSError, ValueError) as error:
        sys.exit(f"读不了人员名册：{error}")
    bot_url = options.bot_url.rstrip("/")
    platform = Platform(
        corp_id=DEMO.corp_id,
        secret=DEMO.secret,
        agent_id=DEMO.agent_id,
        token=DEMO.token,
        aes_key=DEMO.aes_key,
        people=people,
        callback_url=f"{bot_url}/wecom/callback",
        now=FollowingClock(),
    )
    address = f"http://{options.host}:{options.port}"

    def announce(_: str) -> None:
        print(f"手机页面：{address}/\n机器人需要的环境变量：")
        for name, value in DEMO.environment(address).items():
            print(f"{name}={value}")
        sys.stdout.flush()

    app = create_app(platform, bot_url)
    try:
        # No access log: the addresses in it carry tokens.
        web.run_app(app, host=options.host, port=options.port, print=announce, access_log=None)
    except OSError as error:
        sys.exit(f"打不开端口 {options.port}：{error.strerror}")


if __name__ == "__main__":
    main()
