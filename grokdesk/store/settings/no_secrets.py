"""Keeps secrets out of the settings file, and knows which servers a profile's keys were for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from grokdesk.addresses import origin_text
from grokdesk.errors import UsageError
from grokdesk.logs import is_secret_header, looks_like_key
from grokdesk.translation import _

KEY_ORIGINS = "key_origins"
"""The key of the settings file under which stands, by profile, where its addresses led before they were changed."""
BUILT_IN_ORIGINS = {"xai": "https://api.x.ai:443"}
"""Of the built-in profiles, which stand in no file until they are changed."""


def refuse_secrets(tables: Sequence[Mapping[str, Any]], old: object) -> None:
    """Raises UsageError, which does not show it, for a key in a field or a secret among the plain headers.

    What stands in the file already does not keep the person from changing something else.
    """
    known = {table.get("id"): table for table in old if isinstance(table, dict)} if isinstance(old, list) else {}
    for table in tables:
        before = known.get(table["id"], {})
        for key, value in table.items():
            if isinstance(value, str) and value != before.get(key) and looks_like_key(value):
                raise UsageError(
                    _("{field} contains what looks like an API key.").format(field=key),
                    _("Keys are stored in the keyring, never in a file: paste it in the key field."),
                )
        had = before.get("headers")
        for name, value in table.get("headers", {}).items():
            if is_secret_header(name, value) and not (isinstance(had, dict) and had.get(name) == value):
                raise UsageError(
                    _("The header {name} contains a secret, so it is not saved in a file.").format(name=name),
                    _("Store it in the keyring: grokdesk profiles change {profile} --secret-header {name}").format(
                        profile=table["id"], name=name
                    ),
                )


def key_origins(old: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What is to stand under KEY_ORIGINS when ``tables`` take the place of the profiles in ``old``.

    A key that an earlier version kept is named after its profile alone; it belongs to the first of these origins.
    """
    known = old.get(KEY_ORIGINS)
    origins = {
        str(profile): [str(each) for each in each_origin]
        for profile, each_origin in (known.items() if isinstance(known, dict) else ())
        if isinstance(each_origin, list)
    }
    listed = old.get("profiles")
    before = {**BUILT_IN_ORIGINS, **_origins_in(listed if isinstance(listed, list) else [])}
    after = {**BUILT_IN_ORIGINS, **_origins_in(tables)}
    for profile, origin in before.items():
        if origin and after.get(profile) != origin and origin not in origins.get(profile, ()):
            origins.setdefault(profile, []).append(origin)
    return origins


def _origins_in(tables: Sequence[object]) -> dict[str, str]:
    return {
        table["id"]: origin_text(table["base_url"])
        for table in tables
        if isinstance(table, Mapping) and isinstance(table.get("id"), str) and isinstance(table.get("base_url"), str)
    }
