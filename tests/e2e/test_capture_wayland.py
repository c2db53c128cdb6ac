"""Captures and the list of windows on sway, witnessed by wallpapers whose every pixel tells its place, and by grim."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from grokdesk.model import Capture, Monitor, Region
from grokdesk.system.capture.choice import choose_grabber
from grokdesk.system.capture.grim import GrimGrabber
from grokdesk.system.capture.portal import PortalGrabber
from grokdesk.system.capture.screencopy import ScreencopyGrabber
from grokdesk.system.protocols import Grabber
from grokdesk.system.session import Session, session_from
from grokdesk.system.window_list.choice import choose_windows
from grokdesk.system.window_places import windows_in
from tests.support.desktops import sway_desktop
from tests.support.desktops.needs import need
from tests.support.desktops.private_desktop import wait_until
from tests.support.desktops.sway_desktop import Output, SwayDesktop
from tests.support.desktops.wallpapers import map_of_places, region_on_map, saved
from tests.support.windows.grabber_contract import GrabberContract

PLAIN, DENSE, UPRIGHT, ODD = (
    Output(0, 0, 800, 600),
    Output(-640, -100, 1280, 800, scale=2),
    Output(800, 0, 640, 480, turn="90"),
    Output(1280, 0, 960, 540, scale=1.5),
)
WHOLE_SCALES = {"HEADLESS-1": PLAIN, "HEADLESS-2": DENSE, "HEADLESS-3": UPRIGHT}
POINTER = 4
"""What can be seen of the pointer, which waits in the last corner."""
PORTAL_FILE = Path("/tmp/out.png")  # noqa: S108 - where the portal of wlroots writes


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwayDesktop]:
    """Four of mixed scale, one of them turned, one left of and above the first; with the portal."""
    need(sway_desktop.missing_programs())
    folder = tmp_path_factory.mktemp("screens")
    with SwayDesktop(folder, PLAIN, DENSE, UPRIGHT, ODD, tray=False, keyring=False) as desktop:
        for name, output in WHOLE_SCALES.items():
            desktop.set_wallpaper(saved(map_of_places(*pixels_of(output)), folder / f"{name}.png"), name)
        yield desktop


@pytest.fixture
def session(screens: SwayDesktop) -> Session:
    return session_from(screens.environment)


@pytest.fixture
def grim(screens: SwayDesktop) -> GrimGrabber:
    return GrimGrabber(screens.environment)


@pytest.fixture
def screencopy(screens: SwayDesktop) -> ScreencopyGrabber:
    return ScreencopyGrabber(screens.environment)


@pytest.fixture
def portal(screens: SwayDesktop, session: Session) -> PortalGrabber:
    return PortalGrabber(session, screens.environment)


def pixels_of(output: Output) -> tuple[int, int]:
    return round(output.area.width * output.scale), round(output.area.height * output.scale)


def shown(capture: Capture, region: Region) -> Image.Image:
    pixels = capture.pixels.cropped(region)
    return Image.frombuffer("RGB", (pixels.width, pixels.height), bytes(pixels.data), "raw", "BGRX", 0, 1)


def monitor(capture: Capture, name: str) -> Monitor:
    (found,) = [each for each in capture.monitors if each.name == name]
    return found


class TestScreencopy(GrabberContract):
    @pytest.fixture
    def grabber(self, screencopy: ScreencopyGrabber) -> ScreencopyGrabber:
        return screencopy


class TestGrim(GrabberContract):
    @pytest.fixture
    def grabber(self, grim: GrimGrabber) -> GrimGrabber:
        return grim


class TestPortal(GrabberContract):
    @pytest.fixture
    def grabber(self, portal: PortalGrabber) -> Iterator[PortalGrabber]:
        yield portal
        assert not PORTAL_FILE.exists()


@pytest.fixture(params=[ScreencopyGrabber, GrimGrabber])
def copying(request: pytest.FixtureRequest, screens: SwayDesktop) -> Grabber:
    grabber: Grabber = request.param(screens.environment)
    return grabber


@pytest.mark.parametrize("name", WHOLE_SCALES)
def test_every_pixel_of_a_screen_at_its_own_scale(copying: Grabber, name: str) -> None:
    capture, output = copying.grab(), WHOLE_SCALES[name]
    found = monitor(capture, name)
    assert found.place == output.area
    assert (found.region.width, found.region.height) == pixels_of(output)
    picture = shown(capture, found.region)
    seen = picture.crop((0, 0, picture.width, picture.height - POINTER))
    assert region_on_map(seen) == Region(0, 0, seen.width, seen.height)


def test_a_scale_between(screens: SwayDesktop, copying: Grabber, tmp_path: Path) -> None:
    capture = copying.grab()
    found = monitor(capture, "HEADLESS-4")
    assert (found.region.width, found.region.height) == (960, 540)
    with Image.open(screens.screenshot(tmp_path / "witness.png", "HEADLESS-4")) as witness:
        assert shown(capture, found.region).tobytes() == witness.convert("RGB").tobytes()


@pytest.mark.parametrize("turn", ["180", "270", "flipped", "flipped-90", "flipped-180", "flipped-270"])
def test_every_turn_of_a_screen(tmp_path: Path, turn: str) -> None:
    need(sway_desktop.missing_programs())
    words = {"tray": False, "portal": False, "keyring": False}
    with SwayDesktop(tmp_path / "logs", Output(0, 0, 640, 480, turn=turn), **words) as desktop:
        size = (480, 640) if turn.endswith(("90", "270")) else (640, 480)
        desktop.set_wallpaper(saved(map_of_places(*size), tmp_path / "places.png"))
        capture = ScreencopyGrabber(desktop.environment).grab()
        with Image.open(desktop.screenshot(tmp_path / "witness.png")) as witness:
            assert shown(capture, Region(0, 0, *size)).tobytes() == witness.convert("RGB").tobytes()


def test_portal_screens_are_found_in_one_image_by_one_ratio(screens: SwayDesktop, portal: PortalGrabber) -> None:
    capture = portal.grab()
    assert (capture.pixels.width, capture.pixels.height) == (screens.area.width * 2, screens.area.height * 2)
    assert (capture.left, capture.top) == (-640, -100)
    dense = monitor(capture, "HEADLESS-2")
    assert dense.region == Region(0, 0, 1280, 800)
    assert region_on_map(shown(capture, dense.region)) == Region(0, 0, 1280, 800)
    plain = monitor(capture, "HEADLESS-1")
    assert plain.region == Region(1280, 200, 1600, 1200)
    # Enlarged by grim, which mixes neighbours.
    enlarged, places = shown(capture, plain.region), map_of_places(800, 600)
    for x, y in ((10, 10), (400, 300), (790, 590)):
        pairs = zip(enlarged.getpixel((2 * x, 2 * y)), places.getpixel((x, y)), strict=True)  # type: ignore[arg-type]
        assert all(abs(one - other) <= 1 for one, other in pairs)


def test_sway_is_captured_without_any_program(screens: SwayDesktop, session: Session) -> None:
    grabber = choose_grabber(session, screens.environment | {"PATH": "/nowhere"})
    assert (grabber.state.backend, grabber.state.state) == ("screencopy", "ok")
    assert len(grabber.grab().monitors) == 4
    assert grabber.state.state == "ok"
    grabber.close()


def test_a_compositor_that_went_away_leaves_the_portal(screens: SwayDesktop, session: Session) -> None:
    grabber = choose_grabber(session, screens.environment | {"WAYLAND_DISPLAY": "wayland-9"})
    assert grabber.grab().monitors == ()
    assert (grabber.state.backend, grabber.state.state) == ("portal", "degraded")


WINDOW = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.setWindowTitle(sys.argv[1])
window.setStyleSheet(f"background: {sys.argv[1]}")
window.show()
app.exec()
"""


@pytest.fixture
def open_window(screens: SwayDesktop) -> Iterator[Callable[[str], None]]:
    running = []

    def open_one(colour: str) -> None:
        words = {"QT_QPA_PLATFORM": "wayland"}
        running.append(screens.start(sys.executable, "-c", WINDOW, colour, environment=words))
        screens.wait_for_window(colour)

    yield open_one
    for process in running:
        screens.end(process)


@pytest.mark.parametrize("name", ["HEADLESS-1", "HEADLESS-2", "HEADLESS-4"])
def test_windows_are_where_the_picture_shows_them(
    screens: SwayDesktop, session: Session, grim: GrimGrabber, open_window: Callable[[str], None], name: str
) -> None:
    windows = choose_windows(session, screens.environment)

    def places() -> list[str]:
        return [window.title for window in windows.windows()]

    wait_until(lambda: not places(), "the end of the windows of an earlier test")
    screens.run("swaymsg", f"focus output {name}")
    open_window("blue")
    screens.run("swaymsg", '[title="blue"] floating enable, resize set 200 120, move position 30 40')
    open_window("lime")
    wait_until(lambda: places() == ["blue", "lime"], "both windows, the floating one in front")

    def inner_colours() -> bool:
        capture = grim.grab()
        blue, lime = windows_in(capture, windows.windows())
        assert blue.region.intersected(monitor(capture, name).region) == blue.region
        picture = shown(capture, blue.region)
        middle = picture.getpixel((picture.width // 2, picture.height // 2))
        last = shown(capture, lime.region)
        return (middle, last.getpixel((last.width - 20, last.height - 20))) == ((0, 0, 255), (0, 255, 0))

    wait_until(inner_colours, "both windows painted where they are listed")
    assert choose_windows(session, screens.environment | {"PATH": os.devnull}).windows() == ()
