"""The pixels of a crop are those of the screen at every scale, whole or not, and on monitors that differ in it.

The wallpaper is a map of places: the picture that is sent says for each pixel where on the screen it was.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grokdesk.model import Region
from tests.support.desktops import desktop as x11
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.needs import need
from tests.support.desktops.program import MakeProgram
from tests.support.desktops.wallpapers import map_of_places, region_on_map, saved
from tests.support.servers.sent import capture_and_send
from tests.support.servers.server import ScriptedServer

# Odd places, so that half a logical pixel counts.
DRAG, DRAGGED = (201, 121, 520, 333), Region(201, 121, 320, 213)
LEFT, RIGHT = Region(0, 0, 1280, 1024), Region(1280, 200, 1640, 1000)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """A screen that is wide enough for rounding to show."""
    need(x11.missing_programs())
    folder = tmp_path_factory.mktemp("wide")
    with Desktop(folder / "logs", 2920, 1200, keyring=False) as desktop:
        desktop.set_wallpaper(saved(map_of_places(2920, 1200), folder / "places.png"))
        yield desktop


@pytest.fixture
def two_monitors(wide: Desktop) -> Iterator[None]:
    wide.set_monitors(LEFT, RIGHT)
    yield
    wide.set_monitors()


@pytest.mark.parametrize("percent", [100, 125, 150, 166, 200])
def test_one_scale(wide: Desktop, program_on: MakeProgram, answering: ScriptedServer, percent: int) -> None:
    program = program_on(wide)
    program.environment["QT_SCALE_FACTOR"] = f"{percent / 100:g}"
    program.start_with_hotkey()
    assert region_on_map(capture_and_send(program, answering, DRAG)) == DRAGGED
    far = capture_and_send(program, answering, (2501, 901, 2919, 1199))
    assert region_on_map(far) == Region(2501, 901, 419, 299)


def test_a_scale_of_the_desktop_s_settings(wide: Desktop, program_on: MakeProgram, answering: ScriptedServer) -> None:
    wide.set_text_dpi(144)
    try:
        program = program_on(wide)
        program.start_with_hotkey()
        assert region_on_map(capture_and_send(program, answering, DRAG)) == DRAGGED
    finally:
        wide.set_text_dpi(96)


@pytest.mark.parametrize(("left", "right"), [(100, 100), (125, 200), (200, 166)])
def test_each_monitor_with_its_scale(
    wide: Desktop, two_monitors: None, program_on: MakeProgram, answering: ScriptedServer, left: int, right: int
) -> None:
    program = program_on(wide)
    program.environment["QT_SCREEN_SCALE_FACTORS"] = f"{left / 100:g};{right / 100:g}"
    program.start_with_hotkey()
    on_the_left = capture_and_send(program, answering, (33, 101, 1279, 1023), screens=2)
    assert region_on_map(on_the_left) == Region(33, 101, 1247, 923)
    on_the_right = capture_and_send(program, answering, (1281, 201, 2919, 1199), screens=2)
    assert region_on_map(on_the_right) == Region(1281, 201, 1639, 999)
