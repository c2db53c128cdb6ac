"""``grokdesk doctor`` on the desktops that people have: what it says of each part is what is so there."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from grokdesk.errors import EXIT_OK
from grokdesk.model import Region
from tests.support.desktops import desktop as x11
from tests.support.desktops import sway_desktop
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.needs import need
from tests.support.desktops.program import MakeProgram
from tests.support.desktops.seeing import seeing
from tests.support.desktops.sway_desktop import Output, SwayDesktop
from tests.support.desktops.wallpapers import map_of_places, saved
from tests.support.servers.server import ScriptedServer
from tests.support.windows.doctor import differences

Make = Callable[[Path], AbstractContextManager[Any]]


DESKTOPS: dict[str, Make] = {
    "xfce": lambda logs: Desktop(logs, window_manager="xfwm4", notifications=True),
    "bare": lambda logs: Desktop(logs, tray="none", keyring=False),
    "window-tray": lambda logs: Desktop(logs, tray="trayer", keyring=False),
    "sway": lambda logs: SwayDesktop(logs, Output(0, 0, 1280, 800)),
    "sway-alone": lambda logs: SwayDesktop(logs, Output(0, 0, 1280, 800), portal=False, keyring=False),
}
MISSING = {"sway": sway_desktop.missing_programs, "sway-alone": sway_desktop.missing_programs}


@pytest.fixture
def wallpaper(tmp_path: Path) -> Path:
    """A screen that is all black is one that may not be seen, so this one is not."""
    return saved(map_of_places(1280, 800), tmp_path / "places.png")


@pytest.mark.parametrize("name", DESKTOPS)
def test_every_part_is_told_as_it_is(
    name: str, tmp_path: Path, wallpaper: Path, program_on: MakeProgram, answering: ScriptedServer
) -> None:
    need(MISSING.get(name, x11.missing_programs)())
    answering.on("POST", "/v1/responses", seeing())
    with DESKTOPS[name](tmp_path / "logs") as desktop:
        desktop.set_wallpaper(wallpaper)
        done = program_on(desktop).command("doctor", "--json")
        found = json.loads(done.stdout)
    assert differences(name, found) == []
    assert done.returncode == EXIT_OK, done.stderr.decode()


def test_both_monitors_are_seen(
    tmp_path: Path, wallpaper: Path, program_on: MakeProgram, answering: ScriptedServer
) -> None:
    need(x11.missing_programs())
    answering.on("POST", "/v1/responses", seeing())
    with Desktop(tmp_path / "logs", tray="none", keyring=False) as desktop:
        desktop.set_wallpaper(wallpaper)
        desktop.set_monitors(Region(0, 0, 500, 800), Region(500, 100, 780, 600))
        found = json.loads(program_on(desktop).command("doctor", "--json").stdout)
    assert differences("two-monitors", found) == []
    assert "1280 x 800 pixels, 2 screens" in found["capture"]["why"]
