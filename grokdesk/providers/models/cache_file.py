"""What is remembered about servers and may be forgotten at any time: a JSON file of the cache folder."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from grokdesk.private_files import make_private_folder, write_private

log = logging.getLogger(__name__)


class CacheFile:
    """Values by name, each with its time; any thread may use it.

    ``file`` None keeps nothing beyond this run. ``now`` gives seconds since 1970; what is older than ``seconds`` is
    gone. A file that cannot be read or written is no error.
    """

    def __init__(self, file: Path | None, now: Callable[[], float], seconds: float) -> None:
        self._file = file
        self._now = now
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[object, float]] | None = None

    def get(self, name: str) -> object:
        """The value, or None."""
        with self._lock:
            value, at = self._loaded().get(name, (None, 0.0))
            return value if 0 <= self._now() - at < self._seconds else None

    def age(self, name: str) -> float | None:
        """Seconds since the value was put here, None when there is none."""
        with self._lock:
            age = self._now() - self._loaded().get(name, (None, 0.0))[1]
            return age if 0 <= age < self._seconds else None

    def put(self, name: str, value: object) -> None:
        """``value`` is JSON."""
        with self._lock:
            self._loaded()[name] = (value, self._now())
            self._save()

    def drop(self, name: str) -> None:
        with self._lock:
            self._loaded().pop(name, None)
            self._save()

    def _loaded(self) -> dict[str, tuple[object, float]]:
        if self._kept is None:
            self._kept = {}
            try:
                told = json.loads(self._file.read_bytes()) if self._file and self._file.exists() else {}
                for name, entry in told.items():
                    if isinstance(entry, list) and len(entry) == 2 and type(entry[1]) in (int, float):
                        self._kept[str(name)] = (entry[0], float(entry[1]))
            except (OSError, ValueError, OverflowError, AttributeError, RecursionError) as error:
                log.info("what was remembered cannot be read: %s", error)
        return self._kept

    def _save(self) -> None:
        if self._file is None:
            return
        try:
            make_private_folder(self._file.parent)
            write_private(self._file, json.dumps(self._kept).encode("ascii"))
        except OSError as error:
            log.info("nothing can be remembered: %s", error)
