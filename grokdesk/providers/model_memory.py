"""Which model was chosen for a profile, so that the list is not asked for before every question."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from grokdesk.model import Profile

log = logging.getLogger(__name__)

KEPT_SECONDS = 24 * 60 * 60


class ModelMemory:
    """Kept in memory and in a file of the cache folder; any thread may use it.

    ``file`` None keeps nothing beyond this run. ``now`` gives seconds since 1970. A file that cannot be read or
    written is no error: the list is asked for again.
    """

    def __init__(self, file: Path | None, now: Callable[[], float]) -> None:
        self._file = file
        self._now = now
        self._lock = threading.Lock()
        self._chosen: dict[str, tuple[str, float]] | None = None

    def recall(self, profile: Profile) -> str:
        """The model chosen within the last day, or ""."""
        with self._lock:
            model, chosen_at = self._loaded().get(_name(profile), ("", 0.0))
            return model if 0 <= self._now() - chosen_at < KEPT_SECONDS else ""

    def remember(self, profile: Profile, model: str) -> None:
        with self._lock:
            self._loaded()[_name(profile)] = (model, self._now())
            self._save()

    def forget(self, profile: Profile) -> None:
        with self._lock:
            self._loaded().pop(_name(profile), None)
            self._save()

    def _loaded(self) -> dict[str, tuple[str, float]]:
        if self._chosen is None:
            self._chosen = {}
            try:
                told = json.loads(self._file.read_bytes()) if self._file and self._file.exists() else {}
                self._chosen = {str(name): (str(model), float(at)) for name, (model, at) in told.items()}
            except (OSError, ValueError, TypeError, AttributeError) as error:
                log.info("the remembered models cannot be read: %s", error)
        return self._chosen

    def _save(self) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside = self._file.with_suffix(".new")
            beside.write_text(json.dumps(self._chosen), encoding="utf-8")
            beside.replace(self._file)
        except OSError as error:
            log.info("the chosen model cannot be remembered: %s", error)


def _name(profile: Profile) -> str:
    return f"{profile.id} {profile.dialect} {profile.base_url}"
