"""None"""

from __future__ import annotations

import pytest

from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.ui.overlay.screens import ScreenPlace, landing, matched, screen_regions, view_of

LEFT, RIGHT = Region(0, 0, 40, 30), Region(40, 10, 20, 20)


def screen(name: str, x: int, y: int, width: int, height: int, scale: float = 1) -> ScreenPlace:
    """``scale``: pixels a point, as Qt tells it."""
    return ScreenPlace(name, x, y, width, height, round(width / scale), round(height / scale))


def capture(*monitors: Monitor, width: int = 60, height: int = 30, left: int = 0, top: int = 0) -> Capture:
    data = bytes(index % 251 for index in range(width * height * 4))
    return Capture(Pixels(data, width, height), monitors, left, top)


def regions(screens: list[ScreenPlace], taken: Capture) -> list[Region | None]:
    return [monitor.region if monitor else None for monitor in matched(screens, taken)]


def test_screens_are_matched_by_their_corner_whatever_the_order() -> None:
    taken = capture(Monitor("", RIGHT), Monitor("", LEFT))
    assert regions([screen("A", 0, 0, 40, 30), screen("B", 40, 10, 20, 20)], taken) == [LEFT, RIGHT]


def test_the_corner_counts_from_where_the_capture_begins() -> None:
    taken = capture(Monitor("", LEFT), Monitor("", RIGHT), left=-40, top=-10)
    assert regions([screen("A", 0, 0, 20, 20), screen("B", -40, -10, 40, 30)], taken) == [RIGHT, LEFT]


def test_the_name_decides_when_the_corners_are_scaled() -> None:
    taken = capture(Monitor("HDMI-1", Region(0, 0, 30, 30)), Monitor("DP-1", Region(30, 0, 30, 30)))
    screens = [screen("DP-1", 15, 5, 30, 30), screen("HDMI-1", 1, 5, 30, 30)]
    assert regions(screens, taken) == [Region(30, 0, 30, 30), Region(0, 0, 30, 30)]


def test_the_size_decides_without_corner_and_name() -> None:
    taken = capture(Monitor("", LEFT), Monitor("", RIGHT))
    assert regions([screen("", 7, 7, 21, 20), screen("", 9, 9, 40, 31)], taken) == [RIGHT, LEFT]


def test_the_order_decides_last() -> None:
    taken = capture(Monitor("", Region(0, 0, 30, 30)), Monitor("", Region(30, 0, 30, 30)))
    screens = [screen("", 7, 7, 30, 30), screen("", 9, 9, 30, 30)]
    assert regions(screens, taken) == [Region(0, 0, 30, 30), Region(30, 0, 30, 30)]


def test_a_screen_more_than_monitors_gets_none() -> None:
    taken = capture(Monitor("", LEFT))
    assert regions([screen("", 99, 0, 40, 30), screen("", 0, 0, 40, 30)], taken) == [None, LEFT]


def test_a_capture_without_monitors_is_one() -> None:
    assert regions([screen("", 0, 0, 60, 30)], capture()) == [Region(0, 0, 60, 30)]


def test_without_monitors_each_screen_is_at_its_place_in_the_image() -> None:
    """One image at the scale 1.5 of the right screen; Qt was told 2."""
    screens = [screen("A", 0, 0, 20, 14), screen("B", 20, 0, 40, 20, scale=2)]
    assert regions(screens, capture(width=60, height=21)) == [Region(0, 0, 30, 21), Region(30, 0, 30, 15)]


def test_without_monitors_the_desktop_may_begin_left_of_zero() -> None:
    screens = [screen("A", 0, 0, 20, 10), screen("B", -10, -5, 10, 10)]
    assert regions(screens, capture(width=60, height=30)) == [Region(20, 10, 40, 20), Region(0, 0, 20, 20)]


def test_without_monitors_native_pixels_are_kept_where_they_fit() -> None:
    """X11: Qt scales each screen in place, so that its points do not touch."""
    screens = [screen("A", 0, 0, 40, 30, scale=2), screen("B", 40, 10, 20, 20, scale=1.25)]
    assert regions(screens, capture()) == [LEFT, RIGHT]


def test_an_image_of_another_shape_is_shown_once() -> None:
    screens = [screen("A", 0, 0, 20, 20), screen("B", 20, 0, 20, 20)]
    assert regions(screens, capture(width=30, height=30)) == [Region(0, 0, 30, 30), None]


def test_monitors_that_know_their_place_are_matched_by_it() -> None:
    """Each has its own pixels: 1 and 1.5 a point, of which Qt was told 1 and 2."""
    left = Monitor("X", Region(0, 0, 20, 14), place=Region(-20, 0, 20, 14))
    right = Monitor("Y", Region(20, 0, 30, 21), place=Region(0, 0, 20, 14))
    screens = [screen("B", 0, 0, 40, 28, scale=2), screen("A", -20, 0, 20, 14)]
    assert regions(screens, capture(left, right, width=50, height=21, left=-20)) == [right.region, left.region]


def test_what_lies_outside_the_image_is_cut_off() -> None:
    taken = capture(Monitor("", Region(50, 0, 30, 30)), Monitor("", Region(600, 0, 30, 30)))
    assert regions([screen("", 50, 0, 30, 30)], taken) == [Region(50, 0, 10, 30)]


def test_a_view_shows_the_pixels_of_its_region_without_a_copy() -> None:
    pixels = Pixels(bytearray(60 * 30 * 4), 60, 30)
    image, rows = view_of(Capture(pixels, ()), RIGHT.intersected(Region(0, 0, 60, 30)))
    assert (image.width(), image.height()) == (20, 20)
    assert isinstance(pixels.data, bytearray)
    pixels.data[((10 + 3) * 60 + 40 + 5) * 4 + 2] = 200
    assert image.pixelColor(5, 3).red() == 200
    assert rows.obj is pixels.data


def test_screens_are_counted_as_the_capture_lists_them_else_as_qt_does() -> None:
    places = [ScreenPlace("B", 20, 0, 20, 30, 20, 30), ScreenPlace("A", 0, 0, 20, 30, 20, 30)]
    left, right = Region(0, 0, 20, 30), Region(20, 0, 20, 30)
    pixels = Pixels(bytes(40 * 30 * 4), 40, 30)
    assert screen_regions(places, Capture(pixels, (Monitor("A", left), Monitor("B", right)))) == (left, right)
    assert screen_regions(places, Capture(pixels, ())) == (right, left)
    assert screen_regions([], Capture(pixels, ())) == (Region(0, 0, 40, 30),)


ON_LEFT, ON_RIGHT = ScreenPlace("A", 0, 0, 1920, 1080, 1920, 1080), ScreenPlace("B", 1920, 0, 2560, 1440, 2560, 1440)
MIRROR = ScreenPlace("C", 0, 0, 1920, 1080, 1920, 1080)


@pytest.mark.parametrize("platform", ["wayland", "wayland-egl"])
def test_wayland_may_put_a_window_elsewhere(platform: str) -> None:
    assert landing(platform, ON_RIGHT, ON_LEFT, [ON_LEFT, ON_RIGHT]) == "elsewhere"
    assert landing(platform, ON_RIGHT, ON_RIGHT, [ON_LEFT, ON_RIGHT]) == "there"


@pytest.mark.parametrize("platform", ["xcb", "windows", "cocoa", "offscreen"])
def test_elsewhere_a_report_in_between_means_nothing(platform: str) -> None:
    assert landing(platform, ON_RIGHT, ON_LEFT, [ON_LEFT, ON_RIGHT]) == "there"


def test_screens_that_show_the_same_are_one() -> None:
    assert landing("wayland", ON_LEFT, MIRROR, [ON_LEFT, MIRROR]) == "there"


def test_a_screen_that_was_unplugged_is_gone() -> None:
    for platform in ("wayland", "xcb"):
        assert landing(platform, ON_RIGHT, ON_LEFT, [ON_LEFT]) == "gone"
