"""Burns opaque boxes into pixels: what lay below is gone, not blurred, so nothing brings it back."""

from __future__ import annotations

from collections.abc import Iterable

from grokdesk.model import Pixels, Region

BLACK = b"\x00\x00\x00\xff"
"""One BGRX pixel; grabbers and PNG writers take the fourth byte for granted."""


def redacted(pixels: Pixels, boxes: Iterable[Region], crop: Region | None = None, colour: bytes = BLACK) -> Pixels:
    """A copy of ``crop`` (all of it without one) in which every box is one colour.

    ``crop`` and ``boxes`` are in pixels of ``pixels``. Raises ValueError when nothing of the crop lies inside.
    """
    whole = Region(0, 0, pixels.width, pixels.height)
    inside = (crop or whole).intersected(whole)
    copy = pixels.cropped(inside)
    rows, stride = bytearray(copy.data), copy.width * 4
    burnt = tuple(box.moved(-inside.x, -inside.y) for box in visible_boxes(boxes, inside))
    for hidden in burnt:
        line = colour * hidden.width
        for row in range(hidden.y, hidden.bottom):
            start = row * stride + hidden.x * 4
            rows[start : start + len(line)] = line
    return Pixels(bytes(rows), copy.width, copy.height, copy.boxes + burnt)


def visible_boxes(boxes: Iterable[Region], region: Region) -> tuple[Region, ...]:
    """The parts of ``boxes`` inside ``region``; those that do not touch it are left out."""
    cut = (box.intersected(region) for box in boxes)
    return tuple(box for box in cut if not box.is_empty)
