"""Profiles as a JSON document for another computer or person: without secrets, and never for somebody else's key."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from grokdesk.addresses import origin_of
from grokdesk.errors import UsageError
from grokdesk.model import Profile
from grokdesk.store.settings.profile_tables import profile_from, table_of
from grokdesk.store.settings.profiles import free_id

LONGEST = 1_000_000
"""Bytes of a document."""
_SECRET = re.compile(r"auth|key|secret|token|pass|cookie|session|credential", re.IGNORECASE)


def exported(profiles: Iterable[Profile]) -> tuple[dict[str, Any], list[str]]:
    """The document, and a sentence for everything that was left out of it."""
    tables, sentences = [], []
    for profile in profiles:
        table = table_of(profile)
        headers = table.get("headers", {})
        for name in [name for name in headers if _SECRET.search(name)]:
            del headers[name]
            sentences.append(f"{profile.name}: the header {name} is left out, as it may hold a secret.")
        tables.append(table)
    return {"profiles": tables}, sentences


def exported_text(profiles: Iterable[Profile]) -> tuple[str, list[str]]:
    """The same as it is written to a file."""
    document, sentences = exported(profiles)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n", sentences


def imported(content: bytes, name: str, known: Collection[Profile]) -> list[Profile]:
    """The profiles of a document that is called ``name``. Raises UsageError.

    One with the id of a known profile replaces it only at the same origin: a key belongs to an id, and must not go to
    another server. Otherwise it gets a new id.
    """
    try:
        document = json.loads(content)
        tables = document["profiles"] if isinstance(document, dict) else document
        if not isinstance(tables, list):
            raise TypeError  # noqa: TRY301 - one sentence for every reason
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{name} holds no profiles.", "It has to be a file of exported profiles.") from error
    homes = {profile.id: origin_of(profile.base_url) for profile in known}
    profiles = []
    for number, table in enumerate(tables, 1):
        try:
            profile = profile_from(table if isinstance(table, dict) else {})
        except ValueError as error:
            raise UsageError(f"Profile {number} cannot be used: {error}.") from error
        if profile.id in homes and homes[profile.id] != origin_of(profile.base_url):
            profile = replace(profile, id=free_id(profile.id, homes)[0])
        homes[profile.id] = origin_of(profile.base_url)
        profiles.append(profile)
    return profiles
