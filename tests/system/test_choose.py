from __future__ import annotations

import pytest

from grokdesk.errors import NotPossibleHere
from grokdesk.system.choose import choose_grabber, choose_hotkeys
from grokdesk.system.hotkey import Hotkey

X11 = {"DISPLAY": ":7"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}
LOGIN_TYPE_WAYLAND = {"XDG_SESSION_TYPE": "wayland", "DISPLAY": ":0"}


def ignore(binding: str) -> None:
    pass


@pytest.mark.parametrize(
    ("environment", "platform", "grabber", "hotkeys"),
    [
        (X11, "linux", "mss", "x11"),
        ({**X11, "XDG_SESSION_TYPE": "x11"}, "linux", "mss", "x11"),
        (X11, "freebsd14", "mss", "x11"),
        (WAYLAND, "linux", "none", "none"),
        (LOGIN_TYPE_WAYLAND, "linux", "none", "none"),
        ({}, "linux", "none", "none"),
        ({}, "win32", "mss", "none"),
        ({}, "darwin", "mss", "none"),
    ],
)
def test_what_the_session_says_decides(environment: dict[str, str], platform: str, grabber: str, hotkeys: str) -> None:
    assert choose_grabber(environment, platform).name == grabber
    assert choose_hotkeys(environment, ignore, platform).name == hotkeys


@pytest.mark.parametrize("environment", [WAYLAND, LOGIN_TYPE_WAYLAND, {}])
def test_what_is_not_possible_says_what_to_do_instead(environment: dict[str, str]) -> None:
    grabber = choose_grabber(environment, "linux")
    with pytest.raises(NotPossibleHere) as caught:
        grabber.grab()
    assert caught.value.hint
    assert grabber.why == str(caught.value)
    grabber.close()


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
    assert ":7" in choose_grabber(X11, "linux").why
    assert ":7" in choose_hotkeys(X11, ignore, "linux").why
