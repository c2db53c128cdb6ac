"""What an address says by itself, without asking the network."""

from __future__ import annotations

from urllib.parse import urlsplit

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
