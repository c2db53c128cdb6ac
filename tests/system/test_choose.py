from __future__ import annotations

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.choose import choose_hotkeys
from grokdesk.system.hotkey import Hotkey

X11 = {"DISPLAY": ":7"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
LOGIN_TYPE_WAYLAND = {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}


def ignore(binding: str) -> None:
    pass


@pytest.mark.parametrize(
    ("environment", "platform", "hotkeys"),
    [
        (X11, "linux", "x11"),
        ({**X11, "XDG_SESSION_TYPE": "x11"}, "linux", "x11"),
        (X11, "freebsd14", "x11"),
        (WAYLAND, "linux", "none"),
        (LOGIN_TYPE_WAYLAND, "linux", "none"),
        ({}, "linux", "none"),
        ({}, "win32", "none"),
        ({}, "darwin", "none"),
    ],
)
def test_what_the_session_says_decides(environment: dict[str, str], platform: str, hotkeys: str) -> None:
    assert choose_hotkeys(environment, ignore, platform).name == hotkeys


@pytest.mark.parametrize(
    ("environment", "platform"), [(WAYLAND, "linux"), ({}, "linux"), ({}, "win32"), ({}, "darwin")]
)
def test_without_hotkeys_the_command_to_bind_is_named(environment: dict[str, str], platform: str) -> None:
    hotkeys = choose_hotkeys(environment, ignore, platform)
    with pytest.raises(NotPossibleHere, match="grokdesk capture --region"):
        hotkeys.bind("region", Hotkey(("Ctrl",), "G"))
    assert "grokdesk capture --region" in hotkeys.why
    hotkeys.close()


def test_the_reason_names_the_display() -> None:
    assert ":7" in choose_hotkeys(X11, ignore, "linux").why
