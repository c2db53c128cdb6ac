"""What the person once answered when the desktop asked whether programs may take pictures of the screen.

Source: https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.impl.portal.PermissionStore.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from grokdesk.system.programs import is_installed
from grokdesk.system.session_bus import BusRefused, Service, SessionBus

STORE = Service(
    "org.freedesktop.impl.portal.PermissionStore",
    "/org/freedesktop/impl/portal/PermissionStore",
    "org.freedesktop.impl.portal.PermissionStore",
)
TABLE, ENTRY = "screenshot", "screenshot"
NOT_FOUND = "org.freedesktop.portal.Error.NotFound"
OUR_NAME = "grokdesk"

Permission = Literal["yes", "no", "ask", "unknown"]
"""``ask``: nothing is remembered. ``unknown``: the store cannot be read, as from within a sandbox."""


def permission_of_screenshots(bus: SessionBus) -> Permission:
    """Raises BusClosed."""
    try:
        entries, _data = bus.call(STORE, "Lookup", "ss", TABLE, ENTRY)
    except BusRefused as refused:
        return "ask" if refused.name == NOT_FOUND else "unknown"
    words = entries.get(_application(entries), [])
    if not words:
        return "ask"
    return "yes" if words[0] == "yes" else "no" if words[0] == "no" else "ask"


def command_to_allow(environment: Mapping[str, str]) -> str:
    """What a person can run to take back a remembered no."""
    if is_installed("flatpak", environment):
        return f'flatpak permission-set {TABLE} {ENTRY} "" yes'
    return (
        f"gdbus call --session -d {STORE.name} -o {STORE.path} -m {STORE.interface}.SetPermission "
        f"{TABLE} true {ENTRY} '' \"['yes']\""
    )


def _application(entries: Mapping[str, object]) -> str:
    """Portals know a program from the person's own system by no name, or by that of its desktop file."""
    return next((name for name in entries if OUR_NAME in name.lower()), "")
