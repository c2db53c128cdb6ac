from __future__ import annotations

import os
import sys

import pytest

from grokdesk import __version__
from grokdesk.cancel import CancelSwitch
from grokdesk.doctor.desktop import qt_command
from grokdesk.doctor.session_check import QtReport, check_session, look_at_qt
from grokdesk.system.session import Session
from tests.support.desktops.bus_service import Call, Reply, bus_service, properties

QT = QtReport({"Qt": "6.11 on xcb", "with": "800x600"})
X11 = Session("x11", "xfce", ":0")


def portal(_service: object, call: Call) -> Reply:
    return properties({"version": ("u", 2)} if "Screenshot" in call.arguments[0] else {}, call)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_qt_starts_in_a_child_process() -> None:
    report = look_at_qt(qt_command(), os.environ, CancelSwitch())
    assert report.trouble == ""
    assert report.about["Qt"].endswith("on offscreen")
    assert "x" in report.about["with"]


def test_qt_that_cannot_start_is_a_reason_and_not_our_end() -> None:
    report = look_at_qt(qt_command(), {**os.environ, "QT_QPA_PLATFORM": "nonsense"}, CancelSwitch())
    assert report.about == {}
    assert "Could not find" in report.trouble or "platform plugin" in report.trouble


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (("/nonexistent/python",), "it does not start (No such file or directory)"),
        (python("raise SystemExit(3)"), "exit code 3"),
        (python("print('[1]')"), "exit code 0"),
        (python("import sys; sys.exit('ImportError: libEGL.so.1: cannot open shared object file.')"), "libEGL.so.1"),
    ],
)
def test_reasons(command: tuple[str, ...], reason: str) -> None:
    assert reason in look_at_qt(command, {}, CancelSwitch()).trouble


def test_the_child_gets_no_key() -> None:
    code = "import json, os; print(json.dumps({n: v for n, v in os.environ.items() if n[:3] != 'LC_'}))"
    environment = dict.fromkeys(("XAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PGPASSWORD"), "planted")
    environment |= dict.fromkeys(("DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"), "is kept")
    about = look_at_qt(python(code), environment, CancelSwitch()).about
    assert about == dict.fromkeys(("DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"), "is kept")


def test_a_good_session() -> None:
    state = check_session(X11, QT, None)
    assert (state.state, state.backend) == ("ok", "x11")
    assert state.why == f"X11 (xfce), Qt 6.11 on xcb, with 800x600. GrokDesk {__version__} is not running."
    assert check_session(X11, QT, __version__).why.endswith(f"GrokDesk {__version__} is running.")


def test_xwayland_is_noted() -> None:
    session = Session("wayland", "sway", ":1", "wayland-0")
    assert "Wayland (sway), XWayland, Qt" in check_session(session, QT, None).why


def test_the_portal_is_noted(bus_address: str) -> None:
    session = Session("x11", "", ":0", bus=bus_address)
    assert "no portal" in check_session(session, QT, None).why
    with bus_service(bus_address, "org.freedesktop.portal.Desktop", portal):
        assert "portal with Screenshot 2," in check_session(session, QT, None).why
    assert "no session bus" in check_session(Session("x11", bus="unix:path=/nonexistent"), QT, None).why


@pytest.mark.parametrize(("version", "words"), [("0.0.1", "0.0.1 is running; this is"), ("", "not responding")])
def test_another_version_that_runs_is_said(version: str, words: str) -> None:
    state = check_session(X11, QT, version)
    assert state.state == "degraded"
    assert words in state.why


def test_without_qt_something_is_missing() -> None:
    trouble = "From 6.5.0, xcb-cursor0 or libxcb-cursor0 is needed to load the Qt xcb platform plugin"
    state = check_session(X11, QtReport({}, trouble), None)
    assert state.state == "missing"
    assert state.what_to_do == "Install libxcb-cursor0 (xcb-util-cursor)."
    assert check_session(X11, QtReport({}, "libEGL.so.1"), None).what_to_do.startswith("Install what is missing")


def test_without_a_display_commands_are_left() -> None:
    assert check_session(Session("none"), None, None).state == "impossible"
