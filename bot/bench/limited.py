"""The sandbox's platform, which enforces the real one's limits: `python -m bot.bench.limited PORT`.

Everybody of `bot.bench.crowd` is in its directory; what it counted is at /sandbox/state.
"""

from bot.bench import loopback
from bot.bench.crowd import PEOPLE, userid
from sandbox.credentials import DEMO
from sandbox.people import Person
from sandbox.platform import Platform
from sandbox.server import create_app

NOWHERE = "http://127.0.0.1:9"  # it never calls back: nobody writes


def main() -> None:
    platform = Platform(
        corp_id=DEMO.corp_id,
        secret=DEMO.secret,
        agent_id=DEMO.agent_id,
        token=DEMO.token,
        aes_key=DEMO.aes_key,
        people=[Person(userid(number), f"联络员{number}", "新民镇", "") for number in range(PEOPLE)],
        callback_url=f"{NOWHERE}/wecom/callback",
    )
    loopback.run(create_app(platform, NOWHERE))


if __name__ == "__main__":
    main()
