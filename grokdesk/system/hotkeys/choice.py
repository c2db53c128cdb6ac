"""Where hotkeys come from on this desktop. Decided by what the session says of itself, never by trying."""

from __future__ import annotations

import sys
from collections.abc import Callable

from grokdesk.system.hotkey_state import Changed
from grokdesk.system.hotkeys.by_hand import ByHand
from grokdesk.system.hotkeys.none import NoHotkeys
from grokdesk.system.protocols import Hotkeys
from grokdesk.system.session import Session
from grokdesk.translation import _


def _version_on(bus: str) -> int:
    from grokdesk.system.hotkeys.portal_shortcuts import shortcuts_version

    return shortcuts_version(bus)


def choose_hotkeys(
    session: Session,
    pressed: Callable[[str], None],
    changed: Changed,
    version_on: Callable[[str], int] = _version_on,
) -> Hotkeys:
    """``pressed`` is called with a binding's name and ``changed`` with the states that are new, on a thread of the
    back end. Nothing is opened yet, but a Wayland session's bus is asked for its portal.
    """
    by_hand = ByHand(session.desktop)
    match session.kind:
        case "x11":
            from grokdesk.system.hotkeys.x11 import x11_hotkeys

            return x11_hotkeys(session.display, pressed, changed)
        case "wayland":
            if version := version_on(session.bus):
                from grokdesk.system.hotkeys.portal import PortalHotkeys

                return PortalHotkeys(session.bus, version, by_hand, pressed, changed)
            return NoHotkeys(
                _("On Wayland only the desktop assigns hotkeys, and this one has no portal for them."), by_hand
            )
        case "windows":
            if sys.platform == "win32":
                from grokdesk.system.hotkeys.windows import windows_hotkeys

                return windows_hotkeys(pressed, changed)
        case "macos":
            if sys.platform == "darwin":
                from grokdesk.system.hotkeys.macos import MacHotkeys

                return MacHotkeys(pressed, changed)
        case "none":
            pass
    return NoHotkeys(_("No display, so no hotkeys."), by_hand)
