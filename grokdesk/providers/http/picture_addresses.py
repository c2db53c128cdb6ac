"""Which pictures go to a server as an address: public ones, to servers that fetch them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from grokdesk.addresses import host_of, is_local
from grokdesk.cancel import CancelSwitch
from grokdesk.model import PreparedImage, Profile

LOOK_UP_SECONDS = 3.0

_NAT64, _NAT64_LOCAL = ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")
_MAPPED, _COMPATIBLE, _TRANSLATED = ip_network("::ffff:0:0/96"), ip_network("::/96"), ip_network("::ffff:0:0:0/96")
_SIX_TO_FOUR, _TEREDO = ip_network("2002::/16"), ip_network("2001::/32")
_NOT_EVERYWHERE = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "100::/64", "100:0:0:1::/64", "2001:2::/48", "2001:10::/28",
        "2001:20::/28", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
    )
)  # fmt: skip
"""Source: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry."""

# What not every server decodes: these are fetched here and sent as PNG or JPEG.
_OTHER_FORMATS = frozenset(
    {".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif", ".avif", ".svg", ".ico", ".jxl"}
)


def takes_address(profile: Profile, url: str) -> bool:
    """True when this server may be given the address, as far as the address itself tells.

    Servers in the house are given the picture: Ollama and LM Studio refuse addresses. Concurred Vision documents them.
    """
    if profile.dialect == "on-this-computer" or (profile.is_local and profile.dialect != "concurred-vision"):
        return False
    return looks_public(url) and PurePosixPath(urlsplit(url).path).suffix.lower() not in _OTHER_FORMATS


def looks_public(url: str) -> bool:
    """False for what leads to this computer, this house, or nowhere, without asking the network."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host = host_of(url)
    if parts.scheme not in ("http", "https") or parts.username is not None or not host or is_local(url):
        return False
    try:
        return is_public_address(host)
    except ValueError:
        # A last label of digits is a number to a resolver, such as 127.1 or 0x7f.1: never a public name.
        return not host.rpartition(".")[2].startswith(tuple("0123456789"))


def is_public_address(address: str) -> bool:
    """True for an IP address that is reachable from everywhere. Raises ValueError when it is not an IP address."""
    ip = ip_address(address.partition("%")[0])
    inner = tuple(embedded_addresses(ip)) if isinstance(ip, IPv6Address) else ()
    return all(map(_is_everywhere, inner or (ip,)))


def embedded_addresses(ip: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that a gateway on the way, or the own system, makes out of an IPv6 one.

    Sources: RFC 6052 (NAT64, where a network has a prefix of its own of 32 to 96 bits within 64:ff9b:1::/48), RFC 3056
    (6to4), RFC 4380 (Teredo: its server, and its client with every bit turned), RFC 5214 (ISATAP), RFC 4291 2.5.5
    (mapped, compatible), RFC 2765 (translated).
    """
    number = int(ip)
    low = IPv4Address(number & 0xFFFFFFFF)
    if ip in _NAT64 or ip in _MAPPED or ip in _TRANSLATED or (ip in _COMPATIBLE and number > 1):
        yield low
    elif ip in _NAT64_LOCAL:
        # Behind a prefix of 48 bits the address goes around byte 8, which is 0 (RFC 6052 2.2).
        yield IPv4Address((number >> 64 & 0xFFFF) << 16 | (number >> 40 & 0xFFFF))
        yield low
    elif ip in _SIX_TO_FOUR:
        yield IPv4Address(number >> 80 & 0xFFFFFFFF)
    elif ip in _TEREDO:
        yield IPv4Address(number >> 64 & 0xFFFFFFFF)
        yield IPv4Address(~number & 0xFFFFFFFF)
    elif (number >> 32 & 0xFFFFFFFF) & ~0x02000000 == 0x00005EFE and _is_everywhere(ip):
        yield low


def _is_everywhere(ip: IPv4Address | IPv6Address) -> bool:
    # Python's tables grow with its releases; these are not to depend on which one it is.
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_EVERYWHERE)


def is_public(url: str, cancel: CancelSwitch) -> bool:
    """``looks_public``, and its name does not lead into a private network. Raises Cancelled.

    A name that cannot be looked up here (behind a proxy, say) may still be public.
    """
    return looks_public(url) and all(map(is_public_address, _addresses_of(host_of(url), cancel)))


def by_address(name: str, url: str) -> PreparedImage:
    """A picture that the server fetches by itself: nothing else is known of it."""
    ending = PurePosixPath(urlsplit(url).path).suffix.lower()
    return PreparedImage(
        name, b"", "image/jpeg" if ending in (".jpg", ".jpeg") else "image/png", 0, 0, "", 0, 0, url=url
    )


def name_in(url: str) -> str:
    """A file name for what lies at this address."""
    parts = urlsplit(url)
    return PurePosixPath(unquote(parts.path)).name or parts.hostname or "picture"


def _addresses_of(host: str, cancel: CancelSwitch) -> list[str]:
    """Looked up on a thread of its own: it can neither be woken nor be given a time limit."""
    found: list[str] = []
    done = threading.Event()

    def look_up() -> None:
        with suppress(OSError, UnicodeError):  # unknown here
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        done.set()

    threading.Thread(target=look_up, name="looking up", daemon=True).start()
    with cancel.waking(done.set):
        done.wait(LOOK_UP_SECONDS)
    cancel.check()
    return list(found)
