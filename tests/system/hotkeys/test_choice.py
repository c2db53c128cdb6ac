from __future__ import annotations

import pytest

from grokdesk.system.hotkeys.choice import choose_hotkeys
from grokdesk.system.session import Session
from tests.system.hotkeys.hotkeys_contract import G


def choose(session: Session, version: int = 0) -> str:
    hotkeys = choose_hotkeys(session, lambda _binding: None, lambda _states: None, lambda _address: version)
    hotkeys.close()
    return hotkeys.state.backend


@pytest.mark.parametrize(
    ("session", "version", "backend"),
    [
        (Session("x11", "xfce", ":7", bus="unix:path=/bus"), 2, "x11"),
        (Session("wayland", "kde", ":0", "wayland-0", "unix:path=/bus"), 1, "portal"),
        (Session("wayland", "sway", ":0", "wayland-0", "unix:path=/bus"), 0, "none"),
        (Session("none"), 0, "none"),
    ],
)
def test_what_the_session_says_decides(session: Session, version: int, backend: str) -> None:
    assert choose(session, version) == backend


def test_the_reason_names_the_display() -> None:
    hotkeys = choose_hotkeys(Session("x11", display=":7"), lambda _binding: None, lambda _states: None)
    assert ":7" in hotkeys.state.why


def test_without_a_bus_there_is_no_portal() -> None:
    hotkeys = choose_hotkeys(Session("wayland", "sway"), lambda _binding: None, lambda _states: None)
    assert hotkeys.state.backend == "none"
    assert hotkeys.bind({"region": G})["region"].command == "bindsym Ctrl+Alt+g exec grokdesk capture --region"
