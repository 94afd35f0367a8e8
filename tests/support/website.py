"""A site of our own with every kind of page and trap a link may lead to. It lives on loopback and counts its visits."""

import asyncio
import gzip
import ipaddress
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TITLE = "新民镇2020年法治政府建设年度报告"
COLUMN = "法治政府建设年度报告"
WORDS = "2020年，新民镇人民政府深入推进法治政府建设，全年公开政府信息一百二十条。" * 12
WAY = f"<div>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk'>政务公开</a> &gt; <a href='/l'>{COLUMN}</a></div>"
META = (
    '<meta name="SiteName" content="垫江县人民政府">'
    f'<meta name="ColumnName" content="{COLUMN}"><meta name="ArticleTitle" content="{TITLE}">'
    '<meta name="PubDate" content="2021-05-24 10:30"><meta name="ContentSource" content="新民镇人民政府">'
)


def page(body: str, head: str = "", title: str = f"{TITLE}_垫江县人民政府") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article(head: str = META, way: str = WAY, title: str = TITLE, words: str = WORDS) -> str:
    return page(f"{way}<h1>{title}</h1><div>来源：新民镇</div><p>{words}</p>", head, f"{title}_垫江县人民政府")


VISIBLE = f"{WAY}<h1>{TITLE}</h1><div>发布时间：2021年5月24日　来源：新民镇　浏览次数：12</div><p>{WORDS}</p>"
LIST = "".join(f"<li><a href='/a{n}.html'>{TITLE}（第{n}件）</a><span>2021-05-{n:02}</span></li>" for n in range(1, 21))
GONE = page("<h2>抱歉，您访问的页面不存在或已删除</h2><a href='/'>返回首页</a>", title="提示信息")
LOGIN = page(
    "<form>用户名<input name=u>密码<input type='password' name=p><button>登录</button></form>", title="用户登录"
)


def _html(text: str, charset: str = "utf-8", said: str | None = "utf-8") -> web.Response:
    kind = "text/html" + (f"; charset={said}" if said else "")
    return web.Response(body=text.encode(charset), headers={"Content-Type": kind})


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Site:
    """`hits`: path → visits. `pages`: path → what is answered; a test may put something else there at any time."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.pages: dict[str, Answer | web.Response | str] = dict(_PAGES)
        self.hold = asyncio.Event()  # what /held waits for
        self.visited = asyncio.Event()  # set by every visit
        self.base = ""

    def url(self, path: str) -> str:
        return f"{self.base}{path}"

    async def until(self, path: str, visits: int) -> None:
        """Waits until so many have come."""
        while self.hits[path] < visits:
            self.visited.clear()
            await self.visited.wait()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.hits[request.path] += 1
        self.visited.set()
        self.headers.append(dict(request.headers))
        found = self.pages.get(request.path)
        if found is None:
            return web.Response(status=404, text="not here")
        if isinstance(found, str):
            return _html(found)
        if isinstance(found, web.Response):
            return web.Response(status=found.status, body=found.body, headers=found.headers)
        if request.path == "/held":
            await self.hold.wait()
        return await found(request)


@asynccontextmanager
async def website(tls: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    server = TestServer(app, scheme="https" if tls else "http")
    await server.start_server(**({"ssl": tls} if tls else {}), shutdown_timeout=0.1)
    site.base = f"{server.scheme}://127.0.0.1:{server.port}"
    try:
        yield site
    finally:
        site.hold.set()
        await server.close()


def to(where: str, status: int = 302) -> Answer:
    async def redirect(request: web.Request) -> web.Response:
        port = str(request.url.port)
        return web.Response(status=status, headers={"Location": where.replace("PORT", port)})

    return redirect


async def _held(_request: web.Request) -> web.Response:
    return _html(article())


async def _drip(request: web.Request) -> web.StreamResponse:
    """A byte now and then, for ever."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html"})
    await answer.prepare(request)
    while True:
        await answer.write(b" ")
        await asyncio.sleep(0.05)


async def _huge(request: web.Request) -> web.StreamResponse:
    """A real article, and no end behind it."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    await answer.prepare(request)
    await answer.write(article().encode())
    while True:
        await answer.write(b"<p>" + b"x" * 65536)


async def _reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _half(request: web.Request) -> web.StreamResponse:
    """Promises more than it sends."""
    answer = web.StreamResponse(headers={"Content-Type": "text/html", "Content-Length": "100000"})
    await answer.prepare(request)
    await answer.write(b"<html>")
    assert request.transport is not None
    request.transport.close()
    return answer


async def _cookies(request: web.Request) -> web.Response:
    """Lets in who has its cookie, and sends everybody else round once more."""
    if "seen" in request.cookies:
        return _html(article())
    return web.Response(status=302, headers={"Location": "/cookies", "Set-Cookie": "seen=1"})


def _bomb() -> web.Response:
    packed = gzip.compress(article().encode() + b"<p>" + b"\0" * (64 * 1024 * 1024))
    return web.Response(body=packed, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})


def _refresh(where: str, seconds: int = 0) -> str:
    return page("请稍候", f'<meta http-equiv="Refresh" content="{seconds}; URL=\'{where}\'">', title="跳转中")


_PAGES: dict[str, Any] = {
    "/article": article(),
    "/plain": page(VISIBLE),
    "/gb/right": _html(page(VISIBLE), "gb18030", "gbk"),
    "/gb/wrong": _html(page(VISIBLE), "gb18030", "utf-8"),
    "/gb/missing": _html(page(VISIBLE), "gb18030", None),
    "/gb/meta": _html(page(VISIBLE, '<meta charset="gb2312">'), "gb18030", None),
    "/gb/latin": _html(page(VISIBLE), "gb18030", "iso-8859-1"),
    "/utf/wrong": _html(page(VISIBLE), "utf-8", "gb2312"),
    "/zipped": web.Response(
        body=gzip.compress(article().encode()), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    ),
    "/moved": to("/article", 301),
    "/moved/twice": to("/moved", 307),
    "/to/loopback": to("http://127.0.0.2:PORT/article"),
    "/to/private": to("http://10.0.0.1/"),
    "/to/metadata": to("http://169.254.169.254/latest/meta-data/"),
    "/to/mapped": to("http://[::ffff:10.0.0.1]/"),
    "/to/decimal": to("http://167772161/"),
    "/to/file": to("file:///etc/passwd"),
    "/to/login": to("/login?back=/article"),
    "/to/home": to("/"),
    "/to/user": to("http://admin:secret@127.0.0.1:PORT/article"),
    "/to/nowhere": to("http://[bad/"),
    "/loop": to("/loop"),
    "/cookies": _cookies,
    "/refresh": _refresh("/article"),
    "/refresh/later": page(VISIBLE, '<meta http-equiv="refresh" content="300;url=/">'),
    "/refresh/private": _refresh("http://192.168.1.1/"),
    "/refresh/loop": _refresh("/refresh/back"),
    "/refresh/back": _refresh("/refresh/loop"),
    "/drip": _drip,
    "/huge": _huge,
    "/bomb": _bomb(),
    "/reset": _reset,
    "/half": _half,
    "/held": _held,
    "/brotli": web.Response(body=b"\x0b\x02", headers={"Content-Type": "text/html", "Content-Encoding": "br"}),
    "/head": web.Response(body=b"x", headers={"X-Long": "x" * 20_000}),
    "/gone": web.Response(status=410, text="gone"),
    "/gone/politely": GONE,
    "/gone/title": page("<div>对不起</div>", title="404 Not Found"),
    "/error": web.Response(status=500, text="error"),
    "/forbidden": web.Response(status=403, text="blocked"),
    "/unauthorized": web.Response(status=401, text="who are you"),
    "/login": LOGIN,
    "/article/with-login-box": page(f"{VISIBLE}<form>登录<input type=password></form>"),
    "/": page(f"<ul>{LIST}</ul>", '<meta name="SiteName" content="垫江县人民政府">', "垫江县人民政府"),
    "/column/": page(
        f"<ul>{LIST}</ul>",
        f'<meta name="ColumnName" content="{COLUMN}"><meta name="ColumnType" content="信息公开">',
        COLUMN,
    ),
    "/column/bare": page(f"<ul>{LIST}</ul>", title="年度报告列表"),
    "/empty": "",
    "/empty/page": page("", title="页面"),
    "/no-title": page(VISIBLE, title=""),
    "/no-date": article(META.replace("PubDate", "Other")),
    "/late": article(META.replace("2021-05-24", "2021-06-02")),
    "/elsewhere": article(META.replace(COLUMN, "工作动态", 1), WAY.replace(COLUMN, "工作动态")),
    "/other-town": article(
        META.replace("新民镇", "高峰镇"), title=TITLE.replace("新民镇", "高峰镇"), words="全文见附件。" * 20
    ).replace("来源：新民镇", "来源：高峰镇"),
    "/file.pdf": web.Response(body=b"%PDF-1.4 report", headers={"Content-Type": "application/pdf"}),
    "/file.docx": web.Response(body=b"PK\x03\x04", headers={"Content-Type": "application/octet-stream"}),
    "/personal": article(words=WORDS + "联系人张三，身份证号11010519491231002X，手机13812345678。"),
    "/markup": article(META.replace(TITLE, "&lt;a href='http://x'&gt;点我&lt;/a&gt;")),
}


def certificate(folder: Path) -> ssl.SSLContext:
    """For a server that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
