"""What an address says by itself, without asking the network."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from grokdesk.translation import _

_PORTS = {"http": 80, "https": 443}
_HOUSE_SUFFIXES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


def host_of(url: str) -> str:
    """The host in lower case; "" when there is none or the address cannot be read."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port: a key that belongs to one origin is never sent to another one."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, host_of(url), port) if parts.hostname else None


def origin_text(url: str) -> str:
    """``https://api.x.ai:443``; "" for what is no address."""
    origin = origin_of(url)
    if origin is None:
        return ""
    scheme, host, port = origin
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def belongs_to(url: str, domain: str) -> bool:
    """True for the domain itself and the hosts below it."""
    host = host_of(url)
    return host == domain or host.endswith("." + domain)


def is_loopback(url: str) -> bool:
    """True when the address leads to this computer: no proxy could lead there."""
    host = host_of(url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_local(url: str) -> bool:
    """True when the address can only lead to this computer or this house: loopback and private addresses, names
    without a dot, and the suffixes set apart for it (RFC 6761, RFC 6762, RFC 8375)."""
    host = host_of(url)
    if not host:
        return False
    if host == "localhost" or host.endswith(_HOUSE_SUFFIXES):
        return True
    from ipaddress import ip_address

    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return "." not in host
    return address.is_loopback or address.is_private or address.is_link_local


def is_plain_http(url: str) -> bool:
    """True when whoever carries it on its way can read it."""
    origin = origin_of(url)
    return origin is not None and origin[0] != "https"


def check_base_url(url: str) -> str:
    """The address with its scheme, without a closing slash. Raises ValueError with a sentence when it is not one.

    What a person leaves out is added: ``https://``, or ``http://`` where it leads to this computer or this house.
    """
    url = url.strip()
    if "://" not in url:
        url = f"http://{url}" if is_local(f"http://{url}") else f"https://{url}"
    url = url.rstrip("/")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        has_password = bool(parts.username or parts.password)
    except ValueError:
        usable = has_password = False
    if has_password:
        raise ValueError("an address must not hold a name or a password: keys are kept in the keyring")
    if not usable or any(ord(letter) <= 32 for letter in url):
        raise ValueError(f"{url!r} is not an address like https://example.org/v1")
    return url


def file_of(address: str, host: str = "") -> Path | None:
    """The file that a ``file:`` address names on this computer, which is called ``host``; None for other addresses.

    https://www.rfc-editor.org/rfc/rfc8089: one slash or three, and perhaps this computer's name between them. Raises
    ValueError with a sentence for a file of another computer.
    """
    scheme, colon, rest = address.partition(":")
    if not colon or scheme.lower() != "file":
        return None
    named = ""
    if rest.startswith("//"):
        named, slash, path = rest[2:].partition("/")
        rest = slash + path
    own = {"", "localhost", "127.0.0.1", "[::1]", host.lower(), host.lower().partition(".")[0]}
    is_own = named.lower() in own or named.lower().partition(".")[0] == host.lower() != ""
    if not is_own and sys.platform != "win32":
        raise ValueError(_("The file is on another computer, {name}.").format(name=named))
    # Neither a question nor a fragment is part of a name; in a name they are written as %3F and %23.
    name = unquote_to_bytes(rest.partition("#")[0].partition("?")[0])
    if sys.platform == "win32":
        text = name.decode("utf-8", "surrogateescape")
        return Path(text.removeprefix("/") if text[2:3] in (":", "|") else text if is_own else f"//{named}{text}")
    if not name.strip(b"/") or b"\0" in name:
        raise ValueError(_("The address names no file."))
    return Path(name.decode(sys.getfilesystemencoding(), "surrogateescape"))
