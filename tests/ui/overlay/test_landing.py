from __future__ import annotations

import pytest

from grokdesk.ui.overlay.landing import landing
from grokdesk.ui.overlay.screens import ScreenPlace

LEFT, RIGHT = ScreenPlace("A", 0, 0, 1920, 1080, 1920, 1080), ScreenPlace("B", 1920, 0, 2560, 1440, 2560, 1440)
MIRROR = ScreenPlace("C", 0, 0, 1920, 1080, 1920, 1080)


@pytest.mark.parametrize("platform", ["wayland", "wayland-egl"])
def test_wayland_may_put_a_window_elsewhere(platform: str) -> None:
    assert landing(platform, RIGHT, LEFT, [LEFT, RIGHT]) == "elsewhere"
    assert landing(platform, RIGHT, RIGHT, [LEFT, RIGHT]) == "there"


@pytest.mark.parametrize("platform", ["xcb", "windows", "cocoa", "offscreen"])
def test_elsewhere_a_report_in_between_means_nothing(platform: str) -> None:
    assert landing(platform, RIGHT, LEFT, [LEFT, RIGHT]) == "there"


def test_screens_that_show_the_same_are_one() -> None:
    assert landing("wayland", LEFT, MIRROR, [LEFT, MIRROR]) == "there"


def test_a_screen_that_was_unplugged_is_gone() -> None:
    for platform in ("wayland", "xcb"):
        assert landing(platform, RIGHT, LEFT, [LEFT]) == "gone"
