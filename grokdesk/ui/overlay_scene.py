"""What one window of the overlay shows, as values, and what differs between two of them.

A frame of a drag paints the differences alone: thin bands, never the whole screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSizeF
from PySide6.QtGui import QRegion

from grokdesk.model import Region
from grokdesk.ui.magnifier import GLASS_SIZE, Glass
from grokdesk.ui.overlay_drawing import CORNER_ROOM, FRAME_ROOM, rect, shown_handles
from grokdesk.ui.overlay_places import glass_place, label_place
from grokdesk.ui.overlay_pointer import position_in
from grokdesk.ui.overlay_state import Choosing
from grokdesk.ui.quantities import pixel_size
from grokdesk.ui.selection import Box, Mapping, Point
from grokdesk.ui.theme import GAP_L, GAP_S


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
    choosing: Choosing, mapping: Mapping, window: Box, label_size: Callable[[str], QSizeF], *, has_bar: bool
) -> Scene:
    """What a window that shows ``mapping.image`` has to show now."""
    region, image = choosing.region, mapping.image
    hole = frame = label = None
    is_whole = False
    if region is not None and not (seen := region.intersected(image)).is_empty:
        hole, frame, is_whole = _inside(seen, image), mapping.box(seen), seen == region
        if not has_bar and _has_last_corner(region, image):
            label = _label(region, frame, window, label_size)
    boxes = tuple((_inside(box, image), mapping.box(box)) for box in choosing.boxes)
    handles = is_whole and choosing.is_adjusting and choosing.mode == "region"
    placing = choosing.box is not None or (
        choosing.dragging and choosing.mode == "redact" and choosing.live is not None
    )
    return Scene(hole, frame, handles, boxes, placing, label, _glass(choosing.magnified, mapping, window))


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


def _glass(point: Point | None, mapping: Mapping, window: Box) -> Glass | None:
    """None when the position lies on another screen."""
    image = mapping.image
    if point is None or not (-0.5 <= point.x - image.x < image.width and -0.5 <= point.y - image.y < image.height):
        return None
    at = mapping.to_window(point)
    place = glass_place(at.x, at.y, *GLASS_SIZE, window, GAP_L)
    return Glass(QRectF(round(place.x), round(place.y), *GLASS_SIZE), *position_in(image, point))


# --- differences --------------------------------------------------------------------------------------------


def difference(old: Scene, new: Scene) -> QRegion:
    """Everything in the window that ``old`` and ``new`` paint differently."""
    changed = _holes(old, new)
    if (old.frame, old.handles) != (new.frame, new.handles):
        changed |= _frames(old, new)
    if (old.boxes, old.placing) != (new.boxes, new.placing):
        for _inside_image, box in set(old.boxes).symmetric_difference(new.boxes) or (*old.boxes, *new.boxes):
            changed |= QRegion(grown(box, FRAME_ROOM))
        if old.placing != new.placing and new.boxes:
            changed |= QRegion(grown(new.boxes[-1][1], FRAME_ROOM))
    if old.label != new.label:
        changed |= QRegion(_label_place(old)) | QRegion(_label_place(new))
    if old.glass != new.glass:
        changed |= QRegion(_glass_place(old)) | QRegion(_glass_place(new))
    return changed


def grown(box: Box, by: int) -> QRect:
    return rect(box).adjusted(-by, -by, by, by).toAlignedRect()


def _holes(old: Scene, new: Scene) -> QRegion:
    if old.frame == new.frame:
        return QRegion()
    parts = [QRegion(rect(scene.frame).toAlignedRect()) if scene.frame else QRegion() for scene in (old, new)]
    return parts[0] ^ parts[1]


def _frames(old: Scene, new: Scene) -> QRegion:
    """Lines that both have stay but for the corners, where they meet in another way."""
    rings = [_ring(scene.frame) if scene.frame else QRegion() for scene in (old, new)]
    changed = rings[0] ^ rings[1]
    for scene in (old, new):
        for spot in _spots(scene):
            changed |= spot
    return changed


def _ring(box: Box) -> QRegion:
    inner = rect(box).adjusted(1, 1, -1, -1).toAlignedRect()
    outer = QRegion(grown(box, FRAME_ROOM))
    return outer - QRegion(inner) if inner.isValid() else outer


def _spots(scene: Scene) -> list[QRect]:
    if scene.frame is None:
        return []
    box = scene.frame
    room = CORNER_ROOM if scene.handles else FRAME_ROOM + 1
    places = [Point(x, y) for x in (box.x, box.right) for y in (box.y, box.bottom)]
    if scene.handles:
        places = [handle.on(box) for handle in shown_handles(box)] or places
    return [grown(Box(place.x, place.y, 0, 0), room) for place in places]


def _label_place(scene: Scene) -> QRect:
    return scene.label.place.toAlignedRect() if scene.label else QRect()


def _glass_place(scene: Scene) -> QRect:
    return scene.glass.place.toAlignedRect() if scene.glass else QRect()
