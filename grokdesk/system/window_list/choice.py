"""Which back end lists the windows of this desktop. Decided by what the session says of itself, never by trying."""

from __future__ import annotations

import os
from collections.abc import Mapping

from grokdesk.system.protocols import WindowList
from grokdesk.system.session import Session
from grokdesk.system.window_list.hyprland import HyprlandWindows
from grokdesk.system.window_list.macos import MacWindows
from grokdesk.system.window_list.none import NoWindows
from grokdesk.system.window_list.sway import SwayWindows
from grokdesk.system.window_list.win32 import Win32Windows
from grokdesk.system.window_list.x11 import X11Windows
from grokdesk.translation import _


def choose_windows(session: Session, environment: Mapping[str, str]) -> WindowList:
    """``environment`` is what the programs of the desktop are started with. Nothing is opened yet."""
    own = os.getpid()
    match session.kind, session.desktop:
        case "x11", _:
            return X11Windows(session.display, own)
        case "windows", _:
            return Win32Windows(own)
        case "macos", _:
            return MacWindows(own)
        case "wayland", "sway" | "swayfx":
            return SwayWindows(environment, own)
        case "wayland", "hyprland":
            return HyprlandWindows(environment, own)
        case "wayland", _:
            return NoWindows(_("This desktop does not provide window positions."))
        case _:
            return NoWindows(_("There is no display."), _("Use a file instead: grokdesk ask picture.png"))
