"""Profiles as tables of the settings file, in both directions. Keys are never part of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grokdesk.addresses import check_base_url, is_local
from grokdesk.model import DIALECTS, ImageLimits, Profile

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
    "needs_key": bool,
    "is_local": bool,
}
_RANGES = {"long_edge": (16, 16_384), "max_bytes": (10_000, 1_000_000_000), "max_images": (1, 100)}


def table_of(profile: Profile) -> dict[str, Any]:
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
    }


def unknown_keys_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """What another version of the program wrote into the table; it is kept."""
    return {key: value for key, value in table.items() if key not in _KINDS}


def profile_from(table: Mapping[str, Any]) -> Profile:
    """The profile that a table describes. Raises ValueError with a sentence that names the wrong key."""
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
        ),
        needs_key=table.get("needs_key", remote),
        is_local=table.get("is_local", True) and (not remote or is_local(base_url)),
    )
