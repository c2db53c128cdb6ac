"""A hotkey back end that a test plays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState, active
from grokdesk.system.part_state import PartState


class PlayedHotkeys:
    """Gives every key but those in ``states``, which have that state. ``wanted`` has what every ``bind`` asked for."""

    def __init__(self) -> None:
        self.state = PartState("ok", "played", "A test plays it.")
        self.states: dict[str, HotkeyState] = {}
        self.wanted: list[dict[str, str]] = []
        self.threads: set[str] = set()
        self.made = self.closed = self.configured = 0
        self.error: Exception | None = None
        self.waits: threading.Event | None = None
        """``bind`` waits for it."""
        self.pressed: Callable[[str], None] = lambda _binding: None
        self.changed: Changed = lambda _states: None

    def choose(self, pressed: Callable[[str], None], changed: Changed) -> PlayedHotkeys:
        self.made += 1
        self.pressed, self.changed = pressed, changed
        return self

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
        self.threads.add(threading.current_thread().name)
        self.wanted.append({binding: str(hotkey) for binding, hotkey in wanted.items()})
        if self.waits is not None:
            self.waits.wait(10)
        if self.error is not None:
            raise self.error
        return {name: self.states.get(name, active("played", hotkey)) for name, hotkey in wanted.items()}

    def configure(self) -> None:
        self.configured += 1
        if self.configured > 1:
            raise NotPossibleHere("The settings could not be opened.", "Open them by hand.")

    def close(self) -> None:
        self.closed += 1
