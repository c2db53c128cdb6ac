"""GrokDesk on a Wayland desktop: sway with its bar and the portal, witnessed by grim and by sway itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.errors import EXIT_OK
from grokdesk.model import Region
from tests.support.desktops import sway_desktop
from tests.support.desktops.needs import need
from tests.support.desktops.private_desktop import wait_until
from tests.support.desktops.program import CHAT, COMPOSER, MakeProgram, ProgramOn
from tests.support.desktops.sway_desktop import BAR_HEIGHT, Output, SwayDesktop
from tests.support.desktops.wallpapers import map_of_places, region_on_map, saved
from tests.support.servers.sent import capture_and_send, questions_to, sent_pixels
from tests.support.servers.server import ScriptedServer

PLAIN, DENSE, UPRIGHT = (
    Output(0, 0, 800, 600),
    Output(-640, -100, 1280, 800, scale=2),
    Output(800, 0, 640, 480, turn="90"),
)
POINTER = 4
"""What can be seen of the pointer, which waits in the last corner."""


@pytest.fixture
def program(sway: SwayDesktop, program_on: MakeProgram) -> ProgramOn[SwayDesktop]:
    """Running, its window open."""
    program = program_on(sway)
    program.start()
    assert program.command().returncode == EXIT_OK
    program.focus(CHAT)
    return program


@pytest.fixture(scope="module")
def three_screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwayDesktop]:
    """A usual one, one twice as dense left of it and higher, one that stands upright right of it."""
    need(sway_desktop.missing_programs())
    with SwayDesktop(tmp_path_factory.mktemp("three"), PLAIN, DENSE, UPRIGHT, portal=False, keyring=False) as desktop:
        yield desktop


def test_the_window_is_one_of_wayland_and_can_be_read(program: ProgramOn[SwayDesktop], tmp_path: Path) -> None:
    [window] = [node for node in program.desktop.tree() if node["name"] == "GrokDesk"]
    assert (window["app_id"], window["shell"]) == ("io.github.grokdesk.GrokDesk", "xdg_shell")
    wait_until(
        lambda: "Ask about anything you see" in program.text_on_screen(tmp_path / "shot.png"), "a painted window"
    )


def test_keys_and_clipboard_reach_the_window(program: ProgramOn[SwayDesktop]) -> None:
    program.type("What's in it? (Two pears!)")
    program.key("ctrl+a", "ctrl+c")
    wait_until(lambda: program.desktop.clipboard_text() == "What's in it? (Two pears!)", "the text on the clipboard")
    program.key("ctrl+w")
    program.desktop.wait_for_no_window(CHAT)


def test_a_picture_of_the_clipboard_is_pasted_and_asked_about(
    program: ProgramOn[SwayDesktop], answering: ScriptedServer, tmp_path: Path
) -> None:
    picture = saved(Image.new("RGB", (60, 40), "#c03020"), tmp_path / "red.png")
    program.desktop.set_clipboard(picture, "image/png")
    program.key("ctrl+v")
    program.type("What is it?")

    def send() -> object:
        program.key("Return")  # is refused while a picture is still on its way
        return questions_to(answering)

    wait_until(send, "a question")
    assert sent_pixels(questions_to(answering)[0]).getcolors() == [(2400, (0xC0, 0x30, 0x20))]


def test_the_tray_shows_the_icon_and_its_menu_works(program: ProgramOn[SwayDesktop]) -> None:
    item = program.desktop.wait_for_tray_item("GrokDesk")
    item.click("Quit")
    wait_until(lambda: not program.is_running, "the end of the program")


@pytest.mark.parametrize(("name", "output"), [("HEADLESS-1", PLAIN), ("HEADLESS-2", DENSE), ("HEADLESS-3", UPRIGHT)])
def test_the_witness_sees_every_pixel_of_a_screen(
    three_screens: SwayDesktop, tmp_path: Path, name: str, output: Output
) -> None:
    width, height = output.pixels
    three_screens.set_wallpaper(saved(map_of_places(width, height), tmp_path / "places.png"), name)
    with Image.open(three_screens.screenshot(tmp_path / "shot.png", name)) as shot:
        assert shot.size == (width, height)
        bar = round(BAR_HEIGHT * output.scale)
        below = shot.crop((0, bar, width, height - POINTER))
        assert region_on_map(below) == Region(0, bar, width, height - bar - POINTER)


def test_the_pointer_reaches_every_screen(three_screens: SwayDesktop) -> None:
    for output in (DENSE, PLAIN, UPRIGHT):
        three_screens.click(output.area.x + 5, output.area.bottom - 5)
        [workspace] = [each for each in three_screens.ask("get_workspaces") if each["focused"]]
        assert Region(**workspace["rect"]).intersected(output.area) == Region(**workspace["rect"])


# --- capture ------------------------------------------------------------------------------------------------


def capture(program: ProgramOn[SwayDesktop], server: ScriptedServer, drag: tuple[int, int, int, int]) -> Image.Image:
    """There is no global hotkey without a setting of sway, so the program is started and asked in the tray."""
    item = program.start()
    program.desktop.park_pointer()
    screens = len(program.desktop.outputs)
    return capture_and_send(program, server, drag, screens=screens, begin=lambda: item.click("Capture region"))


@pytest.fixture
def places(sway: SwayDesktop, tmp_path: Path) -> None:
    sway.set_wallpaper(saved(map_of_places(sway.width, sway.height), tmp_path / "places.png"))


@pytest.mark.usefixtures("places")
def test_every_pixel_of_a_region_is_captured(
    sway: SwayDesktop, program_on: MakeProgram, answering: ScriptedServer
) -> None:
    assert region_on_map(capture(program_on(sway), answering, (201, 121, 520, 333))) == Region(201, 121, 320, 213)


@pytest.mark.usefixtures("places")
def test_the_portal_captures_where_no_tool_is(
    sway: SwayDesktop, program_on: MakeProgram, answering: ScriptedServer, tmp_path: Path
) -> None:
    program = program_on(sway)
    program.environment["PATH"] = str(tmp_path)
    assert region_on_map(capture(program, answering, (201, 121, 520, 333))) == Region(201, 121, 320, 213)


@pytest.mark.parametrize(("name", "output"), [("HEADLESS-1", PLAIN), ("HEADLESS-2", DENSE), ("HEADLESS-3", UPRIGHT)])
def test_a_region_on_each_of_three_screens(
    three_screens: SwayDesktop,
    program_on: MakeProgram,
    answering: ScriptedServer,
    tmp_path: Path,
    name: str,
    output: Output,
) -> None:
    three_screens.set_wallpaper(saved(map_of_places(*output.pixels), tmp_path / "places.png"), name)
    program = program_on(three_screens)
    x, y, scale = output.x, output.y, int(output.scale)
    captured = capture(program, answering, (x + 33, y + 101, x + 233, y + 351))
    expected = Region(33 * scale, 101 * scale, 200 * scale + 1, 250 * scale + 1)
    assert region_on_map(captured) == expected


def test_the_composer_is_as_small_as_elsewhere(sway: SwayDesktop, program_on: MakeProgram) -> None:
    program = program_on(sway)
    program.start("--background")
    assert program.command("capture", "--rect", "40,60,300,200").returncode == EXIT_OK
    sway.wait_for_window(COMPOSER)
    [window] = [node for node in sway.tree() if node["name"] == "GrokDesk: ask"]
    assert window["rect"]["width"] < sway.width // 2
    assert window["rect"]["height"] < sway.height // 2
    program.key("Escape")
    sway.wait_for_no_window(COMPOSER)


# --- the desktop itself -------------------------------------------------------------------------------------


def test_an_x_server_is_there_when_it_is_wanted(tmp_path: Path) -> None:
    need(sway_desktop.missing_programs())
    with SwayDesktop(tmp_path / "logs", tray=False, portal=False, keyring=False, xwayland=True) as desktop:
        assert b"XWAYLAND0" in desktop.run("xrandr").stdout
