"""The arithmetic of choosing a region: dragging, moving, resizing, and the way between window and image.

No widgets. A ``Point`` is a position in image pixels with its fraction kept; a ``Region`` consists of whole pixels.
A pointer position names the pixel under it, so a drag takes in both the pixel where it began and the one where it
ended: the last row and column of a screen can be reached.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from grokdesk.model import Region


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    """A rectangle in logical units of a window."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Mapping:
    """Between a window that shows ``image`` and that part of the capture, by one ratio: their sizes.

    ``image`` lies somewhere in the whole capture; ``width`` and ``height`` are the logical size at which the window
    shows it, ``left`` and ``top`` where: not zero only when it has another shape than the window.
    """

    image: Region
    width: float
    height: float
    left: float = 0
    top: float = 0

    @classmethod
    def letterboxed(cls, image: Region, width: float, height: float) -> Mapping:
        """``image`` as large as it can be in a window of this size, in its middle."""
        scale = min(width / image.width, height / image.height)
        across, down = image.width * scale, image.height * scale
        return cls(image, across, down, (width - across) / 2, (height - down) / 2)

    @property
    def ratio_x(self) -> float:
        return self.image.width / self.width

    @property
    def ratio_y(self) -> float:
        return self.image.height / self.height

    def to_image(self, x: float, y: float) -> Point:
        """A window position as a position in the capture."""
        return Point(self.image.x + (x - self.left) * self.ratio_x, self.image.y + (y - self.top) * self.ratio_y)

    def to_window(self, point: Point) -> Point:
        return Point(
            self.left + (point.x - self.image.x) / self.ratio_x, self.top + (point.y - self.image.y) / self.ratio_y
        )

    def box(self, region: Region) -> Box:
        """Where the window shows ``region``."""
        x, y = self.to_window(Point(region.x, region.y))
        return Box(x, y, region.width / self.ratio_x, region.height / self.ratio_y)


class Handle(Enum):
    """The eight places to pull at: which edge moves, -1 the first (left, top), 1 the last, 0 neither."""

    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)

    def on(self, box: Box) -> Point:
        """The middle of this handle on the frame of ``box``."""
        dx, dy = self.value
        return Point(box.x + box.width * (dx + 1) / 2, box.y + box.height * (dy + 1) / 2)

    def pixel_of(self, region: Region) -> Point:
        """The pixel of ``region`` that this handle pulls at; on an axis that does not move, its last one."""
        dx, dy = self.value
        return Point(region.x if dx < 0 else region.right - 1, region.y if dy < 0 else region.bottom - 1)


def handle_at(box: Box, x: float, y: float, reach: float) -> Handle | None:
    """The handle within ``reach`` of a window position; corners win over edges. An edge is a handle all along."""
    left, right = abs(x - box.x) <= reach, abs(x - box.right) <= reach
    top, bottom = abs(y - box.y) <= reach, abs(y - box.bottom) <= reach
    inside_x, inside_y = box.x - reach <= x <= box.right + reach, box.y - reach <= y <= box.bottom + reach
    dx = (1 if right else -1) if (left or right) and inside_y else 0
    dy = (1 if bottom else -1) if (top or bottom) and inside_x else 0
    return Handle((dx, dy)) if dx or dy else None


def pixel(value: float, first: int, end: int) -> int:
    """The index of the pixel that a position names, kept within ``first`` <= index < ``end``.

    Positions come from whole native pixels divided and multiplied again, so the nearest whole number is meant.
    """
    return min(max(math.floor(value + 0.5), first), end - 1)


def dragged(start: Point, current: Point, bounds: Region, aspect: float | None = None) -> Region:
    """The region between two positions, both pixels included, never leaving ``bounds``.

    With ``aspect`` (width / height) the longer way of the pointer decides, and the region shrinks to fit.
    """
    x0, y0 = pixel(start.x, bounds.x, bounds.right), pixel(start.y, bounds.y, bounds.bottom)
    x1, y1 = pixel(current.x, bounds.x, bounds.right), pixel(current.y, bounds.y, bounds.bottom)
    width, height = abs(x1 - x0) + 1, abs(y1 - y0) + 1
    if aspect is not None:
        room_x = bounds.right - x0 if x1 >= x0 else x0 + 1 - bounds.x
        room_y = bounds.bottom - y0 if y1 >= y0 else y0 + 1 - bounds.y
        wanted = min(max(width, height * aspect), room_x, room_y * aspect)
        width = min(max(1, round(wanted)), room_x)
        height = min(max(1, round(wanted / aspect)), room_y)
    return Region(x0 if x1 >= x0 else x0 + 1 - width, y0 if y1 >= y0 else y0 + 1 - height, width, height)


def pulled(region: Region, handle: Handle, current: Point, bounds: Region, aspect: float | None = None) -> Region:
    """``region`` after one of its handles was pulled to a position; pulled over the far edge, it turns over.

    With ``aspect`` the sides beside an edge that is pulled follow it, around their middle.
    """
    dx, dy = handle.value
    far = Point(region.right - 1 if dx < 0 else region.x, region.bottom - 1 if dy < 0 else region.y)
    if dx and dy:
        return dragged(far, current, bounds, aspect)
    edge = handle.pixel_of(region)
    alone = dragged(far, Point(current.x if dx else edge.x, current.y if dy else edge.y), bounds)
    return alone if aspect is None else _in_shape(alone, far, bounds, aspect, across=bool(dx))


def _in_shape(edge: Region, far: Point, bounds: Region, aspect: float, *, across: bool) -> Region:
    """``edge``, pulled along one axis away from ``far``, with the other axis grown around its middle."""
    if across:
        height = min(max(1, round(edge.width / aspect)), bounds.height)
        width = min(edge.width, max(1, round(height * aspect)))
    else:
        width = min(max(1, round(edge.height * aspect)), bounds.width)
        height = min(edge.height, max(1, round(width / aspect)))
    x = edge.x + (edge.width - width) // 2
    y = edge.y + (edge.height - height) // 2
    if across:
        x = edge.x if edge.x == far.x else edge.right - width
    else:
        y = edge.y if edge.y == far.y else edge.bottom - height
    return moved(Region(x, y, width, height), 0, 0, bounds)


def moved(region: Region, dx: int, dy: int, bounds: Region) -> Region:
    """``region`` shifted, of the same size, stopped at the edges of ``bounds``."""
    x = min(max(region.x + dx, bounds.x), bounds.right - region.width)
    y = min(max(region.y + dy, bounds.y), bounds.bottom - region.height)
    return Region(x, y, region.width, region.height)


def resized(region: Region, dx: int, dy: int, bounds: Region) -> Region:
    """``region`` with its right and bottom edges shifted, at least one pixel large, within ``bounds``."""
    width = min(max(1, region.width + dx), bounds.right - region.x)
    height = min(max(1, region.height + dy), bounds.bottom - region.y)
    return Region(region.x, region.y, width, height)


def middle(bounds: Region) -> Region:
    """The region that the keyboard begins with: half as wide and high, in the middle."""
    width, height = max(1, bounds.width // 2), max(1, bounds.height // 2)
    return Region(bounds.x + (bounds.width - width) // 2, bounds.y + (bounds.height - height) // 2, width, height)


@dataclass(frozen=True, slots=True)
class Drag:
    """One press of the pointer until its release: pulling a handle, moving the selection, or drawing a new one."""

    start: Point
    before: Region | None
    """The selection when it began."""
    handle: Handle | None = None
    moving: bool = False

    def selection(self, current: Point, bounds: Region, aspect: float | None) -> Region:
        """The selection once the pointer is at ``current``; nothing jumps under a pointer that is not quite on it."""
        dx, dy = current.x - self.start.x, current.y - self.start.y
        if self.before is not None and self.moving:
            return moved(self.before, round(dx), round(dy), bounds)
        if self.before is not None and self.handle is not None:
            edge = self.handle.pixel_of(self.before)
            return pulled(self.before, self.handle, Point(edge.x + dx, edge.y + dy), bounds, aspect)
        return dragged(self.start, current, bounds, aspect)


def of_size(width: int, height: int, at: Region, bounds: Region) -> Region:
    """A region of this size whose top left corner is that of ``at``, moved and cut as little as needed to fit."""
    width, height = min(max(1, width), bounds.width), min(max(1, height), bounds.height)
    return moved(Region(at.x, at.y, width, height), 0, 0, bounds)


def around(x: int, y: int, width: int, height: int, bounds: Region) -> Region:
    """A region of this size with the position in its middle, moved and cut as little as needed to fit."""
    width, height = min(max(1, width), bounds.width), min(max(1, height), bounds.height)
    return moved(Region(x - width // 2, y - height // 2, width, height), 0, 0, bounds)


def fitted(region: Region, aspect: float) -> Region:
    """The largest region of this shape (width / height) inside ``region``, in its middle."""
    if region.height * aspect <= region.width:
        width, height = max(1, round(region.height * aspect)), region.height
    else:
        width, height = region.width, min(region.height, max(1, round(region.width / aspect)))
    return Region(
        region.x + (region.width - width) // 2, region.y + (region.height - height) // 2, width, height
    )  # fmt: skip


def resized_in_shape(region: Region, dx: int, dy: int, bounds: Region, aspect: float | None) -> Region:
    """As ``resized``; with ``aspect`` the other edge follows, and both stop when one of them can go no further."""
    if aspect is None:
        return resized(region, dx, dy, bounds)
    room_x, room_y = bounds.right - region.x, bounds.bottom - region.y
    wanted = region.width + dx if dx else (region.height + dy) * aspect
    width = min(max(1.0, wanted), room_x, room_y * aspect)
    return Region(region.x, region.y, min(max(1, round(width)), room_x), min(max(1, round(width / aspect)), room_y))


def window_at(x: float, y: float, windows: tuple[Region, ...]) -> Region | None:
    """The first of ``windows``, which come front to back, that holds the pixel at a position."""
    for window in windows:
        if window.x - 0.5 <= x < window.right - 0.5 and window.y - 0.5 <= y < window.bottom - 0.5:
            return window
    return None
