"""Which addresses may be opened for somebody who sent a link: public ones, and what the county lists. Pure.

The judgement is made on the address a socket is about to connect to, so that no name, spelling or second lookup can
lead anywhere else; `literal` only lets the obvious be said before anything is looked up.
"""

import ipaddress
import re
import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from bot.domain.links import Trouble

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA's special-purpose registries (RFC 6890), written out: what Python calls private differs from version to version.
_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
            *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
            *("224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")  # global unicast; everything else is local, mapped or unassigned
_NOT_PUBLIC_6 = tuple(
    map(
        ipaddress.IPv6Network,
        # Teredo and 6to4 carry an IPv4 address that somebody else's relay would open.
        ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# The ports no browser opens (WHATWG Fetch, "bad port"): what stands there is no publication.
BAD_PORTS = frozenset(
    (
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104),
        *(109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515),
        *(526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049),
        *(3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    )
)
_HOST = re.compile(r"[0-9a-z._%:-]{1,253}", re.IGNORECASE)
_OF_THE_HOUSE = re.compile(r"(?:[^.]*|.*\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa))\.?")


@dataclass(frozen=True)
class Guard:
    """`networks` and `hosts` are listed by the county and may be opened whatever they are. `listed_only`: nothing else
    may, public or not (on a virtual clock). Names are in lower case."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    listed_only: bool = False

    def permits(self, address: str, host: str) -> bool:
        """May a socket connect to this IP address (as the system gives it) for this host?"""
        if host.lower() in self.hosts:
            return True
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        if any(ip in network for network in self.networks):
            return True
        return not self.listed_only and is_public(ip)

    def objection(self, url: str, resolves: bool) -> Trouble | None:
        """What stands against opening this address at all, before any name is looked up.

        `resolves` is False where a proxy looks names up: then names of the house are refused, too.
        """
        parts = split(url)
        if parts is None or parts.username is not None or parts.password is not None:
            return Trouble.ADDRESS
        if not parts.hostname or not _HOST.fullmatch(parts.hostname):
            return Trouble.ADDRESS
        if parts.scheme not in ("http", "https"):
            return Trouble.NOT_HTTP
        if parts.port in BAD_PORTS:
            return Trouble.PORT
        host = parts.hostname.lower()
        ip = literal(host)
        if host in self.hosts or (ip is not None and self.permits(str(ip), host)):
            return None
        inside = not is_public(ip) if ip is not None else (not resolves and of_the_house(host))
        if inside:
            return Trouble.INTERNAL
        return Trouble.NOT_LISTED if self.listed_only else None


def guard_of(allowed: Iterable[str], listed_only: bool = False) -> Guard:
    """From the policy's list: networks (10.20.0.0/16), addresses and names of hosts, as the policy has checked them."""
    networks, hosts = [], set()
    for one in allowed:
        try:
            networks.append(ipaddress.ip_network(one))
        except ValueError:
            hosts.add(one.lower())
    return Guard(tuple(networks), frozenset(hosts), listed_only)


def is_public(ip: IP) -> bool:
    """An address everybody on the internet would reach. One that carries an IPv4 address is judged as that one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    if ip.scope_id is not None:
        return False
    if ip in _NAT64:
        return is_public(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    return ip in _PUBLIC_6 and not any(ip in network for network in _NOT_PUBLIC_6)


def literal(host: str) -> IP | None:
    """The IP address a host is written as, in any form a system would take: 127.1, 0x7f000001, 017700000001, [::1]."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if re.fullmatch(r"[0-9a-fx.]+", host) else None
    except OSError:
        return None


def of_the_house(host: str) -> bool:
    """A name that means something on one network only."""
    return _OF_THE_HOUSE.fullmatch(host.lower()) is not None


def only_inside(url: str) -> bool:
    """An address nobody outside can open, to be seen from its spelling alone."""
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    ip = literal(host)
    return bool(host) and (not is_public(ip) if ip is not None else of_the_house(host))


def is_government(url: str, sites: Collection[str]) -> bool:
    """.gov.cn is given to governments only; others are listed by the county, and mean what lies below them, too."""
    address = split(url)
    host = ((address.hostname or "") if address else "").lower().rstrip(".")
    return any(host == site or host.endswith(f".{site}") for site in ("gov.cn", *sites))


def split(url: str) -> SplitResult | None:
    """None where it is no address at all."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # raises where it is none
    except ValueError:
        return None
    return parts
