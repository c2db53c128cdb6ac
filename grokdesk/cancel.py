"""A one-way switch that a person throws and a blocked worker feels.

``httpx.Response.close()`` from another thread does not wake a blocked read, so whoever blocks registers what
wakes it (shutting a socket down, killing a child process) and the switch calls that at once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from grokdesk.errors import Cancelled

log = logging.getLogger(__name__)


class CancelSwitch:
    """Thrown once, stays thrown. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thrown = threading.Event()
        self._wakers: dict[int, Callable[[], None]] = {}
        self._next = 0

    @property
    def thrown(self) -> bool:
        return self._thrown.is_set()

    def throw(self) -> None:
        """Throw the switch and wake everything that waits on it. Wakers must not block; what one raises is logged."""
        with self._lock:
            if self._thrown.is_set():
                return
            self._thrown.set()
            wakers = list(self._wakers.values())
            self._wakers.clear()
        for wake in wakers:
            _call(wake)

    def check(self) -> None:
        """Raise Cancelled when the switch was thrown."""
        if self._thrown.is_set():
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, but not longer than until the switch is thrown; then raise Cancelled."""
        if self._thrown.wait(seconds):
            raise Cancelled

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Call ``wake`` if the switch is thrown within the block, at once if it already was."""
        with self._lock:
            already = self._thrown.is_set()
            self._next += 1
            token = self._next
            if not already:
                self._wakers[token] = wake
        try:
            if already:
                _call(wake)
            yield
        finally:
            with self._lock:
                self._wakers.pop(token, None)


def _call(wake: Callable[[], None]) -> None:
    try:
        wake()
    except Exception:  # the others wait for their call all the same
        log.exception("a waker failed")
