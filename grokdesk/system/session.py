"""What kind of desktop session this is, as the session says of itself. Nothing is tried here."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SessionKind = Literal["x11", "wayland", "windows", "macos", "none"]
SYSTEMS: dict[SessionKind, str] = {
    "x11": "X11",
    "wayland": "Wayland",
    "windows": "Windows",
    "macos": "macOS",
    "none": "no display",
}


@dataclass(frozen=True, slots=True)
class Session:
    """``desktop`` is the desktop's own name in small letters ("gnome", "kde", "sway", "xfce"), "" when unknown.

    ``display`` and ``wayland_display`` are what the environment says; with XWayland both are set. ``bus`` is the
    address of the session bus, "" where there is none.
    """

    kind: SessionKind
    desktop: str = ""
    display: str = ""
    wayland_display: str = ""
    bus: str = ""

    @property
    def system(self) -> str:
        """The name for a sentence."""
        return SYSTEMS[self.kind]


def session_from(environment: Mapping[str, str], platform: str = sys.platform) -> Session:
    """Source of the names: https://specifications.freedesktop.org/desktop-entry-spec/latest/recognized-keys.html
    (XDG_CURRENT_DESKTOP, a list with colons; "ubuntu:GNOME" is GNOME)."""
    if platform == "win32":
        return Session("windows")
    if platform == "darwin":
        return Session("macos")
    names = [name for name in environment.get("XDG_CURRENT_DESKTOP", "").lower().split(":") if name]
    display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    kind: SessionKind = "none"
    if wayland or (display and environment.get("XDG_SESSION_TYPE") == "wayland"):
        kind = "wayland"
    elif display:
        kind = "x11"
    return Session(kind, names[-1] if names else "", display, wayland, environment.get("DBUS_SESSION_BUS_ADDRESS", ""))
