"""The arithmetic of mss's monitors. Real grabs: tests/e2e/test_system_parts.py."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Monitor, Region
from grokdesk.system.capture.mss import MssGrabber, monitors_in

Box = dict[str, int]


def box(left: int, top: int, width: int, height: int) -> Box:
    return {"left": left, "top": top, "width": width, "height": height}


def test_two_monitors_side_by_side() -> None:
    left = box(0, 0, 640, 800) | {"output": "DP-1", "is_primary": True}
    right = box(640, 0, 640, 800) | {"output": "DP-2"}
    assert monitors_in(box(0, 0, 1280, 800), [left, right], 1280, 800) == (
        Monitor("DP-1", Region(0, 0, 640, 800), is_primary=True),
        Monitor("DP-2", Region(640, 0, 640, 800)),
    )


def test_a_desktop_that_begins_left_of_zero() -> None:
    monitors = monitors_in(
        box(-1280, -200, 3200, 1280), [box(-1280, -200, 1280, 1024), box(0, 0, 1920, 1080)], 3200, 1280
    )
    assert [monitor.region for monitor in monitors] == [Region(0, 0, 1280, 1024), Region(1280, 200, 1920, 1080)]


def test_a_desktop_in_points_is_scaled_to_pixels() -> None:
    (monitor,) = monitors_in(box(0, 0, 1440, 900), [box(0, 0, 1440, 900)], 2880, 1800)
    assert monitor.region == Region(0, 0, 2880, 1800)


def test_what_lies_outside_the_screen_is_cut_off() -> None:
    monitors = monitors_in(box(0, 0, 1280, 800), [box(-640, 0, 1280, 800), box(-640, 0, 640, 800)], 1280, 800)
    assert [monitor.region for monitor in monitors] == [Region(0, 0, 640, 800)]


def test_a_monitor_without_a_name_gets_its_number() -> None:
    named = box(0, 0, 10, 10) | {"name": "LG 27UK"}
    monitors = monitors_in(box(0, 0, 20, 10), [named, box(10, 0, 10, 10)], 20, 10)
    assert [monitor.name for monitor in monitors] == ["LG 27UK", "Screen 2"]


places = st.integers(-5000, 5000)
sizes = st.integers(1, 4000)


@given(
    st.lists(st.builds(box, places, places, sizes, sizes), min_size=1, max_size=4), st.sampled_from([1, 1.25, 1.5, 2])
)
def test_monitors_stay_inside_the_image_and_keep_their_size(boxes: list[Box], scale: float) -> None:
    left, top = min(b["left"] for b in boxes), min(b["top"] for b in boxes)
    right, bottom = max(b["left"] + b["width"] for b in boxes), max(b["top"] + b["height"] for b in boxes)
    width, height = round((right - left) * scale), round((bottom - top) * scale)
    monitors = monitors_in(box(left, top, right - left, bottom - top), boxes, width, height)
    assert len(monitors) == len(boxes)
    for monitor, wanted in zip(monitors, boxes, strict=True):
        region = monitor.region
        assert region.intersected(Region(0, 0, width, height)) == region
        assert abs(region.width - wanted["width"] * scale) <= 1.5
        assert abs(region.height - wanted["height"] * scale) <= 1.5


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names an X11 display")
def test_a_display_that_is_not_there() -> None:
    grabber = MssGrabber(":9999")
    with pytest.raises(NotPossibleHere, match="could not be captured"):
        grabber.grab()
    grabber.close()
