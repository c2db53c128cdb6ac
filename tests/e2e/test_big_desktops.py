"""GrokDesk on KWin and on GNOME Shell. They are large to install: packaging/dev.py check --desktops does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from grokdesk.model import Region
from tests.support.desktops import gnome_desktop, kwin_desktop
from tests.support.desktops.gnome_desktop import GnomeDesktop
from tests.support.desktops.kwin_desktop import KWinDesktop
from tests.support.desktops.needs import need
from tests.support.desktops.private_desktop import wait_until
from tests.support.desktops.program import CHAT, GROKDESK, OVERLAY, MakeProgram, ProgramOn
from tests.support.desktops.seeing import seeing
from tests.support.desktops.wallpapers import map_of_places, region_on_map, saved
from tests.support.desktops.wayland_desktop import WaylandDesktop
from tests.support.servers.sent import capture_and_send
from tests.support.servers.server import ScriptedServer
from tests.support.windows.doctor import differences

pytestmark = pytest.mark.big_desktop

INSTALL = "packaging/dev.py check --desktops"
WIDTH, HEIGHT = 1280, 800


@pytest.fixture(scope="module")
def kwin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KWinDesktop]:
    need(kwin_desktop.missing_programs(), INSTALL)
    folder = tmp_path_factory.mktemp("kwin")
    with KWinDesktop(folder / "logs", WIDTH, HEIGHT) as desktop:
        desktop.set_wallpaper(saved(map_of_places(WIDTH, HEIGHT), folder / "places.png"))
        yield desktop


@pytest.fixture(scope="module")
def gnome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GnomeDesktop]:
    need(gnome_desktop.missing_programs(), INSTALL)
    folder = tmp_path_factory.mktemp("gnome")
    with GnomeDesktop(folder / "logs", WIDTH, HEIGHT) as desktop:
        desktop.set_wallpaper(saved(map_of_places(WIDTH, HEIGHT), folder / "places.png"))
        yield desktop


class WithoutTray:
    """What holds on every Wayland desktop that has a portal and no tray; a subclass says which one it is."""

    name: str
    """Of the states that doctor is expected to tell."""

    @pytest.fixture
    def program(self, wayland: WaylandDesktop, program_on: MakeProgram) -> ProgramOn[Any]:
        """Running, its window open."""
        program = program_on(wayland)
        program.launch()
        program.focus(CHAT)
        return program

    def test_the_window_can_be_read(self, program: ProgramOn[Any], tmp_path: Path) -> None:
        def is_painted() -> bool:
            return "Ask about anything you see" in program.text_on_screen(tmp_path / "shot.png")

        wait_until(is_painted, "a painted window")

    def test_keys_and_clipboard_reach_the_window(self, program: ProgramOn[Any]) -> None:
        program.type("What's in it? (Two pears!)")
        program.key("ctrl+a", "ctrl+c")
        desktop = program.desktop
        wait_until(lambda: desktop.clipboard_text() == "What's in it? (Two pears!)", "the text on the clipboard")

    def test_the_portal_captures_every_pixel_of_a_region(
        self, program: ProgramOn[Any], answering: ScriptedServer
    ) -> None:
        desktop = program.desktop
        desktop.park_pointer()
        begin = partial(desktop.start, *GROKDESK, "capture", "--region", environment=program.environment)
        captured = capture_and_send(program, answering, (201, 121, 520, 333), begin=begin)
        assert region_on_map(captured) == Region(201, 121, 320, 213)

    def test_doctor_tells_every_part_as_it_is(
        self, wayland: WaylandDesktop, program_on: MakeProgram, answering: ScriptedServer
    ) -> None:
        answering.on("POST", "/v1/responses", seeing())
        done = program_on(wayland).command("doctor", "--json")
        assert differences(self.name, json.loads(done.stdout)) == []


class TestKWin(WithoutTray):
    name = "kwin"

    @pytest.fixture
    def wayland(self, kwin: KWinDesktop) -> KWinDesktop:
        return kwin

    def test_the_portal_leaves_no_picture_behind(self, wayland: KWinDesktop, program: ProgramOn[KWinDesktop]) -> None:
        wayland.start(*GROKDESK, "capture", "--region", environment=program.environment)
        wayland.wait_for_window(OVERLAY)
        program.key("Escape")
        wayland.wait_for_no_window(OVERLAY)
        assert list((wayland.home / "Pictures").iterdir()) == []


class TestGnome(WithoutTray):
    name = "gnome"

    @pytest.fixture
    def wayland(self, gnome: GnomeDesktop) -> GnomeDesktop:
        return gnome
