"""Binds the capture hotkey off the GUI thread and brings its presses back to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from grokdesk.errors import GrokDeskError
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.system.protocols import Hotkeys
from grokdesk.ui.job import Job, single


@dataclass(frozen=True, slots=True)
class HotkeyState:
    """``hotkey`` is "" when there is none that works; ``sentence`` says what holds."""

    hotkey: str
    sentence: str
    works: bool


class HotkeyBinding(QObject):
    pressed = Signal(str)
    """The name of the binding."""
    state_changed = Signal(object)
    """A HotkeyState."""

    def __init__(self, choose: Callable[[Callable[[str], None]], Hotkeys], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self._hotkeys: Hotkeys | None = None
        self._job: Job[HotkeyState] | None = None
        self.state = HotkeyState("", "The hotkey is being set up.", works=False)

    def bind(self, text: str) -> None:
        """Make ``text`` the capture hotkey; ``state_changed`` says whether it works. "" for none."""
        before = self._job
        job = self._job = Job(single(lambda: self._bind(text, before)), "hotkey", self)
        job.arrived.connect(lambda states: self._set(states[-1]))
        job.failed.connect(lambda error: self._set(_failure(error)))
        job.start()

    def close(self) -> None:
        if self._hotkeys is not None:
            self._hotkeys.close()
            self._hotkeys = None

    def _bind(self, text: str, before: Job[HotkeyState] | None) -> HotkeyState:
        if before is not None:
            before.wait()
        if self._hotkeys is None:
            # The back end calls from its own thread; a signal crosses over to ours.
            self._hotkeys = self._choose(self.pressed.emit)
        if not text:
            self._hotkeys.close()
            self._hotkeys = None
            return HotkeyState("", "There is no hotkey. Bind a key of your desktop to: grokdesk capture", works=False)
        hotkey = parse_hotkey(text)
        self._hotkeys.bind("region", hotkey)
        return HotkeyState(str(hotkey), f"{hotkey} is active.", works=True)

    def _set(self, state: HotkeyState) -> None:
        self.state = state
        self.state_changed.emit(state)


def _failure(error: GrokDeskError) -> HotkeyState:
    return HotkeyState("", str(error), works=False)
