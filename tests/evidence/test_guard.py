"""Which addresses may be opened: in every spelling, whatever carries them, however often they are looked up."""

import pytest

from bot.domain.links import Trouble
from bot.evidence.guard import Guard, guard_of, is_public, literal, of_the_house, only_inside
from bot.settings import SettingsError, load_settings

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.8.8.8"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    "255.255.255.255",
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1"),
    *("2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:0a00:0001::1", "2002:808:808::1", "3fff::1"),
    *("5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1"),
]
PUBLIC = [
    *("1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.1.1"),
    *("198.17.0.1", "198.20.0.1", "223.255.255.255", "2400:3200::1", "240e::1", "2606:4700::1111", "64:ff9b::808:808"),
]
SPELLINGS = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001"),
    *("0177.0.0.1", "0177.1", "00000177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "0", "0x0"),
    *("10.1", "167772161", "0xa000001", "012.0.0.1", "3232235777", "0xc0a80101", "[fe80::1]", "169.254.43518"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_not_opened(address: str) -> None:
    assert not Guard().permits(address, "www.dj.gov.cn")


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is(address: str) -> None:
    assert Guard().permits(address, "www.dj.gov.cn")
    assert not Guard(listed_only=True).permits(address, "www.dj.gov.cn")


def test_no_address_is_none() -> None:
    assert not Guard().permits("localhost", "localhost") and not Guard().permits("", "")


@pytest.mark.parametrize("host", SPELLINGS)
def test_every_spelling_of_an_address_is_seen_through(host: str) -> None:
    ip = literal(host)
    assert ip is not None and not is_public(ip)
    assert Guard().objection(f"http://{host}/a.html", resolves=True) is Trouble.INTERNAL
    assert Guard().objection(f"http://{host}/a.html", resolves=False) is Trouble.INTERNAL
    assert only_inside(f"http://{host}/a.html")


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("http://www.dj.gov.cn/a.html", None),
        ("https://www.dj.gov.cn:8443/a.html", None),
        ("http://8.8.8.8/", None),
        ("ftp://www.dj.gov.cn/a", Trouble.NOT_HTTP),
        ("file:///etc/passwd", Trouble.ADDRESS),
        ("gopher://www.dj.gov.cn/", Trouble.NOT_HTTP),
        ("http://user:password@www.dj.gov.cn/", Trouble.ADDRESS),
        ("http://www.dj.gov.cn@127.0.0.1/", Trouble.ADDRESS),
        ("http://:@www.dj.gov.cn/", Trouble.ADDRESS),
        ("http://www.dj.gov.cn:22/", Trouble.PORT),
        ("http://www.dj.gov.cn:6667/", Trouble.PORT),
        ("http://www.dj.gov.cn:0/", Trouble.PORT),
        ("http://xn--chq.gov.cn/", None),
        ("http://a b.gov.cn/", Trouble.ADDRESS),
        ("http://www.dj.gov.cn:99999/", Trouble.ADDRESS),
        ("http://www.dj.gov.cn:x/", Trouble.ADDRESS),
        ("http:///a", Trouble.ADDRESS),
        ("http://[::1/", Trouble.ADDRESS),
        ("", Trouble.ADDRESS),
    ],
)
def test_what_an_address_says_of_itself(url: str, trouble: Trouble | None) -> None:
    assert Guard().objection(url, resolves=True) is trouble


@pytest.mark.parametrize(
    "host", ["localhost", "oa", "a.localhost", "nas.local", "x.internal", "1.0.0.127.in-addr.arpa"]
)
def test_names_of_the_house_are_not_left_to_a_proxy(host: str) -> None:
    assert of_the_house(host)
    assert Guard().objection(f"http://{host}/", resolves=False) is Trouble.INTERNAL
    assert Guard().objection(f"http://{host}/", resolves=True) is None  # here its address will tell
    assert Guard(hosts=frozenset({host})).objection(f"http://{host}/", resolves=False) is None


def test_the_county_lists_its_own() -> None:
    guard = guard_of(["10.20.0.0/16", "192.168.1.5", "fd00:1::/32", "OA.dj.cn"])
    assert guard.permits("10.20.3.4", "x") and guard.permits("192.168.1.5", "x") and guard.permits("fd00:1::9", "x")
    assert not guard.permits("10.21.0.1", "x") and not guard.permits("192.168.1.6", "x")
    assert guard.permits("10.99.0.1", "oa.dj.cn") and not guard.permits("10.99.0.1", "oa.dj.cn.evil.com")
    assert guard.objection("http://10.20.3.4/a", resolves=True) is None
    assert guard.objection("http://10.21.3.4/a", resolves=True) is Trouble.INTERNAL


def test_the_proxy_is_an_address_or_none() -> None:
    assert load_settings(_env_file=None).duban_http_proxy == ""
    assert load_settings(_env_file=None, duban_http_proxy="http://127.0.0.1:3128/").duban_http_proxy.endswith(":3128")
    for wrong in ("socks5://127.0.0.1:1080", "127.0.0.1:3128", "http://["):
        with pytest.raises(SettingsError, match="DUBAN_HTTP_PROXY 的值不对：应为 http:// 或 https:// 开头的地址"):
            load_settings(_env_file=None, duban_http_proxy=wrong)


def test_where_only_what_is_listed_may_be_opened_no_other_name_is_even_looked_up() -> None:
    guard = guard_of(["127.0.0.1", "oa.dj.cn"], listed_only=True)
    assert guard.objection("http://www.dj.gov.cn/", resolves=True) is Trouble.NOT_LISTED
    assert guard.objection("http://8.8.8.8/", resolves=True) is Trouble.NOT_LISTED
    assert guard.objection("http://10.0.0.1/", resolves=True) is Trouble.INTERNAL
    assert guard.objection("http://127.0.0.1:8000/", resolves=True) is None
    assert guard.objection("http://oa.dj.cn/", resolves=True) is None
