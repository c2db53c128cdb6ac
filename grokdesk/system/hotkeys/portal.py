"""Global hotkeys of a Wayland desktop through its portal: we say what we want, the desktop decides on the keys.

A session can be bound once, so other hotkeys need another session. What is let go for a while (pausing, recording)
stays bound and is not reported: asking again would show the dialog of the desktop again.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.GlobalShortcuts.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from grokdesk.errors import NotPossibleHere
from grokdesk.system.hotkey import Hotkey
from grokdesk.system.hotkey_state import Changed, HotkeyState, doubles, impossible
from grokdesk.system.hotkeys.by_hand import ByHand
from grokdesk.system.hotkeys.portal_shortcuts import CONFIGURABLE, DesktopRefuses, ShortcutSession
from grokdesk.system.part_state import PartState, StateName
from grokdesk.system.session_bus import BusClosed, BusRefused, SessionBus
from grokdesk.translation import _

log = logging.getLogger(__name__)

DIALOG_SECONDS = 10.0
"""How long ``bind`` waits for the answer to a dialog of the desktop; a later one is reported as a change."""
PATIENCE = 5.0
"""Seconds that the thread may take to end."""


class PortalHotkeys:
    """Every method may be called from any thread but the back end's own."""

    def __init__(
        self, address: str, version: int, by_hand: ByHand, pressed: Callable[[str], None], changed: Changed
    ) -> None:
        self.state = PartState(
            "ok", "portal", _("Hotkeys come from the desktop portal; your desktop assigns the keys.")
        )
        self._address = address
        self._version = version
        self._by_hand = by_hand
        self._pressed = pressed
        self._changed = changed
        self._one_at_a_time = threading.Lock()
        self._listener: _Listener | None = None
        self._is_over = False

    def bind(self, wanted: Mapping[str, Hotkey]) -> Mapping[str, HotkeyState]:
        states: dict[str, HotkeyState] = doubles("portal", wanted)
        wanted = {binding: hotkey for binding, hotkey in wanted.items() if binding not in states}
        with self._one_at_a_time:
            if self._is_over:
                error = NotPossibleHere(_("Hotkeys stopped working."), _("Restart GrokDesk."))
                return states | {name: impossible("portal", name, error.title, error.hint) for name in wanted}
            listener = self._listener
            if listener is None or not listener.covers(wanted):
                if not wanted:
                    return states
                if listener is not None:
                    listener.end()
                listener = self._listener = _Listener(
                    self._address, wanted, self._by_hand, self._has_settings, self._fire, self._say
                )
                listener.start()
            listener.heard = frozenset(wanted)
        answered = listener.states_within(DIALOG_SECONDS)
        return states | {binding: answered[binding] for binding in wanted}

    @property
    def _has_settings(self) -> bool:
        return self._version >= CONFIGURABLE or bool(self._by_hand.program)

    def configure(self) -> None:
        listener = self._listener
        if self._version >= CONFIGURABLE and listener is not None and listener.configure():
            return
        self._by_hand.open_settings()

    def close(self) -> None:
        with self._one_at_a_time:
            self._is_over = True
            if self._listener is not None:
                self._listener.end()

    def _fire(self, binding: str) -> None:
        try:
            self._pressed(binding)
        except Exception:
            log.exception("the hotkey %s went wrong", binding)

    def _say(self, states: Mapping[str, HotkeyState]) -> None:
        try:
            self._changed(states)
        except Exception:
            log.exception("nobody heard of the change of the hotkeys")


class _Listener:
    """One connection with its thread, from one ``bind`` to the next."""

    def __init__(
        self,
        address: str,
        wanted: Mapping[str, Hotkey],
        by_hand: ByHand,
        has_settings: bool,
        pressed: Callable[[str], None],
        changed: Changed,
    ) -> None:
        self.heard: frozenset[str] = frozenset(wanted)
        """The bindings that count now."""
        self._address = address
        self._wanted = dict(wanted)
        self._by_hand = by_hand
        self._has_settings = has_settings
        self._pressed = pressed
        self._changed = changed
        self._first: Future[Mapping[str, HotkeyState]] = Future()
        self._states: Mapping[str, HotkeyState] = {}
        self._lock = threading.Lock()
        self._bus: SessionBus | None = None
        self._session: ShortcutSession | None = None
        self._is_ending = False
        self._somebody_waits = True
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def covers(self, wanted: Mapping[str, Hotkey]) -> bool:
        return self._thread.is_alive() and wanted.items() <= self._wanted.items()

    def states_within(self, seconds: float) -> Mapping[str, HotkeyState]:
        try:
            self._first.result(seconds)
        except TimeoutError:
            # The answer may have come between the time-out and here, and then nobody would report it as a change.
            with self._lock:
                self._somebody_waits = self._first.done()
            if not self._first.done():
                return self._each(
                    "desktop-decides", _("Your desktop is asking for permission."), _("Answer its dialog.")
                )
        return self._states

    def configure(self) -> bool:
        """False when there is no session that could be configured."""
        with self._lock:
            session = self._session
        if session is None:
            return False
        try:
            session.configure()
        except BusClosed:
            return False
        return True

    def end(self) -> None:
        with self._lock:
            self._is_ending = True
            bus, session = self._bus, self._session
        if session is not None:
            session.close()
        if bus is not None:
            bus.interrupt()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        lost = NotPossibleHere(_("Hotkeys stopped working."), _("Try again."))
        try:
            self._serve()
        except BusClosed:
            lost = NotPossibleHere(_("The session bus closed, so hotkeys stopped working."), _("Restart GrokDesk."))
        except (DesktopRefuses, NotPossibleHere) as error:
            lost = NotPossibleHere(error.title, error.hint)
        except BusRefused as error:
            log.info("the portal gives no hotkeys: %s", error)
            lost = NotPossibleHere(_("The desktop portal does not provide hotkeys."), self._by_hand.what_to_do)
        except Exception:
            log.exception("the hotkeys stopped")
            lost = NotPossibleHere(_("Hotkeys stopped working."), _("Restart GrokDesk."))
        finally:
            with self._lock:
                bus, self._bus, self._session = self._bus, None, None
            if bus is not None:
                bus.close()
            self._report(self._each("impossible", lost.title, lost.hint))

    def _serve(self) -> None:
        """Until the bus goes away or ``end`` is called: both raise BusClosed."""
        bus = SessionBus(self._address)
        with self._lock:
            self._bus = bus
            if self._is_ending:  # ``end`` came while the bus was being opened, and had nothing to interrupt
                return
        while True:
            session = ShortcutSession(bus)
            with session.signals() as signals:
                session.open()
                with self._lock:
                    self._session = session
                self._report(self._states_from(session.bind(self._wanted)))
                for happened in session.events(signals):
                    if happened.pressed in self.heard:
                        self._pressed(happened.pressed)
                    if happened.triggers is not None:
                        self._report(self._states_from(happened.triggers))
                    if happened.is_gone:
                        why = _("The desktop portal stopped, so hotkeys stopped working.")
                        self._report(self._each("impossible", why, _("They return when the portal restarts.")))

    def _states_from(self, triggers: Mapping[str, str]) -> Mapping[str, HotkeyState]:
        """From what the desktop has bound: each binding with the desktop's words for its key."""
        states = self._each(
            "desktop-decides",
            _("Your desktop assigns the key, and has not assigned one."),
            self._by_hand.where_ours_are,
        )
        for binding, keys in triggers.items():
            if binding in states and keys:
                why = _("{keys} is active.").format(keys=keys)
                what_to_do = (
                    "" if keys == str(self._wanted[binding]) else _("Your desktop assigned {keys}.").format(keys=keys)
                )
                states[binding] = HotkeyState(
                    "ok", "portal", why, what_to_do, keys=keys, configurable=self._has_settings
                )
        return states

    def _each(self, state: StateName, why: str, what_to_do: str) -> dict[str, HotkeyState]:
        return {
            binding: HotkeyState(
                state,
                "portal",
                why,
                what_to_do,
                self._by_hand.command(binding, hotkey),
                configurable=self._has_settings,
            )
            for binding, hotkey in self._wanted.items()
        }

    def _report(self, states: Mapping[str, HotkeyState]) -> None:
        """The first time to who waits in ``bind``, later as a change; not what nobody asked for."""
        with self._lock:
            before, self._states = self._states, states
            is_first, is_ending = not self._first.done(), self._is_ending
            if is_first:
                self._first.set_result(states)
            if is_ending or (is_first and self._somebody_waits):
                return
        if new := {name: state for name, state in states.items() if state != before.get(name) and name in self.heard}:
            self._changed(new)
