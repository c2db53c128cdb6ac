"""Profiles as a JSON document for another computer or person: without secrets, and never for somebody else's key."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from grokdesk.addresses import is_loopback, origin_of
from grokdesk.errors import UsageError
from grokdesk.logs import is_secret_header
from grokdesk.model import ASK_FIRST, BLOCK, OFF, SUGGEST, Profile, ScanPolicy
from grokdesk.store.settings.profile_tables import profile_from, table_of
from grokdesk.store.settings.profiles import free_id
from grokdesk.translation import N_, _

_POLICIES: dict[ScanPolicy | None, str] = {
    None: N_("as in the settings"),
    OFF: N_("no scan"),
    SUGGEST: N_("suggest"),
    ASK_FIRST: N_("always ask"),
    BLOCK: N_("block"),
}
# What the settings say may be the strictest of all, so leaving it counts as weaker unless it is for blocking.
_STRENGTH: dict[ScanPolicy | None, int] = {OFF: 0, SUGGEST: 1, ASK_FIRST: 2, None: 3, BLOCK: 4}
LONGEST = 1_000_000
"""Bytes of a document."""


@dataclass(frozen=True, slots=True)
class ImportChange:
    """What importing would change, in a sentence. ``is_risky``: somebody else could read what is sent from then on, or
    less is done to protect it."""

    sentence: str
    is_risky: bool = False


def import_changes(profiles: Iterable[Profile], known: Collection[Profile]) -> list[ImportChange]:
    """To be shown before anything is kept; what is risky wants the person's plain yes. Pure."""
    before = {profile.id: profile for profile in known}
    changes = []
    for profile in profiles:
        old = before.get(profile.id)
        if old is not None:
            same = old == profile
            words = _("{name} is unchanged.") if same else _("{name} is replaced.")
            changes.append(ImportChange(words.format(name=old.name)))
        changes += _risks(profile, old or Profile(profile.id, profile.name, profile.dialect, profile.base_url))
    return changes


def _risks(new: Profile, old: Profile) -> Iterator[ImportChange]:
    way, was, name = new.connection, old.connection, new.name
    if way.proxy not in (was.proxy, "none"):
        yield ImportChange(_("{name}: requests go through the proxy {proxy}.").format(name=name, proxy=way.proxy), True)
    if way.proxy == "none" and was.proxy != "none":
        yield ImportChange(_("{name}: requests bypass the system proxy.").format(name=name), True)
    if way.ca_file != was.ca_file and way.ca_file:
        words = _("{name}: anyone with the certificate in {file} can read what is sent.")
        yield ImportChange(words.format(name=name, file=way.ca_file), True)
    if new.scan != old.scan:
        words = _("{name}: sensitive data in images: {policy}, instead of: {before}.")
        policies = {"policy": _POLICIES[new.scan], "before": _POLICIES[old.scan]}
        is_weaker = _STRENGTH[new.scan] < _STRENGTH[old.scan]
        yield ImportChange(words.format(name=name, **{key: _(word) for key, word in policies.items()}), is_weaker)
    if new.key_over_http and not old.key_over_http:
        yield ImportChange(_("{name}: its key may be sent over unencrypted http.").format(name=name), True)
    if new.is_local and not old.is_local and not is_loopback(new.base_url):
        words = _("{name}: counts as local, so images for it are not scanned.")
        yield ImportChange(words.format(name=name), True)
    if {*way.headers} - {*was.headers} or {*way.secret_headers} - {*was.secret_headers}:
        names = ", ".join(sorted({header for header, _value in way.headers} | {*way.secret_headers}))
        yield ImportChange(_("{name}: extra headers are sent: {names}.").format(name=name, names=names))


def exported(profiles: Iterable[Profile]) -> tuple[dict[str, Any], list[str]]:
    """The document, and a sentence for everything that was left out of it."""
    tables, sentences = [], []
    for profile in profiles:
        table = table_of(profile)
        headers = table.get("headers", {})
        for name in [name for name, value in headers.items() if is_secret_header(name, value)]:
            del headers[name]
            sentences.append(_left_out(profile, name))
        sentences += [_left_out(profile, name) for name in table.get("secret_headers", ())]
        tables.append(table)
    return {"profiles": tables}, sentences


def _left_out(profile: Profile, header: str) -> str:
    words = _("{name}: the secret value of the header {header} is left out.")
    return words.format(name=profile.name, header=header)


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
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate could not be kept
        tables = document["profiles"] if isinstance(document, dict) else document
        if not isinstance(tables, list):
            raise TypeError  # noqa: TRY301 - one sentence for every reason
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            _("{name} contains no profiles.").format(name=name), _("Choose a file of exported profiles.")
        ) from error
    homes = {profile.id: origin_of(profile.base_url) for profile in known}
    profiles = []
    for number, table in enumerate(tables, 1):
        try:
            profile = profile_from(table if isinstance(table, dict) else {})
        except ValueError as error:
            raise UsageError(
                _("Profile {number} cannot be used: {error}.").format(number=number, error=error)
            ) from error
        if profile.id in homes and homes[profile.id] != origin_of(profile.base_url):
            profile = replace(profile, id=free_id(profile.id, homes)[0])
        homes[profile.id] = origin_of(profile.base_url)
        profiles.append(profile)
    return profiles
