"""The access token: fetched once, shared, renewed when rejected, never asked for in a loop."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from platform_on_loopback import BODY, MakeClient, Platform, SharedTokens, Watch, refuses

from bot.wecom.client import WecomClient
from bot.wecom.errors import Ambiguous, ErrorClass, WecomError
from bot.wecom.tokens import StoredToken, TokenKeeper


class TestToken:
    async def test_fifty_calls_fetch_one_token(self, client: WecomClient, platform: Platform) -> None:
        await asyncio.gather(*(client.send_raw(BODY) for _ in range(50)))
        assert len(platform.calls("gettoken")) == 1
        assert len(platform.calls("message/send")) == 50
        assert platform.calls("gettoken")[0].query == {"corpid": "wwcorp", "corpsecret": "right-secret"}

    async def test_expired_while_in_use(self, client: WecomClient, platform: Platform) -> None:
        await client.send_raw(BODY)
        platform.expire()
        await asyncio.gather(*(client.send_raw(BODY) for _ in range(50)))
        assert len(platform.calls("gettoken")) == 2
        assert {seen.body for seen in platform.calls("message/send")} == {BODY}, "repeated byte for byte"
        delivered = [seen for seen in platform.calls("message/send") if seen.query["access_token"] == "token-2"]
        assert len(delivered) == 50

    async def test_another_replica_was_faster(
        self, client: WecomClient, platform: Platform, tokens: SharedTokens, watch: Watch
    ) -> None:
        await client.send_raw(BODY)
        platform.valid = "from-another-replica"
        tokens.token = StoredToken("from-another-replica", watch.time.replace(hour=10))
        await client.send_raw(BODY)
        assert len(platform.calls("gettoken")) == 1, "the stored token was no longer the rejected one"

    async def test_another_replica_stores_first(
        self, make_client: MakeClient, platform: Platform, watch: Watch
    ) -> None:
        class Raced(SharedTokens):
            async def replace(self, old: str | None, new: StoredToken) -> StoredToken:
                platform.valid = "winner"
                self.token = StoredToken("winner", new.expires_at)
                return await super().replace(old, new)

        client = make_client(token_store=Raced())
        await client.send_raw(BODY)
        assert platform.calls("message/send")[-1].query["access_token"] == "winner"

    async def test_a_replica_starts_with_the_stored_token(
        self, make_client: MakeClient, platform: Platform, tokens: SharedTokens
    ) -> None:
        await make_client().send_raw(BODY)
        await make_client().send_raw(BODY)
        assert len(platform.calls("gettoken")) == 1

    async def test_runs_out_by_the_real_clock(self, client: WecomClient, platform: Platform, watch: Watch) -> None:
        await client.send_raw(BODY)
        watch.pass_(seconds=7199)
        await client.send_raw(BODY)
        assert len(platform.calls("gettoken")) == 1
        watch.pass_(seconds=1)
        await client.send_raw(BODY)
        assert len(platform.calls("gettoken")) == 2
        assert len(platform.calls("message/send")) == 3, "no call was wasted on the old token"

    async def test_wrong_secret_stops(self, make_client: MakeClient, platform: Platform, watch: Watch) -> None:
        client = make_client(secret="wrong-secret")
        outcomes = await asyncio.gather(*(client.send_raw(BODY) for _ in range(50)), return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {WecomError}
        with pytest.raises(WecomError) as caught:
            await client.departments()
        assert (caught.value.errcode, caught.value.cls) == (40001, ErrorClass.SETTINGS)
        assert len(platform.seen) == 1, "one request in all, and no message"

        watch.pass_(minutes=59)
        with pytest.raises(WecomError):
            await client.send_raw(BODY)
        assert len(platform.seen) == 1
        watch.pass_(minutes=1)
        with pytest.raises(WecomError):
            await client.send_raw(BODY)
        assert len(platform.seen) == 2, "one try an hour"

    async def test_recovers_when_the_console_was_repaired(
        self, make_client: MakeClient, platform: Platform, watch: Watch
    ) -> None:
        client = make_client(secret="new-secret")
        with pytest.raises(WecomError):
            await client.send_raw(BODY)
        platform.secret = "new-secret"
        watch.pass_(hours=1)
        assert (await client.send_raw(BODY)).errcode == 0

    async def test_unknown_refusal_of_gettoken_is_a_setting_too(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("gettoken", refuses(40091))
        for _ in range(3):
            with pytest.raises(WecomError) as caught:
                await client.send_raw(BODY)
            assert caught.value.cls is ErrorClass.SETTINGS
        assert len(platform.seen) == 1

    async def test_busy_gettoken_is_tried_again(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("gettoken", refuses(-1), {"errcode": 0, "access_token": platform.valid, "expires_in": 7200})
        with pytest.raises(WecomError) as caught:
            await client.send_raw(BODY)
        assert caught.value.cls is ErrorClass.TRANSIENT
        assert (await client.send_raw(BODY)).errcode == 0

    async def test_token_refused_for_ever(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("message/send", refuses(40014))
        with pytest.raises(WecomError) as caught:
            await client.send_raw(BODY)
        assert (caught.value.errcode, caught.value.cls) == (40014, ErrorClass.TRANSIENT)
        assert len(platform.calls("message/send")) == 2
        assert len(platform.calls("gettoken")) == 2

    async def test_40001_of_a_call_is_the_token_once_then_the_secret(
        self, client: WecomClient, platform: Platform
    ) -> None:
        platform.answers("message/send", refuses(40001), {"errcode": 0})
        assert (await client.send_raw(BODY)).errcode == 0
        platform.answers("message/send", refuses(40001))
        with pytest.raises(WecomError) as caught:
            await client.send_raw(BODY)
        assert caught.value.cls is ErrorClass.SETTINGS
        assert len(platform.calls("message/send")) == 4

    async def test_one_caller_giving_up_does_not_take_the_token_from_the_others(
        self, client: WecomClient, platform: Platform
    ) -> None:
        asked, release = asyncio.Event(), asyncio.Event()

        async def slow(request: web.Request) -> web.Response:
            asked.set()
            await release.wait()
            return web.json_response({"errcode": 0, "access_token": platform.valid, "expires_in": 7200})

        platform.answers("gettoken", slow)
        first = asyncio.create_task(client.send_raw(BODY))
        await asked.wait()
        second = asyncio.create_task(client.send_raw(BODY))
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        release.set()
        assert (await second).errcode == 0
        assert len(platform.calls("gettoken")) == 1

    async def test_a_refresh_begun_before_the_rejection_was_known(self, watch: Watch) -> None:
        """It may bring the very token that was rejected meanwhile; that one is not used again."""
        reading, go_on = asyncio.Event(), asyncio.Event()

        class Slow(SharedTokens):
            async def get(self) -> StoredToken | None:
                reading.set()
                await go_on.wait()
                return await super().get()

        async def fetch() -> StoredToken:
            return StoredToken("new", watch.time.replace(hour=10))

        store = Slow()
        store.token = StoredToken("rejected", watch.time.replace(hour=9))
        keeper = TokenKeeper(fetch, store, watch)
        early = asyncio.create_task(keeper.current())
        await reading.wait()
        late = asyncio.create_task(keeper.other_than("rejected"))
        go_on.set()
        assert await early == "rejected"
        assert await late == "new"

    @pytest.mark.parametrize("broken", [{}, {"access_token": ""}, {"access_token": "t"}, {"access_token": 7}])
    async def test_unusable_answer(self, client: WecomClient, platform: Platform, broken: dict[str, Any]) -> None:
        platform.answers("gettoken", {"errcode": 0, **broken})
        with pytest.raises(Ambiguous):
            await client.send_raw(BODY)

    async def test_check_asks_the_platform(self, make_client: MakeClient, platform: Platform) -> None:
        await make_client().check()
        with pytest.raises(WecomError):
            await make_client(secret="wrong").check()
        assert len(platform.calls("gettoken")) == 2
