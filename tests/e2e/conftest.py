"""Tests on a virtual desktop. Without its programs they are skipped, unless GROKDESK_TESTS=all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.desktops import desktop as x11
from tests.support.desktops import sway_desktop
from tests.support.desktops.desktop import Desktop
from tests.support.desktops.needs import need
from tests.support.desktops.program import AnyDesktop, MakeProgram, ProgramOn
from tests.support.desktops.sway_desktop import SwayDesktop
from tests.support.servers.server import ScriptedServer
from tests.support.servers.streams import script_xai

HERE = Path(__file__).parent
KEY = "xai-planted-0123456789abcdef"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """One desktop for all tests; its log files stay in pytest's temporary folder."""
    need(x11.missing_programs())
    with Desktop(tmp_path_factory.mktemp("desktop")) as desktop:
        yield desktop


@pytest.fixture(scope="session")
def sway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwayDesktop]:
    """One Wayland desktop with one screen, a tray and the portal, for all tests that do not need another one."""
    need(sway_desktop.missing_programs())
    with SwayDesktop(tmp_path_factory.mktemp("sway")) as sway:
        yield sway


@pytest.fixture
def answering() -> Iterator[ScriptedServer]:
    """A server that answers every question in the way of xAI."""
    with ScriptedServer() as server:
        script_xai(server)
        yield server


@pytest.fixture
def program_on(answering: ScriptedServer, tmp_path: Path) -> Iterator[MakeProgram]:
    """Makes a program for a desktop, not started yet, whose key is in the environment; it ends with the test."""
    made: list[ProgramOn[Any]] = []

    def program_on(desktop: AnyDesktop, **settings: object) -> ProgramOn[AnyDesktop]:
        program = ProgramOn(desktop, tmp_path / f"home{len(made)}", answering, **settings)
        program.environment["GROKDESK_API_KEY"] = KEY
        made.append(program)
        return program

    yield program_on
    for program in made:
        program.end()
