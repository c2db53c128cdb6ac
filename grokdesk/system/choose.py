"""Which back end serves this desktop. Decided by what the session says of itself, never by trying."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from grokdesk.system.hotkeys_none import NoHotkeys
from grokdesk.system.protocols import Hotkeys


def is_wayland(environment: Mapping[str, str]) -> bool:
    return bool(environment.get("WAYLAND_DISPLAY")) or environment.get("XDG_SESSION_TYPE") == "wayland"


def choose_hotkeys(
    environment: Mapping[str, str], pressed: Callable[[str], None], platform: str = sys.platform
) -> Hotkeys:
    """``pressed`` is called with the binding's name, on a thread of the back end. Nothing is opened yet."""
    if platform in {"win32", "darwin"}:
        system = "Windows" if platform == "win32" else "macOS"
        return NoHotkeys(f"GrokDesk has no hotkey of its own on {system} yet.")
    if is_wayland(environment):
        return NoHotkeys("Wayland gives hotkeys to the desktop alone.")
    display = environment.get("DISPLAY")
    if not display:
        return NoHotkeys("There is no display, so there are no hotkeys.")
    from grokdesk.system.hotkeys_x11 import X11Hotkeys

    return X11Hotkeys(display, pressed)
