"""Profiles as tables of the settings file, in both directions. Keys are never part of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from grokdesk.addresses import check_base_url, is_local
from grokdesk.model import (
    DIALECTS,
    IMAGE_FORMATS,
    SCAN_POLICIES,
    Connection,
    ImageFormat,
    ImageLimits,
    Profile,
    ScanPolicy,
    scan_policy,
)
from grokdesk.model.request_limits import RequestLimits

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_KINDS: dict[str, type] = {
    "id": str,
    "name": str,
    "dialect": str,
    "base_url": str,
    "model": str,
    "long_edge": int,
    "max_bytes": int,
    "max_images": int,
    "formats": list,
    "counts_base64": bool,
    "needs_key": bool,
    "is_local": bool,
    "effort": str,
    "proxy": str,
    "ca_file": str,
    "connect_seconds": int,
    "idle_seconds": int,
    "headers": dict,
    "secret_headers": list,
    "key_over_http": bool,
    "request_bytes": int,
    "request_tokens": int,
    "scan": str,
}
FORMER_KEYS = {"gate": "scan"}
"""Keys of settings and profiles that earlier versions wrote. They are read, and written under the present name."""
_PROXIES = ("http", "https", "socks5", "socks5h")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_OUR_HEADERS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"}
_RANGES = {
    "connect_seconds": (0, 3600),
    "idle_seconds": (0, 86_400),
    "long_edge": (16, 16_384),
    "max_bytes": (10_000, 1_000_000_000),
    "max_images": (1, 100),
    "request_bytes": (10_000, 1_000_000_000),
    "request_tokens": (1_000, 10_000_000),
}


def table_of(profile: Profile) -> dict[str, Any]:
    """What is as usual in the connection is left out."""
    way, usual = profile.connection, Connection()
    special: dict[str, Any] = {
        name: getattr(way, name)
        for name in ("proxy", "ca_file", "connect_seconds", "idle_seconds")
        if getattr(way, name) != getattr(usual, name)
    }
    if not profile.limits.counts_base64:
        special["counts_base64"] = False
    if profile.limits.formats != IMAGE_FORMATS:
        special["formats"] = list(profile.limits.formats)
    if way.headers:
        special["headers"] = dict(way.headers)
    if way.secret_headers:
        special["secret_headers"] = list(way.secret_headers)
    if profile.key_over_http:
        special["key_over_http"] = True
    if profile.effort:
        special["effort"] = profile.effort
    if profile.request != RequestLimits():
        special |= {"request_bytes": profile.request.max_bytes, "request_tokens": profile.request.max_tokens}
    if profile.scan is not None:
        special["scan"] = profile.scan
    return {
        "id": profile.id,
        "name": profile.name,
        "dialect": profile.dialect,
        "base_url": profile.base_url,
        "model": profile.model,
        "long_edge": profile.limits.long_edge,
        "max_bytes": profile.limits.max_bytes,
        "max_images": profile.limits.max_images,
        "needs_key": profile.needs_key,
        "is_local": profile.is_local,
        **special,
    }


def unknown_keys_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """What another version of the program wrote into the table; it is kept."""
    return {key: value for key, value in table.items() if key not in _KINDS and key not in FORMER_KEYS}


def with_present_keys(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table with the keys of this version; what stands under a present key already counts."""
    return {FORMER_KEYS.get(key, key): value for key, value in table.items() if FORMER_KEYS.get(key) not in table}


def profile_from(table: Mapping[str, Any]) -> Profile:
    """The profile that a table describes. Raises ValueError with a sentence that names the wrong key."""
    table = with_present_keys(table)
    for key, kind in _KINDS.items():
        if key in table and type(table[key]) is not kind:
            raise ValueError(f"{key} has to be a {kind.__name__}")
    for key, (smallest, largest) in _RANGES.items():
        if key in table and not smallest <= table[key] <= largest:
            raise ValueError(f"{key} has to be between {smallest} and {largest}")
    profile_id, dialect = table.get("id", ""), table.get("dialect", "")
    if not _ID.fullmatch(profile_id):
        raise ValueError(f"id {profile_id!r}: use letters, digits, dots and hyphens")
    known = next((name for name in DIALECTS if name == dialect), None)
    if known is None:
        raise ValueError(f"dialect {dialect!r} is not one of {', '.join(DIALECTS)}")
    remote = known != "on-this-computer"
    base_url = table.get("base_url", "").strip() if remote else ""
    # It may be empty: a new profile is saved before its address is typed.
    base_url = check_base_url(base_url) if base_url else ""
    usual = ImageLimits()
    return Profile(
        profile_id,
        table.get("name", "").strip() or profile_id,
        known,
        base_url,
        table.get("model", "").strip(),
        ImageLimits(
            table.get("long_edge", usual.long_edge),
            table.get("max_bytes", usual.max_bytes),
            table.get("max_images", usual.max_images),
            _formats_from(table),
            table.get("counts_base64", usual.counts_base64),
        ),
        needs_key=table.get("needs_key", remote),
        is_local=table.get("is_local", True) and (not remote or is_local(base_url)),
        connection=_connection_from(table),
        effort=table.get("effort", "").strip(),
        request=_request_from(table),
        scan=_scan_from(table.get("scan", "")),
        key_over_http=table.get("key_over_http", False),
    )


def _formats_from(table: Mapping[str, Any]) -> tuple[ImageFormat, ...]:
    named = table.get("formats", IMAGE_FORMATS)
    formats = tuple(known for known in IMAGE_FORMATS if known in named)
    if not formats or len(formats) != len(named):
        raise ValueError(f"formats has to name {' or '.join(IMAGE_FORMATS)}, or both")
    return formats


def _request_from(table: Mapping[str, Any]) -> RequestLimits:
    usual = RequestLimits()
    return RequestLimits(table.get("request_bytes", usual.max_bytes), table.get("request_tokens", usual.max_tokens))


def _scan_from(word: str) -> ScanPolicy | None:
    policy = scan_policy(word)
    if word and policy is None:
        raise ValueError(f"scan {word!r} is not one of {', '.join(SCAN_POLICIES)}")
    return policy


def _connection_from(table: Mapping[str, Any]) -> Connection:
    headers: list[tuple[str, str]] = []
    for name, value in table.get("headers", {}).items():
        _check_header_name(name)
        if not isinstance(value, str) or not value.isascii() or not (value.isprintable() or not value):
            raise ValueError(f"headers: {name} has to be a text of one line")
        headers.append((name, value.strip()))
    return Connection(
        checked_proxy(table.get("proxy", "system")),
        table.get("ca_file", "").strip(),
        table.get("connect_seconds", 0),
        table.get("idle_seconds", 0),
        tuple(headers),
        _secret_headers_from(table),
    )


def _check_header_name(name: object) -> None:
    if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name) or name.lower() in _OUR_HEADERS:
        raise ValueError(f"headers: {name!r} cannot be the name of an extra header")


def _secret_headers_from(table: Mapping[str, Any]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for name in table.get("secret_headers", ()):
        _check_header_name(name)
        names.setdefault(name.lower(), name)
    return tuple(names.values())


def checked_proxy(text: str) -> str:
    """ "system", "none", or the address of a proxy. Raises ValueError with a sentence."""
    text = text.strip()
    if text in ("system", "none"):
        return text
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        usable = parts.scheme in _PROXIES and bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
        has_password = parts.username is not None
    except ValueError:
        usable = has_password = False
    if has_password:
        raise ValueError("proxy must not hold a name or a password: put such a one into HTTPS_PROXY")
    if not usable or any(ord(letter) <= 32 for letter in text):
        raise ValueError(f"proxy {text!r} is not system, none, or an address like socks5://127.0.0.1:1080")
    return f"{parts.scheme}://{parts.netloc}"
