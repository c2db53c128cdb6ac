"""The tray icon, the window without one, and notifications, with real panels and a real notification service."""

from __future__ import annotations

import configparser
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from grokdesk.system.autostart.desktop_entry import split_command
from tests.support.desktops.bus_service import BusService, Call, Reply, bus_service, properties
from tests.support.desktops.desktop import SETTINGS_OF_XFCE, Desktop, wait_until
from tests.support.desktops.notifications import notification_service
from tests.support.desktops.private_desktop import try_until
from tests.support.desktops.program import CHAT, GROKDESK, OVERLAY, RunningProgram
from tests.support.desktops.session_bus import WATCHER, TrayItem
from tests.support.servers.server import ScriptedServer
from tests.support.windows.panel_settings import write_panel_settings

WATCHER_PATH = "/StatusNotifierWatcher"


class BareDesktop(Desktop):
    """A desktop without a panel until ``start_panel``."""

    def __init__(self, logs: Path) -> None:
        super().__init__(logs, 800, 500, tray="none")

    def start_panel(self) -> None:
        if not self.bus.has(SETTINGS_OF_XFCE):
            write_panel_settings(self.home)
            self.start_service(SETTINGS_OF_XFCE)
            self.wait_for_service(SETTINGS_OF_XFCE)
        self.start("xfce4-panel", "--disable-wm-check")
        wait_until(self._has_tray, "a tray")

    def end_panel(self) -> None:
        for process in [each for each in self._running if "xfce4-panel" in str(each.args)]:
            self.end(process)
        wait_until(lambda: not self.bus.has(WATCHER), "no tray")

    def has_icon(self) -> bool:
        return self._tray_item("GrokDesk") is not None

    def item(self) -> TrayItem:
        return self.wait_for_tray_item("GrokDesk")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, desktop: Desktop) -> Iterator[BareDesktop]:
    """Beside the usual desktop, which says whether desktops are possible here at all."""
    with BareDesktop(tmp_path_factory.mktemp("bare")) as bare:
        yield bare


@pytest.fixture
def bare(running: BareDesktop) -> BareDesktop:
    """Without a panel."""
    if running.bus.has(WATCHER):
        running.end_panel()
    return running


@pytest.fixture
def panel(bare: BareDesktop) -> None:
    bare.start_panel()


@pytest.fixture
def make(bare: BareDesktop, tmp_path: Path) -> Iterator[Callable[..., RunningProgram]]:
    made: list[RunningProgram] = []
    with ScriptedServer() as server:

        def make(*words: str, **settings: object) -> RunningProgram:
            program = RunningProgram(bare, tmp_path / f"home{len(made)}", server, **settings)
            program._process = bare.start(*GROKDESK, *words, environment=program.environment)
            made.append(program)
            return program

        yield make
        for program in made:
            program.end()


def test_without_a_tray_there_is_a_window_and_closing_it_asks(
    bare: BareDesktop, make: Callable[..., RunningProgram], tmp_path: Path
) -> None:
    program = make()
    program.focus(CHAT)
    program.key("ctrl+w")
    wait_until(lambda: "Keep GrokDesk running" in program.text_in_window(tmp_path / "asked.png"), "the question")
    assert bare.windows(CHAT)
    program.key("Return")
    bare.wait_for_no_window(CHAT)
    assert program.is_running
    assert program.command().returncode == 0
    program.focus(CHAT)


def test_quitting_for_good(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    program = make(on_close="quit")
    program.focus(CHAT)
    program.key("ctrl+w")
    wait_until(lambda: not program.is_running, "the end of the program")


def test_an_old_tray_that_comes_later_gets_the_icon(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    """XEmbed: the window manager tells where the tray is."""
    program = make()
    program.focus(CHAT)
    trayer = bare.start("trayer", "--edge", "top", "--align", "right", "--width", "20", "--height", "28")
    try:
        wait_until(lambda: bare.tray_windows("GrokDesk"), "a docked icon")
        program.key("ctrl+w")
        bare.wait_for_no_window(CHAT)
        assert program.is_running
    finally:
        bare.end(trayer)


def test_a_watcher_that_gets_its_host_later(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    registered: list[str] = []
    host = {"IsStatusNotifierHostRegistered": ("b", False), "ProtocolVersion": ("i", 0)}

    def answer(_service: BusService, call: Call) -> Reply:
        if call.method == "RegisterStatusNotifierItem":
            registered.append(call.arguments[0])
            return "", ()
        if call.method == "GetAll":
            return "a{sv}", (host,)
        return properties(host, call)

    with bus_service(bare.environment["DBUS_SESSION_BUS_ADDRESS"], WATCHER, answer) as service:
        program = make()
        program.focus(CHAT)
        wait_until(lambda: registered, "an item that a host would find")
        registered.clear()
        host["IsStatusNotifierHostRegistered"] = ("b", True)
        # The window is there a moment before the bus knows that the program listens.
        emit = partial(service.emit, WATCHER_PATH, WATCHER, "StatusNotifierHostRegistered", "")
        try_until(emit, lambda: registered, "a registered item")


def test_a_panel_that_comes_later_and_starts_again(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    program = make()
    program.focus(CHAT)
    bare.start_panel()
    wait_until(bare.has_icon, "an icon")
    bare.end_panel()
    bare.start_panel()
    wait_until(bare.has_icon, "an icon after the panel started again")
    labels = [entry.label for entry in bare.item().menu().all()]
    assert {"Capture region", "Pause hotkeys", "Quit"} <= set(labels)


@pytest.mark.usefixtures("panel")
def test_clicks_on_the_icon(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    program = make("--background")
    item = bare.item()
    item.activate()
    bare.wait_for_window(OVERLAY)
    program.key("Escape")
    bare.wait_for_no_window(OVERLAY)
    item.activate_secondary()
    bare.wait_for_window("GrokDesk: ask")


@pytest.mark.usefixtures("panel")
def test_the_menu_names_the_hotkeys(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    make("--background")
    item = bare.item()

    def entries() -> list[str]:
        return [entry.label for entry in item.menu().all() if entry.keys == "Ctrl+Alt+G"]

    assert wait_until(entries, "a hotkey in the menu") == ["Capture region"]


@pytest.mark.usefixtures("panel")
def test_dunst_shows_that_it_keeps_running(
    bare: BareDesktop, make: Callable[..., RunningProgram], tmp_path: Path
) -> None:
    dunst = bare.start("dunst", "-config", "/dev/null")
    try:
        wait_until(lambda: bare.bus.has("org.freedesktop.Notifications"), "a notification service")
        program = make("--background")
        bare.item()
        program.command()
        program.focus(CHAT)
        program.key("ctrl+w")
        wait_until(lambda: "keeps running" in program.text_on_screen(tmp_path / "shown.png"), "a notification")
    finally:
        bare.end(dunst)


@pytest.mark.usefixtures("panel")
def test_a_clicked_notification_opens_the_window(bare: BareDesktop, make: Callable[..., RunningProgram]) -> None:
    with notification_service(bare.environment["DBUS_SESSION_BUS_ADDRESS"]) as service:
        program = make("--background")
        bare.item()
        program.command()
        program.focus(CHAT)
        program.key("ctrl+w")
        bare.wait_for_no_window(CHAT)
        service.click(service.wait().number)
        bare.wait_for_window(CHAT)


@pytest.mark.usefixtures("panel")
def test_the_autostart_entry_starts_the_program(
    bare: BareDesktop, make: Callable[..., RunningProgram], tmp_path: Path
) -> None:
    """What the settings write is what a login would run."""
    program = make("--background")
    bare.item().click("Settings…")
    program.focus("GrokDesk settings")
    program.click_on("General", tmp_path / "general.png")
    program.click_on("Start", tmp_path / "start.png")
    file = bare.home / ".config" / "autostart" / "io.github.grokdesk.GrokDesk.desktop"
    wait_until(file.exists, "an entry")
    entry = configparser.ConfigParser(interpolation=None, delimiters="=")
    entry.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way to keep capitals
    entry.read(file)
    command = split_command(entry["Desktop Entry"]["Exec"])
    assert f"GROKDESK_HOME={program.home}" in command
    program.end()
    started = bare.start("sh", "-c", f"exec {shlex.join(command)}")
    try:
        bare.item()
        assert not bare.windows(CHAT)
    finally:
        bare.end(started)
