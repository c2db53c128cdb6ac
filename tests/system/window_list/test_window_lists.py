"""What desktops say of their windows, read. Real desktops: tests/e2e."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grokdesk.model import Region
from grokdesk.system.protocols import WindowList
from grokdesk.system.session import Session, SessionKind
from grokdesk.system.window_list.choice import choose_windows
from grokdesk.system.window_list.hyprland import HyprlandWindows, windows_of
from grokdesk.system.window_list.macos import MacWindows
from grokdesk.system.window_list.none import NoWindows
from grokdesk.system.window_list.sway import SwayWindows, windows_in_tree
from grokdesk.system.window_list.win32 import Win32Windows
from grokdesk.system.window_places import WindowPlace
from tests.support.windows.window_list_contract import WindowListContract

OURS, THEIRS = 7, 8


@pytest.mark.parametrize(
    ("kind", "desktop", "backend"),
    [
        ("x11", "xfce", "x11"),
        ("x11", "", "x11"),
        ("windows", "", "windows"),
        ("macos", "", "macos"),
        ("wayland", "sway", "sway"),
        ("wayland", "hyprland", "hyprland"),
        ("wayland", "gnome", "none"),
        ("none", "", "none"),
    ],
)
def test_what_the_session_says_decides(kind: SessionKind, desktop: str, backend: str) -> None:
    assert choose_windows(Session(kind, desktop, ":7"), {}).state.backend == backend


# --- sway -----------------------------------------------------------------------------------------------------


def box(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"x": x, "y": y, "width": width, "height": height}


def view(name: str, rect: dict[str, int], bar: dict[str, int] | None = None, **more: object) -> dict[str, Any]:
    deco = bar or box(0, 0, 0, 0)
    return {"name": name, "pid": THEIRS, "visible": True, "rect": rect, "deco_rect": deco, "nodes": [], **more}


def workspace(nodes: list[dict[str, Any]], floating: list[dict[str, Any]]) -> dict[str, Any]:
    return {"nodes": [{"name": "1", "nodes": nodes, "floating_nodes": floating}], "floating_nodes": []}


def named(tree: dict[str, Any]) -> list[str]:
    return [window.title for window in windows_in_tree(tree, OURS)]


def test_sway_floating_windows_lie_above_the_others() -> None:
    tiled = view("tiled", box(0, 25, 640, 775), box(0, 0, 640, 25))
    under, over = view("under", box(10, 30, 50, 50)), view("over", box(20, 30, 50, 50))
    assert named(workspace([tiled], [under, over])) == ["over", "under", "tiled"]


def test_sway_a_window_over_the_whole_screen_comes_first() -> None:
    film = view("film", box(0, 0, 1280, 800), fullscreen_mode=1)
    assert named(workspace([film], [view("over", box(20, 30, 50, 50))])) == ["film", "over"]


def test_sway_title_bars_belong_to_their_windows_and_tabs_to_their_container() -> None:
    floating = view("floating", box(488, 300, 304, 202), box(488, 275, 304, 25))
    tabbed = {"nodes": [view("tab", box(0, 25, 640, 775), box(0, 0, 320, 25))], "floating_nodes": []}
    assert windows_in_tree(workspace([tabbed], [floating]), OURS) == (
        WindowPlace("floating", Region(488, 275, 304, 227)),
        WindowPlace("tab", Region(0, 25, 640, 775)),
    )


def test_sway_what_is_hidden_or_ours_is_left_out() -> None:
    hidden, ours = view("hidden", box(0, 0, 9, 9), visible=False), view("ours", box(0, 0, 9, 9), pid=OURS)
    unnamed = view("x", box(0, 0, 9, 9)) | {"name": None}
    assert named(workspace([hidden, ours, unnamed], [])) == [""]


# --- Hyprland -------------------------------------------------------------------------------------------------


def client(title: str, used: int, **more: object) -> dict[str, Any]:
    return {
        "mapped": True,
        "hidden": False,
        "at": [10, 20],
        "size": [300, 200],
        "workspace": {"id": 1, "name": "1"},
        "floating": False,
        "fullscreen": 0,
        "title": title,
        "pid": THEIRS,
        "focusHistoryID": used,
        **more,
    }


MONITORS = [
    {"activeWorkspace": {"id": 1}, "specialWorkspace": {"id": 0}},
    {"activeWorkspace": {"id": 4}, "specialWorkspace": {"id": -98}},
]


def test_hyprland_front_to_back() -> None:
    clients = [
        client("old", 3),
        client("new", 0),
        client("floating", 2, floating=True),
        client("scratch", 1, workspace={"id": -98}),
        client("film", 5, fullscreen=2, workspace={"id": 4}),
    ]
    found = windows_of(clients, MONITORS, OURS)
    assert [window.title for window in found] == ["film", "floating", "new", "scratch", "old"]
    assert found[0].region == Region(10, 20, 300, 200)


def test_hyprland_what_is_not_seen_is_left_out() -> None:
    clients = [
        client("elsewhere", 0, workspace={"id": 2}),
        client("grouped", 1, hidden=True),
        client("unmapped", 2, mapped=False),
        client("ours", 3, pid=OURS),
    ]
    assert windows_of(clients, MONITORS, OURS) == ()


# --- programs that fail, and systems that are not here ----------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Programs of the desktop that print this, and nothing else on the path."""

    def make(text: str) -> dict[str, str]:
        for name in ("swaymsg", "hyprctl"):
            file = tmp_path / name
            file.write_text(f"#!/bin/sh\nprintf '%s' '{text}'\n")
            file.chmod(0o755)
        return {"PATH": str(tmp_path)}

    return make


@pytest.mark.skipif(sys.platform == "win32", reason="starts shell scripts")
@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", "null", '[{"pid": 1}]', '{"nodes": [7]}'])
def test_a_program_that_prints_something_else(program: Callable[[str], dict[str, str]], text: str) -> None:
    environment = program(text)
    assert SwayWindows(environment, OURS).windows() == ()
    assert HyprlandWindows(environment, OURS).windows() == ()


def test_a_program_that_is_not_there() -> None:
    assert SwayWindows({"PATH": "/nowhere"}, OURS).windows() == ()
    assert HyprlandWindows({"PATH": "/nowhere"}, OURS).windows() == ()


class TestWindows(WindowListContract):
    @pytest.fixture
    def window_list(self) -> WindowList:
        return Win32Windows(os.getpid())


class TestMac(WindowListContract):
    @pytest.fixture
    def window_list(self) -> WindowList:
        return MacWindows(os.getpid())


class TestNone(WindowListContract):
    @pytest.fixture
    def window_list(self) -> WindowList:
        return NoWindows("This desktop does not tell.")
