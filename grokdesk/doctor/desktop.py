"""The parts of this desktop that doctor tries, each as a function."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.screen_checks import check_hotkey
from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture
from grokdesk.paths import resources
from grokdesk.system.autostart.choice import choose_autostart
from grokdesk.system.capture.choice import choose_grabber
from grokdesk.system.clipboard.choice import choose_clipboard
from grokdesk.system.clipboard.content import Clipboard
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.system.hotkeys.choice import choose_hotkeys
from grokdesk.system.launch import launch_of_this_process
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
    grabber = choose_grabber(session, environment)

    def grab(cancel: CancelSwitch) -> Capture:
        try:
            return grabber.grab(cancel)
        finally:
            grabber.close()

    def hotkeys() -> PartState:
        keys = choose_hotkeys(session, lambda _binding: None, lambda _states: None)
        try:
            return check_hotkey(hotkey, lambda: keys.bind({"region": parse_hotkey(hotkey)})["region"], keys.state)
        finally:
            keys.close()

    def autostart() -> PartState:
        launch = launch_of_this_process(environment)
        return choose_autostart(session, environment, launch, resources() / "icons" / "app.svg").state

    return Desktop(
        session=session,
        environment=environment,
        clipboard=choose_clipboard(session, environment),
        grab=grab,
        grabber=lambda: grabber.state,
        hotkeys=hotkeys,
        autostart=autostart,
        has_selection=lambda name: _has_selection(session, name),
        qt_command=qt_command(),
    )


def qt_command() -> Sequence[str]:
    """A packaged program has no Python to start, so it starts itself."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "_qt")
    return (sys.executable, "-P", "-m", "grokdesk.ui.shell.doctor_probe")


def _has_selection(session: Session, name: str) -> bool:
    from grokdesk.system.clipboard.selections_x11 import owned_selections

    try:
        return bool(owned_selections(session.display, (name,)))
    except NotPossibleHere:
        return False
