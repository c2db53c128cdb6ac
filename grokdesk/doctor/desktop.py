"""The parts of this desktop that doctor tries, each as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.screen_checks import check_hotkey
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture
from grokdesk.system.choose import choose_grabber, choose_hotkeys
from grokdesk.system.clipboard_choice import choose_clipboard
from grokdesk.system.clipboard_content import Clipboard
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.system.part_state import PartState
from grokdesk.system.session import Session, session_from


@dataclass(frozen=True, slots=True)
class Desktop:
    """``grab`` may raise NotPossibleHere; ``grabber`` is asked after it. ``qt_command`` starts ``ui.doctor_probe``."""

    session: Session
    environment: Mapping[str, str]
    clipboard: Clipboard
    grab: Callable[[CancelSwitch], Capture]
    grabber: Callable[[], PartState]
    hotkeys: Callable[[], PartState]
    autostart: Callable[[], PartState]
    has_selection: Callable[[str], bool]
    qt_command: Sequence[str]


def desktop_of(environment: Mapping[str, str], hotkey: str) -> Desktop:
    """``hotkey`` is the one that the person has chosen. Nothing is opened yet."""
    session = session_from(environment)
    grabber = choose_grabber(environment)

    def grab(_cancel: CancelSwitch) -> Capture:
        try:
            return grabber.grab()
        finally:
            grabber.close()

    def grabber_state() -> PartState:
        return PartState("impossible" if grabber.name == "none" else "ok", grabber.name, grabber.why)

    def hotkeys() -> PartState:
        keys = choose_hotkeys(environment, lambda _binding: None)
        state = PartState("impossible" if keys.name == "none" else "ok", keys.name, keys.why)
        try:
            return check_hotkey(hotkey, lambda: keys.bind("doctor", parse_hotkey(hotkey)), state)
        finally:
            keys.close()

    return Desktop(
        session=session,
        environment=environment,
        clipboard=choose_clipboard(session, environment),
        grab=grab,
        grabber=grabber_state,
        hotkeys=hotkeys,
        autostart=lambda: PartState("impossible", "none", "GrokDesk cannot start at login here."),
        has_selection=lambda name: _has_selection(session, name),
        qt_command=qt_command(),
    )


def qt_command() -> Sequence[str]:
    """A packaged program has no Python to start, so it starts itself."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "_qt")
    return (sys.executable, "-P", "-m", "grokdesk.ui.doctor_probe")


def _has_selection(session: Session, name: str) -> bool:
    from grokdesk.system.selections_x11 import owned_selections

    try:
        return bool(owned_selections(session.display, (name,)))
    except NotPossibleHere:
        return False
