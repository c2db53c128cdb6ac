from __future__ import annotations

import pytest

from grokdesk.system.session import Session, session_from


@pytest.mark.parametrize(
    ("environment", "platform", "session"),
    [
        ({"DISPLAY": ":7"}, "linux", Session("x11", display=":7")),
        ({"DISPLAY": ":7"}, "freebsd14", Session("x11", display=":7")),
        ({"DISPLAY": ":7", "XDG_SESSION_TYPE": "x11"}, "linux", Session("x11", display=":7")),
        (
            {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"},
            "linux",
            Session("wayland", "gnome", ":0", "wayland-0"),
        ),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "linux", Session("wayland", display=":0")),
        ({"XDG_SESSION_TYPE": "wayland"}, "linux", Session("none")),
        ({"DBUS_SESSION_BUS_ADDRESS": "unix:path=/b"}, "linux", Session("none", bus="unix:path=/b")),
        ({"DISPLAY": ":7"}, "win32", Session("windows")),
        ({}, "darwin", Session("macos")),
    ],
)
def test_what_the_environment_says(environment: dict[str, str], platform: str, session: Session) -> None:
    assert session_from(environment, platform) == session


def test_every_kind_has_a_name_for_sentences() -> None:
    assert Session("wayland").system == "Wayland"
    assert Session("none").system == "no display"
