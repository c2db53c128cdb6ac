"""The part of a capture that one window of the overlay shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from grokdesk.model import Capture, Region
from grokdesk.ui.screens import view_of
from grokdesk.ui.selection import Mapping


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The part of a capture that a window shows. ``rows`` are the bytes below ``image``, which has to outlive it."""

    region: Region
    image: QImage
    rows: memoryview
    screen: int = 0
    """Its number in ``Choosing``, which gets the keys with this window."""
    keeps_shape: bool = False
    """Shown in its own shape, with bars where the window has another."""

    @classmethod
    def of(cls, capture: Capture, region: Region, screen: int, *, keeps_shape: bool = False) -> View:
        return cls(region, *view_of(capture, region), screen, keeps_shape)

    def mapping(self, width: float, height: float) -> Mapping:
        """Between this part and a window of this size."""
        if self.keeps_shape:
            return Mapping.letterboxed(self.region, width, height)
        return Mapping(self.region, width, height)
