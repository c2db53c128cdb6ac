"""Where the things beside a selection go: size label, action bar, magnifier. They never leave the window."""

from __future__ import annotations

from grokdesk.ui.overlay.selection import Box, Point


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


def glass_place(
    x: float, y: float, width: float, height: float, window: Box, gap: float, avoid: Box | None = None
) -> Point:
    """Where a magnifier of the position goes: right below it, else another side where it covers nothing of ``avoid``.

    It covers the position itself only in a window too small for anything else.
    """
    lefts, tops = (x + gap, x - gap - width), (y + gap, y - gap - height)
    places = [Box(left, top, width, height) for top in tops for left in lefts]
    fitting = [place for place in places if _inside(place, window)]
    free = [place for place in fitting if avoid is None or not _meet(place, avoid)]
    for place in (*free, *fitting):
        return Point(place.x, place.y)
    # No corner of the position has room for it: beside it on one axis, wherever it fits on the other.
    left = next((value for value in lefts if window.x <= value <= window.right - width), None)
    top = next((value for value in tops if window.y <= value <= window.bottom - height), None)
    if left is None and top is None:
        left = window.right - width if x < window.x + window.width / 2 else window.x
    left = min(max(x + gap if left is None else left, window.x), window.right - width)
    top = min(max(y + gap if top is None else top, window.y), window.bottom - height)
    return Point(max(left, window.x), max(top, window.y))


def _inside(box: Box, window: Box) -> bool:
    across = window.x <= box.x and box.right <= window.right
    return across and window.y <= box.y and box.bottom <= window.bottom


def _meet(one: Box, other: Box) -> bool:
    across = one.x < other.right and other.x < one.right
    return across and one.y < other.bottom and other.y < one.bottom
