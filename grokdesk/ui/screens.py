"""Which part of a capture a QScreen shows, and that part as an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QImage, QScreen

from grokdesk.model import Capture, Monitor, Region


@dataclass(frozen=True, slots=True)
class ScreenPlace:
    """A screen in native pixels, as far as Qt tells."""

    name: str
    x: int
    y: int
    width: int
    height: int


def place_of(screen: QScreen) -> ScreenPlace:
    """Qt keeps the native top left corner of a screen and divides only its size by the pixel ratio.

    Source: https://doc.qt.io/qt-6/highdpi.html, and QHighDpi::fromNativeScreenGeometry.
    """
    logical, ratio = screen.geometry(), screen.devicePixelRatio()
    width, height = round(logical.width() * ratio), round(logical.height() * ratio)
    return ScreenPlace(screen.name(), logical.x(), logical.y(), width, height)


def matched(screens: Sequence[ScreenPlace], capture: Capture) -> list[Monitor | None]:
    """The monitor of each screen, each at most once; None when the capture has fewer monitors than Qt has screens.

    The best pairs come first: same corner, then same name, then the nearest size, then the same number in the list.
    Parts of a monitor outside the captured image are cut off. A capture without monitors counts as one.
    """
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    monitors = [each for each in capture.monitors if not each.region.intersected(whole).is_empty]
    monitors = monitors or [Monitor("", whole, is_primary=True)]

    def strangeness(screen: int, monitor: int) -> tuple[bool, bool, int, int, int]:
        place, shown = screens[screen], monitors[monitor]
        corner = (shown.region.x + capture.left, shown.region.y + capture.top)
        size_off = abs(place.width - shown.region.width) + abs(place.height - shown.region.height)
        return corner != (place.x, place.y), place.name != shown.name, size_off, abs(screen - monitor), screen

    pairs = [(s, m) for s in range(len(screens)) for m in range(len(monitors))]
    found: dict[int, Monitor] = {}
    taken: set[int] = set()
    for screen, monitor in sorted(pairs, key=lambda pair: strangeness(*pair)):
        if screen not in found and monitor not in taken:
            shown = monitors[monitor]
            found[screen] = Monitor(shown.name, shown.region.intersected(whole), shown.is_primary)
            taken.add(monitor)
    return [found.get(index) for index in range(len(screens))]


def view_of(capture: Capture, region: Region) -> tuple[QImage, memoryview]:
    """``region``, which lies inside the capture, as an image over the same bytes, and those bytes.

    Nothing is copied: the bytes have to outlive the image, and the image must not be written to.
    """
    stride = capture.pixels.width * 4
    first = region.y * stride + region.x * 4
    end = (region.bottom - 1) * stride + region.right * 4
    rows = memoryview(capture.pixels.data)[first:end]
    return QImage(rows, region.width, region.height, stride, QImage.Format.Format_RGB32), rows
