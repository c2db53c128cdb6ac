"""Which part of a capture a QScreen shows, and that part as an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtGui import QImage, QScreen

from grokdesk.model import Capture, Monitor, Region
from grokdesk.system.arranging import bounds, monitors_in_image
from grokdesk.system.window_places import place_of_monitor
from grokdesk.ui.overlay.selection import Mapping


@dataclass(frozen=True, slots=True)
class ScreenPlace:
    """A screen in native pixels, as far as Qt tells, and its size in points; its corner is the same in both."""

    name: str
    x: int
    y: int
    width: int
    height: int
    points_wide: int
    points_high: int


def place_of(screen: QScreen) -> ScreenPlace:
    """Qt keeps the native top left corner of a screen and divides only its size by the pixel ratio.

    Source: https://doc.qt.io/qt-6/highdpi.html, and QHighDpi::fromNativeScreenGeometry.
    """
    logical, ratio = screen.geometry(), screen.devicePixelRatio()
    width, height = round(logical.width() * ratio), round(logical.height() * ratio)
    return ScreenPlace(screen.name(), logical.x(), logical.y(), width, height, logical.width(), logical.height())


def matched(screens: Sequence[ScreenPlace], capture: Capture) -> list[Monitor | None]:
    """The monitor of each screen, each at most once; None when the capture has fewer monitors than Qt has screens.

    The best pairs come first: same corner, then same name, then the nearest size, then the same number in the list.
    Parts of a monitor outside the captured image are cut off. In a capture without monitors each screen is where its
    place on the desktop is in the image; an image of another shape than the desktop counts as one monitor.
    """
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    monitors = [each for each in capture.monitors if not each.region.intersected(whole).is_empty]
    monitors = monitors or list(_by_place(screens, whole)) or [Monitor("", whole, is_primary=True)]

    def strangeness(screen: int, monitor: int) -> tuple[bool, bool, int, int, int]:
        place, shown = screens[screen], monitors[monitor]
        there = place_of_monitor(capture, shown)
        width, height = (place.width, place.height) if shown.place is None else (place.points_wide, place.points_high)
        size_off = abs(width - there.width) + abs(height - there.height)
        is_elsewhere = (there.x, there.y) != (place.x, place.y)
        return is_elsewhere, place.name != shown.name, size_off, abs(screen - monitor), screen

    pairs = [(s, m) for s in range(len(screens)) for m in range(len(monitors))]
    found: dict[int, Monitor] = {}
    taken: set[int] = set()
    for screen, monitor in sorted(pairs, key=lambda pair: strangeness(*pair)):
        if screen not in found and monitor not in taken:
            shown = monitors[monitor]
            found[screen] = replace(shown, region=shown.region.intersected(whole))
            taken.add(monitor)
    return [found.get(index) for index in range(len(screens))]


def screen_regions(screens: Sequence[ScreenPlace], capture: Capture) -> tuple[Region, ...]:
    """The screens in a capture, in the order in which a person counts them; all of it when there is no telling."""
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    listed = capture.monitors or [monitor for monitor in matched(screens, capture) if monitor is not None]
    regions = (monitor.region.intersected(whole) for monitor in listed)
    # Screens that show the same are one.
    return tuple(dict.fromkeys(region for region in regions if not region.is_empty)) or (whole,)


def _by_place(screens: Sequence[ScreenPlace], whole: Region) -> tuple[Monitor, ...]:
    """Where the screens are in an image of the whole desktop: in native pixels where that fits, else by one ratio of
    the image to the desktop in points. The pixel ratio of a screen is not asked: compositors round it for Qt."""
    names = [screen.name for screen in screens]
    native = [Region(screen.x, screen.y, screen.width, screen.height) for screen in screens]
    points = [Region(screen.x, screen.y, screen.points_wide, screen.points_high) for screen in screens]
    size = (whole.width, whole.height)
    if not screens:
        return ()
    desktop = bounds(native)
    return monitors_in_image(names, native if (desktop.width, desktop.height) == size else points, size)


def view_of(capture: Capture, region: Region) -> tuple[QImage, memoryview]:
    """``region``, which lies inside the capture, as an image over the same bytes, and those bytes.

    Nothing is copied: the bytes have to outlive the image, and the image must not be written to.
    """
    stride = capture.pixels.width * 4
    first = region.y * stride + region.x * 4
    end = (region.bottom - 1) * stride + region.right * 4
    rows = memoryview(capture.pixels.data)[first:end]
    return QImage(rows, region.width, region.height, stride, QImage.Format.Format_RGB32), rows


Landing = Literal["there", "elsewhere", "gone"]


def landing(platform: str, wanted: ScreenPlace, found_on: ScreenPlace, screens: Sequence[ScreenPlace]) -> Landing:
    """``gone``: the screen that was ``wanted`` is not there any more. Mirrored screens are one for this.

    ``platform`` is Qt's name. X11, Windows and macOS place a window where it asks to be; what they report in between
    means nothing.
    """
    if wanted not in screens:
        return "gone"
    is_same = (wanted.x, wanted.y) == (found_on.x, found_on.y) and wanted.width == found_on.width
    return "there" if is_same or not platform.startswith("wayland") else "elsewhere"


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The part of a capture that a window shows. ``rows`` are the bytes below ``image``, which has to outlive it."""

    region: Region
    image: QImage
    rows: memoryview
    screen: int = 0
    """Its number in ``Choosing``, which gets the keys with this window."""
    keeps_shape: bool = False
    """Shown in its own shape, with bars where the window has another."""

    @classmethod
    def of(cls, capture: Capture, region: Region, screen: int, *, keeps_shape: bool = False) -> View:
        return cls(region, *view_of(capture, region), screen, keeps_shape)

    def mapping(self, width: float, height: float, pixel_ratio: float = 0.0) -> Mapping:
        """Between this part and a window of this size in logical units.

        With the ``pixel_ratio`` of the window's own screen each pixel of the part is one of the window, where they
        are of one size but for the rounding of logical units: else the part would be stretched by a fraction of one.
        """
        if self.keeps_shape:
            return Mapping.letterboxed(self.region, width, height)
        if pixel_ratio > 0:
            exact_width, exact_height = self.region.width / pixel_ratio, self.region.height / pixel_ratio
            if abs(exact_width - width) < 1 and abs(exact_height - height) < 1:
                return Mapping(self.region, exact_width, exact_height)
        return Mapping(self.region, width, height)
