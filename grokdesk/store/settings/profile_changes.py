"""What becomes of a person's profiles when one is kept, copied or removed."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace

from grokdesk.addresses import check_base_url, is_loopback
from grokdesk.logs import is_secret_header
from grokdesk.model import Profile
from grokdesk.store.settings.profiles import BUILT_IN, free_id


def with_profile(own: tuple[Profile, ...], profile: Profile, at: int | None = None) -> tuple[Profile, ...]:
    """A known one keeps its place, a new one comes last or ``at`` a place; a built-in one as it was is not kept."""
    places = [each.id for each in own]
    known = profile.id in places
    place = places.index(profile.id) if known else len(own) if at is None else at
    kept = () if profile in BUILT_IN else (profile,)
    return own[:place] + kept + own[place + known :]


def moved_to(profile: Profile, base_url: str) -> Profile:
    """The profile at another address. One that leads to this computer is local, whatever it was made from."""
    with suppress(ValueError):  # what is no address is refused when it is saved
        base_url = check_base_url(base_url) if base_url else ""
    came_home = is_loopback(base_url) and not is_loopback(profile.base_url)
    return replace(profile, base_url=base_url, is_local=profile.is_local or came_home)


def free_profile_name(stem: str, known: Collection[Profile]) -> str:
    """The name itself, or the first of ``stem 2``, ``stem 3``, ... that no profile has."""
    names = {other.name for other in known}
    name, number = stem, 2
    while name in names:
        name, number = f"{stem} {number}", number + 1
    return name


def split_secrets(profile: Profile) -> tuple[Profile, tuple[tuple[str, str], ...]]:
    """The profile as it may stand in a file, and the headers whose values belong into the keyring."""
    way = profile.connection
    secrets = tuple((name, value) for name, value in way.headers if is_secret_header(name, value))
    if not secrets:
        return profile, ()
    plain = tuple(header for header in way.headers if header not in secrets)
    names = dict.fromkeys([*way.secret_headers, *(name for name, _value in secrets)])
    return replace(profile, connection=replace(way, headers=plain, secret_headers=tuple(names))), secrets


def has_plain_secrets(profile: Profile) -> bool:
    return any(is_secret_header(name, value) for name, value in profile.connection.headers)


def without_profile(own: tuple[Profile, ...], profile_id: str) -> tuple[Profile, ...]:
    return tuple(profile for profile in own if profile.id != profile_id)


def is_built_in(profile: Profile) -> bool:
    """It cannot go, only be as it was again."""
    return profile.id in {other.id for other in BUILT_IN}


def copy_of(profile: Profile, known: Collection[Profile]) -> Profile:
    """The same under another id and name; its key stays with the first one."""
    name = free_profile_name(f"{profile.name} copy", known)
    profile_id, _number = free_id(f"{profile.id}-copy", {other.id for other in known})
    # The values of its secret headers stay with the first one, as its key does.
    return replace(profile, id=profile_id, name=name, connection=replace(profile.connection, secret_headers=()))
