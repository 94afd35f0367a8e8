"""Files to the platform and from it, against a platform on loopback."""

import asyncio

import pytest
from aiohttp import web
from platform_on_loopback import BODY, Platform, refuses

from bot.wecom.client import WecomClient
from bot.wecom.errors import Ambiguous, ErrorClass, MediaTooLarge, WecomError


class TestFiles:
    async def test_upload(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("media/upload", {"errcode": 0, "type": "file", "media_id": "m-9"})
        assert await client.upload("台账 2021.xlsx", b"x" * 2_000_000) == "m-9"
        (seen,) = platform.calls("media/upload")
        assert seen.query["type"] == "file"
        assert 'name="media"; filename="台账 2021.xlsx"'.encode() in seen.body[:300]
        assert b"x" * 2_000_000 in seen.body

    async def test_upload_after_the_token_ran_out(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("media/upload", {"errcode": 0, "media_id": "m-9"})
        await client.send_raw(BODY)
        platform.expire()
        await client.upload("a.txt", b"evidence")
        assert all(b"evidence" in seen.body for seen in platform.calls("media/upload"))
        assert len(platform.calls("media/upload")) == 2

    @pytest.mark.parametrize("size", [0, 5, 20 * 1024 * 1024 + 1])
    async def test_size(self, client: WecomClient, platform: Platform, size: int) -> None:
        with pytest.raises(ValueError, match="20 MB"):
            await client.upload("a.txt", bytes(size))
        assert platform.seen == []

    async def test_name_that_would_break_the_form(self, client: WecomClient, platform: Platform) -> None:
        with pytest.raises(ValueError, match="文件名"):
            await client.upload('a"\r\nContent-Type: text/html\r\n\r\n', b"evidence")
        assert platform.calls("media/upload") == []

    async def test_upload_without_media_id(self, client: WecomClient, platform: Platform) -> None:
        with pytest.raises(Ambiguous):
            await client.upload("a.txt", b"evidence")

    @pytest.mark.parametrize(
        ("header", "name"),
        [
            ('attachment; filename="a.pdf"', "a.pdf"),
            ("attachment; filename=a.pdf", "a.pdf"),
            ('attachment; filename="公示 结果.pdf"', "公示 结果.pdf"),
            ('attachment; filename="%E5%85%AC%E7%A4%BA.pdf"', "公示.pdf"),
            ("attachment; filename=\"x.pdf\"; filename*=UTF-8''%E5%85%AC%E7%A4%BA.pdf", "公示.pdf"),
            ('attachment; filename="../../etc/passwd"', "passwd"),
            ('attachment; filename="C:\\a\\b.docx"', "b.docx"),
            ('attachment; filename="a%00%0d%0a.pdf"', "a.pdf"),
            ("attachment", ""),
            ("attachment; filename=", ""),
            (None, ""),
        ],
    )
    async def test_download(self, client: WecomClient, platform: Platform, header: str | None, name: str) -> None:
        async def give(request: web.Request) -> web.Response:
            headers = {"Content-Disposition": header} if header else {}
            return web.Response(body=b"\x00pdf", content_type="application/pdf", headers=headers)

        platform.answers("media/get", give)
        assert await client.download("m-1", 100) == (name, b"\x00pdf")
        assert platform.calls("media/get")[0].query["media_id"] == "m-1"

    async def test_a_json_file_is_a_file(self, client: WecomClient, platform: Platform) -> None:
        async def give(request: web.Request) -> web.Response:
            headers = {"Content-Disposition": 'attachment; filename="a.json"'}
            return web.json_response({"errcode": 40007}, headers=headers)

        platform.answers("media/get", give)
        assert await client.download("m-1", 100) == ("a.json", b'{"errcode": 40007}')

    async def test_download_refused(self, client: WecomClient, platform: Platform) -> None:
        platform.answers("media/get", refuses(40007))
        with pytest.raises(WecomError) as caught:
            await client.download("m-1", 100)
        assert caught.value.errcode == 40007

    async def test_download_with_an_expired_token(self, client: WecomClient, platform: Platform) -> None:
        async def give(request: web.Request) -> web.Response:
            return web.Response(body=b"data", headers={"Content-Disposition": 'attachment; filename="a"'})

        platform.answers("media/get", give)
        await client.send_raw(BODY)
        platform.expire()
        assert await client.download("m-1", 100) == ("a", b"data")

    async def test_download_stops_at_the_cap(self, client: WecomClient, platform: Platform) -> None:
        """The file has no end: only a reader that stops gets anywhere."""

        async def endless(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Disposition": 'attachment; filename="a"'})
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"x" * 65536)
            except ConnectionError:
                return response

        platform.answers("media/get", endless)
        with pytest.raises(MediaTooLarge) as caught:
            await client.download("m-1", 1_000_000)
        assert caught.value.cls is ErrorClass.CONTENT

    async def test_download_too_large_by_its_own_account(self, client: WecomClient, platform: Platform) -> None:
        """Its size is announced and nothing of it sent: whoever waits for it waits for ever."""
        release = asyncio.Event()

        async def announce(request: web.Request) -> web.StreamResponse:
            headers = {"Content-Disposition": "attachment", "Content-Length": str(10**9)}
            response = web.StreamResponse(headers=headers)
            await response.prepare(request)
            await release.wait()
            return response

        platform.answers("media/get", announce)
        with pytest.raises(MediaTooLarge):
            await client.download("m-1", 100)
        release.set()

    async def test_download_cut_off(self, client: WecomClient, platform: Platform) -> None:
        async def cut(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Disposition": "attachment", "Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"x" * 10)
            assert request.transport is not None
            request.transport.abort()
            return response

        platform.answers("media/get", cut)
        with pytest.raises(Ambiguous):
            await client.download("m-1", 2000)
