"""Capture on a real X server, witnessed by ImageMagick."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.errors import NotPossibleHere
from grokdesk.model import Capture, Region
from grokdesk.system.capture.mss import MssGrabber
from tests.support.desktops.desktop import PANEL_HEIGHT, Desktop
from tests.support.windows.grabber_contract import GrabberContract


@pytest.fixture
def other_desktop(desktop: Desktop, tmp_path: Path) -> Desktop:
    """One more, not started yet, that a test may end."""
    return Desktop(tmp_path / "logs", 320, 200)


@pytest.fixture
def grabber(desktop: Desktop) -> Iterator[MssGrabber]:
    grabber = MssGrabber(desktop.environment["DISPLAY"])
    yield grabber
    grabber.close()


class TestMss(GrabberContract):
    @pytest.fixture
    def grabber(self, desktop: Desktop) -> Iterator[MssGrabber]:
        grabber = MssGrabber(desktop.environment["DISPLAY"])
        yield grabber
        grabber.close()


@pytest.fixture
def two_monitors(desktop: Desktop) -> Iterator[None]:
    """The left half of the screen and the right one."""
    half = desktop.width // 2
    for name, x, output in (("left", 0, "screen"), ("right", half, "none")):
        geometry = f"{half}/300x{desktop.height}/200+{x}+0"
        desktop.run("xrandr", "--setmonitor", name, geometry, output)
    yield
    for name in ("left", "right"):
        desktop.run("xrandr", "--delmonitor", name)


def picture_of(capture: Capture) -> Image.Image:
    pixels = capture.pixels
    return Image.frombuffer("RGB", (pixels.width, pixels.height), bytes(pixels.data), "raw", "BGRX", 0, 1)


def noise(desktop: Desktop) -> Image.Image:
    size = (desktop.width, desktop.height)
    return Image.frombytes("RGB", size, os.urandom(desktop.width * desktop.height * 3))


def test_every_pixel_is_what_is_on_the_screen(desktop: Desktop, grabber: MssGrabber, tmp_path: Path) -> None:
    below_panel = (0, PANEL_HEIGHT * 2, desktop.width, desktop.height)
    for _ in range(2):
        wallpaper = noise(desktop)
        wallpaper.save(tmp_path / "noise.png")
        desktop.set_wallpaper(tmp_path / "noise.png")
        capture = grabber.grab()
        assert picture_of(capture).crop(below_panel).tobytes() == wallpaper.crop(below_panel).tobytes()
        with Image.open(desktop.screenshot(tmp_path / "witness.png")) as witness:
            assert picture_of(capture).tobytes() == witness.convert("RGB").tobytes()


def test_one_screen_is_one_monitor(desktop: Desktop, grabber: MssGrabber) -> None:
    capture = grabber.grab()
    assert (capture.left, capture.top) == (0, 0)
    assert [monitor.region for monitor in capture.monitors] == [Region(0, 0, desktop.width, desktop.height)]


def test_monitors_that_come_and_go_are_seen(
    desktop: Desktop, grabber: MssGrabber, request: pytest.FixtureRequest
) -> None:
    assert len(grabber.grab().monitors) == 1
    request.getfixturevalue("two_monitors")
    half = desktop.width // 2
    left, right = sorted(grabber.grab().monitors, key=lambda monitor: monitor.region.x)
    assert left.region == Region(0, 0, half, desktop.height)
    assert right.region == Region(half, 0, half, desktop.height)
    assert left.name == "screen"


def test_a_monitor_outside_the_screen_is_cut_off(desktop: Desktop, grabber: MssGrabber) -> None:
    desktop.run("xrandr", "--setmonitor", "beyond", f"600/200x{desktop.height}/200+-200+0", "none")
    try:
        capture = grabber.grab()
    finally:
        desktop.run("xrandr", "--delmonitor", "beyond")
    assert capture.pixels.width == desktop.width
    assert Region(0, 0, 400, desktop.height) in [monitor.region for monitor in capture.monitors]


def test_a_display_that_went_away_is_said(other_desktop: Desktop) -> None:
    with other_desktop as short_lived:
        grabber = MssGrabber(short_lived.environment["DISPLAY"])
        grabber.grab()
    with pytest.raises(NotPossibleHere, match="could not be captured"):
        grabber.grab()
    grabber.close()
