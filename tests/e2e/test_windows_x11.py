"""The list of windows on a real X server with a real window manager, witnessed by xdotool, xprop and the pixels."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.model import Region
from grokdesk.system.capture.mss import MssGrabber
from grokdesk.system.window_list.x11 import X11Windows
from grokdesk.system.window_places import WindowPlace, windows_in
from tests.support.desktops.desktop import Desktop, wait_until

WINDOW = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle(sys.argv[1])
window.setStyleSheet(f"background: {sys.argv[2]}")
window.setGeometry(*map(int, sys.argv[3:7]))
window.show()
app.exec()
"""
Open = Callable[..., str]


@pytest.fixture
def windows(desktop: Desktop) -> X11Windows:
    return X11Windows(desktop.environment["DISPLAY"], os.getpid())


@pytest.fixture
def open_window(desktop: Desktop) -> Iterator[Open]:
    """Opens a window of another program and returns its id."""
    running = []

    def open_one(title: str, colour: str, x: int, y: int, width: int = 300, height: int = 200) -> str:
        words = [title, colour, str(x), str(y), str(width), str(height)]
        running.append(desktop.start(sys.executable, "-c", WINDOW, *words, environment={"QT_QPA_PLATFORM": "xcb"}))
        return desktop.wait_for_window(f"^{title}$")

    yield open_one
    for process in running:
        desktop.end(process)


def titles(windows: X11Windows) -> list[str]:
    """Of the windows that a test opened."""
    return [window.title for window in windows.windows() if window.title in {"Blue", "Green"}]


def listed(windows: X11Windows, title: str) -> WindowPlace:
    return wait_until(lambda: [w for w in windows.windows() if w.title == title], f"{title} in the list")[0]


def test_front_to_back(desktop: Desktop, windows: X11Windows, open_window: Open) -> None:
    blue = open_window("Blue", "blue", 100, 100)
    open_window("Green", "green", 200, 200)
    wait_until(lambda: titles(windows) == ["Green", "Blue"], "the newer window in front")
    desktop.xdotool("windowactivate", "--sync", blue)
    wait_until(lambda: titles(windows) == ["Blue", "Green"], "the activated window in front")


def test_the_region_is_the_window_with_its_frame(
    desktop: Desktop, windows: X11Windows, open_window: Open, tmp_path: Path
) -> None:
    open_window("Blue", "blue", 150, 120)
    region = listed(windows, "Blue").region
    grabber = MssGrabber(desktop.environment["DISPLAY"])
    capture = grabber.grab()
    grabber.close()
    (shown,) = [window for window in windows_in(capture, windows.windows()) if window.title == "Blue"]
    assert shown.region == region
    image = Image.frombuffer(
        "RGB", (capture.pixels.width, capture.pixels.height), bytes(capture.pixels.data), "raw", "BGRX", 0, 1
    )
    inside = image.crop((region.x, region.y, region.right, region.bottom))
    blue = Image.eval(inside.getchannel("B"), lambda value: 255 if value == 255 else 0)
    red = Image.eval(inside.getchannel("R"), lambda value: 255 if value == 0 else 0)
    left, top, right, bottom = _both(blue, red).getbbox() or (0, 0, 0, 0)
    assert (right - left, bottom - top) == (300, 200)
    # A frame on every side, the title bar on top; below and beside it the wallpaper begins.
    assert 0 < left < 10
    assert 10 < top < 40
    assert 0 < inside.width - right < 10
    assert 0 < inside.height - bottom < 10


def _both(one: Image.Image, other: Image.Image) -> Image.Image:
    from PIL import ImageChops

    return ImageChops.darker(one, other)


def test_what_is_not_seen_is_not_listed(desktop: Desktop, windows: X11Windows, open_window: Open) -> None:
    blue = open_window("Blue", "blue", 100, 100)
    green = open_window("Green", "green", 200, 200)
    wait_until(lambda: len(titles(windows)) == 2, "both windows")
    desktop.xdotool("windowminimize", "--sync", blue)
    wait_until(lambda: titles(windows) == ["Green"], "the minimized window gone")
    desktop.xdotool("set_num_desktops", "2")
    desktop.xdotool("set_desktop_for_window", green, "1")
    wait_until(lambda: titles(windows) == [], "the window on the other desktop gone")
    desktop.xdotool("set_desktop_for_window", green, "0")
    wait_until(lambda: titles(windows) == ["Green"], "the window again")


def test_windows_of_our_own_are_left_out(desktop: Desktop, windows: X11Windows, open_window: Open) -> None:
    blue = open_window("Blue", "blue", 100, 100)
    listed(windows, "Blue")
    pid = int(desktop.xdotool("getwindowpid", blue))
    ours = X11Windows(desktop.environment["DISPLAY"], pid)
    assert titles(ours) == []


def test_without_a_window_manager_the_server_is_asked(desktop: Desktop, tmp_path: Path) -> None:
    display = desktop._start_and_ask(
        "Xvfb", "-displayfd", "{}", "-screen", "0", "320x200x24", "-nolisten", "tcp", "-noreset"
    )
    environment = {"DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
    desktop.start(sys.executable, "-c", WINDOW, "Bare", "red", "10", "20", "100", "50", environment=environment)
    bare = X11Windows(f":{display}", os.getpid())
    assert listed(bare, "Bare").region == Region(10, 20, 100, 50)


def test_a_display_that_is_not_there_has_no_windows() -> None:
    assert X11Windows(":9999", os.getpid()).windows() == ()
