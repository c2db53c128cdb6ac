"""The pointer of the overlay: presses, drags and clicks become a selection or a box. No widgets."""

from __future__ import annotations

from grokdesk.model import Region
from grokdesk.ui.overlay.selection import Drag, Handle, Mapping, Point, handle_at
from grokdesk.ui.overlay.state import Choosing
from grokdesk.ui.overlay.values import Outcome

DRAG_STARTS_AT = 4
"""Logical pixels: a shorter drag is a click."""
GRIP = 8
"""Logical pixels around the frame within which it can be pulled."""


class Pointing:
    """Positions are logical ones of the window that ``mapping`` is about."""

    def __init__(self, choosing: Choosing) -> None:
        self._choosing = choosing
        self._pressed_at: tuple[float, float] | None = None
        self._drag: Drag | None = None
        self._begun = False
        self._aspect: float | None = None
        self._bounds = choosing.stage.whole
        self._home: Region | None = None
        """What the window shows in which the pointer was pressed."""

    def press(self, mapping: Mapping, x: float, y: float) -> None:
        choosing = self._choosing
        choosing.begin_input()
        choosing.drop_typed()
        choosing.show_keys(False)
        choosing.point_at(mapping.to_image(x, y))
        self._pressed_at, self._aspect, self._begun = (x, y), None, False
        self._drag = self._grasp(mapping, x, y)
        begins_new = self._drag.before is None or not (self._drag.moving or self._drag.handle)
        self._bounds = mapping.image if begins_new else choosing.bounds_of(self._drag.before or mapping.image)
        self._home = mapping.image

    def _grasp(self, mapping: Mapping, x: float, y: float) -> Drag:
        start, region = mapping.to_image(x, y), self._choosing.marks.region
        if region is None or self._choosing.mode != "region":
            return Drag(start, None)
        held = self.held(mapping, x, y)
        return Drag(start, region, held if isinstance(held, Handle) else None, moving=held == "inside")

    def held(self, mapping: Mapping, x: float, y: float) -> Handle | str:
        """What a press would take hold of: a handle, "inside" of the selection, or "" for neither."""
        region = self._choosing.marks.region
        if region is None or self._choosing.mode != "region":
            return ""
        box = mapping.box(region)
        handle = handle_at(box, x, y, GRIP)
        if handle is not None:
            return handle
        return "inside" if box.x <= x <= box.right and box.y <= y <= box.bottom else ""

    def move(self, mapping: Mapping, x: float, y: float, *, shift: bool) -> None:
        """``mapping`` is that of the window below the pointer: a drag that leaves its screen takes in others."""
        choosing = self._choosing
        if self._drag is not None and mapping.image != self._home:
            self._bounds = choosing.stage.whole
        here = mapping.to_image(x, y)
        choosing.point_at(here)
        self._notice_cancelled()
        if self._drag is None or self._pressed_at is None:
            if choosing.mode == "window":
                choosing.point_at_window(here)
            return
        if not choosing.dragging:
            if abs(x - self._pressed_at[0]) + abs(y - self._pressed_at[1]) < DRAG_STARTS_AT:
                return
            if choosing.mode == "window":
                choosing.mode = "region"
            self._begun = True
            choosing.drag_to(self._drag.before)
        self._follow(self._drag, shift=shift)

    def keep_shape(self, *, shift: bool) -> None:
        """Shift was pressed or released in a drag, and the pointer did not move."""
        if self._drag is not None and self._choosing.dragging:
            self._follow(self._drag, shift=shift)

    def _follow(self, drag: Drag, *, shift: bool) -> None:
        choosing = self._choosing
        if not shift:
            self._aspect = None
        elif self._aspect is None:
            begins = choosing.live is None or (choosing.live == drag.before and drag.handle is None)
            self._aspect = 1.0 if begins or choosing.live is None else choosing.live.width / choosing.live.height
        typed = choosing.marks.aspect if choosing.mode == "region" else None
        if choosing.pointer is not None:
            choosing.drag_to(drag.selection(choosing.pointer, self._bounds, self._aspect or typed))

    def release(self, *, adjust: bool) -> Outcome:
        """The end of a press. A plain drag that drew a new selection accepts it unless ``adjust`` (Ctrl is held)."""
        self._notice_cancelled()
        choosing, drag = self._choosing, self._drag
        self._drag = self._pressed_at = None
        if drag is None or choosing.pointer is None:
            return None
        if not choosing.dragging:
            return choosing.click(choosing.pointer, adjust=adjust)
        live = choosing.end_drag()
        if live is None:
            return None
        if choosing.mode == "redact":
            choosing.add_box(live)
            return None
        choosing.select(live)
        return choosing.accept() if drag.before is None and not adjust else None

    def _notice_cancelled(self) -> None:
        """Esc or the right button ended the drag; the button that began it is still held."""
        if self._begun and not self._choosing.dragging:
            self._drag = self._pressed_at = None

    def double_click(self, mapping: Mapping, x: float, y: float) -> Outcome:
        """Inside the selection it accepts."""
        region = self._choosing.marks.region
        if region is None or self._choosing.mode != "region":
            return None
        box = mapping.box(region)
        inside = box.x <= x <= box.right and box.y <= y <= box.bottom
        return self._choosing.accept() if inside else None


def position_in(region: Region, point: Point) -> tuple[int, int]:
    """The pixel that ``point`` names, counted from the top left corner of ``region`` and kept inside it."""
    x = min(max(round(point.x - region.x), 0), region.width - 1)
    y = min(max(round(point.y - region.y), 0), region.height - 1)
    return x, y
