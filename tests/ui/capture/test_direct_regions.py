from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from grokdesk.errors import NotPossibleHere, UsageError
from grokdesk.model import Capture, Monitor, Pixels, Region
from grokdesk.system.capture_request import CaptureRequest, Mode
from grokdesk.ui.capture.direct_regions import anchor_of, region_of


@pytest.fixture
def screens(qapp: QApplication) -> list[QScreen]:
    return QGuiApplication.screens()


@pytest.fixture
def capture(screens: list[QScreen]) -> Capture:
    """The one screen of the test, twice as many pixels, on a desktop that begins left of and above zero."""
    size = screens[0].size() * 2
    whole = Region(0, 0, size.width(), size.height())
    return Capture(
        Pixels(bytes(whole.width * whole.height * 4), whole.width, whole.height), (Monitor("", whole),), -5, -7
    )


def region(capture: Capture, screens: list[QScreen], mode: Mode, last: Region | None = None, **more: object) -> Region:
    return region_of(CaptureRequest(mode=mode, **more), capture, screens, screens[0], last)  # type: ignore[arg-type]


def test_a_screen_by_number_or_the_one_with_the_pointer(capture: Capture, screens: list[QScreen]) -> None:
    whole = Region(0, 0, capture.pixels.width, capture.pixels.height)
    assert region(capture, screens, "screen", screen=1) == whole
    assert region(capture, screens, "screen") == whole
    assert region(capture, screens, "all") == whole


def test_a_screen_that_is_not_there_is_said(capture: Capture, screens: list[QScreen]) -> None:
    with pytest.raises(UsageError, match="no screen 3") as error:
        region(capture, screens, "screen", screen=3)
    assert error.value.hint == "This desktop has 1, counted from 1."


def test_desktop_coordinates_are_cut_to_what_was_captured(capture: Capture, screens: list[QScreen]) -> None:
    assert region(capture, screens, "rect", rect=Region(-20, 3, 30, 10)) == Region(0, 10, 15, 10)
    assert region(capture, screens, "last", last=Region(0, 0, 8, 9)) == Region(5, 7, 8, 9)


def test_a_region_that_is_gone_is_said(capture: Capture, screens: list[QScreen]) -> None:
    far = Region(90_000, 0, 10, 10)
    with pytest.raises(NotPossibleHere, match="The last region is not on the screen"):
        region(capture, screens, "last", last=far)
    with pytest.raises(NotPossibleHere, match="The region is not on the screen"):
        region(capture, screens, "rect", rect=far)
    with pytest.raises(NotPossibleHere, match="No region has been captured yet"):
        region(capture, screens, "last")


def test_the_anchor_is_where_the_person_sees_the_region(capture: Capture, screens: list[QScreen]) -> None:
    corner = screens[0].geometry().topLeft()
    assert anchor_of(Region(20, 40, 60, 80), capture, screens) == QRect(10, 20, 30, 40).translated(corner)
