"""Government deployments run on the customer's own host, often under a private authority."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from platform_on_loopback import MakeClient, Platform, Watch

from bot.wecom.errors import Unreached
from bot.wecom.transport import ssl_context


@pytest.fixture
def authority(tmp_path: Path, http: object) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = Watch().time
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=3650))
        .not_valid_after(now + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "ca.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
async def private_host(platform: Platform, authority: Path) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/cgi-bin/{api:.+}", platform.handle)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority)
    server = TestServer(app, scheme="https")
    await server.start_server(ssl=context)
    yield f"https://127.0.0.1:{server.port}"
    await server.close()


async def test_with_the_authority(make_client: MakeClient, private_host: str, authority: Path) -> None:
    await make_client(base_url=private_host, tls=ssl_context(authority)).check()


async def test_without_it(make_client: MakeClient, private_host: str, platform: Platform) -> None:
    for tls in (None, ssl_context(None)):
        with pytest.raises(Unreached, match="WECOM_CA_FILE"):
            await make_client(base_url=private_host, tls=tls).check()
    assert platform.seen == [], "no secret was sent to a host that could not prove itself"


def test_unusable_file(tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("hello")
    (tmp_path / "empty.pem").touch()
    for file in (tmp_path / "none.pem", tmp_path / "text.pem", tmp_path / "empty.pem", tmp_path):
        with pytest.raises(ValueError, match="WECOM_CA_FILE"):
            ssl_context(file)
