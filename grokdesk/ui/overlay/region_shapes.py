"""Regions of a wanted size or shape: what is typed, kept while resizing, or taken from an earlier capture."""

from __future__ import annotations

from grokdesk.model import Region
from grokdesk.ui.overlay.selection import moved, resized


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
