"""The part of a capture that one window of the overlay shows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from grokdesk.model import Capture, Region
from grokdesk.ui.overlay.screens import view_of
from grokdesk.ui.overlay.selection import Mapping


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

    def mapping(self, width: float, height: float, pixel_ratio: float = 0.0) -> Mapping:
        """Between this part and a window of this size in logical units.

        With the ``pixel_ratio`` of the window's own screen each pixel of the part is one of the window, where they
        are of one size but for the rounding of logical units: else the part would be stretched by a fraction of one.
        """
        if self.keeps_shape:
            return Mapping.letterboxed(self.region, width, height)
        if pixel_ratio > 0:
            exact_width, exact_height = self.region.width / pixel_ratio, self.region.height / pixel_ratio
            if abs(exact_width - width) < 1 and abs(exact_height - height) < 1:
                return Mapping(self.region, exact_width, exact_height)
        return Mapping(self.region, width, height)
