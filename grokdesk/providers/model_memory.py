"""What is remembered of a server's models: its choice, so that the list is not asked for before every question, and
what each model refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from grokdesk.model import Profile
from grokdesk.providers.cache_file import CacheFile

KEPT_SECONDS = 24 * 60 * 60
REFUSALS_SECONDS = 30 * KEPT_SECONDS


class ModelMemory:
    """Kept in memory and in files of the cache folder, ``file`` and its neighbours; any thread may use it.

    ``file`` None keeps nothing beyond this run. ``now`` gives seconds since 1970.
    """

    def __init__(self, file: Path | None, now: Callable[[], float]) -> None:
        beside = file and file.with_name("refused-parameters.json")
        self._chosen = CacheFile(file, now, KEPT_SECONDS)
        self._refused = CacheFile(beside, now, REFUSALS_SECONDS)

    def recall(self, profile: Profile) -> str:
        """The model chosen within the last day, or ""."""
        model = self._chosen.get(_name(profile))
        return model if isinstance(model, str) else ""

    def remember(self, profile: Profile, model: str) -> None:
        self._chosen.put(_name(profile), model)

    def forget(self, profile: Profile) -> None:
        self._chosen.drop(_name(profile))

    def refuses(self, profile: Profile, parameter: str, value: object) -> bool:
        """True when the profile's model has refused this parameter, or this value of it."""
        refused = self._refused.get(f"{_name(profile)} {profile.model}")
        return isinstance(refused, list) and (parameter in refused or _with_value(parameter, value) in refused)

    def remember_refusal(self, profile: Profile, parameter: str, value: object = None) -> None:
        """``value`` None: the parameter is refused whatever it says."""
        name = f"{_name(profile)} {profile.model}"
        before = self._refused.get(name)
        known = before if isinstance(before, list) else []
        self._refused.put(name, [*known, parameter if value is None else _with_value(parameter, value)])


def _name(profile: Profile) -> str:
    return f"{profile.id} {profile.dialect} {profile.base_url}"


def _with_value(parameter: str, value: object) -> str:
    return f"{parameter}={json.dumps(value, sort_keys=True)}"
