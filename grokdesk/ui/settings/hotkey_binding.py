"""Holds all hotkeys: binds them off the GUI thread, brings their presses and states back to it, pauses them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal, Slot

from grokdesk.errors import GrokDeskError, UsageError
from grokdesk.system.hotkey import Hotkey, parse_hotkey
from grokdesk.system.hotkey_state import COMMANDS, Changed, HotkeyState, command_of
from grokdesk.system.part_state import PartState
from grokdesk.system.protocols import Hotkeys
from grokdesk.translation import _
from grokdesk.ui.kit.job import Job, single

BINDINGS = tuple(COMMANDS)
Choose = Callable[[Callable[[str], None], Changed], Hotkeys]


def setting_of(binding: str) -> str:
    """The key of the setting that has the hotkey of a binding."""
    return f"hotkey_{binding}"


class HotkeyBindings(QObject):
    pressed = Signal(str)
    """The name of the binding."""
    state_changed = Signal(str, object)
    """The name of a binding and its HotkeyState."""
    paused_changed = Signal(bool)
    problem = Signal(object)
    """A GrokDeskError: the settings of the desktop do not open."""

    _fired = Signal(str)
    _changed = Signal(object)

    def __init__(self, choose: Choose, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choose = choose
        self._lock = threading.Lock()
        self._hotkeys: Hotkeys | None = None
        self._is_closed = False
        self._texts: dict[str, str] = {}
        self._states: dict[str, HotkeyState] = {}
        self._job: Job[Mapping[str, HotkeyState]] | None = None
        self._is_stale = self._starts_afresh = False
        self._is_recording = False
        self.paused = False
        # The back end calls from its own thread; a signal crosses over to ours.
        self._fired.connect(self._fire)
        self._changed.connect(self._take_states)

    # --- what holds ---

    @property
    def states(self) -> Mapping[str, HotkeyState]:
        """By the name of the binding."""
        return MappingProxyType(self._states)

    @property
    def keys(self) -> Mapping[str, str]:
        """What to press for each binding that works, such as ``{"region": "Ctrl+Alt+G"}``."""
        return {binding: state.keys for binding, state in self._states.items() if state.works and state.keys}

    @property
    def backend(self) -> PartState | None:
        """Where the hotkeys come from, None while that is being found out."""
        hotkeys = self._hotkeys
        return hotkeys.state if hotkeys is not None else None

    # --- what is wanted ---

    def bind(self, texts: Mapping[str, str]) -> None:
        """Make these the hotkeys by the name of the binding, "" for none; ``state_changed`` says what came of it."""
        self._texts = dict(texts)
        for binding in texts:
            self._states.setdefault(binding, _missing(_("The hotkey is being set up.")))
        self._renew()

    def set_paused(self, paused: bool) -> None:
        """Let every key go until it is called again. Not remembered: a restart takes them again."""
        if paused != self.paused:
            self.paused = paused
            self._renew()
            self.paused_changed.emit(paused)

    def set_recording(self, recording: bool) -> None:
        """While a hotkey is being recorded, ours are keys like others."""
        if recording != self._is_recording:
            self._is_recording = recording
            self._renew()

    @Slot()
    def try_again(self) -> None:
        """With a new back end: what was not there may be there now."""
        self._starts_afresh = True
        self._renew()

    @Slot()
    def configure(self) -> None:
        """Open the settings of the desktop."""
        hotkeys = self._hotkeys
        if hotkeys is not None:
            job = Job(single(hotkeys.configure), "desktop settings", self)
            job.failed.connect(self.problem)
            job.start()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            hotkeys, self._hotkeys = self._hotkeys, None
        if hotkeys is not None:
            hotkeys.close()

    # --- binding ---

    def _renew(self) -> None:
        """One at a time; what changes meanwhile is done once, afterwards."""
        if self._is_closed:
            return
        if self._job is not None:
            self._is_stale = True
            return
        self._is_stale = False
        wanted, states = self._wanted()
        afresh, self._starts_afresh = self._starts_afresh, False
        is_silent = self._is_recording and not self.paused
        job = self._job = Job(single(lambda: self._bind(wanted, afresh=afresh)), "hotkeys wanted", self)
        if not is_silent:
            job.arrived.connect(lambda came: self._take_states(states | dict(came[-1])))
            job.failed.connect(lambda error: self._take_states(states | _failed(wanted, error)))
        job.ended.connect(self._go_on)
        job.start()

    def _wanted(self) -> tuple[dict[str, Hotkey], dict[str, HotkeyState]]:
        """What to ask for, and the states of what is not asked for."""
        wanted: dict[str, Hotkey] = {}
        states: dict[str, HotkeyState] = {}
        for binding, text in self._texts.items():
            if not text:
                states[binding] = _missing(_("No hotkey."))
                continue
            try:
                wanted[binding] = parse_hotkey(text)
            except UsageError as error:
                states[binding] = HotkeyState("impossible", "none", error.title, error.hint, command_of(binding))
        if self.paused or self._is_recording:
            states = {binding: _missing("Paused.") for binding in wanted} | states
            wanted = {}
        return wanted, states

    def _bind(self, wanted: Mapping[str, Hotkey], *, afresh: bool) -> Mapping[str, HotkeyState]:
        """On the thread of a job."""
        with self._lock:
            hotkeys = self._hotkeys
            if afresh:
                self._hotkeys = None
        if afresh and hotkeys is not None:
            hotkeys.close()
            hotkeys = None
        if hotkeys is None:
            if not wanted:
                return {}
            hotkeys = self._choose(self._fired.emit, self._changed.emit)
            with self._lock:
                if self._is_closed:
                    return {}
                self._hotkeys = hotkeys
        return hotkeys.bind(wanted)

    @Slot()
    def _go_on(self) -> None:
        self._job = None
        if self._is_stale:
            self._renew()

    @Slot(str)
    def _fire(self, binding: str) -> None:
        # One that was on its way when the keys were let go does not count.
        if not (self.paused or self._is_recording or self._is_closed):
            self.pressed.emit(binding)

    @Slot(object)
    def _take_states(self, states: Mapping[str, HotkeyState]) -> None:
        for binding, state in states.items():
            if binding in self._texts and self._states.get(binding) != state:
                self._states[binding] = state
                self.state_changed.emit(binding, state)


def _missing(why: str) -> HotkeyState:
    return HotkeyState("missing", "none", why)


def _failed(wanted: Mapping[str, Hotkey], error: GrokDeskError) -> dict[str, HotkeyState]:
    return {name: HotkeyState("impossible", "none", error.title, error.hint, command_of(name)) for name in wanted}
