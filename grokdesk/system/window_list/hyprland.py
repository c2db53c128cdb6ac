"""The windows on Hyprland, from what hyprctl prints.

Source: https://wiki.hypr.land/Configuring/Using-hyprctl/ (clients, monitors). Regions are in points and
without the border.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Region
from grokdesk.system.part_state import PartState
from grokdesk.system.programs import run_together
from grokdesk.system.window_places import WindowPlace
from grokdesk.translation import _

log = logging.getLogger(__name__)

SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class HyprlandWindows:
    environment: Mapping[str, str]
    own_pid: int

    @property
    def state(self) -> PartState:
        return PartState("ok", "hyprland", _("Hyprland lists the windows."))

    def windows(self) -> tuple[WindowPlace, ...]:
        commands = [("hyprctl", "-j", "clients"), ("hyprctl", "-j", "monitors")]
        try:
            clients, monitors = run_together(commands, self.environment, seconds=SECONDS)
            return windows_of(json.loads(clients.output), json.loads(monitors.output), self.own_pid)
        except (NotPossibleHere, ValueError, KeyError, TypeError, AttributeError) as error:
            log.info("no list of windows from Hyprland: %s", type(error).__name__)
            return ()


def windows_of(
    clients: Sequence[Mapping[str, Any]], monitors: Sequence[Mapping[str, Any]], own_pid: int
) -> tuple[WindowPlace, ...]:
    """Front to back: what covers a screen, what floats, the rest; each the last used first."""
    shown = {monitor[kind]["id"] for monitor in monitors for kind in ("activeWorkspace", "specialWorkspace")}
    seen = [
        client
        for client in clients
        if client["mapped"] and not client["hidden"] and client["workspace"]["id"] in shown and client["pid"] != own_pid
    ]
    seen.sort(key=lambda client: (not client["fullscreen"], not client["floating"], client["focusHistoryID"]))
    return tuple(WindowPlace(client["title"], Region(*client["at"], *client["size"])) for client in seen)
