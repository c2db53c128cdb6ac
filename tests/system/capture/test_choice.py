from __future__ import annotations

from pathlib import Path

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.capture.choice import choose_grabber
from grokdesk.system.session import Session

BUS = "unix:path=/nowhere"


@pytest.fixture
def with_grim(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "grim"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return {"PATH": str(tmp_path)}


NOTHING = {"PATH": "/nowhere"}


def wayland(desktop: str, bus: str = BUS) -> Session:
    return Session("wayland", desktop, ":0", "wayland-0", bus)


@pytest.mark.parametrize(
    ("session", "backend", "state"),
    [
        (Session("x11", "xfce", ":7"), "mss", "ok"),
        (Session("windows"), "mss", "ok"),
        (Session("macos"), "mss", "ok"),
        (Session("none"), "none", "impossible"),
        (wayland("gnome"), "portal", "ok"),
        (wayland("kde"), "portal", "ok"),
        (wayland("gnome", bus=""), "none", "impossible"),
    ],
)
def test_what_the_session_says_decides(session: Session, backend: str, state: str, with_grim: dict[str, str]) -> None:
    grabber = choose_grabber(session, with_grim)
    assert (grabber.state.backend, grabber.state.state) == (backend, state)
    grabber.close()


@pytest.mark.parametrize("desktop", ["sway", "hyprland", "river", "wlroots", "niri"])
def test_where_outputs_can_be_copied_that_comes_first(desktop: str, with_grim: dict[str, str]) -> None:
    for environment in (with_grim, NOTHING):
        assert choose_grabber(wayland(desktop), environment).state.backend == "screencopy"
        assert choose_grabber(wayland(desktop, bus=""), environment).state.backend == "screencopy"


def test_an_unknown_desktop_is_asked_through_the_portal_first(with_grim: dict[str, str]) -> None:
    assert choose_grabber(wayland(""), with_grim).state.backend == "portal"
    assert choose_grabber(wayland("", bus=""), with_grim).state.backend == "screencopy"


def test_what_is_not_possible_says_what_to_do_instead() -> None:
    grabber = choose_grabber(Session("none"), NOTHING)
    with pytest.raises(NotPossibleHere) as caught:
        grabber.grab()
    assert grabber.state.what_to_do == caught.value.hint != ""
    with pytest.raises(NotPossibleHere):
        grabber.ask()
    grabber.close()


def test_the_reason_names_the_display() -> None:
    assert ":7" in choose_grabber(Session("x11", display=":7"), NOTHING).state.why
