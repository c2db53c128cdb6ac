"""Which pictures go to a server as an address: public ones, to servers that fetch them."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from ipaddress import IPv6Address, ip_address
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from grokdesk.addresses import host_of, is_local
from grokdesk.cancel import CancelSwitch
from grokdesk.model import PreparedImage, Profile

LOOK_UP_SECONDS = 3.0

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
    if isinstance(ip, IPv6Address) and (inner := ip.ipv4_mapped or ip.sixtofour):
        ip = inner
    return ip.is_global and not ip.is_multicast


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
