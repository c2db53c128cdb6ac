"""Capture and hotkeys on a real X server, witnessed by ImageMagick and xdotool."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.errors import HotkeyTaken, NotPossibleHere
from grokdesk.model import Capture, Region
from grokdesk.system.capture_mss import MssGrabber
from grokdesk.system.hotkey import parse_hotkey
from grokdesk.system.hotkeys_x11 import X11Hotkeys
from tests.support.desktop import PANEL_HEIGHT, PATIENCE, Desktop, wait_until

CTRL_ALT_G = parse_hotkey("Ctrl+Alt+G")


@pytest.fixture
def other_desktop(desktop: Desktop, tmp_path: Path) -> Desktop:
    """One more, not started yet, that a test may end."""
    return Desktop(tmp_path / "logs", 320, 200)


# --- capture ------------------------------------------------------------------------------------------------


@pytest.fixture
def grabber(desktop: Desktop) -> Iterator[MssGrabber]:
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
    return Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.data, "raw", "BGRX", 0, 1)


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


# --- hotkeys ------------------------------------------------------------------------------------------------


class Keys:
    """A hotkey back end and what it reported."""

    def __init__(self, desktop: Desktop) -> None:
        self._desktop = desktop
        self._pressed: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.hotkeys = X11Hotkeys(desktop.environment["DISPLAY"], self._pressed.put)

    def press(self, keys: str) -> None:
        self._desktop.xdotool("key", keys)

    def next(self) -> str:
        return self._pressed.get(timeout=PATIENCE)

    def nothing_more(self) -> bool:
        """True when nothing was pressed until now: what a marker key reports after it comes last."""
        self.hotkeys.bind("marker", parse_hotkey("Ctrl+Alt+M"))
        self.press("ctrl+alt+m")
        return self.next() == "marker"


@pytest.fixture
def make_keys(desktop: Desktop) -> Iterator[Callable[[], Keys]]:
    made: list[Keys] = []

    def make() -> Keys:
        made.append(Keys(desktop))
        return made[-1]

    yield make
    for keys in made:
        keys.hotkeys.close()


@pytest.fixture
def keys(make_keys: Callable[[], Keys]) -> Keys:
    return make_keys()


@pytest.fixture
def layout(desktop: Desktop) -> Iterator[Callable[[str], None]]:
    def switch(name: str) -> None:
        desktop.run("setxkbmap", name)

    yield switch
    switch("us")


def test_a_press_is_reported_with_the_name_of_the_binding(keys: Keys) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    keys.hotkeys.bind("screen", parse_hotkey("F9"))
    keys.press("F9")
    assert keys.next() == "screen"
    keys.press("ctrl+alt+g")
    assert keys.next() == "region"
    assert keys.nothing_more()


def test_other_chords_are_left_alone(keys: Keys) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    for chord in ("g", "ctrl+g", "alt+g", "ctrl+alt+shift+g", "ctrl+alt+h"):
        keys.press(chord)
    assert keys.nothing_more()


@pytest.mark.parametrize("locks", [["Num_Lock"], ["Caps_Lock"], ["Num_Lock", "Caps_Lock"]])
def test_locks_do_not_matter(desktop: Desktop, keys: Keys, locks: list[str]) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    desktop.xdotool("key", *locks)
    try:
        assert "on" in desktop.run("xset", "q").stdout.decode().split("Caps Lock:")[1].split("Scroll Lock:")[0]
        keys.press("ctrl+alt+g")
        assert keys.next() == "region"
    finally:
        desktop.xdotool("key", *locks)


def test_a_held_key_is_one_press(desktop: Desktop, keys: Keys) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    desktop.run("xset", "r", "rate", "50", "100")
    try:
        desktop.xdotool("keydown", "ctrl", "keydown", "alt", "keydown", "g", "sleep", "0.5")
    finally:
        desktop.xdotool("keyup", "g", "keyup", "alt", "keyup", "ctrl")
        desktop.run("xset", "r", "rate")
    assert keys.next() == "region"
    assert keys.nothing_more()


def test_a_key_of_another_program_is_refused(keys: Keys, make_keys: Callable[[], Keys]) -> None:
    make_keys().hotkeys.bind("theirs", CTRL_ALT_G)
    with pytest.raises(HotkeyTaken, match=r"Ctrl\+Alt\+G belongs to another program"):
        keys.hotkeys.bind("region", CTRL_ALT_G)


def test_a_key_of_the_window_manager_is_refused(keys: Keys) -> None:
    with pytest.raises(HotkeyTaken):
        keys.hotkeys.bind("region", parse_hotkey("Alt+Space"))


def test_a_key_that_the_server_keeps_is_refused(keys: Keys) -> None:
    with pytest.raises(HotkeyTaken, match="text console"):
        keys.hotkeys.bind("region", parse_hotkey("Ctrl+Alt+F11"))


def test_a_refused_key_stays_with_the_other_program(keys: Keys, make_keys: Callable[[], Keys]) -> None:
    theirs = make_keys()
    theirs.hotkeys.bind("theirs", CTRL_ALT_G)
    with pytest.raises(HotkeyTaken):
        keys.hotkeys.bind("region", CTRL_ALT_G)
    keys.press("ctrl+alt+g")
    assert theirs.next() == "theirs"
    assert keys.nothing_more()


def test_two_meanings_for_one_key_are_refused(keys: Keys) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    with pytest.raises(HotkeyTaken, match="in GrokDesk already"):
        keys.hotkeys.bind("screen", CTRL_ALT_G)


def test_binding_again_replaces(keys: Keys, make_keys: Callable[[], Keys]) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    keys.hotkeys.bind("region", parse_hotkey("Ctrl+Alt+H"))
    keys.press("ctrl+alt+g")
    keys.press("ctrl+alt+h")
    assert keys.next() == "region"
    assert keys.nothing_more()
    make_keys().hotkeys.bind("theirs", CTRL_ALT_G)


def test_closing_releases_the_keys_and_ends_the_thread(keys: Keys, make_keys: Callable[[], Keys]) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    keys.hotkeys.close()
    assert "hotkeys" not in [thread.name for thread in threading.enumerate()]
    make_keys().hotkeys.bind("theirs", CTRL_ALT_G)


def test_the_letter_is_followed_to_another_layout(keys: Keys, layout: Callable[[str], None]) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    layout("dvorak")
    keys.hotkeys.bind("other", parse_hotkey("F9"))  # comes after the notice of the new layout
    keys.press("ctrl+alt+g")
    assert keys.next() == "region"
    assert keys.nothing_more()


def test_a_layout_without_latin_letters_keeps_the_place(keys: Keys, layout: Callable[[str], None]) -> None:
    layout("ru")
    keys.hotkeys.bind("region", CTRL_ALT_G)
    place_of_g = "42"
    keys.press(f"ctrl+alt+{place_of_g}")
    assert keys.next() == "region"


def test_an_idle_back_end_never_wakes_up(keys: Keys) -> None:
    keys.hotkeys.bind("region", CTRL_ALT_G)
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "hotkeys"]
    status = Path(f"/proc/self/task/{thread.native_id}/status")

    def switches() -> list[str]:
        return [line for line in status.read_text().splitlines() if "ctxt_switches" in line]

    def slept_for_a_second() -> bool:
        before = switches()
        return not threading.Event().wait(1.0) and switches() == before

    wait_until(slept_for_a_second, "a second without a wake-up")


def test_a_display_that_goes_away_ends_the_thread(other_desktop: Desktop) -> None:
    with other_desktop as short_lived:
        hotkeys = X11Hotkeys(short_lived.environment["DISPLAY"], lambda binding: None)
        hotkeys.bind("region", CTRL_ALT_G)
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "hotkeys"]
    thread.join(PATIENCE)
    assert not thread.is_alive()
    with pytest.raises(NotPossibleHere, match="lost"):
        hotkeys.bind("region", CTRL_ALT_G)
    hotkeys.close()


def test_a_callback_that_fails_does_not_end_the_hotkeys(desktop: Desktop, caplog: pytest.LogCaptureFixture) -> None:
    pressed: queue.SimpleQueue[str] = queue.SimpleQueue()

    def fail_once(binding: str) -> None:
        pressed.put(binding)
        if pressed.qsize() == 1:
            raise ValueError("planted")

    hotkeys = X11Hotkeys(desktop.environment["DISPLAY"], fail_once)
    try:
        hotkeys.bind("region", CTRL_ALT_G)
        desktop.xdotool("key", "ctrl+alt+g", "key", "ctrl+alt+g")
        assert [pressed.get(timeout=PATIENCE) for _ in range(2)] == ["region", "region"]
    finally:
        hotkeys.close()
    assert "planted" in caplog.text
    caplog.clear()
