from __future__ import annotations

from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.ui.screens import ScreenPlace, matched, view_of

LEFT, RIGHT = Region(0, 0, 40, 30), Region(40, 10, 20, 20)


def capture(*monitors: Monitor, width: int = 60, height: int = 30, left: int = 0, top: int = 0) -> Capture:
    data = bytes(index % 251 for index in range(width * height * 4))
    return Capture(Pixels(data, width, height), monitors, left, top)


def regions(screens: list[ScreenPlace], taken: Capture) -> list[Region | None]:
    return [monitor.region if monitor else None for monitor in matched(screens, taken)]


def test_screens_are_matched_by_their_corner_whatever_the_order() -> None:
    taken = capture(Monitor("", RIGHT), Monitor("", LEFT))
    assert regions([ScreenPlace("A", 0, 0, 40, 30), ScreenPlace("B", 40, 10, 20, 20)], taken) == [LEFT, RIGHT]


def test_the_corner_counts_from_where_the_capture_begins() -> None:
    taken = capture(Monitor("", LEFT), Monitor("", RIGHT), left=-40, top=-10)
    assert regions([ScreenPlace("A", 0, 0, 20, 20), ScreenPlace("B", -40, -10, 40, 30)], taken) == [RIGHT, LEFT]


def test_the_name_decides_when_the_corners_are_scaled() -> None:
    taken = capture(Monitor("HDMI-1", Region(0, 0, 30, 30)), Monitor("DP-1", Region(30, 0, 30, 30)))
    screens = [ScreenPlace("DP-1", 15, 5, 30, 30), ScreenPlace("HDMI-1", 1, 5, 30, 30)]
    assert regions(screens, taken) == [Region(30, 0, 30, 30), Region(0, 0, 30, 30)]


def test_the_size_decides_without_corner_and_name() -> None:
    taken = capture(Monitor("", LEFT), Monitor("", RIGHT))
    assert regions([ScreenPlace("", 7, 7, 21, 20), ScreenPlace("", 9, 9, 40, 31)], taken) == [RIGHT, LEFT]


def test_the_order_decides_last() -> None:
    taken = capture(Monitor("", Region(0, 0, 30, 30)), Monitor("", Region(30, 0, 30, 30)))
    screens = [ScreenPlace("", 7, 7, 30, 30), ScreenPlace("", 9, 9, 30, 30)]
    assert regions(screens, taken) == [Region(0, 0, 30, 30), Region(30, 0, 30, 30)]


def test_a_screen_more_than_monitors_gets_none() -> None:
    taken = capture(Monitor("", LEFT))
    assert regions([ScreenPlace("", 99, 0, 40, 30), ScreenPlace("", 0, 0, 40, 30)], taken) == [None, LEFT]


def test_a_capture_without_monitors_is_one() -> None:
    assert regions([ScreenPlace("", 0, 0, 60, 30)], capture()) == [Region(0, 0, 60, 30)]


def test_what_lies_outside_the_image_is_cut_off() -> None:
    taken = capture(Monitor("", Region(50, 0, 30, 30)), Monitor("", Region(600, 0, 30, 30)))
    assert regions([ScreenPlace("", 50, 0, 30, 30)], taken) == [Region(50, 0, 10, 30)]


def test_a_view_shows_the_pixels_of_its_region_without_a_copy() -> None:
    pixels = Pixels(bytearray(60 * 30 * 4), 60, 30)
    image, rows = view_of(Capture(pixels, ()), RIGHT.intersected(Region(0, 0, 60, 30)))
    assert (image.width(), image.height()) == (20, 20)
    assert isinstance(pixels.data, bytearray)
    pixels.data[((10 + 3) * 60 + 40 + 5) * 4 + 2] = 200
    assert image.pixelColor(5, 3).red() == 200
    assert rows.obj is pixels.data
