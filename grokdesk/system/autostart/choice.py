"""Which way of starting at login this desktop has."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from grokdesk.system.autostart.none import NoAutostart
from grokdesk.system.launch import Launch
from grokdesk.system.protocols import Autostart
from grokdesk.system.session import Session
from grokdesk.translation import _

FLATPAK_INFO = Path("/.flatpak-info")


def is_boxed(environment: Mapping[str, str]) -> bool:
    """True inside a Flatpak or a Snap, which have folders of their own and reach the desktop through portals."""
    return FLATPAK_INFO.exists() or "SNAP_NAME" in environment


def choose_autostart(session: Session, environment: Mapping[str, str], launch: Launch, icon: Path) -> Autostart:
    """Nothing is read or written yet. ``icon`` is shown in the desktop's list of what it starts."""
    if session.kind == "windows" and sys.platform == "win32":
        from grokdesk.system.autostart.windows import CurrentUserRegistry, WindowsAutostart

        if launch.home:
            return NoAutostart(
                _("Windows cannot start GrokDesk with GROKDESK_HOME set."), _("Start it from your own script.")
            )
        return WindowsAutostart(CurrentUserRegistry(), launch)
    if session.kind == "macos":
        from grokdesk.system.autostart.macos import MacAutostart, agents_folder, run_launchctl

        return MacAutostart(agents_folder(), launch, run_launchctl)
    if is_boxed(environment):
        return NoAutostart(
            _("Sandboxed programs cannot start themselves at login."), _("Add GrokDesk in your desktop's own settings.")
        )
    from grokdesk.system.autostart.xdg import XdgAutostart, autostart_folders

    folder, others = autostart_folders(environment)
    return XdgAutostart(folder, launch, icon, others=others, desktop=session.desktop)
