"""The main job on the X11 desktops that people have: other window managers and trays, without a tray, two monitors.

The wallpaper is a map of places: the picture that is sent says for each pixel where on the screen it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grokdesk.errors import EXIT_OK
from grokdesk.model import Region
from tests.support.desktops import desktop as x11
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.needs import need
from tests.support.desktops.private_desktop import try_until, wait_until
from tests.support.desktops.program import CHAT, HOTKEY, OVERLAY, MakeProgram, ProgramOn
from tests.support.desktops.wallpapers import map_of_places, region_on_map, saved
from tests.support.servers.sent import capture_and_send, questions_to
from tests.support.servers.server import ScriptedServer

WIDTH, HEIGHT = 1280, 800
DRAG, DRAGGED = (200, 120, 520, 330), Region(200, 120, 321, 211)
"""A drag takes in the pixels at both of its ends."""
LEFT, RIGHT = Region(0, 0, 500, 800), Region(500, 100, 780, 600)


@pytest.fixture(scope="module")
def wallpaper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need(x11.missing_programs())
    return saved(map_of_places(WIDTH, HEIGHT), tmp_path_factory.mktemp("wallpaper") / "places.png")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desktops")


@pytest.fixture(scope="module")
def xfce(logs: Path, wallpaper: Path) -> Iterator[Desktop]:
    with Desktop(logs / "xfce", WIDTH, HEIGHT, window_manager="xfwm4", notifications=True) as desktop:
        desktop.set_wallpaper(wallpaper)
        yield desktop


@pytest.fixture(scope="module")
def bare(logs: Path, wallpaper: Path) -> Iterator[Desktop]:
    """A window manager and nothing else."""
    with Desktop(logs / "bare", WIDTH, HEIGHT, tray="none", keyring=False) as desktop:
        desktop.set_wallpaper(wallpaper)
        yield desktop


@pytest.fixture
def window_tray(logs: Path, wallpaper: Path) -> Iterator[Desktop]:
    """A tray that takes only windows."""
    with Desktop(logs / "window-tray", WIDTH, HEIGHT, tray="trayer", keyring=False) as desktop:
        desktop.set_wallpaper(wallpaper)
        yield desktop


def launch_and_press_hotkey(program: ProgramOn[Desktop]) -> None:
    """Where no tray tells that the hotkey works, it is pressed until it does."""
    program.launch()
    program.desktop.wait_for_window(CHAT)
    try_until(lambda: program.key(HOTKEY), lambda: program.desktop.windows(OVERLAY), "an overlay")


def test_xfce(xfce: Desktop, program_on: MakeProgram, answering: ScriptedServer) -> None:
    program = program_on(xfce)
    program.start_with_hotkey()
    assert region_on_map(capture_and_send(program, answering, DRAG)) == DRAGGED


def test_without_a_tray_the_window_is_shown_and_stays_out_of_the_picture(
    bare: Desktop, program_on: MakeProgram, answering: ScriptedServer
) -> None:
    program = program_on(bare)
    launch_and_press_hotkey(program)
    captured = capture_and_send(program, answering, DRAG, begin=lambda: None)
    assert region_on_map(captured) == DRAGGED


def test_without_a_keyring_a_key_is_refused_with_the_reason(bare: Desktop, program_on: MakeProgram) -> None:
    program = program_on(bare)
    del program.environment["GROKDESK_API_KEY"]
    done = program.command("key", "set", stdin=b"xai-planted-0123456789abcdef\n")
    assert done.returncode != EXIT_OK
    assert "keyring" in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_without_a_keyring_a_key_of_the_environment_works(
    bare: Desktop, program_on: MakeProgram, answering: ScriptedServer, wallpaper: Path
) -> None:
    done = program_on(bare).command("ask", str(wallpaper), "--prompt", "What is it?")
    assert done.returncode == EXIT_OK, done.stderr.decode()
    assert len(questions_to(answering)) == 1


def test_a_click_on_the_icon_in_a_tray_of_windows_captures(window_tray: Desktop, program_on: MakeProgram) -> None:
    program = program_on(window_tray)
    program.launch()
    [icon] = wait_until(lambda: window_tray.tray_windows("GrokDesk"), "an icon in the panel")
    window_tray.click(icon.x + icon.width // 2, icon.y + icon.height // 2)
    window_tray.wait_for_window(OVERLAY)


def test_each_of_two_monitors(xfce: Desktop, program_on: MakeProgram, answering: ScriptedServer) -> None:
    xfce.set_monitors(LEFT, RIGHT)
    try:
        program = program_on(xfce)
        program.start_with_hotkey()
        on_the_left = capture_and_send(program, answering, (40, 50, 499, 799), screens=2)
        assert region_on_map(on_the_left) == Region(40, 50, 460, 750)
        on_the_right = capture_and_send(program, answering, (500, 200, 1279, 699), screens=2)
        assert region_on_map(on_the_right) == Region(500, 200, 780, 500)
    finally:
        xfce.set_monitors()


def test_a_monitor_that_goes_away_takes_the_overlay_with_it(xfce: Desktop, program_on: MakeProgram) -> None:
    xfce.set_monitors(LEFT, RIGHT)
    try:
        program = program_on(xfce)
        program.start_with_hotkey()
        program.key(HOTKEY)
        wait_until(lambda: len(xfce.windows(OVERLAY)) == 2, "an overlay on both monitors")
        xfce.run("xrandr", "--delmonitor", "monitor2")
        wait_until(lambda: not xfce.windows(OVERLAY), "no overlay any more")
        program.key(HOTKEY)
        wait_until(lambda: len(xfce.windows(OVERLAY)) == 1, "an overlay on the monitor that is left")
        program.key("Escape")
        wait_until(lambda: not xfce.windows(OVERLAY), "no overlay any more")
    finally:
        xfce.set_monitors()
