"""The desktop that does not tell which windows there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from grokdesk.system.part_state import PartState
from grokdesk.system.window_places import WindowPlace
from grokdesk.translation import _


@dataclass(frozen=True, slots=True)
class NoWindows:
    why: str
    what_to_do: str = field(default_factory=lambda: _("Drag a region around the window instead."))

    @property
    def state(self) -> PartState:
        return PartState("impossible", "none", self.why, self.what_to_do)

    def windows(self) -> tuple[WindowPlace, ...]:
        return ()
