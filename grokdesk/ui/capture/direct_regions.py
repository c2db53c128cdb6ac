"""Regions that nobody has to select: a screen, everything, a rectangle, the last one again."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QScreen

from grokdesk.errors import NotPossibleHere, UsageError
from grokdesk.model import Capture, Monitor, Region
from grokdesk.system.capture_request import CaptureRequest
from grokdesk.translation import _
from grokdesk.ui.overlay.drawing import rect
from grokdesk.ui.overlay.screens import matched, place_of, screen_regions
from grokdesk.ui.overlay.selection import Mapping


def region_of(
    request: CaptureRequest,
    capture: Capture,
    screens: Sequence[QScreen],
    pointed_at: QScreen | None,
    last: Region | None,
) -> Region:
    """What a request without a selection means, in pixels of the capture.

    ``last`` is in pixels of the desktop, like the request's ``rect``. Raises UsageError for a screen that is not
    there, NotPossibleHere when nothing of the region is on the screen.
    """
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    if request.mode == "all":
        return whole
    if request.mode == "screen":
        places = [place_of(screen) for screen in screens]
        regions = screen_regions(places, capture)
        if request.screen == 0:
            pointed = dict(zip(screens, matched(places, capture), strict=True)).get(pointed_at) if pointed_at else None
            return pointed.region if pointed is not None else regions[0]
        if request.screen > len(regions):
            raise UsageError(
                _("There is no screen {number}.").format(number=request.screen),
                _("This desktop has {count}, counted from 1.").format(count=len(regions)),
            )
        return regions[request.screen - 1]
    wanted = request.rect if request.mode == "rect" else last
    if wanted is None:
        raise NotPossibleHere(
            _("No region has been captured yet."), _("Capture one first; then it can be taken again.")
        )
    region = wanted.moved(-capture.left, -capture.top).intersected(whole)
    if region.is_empty:
        title = _("The region is not on the screen now.")
        if request.mode == "last":
            title = _("The last region is not on the screen now.")
        raise NotPossibleHere(title, _("Select it again."))
    return region


def anchor_of(region: Region, capture: Capture, screens: Sequence[QScreen]) -> QRect:
    """Where a region of the capture lies on the desktop, in global logical coordinates; cut to one screen."""
    monitors = matched([place_of(screen) for screen in screens], capture)
    shown = [(screen, monitor) for screen, monitor in zip(screens, monitors, strict=True) if monitor is not None]
    if not shown:
        return QRect(QPoint(), screens[0].size())
    screen, monitor = max(shown, key=lambda pair: _area(pair[1], region))
    geometry = screen.geometry()
    box = Mapping(monitor.region, geometry.width(), geometry.height()).box(region.intersected(monitor.region))
    return rect(box).toAlignedRect().translated(geometry.topLeft())


def _area(monitor: Monitor, region: Region) -> int:
    common = monitor.region.intersected(region)
    return common.width * common.height
