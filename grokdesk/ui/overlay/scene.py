"""What one window of the overlay shows, as values, and what differs between two of them.

A frame of a drag paints the differences alone: thin bands, never the whole screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QRegion

from grokdesk.model import Region
from grokdesk.ui.kit.quantities import pixel_size
from grokdesk.ui.kit.theme import GAP_L, GAP_S
from grokdesk.ui.overlay.drawing import FRAME_ROOM, HANDLE_ROOM, rect, shown_handles, with_edge
from grokdesk.ui.overlay.magnifier import GLASS_SIZE, Glass
from grokdesk.ui.overlay.places import glass_place, label_place
from grokdesk.ui.overlay.pointer import position_in
from grokdesk.ui.overlay.selection import Box, Mapping, Point
from grokdesk.ui.overlay.state import Choosing


@dataclass(frozen=True, slots=True)
class Label:
    text: str
    place: QRectF


@dataclass(frozen=True, slots=True)
class Scene:
    """``hole`` is the bright part in pixels of the image shown, ``frame`` the same in the window."""

    hole: QRect | None = None
    frame: Box | None = None
    handles: bool = False
    boxes: tuple[tuple[QRect, Box], ...] = ()
    placing: bool = False
    """The last box is not kept yet."""
    label: Label | None = None
    glass: Glass | None = None


def compose(
    choosing: Choosing, mapping: Mapping, window: Box, label_size: Callable[[str], QSizeF], bar: Box | None = None
) -> Scene:
    """What a window that shows ``mapping.image`` has to show now, beside an action ``bar`` if there is one.

    The bar says how large the selection is, so there is no label once it is there.
    """
    region, image = choosing.region, mapping.image
    hole = frame = label = None
    is_whole = False
    if region is not None and not (seen := region.intersected(image)).is_empty:
        hole, frame, is_whole = _inside(seen, image), mapping.box(seen), seen == region
        if not choosing.is_adjusting and _has_last_corner(region, image):
            label = _label(region, frame, window, label_size)
    boxes = tuple((_inside(box, image), mapping.box(box)) for box in choosing.boxes)
    handles = is_whole and choosing.is_adjusting and choosing.mode == "region"
    placing = choosing.box is not None or (
        choosing.dragging and choosing.mode == "redact" and choosing.live is not None
    )
    return Scene(hole, frame, handles, boxes, placing, label, _glass(choosing.magnified, mapping, window, bar))


def _inside(region: Region, image: Region) -> QRect:
    seen = region.moved(-image.x, -image.y)
    return QRect(seen.x, seen.y, seen.width, seen.height)


def _has_last_corner(region: Region, image: Region) -> bool:
    """Of several windows that show a part of the region, the one with its last pixel says how large it is."""
    x, y = region.right - 1, region.bottom - 1
    return image.x <= x < image.right and image.y <= y < image.bottom


def _label(region: Region, box: Box, window: Box, label_size: Callable[[str], QSizeF]) -> Label:
    text = pixel_size(region.width, region.height)
    size = label_size(text)
    place = label_place(box, size.width(), size.height(), window, GAP_S)
    return Label(text, QRectF(place.x, place.y, size.width(), size.height()))


def _glass(point: Point | None, mapping: Mapping, window: Box, bar: Box | None) -> Glass | None:
    """None when the position lies on another screen."""
    image = mapping.image
    if point is None or not (-0.5 <= point.x - image.x < image.width and -0.5 <= point.y - image.y < image.height):
        return None
    at = mapping.to_window(point)
    place = glass_place(at.x, at.y, *GLASS_SIZE, window, GAP_L, bar)
    return Glass(QRect(round(place.x), round(place.y), *GLASS_SIZE), *position_in(image, point))


# --- differences --------------------------------------------------------------------------------------------


def difference(old: Scene, new: Scene) -> QRegion:
    """Everything in the window that ``old`` and ``new`` paint differently, in few rectangles."""
    changed = QRegion()
    if (old.frame, old.handles) != (new.frame, new.handles):
        changed |= _frames(old, new)
    if (old.boxes, old.placing) != (new.boxes, new.placing):
        differing = set(old.boxes).symmetric_difference(new.boxes) | set(old.boxes[-1:]) | set(new.boxes[-1:])
        for _in_image, box in differing:
            changed |= QRegion(grown(box, FRAME_ROOM))
    if old.label != new.label:
        changed |= QRegion(_label_place(old)) | QRegion(_label_place(new))
    if old.glass != new.glass:
        changed |= QRegion(_glass_place(old)) | QRegion(_glass_place(new))
    return changed


def grown(box: Box, by: int) -> QRect:
    return rect(box).adjusted(-by, -by, by, by).toAlignedRect()


def _frames(old: Scene, new: Scene) -> QRegion:
    """For each side that moved, the strip between where it was and where it is: it holds all that changed."""
    changed = QRegion()
    if old.frame is None or new.frame is None:
        for scene in (old, new):
            changed |= QRegion(grown(scene.frame, FRAME_ROOM)) if scene.frame else QRegion()
    else:
        for (was, before), (place, now) in zip(_lines(old.frame), _lines(new.frame), strict=True):
            if was != place:
                changed |= QRegion(before.united(now))
    for scene in (old, new):
        for spot in _handle_spots(scene):
            changed |= QRegion(spot)
    return changed


def _lines(box: Box) -> list[tuple[float, QRect]]:
    """Where the four lines of a frame lie along their short way, and what they may cover."""
    return [
        (box.y, grown(Box(box.x, box.y, box.width, 0), FRAME_ROOM)),
        (box.bottom, grown(Box(box.x, box.bottom, box.width, 0), FRAME_ROOM)),
        (box.x, grown(Box(box.x, box.y, 0, box.height), FRAME_ROOM)),
        (box.right, grown(Box(box.right, box.y, 0, box.height), FRAME_ROOM)),
    ]


def _handle_spots(scene: Scene) -> list[QRect]:
    if scene.frame is None or not scene.handles:
        return []
    places = [handle.on(scene.frame) for handle in shown_handles(scene.frame)]
    return [grown(Box(place.x, place.y, 0, 0), HANDLE_ROOM) for place in places]


def _label_place(scene: Scene) -> QRect:
    return with_edge(scene.label.place) if scene.label else QRect()


def _glass_place(scene: Scene) -> QRect:
    return scene.glass.place if scene.glass else QRect()
