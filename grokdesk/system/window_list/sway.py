"""The windows on sway, from the tree that swaymsg prints.

Source: sway-ipc(7), GET_TREE. Regions are in points; the decorations that sway draws lie above them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
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
class SwayWindows:
    environment: Mapping[str, str]
    own_pid: int

    @property
    def state(self) -> PartState:
        return PartState("ok", "sway", _("sway lists the windows."))

    def windows(self) -> tuple[WindowPlace, ...]:
        try:
            (done,) = run_together([("swaymsg", "-t", "get_tree", "-r")], self.environment, seconds=SECONDS)
            return windows_in_tree(json.loads(done.output), self.own_pid)
        except (NotPossibleHere, ValueError, KeyError, TypeError, AttributeError) as error:
            log.info("no list of windows from sway: %s", type(error).__name__)
            return ()


def windows_in_tree(tree: Mapping[str, Any], own_pid: int) -> tuple[WindowPlace, ...]:
    """Front to back. ``visible`` is false for what another workspace or tab hides."""
    seen = [node for node in _front_to_back(tree) if node.get("visible") and node.get("pid") != own_pid]
    covering = [node for node in seen if node.get("fullscreen_mode")]
    others = [node for node in seen if not node.get("fullscreen_mode")]
    return tuple(WindowPlace(node.get("name") or "", _region(node)) for node in (*covering, *others))


def _front_to_back(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The windows in a node: sway keeps floating ones from back to front, and above all others."""
    for child in (*reversed(node.get("floating_nodes", [])), *node.get("nodes", [])):
        if "pid" in child and not child.get("nodes"):
            yield child
        yield from _front_to_back(child)


def _region(node: Mapping[str, Any]) -> Region:
    """The window with the title bar above it. The title bars of tabs and stacks are their container's."""
    rect, bar = node["rect"], node.get("deco_rect") or {}
    height = bar.get("height", 0) if bar.get("width", 0) == rect["width"] else 0
    return Region(rect["x"], rect["y"] - height, rect["width"], rect["height"] + height)
