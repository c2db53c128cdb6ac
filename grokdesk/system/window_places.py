"""Where the windows of other programs lie: on the desktop, and in a capture of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grokdesk.model import Capture, Monitor, Region


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """``region`` is in the coordinates of the desktop, as ``Monitor.place`` is."""

    title: str
    region: Region


@dataclass(frozen=True, slots=True)
class WindowInCapture:
    """What a capture shows of a window; ``region`` is in pixels of the captured image."""

    title: str
    region: Region


def windows_in(capture: Capture, windows: Sequence[WindowPlace]) -> tuple[WindowInCapture, ...]:
    """What the capture shows of each window, in the given order (front to back); what lies outside is left out.

    A window across two monitors is one region where the image continues from one to the other, else one on each.
    """
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    views = [(monitor.region, place_of_monitor(capture, monitor)) for monitor in capture.monitors]
    if views and all(_mapped(place, views[0]) == region for region, place in views):
        views = [(whole, _place_of_whole(whole, views[0]))]
    return tuple(
        WindowInCapture(window.title, region)
        for window in windows
        for region in _seen(window.region, views)
        if not region.is_empty
    )


def place_of_monitor(capture: Capture, monitor: Monitor) -> Region:
    """Where a monitor of the capture lies on the desktop."""
    return monitor.place or monitor.region.moved(capture.left, capture.top)


_View = tuple[Region, Region]
"""A part of the image, and the part of the desktop that it shows."""


def _seen(window: Region, views: Sequence[_View]) -> Iterator[Region]:
    for region, place in views:
        yield _mapped(window.intersected(place), (region, place)).intersected(region)


def _mapped(part: Region, view: _View) -> Region:
    """A part of the desktop, in the image. Edges are rounded, so that neighbours stay neighbours."""
    region, place = view
    across, down = region.width / place.width, region.height / place.height
    x, y = region.x + round((part.x - place.x) * across), region.y + round((part.y - place.y) * down)
    right, bottom = (
        region.x + round((part.right - place.x) * across),
        region.y + round((part.bottom - place.y) * down),
    )
    return Region(x, y, right - x, bottom - y)


def _place_of_whole(whole: Region, view: _View) -> Region:
    """What the whole image shows when all of it continues one view."""
    region, place = view
    return _mapped(whole, (place, region))
