"""Takes pictures with the first back end that works, and says when that is not the one it should be."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace

from grokdesk.cancel import CancelSwitch
from grokdesk.errors import NotInstalled, NotPossibleHere, PermissionNeeded
from grokdesk.model import Capture
from grokdesk.system.part_state import PartState, StateName
from grokdesk.system.protocols import Grabber

log = logging.getLogger(__name__)


class GrabberInOrder:
    """Stays with the back end that delivered; begins again at the first when none does."""

    def __init__(self, grabbers: Sequence[Grabber]) -> None:
        """``grabbers``: at least one, the best first."""
        self._grabbers = tuple(grabbers)
        self._lock = threading.Lock()
        self._current = 0
        self._instead_of: NotPossibleHere | None = None
        """Why the current back end is not the first."""
        self._failure: NotPossibleHere | None = None
        """Why the last grab brought nothing."""

    @property
    def state(self) -> PartState:
        # Without the lock: a grab may take seconds, and a window asks for the state.
        state, failure, instead_of = self._grabbers[self._current].state, self._failure, self._instead_of
        if isinstance(failure, PermissionNeeded):
            return PartState("desktop-decides", state.backend, failure.title, failure.hint)
        if failure is not None:
            name: StateName = "missing" if isinstance(failure, NotInstalled) else "impossible"
            return PartState(name, state.backend, failure.title, failure.hint)
        if instead_of is not None:
            why, what_to_do = f"{instead_of.title} {state.why}", instead_of.hint or state.what_to_do
            return replace(state, state="degraded", why=why, what_to_do=what_to_do)
        return state

    def grab(self, cancel: CancelSwitch | None = None) -> Capture:
        with self._lock:
            errors: list[NotPossibleHere] = []
            for index in range(self._current, len(self._grabbers)):
                try:
                    capture = self._grabbers[index].grab(cancel)
                except PermissionNeeded as error:
                    self._use(index, errors)
                    self._failure = error
                    raise
                except NotPossibleHere as error:
                    log.info("no picture by %s: %s", self._grabbers[index].state.backend, error)
                    errors.append(error)
                else:
                    self._use(index, errors)
                    self._failure = None
                    return capture
            self._current, self._instead_of, self._failure = 0, None, errors[0]
            raise errors[0]

    def ask(self, cancel: CancelSwitch | None = None, parent_window: str = "") -> None:
        with self._lock:
            self._grabbers[self._current].ask(cancel, parent_window)

    def close(self) -> None:
        with self._lock:
            for grabber in self._grabbers:
                grabber.close()

    def _use(self, index: int, errors: Sequence[NotPossibleHere]) -> None:
        self._current = index
        if errors:
            self._instead_of = errors[0]
