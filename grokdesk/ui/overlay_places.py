"""Where the things beside a selection go: size label, action bar, magnifier. They never leave the window."""

from __future__ import annotations

from grokdesk.ui.selection import Box, Point


def label_place(box: Box, width: float, height: float, window: Box, gap: float) -> Point:
    """Where a label beside ``box`` goes: below its left corner, else above, else inside; always within ``window``."""
    if box.bottom + gap + height <= window.bottom:
        y = box.bottom + gap
    elif box.y - gap - height >= window.y:
        y = box.y - gap - height
    else:
        y = box.bottom - gap - height
        box = box._replace(x=box.x + gap)
    x = min(box.x, window.right - width)
    return Point(max(window.x, x), max(window.y, min(y, window.bottom - height)))


def glass_place(x: float, y: float, width: float, height: float, window: Box, gap: float) -> Point:
    """Where a magnifier of the position goes: right below it, on the other side of it near an edge.

    It covers the position only in a window too small for anything else.
    """
    left = x + gap if x + gap + width <= window.right else x - gap - width
    top = y + gap if y + gap + height <= window.bottom else y - gap - height
    fits_x, fits_y = left >= window.x, top >= window.y
    left = min(max(left, window.x), window.right - width)
    top = min(max(top, window.y), window.bottom - height)
    if not fits_x and not fits_y:
        left = window.right - width if x < window.x + window.width / 2 else window.x
    return Point(max(left, window.x), max(top, window.y))
